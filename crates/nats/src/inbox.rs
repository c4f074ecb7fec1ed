//! Replies are sent only to inboxes. Any other subject might be one on which the sender of the
//! request may not publish, so such a request is not answered, and the engine's log reports it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_nats::{Message, Subject};

/// The prefixes of reply subjects that are answered: a client's own inbox, and those that the
/// server makes for requests from another account.
const INBOXES: [&str; 2] = ["_INBOX.", "_R_."];
/// The number of prefixes that are reported, each once, so that no sender can fill the log.
const PREFIXES_MAX: usize = 16;
/// The number of characters of a prefix that are shown.
const PREFIX_CHARS_MAX: usize = 64;

/// Prefixes of refused reply subjects that were reported.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refused(Arc<Mutex<BTreeSet<String>>>);

/// What is reported about a refused reply subject.
#[derive(Debug, PartialEq, Eq)]
enum Telling {
    Prefix(String),
    NoMore,
    Nothing,
}

/// Whether a reply subject is an inbox.
pub(crate) fn is_inbox(reply: &str) -> bool {
    INBOXES.iter().any(|prefix| reply.starts_with(prefix))
}

impl Refused {
    /// The subject of the answer to a request; none if the request is not answered.
    pub(crate) fn inbox(&self, message: &Message) -> Option<Subject> {
        let subject = &message.subject;
        let Some(reply) = &message.reply else {
            tracing::debug!(%subject, "a request that asks for no answer is ignored");
            return None;
        };
        if is_inbox(reply) {
            return Some(reply.clone());
        }
        match self.refuse(reply) {
            Telling::Prefix(prefix) => tracing::warn!(
                prefix,
                %subject,
                "a request is not answered, since its reply subject is no inbox: answers go to subjects \
                 that begin with `_INBOX.` or `_R_.`, and to no others; set the client's inbox prefix so"
            ),
            Telling::NoMore => tracing::warn!(
                "further requests come with reply subjects that are no inboxes; no more of them are told of"
            ),
            Telling::Nothing => {
                tracing::debug!(%subject, "a request without an inbox is ignored");
            }
        }
        None
    }

    fn refuse(&self, reply: &str) -> Telling {
        let prefix = reply.split('.').next().unwrap_or_default();
        let shown: String = prefix.escape_debug().take(PREFIX_CHARS_MAX).collect();
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.contains(&shown) || told.len() > PREFIXES_MAX {
            return Telling::Nothing;
        }
        told.insert(shown.clone());
        if told.len() > PREFIXES_MAX {
            Telling::NoMore
        } else {
            Telling::Prefix(shown)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PREFIXES_MAX, Refused, Telling};

    #[test]
    fn each_prefix_is_told_of_once_and_only_so_many() {
        let refused = Refused::default();
        assert_eq!(
            refused.refuse("MYBOX.1.2"),
            Telling::Prefix("MYBOX".to_owned())
        );
        assert_eq!(refused.refuse("MYBOX.3"), Telling::Nothing);
        assert_eq!(
            refused.refuse("a\u{1b}.b"),
            Telling::Prefix("a\\u{1b}".to_owned())
        );
        for number in 2..PREFIXES_MAX {
            let prefix = format!("P{number}");
            assert_eq!(refused.refuse(&prefix), Telling::Prefix(prefix.clone()));
        }
        assert_eq!(refused.refuse("one-more"), Telling::NoMore);
        assert_eq!(refused.refuse("and-another"), Telling::Nothing);
    }
}
