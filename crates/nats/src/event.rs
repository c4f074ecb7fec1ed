//! An event as it was published: subject, headers and encoded body, also of a message that the filter
//! of the connection has replaced.

use async_nats::{HeaderMap, Message};
use bytes::Bytes;

use crate::filter::Undeliverable;

/// An event as it was published.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its subject.
    pub subject: String,
    /// Its headers, with names as sent.
    pub headers: Vec<(String, String)>,
    /// Its encoded body.
    pub body: Bytes,
}

impl Event {
    /// The event in a message that was received over a filtered connection. If the filter replaced the
    /// message, this is the original one; its subject is escaped, and it has no headers.
    pub fn of(message: &Message) -> Self {
        if let Some(undeliverable) = Undeliverable::of(message) {
            return Self {
                subject: undeliverable.subject_escaped(),
                headers: Vec::new(),
                body: undeliverable.body(),
            };
        }
        let headers = message.headers.iter().flat_map(HeaderMap::iter);
        Self {
            subject: message.subject.to_string(),
            headers: headers
                .filter_map(|(name, values)| {
                    Some((name.to_string(), values.first()?.as_str().to_owned()))
                })
                .collect(),
            body: message.payload.clone(),
        }
    }

    /// The value of a header with exactly this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name)?;
        Some(&found.1)
    }
}
