//! Owns the counting of a campaign and how the counts are said. Knows nothing of how they arise.

use std::fmt;
use std::ops::AddAssign;

use crate::disk::Lost;

/// What the worker was doing when the accident came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// The log was being opened and checked.
    #[default]
    Opening,
    /// Groups were being appended.
    Working,
    /// A volume was being sealed, beside appending or between.
    Sealing,
    /// A key was being destroyed.
    Erasing,
    /// Rows of sealed volumes were being made again.
    Tending,
    /// The log was being backed up or restored.
    Copying,
    /// Nothing: the log had been closed.
    Closed,
}

/// What happened, over any number of sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Power cuts while opening.
    pub cuts_opening: u64,
    /// Power cuts under load.
    pub cuts_working: u64,
    /// Power cuts while a volume was sealed.
    pub cuts_sealing: u64,
    /// Power cuts while a key was destroyed.
    pub cuts_erasing: u64,
    /// Power cuts while rows were made again.
    pub cuts_tending: u64,
    /// Power cuts while backing up or restoring.
    pub cuts_copying: u64,
    /// Power cuts after the log was closed.
    pub cuts_closed: u64,
    /// Kills with the power on.
    pub kills: u64,
    /// Of those, neither under load nor after closing.
    pub kills_inside: u64,
    /// Openings that read and checked everything.
    pub openings: u64,
    /// Folders checked from end to end after they were closed.
    pub verified: u64,
    /// Backups restored.
    pub restored: u64,
    /// Volumes whose rows were lost and made again.
    pub remade: u64,
    /// Volumes sealed.
    pub volumes: u64,
    /// Commits acknowledged, where the log was under load alone.
    pub acknowledged: u64,
    /// Keys that were destroyed.
    pub erased: u64,
    /// Commands that an engine answered.
    pub answered: u64,
    /// Of those, asked again and compared with the first answer.
    pub repeated: u64,
    /// Syncs that ran to their end.
    pub syncs: u64,
    /// What the cuts did to unsynced changes.
    pub lost: Lost,
}

impl Figures {
    /// Power cuts in all.
    pub fn cuts(&self) -> u64 {
        self.cuts_opening
            + self.cuts_working
            + self.cuts_sealing
            + self.cuts_erasing
            + self.cuts_tending
            + self.cuts_copying
            + self.cuts_closed
    }

    /// Counts one kill.
    pub fn count_kill(&mut self, phase: Phase) {
        self.kills += 1;
        self.kills_inside += match phase {
            Phase::Opening | Phase::Sealing | Phase::Erasing | Phase::Tending | Phase::Copying => 1,
            Phase::Working | Phase::Closed => 0,
        };
    }

    /// Counts one cut.
    pub fn count_cut(&mut self, phase: Phase) {
        match phase {
            Phase::Opening => self.cuts_opening += 1,
            Phase::Working => self.cuts_working += 1,
            Phase::Sealing => self.cuts_sealing += 1,
            Phase::Erasing => self.cuts_erasing += 1,
            Phase::Tending => self.cuts_tending += 1,
            Phase::Copying => self.cuts_copying += 1,
            Phase::Closed => self.cuts_closed += 1,
        }
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.cuts_opening += other.cuts_opening;
        self.cuts_working += other.cuts_working;
        self.cuts_sealing += other.cuts_sealing;
        self.cuts_erasing += other.cuts_erasing;
        self.cuts_tending += other.cuts_tending;
        self.cuts_copying += other.cuts_copying;
        self.cuts_closed += other.cuts_closed;
        self.kills += other.kills;
        self.kills_inside += other.kills_inside;
        self.verified += other.verified;
        self.remade += other.remade;
        self.restored += other.restored;
        self.openings += other.openings;
        self.volumes += other.volumes;
        self.acknowledged += other.acknowledged;
        self.erased += other.erased;
        self.answered += other.answered;
        self.repeated += other.repeated;
        self.syncs += other.syncs;
        self.lost += other.lost;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cuts_opening,
            cuts_working,
            cuts_sealing,
            cuts_erasing,
            cuts_tending,
            cuts_copying,
            cuts_closed,
            ..
        } = self;
        writeln!(
            f,
            "{} power cuts: {cuts_working} under load, {cuts_sealing} while sealing, \
             {cuts_erasing} while destroying a key, {cuts_opening} while opening, {cuts_tending} while reindexing, {cuts_copying} while \
             backing up or restoring, {cuts_closed} after closing; {} kills, {} of them neither \
             under load nor after closing",
            self.cuts(),
            self.kills,
            self.kills_inside
        )?;
        let Lost {
            writes_whole,
            writes_torn,
            writes_gone,
            names_whole,
            names_gone,
        } = self.lost;
        writeln!(
            f,
            "unsynced writes at the cuts: {writes_whole} landed, {writes_torn} torn, \
             {writes_gone} gone; names: {names_whole} landed, {names_gone} gone"
        )?;
        writeln!(
            f,
            "{} commits acknowledged, {} keys destroyed, {} volumes sealed, {} openings checked in full, {} folders \
             verified, rows of {} volumes made again, {} backups restored",
            self.acknowledged,
            self.erased,
            self.volumes,
            self.openings,
            self.verified,
            self.remade,
            self.restored
        )?;
        write!(
            f,
            "{} commands answered by an engine, {} answers compared with the first, \
             {} syncs ended with one outcome a pair",
            self.answered, self.repeated, self.syncs
        )
    }
}
