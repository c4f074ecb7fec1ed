//! Owns the process that uses the log while the power goes: it opens, checks everything, works,
//! and says on its standard output what it did. Refuses to know when it will die.

mod author;
mod background;
mod bare;
mod check;
mod clients;
mod copies;
mod erase;
mod store;
mod tend;
mod work;

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

pub use work::run;

use crate::line::Line;

/// What is under load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Load {
    /// The log alone: commits that nobody decided, of every size.
    Commits,
    /// The engine on its log: clients that edit, open records and synchronise.
    Engine,
    /// sled without our journal, as one would use it: only for a canary.
    Bare,
}

impl Load {
    /// What the image of this seed is loaded with, where images take turns: by the seed alone, so
    /// that an image can be had again without those before it.
    pub fn in_turn(seed: u64) -> Self {
        if seed.is_multiple_of(2) {
            Self::Engine
        } else {
            Self::Commits
        }
    }

    /// Its word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commits => "commits",
            Self::Engine => "engine",
            Self::Bare => "bare",
        }
    }
}

/// What one worker is to do.
#[derive(Debug, Clone, clap::Args)]
pub struct Order {
    /// The folder of the log.
    #[arg(long)]
    pub dir: PathBuf,
    /// What it works on.
    #[arg(long, value_enum)]
    pub load: Load,
    /// What the work looks like: sizes of groups and commits, when it reopens, who seals.
    #[arg(long)]
    pub seed: u64,
    /// How many groups it appends before it closes the log; 0 only checks.
    #[arg(long)]
    pub groups: u64,
    /// How many commands were tried before; the last of them are tried again.
    #[arg(long)]
    pub commands: u64,
    /// Whether rows of sealed volumes are lost and made again before anything else.
    #[arg(long)]
    pub tend: bool,
    /// Whether the log is backed up and restored once it is closed.
    #[arg(long)]
    pub copy: bool,
    /// What the clients of an engine ask, the same in every life of an image.
    #[arg(long)]
    pub script: u64,
    /// The last position that the engine's log was said to be durable at.
    #[arg(long)]
    pub promised: u64,
    /// The position of the state that a reader saw last; 0 if none looked.
    #[arg(long)]
    pub saw: u64,
}

/// Why a worker gives up. It has said so on its output by then.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The log answered, and wrongly.
    #[error("the log is wrong: {0}")]
    Wrong(String),
    /// The log refused.
    #[error("the log refused: {0}")]
    Refused(String),
    /// Nobody listens any more.
    #[error("the campaign is gone")]
    Alone(#[from] std::io::Error),
}

impl WorkError {
    /// A refusal with everything that its causes say.
    fn refused(doing: &str, error: &dyn std::error::Error) -> Self {
        let mut text = format!("{doing}: {error}");
        let mut cause = error.source();
        while let Some(next) = cause {
            text = format!("{text}: {next}");
            cause = next.source();
        }
        Self::Refused(text)
    }
}

/// Where a worker speaks. Several threads may; a line is written in one piece.
#[derive(Debug)]
pub struct Reporter<W> {
    out: Mutex<W>,
}

impl<W: Write> Reporter<W> {
    /// Speaks into `out`.
    pub fn new(out: W) -> Self {
        Self {
            out: Mutex::new(out),
        }
    }

    fn say(&self, line: &Line) -> std::io::Result<()> {
        self.say_all(std::slice::from_ref(line))
    }

    fn say_all(&self, lines: &[Line]) -> std::io::Result<()> {
        let mut text = Vec::new();
        for line in lines {
            writeln!(text, "{line}")?;
        }
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(&text)?;
        out.flush()
    }
}
