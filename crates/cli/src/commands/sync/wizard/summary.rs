//! The last step: the preview by component and by learner, and the confirmation.

use plansync_protocol::sync::{SummaryRow, SyncExplanation, SyncSummary};
use serde_json::{Value, json};

use super::picker::{Chosen, Picker, Source, nobody};
use super::screen::Key;
use super::view::View;
use super::{Moved, Wizard};
use crate::caller::Limit;
use crate::commands::sync::affected;
use crate::commands::sync::confirmation::confirm;
use crate::commands::sync::explain::{outcome, why};
use crate::commands::sync::labels::{Whose, changes, spaced};
use crate::commands::sync::no_changes::explained;
use crate::commands::sync::preview::{counted_actions, grid, heading, message, source_lines};
use crate::reply::{counted, items, text, typed};
use crate::table::{Cell, Column, Table};

/// The number of warnings above the list; further ones are only counted.
const WARNINGS_SHOWN: usize = 1;

impl Wizard<'_> {
    /// Shows the summary until it is confirmed or left. Exactly what was shown is confirmed.
    pub(super) async fn summary(&mut self) -> anyhow::Result<Moved> {
        let title = "8 Summary";
        let draft = self.draft.clone();
        let request = self.waited(draft.request(self.caller)).await??;
        let caller = self.caller;
        let summary = caller.read("sync.preview", &request, "rows", Limit::All);
        let summary = match self.waited(summary).await? {
            Ok(summary) => summary,
            Err(error) => return Err(explained(caller, &request, error).await),
        };
        // The rows of this preview, which is what the user confirms.
        let rows = items(&summary, "rows").to_vec();
        let summary: SyncSummary = typed(&summary)?;
        let mut about = vec![heading(&summary), counted_actions(&summary)];
        about.extend(source_lines(&summary));
        let warnings = warnings(&summary);
        match warnings.len() {
            // There is no space for more above a list.
            count if count > WARNINGS_SHOWN => {
                about.push(format!("! {count} warnings; press s to see them."));
            }
            _ => about.extend(warnings),
        }
        loop {
            let mut list = Picker {
                title,
                about: about.clone(),
                source: Source::Fixed(rows.clone()),
                list: "rows",
                id: "component",
                table: &|reply, _| Ok(grid(&typed::<Vec<SummaryRow>>(&reply["rows"])?)),
                people: nobody,
                picked: None,
                has_recent: false,
                may_be_none: true,
                more_keys: &[('s', "start"), ('l', "learners")],
                next: "open component",
            };
            match list.pick(self.caller, &mut self.screen).await? {
                Chosen::Back => return Ok(Moved::Back),
                Chosen::Next(row) => self.explain(&request, &row).await?,
                Chosen::Key('l', _) => self.affected(&request).await?,
                Chosen::Key(..) => {
                    if self.is_confirmed(&summary).await? {
                        let mut request = request;
                        request["confirm"] = confirm(&summary);
                        self.confirmed = Some(request);
                        return Ok(Moved::Next);
                    }
                }
            }
        }
    }

    async fn is_confirmed(&mut self, summary: &SyncSummary) -> anyhow::Result<bool> {
        // The question comes first: on a small terminal the rest may be cut off.
        let mut about = vec![
            "Start it? What has changed since this summary will be skipped.".to_owned(),
            heading(summary),
            counted_actions(summary),
        ];
        about.extend(source_lines(summary));
        about.extend(warnings(summary));
        let view = View::told("8 Confirm", about, "y start · n back · Ctrl-C quit");
        loop {
            match self.screen.key(&view).await? {
                Some(Key::Char('y' | 'Y')) => return Ok(true),
                Some(Key::Char('n' | 'N') | Key::Back) => return Ok(false),
                Some(_) | None => {}
            }
        }
    }

    /// One component, learner by learner; the other side is a key away.
    async fn explain(&mut self, request: &Value, row: &Value) -> anyhow::Result<()> {
        let mut side = "synchronised";
        loop {
            let mut body = request.clone();
            body["component"] = row["component"].clone();
            body["side"] = json!(side);
            let mut list = Picker {
                title: text(row, "name"),
                about: vec![format!("Learners for whom it is {}.", spaced(side))],
                source: Source::Service {
                    operation: "sync.explain",
                    body,
                },
                list: "items",
                id: "learner",
                table: &|reply, _| Ok(pairs(&typed(reply)?)),
                people: nobody,
                picked: None,
                has_recent: false,
                may_be_none: true,
                more_keys: &[('o', "the others")],
                next: "back",
            };
            match list.pick(self.caller, &mut self.screen).await? {
                Chosen::Key(..) if side == "synchronised" => side = "not_synchronised",
                Chosen::Key(..) => side = "synchronised",
                Chosen::Back | Chosen::Next(_) => return Ok(()),
            }
        }
    }

    async fn affected(&mut self, request: &Value) -> anyhow::Result<()> {
        let mut list = Picker {
            title: "Learners who are affected",
            about: Vec::new(),
            source: Source::Service {
                operation: "sync.affected",
                body: request.clone(),
            },
            list: "items",
            id: "learner",
            table: &|reply, _| Ok(affected::table(&typed(reply)?)),
            people: nobody,
            picked: None,
            has_recent: false,
            may_be_none: true,
            more_keys: &[],
            next: "back",
        };
        list.pick(self.caller, &mut self.screen).await?;
        Ok(())
    }
}

/// The warnings, a sentence each.
fn warnings(summary: &SyncSummary) -> Vec<String> {
    let warnings = summary.warnings.iter().map(|one| {
        let learners = counted(one.learners, "learner");
        format!("! {} ({learners})", message(one))
    });
    warnings.collect()
}

/// Learner by learner, a line each.
fn pairs(explanation: &SyncExplanation) -> Table {
    let rows = explanation.items.iter().map(|pair| {
        let learner = pair.learner.to_string();
        vec![
            Cell::new(pair.name.as_ref().unwrap_or(&learner)),
            outcome(Some(pair.outcome)),
            Cell::new(why(Whose::Yours, pair.reason, &pair.warnings, None)),
            Cell::new(changes(&pair.changes).replace('\n', "; ")),
        ]
    });
    let columns = [
        Column::text("Learner", "name", 100).at_least(14),
        Column::whole("Outcome", "outcome", 80),
        Column::text("Reason and warnings", "reason", 90)
            .at_least(20)
            .brief("Reason"),
        Column::text("Changes", "changes", 85).at_least(20),
    ];
    Table::new(columns, rows)
}
