//! The file of one state.
//!
//! ```text
//! magic 8 · format u32 · log 16 · incarnation u32 · position u64 · chain 32 · at i64 · fold u32
//! · bytes u64 · the state, one zstd frame · crc u32 of all before
//! ```

use std::path::Path;

use plansync_log::bytes::Cursor;
use plansync_log::{Chain, Checkpoint, Incarnation, LogId, Position, Recorded, Tip};
use uuid::Uuid;

const MAGIC: [u8; 8] = *b"plansynC";
const FORMAT: u32 = 1;
/// The largest state before it is compressed, in bytes.
const BYTES_MAX: usize = 2 << 30;
/// A low level of compression: states must be written and read fast.
const LEVEL: i32 = 1;
const CRC_BYTES: usize = 4;

/// The name of the file of a state that was made at this position.
pub(super) fn name(position: Position) -> String {
    format!("state-{:020}", position.get())
}

/// The position in the name of a file of a state; `None` for other files.
pub(super) fn position(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.strip_prefix("state-")?.parse().ok()
}

pub(super) fn encode(checkpoint: &Checkpoint) -> Result<Vec<u8>, String> {
    if checkpoint.state.len() > BYTES_MAX {
        let bytes = checkpoint.state.len();
        return Err(format!(
            "a state of {bytes} bytes is larger than {BYTES_MAX}"
        ));
    }
    let tip = &checkpoint.tip;
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&FORMAT.to_be_bytes());
    bytes.extend_from_slice(tip.log.get().as_bytes());
    bytes.extend_from_slice(&tip.incarnation.get().to_be_bytes());
    bytes.extend_from_slice(&tip.position.get().to_be_bytes());
    bytes.extend_from_slice(&tip.chain.get());
    bytes.extend_from_slice(&tip.at.get().to_be_bytes());
    bytes.extend_from_slice(&checkpoint.fold.to_be_bytes());
    let length = u64::try_from(checkpoint.state.len()).unwrap_or(u64::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    let packed = zstd::bulk::compress(&checkpoint.state, LEVEL);
    bytes.extend(packed.map_err(|error| error.to_string())?);
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_be_bytes());
    Ok(bytes)
}

pub(super) fn decode(bytes: &[u8], log: LogId) -> Result<Checkpoint, String> {
    let end = bytes.len().saturating_sub(CRC_BYTES);
    let (content, crc) = bytes.split_at(end);
    if crc != crc32fast::hash(content).to_be_bytes() {
        return Err("it is damaged".to_owned());
    }
    let mut cursor = Cursor::new(content);
    let head = head(&mut cursor).ok_or("it is not a checkpoint")?;
    if head.format != FORMAT {
        return Err(format!("it has format {}, not {FORMAT}", head.format));
    }
    if head.tip.log != log {
        return Err(format!("it belongs to the log {}", head.tip.log));
    }
    let length = usize::try_from(head.length).unwrap_or(usize::MAX);
    if length > BYTES_MAX {
        return Err(format!("it claims to hold {length} bytes"));
    }
    let state = zstd::bulk::decompress(cursor.rest(), length);
    let state = state.map_err(|error| error.to_string())?;
    if state.len() != length {
        return Err("it is shorter than its header states".to_owned());
    }
    Ok(Checkpoint {
        tip: head.tip,
        fold: head.fold,
        state,
    })
}

struct StateHead {
    format: u32,
    tip: Tip,
    fold: u32,
    length: u64,
}

fn head(cursor: &mut Cursor<'_>) -> Option<StateHead> {
    if cursor.array()? != MAGIC {
        return None;
    }
    let format = cursor.u32()?;
    let log = LogId::new(Uuid::from_bytes(cursor.array()?));
    let incarnation = Incarnation::new(cursor.u32()?);
    let tip = Tip {
        log,
        incarnation,
        position: Position::new(cursor.u64()?),
        chain: Chain::new(cursor.array()?),
        at: Recorded::new(cursor.i64()?),
    };
    Some(StateHead {
        format,
        tip,
        fold: cursor.u32()?,
        length: cursor.u64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            tip: Tip {
                log: LogId::new(Uuid::from_u128(1)),
                incarnation: Incarnation::new(2),
                position: Position::new(3),
                chain: Chain::new([4; 32]),
                at: Recorded::new(5),
            },
            fold: 6,
            state: b"what was folded, what was folded".to_vec(),
        }
    }

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let bytes = encode(&checkpoint()).unwrap();
        let log = checkpoint().tip.log;
        assert_eq!(decode(&bytes, log), Ok(checkpoint()));
        let other = LogId::new(Uuid::from_u128(9));
        assert!(
            decode(&bytes, other)
                .unwrap_err()
                .starts_with("it belongs to the log")
        );
    }

    #[test]
    fn the_head_of_a_state_has_this_form() {
        let bytes = encode(&checkpoint()).unwrap();
        let expected = [
            b"plansynC".as_slice(),
            &[0, 0, 0, 1],
            Uuid::from_u128(1).as_bytes(),
            &[0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3],
            &[4; 32],
            &[0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 6],
            &[0, 0, 0, 0, 0, 0, 0, 32],
        ]
        .concat();
        assert_eq!(bytes[..expected.len()], expected);
    }

    #[test]
    fn a_changed_byte_and_a_missing_end_are_found_wherever_they_are() {
        let bytes = encode(&checkpoint()).unwrap();
        let log = checkpoint().tip.log;
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert_eq!(
                decode(&changed, log),
                Err("it is damaged".to_owned()),
                "{index}"
            );
            assert!(decode(&bytes[..index], log).is_err(), "cut at {index}");
        }
    }
}
