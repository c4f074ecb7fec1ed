//! A random history of a college, with everything that a log can contain, and what every commit of it says.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use plansync_domain::command::{Command, Edit};
use plansync_domain::event::command_outcome::{CommandRejected, RejectedError};
use plansync_domain::event::refusal::{RecordedRefusal, RefusalCode};
use plansync_domain::ids::{CommandId, LearnerId, SessionId, SyncId};
use plansync_domain::plan::status::Status;
use plansync_domain::reference::settings::{IdleHours, OwnerRule, TenantSettings};
use plansync_domain::sync::request::{Learners, SyncKind};
use plansync_engine::{Clock, Config, Decided, decided};
use plansync_log::{Position, Read as _, Recorded};
use uuid::Uuid;

use crate::reads::{enrolled, put_administrator, put_learner};
use crate::stage::{SOURCE, Stage, TARGETS, call, component, config, rename, sync, target};
use plansync_domain::permission::Permission;
use plansync_domain::reference::learner::EnrolmentStatus;

/// Numbers that only look random: the same in every run.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    pub(super) fn learner(&mut self) -> LearnerId {
        match self.below(3) {
            0 => SOURCE,
            _ => target(self.below(u64::try_from(TARGETS).unwrap()).into()),
        }
    }
}

/// A clock that advances unevenly, stands still, and is sometimes set back.
struct Restless(AtomicI64);

impl Clock for Restless {
    fn now(&self) -> Recorded {
        let now = self.0.load(Ordering::Relaxed);
        let step = match now % 7 {
            0 | 1 => 0,
            2 => -1_003,
            step => 211 * step,
        };
        self.0.fetch_add(step + 1, Ordering::Relaxed);
        Recorded::new(now)
    }
}

pub(super) const SESSIONS: u128 = 0x5000;

/// A college after many random commands. `nora` supervises the learners of the north: all but some.
pub(super) struct History {
    pub(super) stage: Stage,
    pub(super) commits: Vec<Decided>,
    pub(super) syncs: Vec<SyncId>,
    /// The commands of clients.
    pub(super) commands: Vec<CommandId>,
}

impl History {
    pub(super) fn of(seed: u64) -> Self {
        let clock = Arc::new(Restless(AtomicI64::new(1_795_426_200_000_000)));
        let mut stage = Stage::college_with(Config { clock, ..config() });
        put_administrator(&mut stage, "nora", Permission::Supervisor, "north");
        put_administrator(&mut stage, "otto", Permission::Supervisor, "south");
        for (learner, group) in [
            (target(0), "south"),
            (target(1), "north"),
            (target(2), "south"),
        ] {
            let record = enrolled("Learner", Some(group), EnrolmentStatus::Active);
            put_learner(&mut stage, learner, record);
        }
        let mut dice = Dice::new(seed);
        let mut told = Telling {
            stage,
            open: Vec::new(),
            syncs: Vec::new(),
            sessions: 0,
        };
        for _ in 0..160 {
            told.step(&mut dice);
        }
        told.stage.work();
        let stage = told.stage;
        let commits = stage.log.read(Position::FIRST, usize::MAX).unwrap();
        let commits: Vec<_> = commits
            .iter()
            .map(|commit| decided(commit, &stage.engine.config().keys).unwrap())
            .collect();
        let own = commits
            .iter()
            .map(|commit| commit.commit.proposal.cause.correlation);
        let mut commands: Vec<_> = own.map(CommandId::from_uuid).collect();
        commands.sort_unstable();
        commands.dedup();
        Self {
            stage,
            commits,
            syncs: told.syncs,
            commands,
        }
    }
}

struct Telling {
    stage: Stage,
    open: Vec<(&'static str, LearnerId, SessionId)>,
    syncs: Vec<SyncId>,
    sessions: u128,
}

impl Telling {
    fn step(&mut self, dice: &mut Dice) {
        let who = ["sam", "nora", "otto", "system"][usize::try_from(dice.below(4)).unwrap()];
        let learner = dice.learner();
        // Who may not do it is refused, and nothing is recorded.
        match dice.below(12) {
            0..=3 => {
                let name = format!("Name {}", dice.below(5));
                let _ = self.stage.next_as(who, &rename(learner, &name));
            }
            4 => {
                let edits = vec![Edit::SetStatus {
                    component: component(dice.below(3).into()),
                    status: Status::InProgress,
                }];
                let edit = Command::EditPlan {
                    learner,
                    expected_version: None,
                    edits,
                };
                let _ = self.stage.next_as(who, &edit);
            }
            5 => {
                self.sessions += 1;
                let session = SessionId::from_uuid(Uuid::from_u128(SESSIONS + self.sessions));
                let who = ["sam", "nora"][usize::try_from(dice.below(2)).unwrap()];
                let open = Command::OpenRecord { learner, session };
                if self.stage.next_as(who, &open).is_ok() {
                    self.open.push((who, learner, session));
                }
            }
            6 => {
                if let Some((who, _, session)) = self.open.pop() {
                    let _ = self.stage.next_as(who, &Command::CloseRecord { session });
                }
            }
            7 => self.start_sync(dice),
            8 => {
                self.stage.work();
            }
            9 => {
                let record = enrolled("Learner", Some("north"), EnrolmentStatus::Active);
                if learner == target(1) {
                    self.stage.system(Command::PutLearner { learner, record });
                }
            }
            10 => self.durable(dice, learner),
            _ => self.elsewhere(),
        }
        if dice.below(3) == 0 {
            self.stage.write();
        }
    }

    fn start_sync(&mut self, dice: &mut Dice) {
        let Some((who, source, session)) = self.open.last().copied() else {
            return;
        };
        let name = format!("Synchronised {}", dice.below(1_000));
        if self.stage.next_as(who, &rename(source, &name)).is_err() {
            return;
        }
        let id = SyncId::from_uuid(Uuid::from_u128(0x57_000 + u128::from(dice.below(1 << 40))));
        let Command::StartSync { mut request, .. } = sync(SyncKind::AllAttributes) else {
            panic!("a start")
        };
        request.session = session;
        if dice.below(2) == 0 {
            request.learners = Learners::Listed(vec![target(0), target(1), target(3)]);
        }
        let start = Command::StartSync { sync: id, request };
        if self.stage.next_as(who, &start).is_ok() {
            self.syncs.push(id);
            if dice.below(4) == 0 {
                let _ = self.stage.next_as(who, &Command::CancelSync { sync: id });
            }
        }
    }

    /// A durable command, and its outcome.
    fn durable(&mut self, dice: &mut Dice, learner: LearnerId) {
        let command = rename(learner, &format!("Durable {}", dice.below(3)));
        let number = 0xd0_0000 + u128::from(dice.below(1 << 30));
        let call = call("nora", number, &command);
        if let Ok(receipt) = self.stage.engine.submit(&call, &command) {
            let recorded = self
                .stage
                .engine
                .record_accepted(&call, "plan.edit", &receipt);
            recorded.unwrap();
        } else {
            let refusal = RecordedRefusal {
                code: RefusalCode::LearnerNotAvailable,
                message: "refused".into(),
                details: None,
            };
            let rejected = CommandRejected {
                operation: "plan.edit".to_owned(),
                error: RejectedError::Recorded(refusal),
                bytes: Vec::new().into(),
                not_kept: None,
            };
            self.stage.engine.record_rejected(&call, rejected).unwrap();
        }
    }

    /// A commit of another tenant, under an id that this tenant uses, too.
    fn elsewhere(&mut self) {
        let settings = TenantSettings {
            marking_aid: true,
            owner_rule: OwnerRule::Keep,
            record_idle_hours: IdleHours::default(),
        };
        let command = Command::PutTenant(settings);
        let mut call = call("system", 1 + self.sessions, &command);
        call.tenant = "southgate".parse().unwrap();
        let _ = self.stage.engine.submit(&call, &command);
    }
}
