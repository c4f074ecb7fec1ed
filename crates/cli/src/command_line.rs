//! Reads the command line of this process, with what the environment and the settings files add to it, and says
//! what is wrong with it.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Command, FromArgMatches as _, ValueEnum as _};
use plansync_protocol::PROTOCOL_VERSION;
use serde_json::json;

use crate::arguments::{Arguments, PROTOCOL};
use crate::exit::Exit;
use crate::failure;
use crate::output::{self, Format, Output};
use crate::settings::{self, Line, Problem};
use crate::table::Ids;

/// The variable for the format of the output.
const OUTPUT: &str = "PLANSYNC_OUTPUT";

/// Parses the arguments of this process. Errors and requested help are printed.
pub(crate) fn read() -> Result<Arguments, ExitCode> {
    let words: Vec<OsString> = std::env::args_os().collect();
    let format = format_wanted(words.iter().skip(1));
    if words.iter().skip(1).eq([&*format!("--{PROTOCOL}")]) {
        return Err(written(format, output::line(PROTOCOL_VERSION)));
    }
    let said = Arguments::said();
    // With the variables as they are, for the help.
    let line = Line::read(said.clone(), &words).map_err(|help| tell(format, &help, &[]))?;
    let command = settings::without_empty_variables(said);
    let (mut command, loaded) = settings::filled(command, &line)
        .map_err(|error| ExitCode::from(failure::explain(plain(format), &error)))?;
    let format = or_default(format, &command);
    let matches = command.try_get_matches_from_mut(&words);
    let read = matches.and_then(|matches| Arguments::from_arg_matches(&matches));
    let read = read.map_err(|error| {
        let error = error.format(&mut command);
        // With the variables as they are; an option has a name only when its command is built.
        let mut said = Arguments::said();
        said.build();
        tell(format, &error, &line.notes(&said, &words, &error))
    })?;
    settings::warn(&line, loaded.warnings, |warning| {
        warn(read.output(), warning);
    });
    Ok(read)
}

/// Output without a table.
fn plain(format: Option<Format>) -> Output {
    Output::new(format.unwrap_or(Format::Human), Ids::Auto)
}

/// Warns of something about a settings file.
pub(crate) fn warn(output: Output, warning: &Problem) {
    if output.is_json() {
        output::failure(&json!({ "warning": warning.json() }));
    } else {
        output::aside(&format!("plansync: warning: {warning}"));
    }
}

/// Says what clap has to say: an error, with what there is to add, or the help that was asked for.
fn tell(format: Option<Format>, said: &clap::Error, notes: &[String]) -> ExitCode {
    let output = plain(format);
    if !said.use_stderr() {
        return written(format, output::help(said));
    }
    if output.is_json() {
        output::failure(&failure::of_arguments(said, notes));
        return Exit::NotUnderstood.into();
    }
    // A failure to write it changes nothing about how the command ends.
    let _ = output::misuse(said);
    for note in notes {
        output::aside(note);
    }
    Exit::NotUnderstood.into()
}

/// How a command ends that only writes what was asked for.
fn written(format: Option<Format>, written: std::io::Result<()>) -> ExitCode {
    match written {
        Ok(()) => Exit::Done.into(),
        Err(error) => failure::explain(plain(format), &error.into()).into(),
    }
}

/// The format that arguments or the environment ask for which could not be understood otherwise; `--` ends the
/// options.
fn format_wanted<'a>(arguments: impl Iterator<Item = &'a OsString>) -> Option<Format> {
    let arguments: Vec<_> = arguments.take_while(|it| *it != "--").collect();
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    let apart = pairs
        .filter(|(name, _)| **name == "--output")
        .map(|it| it.1.to_str());
    let joined = arguments
        .iter()
        .map(|it| it.to_str()?.strip_prefix("--output="));
    let mut wanted = apart.chain(joined).flatten();
    let typed = wanted.find_map(|value| Format::from_str(value, false).ok());
    typed.or_else(|| Format::from_str(&std::env::var(OUTPUT).ok()?, false).ok())
}

/// The format that is wanted, or else the default, which may be that of a settings file.
fn or_default(format: Option<Format>, command: &Command) -> Option<Format> {
    format.or_else(|| {
        let mut all = command.get_arguments();
        let arg = all.find(|arg| arg.get_id() == "output")?;
        let default = arg.get_default_values().first()?;
        Format::from_str(default.to_str()?, false).ok()
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{Format, format_wanted};

    #[test]
    fn the_format_is_known_of_arguments_that_are_wrong() {
        let wanted = |words: &[&str]| {
            let words: Vec<OsString> = words.iter().map(Into::into).collect();
            format_wanted(words.iter())
        };
        let json = Some(Format::Json);
        assert_eq!(wanted(&["sync", "--output", "json", "--wrong"]), json);
        assert_eq!(wanted(&["--output=json", "sync", "x"]), json);
        for words in [
            &["sync"][..],
            &["--output"],
            &["x", "--", "--output", "json"],
        ] {
            assert_eq!(wanted(words), None, "{words:?}");
        }
    }
}
