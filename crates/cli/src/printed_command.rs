//! Repeats the options for actor and connection in commands that are printed to be pasted.
//!
//! Options from the environment are omitted, because the shell still has them. Passwords and tokens are never
//! printed.

use std::ffi::OsStr;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use crate::shell;

/// The options that are repeated: the name of the field, and the name of the option.
const REPEATED: [(&str, &str); 21] = [
    ("config", "config"),
    (DATA, DATA),
    (BACKUP, BACKUP),
    ("keys", "keys"),
    ("erasure_key", "erasure-key"),
    ("tenant", "tenant"),
    ("actor", "as"),
    ("nats_url", NATS_URL),
    ("context", "context"),
    ("nats_user", "nats-user"),
    ("nats_password", NATS_PASSWORD),
    ("nats_token", NATS_TOKEN),
    ("nkey", "nkey"),
    ("nats_creds", "nats-creds"),
    ("tls", "tls"),
    ("tls_first", "tls-first"),
    ("tls_ca", "tls-ca"),
    ("tls_cert", "tls-cert"),
    ("tls_key", "tls-key"),
    ("inbox_prefix", "inbox-prefix"),
    ("timeout", "timeout"),
];
const DATA: &str = "data";
const BACKUP: &str = "backup";
const NATS_URL: &str = "nats-url";
const NATS_PASSWORD: &str = "nats-password";
const NATS_TOKEN: &str = "nats-token";

/// The options above that were given on the command line, quoted for a shell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PrintedCommand {
    options: Vec<String>,
    /// Whether a data folder or a backup is asked, which only `audit` and `request` do.
    is_offline: bool,
}

impl PrintedCommand {
    /// A command of this program for the next step: its verb, such as `sync list`, the repeated options, and
    /// further arguments, which are quoted already.
    ///
    /// If a data folder or a backup is asked, a verb that reads, such as `sync list`, becomes a request.
    pub(crate) fn command(&self, verb: &str, given: &str) -> String {
        let options = self.options.iter().map(String::as_str);
        let is_of_service = !["audit ", "request "].iter().any(|it| verb.starts_with(it));
        let request = (self.is_offline && is_of_service)
            .then(|| format!("request {}", verb.replacen(' ', ".", 1)));
        let verb = request.as_deref().unwrap_or(verb);
        let all = ["plansync", verb].into_iter().chain(options);
        let all = all.chain([given]).filter(|word| !word.is_empty());
        all.collect::<Vec<_>>().join(" ")
    }

    /// Whether a data folder or a backup is asked.
    pub(crate) fn is_offline(&self) -> bool {
        self.is_offline
    }

    /// The options of the command that is run, which may be a subcommand of `matches`.
    fn read(mut matches: &ArgMatches) -> Self {
        while let Some((_, of_command)) = matches.subcommand() {
            matches = of_command;
        }
        let said = REPEATED.iter().filter(|(id, _)| is_typed(matches, id));
        Self {
            options: said.map(|(id, name)| again(matches, id, name)).collect(),
            is_offline: [DATA, BACKUP].iter().any(|id| is_typed(matches, id)),
        }
    }
}

fn is_typed(matches: &ArgMatches, id: &str) -> bool {
    matches.try_contains_id(id).is_ok()
        && matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine)
}

fn again(matches: &ArgMatches, id: &str, name: &str) -> String {
    let value = matches.get_raw(id).and_then(|mut values| values.next());
    match value.map(OsStr::to_string_lossy) {
        Some(url) if name == NATS_URL && url.contains('@') => {
            // The address contains a secret, which is not printed; the user can set NATS_URL instead.
            format!("--{NATS_URL} \"$NATS_URL\"")
        }
        Some(_) if name == NATS_PASSWORD => format!("--{NATS_PASSWORD} \"$NATS_PASSWORD\""),
        Some(_) if name == NATS_TOKEN => format!("--{NATS_TOKEN} \"$NATS_TOKEN\""),
        Some(value) if is_flag(id) && value != "true" => format!("--{name}={value}"),
        Some(value) if !value.is_empty() && !is_flag(id) => shell::option(name, &value),
        Some(_) | None => format!("--{name}"),
    }
}

/// Whether the option needs no value.
fn is_flag(id: &str) -> bool {
    id == "tls" || id == "tls_first"
}

impl FromArgMatches for PrintedCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self::read(matches))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::read(matches);
        Ok(())
    }
}

/// It adds no argument: it reads those of others.
impl Args for PrintedCommand {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::caller::CallerArguments;
    use crate::printed_command::PrintedCommand;
    use crate::source::SourceArguments;

    #[derive(Debug, Parser)]
    struct TestArguments {
        #[command(flatten)]
        who: CallerArguments,
    }

    fn again(words: &[&str]) -> String {
        let line = TestArguments::try_parse_from([&["plansync"], words].concat()).unwrap();
        line.who.printed().command("sync list", "--limit all")
    }

    #[test]
    fn what_was_typed_is_said_again_and_defaults_are_not() {
        let who = ["--tenant", "acme", "--as=-x"];
        assert_eq!(
            again(&who),
            "plansync sync list --tenant acme --as=-x --limit all"
        );
        let more = ["--tls", "--tls-ca", "a b.pem", "--nats-url", "nats://h:1"];
        let expected = "plansync sync list --tenant acme --as=-x --nats-url nats://h:1 --tls \
                        --tls-ca 'a b.pem' --limit all";
        assert_eq!(again(&[&who[..], &more].concat()), expected);
    }

    #[derive(Debug, Parser)]
    struct OfSource {
        #[command(flatten)]
        printed: PrintedCommand,
        #[command(flatten)]
        source: SourceArguments,
    }

    #[test]
    fn a_folder_that_is_asked_is_asked_again_by_what_can_ask_it() {
        let line = OfSource::try_parse_from(["plansync", "--data", "a b"]).unwrap();
        assert!(line.printed.is_offline());
        let again = |verb| line.printed.command(verb, "x");
        assert_eq!(
            again("sync list"),
            "plansync request sync.list --data 'a b' x"
        );
        assert_eq!(again("audit log"), "plansync audit log --data 'a b' x");
        let _ = line.source;
    }

    #[derive(Debug, Parser)]
    struct WithFile {
        #[command(flatten)]
        printed: PrintedCommand,
        #[arg(long)]
        config: Option<std::path::PathBuf>,
    }

    #[test]
    fn a_settings_file_that_was_named_is_named_again() {
        let line = WithFile::try_parse_from(["plansync", "--config", "a b"]).unwrap();
        let again = line.printed.command("sync list", "");
        assert_eq!(again, "plansync sync list --config 'a b'");
        let _ = line.config;
    }

    #[test]
    fn a_password_is_not_repeated() {
        let words = [
            "--tenant",
            "acme",
            "--as",
            "al",
            "--nats-url",
            "nats://u:secret@h",
        ];
        let expected = "plansync sync list --tenant acme --as al --nats-url \"$NATS_URL\" \
                        --limit all";
        assert_eq!(again(&words), expected);
    }
}
