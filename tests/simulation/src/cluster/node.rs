//! One node: its own log and clock, and the process that follows or leads there.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use plansync_engine::{Config, Engine, FollowFailed, LogFailed, Role, Wrote};
use plansync_log::memory::{MemoryCheckpoints, MemoryLog};
use plansync_log::replication::{
    Applied, FollowError, Follower, Halt, Lease, LeaseStream as _, LeaseTask, MonotonicClock as _,
    NodeId, Place, Proposed, Standing, Step, Takeover,
};
use plansync_log::{Chain, LogId, Position, Read as _};
use plansync_protocol::Encoding;
use plansync_service::Service;
use uuid::Uuid;

use super::stream::{Servers, Way};
use super::time::NodeClock;
use crate::client::Message;
use crate::machine::{Reply, answer_to, config, first_keys, ids_of_life};
use crate::simulation::Violation;
use crate::ticking::Ticking;

/// A node.
pub(crate) struct Node {
    pub(crate) own: MemoryLog,
    pub(crate) clock: NodeClock,
    pub(crate) time_of_day: Arc<Ticking>,
    pub(crate) is_cut: Arc<AtomicBool>,
    /// Until when its process is frozen, in microseconds.
    pub(crate) frozen_until: u64,
    pub(crate) halted: Option<Halt>,
    pub(crate) process: Option<Process>,
    config: Config,
    cursor: Option<Applied>,
}

/// What runs on a node.
pub(crate) struct Process {
    id: NodeId,
    pub(crate) service: Service,
    /// None while it leads.
    follower: Option<Follower>,
    standing: Standing,
    pub(crate) lease: Lease,
    pub(crate) takeover: Takeover,
    way: Way,
    /// Answers, each of which may leave once the log is durable so far.
    pub(crate) waiting: Vec<Reply>,
}

impl Node {
    pub(crate) fn new(log: LogId, clock: NodeClock) -> Self {
        let time_of_day = Arc::new(Ticking::new());
        let config = Config {
            checkpoints: Some(Arc::new(MemoryCheckpoints::new())),
            // Those of all nodes begin alike.
            keys: first_keys(),
            ..config(&time_of_day, Vec::new())
        };
        Self {
            own: MemoryLog::new(log),
            clock,
            time_of_day,
            is_cut: Arc::default(),
            frozen_until: 0,
            halted: None,
            process: None,
            config,
            cursor: None,
        }
    }

    /// A process begins, the `life`th of all nodes. Nothing happens if the streams do not answer.
    pub(crate) fn start(&mut self, servers: &Servers, life: u64) -> Result<(), Violation> {
        let way = Way::new(servers, &self.is_cut);
        let Some(follower) = self.follower(&way)? else {
            return Ok(());
        };
        let (append, read) = (Box::new(self.own.clone()), Arc::new(self.own.clone()));
        let engine = Engine::follow(append, read, self.config.clone());
        let engine = engine.map_err(|error| format!("a node does not open: {error}"))?;
        let id = NodeId::new(Uuid::from_u128(0x0de0 + u128::from(life)));
        let name = format!("life-{life}").parse();
        let name = name.map_err(|error| format!("{error}"))?;
        self.process = Some(Process {
            id,
            service: Service::new(engine, Encoding::Json, ids_of_life(life)),
            standing: follower.standing(),
            follower: Some(follower),
            lease: Lease::new(self.own.tip().log, id, name),
            takeover: Takeover::new(),
            way,
            waiting: Vec::new(),
        });
        Ok(())
    }

    fn follower(&mut self, way: &Way) -> Result<Option<Follower>, Violation> {
        let (stream, log) = (Box::new(way.clone()), Arc::new(self.own.clone()));
        let clock = Arc::new(self.clock.clone());
        let resumed = match self.cursor {
            Some(cursor) => Follower::resume(stream, log, cursor, clock),
            None => Follower::begin(stream, log, base(self.own.tip().log), clock),
        };
        match resumed {
            Ok(follower) => Ok(Some(follower)),
            Err(FollowError::CursorLost) => {
                self.cursor = None;
                Ok(None)
            }
            Err(error) if error.is_passing() => Ok(None),
            Err(error) => Err(format!("a node cannot follow: {error}")),
        }
    }

    /// Where it stands, for people to see.
    pub(crate) fn told(&self) -> String {
        let end = self.own.tip().position;
        match (&self.halted, &self.process) {
            (Some(halt), _) => format!("ends at {end}, halted: {halt}"),
            (None, None) => format!("ends at {end}, without a process"),
            (None, Some(process)) => {
                let applied = process.standing.applied();
                let (sequence, term) = (applied.sequence, applied.term);
                let leads = process.leads();
                format!("ends at {end}, message {sequence}, term {term}, leads: {leads}")
            }
        }
    }

    /// The process ends, and with it whatever was decided and not accepted.
    pub(crate) fn end(&mut self) {
        if let Some(process) = self.process.take() {
            self.cursor = Some(process.standing.cursor());
        }
    }

    /// Does what is to be done about the lease.
    pub(crate) fn tend_lease(&mut self) {
        let Some(process) = &mut self.process else {
            return;
        };
        let lease = &mut process.lease;
        match lease.next(self.clock.now(), true) {
            LeaseTask::Wait(_) => {}
            LeaseTask::Look => match process.way.read() {
                Ok(end) => lease.looked(self.clock.now(), &end),
                Err(_) => lease.not_looked(self.clock.now()),
            },
            LeaseTask::Write { last } => {
                lease.sends(self.clock.now(), last);
                let record = lease.record(process.standing.applied().term);
                lease.written(&process.way.write(&record, last));
            }
        }
    }

    /// Takes the next step of following or leading. True if something moved.
    pub(crate) fn step(&mut self) -> Result<bool, Violation> {
        let Some(process) = &mut self.process else {
            return Ok(false);
        };
        let step = process.takeover.next(process.lease.is_held());
        let stepped = match step {
            Step::Follow => process.follow(),
            Step::CatchUp => process.catch_up(),
            Step::BeginTerm => process.begin_term(),
            Step::Lead => process.lead(),
            Step::StepDown => {
                self.end();
                return Ok(true);
            }
        };
        match stepped {
            Ok(moved) => Ok(moved),
            Err(Stopped::Halted(halt)) => {
                self.halted = Some(halt);
                self.process = None;
                Ok(true)
            }
            Err(Stopped::Deposed) => {
                process.takeover.deposed();
                Ok(true)
            }
            Err(Stopped::Wrong(what)) => Err(what),
        }
    }
}

/// Why a process cannot go on.
enum Stopped {
    Halted(Halt),
    Deposed,
    Wrong(Violation),
}

impl From<FollowError> for Stopped {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Halted(halt) => Self::Halted(halt),
            error @ (FollowError::Stream(_)
            | FollowError::Read(_)
            | FollowError::CursorLost
            | FollowError::NoBase { .. }
            | FollowError::RecordsTooSmall { .. }
            | FollowError::Zstd(_)) => Self::Wrong(format!("a node cannot follow: {error}")),
        }
    }
}

impl From<LogFailed> for Stopped {
    fn from(failed: LogFailed) -> Self {
        match failed {
            LogFailed::Deposed { .. } => Self::Deposed,
            LogFailed::Halted(halt) => Self::Halted(halt),
            LogFailed::Storage { source } => Self::Wrong(format!("the log failed: {source}")),
        }
    }
}

impl From<FollowFailed> for Stopped {
    fn from(failed: FollowFailed) -> Self {
        Self::Wrong(format!(
            "commits of another node were not taken over: {failed}"
        ))
    }
}

impl Process {
    pub(crate) fn engine(&self) -> &Engine {
        self.service.engine()
    }

    /// Whether it answers requests.
    pub(crate) fn leads(&self) -> bool {
        self.follower.is_none() && self.engine().role() == Role::Leads
    }

    /// Takes over what comes. True if something came.
    fn follow(&mut self) -> Result<bool, Stopped> {
        let Some(follower) = &mut self.follower else {
            return Ok(false);
        };
        let before = follower.applied().sequence;
        match follower.step() {
            Ok(commits) => {
                let moved = follower.applied().sequence > before;
                self.engine().follow_step(&commits)?;
                let erased = self.engine().erase_step();
                erased.map_err(|refusal| Stopped::Wrong(refusal.to_string()))?;
                Ok(moved)
            }
            Err(error) if error.is_passing() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn catch_up(&mut self) -> Result<bool, Stopped> {
        if self.follow()? {
            return Ok(true);
        }
        let Some(follower) = &mut self.follower else {
            return Ok(false);
        };
        match follower.is_at_end() {
            Ok(true) => {
                let leads = follower.leads(self.id);
                self.takeover.followed_to_the_end(leads);
                Ok(true)
            }
            Ok(false) => Ok(false),
            Err(error) if error.is_passing() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn begin_term(&mut self) -> Result<bool, Stopped> {
        let Some(follower) = &mut self.follower else {
            return Ok(false);
        };
        let proposed: Proposed = follower.begin_term(self.id)?;
        self.takeover.proposed(&proposed);
        Ok(true)
    }

    /// Writes what waits; before that, it begins to lead.
    fn lead(&mut self) -> Result<bool, Stopped> {
        if let Some(follower) = self.follower.take() {
            let wrong = |what: String| Stopped::Wrong(format!("a node does not lead: {what}"));
            let leading = follower.lead(self.id);
            let leading = leading.map_err(|error| wrong(error.to_string()))?;
            let led = self.engine().lead(|own| Box::new(leading.over(own)));
            led.map_err(|error| wrong(error.to_string()))?;
            // What cannot be completed now is completed by the next one who leads.
            let _erased = self.engine().erase_step();
            return Ok(true);
        }
        Ok(self.engine().write_step()? != Wrote::Nothing)
    }

    /// A request arrives.
    pub(crate) fn take_request(&mut self, message: Message) {
        let durable = self.engine().durable().current();
        let answer = answer_to(&self.service, &message);
        self.waiting.push(Reply {
            message,
            answer,
            durable,
        });
    }
}

fn base(log: LogId) -> Place {
    Place {
        position: Position::ZERO,
        chain: Chain::before_first(log),
    }
}
