//! An engine on a log in memory with a small college in it. No thread runs: a test steps it.

use plansync_domain::command::{Command, Edit};
use plansync_domain::ids::{
    Actor, CommandId, ComponentId, LearnerId, ProgrammeId, SessionId, SyncId, TenantId,
};
use plansync_domain::permission::{Permission, PermissionSet};
use plansync_domain::reference::administrator::{Administrator, Groups};
use plansync_domain::reference::learner::{Enrolment, EnrolmentStatus, Learner};
use plansync_domain::reference::programme::Programme;
use plansync_domain::reference::settings::{IdleHours, OwnerRule, TenantSettings};
use plansync_domain::reference::template::TemplateComponent;
use plansync_domain::sync::request::{Components, Learners, StatusFilter, SyncKind, SyncRequest};
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::attributes::AttributeMap;
use plansync_domain::values::raw::Raw;
use plansync_domain::values::value::Value;
use plansync_engine::read::Window;
use plansync_engine::{Call, Config, Engine, Receipt, Refused, Snapshot, Worked, Wrote};
use plansync_log::memory::MemoryLog;
use plansync_log::sealing::{KeyTree, Keys, Seed};
use plansync_log::{Fingerprint, LogId};
use uuid::Uuid;

pub(crate) const PROGRAMME: ProgrammeId = ProgrammeId::from_uuid(Uuid::from_u128(0xa));
pub(crate) const SOURCE: LearnerId = LearnerId::from_uuid(Uuid::from_u128(0xb));
pub(crate) const SESSION: SessionId = SessionId::from_uuid(Uuid::from_u128(0x5e));
pub(crate) const SYNC: SyncId = SyncId::from_uuid(Uuid::from_u128(0x57));
pub(crate) const TARGETS: u128 = 5;

pub(crate) fn component(index: u128) -> ComponentId {
    ComponentId::from_uuid(Uuid::from_u128(0xc00 + index))
}

pub(crate) fn target(index: u128) -> LearnerId {
    LearnerId::from_uuid(Uuid::from_u128(0xd00 + index))
}

pub(crate) fn tenant() -> TenantId {
    "northgate".parse().unwrap()
}

/// An engine on its log, and the number of the last command.
pub(crate) struct Stage {
    pub(crate) log: MemoryLog,
    pub(crate) engine: Engine,
    config: Config,
    commands: u128,
}

impl Stage {
    /// An engine on an empty log.
    pub(crate) fn empty() -> Self {
        Self::empty_with(config())
    }

    fn empty_with(config: Config) -> Self {
        let log = MemoryLog::new(LogId::new(Uuid::from_u128(1)));
        Self {
            engine: open(&log, &config),
            log,
            config,
            commands: 0,
        }
    }

    /// An engine that somebody else opened, on this log. The ids of commands begin after a number.
    pub(crate) fn on(log: MemoryLog, engine: Engine, commands: u128) -> Self {
        Self {
            log,
            engine,
            config: config(),
            commands,
        }
    }

    /// The college on an engine with settings of its own.
    pub(crate) fn college_with(config: Config) -> Self {
        let mut stage = Self::empty_with(config);
        stage.found();
        stage
    }

    /// An engine with the college on its log, all of it durable.
    pub(crate) fn college() -> Self {
        let mut stage = Self::empty();
        stage.found();
        stage
    }

    /// Founds the college, all of it durable.
    pub(crate) fn found(&mut self) {
        self.system(Command::PutTenant(TenantSettings {
            marking_aid: false,
            owner_rule: OwnerRule::Keep,
            record_idle_hours: IdleHours::default(),
        }));
        let permissions: PermissionSet = [Permission::Supervisor].into_iter().collect();
        let record = Administrator {
            name: "Sam".into(),
            permissions,
            groups: Groups::All,
        };
        self.system(Command::PutAdministrator {
            administrator: "sam".parse().unwrap(),
            record,
        });
        let record = Programme {
            name: "Business".to_owned(),
            parent: None,
        };
        self.system(Command::PutProgramme {
            programme: PROGRAMME,
            record,
        });
        let components = (0..3).map(template_component).collect();
        self.system(Command::PutTemplate {
            programme: PROGRAMME,
            components,
        });
        self.learner(SOURCE);
        (0..TARGETS).for_each(|index| self.learner(target(index)));
        self.write();
    }

    fn learner(&mut self, learner: LearnerId) {
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
        self.system(Command::PutLearner { learner, record });
        self.system(Command::InstantiatePlan {
            learner,
            programme: PROGRAMME,
        });
    }

    #[allow(clippy::needless_pass_by_value)] // A command written in place reads better.
    pub(crate) fn system(&mut self, command: Command) -> Receipt {
        self.next_as("system", &command).unwrap()
    }

    /// Submits a command under the next id.
    pub(crate) fn next_as(&mut self, actor: &str, command: &Command) -> Result<Receipt, Refused> {
        self.commands += 1;
        self.engine
            .submit(&call(actor, self.commands, command), command)
    }

    /// Writes all that waits for the disk.
    pub(crate) fn write(&self) -> Wrote {
        self.engine.write_step().unwrap()
    }

    /// Works everything off, and makes it durable.
    pub(crate) fn work(&self) {
        while self.engine.work_step().unwrap() != Worked::Nothing {}
        self.write();
    }

    /// The engine as a restart would have it: whatever was not durable is gone.
    pub(crate) fn restart(&mut self) {
        self.engine = open(&self.log, &self.config);
    }

    /// The same with other settings, as another program would go on.
    pub(crate) fn restart_with(&mut self, config: Config) {
        self.config = config;
        self.restart();
    }

    /// Adds a component with instructions to the source's plan.
    pub(crate) fn add_instructed(&mut self, index: u128, instructions: &str) {
        let mut attributes = named("Added");
        let raw = Raw::Text(instructions.to_owned());
        let value = Value::parse(Attribute::Instructions, raw).unwrap();
        attributes.insert(Attribute::Instructions, value);
        let add = Command::EditPlan {
            learner: SOURCE,
            expected_version: None,
            edits: vec![Edit::Add {
                component: component(100 + index),
                programme: PROGRAMME,
                component_type: "assignment".parse().unwrap(),
                attributes,
            }],
        };
        self.next_as("sam", &add).unwrap();
    }

    /// Opens the source's record and renames a component in it.
    pub(crate) fn rename(&mut self, name: &str) {
        let open = Command::OpenRecord {
            learner: SOURCE,
            session: SESSION,
        };
        self.next_as("sam", &open).unwrap();
        self.next_as("sam", &rename(SOURCE, name)).unwrap();
    }

    /// What readers see, with every plan.
    pub(crate) fn whole(&self) -> Snapshot {
        self.engine.whole_snapshot(&tenant()).unwrap()
    }

    /// The name of a learner's first component, as readers see it.
    pub(crate) fn name(&self, learner: LearnerId) -> String {
        let snapshot = self.whole();
        let plan = snapshot.tenant.resident_plan(learner).unwrap();
        let view = plan.component(component(0)).unwrap();
        let value = snapshot.tenant.values().get(view.value(Attribute::Name));
        value.as_text().unwrap().to_owned()
    }
}

pub(crate) fn config() -> Config {
    Config {
        batch_targets_max: 2,
        keys: keys(),
        ..Config::default()
    }
}

/// Keys that every engine of a test has from its beginning.
pub(crate) fn keys() -> std::sync::Arc<Keys> {
    std::sync::Arc::new(Keys::in_memory(KeyTree::begin(
        &Seed::new([7; 32]),
        Vec::new(),
    )))
}

fn open(log: &MemoryLog, config: &Config) -> Engine {
    let (append, read) = (Box::new(log.clone()), std::sync::Arc::new(log.clone()));
    Engine::open(append, read, config.clone()).unwrap()
}

/// Who asks for a command, under the id of that number.
pub(crate) fn call(actor: &str, number: u128, command: &Command) -> Call {
    Call {
        id_is_new: false,
        earlier: None,
        tenant: tenant(),
        actor: actor.parse::<Actor>().unwrap(),
        command: CommandId::from_uuid(Uuid::from_u128(number)),
        fingerprint: Fingerprint::of(format!("{command:?}").as_bytes()),
        trace: None,
    }
}

fn named(name: &str) -> AttributeMap {
    let mut attributes = AttributeMap::new();
    let raw = Raw::Text(name.to_owned());
    attributes.insert(Attribute::Name, Value::parse(Attribute::Name, raw).unwrap());
    attributes
}

fn template_component(index: u128) -> TemplateComponent {
    TemplateComponent {
        component: component(index),
        component_type: "assignment".parse().unwrap(),
        attributes: named(&format!("Activity {index}")),
    }
}

/// A command that renames a plan's first component.
pub(crate) fn rename(learner: LearnerId, name: &str) -> Command {
    let set = named(name);
    let change = Edit::Change {
        component: component(0),
        set,
        reason: None,
    };
    Command::EditPlan {
        learner,
        expected_version: None,
        edits: vec![change],
    }
}

/// A command that synchronises everything onto everybody.
pub(crate) fn sync(kind: SyncKind) -> Command {
    let request = SyncRequest {
        session: SESSION,
        programme: PROGRAMME,
        components: Components::All,
        learners: Learners::All,
        statuses: StatusFilter::default(),
        kind,
        attributes: plansync_domain::values::attribute::AttributeSet::default(),
        confirm: None,
    };
    Command::StartSync {
        sync: SYNC,
        request,
    }
}

/// Whatever is read of the state, from both engines.
pub(crate) fn assert_same(one: &Engine, two: &Engine) {
    const WHOLE: Window = Window { skip: 0, take: 500 };
    let (tenant, actor) = (tenant(), "sam".parse().unwrap());
    let one = one.reading(&tenant, &actor).unwrap();
    let two = two.reading(&tenant, &actor).unwrap();
    assert_eq!(one.position(), two.position());
    for learner in (0..5).map(target).chain([SOURCE]) {
        let (here, there) = (
            one.plan(learner, None, WHOLE),
            two.plan(learner, None, WHOLE),
        );
        assert_eq!(here.unwrap(), there.unwrap());
        let history = one.plan_history(learner, None, WHOLE).unwrap();
        assert_eq!(history, two.plan_history(learner, None, WHOLE).unwrap());
    }
    let changes = one.recent_changes(SESSION, WHOLE).unwrap();
    assert_eq!(changes, two.recent_changes(SESSION, WHOLE).unwrap());
    assert_eq!(one.sync(SYNC).unwrap(), two.sync(SYNC).unwrap());
}
