//! How the results are shown: to people what is wrong first, to programs every check in its order.

use std::fmt::Write as _;
use std::io;

use serde_json::json;

use super::check::{Check, State};
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::table::{Cell, Column, Table};
use crate::terminal;

/// The width of the first column.
const LABEL_WIDTH: usize = 13;

/// Shows the results.
pub(super) fn show(output: Output, checks: &[Check]) -> io::Result<()> {
    let items: Vec<_> = checks.iter().map(Check::json).collect();
    let reply = json!({ "checks": items });
    if output.is_for_people() {
        output::facts(&text(checks, Paint::of_stdout()))
    } else {
        output.list(&reply, |_| table(checks), |_| Ok(()))
    }
}

/// All of it, the most urgent first.
fn text(checks: &[Check], paint: Paint) -> String {
    let mut text = summary(checks, paint);
    let mut sorted: Vec<_> = checks.iter().collect();
    sorted.sort_by_key(|check| std::cmp::Reverse(check.state));
    let mut before = None;
    for (check, names) in folded(&sorted) {
        let is_long = check.state >= State::Warning;
        if is_long || before != Some(check.state) {
            text.push('\n');
        }
        before = Some(check.state);
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{}", lines(check, &names, paint));
    }
    text.truncate(text.trim_end().len());
    text
}

/// The checks, each with its name; those that are not made for the same reason are one, with the names of all.
fn folded<'a>(checks: &[&'a Check]) -> Vec<(&'a Check, String)> {
    let mut folded: Vec<(&Check, Vec<&str>)> = Vec::new();
    for check in checks {
        let is_same = |(other, _): &&mut (&Check, Vec<&str>)| {
            check.state == State::NotChecked
                && (other.state, &other.message, &other.help)
                    == (check.state, &check.message, &check.help)
        };
        match folded.iter_mut().find(is_same) {
            Some((_, names)) => names.push(check.name.text()),
            None => folded.push((check, vec![check.name.text()])),
        }
    }
    let told = |names: &[&str]| match names {
        [one] => (*one).to_owned(),
        several => format!("{} checks ({})", several.len(), several.join(", ")),
    };
    let folded = folded.into_iter();
    folded.map(|(check, names)| (check, told(&names))).collect()
}

fn summary(checks: &[Check], paint: Paint) -> String {
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let counted = [
        (State::Wrong, "wrong"),
        (State::Warning, "warning"),
        (State::NotChecked, "not checked"),
        (State::Ok, "ok"),
    ];
    let counted = counted.map(|(state, word)| {
        let count = count(state);
        let plural = if state == State::Warning && count != 1 {
            "s"
        } else {
            ""
        };
        let told = format!("{count} {word}{plural}");
        if count == 0 {
            told
        } else {
            painted(state, &told, paint)
        }
    });
    format!("{}\n", counted.join(", "))
}

fn painted(state: State, text: &str, paint: Paint) -> String {
    match state {
        State::Ok => paint.good(text),
        State::NotChecked => paint.faint(text),
        State::Warning => paint.warning(text),
        State::Wrong => paint.bad(text),
    }
}

/// A check in one line, and below it what to do.
fn lines(check: &Check, name: &str, paint: Paint) -> String {
    let label = match check.state {
        State::Ok => "ok",
        State::NotChecked => "not checked",
        State::Warning => "warning",
        State::Wrong => "WRONG",
    };
    let label = painted(check.state, &format!("{label:LABEL_WIDTH$}"), paint);
    let message = terminal::line(&check.message);
    let said = match (check.state, &check.help) {
        (State::NotChecked, Some(help)) => {
            format!(
                "{name}: because {message}; {}",
                terminal::line(&help.advice)
            )
        }
        _ => format!("{name}: {message}"),
    };
    let mut lines = format!("{label}{said}");
    let blank = " ".repeat(LABEL_WIDTH);
    if let (Some(help), Some(runbook)) = (&check.help, check.runbook()) {
        if check.state == State::NotChecked {
            let _ = write!(lines, " ({runbook})");
        } else {
            let advice = terminal::line(&help.advice);
            let _ = write!(lines, "\n{blank}What to do: {advice}");
            let _ = write!(lines, "\n{blank}See {runbook}");
        }
    }
    lines
}

fn table(checks: &[Check]) -> Table {
    let columns = [
        Column::whole("Check", "check", 90),
        Column::whole("State", "state", 100),
        Column::text("Message", "message", 80),
        Column::text("Advice", "advice", 70),
        Column::text("Runbook", "runbook", 60),
    ];
    let rows = checks.iter().map(|check| {
        let advice = check.help.as_ref().map(|help| help.advice.clone());
        vec![
            Cell::new(check.name.text()),
            Cell::new(check.state.word()),
            Cell::new(&check.message),
            Cell::new(advice.unwrap_or_default()),
            Cell::new(check.runbook().unwrap_or_default()),
        ]
    });
    Table::new(columns, rows)
}

#[cfg(test)]
mod tests {
    use super::super::check::Section;
    use super::super::name::Name;
    use super::*;

    #[test]
    fn checks_that_are_not_made_for_the_same_reason_are_told_in_one_line() {
        let no_connection =
            |name| Check::not_checked(name, "there is none", Section::NatsIsGone, "correct it");
        let checks = [
            no_connection(Name::Version),
            Check::not_checked(Name::Log, "none is given", Section::IsItWell, "give one"),
            no_connection(Name::JetStream),
            no_connection(Name::Engine),
        ];
        let expected = "\
0 wrong, 0 warnings, 4 not checked, 0 ok

not checked  3 checks (nats.version, nats.jetstream, engine.answers): because there is none; correct it \
(docs/runbook.md#nats-is-gone)
not checked  data.log: because none is given; give one (docs/runbook.md#is-it-well)";
        assert_eq!(text(&checks, Paint::PLAIN), expected);
    }

    #[test]
    fn what_is_wrong_comes_first_and_nothing_acts_on_the_terminal() {
        let checks = [
            Check::ok(Name::Connection, "connected"),
            Check::not_checked(
                Name::Log,
                "no folder is given",
                Section::IsItWell,
                "give one",
            ),
            Check::warning(Name::Space, "little", Section::DiskFull, "free some"),
            Check::wrong(
                Name::Engine,
                "\u{1b}[2Jtwo\n",
                Section::TwoEngines,
                "stop one",
            ),
        ];
        let expected = "\
1 wrong, 1 warning, 1 not checked, 1 ok

WRONG        engine.answers: \\u{1b}[2Jtwo\\n
             What to do: stop one
             See docs/runbook.md#there-are-two-engines

warning      data.space: little
             What to do: free some
             See docs/runbook.md#the-disk-is-full

not checked  data.log: because no folder is given; give one (docs/runbook.md#is-it-well)

ok           nats.connection: connected";
        assert_eq!(text(&checks, Paint::PLAIN), expected);
    }
}
