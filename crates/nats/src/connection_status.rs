//! The status of a client's connection: what may have been lost, and what the server refused to this
//! user.

use tokio::sync::watch;

/// The text before the subject in the server's message about a refused subscription.
const NOT_SUBSCRIBED: &str = "permissions violation for subscription to \"";
/// The text before the subject in the server's message about a refused publication.
const NOT_PUBLISHED: &str = "permissions violation for publish to \"";
/// The prefix of subjects of events.
pub(crate) const EVENT_SUBJECTS: &str = "plansync.v1.evt.";
/// The number of refused subscriptions that are remembered, and of refused publications: a client has one or two, and
/// an examination of permissions some dozens.
const REFUSED_MAX: usize = 64;

/// The status of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ConnectionStatus {
    /// The number of times that messages may have been lost: the connection was cut, or a
    /// subscription was not read fast enough.
    pub(crate) losses: u64,
    /// Whether the connection was closed for good.
    pub(crate) is_closed: bool,
    /// The number of times that a request to `JetStream` was refused to this user.
    denials: u64,
    /// The server's message about the last of these.
    denial: Option<String>,
    /// Subscriptions that were refused to this user.
    refused: Vec<String>,
    /// Subjects on which this user was refused to publish.
    unpublishable: Vec<String>,
    /// The server's message that this user may not subscribe to its inbox.
    inbox_refusal: Option<String>,
    /// The number of subjects on which this user was refused to publish.
    publish_refusals: u64,
    /// The last of them.
    unpublished: Option<String>,
    /// Whether a watch is running, which does not need an inbox.
    pub(crate) is_inbox_optional: bool,
}

impl ConnectionStatus {
    /// Records an event of the connection. Returns whether the event needs no other report.
    pub(crate) fn record(sender: &watch::Sender<Self>, event: &async_nats::Event) -> bool {
        match event {
            async_nats::Event::Disconnected | async_nats::Event::SlowConsumer(_) => {
                sender.send_modify(|status| status.losses += 1);
                false
            }
            async_nats::Event::ServerError(error) => {
                let mut is_handled = false;
                sender.send_modify(|status| is_handled = status.record_denial(&error.to_string()));
                is_handled
            }
            async_nats::Event::Closed => {
                sender.send_modify(|status| status.is_closed = true);
                false
            }
            async_nats::Event::Connected
            | async_nats::Event::LameDuckMode
            | async_nats::Event::ClientError(_)
            | async_nats::Event::Draining => false,
        }
    }

    fn record_denial(&mut self, text: &str) -> bool {
        if let Some(subject) = refused_subject(text, NOT_SUBSCRIBED) {
            remember(&mut self.refused, subject);
            if !subject.starts_with(EVENT_SUBJECTS) {
                self.inbox_refusal = Some(text.to_owned());
                return self.is_inbox_optional;
            }
            return true;
        }
        if let Some(subject) = refused_subject(text, NOT_PUBLISHED) {
            remember(&mut self.unpublishable, subject);
            self.publish_refusals += 1;
            self.unpublished = Some(subject.to_owned());
        }
        let lower = text.to_ascii_lowercase();
        if !lower.contains("permissions violation for publish") {
            return false;
        }
        let is_denial = lower.contains("$js.api.");
        if is_denial {
            self.denials += 1;
            self.denial = Some(text.to_owned());
        }
        // Who may not ping the service is simply not told whether it runs, and a request that is refused ends with what the
        // server refuses.
        let ends_otherwise = ["\"$srv.ping.", "\"$sys.req.", "\"plansync.v1.req."];
        is_denial || ends_otherwise.iter().any(|subject| lower.contains(subject))
    }

    /// The number of times that a request to `JetStream` was refused to this user.
    pub(crate) fn denials(&self) -> u64 {
        self.denials
    }

    /// The server's message about the last request to `JetStream` that was refused to this user.
    pub(crate) fn denial(&self) -> Option<&str> {
        self.denial.as_deref()
    }

    /// The server's message that this user may not subscribe to its inbox, so that it receives no
    /// answers.
    pub(crate) fn inbox_refusal(&self) -> Option<&str> {
        self.inbox_refusal.as_deref()
    }

    /// How often this user was refused to publish, and the subject of the last time.
    pub(crate) fn publish_refusals(&self) -> (u64, Option<&str>) {
        (self.publish_refusals, self.unpublished.as_deref())
    }

    /// Whether the server refused this subscription.
    pub(crate) fn is_refused(&self, subject: &str) -> bool {
        self.refused.iter().any(|refused| refused == subject)
    }

    /// A subscription below this prefix that the server refused, if there is one.
    pub(crate) fn refused_below(&self, prefix: &str) -> Option<&str> {
        let mut refused = self.refused.iter();
        let found = refused.find(|subject| subject.starts_with(prefix));
        found.map(String::as_str)
    }

    /// Whether the server refused to publish on this subject.
    pub(crate) fn is_unpublishable(&self, subject: &str) -> bool {
        self.unpublishable.iter().any(|refused| refused == subject)
    }
}

/// Adds a subject to those that were refused, once.
fn remember(refused: &mut Vec<String>, subject: &str) {
    if refused.len() < REFUSED_MAX && !refused.iter().any(|known| known == subject) {
        refused.push(subject.to_owned());
    }
}

/// The subject in the server's message that something is refused.
fn refused_subject<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    let start = text.to_ascii_lowercase().find(before)?;
    let rest = text.get(start + before.len()..)?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::ConnectionStatus;

    #[test]
    fn refusals_of_jetstream_of_the_inbox_and_of_events_are_distinguished() {
        let (sender, status) = watch::channel(ConnectionStatus::default());
        let record = |text: &str| {
            let error = async_nats::ServerError::Other(text.to_owned());
            ConnectionStatus::record(&sender, &async_nats::Event::ServerError(error))
        };
        assert!(record(
            "Permissions Violation for Publish to \"$JS.API.STREAM.INFO.PLANSYNC_EVENTS\""
        ));
        assert!(!record("Permissions Violation for Publish to \"x\""));
        for subject in [
            "$SYS.REQ.USER.INFO",
            "plansync.v1.req.any.system.engine.status",
        ] {
            let said = format!("Permissions Violation for Publish to \"{subject}\"");
            assert!(record(&said), "{subject}");
        }
        assert!(record(
            "Permissions Violation for Publish to \"$SRV.PING.plansync\""
        ));
        assert_eq!(status.borrow().denials(), 1);
        let denial = status.borrow().denial().map(str::to_owned);
        assert!(denial.is_some_and(|said| said.contains("PLANSYNC_EVENTS")));
        let last = "$SRV.PING.plansync";
        assert_eq!(status.borrow().publish_refusals(), (5, Some(last)));
        assert!(!record(
            "Permissions Violation for Subscription to \"_INBOX.x\""
        ));
        assert!(status.borrow().inbox_refusal().is_some());
        sender.send_modify(|status| status.is_inbox_optional = true);
        assert!(record(
            "Permissions Violation for Subscription to \"_INBOX.x\""
        ));
        for _ in 0..2 {
            assert!(record(
                "Permissions Violation for Subscription to \"plansync.v1.evt.T.>\""
            ));
        }
        assert_eq!(status.borrow().refused, ["_INBOX.x", "plansync.v1.evt.T.>"]);
        assert!(status.borrow().is_unpublishable("x"));
        assert!(!status.borrow().is_unpublishable("y"));
        ConnectionStatus::record(&sender, &async_nats::Event::Disconnected);
        assert_eq!(status.borrow().losses, 1);
        assert!(!status.borrow().is_closed);
        ConnectionStatus::record(&sender, &async_nats::Event::Closed);
        assert!(status.borrow().is_closed);
    }
}
