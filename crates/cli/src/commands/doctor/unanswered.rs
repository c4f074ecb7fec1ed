//! What to do where the NATS server does not answer a question.

use plansync_nats::NoAnswer;

use super::asking::Who;
use super::check::{Check, Help, Section, brief};
use super::name::Name;

/// A check that cannot be made without the answer.
pub(super) fn not_checked(name: Name, error: &NoAnswer, who: Who<'_>) -> Check {
    let Help { advice, section } = help(error, who);
    Check::not_checked(name, brief(&error.to_string()), section, advice)
}

/// What to do.
pub(super) fn help(error: &NoAnswer, who: Who<'_>) -> Help {
    let (section, advice) = match error {
        NoAnswer::NotPermitted { subject } if who.is_client() => (
            Section::Permissions,
            format!(
                "allow this user to publish on {}, or run it as the engine's user, without `--tenant` and `--as`",
                brief(subject)
            ),
        ),
        NoAnswer::NotPermitted { subject } => (
            Section::Permissions,
            format!(
                "connect as the engine's user, or allow this one to publish on {}",
                brief(subject)
            ),
        ),
        NoAnswer::NoInbox { .. } => (
            Section::Permissions,
            "give the inbox prefix that the permissions of this user name (`--inbox-prefix`), or connect as another user"
                .to_owned(),
        ),
        NoAnswer::Nobody { .. }
        | NoAnswer::TimedOut { .. }
        | NoAnswer::Useless { .. }
        | NoAnswer::Connection { .. } => (
            Section::NatsIsGone,
            "run it again; if it stays so, see the log output of the NATS server (`journalctl --unit nats-server`) and \
             whether the connection to it is slow"
                .to_owned(),
        ),
    };
    Help { advice, section }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_slow_or_broken_connection_is_no_lack_of_permissions() {
        let subject = || "$JS.API.INFO".to_owned();
        let section = |error| help(&error, Who::Engine { tenant: None }).section;
        let late = NoAnswer::TimedOut {
            subject: subject(),
            within: Duration::from_secs(2),
        };
        assert_eq!(section(late), Section::NatsIsGone);
        let said = "broken".to_owned();
        assert_eq!(section(NoAnswer::Connection { said }), Section::NatsIsGone);
        let refused = NoAnswer::NotPermitted { subject: subject() };
        assert_eq!(section(refused), Section::Permissions);
        let no_inbox = NoAnswer::NoInbox { subject: subject() };
        assert_eq!(section(no_inbox), Section::Permissions);
    }
}
