//! Owns what a worker tells its campaign, one line each over a pipe. Both sides use this file, so
//! that neither can mean something else by a word.

use std::fmt;
use std::str::FromStr;

use plansync_log::{Chain, Position};

/// One thing that a worker says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// It is opening the log.
    Opening,
    /// It opened the log, read all of it, and found it whole up to this commit.
    Found(Position, Chain),
    /// It is about to append this commit, the answer to the command of that number.
    Try(Position, Chain, u64),
    /// The log has acknowledged everything up to this commit.
    Done(Position),
    /// A volume is being sealed.
    Sealing,
    /// The volume is sealed.
    Sealed,
    /// The log was closed as it should be.
    Closed,
    /// What the log answered is wrong. Never excused.
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
            Line::Done(position) => write!(f, "done {position}"),
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
        "done" => Line::Done(position(fields.next()?)?),
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
    let mut bytes = [0; 32];
    if text.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, start) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(start..start + 2)?, 16).ok()?;
    }
    Some(Chain::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::{Chain, Line, Position};

    #[test]
    fn every_line_is_read_as_it_was_written() {
        let (position, chain) = (Position::new(17), Chain::new([0xa7; 32]));
        for line in [
            Line::Opening,
            Line::Found(position, chain),
            Line::Try(position, chain, 9),
            Line::Done(position),
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
