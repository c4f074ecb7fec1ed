//! Replies are sent only to inboxes. Any other subject might be one on which the sender of the
//! request may not publish, so such a request is not answered, and the engine's log reports it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_nats::{Message, Subject};
use plansync_service::{OperationName, operation};

/// The prefixes of reply subjects that are answered: a client's own inbox, and those that the
/// server makes for requests from another account.
const INBOXES: [&str; 2] = ["_INBOX.", "_R_."];
/// The number of prefixes that are reported, each once, so that no sender can fill the log.
const PREFIXES_MAX: usize = 16;
/// The number of characters by which prefixes are told apart.
const PREFIX_CHARS_MAX: usize = 64;

/// Prefixes of refused reply subjects that were reported.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refused(Arc<Mutex<BTreeSet<String>>>);

/// What is reported about a refused reply subject.
#[derive(Debug, PartialEq, Eq)]
enum Report {
    /// A prefix that was not seen yet.
    New,
    /// Further prefixes are not reported.
    Last,
    Nothing,
}

/// Whether a reply subject is an inbox.
pub(crate) fn is_inbox(reply: &str) -> bool {
    INBOXES.iter().any(|prefix| reply.starts_with(prefix))
}

impl Refused {
    /// The subject of the answer to a request; `None` if the request is not answered. What the sender wrote into either
    /// subject is not told: only which operation it was, and which tenant if that is known.
    pub(crate) fn inbox(
        &self,
        message: &Message,
        tenant: impl Fn() -> Option<String>,
    ) -> Option<Subject> {
        let operation = || operation(&message.subject).map(OperationName::as_str);
        let Some(reply) = &message.reply else {
            tracing::debug!(
                tenant = tenant(),
                operation = operation(),
                "a request without a reply subject was ignored"
            );
            return None;
        };
        if is_inbox(reply) {
            return Some(reply.clone());
        }
        match self.refuse(reply) {
            Report::New => tracing::warn!(
                tenant = tenant(),
                operation = operation(),
                "a request was ignored because its reply subject does not begin with `_INBOX.` or `_R_.`; \
                 replies are sent to no other subjects: set the inbox prefix of the client to `_INBOX`"
            ),
            Report::Last => tracing::warn!(
                "more requests have reply subjects that do not begin with `_INBOX.` or `_R_.`; they are \
                 ignored, and no longer reported"
            ),
            Report::Nothing => {
                tracing::debug!(
                    tenant = tenant(),
                    operation = operation(),
                    "a request whose reply subject is not an inbox was ignored"
                );
            }
        }
        None
    }

    fn refuse(&self, reply: &str) -> Report {
        let prefix = reply.split('.').next().unwrap_or_default();
        let known: String = prefix.chars().take(PREFIX_CHARS_MAX).collect();
        let mut reported = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.contains(&known) || reported.len() > PREFIXES_MAX {
            return Report::Nothing;
        }
        reported.insert(known);
        if reported.len() > PREFIXES_MAX {
            Report::Last
        } else {
            Report::New
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PREFIXES_MAX, Refused, Report};

    #[test]
    fn each_prefix_is_reported_once_up_to_a_limit() {
        let refused = Refused::default();
        assert_eq!(refused.refuse("MYBOX.1.2"), Report::New);
        assert_eq!(refused.refuse("MYBOX.3"), Report::Nothing);
        assert_eq!(refused.refuse("a\u{1b}.b"), Report::New);
        for number in 2..PREFIXES_MAX {
            let prefix = format!("P{number}");
            assert_eq!(refused.refuse(&prefix), Report::New);
        }
        assert_eq!(refused.refuse("one-more"), Report::Last);
        assert_eq!(refused.refuse("and-another"), Report::Nothing);
    }
}
