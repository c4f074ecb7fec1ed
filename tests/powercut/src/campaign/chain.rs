//! Owns the life of one image: accidents one after another, each followed by a clean opening,
//! because damage can be latent. Knows nothing of how many images a campaign has.

use super::figures::{Figures, Phase};
use super::guarantees::Guarantees;
use super::session::{self, Ended, Plan, SessionError};
use crate::disk::{Accident, Disk, Trigger};
use crate::mount::SharedDisk;
use crate::worker::Load;

/// A session whose accident has not come after so many groups ends by itself, so that an image
/// does not grow beyond what can be checked in full again and again.
const GROUPS_MAX: u64 = 250;

/// One image and everything that is known of it.
#[derive(Debug)]
pub struct Chain {
    load: Load,
    disk: SharedDisk,
    script: u64,
    guarantees: Guarantees,
    /// Whether the next session makes rows again first.
    tend: bool,
    /// Whether the next session backs up and restores at its end.
    copy: bool,
    rng: fastrand::Rng,
    figures: Figures,
}

impl Chain {
    /// An empty image whose accidents follow from the seed.
    pub fn new(load: Load, seed: u64, disk: Disk) -> Self {
        Self {
            load,
            disk: SharedDisk::new(disk),
            script: seed,
            guarantees: Guarantees::default(),
            tend: false,
            copy: false,
            rng: fastrand::Rng::with_seed(seed),
            figures: Figures::default(),
        }
    }

    /// The disk, to look at what a violation left.
    pub fn disk(&self) -> &SharedDisk {
        &self.disk
    }

    /// What happened so far.
    pub fn figures(&self) -> Figures {
        Figures {
            acknowledged: self.guarantees.ledger.acknowledged(),
            answered: self.guarantees.answers.answered_count(),
            erased: self.guarantees.erasures.acknowledged(),
            repeated: self.guarantees.answers.repeated(),
            ..self.figures
        }
    }

    /// Goes on until so many power cuts have happened in all, and ends with a clean opening.
    pub fn run(&mut self, cuts: u64) -> Result<(), SessionError> {
        while self.figures.cuts() < cuts {
            let trigger = self.draw_trigger();
            self.suffer(GROUPS_MAX, trigger)?;
            if self.rng.u8(0..3) == 0 {
                let recovery = Trigger::at_operation(self.draw_accident(), self.rng.u64(1..150));
                self.suffer(GROUPS_MAX, recovery)?;
            }
            if self.load != Load::Bare {
                self.suffer_upkeep()?;
            }
            self.verify()?;
            if self.rng.u8(0..5) == 0 {
                self.lose(Phase::Closed);
                self.verify()?;
            }
        }
        Ok(())
    }

    /// Accidents while rows are made again, and while the log is backed up and restored.
    fn suffer_upkeep(&mut self) -> Result<(), SessionError> {
        if self.rng.u8(0..3) == 0 {
            let trigger = Trigger::at_operation(self.draw_accident(), self.rng.u64(1..60));
            self.tend = true;
            self.suffer(GROUPS_MAX, trigger)?;
        }
        if self.rng.u8(0..4) == 0 {
            let (names, operations) = (self.rng.u64(1..40), self.rng.u64(1..25));
            let trigger = Trigger::after_names(self.draw_accident(), names, operations);
            self.copy = true;
            self.suffer(0, trigger)?;
        }
        Ok(())
    }

    /// Works until the accident, and lets the loss happen. A kill is often followed by a power cut
    /// after hardly any work: what the killed process left unsynced was read by the next one, and
    /// must be durable by then.
    fn suffer(&mut self, groups: u64, trigger: Trigger) -> Result<(), SessionError> {
        match self.session(groups, trigger)? {
            Ended::Closed => {}
            Ended::Accident(Accident::PowerCut, phase) => self.lose(phase),
            Ended::Accident(Accident::Kill, phase) => {
                self.figures.count_kill(phase);
                self.disk.lock().restart();
                if self.rng.bool() {
                    let groups = self.rng.u64(0..3);
                    self.session(groups, Trigger::never())?;
                    self.lose(Phase::Closed);
                }
            }
        }
        Ok(())
    }

    fn lose(&mut self, phase: Phase) {
        self.figures.count_cut(phase);
        let mut disk = self.disk.lock();
        let mut loss = disk.draw_loss(self.rng.fork());
        self.figures.lost += disk.lose(&mut loss);
    }

    /// Opens, checks, works a little and closes; then opens, checks and closes once more.
    fn verify(&mut self) -> Result<(), SessionError> {
        self.tend = self.load != Load::Bare && self.rng.u8(0..4) == 0;
        let groups = self.rng.u64(0..20);
        self.session(groups, Trigger::never())?;
        self.copy = self.load != Load::Bare && self.rng.u8(0..6) == 0;
        self.session(0, Trigger::never())?;
        Ok(())
    }

    fn session(&mut self, groups: u64, trigger: Trigger) -> Result<Ended, SessionError> {
        let plan = Plan {
            load: self.load,
            script: self.script,
            tend: std::mem::take(&mut self.tend),
            copy: std::mem::take(&mut self.copy),
            seed: self.rng.u64(..),
            groups,
            trigger,
        };
        session::run(&self.disk, plan, &mut self.guarantees, &mut self.figures)
    }

    /// Early ones come while the log is opened, those after names while volumes are made or
    /// sealed, late ones under load.
    fn draw_trigger(&mut self) -> Trigger {
        let accident = self.draw_accident();
        let rng = &mut self.rng;
        match rng.u8(0..10) {
            0..2 => Trigger::at_operation(accident, rng.u64(1..200)),
            2..6 => Trigger::after_names(accident, rng.u64(1..60), rng.u64(1..40)),
            _ => Trigger::at_operation(accident, rng.u64(1..1_000)),
        }
    }

    fn draw_accident(&mut self) -> Accident {
        if self.rng.u8(0..4) == 0 {
            Accident::Kill
        } else {
            Accident::PowerCut
        }
    }
}
