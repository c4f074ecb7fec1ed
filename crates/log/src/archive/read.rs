//! Reading an archive. The bytes may come from anybody, so nothing is used before it is checked, and no
//! more memory is allocated than a block may have. A commit is given only if it follows the one before
//! it.

use std::fmt;
use std::io::{self, Read};

use sha2::{Digest, Sha256};

use super::block;
use super::error::ArchiveError;
use super::frame::{
    self, END, END_BYTES, FORMAT, HASH_BYTES, HEAD_BYTES, Head, MAGIC, MARK_BYTES, Mark,
};
use crate::{Incarnations, LogId, Sequenced, Tip};

/// Gives the commits of an archive in order, each checked against the chain. Only once it has given
/// the last one and then nothing is the archive known to be whole: see [`finish`](Self::finish).
pub struct ArchiveReader<R> {
    input: Input<R>,
    incarnations: Incarnations,
    tip: Tip,
    /// The bytes of the current block, and how many of them were given.
    block: Vec<u8>,
    given: usize,
    /// Where the current block begins.
    block_at: u64,
    state: State,
    zstd: zstd::bulk::Decompressor<'static>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Ended,
    Failed,
}

impl<R: Read> ArchiveReader<R> {
    /// Reads the head of an archive: the id and the incarnations of its log.
    pub fn new(input: R) -> Result<Self, ArchiveError> {
        let mut input = Input::new(input);
        let (log, incarnations) = begin(&mut input)?;
        let zstd = zstd::bulk::Decompressor::new().map_err(|source| input.failed(source))?;
        Ok(Self {
            input,
            tip: Tip::empty(log, incarnations.current()),
            incarnations,
            block: Vec::new(),
            given: 0,
            block_at: 0,
            state: State::Open,
            zstd,
        })
    }

    /// The log that was archived.
    pub const fn log(&self) -> LogId {
        self.tip.log
    }

    /// All incarnations of that log.
    pub const fn incarnations(&self) -> &Incarnations {
        &self.incarnations
    }

    /// The last commit that was given.
    pub const fn tip(&self) -> Tip {
        self.tip
    }

    /// The bytes that were read so far.
    pub const fn bytes(&self) -> u64 {
        self.input.at
    }

    /// The byte at which the block of the commit that was given last begins.
    pub const fn block_at(&self) -> u64 {
        self.block_at
    }

    /// Reads the rest, and returns the tip of the archive. If this succeeds, the archive is whole.
    pub fn finish(mut self) -> Result<Tip, ArchiveError> {
        self.try_for_each(|commit| commit.map(drop))?;
        Ok(self.tip)
    }

    fn advance(&mut self) -> Result<Option<Sequenced>, ArchiveError> {
        if self.given == self.block.len() && !self.next_block()? {
            return Ok(None);
        }
        let wrong = |what| ArchiveError::Damaged {
            at: self.block_at,
            what,
        };
        let left = self.block.get(self.given..).unwrap_or_default();
        let first = block::first_commit(left);
        let (commit, length) = first.ok_or_else(|| wrong(block::NOT_WHOLE))?;
        if !self.tip.precedes(&commit) {
            return Err(wrong("a commit in it does not follow the one before"));
        }
        if !self.incarnations.admit(commit.position(), commit.chain()) {
            return Err(wrong(
                "a commit in it is not the one that an incarnation began with",
            ));
        }
        commit.skim().map_err(|source| ArchiveError::Commit {
            position: commit.position(),
            source,
        })?;
        self.given += length;
        self.tip = self.tip.after(&commit);
        Ok(Some(commit))
    }

    /// Reads the next block; false if there is a valid end instead.
    fn next_block(&mut self) -> Result<bool, ArchiveError> {
        self.block_at = self.input.at;
        let [kind] = self.input.array()?;
        if kind == END {
            return self.end(kind).map(|()| false);
        }
        let rest: [u8; MARK_BYTES - 1] = self.input.array()?;
        let mark = Mark::decode(&[[kind].as_slice(), &rest].concat());
        let mark = mark.ok_or_else(|| self.damaged(block::NO_BLOCK))?;
        let compressed = self.input.bytes(mark.compressed_bytes)?;
        self.given = 0;
        let inflated = block::inflate(mark, &compressed, &mut self.zstd, &mut self.block);
        inflated.map_err(|what| self.damaged(what))?;
        Ok(true)
    }

    fn end(&mut self, kind: u8) -> Result<(), ArchiveError> {
        let rest: [u8; END_BYTES - 1] = self.input.array()?;
        let expected = self.input.hash.clone().finalize();
        let hash: [u8; HASH_BYTES] = self.input.array()?;
        if hash != <[u8; HASH_BYTES]>::from(expected) {
            return Err(self.damaged("the checksum of the whole archive does not match"));
        }
        let end = [[kind].as_slice(), &rest].concat();
        let is_late = self.tip.position >= self.incarnations.began_after();
        if !frame::ends_at(&end, &self.tip) || !is_late {
            return Err(self.damaged("commits are missing before the end"));
        }
        if !self.input.is_at_end()? {
            return Err(self.damaged("there are bytes after the end"));
        }
        self.state = State::Ended;
        Ok(())
    }

    fn damaged(&self, what: &'static str) -> ArchiveError {
        ArchiveError::Damaged {
            at: self.block_at,
            what,
        }
    }
}

impl<R: Read> Iterator for ArchiveReader<R> {
    type Item = Result<Sequenced, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state != State::Open {
            return None;
        }
        let next = self.advance();
        if next.is_err() {
            self.state = State::Failed;
        }
        next.transpose()
    }
}

impl<R> fmt::Debug for ArchiveReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchiveReader")
            .field("tip", &self.tip)
            .field("bytes", &self.input.at)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

fn begin<R: Read>(input: &mut Input<R>) -> Result<(LogId, Incarnations), ArchiveError> {
    let damaged = |what| ArchiveError::Damaged { at: 0, what };
    let mut head = [0; HEAD_BYTES];
    let read = input.fill(&mut head)?;
    let is_one = MAGIC.iter().zip(head.iter().take(read));
    if !is_one.into_iter().all(|(magic, byte)| magic == byte) {
        return Err(ArchiveError::NotOne);
    }
    if read < HEAD_BYTES {
        return Err(ArchiveError::CutOff { bytes: input.at });
    }
    let head = Head::decode(&head).ok_or_else(|| damaged("its head is not what was written"))?;
    if head.format != FORMAT {
        return Err(ArchiveError::Newer {
            format: head.format,
        });
    }
    let origin = frame::origin(&input.bytes(head.origin_bytes)?);
    origin.ok_or_else(|| damaged("its origin is not what was written"))
}

/// What is read, with the hash of it.
struct Input<R> {
    from: R,
    hash: Sha256,
    at: u64,
}

impl<R: Read> Input<R> {
    fn new(from: R) -> Self {
        Self {
            from,
            hash: Sha256::new(),
            at: 0,
        }
    }

    /// Fills `bytes` as far as the input goes, and returns how far.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<usize, ArchiveError> {
        let mut filled = 0;
        let mut failed = None;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.from.read(rest) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    failed = Some(source);
                    break;
                }
            }
        }
        self.hash.update(bytes.get(..filled).unwrap_or_default());
        let read = u64::try_from(filled).unwrap_or(u64::MAX);
        self.at = self.at.saturating_add(read);
        failed.map_or(Ok(filled), |source| Err(self.failed(source)))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ArchiveError> {
        let mut array = [0; N];
        self.exactly(&mut array)?;
        Ok(array)
    }

    fn bytes(&mut self, count: usize) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = vec![0; count];
        self.exactly(&mut bytes)?;
        Ok(bytes)
    }

    fn exactly(&mut self, bytes: &mut [u8]) -> Result<(), ArchiveError> {
        if self.fill(bytes)? < bytes.len() {
            return Err(ArchiveError::CutOff { bytes: self.at });
        }
        Ok(())
    }

    fn is_at_end(&mut self) -> Result<bool, ArchiveError> {
        Ok(self.fill(&mut [0])? == 0)
    }

    fn failed(&self, source: io::Error) -> ArchiveError {
        ArchiveError::Io {
            at: self.at,
            source,
        }
    }
}
