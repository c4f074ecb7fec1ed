//! What a client's connection says of itself that those who wait on it must know.

use tokio::sync::watch;

/// What a refused subscription is told of with, before its subject.
const NOT_SUBSCRIBED: &str = "permissions violation for subscription to \"";
/// What subjects of events begin with.
pub(crate) const EVENT_SUBJECTS: &str = "plansync.v1.evt.";
/// So many refused subscriptions are known at most: a client has one or two.
const REFUSED_MAX: usize = 16;

/// What happened to a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Troubles {
    /// Messages may have been lost: it was cut, or a subscription was not read fast enough.
    pub(crate) losses: u64,
    /// `JetStream` was asked for something that this user may not ask for.
    pub(crate) denials: u64,
    /// Subscriptions to events that this user may not make.
    refused: Vec<String>,
    /// The server's words for that this user may not hear answers under the inbox that it has.
    no_inbox: Option<String>,
    /// Whether somebody watches, and listens only where there is no inbox for answers.
    pub(crate) does_without_inbox: bool,
}

impl Troubles {
    /// Takes note of what a connection says of itself; says whether somebody will act on it here.
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
        let is_denial =
            text.contains("permissions violation for publish") && text.contains("$js.api.");
        self.denials += u64::from(is_denial);
        is_denial
    }

    /// The server's words for that no answers are heard.
    pub(crate) fn no_inbox(&self) -> Option<&str> {
        self.no_inbox.as_deref()
    }

    /// Whether the server refused this subscription.
    pub(crate) fn is_refused(&self, subject: &str) -> bool {
        self.refused.iter().any(|refused| refused == subject)
    }
}

/// The subject of a subscription that the server says it refused.
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
