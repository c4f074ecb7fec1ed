//! Given, when, then: the tests of rules, over whole lists of events.
//!
//! Test code only. Given events are folded as from a log; a command goes the usual way: it is
//! admitted, then decided.

mod image;
pub(crate) mod sync;

use std::hash::{DefaultHasher, Hash, Hasher};

use uuid::Uuid;

use crate::access::admission::admit;
use crate::command::Command;
use crate::command::context::Context;
use crate::command::decided::Decided;
use crate::command::limits::Limits;
use crate::command::rejection::Rejection;
use crate::command::undecided::Undecided;
use crate::decide::decide;
use crate::event::command_outcome::CommandOutcome;
use crate::event::{AdministratorPut, Event, LearnerPut, ProgrammePut, TemplatePut};
use crate::ids::digest::Digest;
use crate::ids::position::Position;
use crate::ids::stream::Stream;
use crate::ids::version::Version;
use crate::ids::{Actor, AdministratorId, ComponentId, LearnerId, ProgrammeId, SessionId, SyncId};
use crate::judging::baseline::Baseline;
use crate::permission::Permission;
use crate::reference::administrator::{Administrator, Groups};
use crate::reference::learner::{Enrolment, EnrolmentStatus, Learner};
use crate::reference::programme::Programme;
use crate::reference::settings::{IdleHours, OwnerRule, TenantSettings};
use crate::reference::template::TemplateComponent;
use crate::state::evolve::evolve;
use crate::state::tenant::Tenant;
use crate::sync::change_set::ChangeSet;
use crate::sync::request::SyncRequest;
use crate::time::log_time::{LogTime, Stamp};
use crate::values::attribute::Attribute;
use crate::values::attributes::AttributeMap;
use crate::values::value::Value;

/// The learner with a number.
pub(crate) fn learner(number: u128) -> LearnerId {
    LearnerId::from_uuid(Uuid::from_u128(0x1000_0000 + number))
}

/// The programme with a number.
pub(crate) fn programme(number: u128) -> ProgrammeId {
    ProgrammeId::from_uuid(Uuid::from_u128(0x2000_0000 + number))
}

/// The component with a number. Ids are in the order of their numbers.
pub(crate) fn component(number: u128) -> ComponentId {
    ComponentId::from_uuid(Uuid::from_u128(0x3000_0000 + number))
}

/// The record session with a number.
pub(crate) fn session(number: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(0x4000_0000 + number))
}

/// The sync with a number.
pub(crate) fn sync(number: u128) -> SyncId {
    SyncId::from_uuid(Uuid::from_u128(0x5000_0000 + number))
}

/// The administrator with a name.
pub(crate) fn administrator(name: &str) -> AdministratorId {
    name.parse().unwrap()
}

/// The administrator with a name, as an actor.
pub(crate) fn actor(name: &str) -> Actor {
    Actor::Administrator(administrator(name))
}

/// Attributes with their values.
pub(crate) fn attributes<const N: usize>(pairs: [(Attribute, Value); N]) -> AttributeMap {
    pairs.into_iter().collect()
}

/// The attributes of a component with only a name.
pub(crate) fn named(name: &str) -> AttributeMap {
    attributes([(Attribute::Name, name.into())])
}

/// A component of a template with only a name.
pub(crate) fn template_component(number: u128, component_type: &str) -> TemplateComponent {
    TemplateComponent {
        component: component(number),
        component_type: component_type.parse().unwrap(),
        attributes: named(&format!("Component {number}")),
    }
}

/// The events so far.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) tenant: Tenant,
    pub(crate) limits: Limits,
    /// Every commit, in the order of the log.
    pub(crate) commits: Vec<(Actor, Stream, Vec<Event>)>,
    /// The log time, which only `hours_later` advances.
    pub(crate) now: LogTime,
}

/// A tenant with Marking Aid and the owner rule `keep`.
pub(crate) fn given() -> Given {
    let unput = Given {
        tenant: Tenant::default(),
        limits: Limits::default(),
        commits: Vec::new(),
        now: LogTime::default(),
    };
    unput.settings(true, OwnerRule::Keep)
}

impl Given {
    /// The same, this many hours later.
    pub(crate) fn hours_later(mut self, hours: u16) -> Self {
        self.now = LogTime::from_micros(self.now.micros() + i64::from(hours) * 3_600_000_000);
        self
    }

    /// Position and time of the next commit.
    fn stamp(&self) -> Stamp {
        Stamp {
            position: Position::new(self.position().get() + 1),
            time: self.now,
        }
    }

    /// Adds a commit.
    pub(crate) fn commit(mut self, by: &Actor, stream: &Stream, events: &[Event]) -> Self {
        let version = self.tenant.version_of(stream) + 1;
        let stamp = self.stamp();
        evolve(&mut self.tenant, (stream, version), stamp, by, events);
        self.commits
            .push((by.clone(), stream.clone(), events.to_vec()));
        self
    }

    /// I1: folding the stored commits again, from nothing, gives every plan and every count again.
    #[track_caller]
    pub(crate) fn assert_refolds(&self) {
        let mut again = Tenant::default();
        for (index, (by, stream, events)) in (1..).zip(&self.commits) {
            let stamp = Stamp {
                position: Position::new(index),
                ..Stamp::default()
            };
            let events: Vec<Event> = events.iter().map(stored).collect();
            let version = again.version_of(stream) + 1;
            evolve(&mut again, (stream, version), stamp, by, &events);
        }
        for (learner, _) in self.tenant.learners() {
            let plans = [&self.tenant, &again].map(|tenant| format!("{:?}", tenant.plan(learner)));
            assert_eq!(plans[0], plans[1]);
        }
        let tallies = |tenant: &Tenant| -> Vec<_> {
            let syncs = tenant.syncs().iter();
            syncs
                .map(|sync| (sync.id(), sync.status(), sync.tally()))
                .collect()
        };
        assert_eq!(tallies(&again), tallies(&self.tenant));
        self.assert_comes_back();
        self.assert_goes_on_anew();
    }

    pub(crate) fn settings(self, marking_aid: bool, owner_rule: OwnerRule) -> Self {
        let settings = TenantSettings {
            marking_aid,
            owner_rule,
            record_idle_hours: IdleHours::default(),
        };
        self.commit(
            &Actor::System,
            &Stream::Tenant,
            &[Event::TenantPut(settings)],
        )
    }

    /// An administrator who sees every learner.
    pub(crate) fn administrator<const N: usize>(self, name: &str, held: [Permission; N]) -> Self {
        self.administrator_of(name, held, Groups::All)
    }

    pub(crate) fn administrator_of<const N: usize>(
        self,
        name: &str,
        held: [Permission; N],
        groups: Groups,
    ) -> Self {
        let put = AdministratorPut {
            administrator: administrator(name),
            record: Administrator {
                name: name.into(),
                permissions: held.into_iter().collect(),
                groups,
            },
        };
        let stream = Stream::Administrator(administrator(name));
        self.commit(&Actor::System, &stream, &[Event::AdministratorPut(put)])
    }

    /// A delivery programme.
    pub(crate) fn programme(self, number: u128) -> Self {
        self.programme_under(number, None)
    }

    pub(crate) fn programme_under(self, number: u128, parent: Option<u128>) -> Self {
        let put = ProgrammePut {
            programme: programme(number),
            record: Programme {
                name: format!("Programme {number}"),
                parent: parent.map(programme),
            },
        };
        let stream = Stream::Programme(programme(number));
        self.commit(&Actor::System, &stream, &[Event::ProgrammePut(put)])
    }

    pub(crate) fn template<const N: usize>(
        self,
        number: u128,
        components: [TemplateComponent; N],
    ) -> Self {
        let put = TemplatePut {
            programme: programme(number),
            components: components.into(),
        };
        let stream = Stream::Programme(programme(number));
        self.commit(&Actor::System, &stream, &[Event::TemplatePut(put)])
    }

    /// A learner in no group, actively enrolled on these programmes.
    pub(crate) fn learner<const N: usize>(self, number: u128, programmes: [u128; N]) -> Self {
        self.learner_as(number, |record| {
            record.enrolments = programmes.map(active).into();
        })
    }

    pub(crate) fn learner_as(self, number: u128, change: impl FnOnce(&mut Learner)) -> Self {
        let mut record = Learner {
            name: format!("Learner {number}").as_str().into(),
            case_owner: None,
            groups: Vec::new(),
            tutors: Vec::new(),
            enrolments: Vec::new(),
        };
        change(&mut record);
        let put = LearnerPut {
            learner: learner(number),
            record,
        };
        let stream = Stream::Learner(learner(number));
        self.commit(&Actor::System, &stream, &[Event::LearnerPut(put)])
    }

    /// The context of a decision now.
    pub(crate) fn context<'a>(&'a self, actor: &'a Actor) -> Context<'a> {
        Context {
            actor,
            limits: &self.limits,
            position: self.position(),
            digest: &digest,
            closed_session: None,
        }
    }

    /// Whether the log has a session that the state does not remember.
    fn was_closed(&self, session: SessionId) -> bool {
        let stream = Stream::Record(session);
        let was_opened = self.commits.iter().any(|(_, known, _)| *known == stream);
        was_opened && self.tenant.session(session).is_none()
    }

    /// The end of the log.
    pub(crate) fn position(&self) -> Position {
        Position::new(self.commits.len().try_into().unwrap())
    }

    /// The number of commits on a stream at a position.
    fn version_at(&self, stream: &Stream, position: Position) -> u64 {
        let count = usize::try_from(position.get()).unwrap();
        let commits = self.commits[..count].iter();
        let own = commits.filter(|(_, known, _)| known == stream);
        own.count().try_into().unwrap()
    }

    /// The versions of the streams of a target at a position.
    pub(crate) fn baseline(&self, learner: LearnerId, position: Position) -> Baseline {
        let plan = self.version_at(&Stream::Plan(learner), position);
        Baseline {
            tenant: self.version_at(&Stream::Tenant, position),
            learner: self.version_at(&Stream::Learner(learner), position),
            plan: Version::of_stream(plan),
        }
    }

    /// The decision on a command that is sent now.
    pub(crate) fn when(&self, by: &Actor, command: &Command) -> When {
        let context = Context {
            closed_session: command
                .session_begun()
                .filter(|session| self.was_closed(*session)),
            ..self.context(by)
        };
        let admitted = admit(&self.tenant, by, command);
        When(admitted.and_then(|()| {
            let decided = decide(&self.tenant, &context, command);
            decided.map_err(rejection)
        }))
    }

    /// Sends a command that is accepted, and commits it.
    #[track_caller]
    pub(crate) fn done(self, by: &Actor, command: &Command) -> Self {
        match self.when(by, command).0 {
            Ok(Decided::Events { stream, events }) => self.commit(by, &stream, &events),
            Ok(Decided::Displacing { displaced, opened }) => {
                let (closing, opening) = (displaced.session, opened.session);
                let closed = [Event::RecordClosed(displaced)];
                self.commit(by, &Stream::Record(closing), &closed).commit(
                    by,
                    &Stream::Record(opening),
                    &[Event::RecordOpened(opened)],
                )
            }
            other => panic!("{command:?} came to {other:?}"),
        }
    }
}

/// The rejection of something that is refused while all plans are resident.
#[track_caller]
pub(crate) fn rejection(undecided: Undecided) -> Rejection {
    match undecided {
        Undecided::Rejected(rejection) => rejection,
        Undecided::NotResident(not_resident) => panic!("{not_resident}"),
    }
}

/// A digest that differs if request or change set differ.
pub(crate) fn digest(request: &SyncRequest, change_set: &ChangeSet) -> Option<Digest> {
    let mut bytes = [0; 32];
    for (index, part) in bytes.chunks_exact_mut(8).enumerate() {
        let mut hasher = DefaultHasher::new();
        let asked = rmp_serde::to_vec_named(request).ok()?;
        let replayed = rmp_serde::to_vec_named(change_set).ok()?;
        (index, asked, replayed).hash(&mut hasher);
        part.copy_from_slice(&hasher.finish().to_be_bytes());
    }
    Some(Digest::new(bytes))
}

/// An event as it is read back from the log.
fn stored(event: &Event) -> Event {
    let body = rmp_serde::to_vec_named(event).unwrap();
    let mut bytes = rmp_serde::Deserializer::new(body.as_slice());
    Event::deserialize_body(event.kind(), &mut bytes).unwrap()
}

/// An active enrolment.
pub(crate) fn active(number: u128) -> Enrolment {
    Enrolment {
        programme: programme(number),
        status: EnrolmentStatus::Active,
    }
}

/// The decision on a command.
#[derive(Debug)]
pub(crate) struct When(pub(crate) Result<Decided, Rejection>);

impl When {
    /// It was accepted with exactly these events.
    #[track_caller]
    pub(crate) fn then<const N: usize>(self, stream: Stream, events: [Event; N]) {
        let events = events.into();
        assert_eq!(self.0, Ok(Decided::Events { stream, events }));
    }

    /// It was accepted and changes nothing.
    #[track_caller]
    pub(crate) fn then_unchanged(self, outcome: CommandOutcome) {
        assert_eq!(self.0, Ok(Decided::Unchanged(outcome)));
    }

    /// It was refused with this rejection.
    #[track_caller]
    pub(crate) fn then_refused(self, rejection: Rejection) {
        assert_eq!(self.0, Err(rejection));
    }
}
