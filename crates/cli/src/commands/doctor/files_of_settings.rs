//! The settings files, as `plansync config check` checks them.

use std::path::Path;
use std::time::Duration;

use super::aside::aside;
use super::check::{Check, Section, brief};
use super::name::Name;
use crate::arguments::Arguments;
use crate::paths;
use crate::settings::{Places, Problem, definitions, load};

const ADVICE: &str = "correct the file (`plansync config check` shows everything that is wrong with it), and start \
                      the engine again";

/// How long the files may take to be read.
const READ_WITHIN: Duration = Duration::from_secs(5);

/// The checks. `named` is the settings file that is named.
pub(super) async fn checks(named: Option<&Path>) -> Vec<Check> {
    let named = named.map(Path::to_owned);
    let checks = aside(READ_WITHIN, move || of_files(named.as_deref())).await;
    checks.unwrap_or_else(|| {
        let seconds = READ_WITHIN.as_secs();
        vec![Check::not_checked(
            Name::Settings,
            format!("the settings files are not read within {seconds} s"),
            Section::Setting,
            "see that they are regular files on a disk that answers",
        )]
    })
}

fn of_files(named: Option<&Path>) -> Vec<Check> {
    let places = Places::of(named, true);
    let (files, problems) = match load(&definitions(&Arguments::said()), &places) {
        Ok(loaded) => {
            let files: Vec<_> = (loaded.files.iter())
                .map(|it| paths::shown(&it.path))
                .collect();
            (files, loaded.warnings)
        }
        Err(problems) => (Vec::new(), problems),
    };
    let mut checks: Vec<_> = problems.iter().map(of_problem).collect();
    if checks.is_empty() {
        let told = if files.is_empty() {
            "there is no settings file, and none is needed".to_owned()
        } else {
            format!("every command accepts {}", files.join(" and "))
        };
        checks.push(Check::ok(Name::Settings, told));
    }
    checks
}

fn of_problem(problem: &Problem) -> Check {
    let told = brief(&problem.to_string());
    if problem.is_warning {
        Check::warning(Name::Settings, told, Section::Setting, ADVICE)
    } else {
        let told =
            format!("{told}; `plansync doctor` does without it, and the engine does not start");
        Check::wrong(Name::Settings, told, Section::Setting, ADVICE)
    }
}
