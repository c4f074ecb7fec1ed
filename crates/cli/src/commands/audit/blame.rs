//! `plansync audit blame`: who set each attribute of a plan last, through synchronisations back to the edit.

use clap::Args;
use plansync_protocol::AttributeValue;
use plansync_protocol::audit::{AuditBlamePage, BlamedAttribute, BlamedField};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::commands::audit::listing::{self, Listing, PartArguments, tell_more};
use crate::commands::audit::naming::{self, Cast};
use crate::commands::audit::origins::{
    is_telling, learn_origins, lines, of_origins, origin_columns,
};
use crate::commands::audit::plan::reached;
use crate::commands::audit::point::Point;
use crate::commands::record::changes::exactly;
use crate::commands::sync::choice::words;
use crate::commands::sync::labels::spaced;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::typed;
use crate::source::SourceArguments;
use crate::table::{Cell, Column};

/// Show who set each attribute of a plan last, when and why, and what it was before.
#[derive(Debug, Args)]
#[command(after_help = "\
If a synchronisation set it, the lines after it lead back to the edit of the
source's plan and the reason that was given there.

Examples:
  plansync audit blame 'Ann Smith' 'Knowledge test' due_date
  plansync audit blame 'Ann Smith' --at 2026-05-01 --data DIR
  plansync audit blame 'Ann Smith' --output csv > blame.csv")]
pub(crate) struct Blame {
    /// Learner whose plan it is, by name or id.
    #[arg(value_name = "LEARNER")]
    learner: String,
    /// Component, by name or id; it may have been removed [default: all that the plan has].
    #[arg(value_name = "COMPONENT")]
    component: Option<String>,
    /// Attribute, or `status`, `evidence_submitted`, `review`, or `component` for who added it [default: all].
    #[arg(value_name = "ATTRIBUTE", value_parser = words::<BlamedAttribute>(), hide_possible_values = true)]
    attribute: Option<String>,
    /// Point to look at: a version of the plan such as `v12`, a position in the log such as `4711`, a time, or a
    /// day (its end, UTC) [default: now].
    #[arg(long, value_name = "VERSION|POSITION|TIME")]
    at: Option<Point>,
    #[command(flatten)]
    part: PartArguments,
    #[command(flatten)]
    source: SourceArguments,
}

impl Blame {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.source.open(output).await?;
        let learner = naming::learner(&caller, &self.learner).await?;
        let mut body = json!({ "learner": learner });
        if let Some(component) = &self.component {
            body["component"] = json!(naming::component(&caller, learner, component).await?);
        }
        if let Some(attribute) = &self.attribute {
            body["attribute"] = json!(attribute);
        }
        if let Some(at) = self.at {
            body["at"] = at.at_last();
        }
        let pages = self.part.of(&caller, ("audit.blame", "items"), body);
        listing::show(output, pages, &mut Blamed::default()).await
    }
}

/// Who set what, with the names that it is shown with.
#[derive(Default)]
struct Blamed {
    cast: Cast,
}

impl Blamed {
    fn value(&self, field: &BlamedField, value: &AttributeValue) -> String {
        match (field.attribute, value) {
            (BlamedAttribute::Component, AttributeValue::Bool(true)) => "in the plan".to_owned(),
            (BlamedAttribute::Component, _) => "not in the plan".to_owned(),
            (BlamedAttribute::Status | BlamedAttribute::Review, AttributeValue::Text(word)) => {
                spaced(word)
            }
            (attribute, value) => self.cast.value(attribute.as_str(), &json!(value)),
        }
    }

    /// Whatever a component came with, and nobody has set since, is told in one line.
    fn show_component(&self, fields: &[BlamedField], paint: Paint) -> std::io::Result<()> {
        let Some(first) = fields.first() else {
            return Ok(());
        };
        output::facts(&paint.strong(&format!("“{}”", first.name)))?;
        let came = (first.attribute == BlamedAttribute::Component).then_some(first);
        let came_with = |field: &&BlamedField| {
            field.attribute != BlamedAttribute::Component
                && field.before.is_none()
                && came.is_some_and(|came| came.origins == field.origins)
        };
        let (with, others): (Vec<_>, Vec<_>) = fields.iter().partition(came_with);
        for field in others {
            self.show_field(field, paint)?;
            let with = with.iter().filter(|with| is_telling(&json!(with.value)));
            let with = with.map(|with| {
                let value = self.value(with, &with.value);
                format!("{}: {value}", spaced(with.attribute.as_str()))
            });
            let with: Vec<_> = with.collect();
            if field.attribute == BlamedAttribute::Component && !with.is_empty() {
                output::facts(&format!("    with {}", with.join("; ")))?;
            }
        }
        Ok(())
    }

    fn show_field(&self, field: &BlamedField, paint: Paint) -> std::io::Result<()> {
        let value = paint.strong(&self.value(field, &field.value));
        let before = match &field.before {
            None => String::new(),
            Some(before) => format!(" (before: {})", self.value(field, before)),
        };
        let name = if field.attribute == BlamedAttribute::Component {
            "this component".to_owned()
        } else {
            spaced(field.attribute.as_str())
        };
        output::facts(&format!("  {name}: {value}{before}"))?;
        lines(&field.origins, &self.cast)
            .iter()
            .try_for_each(|line| output::facts(&format!("    {line}")))
    }
}

impl Listing for Blamed {
    fn columns(&self) -> Vec<Column> {
        let own = [
            "component",
            "component_name",
            "attribute",
            "value",
            "before",
        ];
        let own = own.map(Column::for_programs).into_iter();
        own.chain(origin_columns()).collect()
    }

    async fn learn(&mut self, caller: &Caller, reply: &Value) -> anyhow::Result<()> {
        learn_origins(&mut self.cast, caller, reply).await
    }

    fn rows(&self, reply: &Value) -> anyhow::Result<Vec<Vec<Cell>>> {
        let page: AuditBlamePage = typed(reply)?;
        let row = |field: &BlamedField| {
            let before = field.before.as_ref().map(|before| exactly(&json!(before)));
            let own = [
                field.component.to_string(),
                field.name.clone(),
                field.attribute.to_string(),
                exactly(&json!(field.value)),
                before.unwrap_or_default(),
            ];
            let all = own.into_iter().chain(of_origins(&field.origins));
            all.map(Cell::new).collect()
        };
        Ok(page.items.iter().map(row).collect())
    }

    fn show(&self, _output: Output, reply: &Value) -> anyhow::Result<()> {
        let page: AuditBlamePage = typed(reply)?;
        let paint = Paint::of_stdout();
        if page.items.is_empty() {
            output::line("Nobody set anything.")?;
        }
        let components = page
            .items
            .chunk_by(|one, other| one.component == other.component);
        for (index, fields) in components.enumerate() {
            if index > 0 {
                output::line("")?;
            }
            self.show_component(fields, paint)?;
        }
        tell_more(reply)?;
        Ok(output::sentences(&format!("\n{}.", reached(&page.point)))?)
    }
}
