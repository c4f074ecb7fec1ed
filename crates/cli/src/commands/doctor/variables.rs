//! The variables that give settings, of the engine and of all other commands, as they are in this shell.

use std::ffi::{OsStr, OsString};

use super::check::{Check, Section, brief};
use super::name::Name;
use crate::arguments::Arguments;
use crate::settings::{Definition, definitions};

/// The checks.
pub(super) fn checks() -> Vec<Check> {
    of(&definitions(&Arguments::said()), |name| {
        std::env::var_os(name)
    })
}

/// `value` gives that of a variable.
fn of(definitions: &[Definition], value: impl Fn(&str) -> Option<OsString>) -> Vec<Check> {
    let mut set = Vec::new();
    let mut checks = Vec::new();
    for definition in definitions {
        let Some(name) = definition.variable() else {
            continue;
        };
        // An empty one counts as not set.
        let Some(value) = value(name).filter(|value| !value.is_empty()) else {
            continue;
        };
        match definition.check(&value) {
            Ok(()) => set.push(name),
            Err(why) => checks.push(wrong(definition, (name, &value), &why)),
        }
    }
    if checks.is_empty() {
        let told = if set.is_empty() {
            "no variable of this shell gives a setting, and none is needed".to_owned()
        } else {
            format!(
                "every command accepts the variables of this shell: {}",
                set.join(", ")
            )
        };
        checks.push(Check::ok(Name::Variables, told));
    }
    checks
}

fn wrong(definition: &Definition, (name, value): (&str, &OsStr), why: &str) -> Check {
    let what = if definition.is_secret() {
        "cannot have its value".to_owned()
    } else {
        format!("cannot be `{}`", value.to_string_lossy())
    };
    Check::wrong(
        Name::Variables,
        brief(&format!(
            "the variable {name} {what}: {why}; no command that has the setting starts with it"
        )),
        Section::Setting,
        format!(
            "correct it where it comes from (`/etc/plansync/plansync.env` for the engine of the package), or unset it \
             (`unset {name}`); `plansync config show` shows all settings and where they come from"
        ),
    )
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;

    use super::super::check::State;
    use super::*;

    fn with(variables: &[(&str, &[u8])]) -> Vec<Check> {
        of(&definitions(&Arguments::said()), |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from_vec(value.to_vec()))
        })
    }

    #[test]
    fn every_variable_is_checked_that_the_engine_reads_and_this_command_does_not() {
        let found = with(&[
            ("PLANSYNC_HTTP", b"abc"),
            ("PLANSYNC_VOLUME_MIB", b"0"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", b"nowhere"),
            ("PLANSYNC_LOG", b"plansync=loud"),
            ("PLANSYNC_DATA", b"/tmp/\xff"),
            ("PLANSYNC_TENANT", b"\xff"),
            ("PLANSYNC_EVENTS", b""),
        ]);
        let told: Vec<_> = found.iter().map(|check| &*check.message).collect();
        let begins = [
            "the variable PLANSYNC_VOLUME_MIB cannot be `0`: give a whole number from 1 to 1024;",
            "the variable PLANSYNC_HTTP cannot be `abc`: give PORT,",
            "the variable PLANSYNC_LOG cannot be `plansync=loud`: ",
            "the variable OTEL_EXPORTER_OTLP_ENDPOINT cannot be `nowhere`: ",
            "the variable PLANSYNC_TENANT cannot be `\u{fffd}`: it is not UTF-8; ",
        ];
        assert_eq!(told.len(), begins.len(), "{told:#?}");
        for (told, begin) in told.iter().zip(begins) {
            assert!(told.starts_with(begin), "{told}");
        }
        assert!(found.iter().all(Check::is_wrong));
    }

    #[test]
    fn a_secret_is_not_shown_and_what_is_right_is_told() {
        let [found] = &*with(&[("NATS_URL", b"nats://ann:secret@:x")]) else {
            panic!("more than one variable is wrong");
        };
        assert!(!format!("{found:?}").contains("secret"), "{found:?}");
        let right = with(&[("NATS_PASSWORD", b"secret"), ("PLANSYNC_HTTP", b"0")]);
        let [right] = &*right else {
            panic!("{right:?}")
        };
        assert_eq!(right.state, State::Ok);
        assert!(
            right.message.ends_with("PLANSYNC_HTTP, NATS_PASSWORD"),
            "{right:?}"
        );
        let [none] = &*with(&[]) else {
            panic!("there is more than one check");
        };
        assert_eq!(none.state, State::Ok);
    }
}
