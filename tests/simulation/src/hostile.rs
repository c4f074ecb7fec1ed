//! Messages that no client would send: what is wrong with each, and how it is made from a real one so
//! that it is certainly refused.

use uuid::Uuid;

use crate::choices::Choices;

/// How deep a value is nested: deeper than any decoder follows.
const DEEP: usize = 3_000;

/// What is hostile about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub(crate) enum Kind {
    FlippedBit,
    NoObject,
    Truncated,
    TrailingBytes,
    DeepJson,
    DeepMessagePack,
    NotUtf8,
    Garbage,
    OtherEncoding,
    TwoEncodings,
    NoEncoding,
    TwoIds,
    UnknownOperation,
    UnknownActor,
    ReservedActor,
    Date,
    Undeliverable,
    Nobodys,
}

const KINDS: [Kind; 18] = [
    Kind::FlippedBit,
    Kind::NoObject,
    Kind::Truncated,
    Kind::TrailingBytes,
    Kind::DeepJson,
    Kind::DeepMessagePack,
    Kind::NotUtf8,
    Kind::Garbage,
    Kind::OtherEncoding,
    Kind::TwoEncodings,
    Kind::NoEncoding,
    Kind::TwoIds,
    Kind::UnknownOperation,
    Kind::UnknownActor,
    Kind::ReservedActor,
    Kind::Date,
    Kind::Undeliverable,
    Kind::Nobodys,
];

/// Texts that a careless parser takes for dates.
const DATES: [&str; 7] = [
    "+20261-1-1",
    "-2026-1-01",
    " 2026-1-05",
    "2026- 1-05",
    "+2026-1-05",
    "0000-01-01",
    "2026-02-30",
];

impl Kind {
    /// One of them.
    pub(crate) fn any(choices: &Choices) -> Self {
        KINDS[choices.index(KINDS.len())]
    }

    /// The actor and the operation that its subject names, of those of a real request.
    pub(crate) fn subject(
        self,
        (actor, operation): (&'static str, &'static str),
        choices: &Choices,
    ) -> (&'static str, &'static str) {
        match self {
            Self::UnknownActor => ("mallory", operation),
            Self::ReservedActor => ("learner", operation),
            Self::UnknownOperation => {
                let unknown = ["plan.destroy", "plan.EDIT", "plan", "plan.edit.twice"];
                (actor, unknown[choices.index(unknown.len())])
            }
            Self::Date => (actor, "plan.edit"),
            Self::Undeliverable => ("mal\\xe2\\x80\\x83lory", operation),
            Self::FlippedBit
            | Self::NoObject
            | Self::Truncated
            | Self::TrailingBytes
            | Self::DeepJson
            | Self::DeepMessagePack
            | Self::NotUtf8
            | Self::Garbage
            | Self::OtherEncoding
            | Self::TwoEncodings
            | Self::NoEncoding
            | Self::TwoIds
            | Self::Nobodys => (actor, operation),
        }
    }

    /// The codes that it may be refused with; another one shows that more of it was believed.
    pub(crate) const fn codes(self) -> &'static [&'static str] {
        match self {
            Self::TwoEncodings | Self::NoEncoding => {
                &["unsupported_media_type", "unknown_operation"]
            }
            Self::UnknownOperation => &["unknown_operation", "invalid_request"],
            // Of those that a history asks for, some are no requests whoever asks.
            Self::UnknownActor | Self::ReservedActor => &[
                "unknown_actor",
                "tenant_not_found",
                "unknown_operation",
                "invalid_request",
            ],
            Self::Date | Self::Undeliverable | Self::Nobodys => &["invalid_request"],
            // A preview is no durable command, whatever its body.
            Self::FlippedBit
            | Self::NoObject
            | Self::Truncated
            | Self::TrailingBytes
            | Self::DeepJson
            | Self::DeepMessagePack
            | Self::NotUtf8
            | Self::Garbage
            | Self::OtherEncoding
            | Self::TwoIds => &["invalid_request", "unknown_operation"],
        }
    }

    /// Its headers, under an id of its own.
    pub(crate) fn headers(self, id: Uuid) -> Vec<(&'static str, String)> {
        let named = ("Nats-Msg-Id", id.to_string());
        let encoding = |encoding: &str| ("Content-Type", encoding.to_owned());
        match self {
            Self::DeepMessagePack | Self::OtherEncoding => {
                vec![named, encoding("application/msgpack")]
            }
            Self::TwoEncodings => vec![
                named,
                encoding("application/json"),
                ("content-type", "application/msgpack".to_owned()),
            ],
            Self::NoEncoding => vec![named, encoding("text/html; charset=\u{fffd}")],
            Self::TwoIds => vec![named, ("nats-msg-id", format!("{id}2"))],
            // Of headers that are not whole, none is believed.
            Self::Undeliverable | Self::Nobodys => Vec::new(),
            Self::FlippedBit
            | Self::NoObject
            | Self::Truncated
            | Self::TrailingBytes
            | Self::DeepJson
            | Self::NotUtf8
            | Self::Garbage
            | Self::UnknownOperation
            | Self::UnknownActor
            | Self::ReservedActor
            | Self::Date => vec![named],
        }
    }

    /// What it makes of the body of a real request, a JSON object.
    pub(crate) fn body(self, mut body: Vec<u8>, choices: &Choices) -> Vec<u8> {
        match self {
            // An ASCII byte with its high bit set is no part of a character, whatever stands beside it.
            Self::FlippedBit => {
                let ascii = body.iter().enumerate().filter(|(_, byte)| byte.is_ascii());
                let ascii: Vec<usize> = ascii.map(|(index, _)| index).collect();
                body[ascii[choices.index(ascii.len())]] ^= 0x80;
                body
            }
            Self::NoObject => {
                body[0] ^= 0x20;
                body
            }
            Self::Truncated => {
                body.truncate(1 + choices.index(body.len() - 1));
                body
            }
            Self::TrailingBytes => {
                let behind: [&[u8]; 4] = [b"}", b"{}", b"\0", b"\x91"];
                [&body, behind[choices.index(behind.len())]].concat()
            }
            Self::DeepJson => {
                let (open, close) = ("[".repeat(DEEP), "]".repeat(DEEP));
                format!("{{\"learner\":{open}{close}}}").into_bytes()
            }
            Self::DeepMessagePack => [vec![0x91; DEEP], vec![0x90]].concat(),
            Self::NotUtf8 => b"{\"learner\":\"\xff\xfe\xc0\x80\"}".to_vec(),
            Self::Garbage => {
                // 0xc1 is the one byte that MessagePack never uses, and no JSON begins with it.
                let more = 1 + choices.index(64);
                let garbage = (0..more).map(|_| u8::try_from(choices.below(256)).unwrap_or(0));
                std::iter::once(0xc1).chain(garbage).collect()
            }
            Self::Date => {
                let id = Uuid::from_u128(0xc0);
                let date = DATES[choices.index(DATES.len())];
                format!(
                    "{{\"learner\":\"{id}\",\"edits\":[{{\"op\":\"change\",\"component\":\"{id}\",\
                 \"set\":{{\"due_date\":\"{date}\"}}}}]}}"
                )
                .into_bytes()
            }
            Self::OtherEncoding
            | Self::TwoEncodings
            | Self::NoEncoding
            | Self::TwoIds
            | Self::UnknownOperation
            | Self::UnknownActor
            | Self::ReservedActor
            | Self::Undeliverable
            | Self::Nobodys => body,
        }
    }
}
