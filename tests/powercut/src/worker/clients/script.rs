//! Owns what clients ask: the command of each number. It follows from the script's seed and the
//! number alone, so that whoever never heard the answer can ask the very same again.

use plansync_domain::command::Command;
use plansync_domain::ids::{Actor, CommandId, LearnerId, ProgrammeId, SessionId, SyncId, TenantId};
use plansync_engine::Call;
use plansync_log::Fingerprint;
use uuid::Uuid;

use super::college::{self, BIG, LEARNERS, PROGRAMME};
use super::edits;
use crate::worker::WorkError;

/// How far back a command looks for the record or the sync that it is about.
const LOOK_BACK: u64 = 80;

/// Who works on plans.
const ADMINISTRATORS: [&str; 2] = ["sam", "kim"];

/// Everything that the clients of one image ever ask.
#[derive(Debug, Clone, Copy)]
pub(super) struct Script {
    seed: u64,
}

/// What a command is to do, drawn before anything else about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Edit,
    OpenRecord,
    CloseRecord,
    StartSync,
    CancelSync,
    Put,
}

/// A command as it is sent.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) call: Call,
    pub(super) command: Command,
}

/// A record that some command opens.
struct Record {
    session: SessionId,
    learner: LearnerId,
    actor: &'static str,
}

impl Script {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The command of this number.
    pub(super) fn ask(self, number: u64) -> Result<Asked, WorkError> {
        let (actor, command) = match college::found(number) {
            Some(founding) => ("system", founding?),
            None => self.play(number)?,
        };
        Ok(Asked {
            call: Call {
                id_is_new: false,
                earlier: None,
                tenant: tenant()?,
                actor: actor.parse::<Actor>().map_err(unspeakable)?,
                command: self.command_id(number),
                fingerprint: Fingerprint::of(format!("{command:?}").as_bytes()),
                trace: None,
            },
            command,
        })
    }

    /// The id of the command of this number.
    pub(super) fn command_id(self, number: u64) -> CommandId {
        CommandId::from_uuid(self.id("command", number))
    }

    fn play(self, number: u64) -> Result<(&'static str, Command), WorkError> {
        let mut rng = self.rng(number);
        let verb = draw_verb(&mut rng);
        let record = self.record(number);
        match (verb, record) {
            (Verb::OpenRecord, Some(record)) => {
                let Record {
                    session, learner, ..
                } = record;
                Ok((record.actor, Command::OpenRecord { learner, session }))
            }
            (Verb::CloseRecord, _) => Ok(self.close(number)),
            (Verb::StartSync, _) => Ok(self.sync(number, &mut rng)),
            (Verb::CancelSync, _) => Ok(self.cancel(number)),
            (Verb::Put, _) => Ok(("system", college::put_again(&mut rng)?)),
            (Verb::Edit | Verb::OpenRecord, _) => self.edit(number, &mut rng),
        }
    }

    /// Mostly in the record that was opened last, so that there is something to synchronise.
    fn edit(
        self,
        number: u64,
        rng: &mut fastrand::Rng,
    ) -> Result<(&'static str, Command), WorkError> {
        let opened = self
            .last(number, Verb::OpenRecord)
            .map(|at| self.record(at));
        let (actor, learner) = match opened.flatten() {
            Some(record) if rng.u8(0..3) > 0 => (record.actor, record.learner),
            Some(_) | None => (ADMINISTRATORS[0], college::learner(rng.u64(0..LEARNERS))),
        };
        let added = |index: u8| self.id(&format!("component {index}"), number);
        let edits = edits::draw(rng, added)?;
        let command = Command::EditPlan {
            learner,
            expected_version: None,
            edits,
        };
        Ok((actor, command))
    }

    fn close(self, number: u64) -> (&'static str, Command) {
        let opened = self.last(number, Verb::OpenRecord).unwrap_or(number);
        let actor = self
            .record(opened)
            .map_or(ADMINISTRATORS[0], |record| record.actor);
        let session = self.session(opened);
        (actor, Command::CloseRecord { session })
    }

    fn sync(self, number: u64, rng: &mut fastrand::Rng) -> (&'static str, Command) {
        let opened = self.last(number, Verb::OpenRecord).unwrap_or(number);
        let actor = self
            .record(opened)
            .map_or(ADMINISTRATORS[0], |record| record.actor);
        let programme: ProgrammeId = if rng.u8(0..10) == 0 { BIG } else { PROGRAMME };
        let request = edits::draw_request(rng, self.session(opened), programme);
        let sync = self.sync_id(number);
        (actor, Command::StartSync { sync, request })
    }

    fn cancel(self, number: u64) -> (&'static str, Command) {
        let started = self.last(number, Verb::StartSync).unwrap_or(number);
        let opened = self.last(started, Verb::OpenRecord);
        let record = opened.and_then(|at| self.record(at));
        let actor = record.map_or(ADMINISTRATORS[0], |record| record.actor);
        let sync = self.sync_id(started);
        (actor, Command::CancelSync { sync })
    }

    /// The record that this command opens, if that is what it does.
    fn record(self, number: u64) -> Option<Record> {
        let mut rng = self.rng(number);
        (draw_verb(&mut rng) == Verb::OpenRecord).then(|| Record {
            session: self.session(number),
            learner: college::learner(rng.u64(0..LEARNERS)),
            actor: ADMINISTRATORS[usize::from(rng.bool())],
        })
    }

    /// The last command before this one that does such a thing.
    fn last(self, number: u64, verb: Verb) -> Option<u64> {
        let from = number.saturating_sub(LOOK_BACK).max(college::COMMANDS);
        (from..number)
            .rev()
            .find(|at| draw_verb(&mut self.rng(*at)) == verb)
    }

    fn session(self, number: u64) -> SessionId {
        SessionId::from_uuid(self.id("session", number))
    }

    fn sync_id(self, number: u64) -> SyncId {
        SyncId::from_uuid(self.id("sync", number))
    }

    fn id(self, what: &str, number: u64) -> Uuid {
        let name = format!("{what} {number} of {}", self.seed);
        Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
    }

    fn rng(self, number: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

fn draw_verb(rng: &mut fastrand::Rng) -> Verb {
    match rng.u8(0..100) {
        0..62 => Verb::Edit,
        62..74 => Verb::OpenRecord,
        74..77 => Verb::CloseRecord,
        77..90 => Verb::StartSync,
        90..95 => Verb::CancelSync,
        _ => Verb::Put,
    }
}

/// The only tenant here.
pub(super) fn tenant() -> Result<TenantId, WorkError> {
    "northgate".parse().map_err(unspeakable)
}

/// A value that the domain does not take: a fault of the script.
pub(super) fn unspeakable(error: impl std::fmt::Display) -> WorkError {
    WorkError::Wrong(format!("the script asks what cannot be asked: {error}"))
}
