//! `plansync config check`: everything that is wrong with a settings file.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paths;
use crate::settings::{Places, Problem, definitions, load};
use crate::table::{Cell, Column, Table};

/// Check a settings file, and show everything that is wrong with it.
#[derive(Debug, Args)]
#[command(after_help = "\
Each line names file, line, column and what is wrong.

Exit code 0: every command accepts the file; there may be warnings.
Exit code 2: something is wrong, or the named file does not exist.")]
pub(super) struct Check {
    /// File to check; without it, the file that `--config` names, or else the files in the default places.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Check {
    pub(super) fn run(self, output: Output, named: Option<&Path>) -> anyhow::Result<Exit> {
        let places = Places::of(self.file.as_deref().or(named), true);
        let (files, absent, problems) = match load(&definitions(&Arguments::said()), &places) {
            Ok(loaded) => {
                let files = loaded.files.into_iter().map(|it| it.path).collect();
                (files, loaded.absent, loaded.warnings)
            }
            Err(problems) => (Vec::new(), Vec::new(), problems),
        };
        let is_wrong = problems.iter().any(|it| !it.is_warning);
        if output.is_for_people() {
            tell(&files, &absent, &problems)?;
        } else {
            let items: Vec<_> = problems.iter().map(Problem::json).collect();
            let files: Vec<_> = files.iter().map(|it| paths::exact(it)).collect();
            let reply = json!({ "files": files, "items": items });
            output.list(&reply, |_| table(&problems), |_| Ok(()))?;
        }
        Ok(if is_wrong {
            Exit::NotUnderstood
        } else {
            Exit::Done
        })
    }
}

fn tell(files: &[PathBuf], absent: &[PathBuf], problems: &[Problem]) -> std::io::Result<()> {
    for problem in problems {
        let warning = if problem.is_warning { "warning: " } else { "" };
        output::line(&format!("{warning}{problem}"))?;
    }
    if problems.iter().any(|it| !it.is_warning) {
        return Ok(());
    }
    for file in files {
        output::line(&format!(
            "{}: every command accepts it.",
            paths::shown(file)
        ))?;
    }
    if files.is_empty() {
        let absent: Vec<_> = absent.iter().map(|it| paths::shown(it)).collect();
        output::sentences(&format!(
            "There is no settings file at {}. `plansync config init` writes one.",
            absent.join(" or ")
        ))?;
    }
    Ok(())
}

fn table(problems: &[Problem]) -> Table {
    let columns = [
        Column::text("File", "file", 60),
        Column::number("Line", "line", 90),
        Column::number("Column", "column", 50),
        Column::whole("Severity", "severity", 40),
        Column::text("Problem", "message", 100),
    ];
    let rows = problems.iter().map(|problem| {
        let json = problem.json();
        let number = |name: &str| match json[name].as_u64() {
            Some(number) => Cell::new(number),
            None => Cell::default(),
        };
        vec![
            Cell::new(paths::exact(&problem.file)),
            number("line"),
            number("column"),
            Cell::new(json["severity"].as_str().unwrap_or_default()),
            Cell::new(&problem.what),
        ]
    });
    Table::new(columns, rows)
}
