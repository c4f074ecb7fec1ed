//! Every event of the stream, read through the types of the protocol and held against the model.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::stream::Stream;
use futures_util::StreamExt as _;
use plansync_model::sync::targets;
use plansync_protocol::Encoding;
use plansync_protocol::event::{
    CommandAccepted, CommandRejected, LearnerErased, PlanChanged, RecordMoved, SyncAccepted,
    SyncEnded, SyncTarget,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::college::College;
use super::typed::{accepted, shown};
use super::wire::{Wire, encoding_of};

/// Events by tenant, in their order: what happened, and the body.
#[derive(Debug, Default)]
pub(super) struct Told {
    events: BTreeMap<String, Vec<(String, Value)>>,
}

async fn stream(wire: &Wire) -> Stream {
    let jetstream = async_nats::jetstream::new(wire.client.nats.clone());
    jetstream.get_stream("PLANSYNC_EVENTS").await.unwrap()
}

/// Waits until the relay has told of something that is done for that.
pub(super) async fn settled(wire: &Wire, college: &mut College) {
    let (id, tenant) = (Uuid::new_v4(), college.tenant);
    let settings = college.model.settings.clone().unwrap();
    let ask = plansync_model::ask::Ask::PutTenant(settings);
    let mut body = serde_json::to_value(&ask).unwrap();
    body["command_id"] = json!(id);
    college.model.ask("system", &ask).unwrap();
    let stream = stream(wire).await;
    let about = format!("plansync.v1.evt.{tenant}.command.{id}.accepted");
    let jetstream = async_nats::jetstream::new(wire.client.nats.clone());
    let subject = format!("plansync.v1.cmd.{tenant}.system.tenant.put");
    let sent = jetstream.publish(subject, body.to_string().into());
    sent.await.unwrap().await.unwrap();
    college.durable.0 += 1;
    let patience = Instant::now() + Duration::from_mins(2);
    while stream
        .get_last_raw_message_by_subject(&about)
        .await
        .is_err()
    {
        assert!(
            Instant::now() < patience,
            "the relay does not come to the end"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

impl Told {
    /// Reads the whole stream.
    pub(super) async fn read(&mut self, wire: &Wire) {
        let stream = stream(wire).await;
        let mut left = stream.get_info().await.unwrap().state.messages;
        let config = pull::OrderedConfig {
            deliver_policy: DeliverPolicy::All,
            ..pull::OrderedConfig::default()
        };
        let consumer = stream.create_consumer(config).await.unwrap();
        let mut messages = consumer.messages().await.unwrap();
        let mut last = 0;
        while left > 0 {
            let message = messages.next().await.unwrap().unwrap();
            let header = |name: &str| {
                let headers = message.headers.as_ref().unwrap();
                headers.get(name).unwrap().as_str().to_owned()
            };
            let position: u64 = header("ce-position").parse().unwrap();
            assert!(position > last, "{position} comes after {last}");
            last = position;
            let kind = header("ce-type").replace("plansync.v1.", "");
            let body = body(&kind, encoding_of(&message), &message.payload);
            let tenant = header("ce-source").replace("/plansync/", "");
            self.events.entry(tenant).or_default().push((kind, body));
            left -= 1;
        }
    }

    pub(super) fn count(&self) -> usize {
        self.events.values().map(Vec::len).sum()
    }

    /// How many there are of each kind.
    pub(super) fn kinds(&self) -> BTreeMap<&str, usize> {
        let mut kinds = BTreeMap::new();
        for (kind, _) in self.events.values().flatten() {
            *kinds.entry(kind.as_str()).or_default() += 1;
        }
        kinds
    }

    fn of<'a>(&'a self, tenant: &str, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        let events = self.events.get(tenant).into_iter().flatten();
        events
            .filter(move |(one, _)| one == kind)
            .map(|(_, body)| body)
    }

    /// Holds what was told of a college against its model.
    pub(super) fn check(&self, college: &College) {
        self.check_plans(college);
        self.check_syncs(college);
        let tenant = college.tenant;
        let opened = self.of(tenant, "record.opened");
        let opened: BTreeSet<&str> = opened.map(|body| text(body, "session")).collect();
        let sessions = college.model.sessions.keys().map(ToString::to_string);
        let sessions: Vec<String> = sessions.collect();
        assert_eq!(opened, sessions.iter().map(String::as_str).collect());
        let commands = (
            self.of(tenant, "command.accepted").count(),
            self.of(tenant, "command.rejected").count(),
        );
        assert_eq!(commands, college.durable, "durable commands of {tenant}");
    }

    /// Every version of every plan was told of once and in order, by an edit or by a sync.
    fn check_plans(&self, college: &College) {
        let mut versions: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for (kind, body) in &self.events[college.tenant] {
            let moves = kind == "plan.changed" || kind == "sync.target";
            if let (true, Some(version)) = (moves, body["version"].as_u64()) {
                let of = versions.entry(text(body, "learner")).or_default();
                of.push(version);
            }
        }
        for (learner, plan) in &college.model.plans {
            let found = versions.remove(learner.to_string().as_str());
            let last = u64::try_from(plan.version()).unwrap();
            let wanted: Vec<u64> = (1..=last).collect();
            assert_eq!(found.unwrap_or_default(), wanted, "versions of {learner}");
        }
        assert_eq!(versions, BTreeMap::new(), "plans that nobody has");
    }

    /// Every sync was told of: its beginning, each target with its counts, its end.
    fn check_syncs(&self, college: &College) {
        let tenant = college.tenant;
        for (sync, found) in &college.model.syncs {
            let id = sync.to_string();
            let of = |kind: &'static str| {
                let events = self.of(tenant, kind);
                events.filter(|body| text(body, "sync") == id)
            };
            assert_eq!(of("sync.started").count(), 1, "beginnings of {sync}");
            let ends = of("sync.completed").chain(of("sync.cancelled"));
            let states: Vec<&str> = ends.map(|body| text(body, "state")).collect();
            assert_eq!(states, [found.state], "ends of {sync}");
            let mut told: BTreeMap<String, Value> = BTreeMap::new();
            for body in of("sync.target") {
                let counts = json!([body["applied"], body["unchanged"], body["skipped"]]);
                let twice = told.insert(text(body, "learner").to_owned(), counts);
                assert_eq!(twice, None, "a target of {sync} was told of twice");
            }
            let mut wanted: BTreeMap<String, Value> = BTreeMap::new();
            for learner in targets(&found.terms) {
                let pairs = found.outcomes.iter().filter(|pair| pair.learner == learner);
                let (mut applied, mut unchanged) = (0, 0);
                let mut skipped: BTreeMap<&str, u64> = BTreeMap::new();
                for pair in pairs {
                    match pair.reason {
                        Some(reason) => *skipped.entry(reason).or_default() += 1,
                        None if pair.outcome == "applied" => applied += 1,
                        None => unchanged += 1,
                    }
                }
                wanted.insert(learner.to_string(), json!([applied, unchanged, skipped]));
            }
            assert_eq!(told, wanted, "targets of {sync}");
        }
    }
}

fn text<'a>(body: &'a Value, field: &str) -> &'a str {
    body[field].as_str().unwrap()
}

/// The body of an event, which must be one of its kind.
fn body(kind: &str, encoding: Encoding, bytes: &[u8]) -> Value {
    match kind {
        "learner.erased" => shown::<LearnerErased>(encoding, bytes),
        "plan.changed" => shown::<PlanChanged>(encoding, bytes),
        "record.opened" | "record.closed" => shown::<RecordMoved>(encoding, bytes),
        "sync.started" => shown::<SyncAccepted>(encoding, bytes),
        "sync.target" => shown::<SyncTarget>(encoding, bytes),
        "sync.completed" | "sync.cancelled" => shown::<SyncEnded>(encoding, bytes),
        "command.rejected" => shown::<CommandRejected>(encoding, bytes),
        "command.accepted" => {
            type Named = CommandAccepted<serde::de::IgnoredAny>;
            let named = plansync_protocol::decode_known::<Named>(encoding, bytes).unwrap();
            accepted(&named.operation, encoding, bytes)
        }
        other => panic!("an event of an unknown kind: {other}"),
    }
}
