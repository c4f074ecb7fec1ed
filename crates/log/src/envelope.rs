//! The encoding of a commit. Positional fields come first, so that stream and command can be read
//! without decoding the events after them.
//!
//! Layout of a body, numbers big-endian, `text` after a length of one byte:
//!
//! ```text
//! format u8 = 1 · stream kind u8 · tenant text · key tag u8 (0 id, 1 name) · key (16 bytes | text)
//! version u64 · command scope u8 · command id 16 · fingerprint 32 · judged_at u64
//! correlation 16 · trace text (empty: none) · actor text · events u32 · { kind u16 · length u32 · bytes }*
//! ```

use std::sync::Arc;

use uuid::Uuid;

use crate::bytes::Cursor;
use crate::sequence::TooLarge;
use crate::{
    Cause, CommandKey, CommandScope, Fingerprint, Position, Proposal, Recording, StreamId,
    StreamKey, StreamKind, Version,
};

/// The longest tenant, actor or stream name, in bytes.
pub const NAME_BYTES_MAX: usize = 255;
/// The length of a W3C `traceparent`, in bytes.
pub const TRACE_BYTES_MAX: usize = 55;

const FORMAT: u8 = 1;
const KEY_IS_UUID: u8 = 0;
const KEY_IS_NAME: u8 = 1;

/// Why bytes are not a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A later version of the format wrote it.
    #[error(
        "the commit has format {0}, which this program does not know; use the version that wrote it"
    )]
    Format(u8),
    /// A field is not what this format has at its place.
    #[error("the commit is damaged at its {0}; restore the log from a backup")]
    Damaged(&'static str),
}

/// Stream, version and command of a commit, borrowed from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skim<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The kind of its stream.
    pub kind: StreamKind,
    /// The key of its stream.
    pub key: SkimmedKey<'a>,
    /// The version of its stream after it.
    pub version: Version,
    /// The command that it answers.
    pub command: CommandKey,
}

/// The key of a stream, borrowed from the bytes of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkimmedKey<'a> {
    /// A 16-byte id.
    Uuid(Uuid),
    /// A name.
    Name(&'a str),
}

impl Skim<'_> {
    /// The stream, as a value of its own.
    pub fn stream(&self) -> StreamId {
        let key = match self.key {
            SkimmedKey::Uuid(id) => StreamKey::Uuid(id),
            SkimmedKey::Name(name) => StreamKey::Name(name.into()),
        };
        StreamId::new(self.tenant, self.kind, key)
    }

    /// Whether the commit is on this stream.
    pub fn is_on(&self, stream: &StreamId) -> bool {
        let same_key = match (self.key, stream.key()) {
            (SkimmedKey::Uuid(mine), StreamKey::Uuid(theirs)) => mine == *theirs,
            (SkimmedKey::Name(mine), StreamKey::Name(theirs)) => *mine == **theirs,
            (SkimmedKey::Uuid(_), StreamKey::Name(_))
            | (SkimmedKey::Name(_), StreamKey::Uuid(_)) => false,
        };
        same_key && self.kind == stream.kind() && *self.tenant == **stream.tenant()
    }
}

/// Appends the body of a proposal to `out`.
pub(crate) fn encode(proposal: &Proposal, out: &mut Vec<u8>) -> Result<(), TooLarge> {
    out.push(FORMAT);
    out.push(proposal.stream.kind().code());
    text(out, "tenant", proposal.stream.tenant(), NAME_BYTES_MAX)?;
    match proposal.stream.key() {
        StreamKey::Uuid(id) => {
            out.push(KEY_IS_UUID);
            out.extend_from_slice(id.as_bytes());
        }
        StreamKey::Name(name) => {
            out.push(KEY_IS_NAME);
            text(out, "stream name", name, NAME_BYTES_MAX)?;
        }
    }
    out.extend_from_slice(&proposal.version.get().to_be_bytes());
    out.push(proposal.command.scope.code());
    out.extend_from_slice(proposal.command.id.as_bytes());
    out.extend_from_slice(&proposal.fingerprint.get());
    out.extend_from_slice(&proposal.judged_at.get().to_be_bytes());
    out.extend_from_slice(proposal.cause.correlation.as_bytes());
    text(
        out,
        "trace",
        proposal.cause.trace.as_deref().unwrap_or_default(),
        TRACE_BYTES_MAX,
    )?;
    text(out, "actor", &proposal.actor, NAME_BYTES_MAX)?;
    out.extend_from_slice(&length("events", proposal.events.len())?);
    for event in &proposal.events {
        out.extend_from_slice(&event.kind.to_be_bytes());
        out.extend_from_slice(&length("event", event.body.len())?);
        out.extend_from_slice(&event.body);
    }
    Ok(())
}

fn text(
    out: &mut Vec<u8>,
    field: &'static str,
    value: &str,
    bytes_max: usize,
) -> Result<(), TooLarge> {
    let too_large = TooLarge::Field {
        field,
        bytes: value.len(),
        bytes_max,
    };
    let bytes = u8::try_from(value.len()).map_err(|_| too_large)?;
    if value.len() > bytes_max {
        return Err(too_large);
    }
    out.push(bytes);
    out.extend_from_slice(value.as_bytes());
    Ok(())
}

fn length(field: &'static str, length: usize) -> Result<[u8; 4], TooLarge> {
    let bytes_max = usize::try_from(u32::MAX).unwrap_or(usize::MAX);
    u32::try_from(length)
        .map(u32::to_be_bytes)
        .map_err(|_| TooLarge::Field {
            field,
            bytes: length,
            bytes_max,
        })
}

/// Reads the fields up to the command and stops before the rest.
pub(crate) fn skim(body: &[u8]) -> Result<Skim<'_>, DecodeError> {
    skim_at(&mut Cursor::new(body))
}

fn skim_at<'a>(cursor: &mut Cursor<'a>) -> Result<Skim<'a>, DecodeError> {
    let format = cursor.u8().ok_or(DecodeError::Damaged("format"))?;
    if format != FORMAT {
        return Err(DecodeError::Format(format));
    }
    let kind = cursor.u8().and_then(StreamKind::from_code);
    let kind = kind.ok_or(DecodeError::Damaged("stream kind"))?;
    let tenant = cursor.text().ok_or(DecodeError::Damaged("tenant"))?;
    let key = key(cursor).ok_or(DecodeError::Damaged("stream key"))?;
    let version = cursor.u64().ok_or(DecodeError::Damaged("version"))?;
    let command = command(cursor).ok_or(DecodeError::Damaged("command"))?;
    Ok(Skim {
        tenant,
        kind,
        key,
        version: Version::new(version),
        command,
    })
}

fn key<'a>(cursor: &mut Cursor<'a>) -> Option<SkimmedKey<'a>> {
    match cursor.u8()? {
        KEY_IS_UUID => cursor.array().map(Uuid::from_bytes).map(SkimmedKey::Uuid),
        KEY_IS_NAME => cursor.text().map(SkimmedKey::Name),
        _ => None,
    }
}

fn command(cursor: &mut Cursor<'_>) -> Option<CommandKey> {
    let scope = CommandScope::from_code(cursor.u8()?)?;
    Some(CommandKey {
        scope,
        id: Uuid::from_bytes(cursor.array()?),
    })
}

/// Reads a whole body. Bytes after it are an error.
pub(crate) fn decode(body: &[u8]) -> Result<Proposal, DecodeError> {
    let mut cursor = Cursor::new(body);
    let skim = skim_at(&mut cursor)?;
    let fingerprint = cursor.array().ok_or(DecodeError::Damaged("fingerprint"))?;
    let judged_at = cursor.u64().ok_or(DecodeError::Damaged("judged_at"))?;
    let cause = cause(&mut cursor).ok_or(DecodeError::Damaged("cause"))?;
    let actor: Arc<str> = cursor.text().ok_or(DecodeError::Damaged("actor"))?.into();
    let events = events(&mut cursor).ok_or(DecodeError::Damaged("events"))?;
    if !cursor.is_empty() {
        return Err(DecodeError::Damaged("end"));
    }
    Ok(Proposal {
        stream: skim.stream(),
        version: skim.version,
        actor,
        command: skim.command,
        fingerprint: Fingerprint::new(fingerprint),
        cause,
        judged_at: Position::new(judged_at),
        events,
    })
}

/// Whether a whole body decodes to this proposal; nothing is copied.
pub(crate) fn is_of(body: &[u8], proposal: &Proposal) -> bool {
    let mut cursor = Cursor::new(body);
    let Ok(skim) = skim_at(&mut cursor) else {
        return false;
    };
    let head = skim.is_on(&proposal.stream)
        && skim.version == proposal.version
        && skim.command == proposal.command
        && cursor.array() == Some(proposal.fingerprint.get())
        && cursor.u64() == Some(proposal.judged_at.get())
        && cursor.array() == Some(*proposal.cause.correlation.as_bytes());
    let trace = cursor
        .text()
        .map(|trace| Some(trace).filter(|trace| !trace.is_empty()));
    let count = u32::try_from(proposal.events.len()).ok();
    head && trace == Some(proposal.cause.trace.as_deref())
        && cursor.text() == Some(&*proposal.actor)
        && cursor.u32() == count
        && proposal
            .events
            .iter()
            .all(|event| is_next(&mut cursor, event))
        && cursor.is_empty()
}

fn is_next(cursor: &mut Cursor<'_>, event: &Recording) -> bool {
    cursor.u16() == Some(event.kind)
        && cursor.u32().and_then(|bytes| usize::try_from(bytes).ok()) == Some(event.body.len())
        && cursor.take(event.body.len()) == Some(event.body.as_slice())
}

fn cause(cursor: &mut Cursor<'_>) -> Option<Cause> {
    let correlation = Uuid::from_bytes(cursor.array()?);
    let trace = cursor.text()?;
    Some(Cause {
        correlation,
        trace: (!trace.is_empty()).then(|| trace.into()),
    })
}

fn events(cursor: &mut Cursor<'_>) -> Option<Vec<Recording>> {
    let count = cursor.u32()?;
    // The count may be wrong: no capacity is reserved for it.
    (0..count).map(|_| event(cursor)).collect()
}

fn event(cursor: &mut Cursor<'_>) -> Option<Recording> {
    let kind = cursor.u16()?;
    let bytes = usize::try_from(cursor.u32()?).ok()?;
    Some(Recording {
        kind,
        body: cursor.take(bytes)?.to_vec(),
    })
}
