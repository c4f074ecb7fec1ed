//! Asks for confirmation before a synchronisation starts, or requires an option where there is no terminal.

use clap::Args;
use plansync_protocol::sync::SyncSummary;
use plansync_protocol::{SyncType, Word as _};
use serde_json::{Value, json};

use crate::caller::{Caller, Limit};
use crate::commands::sync::choice::typed;
use crate::commands::sync::no_changes::explained;
use crate::commands::sync::preview::{
    components_line, counted_actions, heading, source_lines, warning_line,
};
use crate::exit::NotUnderstood;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::prompt::{can_be_asked, is_answered_yes};
use crate::reply::{self, text};

/// The ways to confirm.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct StartConfirmation {
    /// Start without asking for confirmation.
    #[arg(long, short = 'y')]
    yes: bool,
}

impl StartConfirmation {
    /// The request that may be sent; none if the answer was no. What is answered with yes is what was
    /// shown: the request then confirms that preview.
    pub(super) async fn given(
        self,
        caller: &Caller,
        output: Output,
        request: Value,
    ) -> anyhow::Result<Option<Value>> {
        if self.yes || request.get("confirm").is_some() || is_about_one(&request) {
            return Ok(Some(request));
        }
        if !can_be_asked(output) {
            return Err(NotUnderstood(nobody_to_ask(caller, &request)).into());
        }
        let summary = caller
            .read("sync.preview", &request, "rows", Limit::All)
            .await;
        let summary = match summary {
            Ok(summary) => reply::typed::<SyncSummary>(&summary)?,
            Err(error) => return Err(explained(caller, &request, error).await),
        };
        let changes_source = is_of_template(&request);
        if (summary.learners > 1 || changes_source) && !ask(&summary).await? {
            output::sentences("Nothing was started.")?;
            return Ok(None);
        }
        let mut request = request;
        request["confirm"] = confirm(&summary);
        Ok(Some(request))
    }
}

/// What confirms a preview.
pub(crate) fn confirm(summary: &SyncSummary) -> Value {
    json!({ "position": summary.position, "digest": summary.digest })
}

async fn ask(summary: &SyncSummary) -> std::io::Result<bool> {
    let paint = Paint::of_stdout();
    output::sentences(&heading(summary))?;
    output::sentences(&components_line(summary))?;
    output::sentences(&counted_actions(summary))?;
    for line in source_lines(summary) {
        output::sentences(&line)?;
    }
    for warning in &summary.warnings {
        output::sentences(&warning_line(paint, warning))?;
    }
    is_answered_yes("Start it?").await
}

/// Whether it can only be about one learner's plan.
fn is_about_one(request: &Value) -> bool {
    let learners = request["learners"].as_array();
    learners.is_some_and(|ids| ids.len() <= 1) && !is_of_template(request)
}

/// Whether the source's own plan is changed too (T3).
fn is_of_template(request: &Value) -> bool {
    SyncType::from_word(text(request, "type")).is_some_and(SyncType::replays_template)
}

fn nobody_to_ask(caller: &Caller, request: &Value) -> String {
    let nothing = "nothing was started: more than one learner may be affected, and there is no terminal to ask \
                   for confirmation; add `--confirm` with the value that a preview prints, or `--yes` to start \
                   without a preview";
    match typed(request) {
        Some(choice) => {
            let preview = caller.printed().command("sync preview", &choice);
            format!("{nothing}. To see what would happen:\n  {preview}")
        }
        // A command with so many ids would be too long to paste.
        None => nothing.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::is_about_one;

    #[test]
    fn one_learner_who_was_named_is_not_asked_about() {
        let cases = [
            (json!({ "learners": ["a"], "type": "changes_only" }), true),
            (
                json!({ "learners": ["a", "b"], "type": "changes_only" }),
                false,
            ),
            (json!({ "learners": "all", "type": "changes_only" }), false),
            (
                json!({ "learners": { "search": "a" }, "type": "changes_only" }),
                false,
            ),
            (
                json!({ "learners": ["a"], "type": "selected_attributes" }),
                false,
            ),
        ];
        for (request, expected) in cases {
            assert_eq!(is_about_one(&request), expected, "{request}");
        }
    }
}
