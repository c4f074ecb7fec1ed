//! Owns what a worker tells its campaign, one line each over a pipe. Both sides use this file, so
//! that neither can mean something else by a word.

use std::fmt;
use std::str::FromStr;

use plansync_log::{Chain, Fingerprint, Position};

/// One thing that a worker says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// It is opening the log.
    Opening,
    /// It opened the log, read all of it, and found it whole up to this commit.
    Found(Position, Chain),
    /// It is about to append this commit, the answer to the command of that number.
    Try(Position, Chain, u64),
    /// It opened the log, of whose numbered keys so many are gone; others give this.
    Keys(u64, Fingerprint),
    /// It is about to destroy the key of that number.
    Erasing(u64),
    /// The key of that number was destroyed.
    Erased(u64),
    /// The log has acknowledged everything up to this commit.
    Done(Position),
    /// The engine's log was opened and read: its end, and the chain at a position that was
    /// promised before, or at the end if that comes first.
    Stands {
        /// The last commit that is there.
        tip: Position,
        /// Where the chain is told.
        at: Position,
        /// The chain there.
        chain: Chain,
    },
    /// It is about to ask the command of that number.
    Asked(u64),
    /// A command was answered, and all that the answer speaks of is durable.
    Answered {
        /// The command.
        number: u64,
        /// Where in the log.
        position: Position,
        /// The hash of the answer.
        reply: Fingerprint,
        /// Whether it was given as a repeat of the first.
        duplicate: bool,
    },
    /// A command was refused, and why.
    Denied(u64, String),
    /// The engine's log is durable up to this commit.
    Upto(Position, Chain),
    /// A reader saw this state.
    Saw(Position, Fingerprint),
    /// The state of a position that a reader once saw, folded from the log again.
    Shown(Position, Fingerprint),
    /// So many syncs of the whole log have ended as they must.
    Ended(u64),
    /// Rows of sealed volumes are lost and made again, while no log is open.
    Tending,
    /// Copies of the log are being made, while it is not open.
    Copying,
    /// The copies that an earlier life left, each found whole.
    CopiesFound {
        /// Whether there is a backup.
        backup: bool,
        /// Where the restored log ends; zero if there is none.
        restored: Position,
    },
    /// A backup up to this commit was finished.
    BackedUp(Position),
    /// A restore up to this commit was finished.
    Restored(Position),
    /// The restored log is about to be removed.
    Removing,
    /// The rows of so many volumes were made again.
    Remade(u64),
    /// The folder was checked from end to end, and is whole.
    Whole,
    /// A volume is being sealed.
    Sealing,
    /// The volume is sealed.
    Sealed,
    /// The log was closed as it should be.
    Closed,
    /// What the log answered is wrong. Excused only when the disk had stopped before it was heard.
    Wrong(String),
    /// The log refused to open, to read or to append. Excused when the disk had stopped.
    Refused(String),
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Opening => f.write_str("opening"),
            Line::Found(position, chain) => write!(f, "found {position} {chain}"),
            Line::Try(position, chain, number) => write!(f, "try {position} {chain} {number}"),
            Line::Keys(gone, kept) => write!(f, "keys {gone} {kept}"),
            Line::Erasing(number) => write!(f, "erasing {number}"),
            Line::Erased(number) => write!(f, "erased {number}"),
            Line::Done(position) => write!(f, "done {position}"),
            Line::Stands { tip, at, chain } => write!(f, "stands {tip} {at} {chain}"),
            Line::Asked(number) => write!(f, "asked {number}"),
            Line::Answered {
                number,
                position,
                reply,
                duplicate,
            } => write!(f, "answered {number} {position} {reply} {duplicate}"),
            Line::Denied(number, why) => write!(f, "denied {number} {}", why.replace('\n', " ")),
            Line::Upto(position, chain) => write!(f, "upto {position} {chain}"),
            Line::Saw(position, state) => write!(f, "saw {position} {state}"),
            Line::Shown(position, state) => write!(f, "shown {position} {state}"),
            Line::Ended(count) => write!(f, "ended {count}"),
            Line::Tending => f.write_str("tending"),
            Line::Copying => f.write_str("copying"),
            Line::CopiesFound { backup, restored } => {
                write!(f, "copiesfound {backup} {restored}")
            }
            Line::BackedUp(position) => write!(f, "backedup {position}"),
            Line::Restored(position) => write!(f, "restored {position}"),
            Line::Removing => f.write_str("removing"),
            Line::Remade(count) => write!(f, "remade {count}"),
            Line::Whole => f.write_str("whole"),
            Line::Sealing => f.write_str("sealing"),
            Line::Sealed => f.write_str("sealed"),
            Line::Closed => f.write_str("closed"),
            Line::Wrong(what) => write!(f, "wrong {}", what.replace('\n', " ")),
            Line::Refused(what) => write!(f, "refused {}", what.replace('\n', " ")),
        }
    }
}

/// A line that no worker writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the worker said something unknown: {0:?}")]
pub struct UnknownLine(String);

impl FromStr for Line {
    type Err = UnknownLine;

    fn from_str(text: &str) -> Result<Self, UnknownLine> {
        parse(text).ok_or_else(|| UnknownLine(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Line> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let mut fields = rest.split(' ');
    let line = match word {
        "opening" => Line::Opening,
        "found" => Line::Found(position(fields.next()?)?, chain(fields.next()?)?),
        "try" => Line::Try(
            position(fields.next()?)?,
            chain(fields.next()?)?,
            fields.next()?.parse().ok()?,
        ),
        "keys" => Line::Keys(fields.next()?.parse().ok()?, fingerprint(fields.next()?)?),
        "erasing" => Line::Erasing(rest.parse().ok()?),
        "erased" => Line::Erased(rest.parse().ok()?),
        "done" => Line::Done(position(fields.next()?)?),
        "stands" => Line::Stands {
            tip: position(fields.next()?)?,
            at: position(fields.next()?)?,
            chain: chain(fields.next()?)?,
        },
        "asked" => Line::Asked(rest.parse().ok()?),
        "answered" => Line::Answered {
            number: fields.next()?.parse().ok()?,
            position: position(fields.next()?)?,
            reply: fingerprint(fields.next()?)?,
            duplicate: fields.next()?.parse().ok()?,
        },
        "denied" => {
            let (number, why) = rest.split_once(' ')?;
            Line::Denied(number.parse().ok()?, why.to_owned())
        }
        "upto" => Line::Upto(position(fields.next()?)?, chain(fields.next()?)?),
        "saw" => Line::Saw(position(fields.next()?)?, fingerprint(fields.next()?)?),
        "shown" => Line::Shown(position(fields.next()?)?, fingerprint(fields.next()?)?),
        "ended" => Line::Ended(rest.parse().ok()?),
        "tending" => Line::Tending,
        "copying" => Line::Copying,
        "copiesfound" => Line::CopiesFound {
            backup: fields.next()?.parse().ok()?,
            restored: position(fields.next()?)?,
        },
        "backedup" => Line::BackedUp(position(fields.next()?)?),
        "restored" => Line::Restored(position(fields.next()?)?),
        "removing" => Line::Removing,
        "remade" => Line::Remade(rest.parse().ok()?),
        "whole" => Line::Whole,
        "sealing" => Line::Sealing,
        "sealed" => Line::Sealed,
        "closed" => Line::Closed,
        "wrong" => Line::Wrong(rest.to_owned()),
        "refused" => Line::Refused(rest.to_owned()),
        _ => return None,
    };
    Some(line)
}

fn position(text: &str) -> Option<Position> {
    text.parse().ok().map(Position::new)
}

fn chain(text: &str) -> Option<Chain> {
    hash(text).map(Chain::new)
}

fn fingerprint(text: &str) -> Option<Fingerprint> {
    hash(text).map(Fingerprint::new)
}

fn hash(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, start) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(start..start + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Chain, Fingerprint, Line, Position};

    #[test]
    fn every_line_is_read_as_it_was_written() {
        let (position, chain) = (Position::new(17), Chain::new([0xa7; 32]));
        let reply = Fingerprint::of(b"done");
        for line in [
            Line::Opening,
            Line::Found(position, chain),
            Line::Try(position, chain, 9),
            Line::Keys(3, reply),
            Line::Erasing(3),
            Line::Erased(3),
            Line::Done(position),
            Line::Stands {
                tip: position,
                at: Position::ZERO,
                chain,
            },
            Line::Asked(9),
            Line::Answered {
                number: 9,
                position,
                reply,
                duplicate: true,
            },
            Line::Denied(9, "there is no such learner".to_owned()),
            Line::Upto(position, chain),
            Line::Saw(position, reply),
            Line::Shown(position, reply),
            Line::Ended(3),
            Line::Tending,
            Line::Copying,
            Line::CopiesFound {
                backup: true,
                restored: position,
            },
            Line::BackedUp(position),
            Line::Restored(position),
            Line::Removing,
            Line::Remade(2),
            Line::Whole,
            Line::Sealing,
            Line::Sealed,
            Line::Closed,
            Line::Wrong("command 3 is at 4, not at 5".to_owned()),
            Line::Refused("no space left".to_owned()),
        ] {
            assert_eq!(line.to_string().parse(), Ok(line));
        }
    }

    #[test]
    fn half_a_line_is_no_line() {
        let line = Line::Try(Position::new(17), Chain::new([1; 32]), 9).to_string();
        let half = &line[..line.len() - 4];
        assert_eq!(
            half.parse::<Line>(),
            Err(super::UnknownLine(half.to_owned()))
        );
    }
}
