//! The hot loop of a sync alone: an engine on a log in memory, stepped by hand. `tests/hot_loop.rs` counts
//! the instructions of a run with syncs and of one without.
//!
//! `plansync-hot-loop SIZE SYNCS [SHAPE]`, where the shape is one of
//!
//! - `another` (the default): every plan has a shape of its own, so that no two plans are equal;
//! - `same`: all plans are equal;
//! - `half`: half of the pairs, pseudo-randomly chosen, are finished and therefore skipped, so there are as
//!   many runs of pair outcomes as possible;
//! - `nothing`: the source has not changed since the previous sync.

use std::sync::Arc;

use anyhow::Context as _;
use plansync_domain::command::{Command, Edit};
use plansync_domain::ids::{CommandId, ComponentId, LearnerId, ProgrammeId, SessionId, SyncId};
use plansync_domain::permission::Permission;
use plansync_domain::plan::status::Status;
use plansync_domain::reference::administrator::{Administrator, Groups};
use plansync_domain::reference::learner::{Enrolment, EnrolmentStatus, Learner};
use plansync_domain::reference::programme::Programme;
use plansync_domain::reference::settings::{IdleHours, OwnerRule, TenantSettings};
use plansync_domain::reference::template::TemplateComponent;
use plansync_domain::sync::request::{Components, Learners, StatusFilter, SyncKind, SyncRequest};
use plansync_domain::values::attribute::{Attribute, AttributeSet};
use plansync_domain::values::attributes::AttributeMap;
use plansync_engine::{Call, Config, Engine, Worked};
use plansync_log::memory::MemoryLog;
use plansync_log::{Fingerprint, LogId};
use uuid::Uuid;

const PROGRAMME: ProgrammeId = ProgrammeId::from_uuid(Uuid::from_u128(0xa));
const SESSION: SessionId = SessionId::from_uuid(Uuid::from_u128(0x5e));
/// The number of template components and of edits in one command.
const PART: usize = 500;

fn component(number: usize) -> ComponentId {
    ComponentId::from_uuid(Uuid::from_u128(0xc0_0000 + number as u128))
}

fn learner(number: usize) -> LearnerId {
    LearnerId::from_uuid(Uuid::from_u128(0xd0_0000 + number as u128))
}

fn named(name: &str) -> AttributeMap {
    let mut attributes = AttributeMap::new();
    attributes.insert(Attribute::Name, name.into());
    attributes
}

/// Plans whose syncs have different costs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Another,
    Same,
    Half,
    Nothing,
}

impl Shape {
    fn named(name: &str) -> Option<Self> {
        match name {
            "another" => Some(Self::Another),
            "same" => Some(Self::Same),
            "half" => Some(Self::Half),
            "nothing" => Some(Self::Nothing),
            _ => None,
        }
    }
}

struct Stage {
    engine: Engine,
    asked: u128,
    shape: Shape,
}

impl Stage {
    fn ask(&mut self, actor: &str, command: &Command) -> anyhow::Result<()> {
        self.asked += 1;
        let call = Call {
            id_is_new: false,
            earlier: None,
            tenant: "northgate".parse()?,
            actor: actor.parse()?,
            command: CommandId::from_uuid(Uuid::from_u128(self.asked)),
            fingerprint: Fingerprint::of(&self.asked.to_be_bytes()),
            trace: None,
        };
        let asked = self.engine.submit(&call, command);
        asked.map_err(|refused| anyhow::anyhow!("{refused:?}"))?;
        self.engine.write_step()?;
        Ok(())
    }

    fn found(&mut self, size: usize) -> anyhow::Result<()> {
        let settings = TenantSettings {
            marking_aid: false,
            owner_rule: OwnerRule::Keep,
            record_idle_hours: IdleHours::default(),
        };
        self.ask("system", &Command::PutTenant(settings))?;
        let record = Administrator {
            name: "Sam".into(),
            permissions: [Permission::Supervisor].into_iter().collect(),
            groups: Groups::All,
        };
        let administrator = "sam".parse()?;
        let put = Command::PutAdministrator {
            administrator,
            record,
        };
        self.ask("system", &put)?;
        let record = Programme {
            name: "Business".to_owned(),
            parent: None,
        };
        let programme = PROGRAMME;
        self.ask("system", &Command::PutProgramme { programme, record })?;
        let all: Vec<_> = (0..size).collect();
        for part in all.chunks(PART) {
            let components = part.iter().map(|number| template(*number));
            let components = components.collect::<anyhow::Result<_>>()?;
            let put = Command::PutTemplate {
                programme,
                components,
            };
            self.ask("system", &put)?;
        }
        for number in 0..=size {
            self.learner(number, size)?;
        }
        let learner = learner(0);
        let session = SESSION;
        self.ask("sam", &Command::OpenRecord { learner, session })
    }

    fn learner(&mut self, number: usize, size: usize) -> anyhow::Result<()> {
        let enrolment = Enrolment {
            programme: PROGRAMME,
            status: EnrolmentStatus::Active,
        };
        let record = Learner {
            name: "Learner".into(),
            case_owner: None,
            groups: Vec::new(),
            tutors: Vec::new(),
            enrolments: vec![enrolment],
        };
        let learner = learner(number);
        self.ask("system", &Command::PutLearner { learner, record })?;
        let programme = PROGRAMME;
        self.ask("system", &Command::InstantiatePlan { learner, programme })?;
        match self.shape {
            Shape::Another if number > 0 => {
                let component = component(number % size);
                self.edit("system", number, vec![Edit::Remove { component }])
            }
            Shape::Half if number > 0 => self.finish_half(number, size),
            Shape::Another | Shape::Half | Shape::Same | Shape::Nothing => Ok(()),
        }
    }

    fn finish_half(&mut self, number: usize, size: usize) -> anyhow::Result<()> {
        let chosen = (0..size).filter(|index| is_chosen(number, *index));
        let chosen: Vec<_> = chosen.collect();
        for part in chosen.chunks(PART) {
            let edits = part.iter().map(|index| Edit::SetStatus {
                component: component(*index),
                status: Status::Completed,
            });
            self.edit("system", number, edits.collect())?;
        }
        Ok(())
    }

    fn edit(&mut self, actor: &str, number: usize, edits: Vec<Edit>) -> anyhow::Result<()> {
        let command = Command::EditPlan {
            learner: learner(number),
            expected_version: None,
            edits,
        };
        self.ask(actor, &command)
    }

    fn sync(&mut self, number: usize, size: usize) -> anyhow::Result<()> {
        let all: Vec<_> = (0..size).collect();
        for part in all.chunks(PART) {
            if self.shape != Shape::Nothing || number == 0 {
                let edits = part.iter().map(|component| rename(*component, number));
                self.edit("sam", 0, edits.collect())?;
            }
        }
        let statuses = match self.shape {
            Shape::Half => StatusFilter {
                statuses: vec![Status::NotStarted],
                planned_for_qa: false,
            },
            Shape::Another | Shape::Same | Shape::Nothing => StatusFilter::default(),
        };
        let request = SyncRequest {
            session: SESSION,
            programme: PROGRAMME,
            components: Components::All,
            learners: Learners::All,
            statuses,
            kind: SyncKind::ChangesOnly,
            attributes: AttributeSet::default(),
            confirm: None,
        };
        let sync = SyncId::from_uuid(Uuid::from_u128(0x57_0000 + number as u128));
        self.ask("sam", &Command::StartSync { sync, request })?;
        while self.engine.work_step()? != Worked::Nothing {
            self.engine.write_step()?;
        }
        self.engine.write_step()?;
        Ok(())
    }
}

fn template(number: usize) -> anyhow::Result<TemplateComponent> {
    Ok(TemplateComponent {
        component: component(number),
        component_type: "assignment".parse()?,
        attributes: named(&format!("Activity {number}")),
    })
}

fn rename(number: usize, edition: usize) -> Edit {
    Edit::Change {
        component: component(number),
        set: named(&format!("Activity {number}, edition {edition}")),
        reason: None,
    }
}

/// Half of all pairs, pseudo-randomly chosen (by the finaliser of `MurmurHash3`).
fn is_chosen(number: usize, index: usize) -> bool {
    let mut hash = (number as u64) << 32 | index as u64;
    for _ in 0..2 {
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    }
    (hash >> 63) == 1
}

fn main() -> anyhow::Result<()> {
    let shape = std::env::args().nth(3);
    let shape = shape.map_or(Some(Shape::Another), |name| Shape::named(&name));
    let shape = shape.context("no such shape")?;
    let numbers = std::env::args()
        .skip(1)
        .take(2)
        .map(|number| number.parse());
    let numbers = numbers.collect::<Result<Vec<usize>, _>>()?;
    let [size, syncs] = numbers[..] else {
        anyhow::bail!("say how large, and how many syncs");
    };
    let log = MemoryLog::new(LogId::new(Uuid::from_u128(1)));
    let (append, read) = (Box::new(log.clone()), Arc::new(log));
    let engine = Engine::open(append, read, Config::default())?;
    let mut stage = Stage {
        engine,
        asked: 0,
        shape,
    };
    stage.found(size).context("the college")?;
    (0..syncs).try_for_each(|number| stage.sync(number, size))
}
