//! The troubles of a client's connection that its users must know about.

use tokio::sync::watch;

/// The text before the subject in the server's message about a refused subscription.
const NOT_SUBSCRIBED: &str = "permissions violation for subscription to \"";
/// The prefix of subjects of events.
pub(crate) const EVENT_SUBJECTS: &str = "plansync.v1.evt.";
/// The number of refused subscriptions that are remembered: a client has one or two.
const REFUSED_MAX: usize = 16;

/// The troubles of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Troubles {
    /// The number of times that messages may have been lost: the connection was cut, or a
    /// subscription was not read fast enough.
    pub(crate) losses: u64,
    /// The number of times that a request to `JetStream` was refused to this user.
    pub(crate) denials: u64,
    /// Subscriptions to events that were refused to this user.
    refused: Vec<String>,
    /// The server's message that this user may not receive answers in its inbox.
    no_inbox: Option<String>,
    /// Whether a watch is running, which can do without an inbox.
    pub(crate) does_without_inbox: bool,
}

impl Troubles {
    /// Notes an event of the connection. Returns whether it is handled here.
    pub(crate) fn note(told: &watch::Sender<Self>, event: &async_nats::Event) -> bool {
        match event {
            async_nats::Event::Disconnected | async_nats::Event::SlowConsumer(_) => {
                told.send_modify(|troubles| troubles.losses += 1);
                false
            }
            async_nats::Event::ServerError(error) => {
                let mut is_acted_on = false;
                told.send_modify(|troubles| is_acted_on = troubles.note_denial(&error.to_string()));
                is_acted_on
            }
            async_nats::Event::Connected
            | async_nats::Event::LameDuckMode
            | async_nats::Event::ClientError(_)
            | async_nats::Event::Draining
            | async_nats::Event::Closed => false,
        }
    }

    fn note_denial(&mut self, text: &str) -> bool {
        if let Some(subject) = refused_subscription(text) {
            if !subject.starts_with(EVENT_SUBJECTS) {
                self.no_inbox = Some(text.to_owned());
                return self.does_without_inbox;
            }
            if self.refused.len() < REFUSED_MAX && !self.is_refused(subject) {
                self.refused.push(subject.to_owned());
            }
            return true;
        }
        let text = text.to_ascii_lowercase();
        if !text.contains("permissions violation for publish") {
            return false;
        }
        let is_denial = text.contains("$js.api.");
        self.denials += u64::from(is_denial);
        // Who may not ping the service is simply not told whether it runs.
        is_denial || text.contains("\"$srv.ping.")
    }

    /// The server's message that no answers can be received.
    pub(crate) fn no_inbox(&self) -> Option<&str> {
        self.no_inbox.as_deref()
    }

    /// Whether the server refused this subscription.
    pub(crate) fn is_refused(&self, subject: &str) -> bool {
        self.refused.iter().any(|refused| refused == subject)
    }
}

/// The subject of a subscription, from the server's message that it is refused.
fn refused_subscription(text: &str) -> Option<&str> {
    let start = text.to_ascii_lowercase().find(NOT_SUBSCRIBED)?;
    let rest = text.get(start + NOT_SUBSCRIBED.len()..)?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::Troubles;

    #[test]
    fn what_jetstream_forbids_is_told_apart_from_what_is_forbidden_otherwise() {
        let (told, heard) = watch::channel(Troubles::default());
        let say = |text: &str| {
            let error = async_nats::ServerError::Other(text.to_owned());
            Troubles::note(&told, &async_nats::Event::ServerError(error))
        };
        assert!(say(
            "Permissions Violation for Publish to \"$JS.API.STREAM.INFO.PLANSYNC_EVENTS\""
        ));
        assert!(!say("Permissions Violation for Publish to \"x\""));
        assert!(say(
            "Permissions Violation for Publish to \"$SRV.PING.plansync\""
        ));
        assert_eq!(heard.borrow().denials, 1);
        assert!(!say(
            "Permissions Violation for Subscription to \"_INBOX.x\""
        ));
        assert!(heard.borrow().no_inbox().is_some());
        told.send_modify(|troubles| troubles.does_without_inbox = true);
        assert!(say(
            "Permissions Violation for Subscription to \"_INBOX.x\""
        ));
        for _ in 0..2 {
            assert!(say(
                "Permissions Violation for Subscription to \"plansync.v1.evt.T.>\""
            ));
        }
        assert_eq!(heard.borrow().refused, ["plansync.v1.evt.T.>"]);
        Troubles::note(&told, &async_nats::Event::Disconnected);
        assert_eq!(heard.borrow().losses, 1);
    }
}
