//! The changes of a period: for people by learner and kind, for programs a row each.

use std::collections::BTreeMap;

use plansync_protocol::AttributeValue;
use plansync_protocol::audit::{AuditChangesPage, ContentChange, PlanContentChange};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::commands::audit::listing::{Listing, tell_more};
use crate::commands::audit::naming::Cast;
use crate::commands::audit::origins::{named, one_line, second, within};
use crate::commands::record::changes::exactly;
use crate::commands::sync::labels::{of_attribute, spaced};
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{counted, or_erased, typed};
use crate::table::{Cell, Column};

/// The report, with the names that it is shown with.
pub(super) struct Report {
    cast: Cast,
    period: String,
}

impl Report {
    pub(super) fn new(period: String) -> Self {
        Self {
            cast: Cast::default(),
            period,
        }
    }
}

impl Listing for Report {
    fn columns(&self) -> Vec<Column> {
        ["learner", "learner_name", "at", "by", "by_name"]
            .map(Column::for_programs)
            .into_iter()
            .chain([
                Column::number_for_programs("position"),
                Column::number_for_programs("version"),
            ])
            .chain(
                [
                    "sync",
                    "component",
                    "component_name",
                    "programme",
                    "programme_name",
                    "type",
                    "change",
                    "attributes",
                    "due_date_before",
                    "due_date_after",
                    "reason",
                    "reason_from",
                ]
                .map(Column::for_programs),
            )
            .collect()
    }

    async fn learn(&mut self, caller: &Caller, reply: &Value) -> anyhow::Result<()> {
        let page: AuditChangesPage = typed(reply)?;
        let mut found = Vec::new();
        within(reply, &mut found);
        let (mut people, mut learners) = named(&found);
        people.extend(page.items.iter().map(|one| one.by.to_string()));
        learners.extend(page.items.iter().map(|one| one.learner.to_string()));
        self.cast.add_people(caller, people).await?;
        self.cast.add_learners(caller, learners).await?;
        self.cast.add_programmes(caller).await
    }

    fn rows(&self, reply: &Value) -> anyhow::Result<Vec<Vec<Cell>>> {
        let page: AuditChangesPage = typed(reply)?;
        Ok(page.items.iter().map(|one| self.row(one)).collect())
    }

    fn show(&self, _output: Output, reply: &Value) -> anyhow::Result<()> {
        let page: AuditChangesPage = typed(reply)?;
        let paint = Paint::of_stdout();
        output::facts(&paint.strong(&format!("Changes of plans {}", self.period)))?;
        for of_learner in page
            .items
            .chunk_by(|one, other| one.learner == other.learner)
        {
            self.show_learner(of_learner, paint)?;
        }
        Self::show_totals(&page.items, paint)?;
        Ok(tell_more(reply)?)
    }
}

impl Report {
    fn show_learner(&self, items: &[PlanContentChange], paint: Paint) -> std::io::Result<()> {
        let learner = items
            .first()
            .map(|one| one.learner.to_string())
            .unwrap_or_default();
        output::line("")?;
        output::facts(&paint.strong(self.cast.learner(&learner)))?;
        for change in ContentChange::ALL {
            let of_kind: Vec<_> = items.iter().filter(|one| one.change == *change).collect();
            if !of_kind.is_empty() {
                output::line(&format!("  {}", heading(*change)))?;
            }
            for one in of_kind {
                self.show_change(one)?;
            }
        }
        Ok(())
    }

    /// A change, and who made it and why.
    fn show_change(&self, one: &PlanContentChange) -> std::io::Result<()> {
        let dates =
            [&one.due_date_before, &one.due_date_after].map(|date| date.as_ref().map(date_of));
        let what = match (one.change, dates) {
            (ContentChange::Added, [_, Some(due)]) => format!(", due {due}"),
            (ContentChange::DueDateMoved, [before, after]) => {
                let none = || "none".to_owned();
                format!(
                    ": {} → {}",
                    before.unwrap_or_else(none),
                    after.unwrap_or_else(none)
                )
            }
            (
                ContentChange::Added
                | ContentChange::Removed
                | ContentChange::Updated
                | ContentChange::Progress,
                _,
            ) => String::new(),
        };
        let others = one.attributes.iter().map(|name| spaced(name.as_str()));
        let others: Vec<_> = others.filter(|name| name != "due date").collect();
        let others = match (one.change, others.is_empty()) {
            (_, true) => String::new(),
            (ContentChange::DueDateMoved, false) => format!(" (also: {})", others.join(", ")),
            (_, false) => format!(": {}", others.join(", ")),
        };
        output::facts(&format!("    “{}”{what}{others}", one.name))?;
        let by = one.by.to_string();
        let how = match one.sync {
            None => String::new(),
            Some(sync) => format!(", synchronisation {sync}"),
        };
        let at = second(&one.at.to_string());
        output::facts(&format!(
            "      {at} UTC, {}{how}, position {}",
            self.cast.person(&by),
            one.position.0
        ))?;
        self.show_reason(one)
    }

    fn show_reason(&self, one: &PlanContentChange) -> std::io::Result<()> {
        let Some(reason) = &one.reason else {
            return Ok(());
        };
        let from = one.reason_from.as_ref().map(|from| {
            let (learner, by) = (from.learner.to_string(), from.by.to_string());
            format!(
                " (given by {} in the plan of {}, version {})",
                self.cast.person(&by),
                self.cast.learner(&learner),
                from.version.0
            )
        });
        let reason = one_line(or_erased(reason));
        output::facts(&format!(
            "      reason: {reason}{}",
            from.unwrap_or_default()
        ))
    }

    /// The numbers, in all and by synchronisation.
    fn show_totals(items: &[PlanContentChange], paint: Paint) -> std::io::Result<()> {
        output::line("")?;
        if items.is_empty() {
            return output::line("Nothing changed.");
        }
        let mut learners: Vec<_> = items.iter().map(|one| one.learner).collect();
        learners.dedup();
        let count = u64::try_from(learners.len()).unwrap_or(u64::MAX);
        output::facts(&paint.strong(&format!("In all, {}", counted(count, "plan"))))?;
        output::facts(&format!("  {}", numbers(items.iter())))?;
        let moved = items
            .iter()
            .filter(|one| one.change == ContentChange::DueDateMoved);
        let without = moved.filter(|one| one.reason.is_none()).count();
        if without > 0 {
            let told = format!("  due dates moved without a reason: {without}");
            output::facts(&paint.warning(&told))?;
        }
        let mut by_sync: BTreeMap<_, Vec<&PlanContentChange>> = BTreeMap::new();
        for one in items {
            by_sync.entry(one.sync).or_default().push(one);
        }
        for (sync, items) in by_sync {
            let how = match sync {
                None => "by hand or from a template".to_owned(),
                Some(sync) => format!("synchronisation {sync}"),
            };
            output::facts(&format!("  {how}: {}", numbers(items.into_iter())))?;
        }
        Ok(())
    }

    fn row(&self, one: &PlanContentChange) -> Vec<Cell> {
        let (learner, by) = (one.learner.to_string(), one.by.to_string());
        let programme = one.programme.to_string();
        let attributes = one.attributes.iter().map(|name| name.as_str());
        let date = |date: &Option<AttributeValue>| {
            date.as_ref()
                .map_or_else(String::new, |date| exactly(&json!(date)))
        };
        let from = one.reason_from.as_ref();
        [
            learner.clone(),
            self.cast.learner(&learner).to_owned(),
            one.at.to_string(),
            by.clone(),
            self.cast.person(&by).to_owned(),
            one.position.0.to_string(),
            one.version.0.to_string(),
            one.sync.map_or_else(String::new, |sync| sync.to_string()),
            one.component.to_string(),
            one.name.clone(),
            programme.clone(),
            self.cast.programme(&programme).to_owned(),
            one.component_type.to_string(),
            one.change.to_string(),
            attributes.collect::<Vec<_>>().join(", "),
            date(&one.due_date_before),
            date(&one.due_date_after),
            one.reason.clone().unwrap_or_default(),
            from.map_or_else(String::new, |from| json!(from).to_string()),
        ]
        .map(Cell::new)
        .into()
    }
}

fn heading(change: ContentChange) -> &'static str {
    match change {
        ContentChange::Added => "Added",
        ContentChange::Removed => "Removed",
        ContentChange::DueDateMoved => "Due dates moved",
        ContentChange::Updated => "Otherwise changed",
        ContentChange::Progress => "Progress",
    }
}

fn date_of(date: &AttributeValue) -> String {
    if *date == AttributeValue::Null {
        "none".to_owned()
    } else {
        of_attribute(date)
    }
}

/// How many changes of each kind there are.
fn numbers<'a>(items: impl Iterator<Item = &'a PlanContentChange>) -> String {
    let mut counts = BTreeMap::<&str, u64>::new();
    for one in items {
        *counts.entry(one.change.as_str()).or_default() += 1;
    }
    let count = |change: ContentChange| counts.get(change.as_str()).copied().unwrap_or_default();
    format!(
        "{} added, {} removed, {} moved, {} otherwise changed",
        count(ContentChange::Added),
        count(ContentChange::Removed),
        counted(count(ContentChange::DueDateMoved), "due date"),
        count(ContentChange::Updated)
    )
}
