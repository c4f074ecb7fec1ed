//! A received message as the port reads it: header names in upper or lower case, and no headers
//! that only the server may set.

use async_nats::Message;

use plansync_service::{Headers, Inbound};

/// A received message.
#[derive(Clone)]
pub(crate) struct Received(pub(crate) Message);

/// The only `Nats-` header that a sender may set.
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
    fn values(&self, name: &str) -> Vec<&str> {
        // The server and its streams use `Nats-` headers, so those of a sender must not be trusted.
        let reserved = name
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case("nats-"));
        if reserved && !name.eq_ignore_ascii_case(MESSAGE_ID) {
            return Vec::new();
        }
        let headers = self.0.headers.iter().flat_map(|map| map.iter());
        headers
            .filter(|(key, _)| AsRef::<str>::as_ref(*key).eq_ignore_ascii_case(name))
            .flat_map(|(_, values)| values.iter())
            .map(async_nats::HeaderValue::as_str)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use async_nats::{HeaderMap, Message};

    use super::Received;
    use plansync_service::{Headers as _, one_value};

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
        assert_eq!(headers.values("content-type"), ["application/json"]);
        assert_eq!(headers.values("nats-msg-id"), ["7"]);
        assert!(headers.values("Nats-Expected-Stream").is_empty());
        assert!(headers.values("traceparent").is_empty());
        assert!(message(None).values("content-type").is_empty());
    }

    #[test]
    fn one_value_is_taken_and_of_different_ones_none() {
        let mut map = HeaderMap::new();
        map.append("Traceparent", "a");
        map.append("traceparent", "a");
        let repeated = message(Some(map.clone()));
        let one = |message: &Received| {
            let value = one_value(message, "traceparent").ok().flatten();
            value.map(str::to_owned)
        };
        assert_eq!(one(&repeated).as_deref(), Some("a"));
        map.append("traceparent", "b");
        assert_eq!(one(&message(Some(map))), None);
        assert_eq!(one(&message(None)), None);
    }

    #[test]
    fn every_value_is_handed_over_under_whichever_spelling_it_came() {
        let mut map = HeaderMap::new();
        map.append("Content-Type", "application/json");
        map.append("content-type", "application/msgpack");
        map.append("Nats-Msg-Id", "7");
        map.append("Nats-Msg-Id", "8");
        map.append("NATS-MSG-ID", "9");
        let headers = message(Some(map));
        let sorted = |name: &str| {
            let mut values = headers.values(name);
            values.sort_unstable();
            values.join(" ")
        };
        assert_eq!(
            sorted("content-type"),
            "application/json application/msgpack"
        );
        assert_eq!(sorted("Nats-Msg-Id"), "7 8 9");
    }
}
