//! `plansync audit why`: why a synchronisation did to a plan what it did, or left a learner out.

use clap::Args;
use plansync_protocol::Reason;
use plansync_protocol::audit::{AuditDecision, DecidedComponent, JudgedOn};
use plansync_protocol::reference::GroupsViewed;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::commands::audit::events::listed;
use crate::commands::audit::listing::{self, Listing, PartArguments, tell_more};
use crate::commands::audit::naming::{self, Cast};
use crate::commands::sync::explain::outcome;
use crate::commands::sync::labels::{Whose, spaced, warnings};
use crate::exit::Exit;
use crate::names::Lookup;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{items, text, typed};
use crate::source::SourceArguments;
use crate::table::{Cell, Column};

/// Show why a synchronisation did to a plan what it did, or why it left a learner out.
#[derive(Debug, Args)]
#[command(after_help = "\
It is what was decided and recorded then, with the records that it was decided
on. It does not change when permissions, enrolments or settings do.

Examples:
  plansync audit why SYNC 'Ann Smith'
  plansync audit why SYNC 'Ann Smith' 'Knowledge test' --data DIR --tenant northgate")]
pub(crate) struct Why {
    /// Synchronisation, by id or a unique prefix of it; `plansync sync list` lists them.
    #[arg(value_name = "SYNC")]
    sync: String,
    /// Learner, by name or id.
    #[arg(value_name = "LEARNER")]
    learner: String,
    /// Component that was synchronised, by name or id [default: all].
    #[arg(value_name = "COMPONENT")]
    component: Option<String>,
    #[command(flatten)]
    part: PartArguments,
    #[command(flatten)]
    source: SourceArguments,
}

impl Why {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.source.open(output).await?;
        let sync = naming::sync(&caller, &self.sync).await?;
        let learner = naming::learner(&caller, &self.learner).await?;
        let mut body = json!({ "sync": sync, "learner": learner });
        if let Some(component) = &self.component {
            let component = Lookup::replayed(&caller, sync).one(component).await?;
            body["component"] = json!(component);
        }
        let pages = self.part.of(&caller, ("audit.why", "items"), body);
        listing::show(output, pages, &mut Decisions::default()).await
    }
}

/// Decisions, with the names that they are shown with.
#[derive(Default)]
struct Decisions {
    cast: Cast,
}

impl Listing for Decisions {
    fn columns(&self) -> Vec<Column> {
        [
            "sync",
            "learner",
            "reached",
            "component",
            "component_name",
            "action",
            "outcome",
            "reason",
            "status",
            "missing_permissions",
            "warnings",
            "sentence",
        ]
        .map(Column::for_programs)
        .into_iter()
        .chain([
            Column::number_for_programs("judged_at"),
            Column::number_for_programs("position"),
        ])
        .collect()
    }

    async fn learn(&mut self, caller: &Caller, reply: &Value) -> anyhow::Result<()> {
        let people = [
            text(reply, "requested_by"),
            text(&reply["judged_on"], "case_owner"),
        ];
        let people = people.into_iter().filter(|id| !id.is_empty());
        self.cast
            .add_people(caller, people.map(str::to_owned))
            .await?;
        self.cast
            .add_learners(caller, [text(reply, "learner").to_owned()])
            .await?;
        self.cast.add_programmes(caller).await
    }

    /// A learner who was left out has one row, without a component.
    fn rows(&self, reply: &Value) -> anyhow::Result<Vec<Vec<Cell>>> {
        let decision: AuditDecision = typed(reply)?;
        let rows: Vec<_> = decision
            .items
            .iter()
            .map(|one| row(&decision, Some(one)))
            .collect();
        Ok(if items(reply, "items").is_empty() {
            vec![row(&decision, None)]
        } else {
            rows
        })
    }

    fn show(&self, _output: Output, reply: &Value) -> anyhow::Result<()> {
        let decision: AuditDecision = typed(reply)?;
        let paint = Paint::of_stdout();
        let (learner, by) = (
            decision.learner.to_string(),
            decision.requested_by.to_string(),
        );
        let head = format!(
            "{} in the synchronisation {} of {}",
            self.cast.learner(&learner),
            decision.sync,
            self.cast.person(&by)
        );
        output::facts(&paint.strong(&head))?;
        output::sentences(&decision.sentence)?;
        for rule in &decision.excluded_by {
            output::facts(&format!("  {}", rule.sentence))?;
        }
        if let Some(cause) = &decision.cause {
            output::facts(&format!("  Cause: {cause}"))?;
        }
        for one in &decision.items {
            Self::show_component(one)?;
        }
        self.show_judged(&decision, paint)?;
        Ok(tell_more(reply)?)
    }
}

impl Decisions {
    fn show_component(one: &DecidedComponent) -> std::io::Result<()> {
        let paint = Paint::of_stdout();
        output::line("")?;
        let head = format!("“{}”: {}", one.name, one.outcome);
        output::facts(&paint.strong(&head))?;
        output::facts(&format!("  {}", one.sentence))?;
        if let Some(status) = one.status {
            output::facts(&format!("  Its status was {}.", spaced(status.as_str())))?;
        }
        if !one.warnings.is_empty() {
            output::facts(&format!(
                "  {}",
                paint.warning(&warnings(&one.warnings, Whose::Anybodys))
            ))?;
        }
        Ok(())
    }

    /// The state that it was decided on.
    fn show_judged(&self, decision: &AuditDecision, paint: Paint) -> std::io::Result<()> {
        let Some(judged_at) = decision.judged_at else {
            return Ok(());
        };
        output::line("")?;
        let recorded = match decision.position {
            None => String::new(),
            Some(position) => format!(", recorded at position {}", position.0),
        };
        output::facts(&paint.strong(&format!("Decided on position {}{recorded}", judged_at.0)))?;
        let Some(judged_on) = &decision.judged_on else {
            return Ok(());
        };
        let by = decision.requested_by.to_string();
        self.facts(judged_on, &by)
            .into_iter()
            .try_for_each(|(name, value)| output::facts(&format!("  {name:25}{value}")))
    }

    fn facts(&self, on: &JudgedOn, by: &str) -> Vec<(String, String)> {
        let enrolments = on.enrolments.iter().map(|one| {
            let programme = one.programme.to_string();
            format!(
                "{} ({})",
                self.cast.programme(&programme),
                spaced(one.status.as_str())
            )
        });
        let owner = on.case_owner.as_ref().map(ToString::to_string);
        let owner = owner.map_or_else(|| "none".to_owned(), |id| self.cast.person(&id).to_owned());
        let by = self.cast.person(by);
        let removed = || format!("none: {by} had been removed");
        let permissions = on.permissions.as_ref().map_or_else(removed, |all| {
            listed(all.iter().map(|one| one.as_str().to_owned()))
        });
        let viewed = on
            .groups_viewed
            .as_ref()
            .map_or_else(removed, |groups| match groups {
                GroupsViewed::All => "all".to_owned(),
                GroupsViewed::Listed(groups) => listed(groups.iter().map(ToString::to_string)),
            });
        let fact = |name: &str, value: String| (name.to_owned(), value);
        vec![
            fact("version of the plan", on.plan_version.0.to_string()),
            fact(
                "groups of the learner",
                listed(on.groups.iter().map(ToString::to_string)),
            ),
            fact("enrolments", listed(enrolments)),
            fact("case owner", owner),
            fact("permissions", permissions),
            fact("groups viewed", viewed),
            fact(
                "Marking Aid",
                if on.marking_aid { "yes" } else { "no" }.to_owned(),
            ),
            fact("owner rule", spaced(on.owner_rule.as_str())),
        ]
    }
}

fn row(decision: &AuditDecision, one: Option<&DecidedComponent>) -> Vec<Cell> {
    let of = |what: fn(&DecidedComponent) -> String| one.map(what).unwrap_or_default();
    let position = |position: Option<plansync_protocol::Position>| {
        position.map_or_else(String::new, |position| position.0.to_string())
    };
    let excluded = decision
        .excluded_by
        .iter()
        .map(|rule| rule.sentence.clone());
    let sentences: Vec<_> = std::iter::once(decision.sentence.clone())
        .chain(excluded)
        .collect();
    let sentence = one.map_or_else(|| sentences.join(" "), |one| one.sentence.clone());
    let permissions = one.into_iter().flat_map(|one| &one.missing_permissions);
    let permissions: Vec<_> = permissions.map(|one| one.as_str()).collect();
    let mut cells: Vec<_> = [
        decision.sync.to_string(),
        decision.learner.to_string(),
        decision.reached.to_string(),
        of(|one| one.component.to_string()),
        of(|one| one.name.clone()),
        of(|one| one.action.to_string()),
    ]
    .map(Cell::new)
    .into();
    cells.push(outcome(one.map(|one| one.outcome)));
    cells.extend(
        [
            of(|one| one.reason.map_or("", Reason::as_str).to_owned()),
            of(|one| {
                one.status
                    .map_or_else(String::new, |status| status.to_string())
            }),
            permissions.join(", "),
            of(|one| json!(one.warnings).to_string()),
            sentence,
            position(decision.judged_at),
            position(decision.position),
        ]
        .map(Cell::new),
    );
    cells
}
