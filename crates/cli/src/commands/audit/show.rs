//! `plansync audit show`: one commit with everything that belongs to it.

use clap::Args;
use plansync_protocol::audit::{AuditLink, ShownCommit};
use plansync_protocol::sync::{ChangeSetItem, PairOutcome};
use serde_json::json;

use crate::caller::Caller;
use crate::commands::audit::events::{
    about, kinds, learner_of, learners_in, stream, sync_of, what,
};
use crate::commands::audit::log;
use crate::commands::audit::naming::Cast;
use crate::commands::audit::origins::second;
use crate::commands::audit::point;
use crate::commands::sync::explain::outcome;
use crate::commands::sync::labels::{Whose, change, spaced, warnings};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::printed_command::PrintedCommand;
use crate::reply::{counted, typed};
use crate::source::SourceArguments;
use crate::table::{Cell, Column, Table};

/// Show one commit: what it did, what led to it and what it led to.
#[derive(Debug, Args)]
#[command(after_help = "\
Of the start of a synchronisation, what it replays is shown; of one of its
learners, what it decided about each component.

Examples:
  plansync audit log --newest-first --limit 10   # lists positions
  plansync audit show 4711
  plansync audit show 4711 --backup FILE --output json")]
pub(crate) struct ShowCommit {
    /// Position of the commit in the log.
    #[arg(value_name = "POSITION", value_parser = point::position)]
    position: u64,
    #[command(flatten)]
    source: SourceArguments,
}

impl ShowCommit {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.source.open(output).await?;
        let body = json!({ "position": self.position });
        let reply = caller.ask("audit.show", &body).await?;
        if output.is_for_people() {
            let shown: ShownCommit = typed(&reply)?;
            let cast = cast(&caller, &shown).await?;
            show(output, &shown, &cast, caller.printed())?;
        } else if output.is_rows() {
            log::show_row(output, &caller, &reply["commit"]).await?;
        } else {
            output.value(&reply)?;
        }
        Ok(caller.source().exit(output))
    }
}

async fn cast(caller: &Caller, shown: &ShownCommit) -> anyhow::Result<Cast> {
    let mut cast = Cast::default();
    let commit = &shown.commit;
    let people = [commit.by.to_string(), commit.stream.id.clone()];
    cast.add_people(caller, people).await?;
    let links = shown
        .causes
        .iter()
        .chain(&shown.effects.first)
        .chain(&shown.effects.end);
    let plans = links.filter(|link| ["plan", "learner"].contains(&link.stream.kind.as_str()));
    let learners: Vec<_> = learners_in(commit)
        .into_iter()
        .chain(plans.map(|link| link.stream.id.clone()))
        .collect();
    cast.add_components(caller, learners_in(commit)).await?;
    cast.add_learners(caller, learners).await?;
    cast.add_programmes(caller).await?;
    for one in shown.changes.iter().flatten() {
        cast.add_component(&one.component.to_string(), &one.name);
    }
    Ok(cast)
}

fn show(
    output: Output,
    shown: &ShownCommit,
    cast: &Cast,
    printed: &PrintedCommand,
) -> std::io::Result<()> {
    let (commit, paint) = (&shown.commit, Paint::of_stdout());
    let by = commit.by.to_string();
    let head = format!("Commit {}: {}", commit.position.0, about(commit, cast));
    output::line(&paint.strong(&head))?;
    let facts = [
        ("when", format!("{} UTC", second(&commit.at.to_string()))),
        ("by", cast.person(&by).to_owned()),
        (
            "version",
            format!("{} of {}", commit.version.0, stream(&commit.stream, cast)),
        ),
        ("command", commit.command_id.to_string()),
        ("because of", commit.correlation_id.to_string()),
        ("judged at", format!("position {}", commit.judged_at.0)),
        ("chain", commit.chain.to_string()),
    ];
    for (name, value) in facts {
        output::facts(&format!("  {name:12}{value}"))?;
    }
    heading("What it did")?;
    for line in what(commit, cast) {
        output::facts(&format!("  {line}"))?;
    }
    if !shown.causes.is_empty() {
        heading("What led to it")?;
        links(&shown.causes, cast)?;
    }
    effects(shown, cast, printed)?;
    if let Some(changes) = &shown.changes {
        heading("What it synchronises")?;
        output.table(&change_set(changes))?;
    }
    if let Some(decisions) = &shown.decisions {
        heading("What it decided")?;
        output.table(&decided(decisions, cast))?;
        let (sync, learner) = (sync_of(commit), learner_of(commit));
        let whose = [sync.unwrap_or_default(), learner.unwrap_or_default()].join(" ");
        output::line(&format!(
            "To see why:\n  {}",
            printed.command("audit why", &whose)
        ))?;
    }
    if shown.truncated {
        output::sentences("Some of it was left out, because the reply would be too large.")?;
    }
    Ok(())
}

fn heading(text: &str) -> std::io::Result<()> {
    output::line("")?;
    output::line(&Paint::of_stdout().strong(text))
}

fn effects(shown: &ShownCommit, cast: &Cast, printed: &PrintedCommand) -> std::io::Result<()> {
    let effects = &shown.effects;
    if effects.count == 0 {
        return Ok(());
    }
    heading(&format!(
        "What it led to: {}",
        counted(effects.count, "commit")
    ))?;
    links(&effects.first, cast)?;
    let first = u64::try_from(effects.first.len()).unwrap_or(u64::MAX);
    if effects.count > first {
        output::line(&format!("  … and {} more", effects.count - first))?;
        if let Some(end) = &effects.end {
            links(std::slice::from_ref(end), cast)?;
        }
        let command = shown.commit.command_id.to_string();
        let command = printed.command("audit trace", &command);
        output::line(&format!("To see all of them:\n  {command}"))?;
    }
    Ok(())
}

fn links(all: &[AuditLink], cast: &Cast) -> std::io::Result<()> {
    all.iter().try_for_each(|link| {
        output::facts(&format!(
            "  {:>8}  {} UTC  {}, {}",
            link.position.0,
            second(&link.at.to_string()),
            kinds(&link.kinds),
            stream(&link.stream, cast)
        ))
    })
}

fn change_set(changes: &[ChangeSetItem]) -> Table {
    let columns = [
        Column::text("Component", "name", 100).between(14, 20),
        Column::whole("Change", "change", 80),
        Column::text("Values", "values", 90).between(20, 30),
        Column::id("Id", "component", 60),
    ];
    let rows = changes.iter().map(|one| {
        let values: Vec<_> = one.attributes.iter().map(change).collect();
        let how = one.change.map_or("nothing", |change| change.as_str());
        vec![
            Cell::new(&one.name),
            Cell::new(spaced(how)),
            Cell::new(values.join("\n")),
            Cell::new(one.component),
        ]
    });
    Table::new(columns, rows)
}

fn decided(decisions: &[PairOutcome], cast: &Cast) -> Table {
    let columns = [
        Column::text("Component", "component_name", 100).between(14, 20),
        Column::whole("Action", "action", 70),
        Column::whole("Outcome", "outcome", 80),
        Column::text("Reason and warnings", "reason", 90)
            .between(20, 30)
            .brief("Reason"),
        Column::id("Id", "component", 60),
    ];
    let rows = decisions.iter().map(|pair| {
        let id = pair.component.to_string();
        vec![
            Cell::new(cast.component_name(&id)),
            Cell::new(spaced(pair.action.as_str())),
            outcome(Some(pair.outcome)),
            Cell::new(reason(pair)),
            Cell::new(id),
        ]
    });
    Table::new(columns, rows)
}

/// The reason, the warnings and the cause of an outcome.
fn reason(pair: &PairOutcome) -> String {
    let warnings =
        Some(warnings(&pair.warnings, Whose::Anybodys)).filter(|warnings| !warnings.is_empty());
    let reason = pair.reason.map(|reason| spaced(reason.as_str()));
    let all = [reason, warnings, pair.cause.clone()];
    all.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
