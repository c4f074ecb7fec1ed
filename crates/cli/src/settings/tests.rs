//! The layers: both files, and the options of every command.

use std::io::{Error, ErrorKind};
use std::path::Path;

use clap::Command;

use super::replacing::Stronger;
use super::{
    Definition, Failure, Loaded, Places, Problem, Setting, Text, Values, definitions, load_by,
    with_defaults,
};
use crate::arguments::Arguments;

fn all() -> Vec<Definition> {
    definitions(&Arguments::said())
}

/// What the system's file and the user's say; one that says nothing cannot be read, for this reason.
fn loaded(
    system: Result<&str, ErrorKind>,
    user: Result<&str, ErrorKind>,
    asks: bool,
) -> Result<Loaded, Vec<Problem>> {
    let places = Places::default_of(Some("/system".into()), Some("/user".into()), asks);
    load_by(&all(), &places, |path| {
        let text = if path == Path::new("/system") {
            system
        } else {
            user
        };
        let text = text
            .map_err(|kind| Failure::Io(Error::from(kind)))?
            .to_owned();
        let is_public = false;
        Ok(Text { text, is_public })
    })
}

fn values(system: &str, user: &str, stronger: &Stronger) -> Values {
    Values::of(&loaded(Ok(system), Ok(user), true).unwrap().files, stronger).unwrap()
}

/// The values of some settings with their origins.
fn origins(values: &Values, keys: &[&str]) -> Vec<Option<String>> {
    let one = |key: &&str| {
        Some(format!(
            "{} {}",
            values.get(key)?.raw,
            values.get(key)?.origin
        ))
    };
    keys.iter().map(one).collect()
}

#[test]
fn the_files_are_merged_and_the_users_is_stronger() {
    let system = "[client]\ntenant = \"acme\"\ntimeout = 5\n";
    let user = "[client]\n\ntimeout = 6\nactor = \"ann\"\n";
    let values = values(system, user, &Stronger::default());
    let keys = [
        "client.tenant",
        "client.timeout",
        "client.actor",
        "nats.url",
    ];
    let expected = [
        Some("acme /system:2"),
        Some("6 /user:3"),
        Some("ann /user:4"),
        None,
    ];
    assert_eq!(
        origins(&values, &keys),
        expected.map(|it| it.map(str::to_owned))
    );
}

#[test]
fn the_users_login_and_context_replace_the_systems() {
    let system = "[nats]\nurl = \"nats://bob:pw@bus\"\nuser = \"bob\"\npassword = \"pw\"\n";
    let keys = [
        "nats.url",
        "nats.user",
        "nats.password",
        "nats.creds",
        "nats.context",
    ];
    let of_user = |user| origins(&values(system, user, &Stronger::default()), &keys);
    let some = |it: &str| Some(it.to_owned());
    let expected = [
        some("nats://bus /system:2"),
        None,
        None,
        some("/a /user:2"),
        None,
    ];
    assert_eq!(of_user("[nats]\ncreds = \"/a\"\n"), expected);
    let expected = [None, None, None, None, some("prod /user:2")];
    assert_eq!(of_user("[nats]\ncontext = \"prod\"\n"), expected);
}

#[test]
fn a_file_may_be_absent_and_the_systems_may_be_denied_to_those_who_ask() {
    let absent = Err(ErrorKind::NotFound);
    let none = loaded(absent, absent, false).unwrap();
    assert_eq!((none.files.len(), none.absent.len()), (0, 2));
    let denied = Err(ErrorKind::PermissionDenied);
    let asking = loaded(denied, Ok(""), true).unwrap();
    let told = asking.warnings[0].to_string();
    assert!(
        told.starts_with("/system: ") && told.ends_with("the file is ignored"),
        "{told}"
    );
    for refused in [
        loaded(denied, Ok(""), false),
        loaded(Ok(""), denied, true),
        loaded(Err(ErrorKind::Other), Ok(""), true),
    ] {
        assert_eq!(refused.unwrap_err().len(), 1);
    }
    let both = loaded(Ok("a = 1"), Ok("b = 1"), true).unwrap_err();
    assert_eq!(both.len(), 2, "{both:?}");
}

/// Every command with the names before it.
fn commands(command: &Command, found: &mut Vec<Command>) {
    found.push(command.clone());
    for inner in command.get_subcommands() {
        commands(inner, found);
    }
}

#[test]
fn every_command_takes_the_value_of_the_file_for_each_of_its_settings() {
    let mut lines = Vec::new();
    let all = all();
    for it in &all {
        // Different ways to log in do not stand in one file.
        if !["nats.nkey", "nats.creds", "nats.token"].contains(&it.key) {
            let sample = it.written(&it.sample().unwrap());
            lines.push(format!("{} = {sample}\n", it.key));
        }
    }
    let values = values("", &lines.concat(), &Stronger::default());
    let mut found = Vec::new();
    commands(&with_defaults(Arguments::said(), &values), &mut found);
    let mut taken = 0;
    for command in found {
        let settings = command
            .get_arguments()
            .filter(|it| it.get::<Setting>().is_some());
        let settings: Vec<_> = settings.cloned().collect();
        let alone = Command::new("plansync").args(settings.iter().cloned());
        let alone = without_relations(alone)
            .try_get_matches_from(["plansync"])
            .unwrap();
        for arg in settings {
            let key = arg.get::<Setting>().unwrap().key();
            let Some(value) = values.get(key) else {
                continue;
            };
            // A variable of this machine is stronger.
            if arg.get_env().and_then(std::env::var_os).is_none() {
                let raw = alone
                    .get_raw(arg.get_id().as_str())
                    .unwrap()
                    .next()
                    .unwrap();
                assert_eq!(raw, &*value.raw, "{} {key}", command.get_name());
                taken += 1;
            }
        }
    }
    assert!(taken > 100, "{taken}");
}

/// Without conflicts with options that are no settings.
fn without_relations(command: Command) -> Command {
    use clap::builder::Resettable::Reset;
    command.mut_args(|arg| {
        arg.conflicts_with(Reset::<clap::Id>)
            .requires(Reset::<clap::Id>)
    })
}

#[test]
fn an_option_with_a_variable_is_a_setting_and_a_setting_has_a_variable() {
    let mut found = Vec::new();
    commands(&Arguments::said(), &mut found);
    for command in found {
        for arg in command.get_arguments() {
            let name = format!("{} --{}", command.get_name(), arg.get_id());
            // The file itself, and the folder of a development server, which is not the engine's.
            let is_other = ["plansync --config", "dev --data"].contains(&&*name);
            let ignores =
                ["serve --context", "doctor --context", "bridge --context"].contains(&&*name);
            let is_setting = arg.get::<Setting>().is_some();
            assert_eq!(
                arg.get_env().is_some(),
                (is_setting && !ignores) || is_other,
                "{name}"
            );
        }
    }
}

#[test]
fn the_ways_to_log_in_are_those_that_the_options_exclude() {
    let said = Arguments::said();
    let mut serve = said.find_subcommand("serve").unwrap().clone();
    serve.build();
    let group = serve
        .get_groups()
        .find(|it| it.get_id() == "login")
        .unwrap()
        .clone();
    let key = |id: &clap::Id| {
        let arg = serve.get_arguments().find(|arg| arg.get_id() == id)?;
        Some(arg.get::<Setting>()?.key())
    };
    let mut excluded: Vec<_> = group.get_args().filter_map(key).collect();
    let mut login = super::replacing::LOGIN.to_vec();
    excluded.sort_unstable();
    login.sort_unstable();
    assert_eq!(excluded, login);
}

#[test]
fn every_setting_has_a_table_a_meaning_and_a_valid_value() {
    for it in all() {
        assert!(
            super::definition::TABLES
                .iter()
                .any(|(name, _)| *name == it.table()),
            "{}",
            it.key
        );
        assert!(it.meaning().len() > 5, "{}", it.key);
        let sample = it.sample();
        let sample = sample.unwrap_or_else(|| panic!("{} has no example", it.key));
        assert_eq!(it.check(sample.as_ref()), Ok(()), "{}", it.key);
    }
}

#[test]
fn the_command_line_holds_together() {
    Arguments::said().debug_assert();
}
