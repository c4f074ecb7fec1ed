//! `plansync audit diff`: what differs between a plan at two points, and who made each difference.

use clap::Args;
use plansync_protocol::Change;
use plansync_protocol::audit::{AttributeOrigin, AuditDiffPage, AuditDifference, Origin};
use plansync_protocol::plan::ReviewSide;
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
use crate::commands::sync::labels::spaced;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{counted, minute, typed};
use crate::source::SourceArguments;
use crate::table::{Cell, Column};

/// Show what differs between a plan at two points, each difference with who made it, when and why.
#[derive(Debug, Args)]
#[command(after_help = "\
A point is a version of the plan such as `v12`, a position in the log such as
`4711`, a time, or a day (UTC): its beginning for `--from`, its end for `--to`.
What was changed and changed back in between is no difference.

Examples:
  plansync audit diff 'Ann Smith' --from v1 --to v12
  plansync audit diff 'Ann Smith' --from 2026-05-01 --to 2026-05-31 --data DIR")]
pub(crate) struct Diff {
    /// Learner whose plan it is, by name or id.
    #[arg(value_name = "LEARNER")]
    learner: String,
    /// First point.
    #[arg(long, value_name = "VERSION|POSITION|TIME")]
    from: Point,
    /// Second point [default: now].
    #[arg(long, alias = "until", value_name = "VERSION|POSITION|TIME")]
    to: Option<Point>,
    #[command(flatten)]
    part: PartArguments,
    #[command(flatten)]
    source: SourceArguments,
}

impl Diff {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.source.open(output).await?;
        let learner = naming::learner(&caller, &self.learner).await?;
        let mut body = json!({ "learner": learner, "from": self.from.at_first() });
        if let Some(to) = self.to {
            body["to"] = to.at_last();
        }
        let pages = self.part.of(&caller, ("audit.diff", "items"), body);
        listing::show(output, pages, &mut Differences::default()).await
    }
}

/// Differences, with the names that they are shown with.
#[derive(Default)]
struct Differences {
    cast: Cast,
}

/// One thing of a component that differs.
struct Detail<'a> {
    name: &'static str,
    before: Value,
    after: Value,
    added: &'a [String],
    removed: &'a [String],
    origins: &'a [Origin],
}

impl<'a> Detail<'a> {
    fn new(name: &'static str, before: Value, after: Value, origins: &'a [Origin]) -> Self {
        Self {
            name,
            before,
            after,
            added: &[],
            removed: &[],
            origins,
        }
    }

    fn of_attribute(one: &'a AttributeOrigin) -> Self {
        Self {
            added: one.added.as_deref().unwrap_or_default(),
            removed: one.removed.as_deref().unwrap_or_default(),
            ..Self::new(
                one.attribute.as_str(),
                json!(one.before),
                json!(one.after),
                &one.origins,
            )
        }
    }
}

/// Everything that differs of a component.
fn details(one: &AuditDifference) -> Vec<Detail<'_>> {
    let mut all: Vec<_> = one.attributes.iter().map(Detail::of_attribute).collect();
    if let Some(status) = &one.status {
        let (before, after) = (json!(status.before), json!(status.after));
        all.push(Detail::new("status", before, after, &status.origins));
    }
    if let Some(evidence) = &one.evidence {
        let (before, after) = (json!(evidence.before), json!(evidence.after));
        all.push(Detail::new(
            "evidence_submitted",
            before,
            after,
            &evidence.origins,
        ));
    }
    if let Some(review) = &one.review {
        let [before, after] =
            [&review.before, &review.after].map(|side| side.as_ref().map(review_side));
        all.push(Detail::new(
            "review",
            json!(before),
            json!(after),
            &review.origins,
        ));
    }
    all
}

fn review_side(side: &ReviewSide) -> String {
    let status = spaced(side.status.as_str());
    match side.review_at {
        None => status,
        Some(at) => format!("{status}, {} UTC", minute(&at.to_string())),
    }
}

impl Listing for Differences {
    fn columns(&self) -> Vec<Column> {
        let own = [
            "component",
            "component_name",
            "change",
            "attribute",
            "before",
            "after",
        ];
        let own = own.map(Column::for_programs).into_iter();
        own.chain(origin_columns()).collect()
    }

    async fn learn(&mut self, caller: &Caller, reply: &Value) -> anyhow::Result<()> {
        learn_origins(&mut self.cast, caller, reply).await
    }

    fn rows(&self, reply: &Value) -> anyhow::Result<Vec<Vec<Cell>>> {
        let page: AuditDiffPage = typed(reply)?;
        Ok(page.items.iter().flat_map(rows).collect())
    }

    fn show(&self, _output: Output, reply: &Value) -> anyhow::Result<()> {
        let page: AuditDiffPage = typed(reply)?;
        let paint = Paint::of_stdout();
        output::facts(&paint.bad(&format!("--- {}", reached(&page.from))))?;
        output::facts(&paint.good(&format!("+++ {}", reached(&page.to))))?;
        if page.items.is_empty() {
            output::line("The plan is the same at both points.")?;
        }
        for one in &page.items {
            self.show_one(one, paint)?;
        }
        Ok(tell_more(reply)?)
    }
}

impl Differences {
    fn show_one(&self, one: &AuditDifference, paint: Paint) -> std::io::Result<()> {
        output::line("")?;
        let moved = match (one.place, one.change) {
            (Some(place), Change::Updated) => format!(", moved to place {}", place + 1),
            (Some(_) | None, _) => String::new(),
        };
        let head = format!("“{}” ({}{moved})", one.name, one.change);
        output::facts(&match one.change {
            Change::Created => paint.good(&format!("+ {head}")),
            Change::Deleted => paint.bad(&format!("- {head}")),
            Change::Updated => paint.strong(&format!("  {head}")),
        })?;
        let details = details(one);
        // What is changed has a commit for each difference.
        if one.change != Change::Updated || details.is_empty() {
            self.show_origins(&one.origins, paint)?;
        }
        for detail in &details {
            self.show_detail(one, detail, paint)?;
        }
        for (tasks, sign) in [(&one.tasks.made, "+"), (&one.tasks.cancelled, "-")] {
            if !tasks.is_empty() {
                let count = u64::try_from(tasks.len()).unwrap_or(u64::MAX);
                output::facts(&format!("{sign}   {}", counted(count, "calendar task")))?;
            }
        }
        Ok(())
    }

    fn show_detail(
        &self,
        one: &AuditDifference,
        detail: &Detail<'_>,
        paint: Paint,
    ) -> std::io::Result<()> {
        let name = spaced(detail.name);
        let value = |value: &Value| self.cast.value(detail.name, value);
        let is_in_parts = !detail.added.is_empty() || !detail.removed.is_empty();
        let [before, after] = if is_in_parts {
            [detail.removed, detail.added].map(|all| (!all.is_empty()).then(|| all.join(", ")))
        } else {
            let whole = one.change == Change::Updated;
            [&detail.before, &detail.after]
                .map(|side| (whole || is_telling(side)).then(|| value(side)))
        };
        if let Some(before) = before.filter(|_| one.change != Change::Created) {
            output::facts(&paint.bad(&format!("-   {name}: {before}")))?;
        }
        if let Some(after) = after.filter(|_| one.change != Change::Deleted) {
            output::facts(&paint.good(&format!("+   {name}: {after}")))?;
        }
        // Whatever came or went with the component is told once.
        if one.change == Change::Updated || !same(detail.origins, &one.origins) {
            self.show_origins(detail.origins, paint)?;
        }
        Ok(())
    }

    fn show_origins(&self, origins: &[Origin], paint: Paint) -> std::io::Result<()> {
        lines(origins, &self.cast)
            .iter()
            .try_for_each(|line| output::facts(&paint.faint(&format!("      {line}"))))
    }
}

fn same(some: &[Origin], others: &[Origin]) -> bool {
    let position = |all: &[Origin]| all.first().map(|origin| origin.position);
    some.is_empty() || position(some) == position(others)
}

/// A row for each thing that differs, or one for the component.
fn rows(one: &AuditDifference) -> Vec<Vec<Cell>> {
    let details = details(one);
    if details.is_empty() {
        return vec![row(
            one,
            &Detail::new("", Value::Null, Value::Null, &one.origins),
        )];
    }
    details.iter().map(|detail| row(one, detail)).collect()
}

fn row(one: &AuditDifference, detail: &Detail<'_>) -> Vec<Cell> {
    let origins = if detail.origins.is_empty() {
        &one.origins
    } else {
        detail.origins
    };
    [
        one.component.to_string(),
        one.name.clone(),
        one.change.to_string(),
        detail.name.to_owned(),
        exactly(&detail.before),
        exactly(&detail.after),
    ]
    .into_iter()
    .chain(of_origins(origins))
    .map(Cell::new)
    .collect()
}
