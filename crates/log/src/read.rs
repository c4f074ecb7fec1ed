//! The port's reading side: by position, by stream, by command. It sees only what is durable, and
//! refuses to know what commits mean.

use crate::{CommandKey, Incarnations, Position, Sequenced, StreamId, Tip, Version};

/// Why a read has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The storage is not there at the moment; the same read may be tried again.
    #[error("the log cannot be read at the moment: {what}")]
    Unavailable {
        /// What failed.
        what: String,
        /// What the storage said.
        #[source]
        source: std::io::Error,
    },
    /// Something that must be there is missing or damaged. Stop: no answer is better than a wrong
    /// one.
    #[error("the log is damaged: {what}; {remedy}")]
    Corrupt {
        /// What is damaged, and where.
        what: String,
        /// What to do.
        remedy: String,
    },
}

/// The reading side of a log, shared by many.
pub trait Read: Send + Sync {
    /// The last durable commit.
    fn tip(&self) -> Tip;

    /// All incarnations of the log, the last of which is the tip's. They stay as they are while the log is
    /// open, and asking for them is cheap.
    fn incarnations(&self) -> Incarnations;

    /// Commits in order, beginning with `from` (`ZERO` is read as the first). It gives at most
    /// `count_max` and may give fewer, because the bytes of one answer are bounded; but at least
    /// one if `from` is not past the tip and `count_max` is not 0.
    fn read(&self, from: Position, count_max: usize) -> Result<Vec<Sequenced>, ReadError>;

    /// Commits of one stream in order, beginning with version `from`, bounded as in
    /// [`read`](Self::read).
    fn stream(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Sequenced>, ReadError>;

    /// Where the commit stands that gave the stream this version.
    fn locate(&self, stream: &StreamId, version: Version) -> Result<Option<Position>, ReadError>;

    /// The last version of the stream, `ZERO` if there is none.
    fn stream_version(&self, stream: &StreamId) -> Result<Version, ReadError>;

    /// Where the commit stands that answered this command. Asking for an id that was never seen
    /// is cheap: what is kept in memory for that is bounded, and where that is not enough the reads of
    /// the disk grow with the logarithm of the number of commits (an adapter says how many).
    fn command(&self, tenant: &str, command: CommandKey) -> Result<Option<Position>, ReadError>;

    /// Whether the log surely has no commit that answers this command, as far as that is known without a
    /// read of the disk: for those who must not wait for one. An adapter that cannot tell says `false`,
    /// as one does whose log has more ids than it keeps in memory.
    fn surely_lacks(&self, tenant: &str, command: CommandKey) -> bool {
        let _ = (tenant, command);
        false
    }

    /// Whether the log surely has no commit of this stream, known in the same way.
    fn surely_lacks_stream(&self, stream: &StreamId) -> bool {
        let _ = stream;
        false
    }
}
