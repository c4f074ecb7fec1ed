//! Prints one synchronisation: its state, its counts, and how to see what was skipped.

use plansync_protocol::Time;
use plansync_protocol::sync::SyncRecord;
use serde_json::Value;

use crate::caller::Caller;
use crate::commands::sync::labels::spaced;
use crate::names;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{counted, minute, typed};

/// A synchronisation, for people or for programs.
pub(super) async fn tell(caller: &Caller, output: Output, record: &Value) -> anyhow::Result<()> {
    if !output.is_for_people() {
        return Ok(output.value(record)?);
    }
    let record: SyncRecord = typed(record)?;
    let by = record.requested_by.to_string();
    let people = names::administrators(caller, [by.as_str()]).await?;
    show(&record, people.of(&by))?;
    if record.sync_type.replays_template() {
        let outcomes = caller
            .printed()
            .command("sync outcomes", &record.sync.to_string());
        output::sentences(&format!(
            "The source's own plan is updated, too, and is in none of these counts. To see what became of it:
  {outcomes}"
        ))?;
    }
    if record.pairs.skipped > 0 {
        let given = format!("{} --outcome skipped", record.sync);
        let outcomes = caller.printed().command("sync outcomes", &given);
        output::sentences(&format!(
            "To see what was skipped, and why:
  {outcomes}"
        ))?;
    }
    Ok(())
}

fn show(record: &SyncRecord, by: &str) -> std::io::Result<()> {
    let at = |time: Time| minute(&time.to_string());
    let finished = record.finished_at.map(at);
    let finished = finished.map_or_else(String::new, |at| format!(", ended {at}"));
    output::sentences(&format!(
        "{}: {} of {} done, {} each\n\
         {} applied ({} updated, {} created, {} deleted), {} unchanged, {} skipped\n\
         {}, started by {} at {}{finished} (UTC)",
        Paint::of_stdout().strong(record.state.as_str()),
        record.done,
        counted(record.learners, "learner"),
        counted(record.components, "component"),
        record.pairs.applied,
        record.updated,
        record.created,
        record.deleted,
        record.pairs.unchanged,
        record.pairs.skipped,
        spaced(record.sync_type.as_str()),
        by,
        at(record.started_at),
    ))
}
