//! Shows what an import would change, line by line, and its result.

use std::io;

use serde_json::{Value, json};

use crate::caller::Limit;
use crate::commands::import::comparing::{ImportPlan, Planned};
use crate::commands::import::reading::Problem;
use crate::commands::import::sending::Sent;
use crate::commands::reference::difference::{Difference, ProgrammeNames};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::table::{Cell, Column, Table};
use crate::terminal;

/// Reports an import: to people while it runs, and to programs as one JSON object at the end.
pub(super) struct Report {
    output: Output,
    plan: ImportPlan,
    names: ProgrammeNames,
    is_dry_run: bool,
}

/// The number of lines of one kind.
struct Counts {
    new: usize,
    changed: usize,
    unchanged: usize,
    bad: usize,
}

impl Report {
    pub(super) fn new(
        output: Output,
        plan: ImportPlan,
        names: ProgrammeNames,
        is_dry_run: bool,
    ) -> Self {
        Self {
            output,
            plan,
            names,
            is_dry_run,
        }
    }

    pub(super) fn has_problems(&self) -> bool {
        !self.plan.problems.is_empty()
    }

    pub(super) fn to_send(&self) -> Vec<&Planned> {
        let lines = self.plan.lines.iter();
        lines.filter(|one| one.is_to_be_sent()).collect()
    }

    /// What is asked before anything is sent.
    pub(super) fn question(&self) -> String {
        let Counts { new, changed, .. } = self.counts();
        format!("Send {new} new and {changed} changed learners?")
    }

    /// Shows people the lines, those that cannot be imported last, and the sum.
    pub(super) fn show_plan(&self, limit: Limit) -> io::Result<()> {
        if !self.output.is_for_people() {
            return Ok(());
        }
        let rows = limit.rows();
        for one in self.plan.lines.iter().take(rows) {
            self.show(one)?;
        }
        more(self.plan.lines.len(), rows, "lines")?;
        for problem in self.plan.problems.iter().take(rows) {
            output::line(&told(problem))?;
        }
        more(self.plan.problems.len(), rows, "that cannot be imported")?;
        let Counts {
            new,
            changed,
            unchanged,
            bad,
        } = self.counts();
        output::line(&format!(
            "\n{new} new, {changed} changed, {unchanged} unchanged, {bad} that cannot be imported."
        ))
    }

    fn show(&self, one: &Planned) -> io::Result<()> {
        let (line, word, id) = (one.line, one.word(), one.learner());
        let name = terminal::line(one.name());
        output::line(&format!("line {line}  {word}  {name}  {id}"))?;
        for change in &one.changes {
            output::line(&format!("  {}", change.line(&self.names)))?;
        }
        match &one.namesake {
            None => Ok(()),
            Some(id) => output::line(&format!(
                "  Another learner has this name: {id}. If it is the same learner, write this id into a column `id`."
            )),
        }
    }

    /// Ends where nothing was sent.
    pub(super) fn end(&self, why: &str) -> io::Result<()> {
        if self.output.is_for_people() {
            output::line(why)
        } else {
            self.for_programs(0, 0)
        }
    }

    /// Ends with what came of the lines that were sent.
    pub(super) fn sent(&self, sent: Sent) -> anyhow::Result<Exit> {
        let (done, refused) = (sent.tally.done, sent.tally.refused);
        if self.output.is_for_people() {
            output::line(&format!("{done} saved, {refused} refused."))?;
        } else {
            self.for_programs(done, refused)?;
        }
        let is_cut = sent.is_interrupted || sent.failure.is_some();
        if is_cut {
            output::aside(
                "Not all learners were sent. To continue, import the same file again: learners who were already saved \
                 are not changed again.",
            );
        }
        match sent.failure {
            Some(failure) => Err(failure),
            None if sent.is_interrupted => Ok(Exit::Interrupted),
            None if refused > 0 => Ok(Exit::Refused),
            None => Ok(Exit::Done),
        }
    }

    fn counts(&self) -> Counts {
        let of = |word| {
            let lines = self.plan.lines.iter();
            lines.filter(|one| one.word() == word).count()
        };
        let mut bad: Vec<_> = self.plan.problems.iter().map(|it| it.line).collect();
        bad.dedup();
        Counts {
            new: of("new"),
            changed: of("changed"),
            unchanged: of("unchanged"),
            bad: bad.len(),
        }
    }

    fn for_programs(&self, done: u64, refused: u64) -> io::Result<()> {
        if self.output.is_rows() {
            self.output.rows(&self.table())
        } else {
            self.output.value(&self.json(done, refused))
        }
    }

    /// A row for every line, and for every field that differs.
    fn table(&self) -> Table {
        let columns = ["line", "change", "learner", "name", "field", "what"];
        let rows = self.plan.lines.iter().flat_map(|one| {
            let row = |field: &str, what: &str| {
                let line = one.line.to_string();
                [&line, one.word(), one.learner(), one.name(), field, what]
                    .map(Cell::new)
                    .to_vec()
            };
            let changes = one.changes.iter();
            let mut rows: Vec<_> = changes
                .map(|it| row(&it.field, &it.line(&self.names)))
                .collect();
            if rows.is_empty() {
                rows.push(row("", ""));
            }
            rows
        });
        let bad = self.plan.problems.iter().map(|it| {
            let line = it.line.to_string();
            [&line, "bad", "", "", &it.column, &it.what]
                .map(Cell::new)
                .to_vec()
        });
        let rows: Vec<_> = rows.chain(bad).collect();
        let column = |name: &'static str| Column::text(name, name, 1);
        Table::new(columns.map(column).to_vec(), rows)
    }

    fn json(&self, done: u64, refused: u64) -> Value {
        let Counts {
            new,
            changed,
            unchanged,
            bad,
        } = self.counts();
        let line = |one: &Planned| {
            let fields: Vec<_> = one.changes.iter().map(Difference::json).collect();
            json!({
                "line": one.line, "learner": one.learner(), "name": one.name(),
                "change": one.word(), "fields": fields, "namesake": one.namesake,
            })
        };
        let problem = |it: &Problem| {
            let column = Some(&it.column).filter(|column| !column.is_empty());
            json!({ "line": it.line, "column": column, "what": it.what })
        };
        json!({
            "dry_run": self.is_dry_run,
            "new": new, "changed": changed, "unchanged": unchanged, "bad": bad,
            "put": done, "refused": refused,
            "lines": self.plan.lines.iter().map(line).collect::<Vec<_>>(),
            "problems": self.plan.problems.iter().map(problem).collect::<Vec<_>>(),
        })
    }
}

fn more(all: usize, shown: usize, what: &str) -> io::Result<()> {
    match all.saturating_sub(shown) {
        0 => Ok(()),
        left => output::line(&format!(
            "… and {left} more {what}; `--limit all` shows them"
        )),
    }
}

/// A problem in one line that does nothing to a terminal.
fn told(problem: &Problem) -> String {
    let Problem { line, column, what } = problem;
    let said = if column.is_empty() {
        format!("line {line}  bad  {what}")
    } else {
        format!("line {line}  bad  {column}: {what}")
    };
    terminal::line(&said).into_owned()
}
