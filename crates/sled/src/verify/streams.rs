//! Checking that the versions of every stream follow one another from volume to volume. The memory
//! depends on the number of volumes and not of streams: the runs of each volume are written to a
//! temporary file, sorted, and merged at the end.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;

use plansync_log::bytes::Cursor;
use plansync_log::environment::{InTemporary as _, temporary_folder};
use plansync_log::{Position, Version};

use crate::damage::{Failed, While};
use crate::index::{Index, Key};

/// `key 16 · first version u64 · commits u64 · position of the first u64`
const ROW_BYTES: usize = 40;
/// The runs of each volume that are read at a time.
const ROWS_READ: usize = 64;

/// The runs of every volume that was read.
#[derive(Debug)]
pub(crate) struct Streams {
    file: File,
    /// Where the rows of each volume begin and end.
    volumes: Vec<(u64, u64)>,
    end: u64,
}

/// A commit whose version does not follow the one before it on its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) position: Position,
    pub(crate) version: Version,
    pub(crate) expected: Version,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    key: Key,
    first: Version,
    count: u64,
    position: Position,
}

impl Streams {
    pub(crate) fn new() -> Result<Self, Failed> {
        let temp = temporary_folder();
        Ok(Self {
            file: tempfile::tempfile_in(&temp)
                .in_temporary()
                .while_doing("make a file in", &temp)?,
            volumes: Vec::new(),
            end: 0,
        })
    }

    /// Adds the runs of the next volume, which begins with this position.
    pub(crate) fn push(&mut self, first: Position, index: &Index) -> Result<(), Failed> {
        let begin = self.end;
        let temp = temporary_folder();
        let mut out = BufWriter::new(&self.file);
        for (key, version, places) in index.streams() {
            let count = u64::try_from(places.len()).unwrap_or(u64::MAX);
            let place = places.first().copied().unwrap_or_default();
            let position = first.get().saturating_add(u64::from(place));
            let row = [
                key.to_be_bytes().as_slice(),
                version.get().to_be_bytes().as_slice(),
                count.to_be_bytes().as_slice(),
                position.to_be_bytes().as_slice(),
            ]
            .concat();
            out.write_all(&row)
                .in_temporary()
                .while_doing("write to", &temp)?;
            self.end += u64::try_from(row.len()).unwrap_or_default();
        }
        out.flush().in_temporary().while_doing("write to", &temp)?;
        self.volumes.push((begin, self.end));
        Ok(())
    }

    /// Gives every gap between the runs of two volumes.
    pub(crate) fn gaps(&self, each: &mut dyn FnMut(Gap)) -> Result<(), Failed> {
        let mut volumes: Vec<Runs<'_>> = self.volumes.iter().map(|at| self.runs(*at)).collect();
        let mut next = BinaryHeap::new();
        for (number, runs) in volumes.iter_mut().enumerate() {
            if let Some(row) = runs.peek()? {
                next.push(Reverse((row.key, number)));
            }
        }
        let mut before: Option<(Key, Version)> = None;
        while let Some(Reverse((key, number))) = next.pop() {
            let Some(runs) = volumes.get_mut(number) else {
                continue;
            };
            let Some(row) = runs.take()? else { continue };
            let last = before.filter(|(same, _)| *same == key);
            let expected = last.map_or(Version::ZERO, |(_, version)| version).next();
            if row.first != expected {
                each(Gap {
                    position: row.position,
                    version: row.first,
                    expected,
                });
            }
            let last = row.first.get().saturating_add(row.count).saturating_sub(1);
            before = Some((key, Version::new(last)));
            if let Some(row) = runs.peek()? {
                next.push(Reverse((row.key, number)));
            }
        }
        Ok(())
    }

    fn runs(&self, (begin, end): (u64, u64)) -> Runs<'_> {
        Runs {
            file: &self.file,
            at: begin,
            end,
            rows: VecDeque::new(),
        }
    }
}

/// The runs of one volume, in the order of the keys.
struct Runs<'a> {
    file: &'a File,
    at: u64,
    end: u64,
    rows: VecDeque<Row>,
}

impl Runs<'_> {
    fn peek(&mut self) -> Result<Option<Row>, Failed> {
        if self.rows.is_empty() && self.at < self.end {
            let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
            let mut bytes = vec![0; left.min(ROWS_READ * ROW_BYTES)];
            let temp = temporary_folder();
            self.file
                .read_exact_at(&mut bytes, self.at)
                .in_temporary()
                .while_doing("read from", &temp)?;
            self.at += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let (rows, _) = bytes.as_chunks::<ROW_BYTES>();
            self.rows.extend(rows.iter().filter_map(|row| parse(row)));
        }
        Ok(self.rows.front().copied())
    }

    fn take(&mut self) -> Result<Option<Row>, Failed> {
        self.peek()?;
        Ok(self.rows.pop_front())
    }
}

fn parse(row: &[u8]) -> Option<Row> {
    let mut cursor = Cursor::new(row);
    Some(Row {
        key: u128::from_be_bytes(cursor.array()?),
        first: Version::new(cursor.u64()?),
        count: cursor.u64()?,
        position: Position::new(cursor.u64()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Keys;

    fn volume(first: u64, commits: &[(u128, u64)]) -> Index {
        let mut index = Index::new(Position::new(first));
        for ((stream, version), position) in commits.iter().zip(first..) {
            index.push(
                Position::new(position),
                &Keys {
                    stream: *stream,
                    version: Version::new(*version),
                    command: u128::from(position),
                },
            );
        }
        index
    }

    fn gaps(volumes: &[&[(u128, u64)]]) -> Vec<Gap> {
        let mut streams = Streams::new().unwrap();
        let mut first = 1;
        for commits in volumes {
            let index = volume(first, commits);
            streams.push(Position::new(first), &index).unwrap();
            first += u64::try_from(commits.len()).unwrap();
        }
        let mut gaps = Vec::new();
        streams.gaps(&mut |gap| gaps.push(gap)).unwrap();
        gaps
    }

    #[test]
    fn runs_that_follow_one_another_have_no_gap() {
        let many: Vec<(u128, u64)> = (0..300).map(|stream| (stream, 1)).collect();
        let again: Vec<(u128, u64)> = (0..300).map(|stream| (stream, 2)).collect();
        let third = [(7, 3), (7, 4), (5, 3), (900, 1)];
        assert_eq!(gaps(&[&many, &again, &[], &third, &[(7, 5)]]), []);
    }

    #[test]
    fn a_version_that_is_left_out_or_given_twice_is_found() {
        let gap = |position, version, expected| Gap {
            position: Position::new(position),
            version: Version::new(version),
            expected: Version::new(expected),
        };
        assert_eq!(
            gaps(&[&[(1, 1), (2, 1)], &[(1, 3)], &[(2, 1), (3, 2)]]),
            [gap(3, 3, 2), gap(4, 1, 2), gap(5, 2, 1)]
        );
    }
}
