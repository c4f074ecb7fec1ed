//! A received message as the port sees it: headers in any case of letters, and none that only the
//! server may set.

use async_nats::Message;

use plansync_service::{Headers, Inbound};

/// A message that was received.
#[derive(Clone)]
pub(crate) struct Received(pub(crate) Message);

/// The one `Nats-` header that a sender may use.
const MESSAGE_ID: &str = "nats-msg-id";

impl Received {
    pub(crate) fn inbound(&self) -> Inbound<'_> {
        Inbound {
            subject: &self.0.subject,
            headers: self,
            body: &self.0.payload,
        }
    }
}

impl Headers for Received {
    fn get(&self, name: &str) -> Option<&str> {
        // The server and its streams speak in `Nats-` headers: a sender's own would be believed.
        let reserved = name
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case("nats-"));
        if reserved && !name.eq_ignore_ascii_case(MESSAGE_ID) {
            return None;
        }
        self.0
            .headers
            .as_ref()?
            .iter()
            .find(|(key, _)| AsRef::<str>::as_ref(*key).eq_ignore_ascii_case(name))
            .and_then(|(_, values)| values.first())
            .map(async_nats::HeaderValue::as_str)
    }
}

#[cfg(test)]
mod tests {
    use async_nats::{HeaderMap, Message};

    use super::Received;
    use plansync_service::Headers as _;

    fn message(headers: Option<HeaderMap>) -> Received {
        Received(Message {
            subject: "plansync.v1.req.t.ann.plan.get".into(),
            reply: None,
            payload: "{}".into(),
            headers,
            status: None,
            description: None,
            length: 2,
        })
    }

    #[test]
    fn names_match_in_any_case_and_reserved_ones_are_not_seen() {
        let mut map = HeaderMap::new();
        map.insert("Content-Type", "application/json");
        map.insert("Nats-Msg-Id", "7");
        map.insert("Nats-Expected-Stream", "X");
        let headers = message(Some(map));
        assert_eq!(headers.get("content-type"), Some("application/json"));
        assert_eq!(headers.get("nats-msg-id"), Some("7"));
        assert_eq!(headers.get("Nats-Expected-Stream"), None);
        assert_eq!(headers.get("traceparent"), None);
        assert_eq!(message(None).get("content-type"), None);
    }
}
