//! Messages that the client library cannot handle, in the form in which they pass through it: their
//! bytes are the payload of a harmless message on a subject that no sender can use. The form never
//! leaves the process.

use async_nats::Message;
use bytes::{Buf as _, Bytes};
use plansync_service::{Answer, Headers, Inbound, Place, Verdict};

use super::fault::Fault;
use crate::port::Handler;

/// The subject of such messages. No subscription of ours matches it, so the server never sends a
/// message with it.
pub(super) const SUBJECT: &str = "plansync.undeliverable";
/// The number of bytes of a message that are kept: as many as a durable command may have.
pub(super) const KEPT_BYTES_MAX: usize = 320 * 1024;

/// What is known of a message that cannot be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undeliverable {
    /// The fault.
    pub(crate) fault: Fault,
    /// Its subject, as received.
    pub(crate) subject: Bytes,
    /// The bytes after its first line, beginning with the headers: all of them, or the first 320
    /// KiB.
    pub(crate) bytes: Bytes,
    /// The number of these bytes that are headers.
    header_bytes: usize,
}

/// No header of an incomplete block is trusted.
struct None;

impl Headers for None {
    fn values(&self, _: &str) -> Vec<&str> {
        Vec::new()
    }
}

impl Undeliverable {
    /// The content of a message of the library, if it is such a replacement.
    pub(crate) fn of(message: &Message) -> Option<Self> {
        (*message.subject == *SUBJECT).then(|| Self::read(message.payload.clone()))?
    }

    fn read(mut payload: Bytes) -> Option<Self> {
        let fault = *Fault::ALL.get(usize::from(payload.try_get_u8().ok()?))?;
        let subject_bytes = usize::try_from(payload.try_get_u32().ok()?).ok()?;
        let header_bytes = usize::try_from(payload.try_get_u32().ok()?).ok()?;
        if subject_bytes.checked_add(header_bytes)? > payload.len() {
            return Option::None;
        }
        let subject = payload.split_to(subject_bytes);
        Some(Self {
            fault,
            subject,
            bytes: payload,
            header_bytes,
        })
    }

    /// The bytes after its headers.
    pub(crate) fn body(&self) -> Bytes {
        self.bytes.slice(self.header_bytes.min(self.bytes.len())..)
    }

    /// The answer to it as a request, in the encoding that its body seems to have.
    pub(crate) fn request(&self, handler: &impl Handler) -> Answer {
        let inbound = Inbound {
            subject: &self.subject_escaped(),
            headers: &None,
            body: &self.body(),
        };
        handler.undeliverable(inbound, &self.fault.to_string())
    }

    /// The verdict on it as a durable command; all its bytes are kept.
    pub(crate) fn command(&self, handler: &impl Handler, place: Place) -> Verdict {
        let inbound = Inbound {
            subject: &self.subject_escaped(),
            headers: &None,
            body: &self.bytes,
        };
        handler.undeliverable_command(inbound, place, &self.fault.to_string())
    }

    /// The payload of its replacement.
    pub(super) fn payload(fault: Fault, subject: &[u8], headers: &[u8], body: &[u8]) -> Vec<u8> {
        let number = Fault::ALL.iter().position(|one| *one == fault);
        let number = number.and_then(|number| u8::try_from(number).ok());
        let length = |part: &[u8]| u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes();
        let mut payload = vec![number.unwrap_or(u8::MAX)];
        payload.extend_from_slice(&length(subject));
        payload.extend_from_slice(&length(headers));
        payload.extend_from_slice(subject);
        payload.extend_from_slice(headers);
        payload.extend_from_slice(body);
        payload
    }

    /// The subject in ASCII, with other bytes escaped, so that it can be shown and compared.
    pub(crate) fn subject_escaped(&self) -> String {
        escaped(&self.subject)
    }
}

/// Untrusted bytes in a form that a log may show.
pub(crate) fn escaped(bytes: &[u8]) -> String {
    const SHOWN_BYTES_MAX: usize = 512;
    let shown = &bytes[..bytes.len().min(SHOWN_BYTES_MAX)];
    let more = if shown.len() < bytes.len() { "…" } else { "" };
    format!("{}{more}", shown.escape_ascii())
}

#[cfg(test)]
mod tests {
    use async_nats::Message;

    use super::{Fault, SUBJECT, Undeliverable, escaped};

    fn message(subject: &str, payload: Vec<u8>) -> Message {
        Message {
            subject: subject.into(),
            reply: None,
            payload: payload.into(),
            headers: None,
            status: None,
            description: None,
            length: 0,
        }
    }

    #[test]
    fn what_goes_in_comes_out() {
        for fault in Fault::ALL {
            let payload = Undeliverable::payload(fault, b"a.\xff", b"NATS/1.0 9\r\n\r\n", b"{}");
            let found = Undeliverable::of(&message(SUBJECT, payload)).unwrap();
            assert_eq!(found.fault, fault);
            assert_eq!(found.subject_escaped(), "a.\\xff");
            assert_eq!(found.bytes, "NATS/1.0 9\r\n\r\n{}");
            assert_eq!(found.bytes[found.header_bytes..], *b"{}");
        }
    }

    #[test]
    fn nothing_else_is_taken_for_one() {
        let payload = Undeliverable::payload(Fault::Value, b"a", b"b", b"c");
        assert_eq!(
            Undeliverable::of(&message("plansync.v1.req.a", payload)),
            None
        );
        let short = [&[0, 0, 0, 0, 9, 0, 0, 0, 0][..], b"a"].concat();
        let numberless = [&[200][..], &[0; 8]].concat();
        for broken in [vec![], vec![0, 0, 0], short, numberless] {
            assert_eq!(Undeliverable::of(&message(SUBJECT, broken)), None);
        }
    }

    #[test]
    fn what_is_shown_has_a_bound() {
        assert_eq!(escaped(b"a\xe2\x80\xa8\n"), "a\\xe2\\x80\\xa8\\n");
        assert!(escaped(&[b'a'; 5_000]).len() < 600);
    }
}
