//! The settings files, as `plansync config check` checks them.

use std::path::Path;

use super::check::{Check, Section, brief};
use super::name::Name;
use crate::arguments::Arguments;
use crate::paths;
use crate::settings::{Places, Problem, definitions, load};

const ADVICE: &str = "correct the file (`plansync config check` shows everything that is wrong with it), and start \
                      the engine again";

/// The checks. `named` is the settings file that is named.
pub(super) fn checks(named: Option<&Path>) -> Vec<Check> {
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
