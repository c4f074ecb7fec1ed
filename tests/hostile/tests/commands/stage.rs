//! A service on a log in memory, with a small college in it, and what must hold of everything that it took.

use std::sync::Arc;

use plansync_engine::{Config, Engine, EventBodies, Worked, replay};
use plansync_log::archive::{ArchiveReader, ArchiveWriter};
use plansync_log::memory::{MemoryCheckpoints, MemoryLog};
use plansync_log::sealing::{KeyTree, Keys, Seed};
use plansync_log::{Bodies as _, Checkpoints, LogId, Position, Read as _, Sequenced};
use plansync_protocol::{Encoding, Time};
use plansync_service::{Headers, Inbound, Place, RandomIds, Service, Verdict};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::generate::{Sent, id};

struct None;

impl Headers for None {
    fn values(&self, _name: &str) -> Vec<&str> {
        Vec::new()
    }
}

pub(crate) struct Stage {
    log: MemoryLog,
    checkpoints: Arc<MemoryCheckpoints>,
    service: Service,
}

fn opened(
    log: &MemoryLog,
    checkpoints: Option<Arc<dyn Checkpoints>>,
    encoding: Encoding,
) -> Service {
    let config = Config {
        checkpoints,
        image_commits: 1,
        keys: Arc::new(Keys::in_memory(KeyTree::begin(
            &Seed::new([7; 32]),
            Vec::new(),
        ))),
        ..Config::default()
    };
    let engine = Engine::open(Box::new(log.clone()), Arc::new(log.clone()), config).unwrap();
    Service::new(engine, encoding, Arc::new(RandomIds))
}

impl Stage {
    /// Learner, programme, component, session and sync of the number 0 are there, and a second learner.
    pub(crate) fn founded() -> Self {
        let log = MemoryLog::new(LogId::new(Uuid::from_u128(1)));
        let checkpoints = Arc::new(MemoryCheckpoints::new());
        let kept = Arc::clone(&checkpoints) as Arc<dyn Checkpoints>;
        let service = opened(&log, Some(kept), Encoding::Json);
        let stage = Self {
            log,
            checkpoints,
            service,
        };
        let put = |actor, operation, body| {
            let sent = Sent {
                actor,
                operation,
                body,
                is_packed: false,
                is_durable: false,
            };
            assert!(stage.send(1_000, &sent), "{sent:?}");
        };
        put(
            "system",
            "tenant.put",
            json!({ "marking_aid": true, "owner_rule": "keep" }),
        );
        put(
            "system",
            "administrator.put",
            json!({ "administrator": "sam", "name": "Sam", "permissions": ["supervisor"], "groups": "all" }),
        );
        put(
            "system",
            "programme.put",
            json!({ "programme": id(0), "name": "Level 3", "parent": null }),
        );
        put(
            "system",
            "template.put",
            json!({ "programme": id(0), "components": [
            { "component": id(0), "type": "review", "attributes": { "name": "Review" } } ] }),
        );
        for learner in [id(0), id(1)] {
            put(
                "system",
                "learner.put",
                json!({ "learner": learner, "name": "Ann", "case_owner": "sam", "groups": ["north"],
                "tutors": [], "enrolments": [{ "programme": id(0), "status": "active" }] }),
            );
            put(
                "system",
                "plan.instantiate",
                json!({ "learner": learner, "programme": id(0) }),
            );
        }
        put(
            "sam",
            "record.open",
            json!({ "learner": id(0), "session": id(0) }),
        );
        put(
            "sam",
            "sync.start",
            json!({ "session": id(0), "programme": id(0), "components": "all", "learners": "all",
                "type": "all_attributes", "sync": id(0) }),
        );
        stage
    }

    /// Sends a command, and works off what it began. Whether it was accepted.
    pub(crate) fn send(&self, number: usize, sent: &Sent) -> bool {
        let body = if sent.is_packed {
            rmp_serde::to_vec(&sent.body).unwrap()
        } else {
            sent.body.to_string().into_bytes()
        };
        let family = if sent.is_durable { "cmd" } else { "req" };
        let inbound = Inbound {
            subject: &format!(
                "plansync.v1.{family}.acme.{}.{}",
                sent.actor, sent.operation
            ),
            headers: &None,
            body: &body,
        };
        let before = self.log.tip().position;
        let is_accepted = if sent.is_durable {
            let sequence = u64::try_from(number).unwrap() + 1;
            let verdict = self.service.command(
                inbound,
                Place {
                    stream_created_ns: 7,
                    sequence,
                },
            );
            assert!(
                matches!(verdict, Verdict::Settled { .. }),
                "{sent:?}: {verdict:?}"
            );
            let _wrote = self.service.engine().write_step().unwrap();
            let commits = self.log.read(before.next(), 10).unwrap();
            let kinds = commits
                .iter()
                .flat_map(|commit| commit.decode().unwrap().proposal.events);
            !kinds.into_iter().any(|event| event.kind == 82)
        } else {
            let answer = self.service.request(inbound);
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            let code = answer.error.as_ref().map(|error| error.number);
            assert!(code != Some(500), "{sent:?} came to {text}");
            answer.error.is_none()
        };
        while self.service.engine().work_step().unwrap() != Worked::Nothing {}
        let _wrote = self.service.engine().write_step().unwrap();
        if is_accepted {
            is_canonical(&sent.body);
        }
        is_accepted
    }

    fn commits(&self) -> Vec<Sequenced> {
        self.log.read(Position::FIRST, usize::MAX).unwrap()
    }

    /// Each event is written again as it stands in the log, and all of it folds.
    pub(crate) fn log_is_read_as_it_was_decided(&self) {
        let commits = self.commits();
        for commit in &commits {
            let read = EventBodies.read(&commit.decode().unwrap());
            assert_eq!(read, Ok(Vec::new()), "at {}", commit.position());
        }
        assert_eq!(
            replay(&self.log, &self.service.engine().config().keys)
                .unwrap()
                .commits,
            u64::try_from(commits.len()).unwrap()
        );
    }

    pub(crate) fn backup_is_read_as_it_was_decided(&self) {
        let commits = self.commits();
        let mut writer =
            ArchiveWriter::new(Vec::new(), self.log.tip().log, &self.log.incarnations()).unwrap();
        for commit in &commits {
            writer.push(commit).unwrap();
        }
        let archive = writer.finish().unwrap();
        let mut reader = ArchiveReader::new(archive.as_slice()).unwrap();
        let read: Vec<_> = reader.by_ref().map(Result::unwrap).collect();
        assert!(read == commits, "a backup holds other commits");
        let unread = read
            .iter()
            .map(|commit| EventBodies.read(&commit.decode().unwrap()));
        assert!(unread.into_iter().all(|read| read == Ok(Vec::new())));
        assert_eq!(reader.finish().unwrap(), self.log.tip());
    }

    /// Every event there is can be published in either encoding, with days and times of the schema.
    pub(crate) fn what_is_published_is_of_the_schema(&self) {
        let json = self.service.events(Position::ZERO, usize::MAX).unwrap();
        for event in &json.events {
            is_canonical(&serde_json::from_slice(&event.body).unwrap());
        }
        let packed = opened(&self.log, Option::None, Encoding::MessagePack);
        let packed = packed.events(Position::ZERO, usize::MAX).unwrap();
        assert_eq!(packed.through, json.through);
        let same = |(one, other): (&plansync_service::Outbound, &plansync_service::Outbound)| {
            one.subject == other.subject
        };
        assert!(
            packed.events.len() == json.events.len()
                && packed.events.iter().zip(&json.events).all(same)
        );
    }

    /// The log alone, and what was kept beside it, give the state that answered.
    pub(crate) fn opens_as_it_was(&self) {
        let _kept = self.service.engine().keep_now().unwrap();
        let kept = Arc::clone(&self.checkpoints) as Arc<dyn Checkpoints>;
        for checkpoints in [Option::None, Some(kept)] {
            let again = opened(&self.log, checkpoints, Encoding::Json);
            for number in 0..4 {
                for (operation, name) in [
                    ("learner.get", "learner"),
                    ("plan.get", "learner"),
                    ("programme.get", "programme"),
                    ("template.get", "programme"),
                ] {
                    let body = json!({ name: id(number) });
                    assert_eq!(
                        read(&again, operation, &body),
                        read(&self.service, operation, &body),
                        "{operation} {number}"
                    );
                }
            }
        }
    }
}

fn read(service: &Service, operation: &str, body: &Value) -> Value {
    let answer = service.request(Inbound {
        subject: &format!("plansync.v1.req.acme.system.{operation}"),
        headers: &None,
        body: body.to_string().as_bytes(),
    });
    let reply = serde_json::from_slice(&answer.body).unwrap();
    is_canonical(&reply);
    reply
}

/// Whatever is a day or a time in it has the form of one.
fn is_canonical(value: &Value) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| {
            let attribute = map.get("attribute").and_then(Value::as_str);
            let name = if name == "after" || name == "before" {
                attribute
            } else {
                Some(name.as_str())
            };
            match (name, value.as_str()) {
                (Some("due_date"), Some(text)) => assert!(is_day(text), "{text:?} is no day"),
                (Some("review_at" | "at"), Some(text)) => {
                    assert!(Time::parse(text).is_some(), "{text:?} is no time");
                }
                _ => is_canonical(value),
            }
        }),
        Value::Array(list) => list.iter().for_each(is_canonical),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_day(text: &str) -> bool {
    let form = text.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    form && text.len() == 10 && !text.starts_with("0000")
}
