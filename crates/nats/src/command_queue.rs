//! The form that a durable command has in its stream where several nodes share a log: clients publish to the nodes, and a
//! node puts the command into the stream.
//!
//! Clients cannot publish into a replicated stream themselves, because one header of theirs could destroy it, and no
//! permission forbids a header. So the stream has subjects of its own, and a command in it none of the headers that mean
//! something to the server. That goes for the id of the message, too: with it, the server would answer that a command is a
//! duplicate of one that is not stored yet and may be lost. The engine compares ids itself.

use async_nats::{HeaderMap, HeaderName, Message};

/// The prefix of the subjects on which clients publish durable commands.
const SENT: &str = "plansync.v1.cmd.";
/// These subjects.
pub(crate) const SENT_SUBJECTS: &str = "plansync.v1.cmd.>";
/// The prefix of the subjects of the stream.
const QUEUED: &str = "plansync.v1.queue.";
/// The subjects of the stream.
pub(crate) const QUEUED_SUBJECTS: &str = "plansync.v1.queue.>";
/// The header with the id of a message for the server.
const MESSAGE_ID: &str = "Nats-Msg-Id";
/// The header with the same id in the stream.
const QUEUED_MESSAGE_ID: &str = "Plansync-Msg-Id";

/// The subject and the headers of a command in the stream; `None` if it was not sent as a durable command.
pub(crate) fn queued(sent: &Message) -> Option<(String, HeaderMap)> {
    let tail = sent.subject.strip_prefix(SENT)?;
    let mut headers = HeaderMap::new();
    for (name, values) in sent.headers.iter().flat_map(HeaderMap::iter) {
        let name = match AsRef::<str>::as_ref(name) {
            id if id.eq_ignore_ascii_case(MESSAGE_ID) => HeaderName::from_static(QUEUED_MESSAGE_ID),
            reserved if is_reserved(reserved) => continue,
            _ => name.clone(),
        };
        for value in values {
            headers.append(name.clone(), value.clone());
        }
    }
    Some((format!("{QUEUED}{tail}"), headers))
}

/// A message of the stream as it was sent. Those that a client has published into a stream with its own subjects stay as
/// they are.
pub(crate) fn as_sent(mut queued: Message) -> Message {
    let Some(tail) = queued.subject.strip_prefix(QUEUED) else {
        return queued;
    };
    queued.subject = format!("{SENT}{tail}").into();
    if let Some(headers) = queued.headers.take() {
        let mut sent = HeaderMap::new();
        for (name, values) in headers.iter() {
            let is_id = AsRef::<str>::as_ref(name) == QUEUED_MESSAGE_ID;
            let name = if is_id {
                HeaderName::from_static(MESSAGE_ID)
            } else {
                name.clone()
            };
            for value in values {
                sent.append(name.clone(), value.clone());
            }
        }
        queued.headers = Some(sent);
    }
    queued
}

/// Whether a header means something to the server, or to whoever reads the stream.
fn is_reserved(name: &str) -> bool {
    let starts = |prefix: &str| {
        let start = name.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    starts("Nats-") || name.eq_ignore_ascii_case(QUEUED_MESSAGE_ID)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(subject: &str, headers: &[(&str, &str)]) -> Message {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, *value);
        }
        Message {
            subject: subject.into(),
            reply: None,
            payload: "body".into(),
            headers: Some(map),
            status: None,
            description: None,
            length: 4,
        }
    }

    /// All headers, in the order of their names.
    fn listed(headers: &HeaderMap) -> Vec<String> {
        let mut listed: Vec<_> = headers
            .iter()
            .flat_map(|(name, values)| values.iter().map(move |value| format!("{name}: {value}")))
            .collect();
        listed.sort();
        listed
    }

    #[test]
    fn no_header_that_means_something_to_the_server_comes_into_the_stream() {
        let sent = message(
            "plansync.v1.cmd.college.ann.plan.edit",
            &[
                ("Content-Type", "application/json"),
                ("Nats-Expected-Last-Msg-Id", "x"),
                ("nats-rollup", "all"),
                ("NATS-TTL", "1s"),
                ("Nats-Msg-Id", "7"),
                ("nats-msg-id", "8"),
                ("plansync-msg-id", "forged"),
                ("traceparent", "00-1-2-01"),
                ("Na", "short"),
            ],
        );
        let (subject, headers) = queued(&sent).unwrap();
        assert_eq!(subject, "plansync.v1.queue.college.ann.plan.edit");
        let expected = [
            "Content-Type: application/json",
            "Na: short",
            "Plansync-Msg-Id: 7",
            "Plansync-Msg-Id: 8",
            "traceparent: 00-1-2-01",
        ];
        assert_eq!(listed(&headers), expected);
    }

    #[test]
    fn a_command_comes_out_of_the_stream_as_it_was_sent() {
        let sent = message(
            "plansync.v1.cmd.college.ann.plan.edit",
            &[("Content-Type", "application/json"), ("Nats-Msg-Id", "7")],
        );
        let (subject, headers) = queued(&sent).unwrap();
        let stored = Message {
            subject: subject.into(),
            headers: Some(headers),
            ..sent.clone()
        };
        let again = as_sent(stored);
        assert_eq!(again.subject, sent.subject);
        assert_eq!(
            listed(&again.headers.unwrap()),
            listed(&sent.headers.unwrap())
        );
        assert_eq!(again.payload, sent.payload);
    }

    #[test]
    fn other_subjects_are_no_durable_commands_and_stay_as_they_are() {
        for subject in [
            "plansync.v1.req.a.b.c",
            "plansync.v1.cmd",
            "plansync.v1.queue.a.b.c",
        ] {
            assert!(queued(&message(subject, &[])).is_none(), "{subject}");
        }
        let direct = message("plansync.v1.cmd.a.b.c", &[("Nats-Msg-Id", "7")]);
        let same = as_sent(direct.clone());
        assert_eq!(
            (&same.subject, same.headers),
            (&direct.subject, direct.headers)
        );
    }
}
