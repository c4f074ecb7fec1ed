//! A school at work: tutors who edit, an administrator who synchronises, producers of durable commands.
//! Everybody asks again under the same id until an answer is heard, and remembers it; afterwards
//! everything is accounted for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_nats::HeaderMap;
use plansync_tests::client::{Answer, Client};
use plansync_tests::college::{PROGRAMME, SOURCE, component, found, target};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::stream::{Told, events, settled};

pub(super) const COMPONENTS: u128 = 12;
pub(super) const TARGETS: u128 = 24;
const TUTORS: u128 = 12;
const PRODUCERS: u128 = 4;
/// How long an answer is waited for before the same is asked again.
const PATIENCE: Duration = Duration::from_millis(400);

/// A command that was answered.
#[derive(Debug, Clone)]
struct Done {
    actor: &'static str,
    operation: &'static str,
    body: Value,
    reply: Value,
}

/// The school, while it works.
pub(super) struct School {
    stop: Arc<AtomicBool>,
    people: JoinSet<Vec<Done>>,
    answered: Arc<AtomicU64>,
}

/// What everybody remembers.
#[derive(Debug)]
pub(super) struct Memory {
    done: Vec<Done>,
}

/// How much was accounted for.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Accounts {
    pub(super) commands: usize,
    pub(super) syncs: usize,
    pub(super) outcomes: u64,
    pub(super) events: usize,
}

/// A command that is asked again until it is answered; none where it is refused.
async fn insist(
    client: &Client,
    actor: &'static str,
    operation: &'static str,
    body: &Value,
) -> Option<Done> {
    loop {
        match client
            .try_ask(actor, operation, body.clone(), PATIENCE)
            .await
        {
            None => tokio::time::sleep(Duration::from_millis(20)).await,
            Some(Err((code, _))) if code == "overloaded" || code == "unavailable" => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Some(Err((code, error))) => {
                assert_eq!(code, "no_recent_changes", "{operation} {body}: {error}");
                return None;
            }
            Some(Ok(reply)) => {
                let body = body.clone();
                return Some(Done {
                    actor,
                    operation,
                    body,
                    reply,
                });
            }
        }
    }
}

fn rename(learner: Uuid, which: u128, id: Uuid) -> Value {
    let set = json!({"name": format!("Name {id}")});
    let edits = json!([{"op": "change", "component": component(which % COMPONENTS), "set": set}]);
    json!({"learner": learner, "edits": edits, "command_id": id})
}

/// A tutor edits one plan, and now and then says something twice at once.
async fn tutor(
    client: Client,
    number: u128,
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
) -> Vec<Done> {
    let mut done = Vec::new();
    let mut round = 0;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        let id = Uuid::from_u128((0xed17 << 64) + (number << 32) + round);
        let body = rename(target(number), round, id);
        if round.is_multiple_of(5) {
            let twice = tokio::join!(
                insist(&client, "alice", "plan.edit", &body),
                insist(&client, "alice", "plan.edit", &body)
            );
            let (Some(one), Some(other)) = twice else {
                panic!("an edit was refused")
            };
            assert_eq!(one.reply["version"], other.reply["version"], "{body}");
            done.push(one);
        } else {
            done.extend(insist(&client, "alice", "plan.edit", &body).await);
        }
        answered.fetch_add(1, Ordering::Relaxed);
    }
    done
}

/// Durable commands on plans of their own; the stream keeps them.
async fn producer(
    client: Client,
    number: u128,
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
) -> Vec<Done> {
    let jetstream = async_nats::jetstream::new(client.nats.clone());
    let mut done = Vec::new();
    let mut round = 0;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        let id = Uuid::from_u128((0xd07a << 64) + (number << 32) + round);
        let body = rename(target(TUTORS + number), round, id);
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", id.to_string());
        let subject = "plansync.v1.cmd.northgate.alice.plan.edit";
        loop {
            let payload = body.to_string().into();
            let sent = jetstream.publish_with_headers(subject, headers.clone(), payload);
            let stored = async { sent.await.ok()?.await.ok() };
            if let Ok(Some(_)) = tokio::time::timeout(PATIENCE, stored).await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Asked as a request it gives its first answer, once it was decided.
        done.extend(insist(&client, "alice", "plan.edit", &body).await);
        answered.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    done
}

/// The administrator changes the source and synchronises everybody, over and over.
async fn administrator(
    client: Client,
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
) -> Vec<Done> {
    let session = Uuid::from_u128(0x5e55);
    let open =
        json!({"learner": SOURCE, "session": session, "command_id": Uuid::from_u128(0x09e4)});
    let mut done: Vec<Done> = insist(&client, "sam", "record.open", &open)
        .await
        .into_iter()
        .collect();
    let mut round = 0;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        let id = Uuid::from_u128((0xad31 << 64) + round);
        done.extend(insist(&client, "sam", "plan.edit", &rename(SOURCE, round, id)).await);
        let sync = Uuid::from_u128((0x5c << 64) + round);
        let types = ["all_attributes", "changes_only"];
        let start = json!({
            "session": session, "programme": PROGRAMME, "components": "all", "learners": "all",
            "type": types[usize::from(round.is_multiple_of(2))], "sync": sync,
            "command_id": Uuid::from_u128((0x57a7 << 64) + round),
        });
        done.extend(insist(&client, "sam", "sync.start", &start).await);
        answered.fetch_add(1, Ordering::Relaxed);
        while !stop.load(Ordering::Relaxed) {
            let got = client
                .try_ask("sam", "sync.get", json!({"sync": sync}), PATIENCE)
                .await;
            if got
                .and_then(Result::ok)
                .is_some_and(|got| got["state"] != "running")
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    done
}

impl School {
    /// Founds it, and everybody goes to work.
    pub(super) async fn open(client: &Client) -> Self {
        found(client, COMPONENTS, TARGETS).await;
        let mut school = Self {
            stop: Arc::default(),
            people: JoinSet::new(),
            answered: Arc::default(),
        };
        let (stop, answered) = (&school.stop, &school.answered);
        for number in 0..TUTORS {
            let work = tutor(
                client.clone(),
                number,
                Arc::clone(stop),
                Arc::clone(answered),
            );
            school.people.spawn(work);
        }
        for number in 0..PRODUCERS {
            let work = producer(
                client.clone(),
                number,
                Arc::clone(stop),
                Arc::clone(answered),
            );
            school.people.spawn(work);
        }
        let work = administrator(client.clone(), Arc::clone(stop), Arc::clone(answered));
        school.people.spawn(work);
        school
    }

    /// How many commands were answered so far.
    pub(super) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// Everybody gets the answers that they wait for, and goes home.
    pub(super) async fn close(mut self) -> Memory {
        self.stop.store(true, Ordering::Relaxed);
        let mut done = Vec::new();
        while let Some(theirs) = self.people.join_next().await {
            done.extend(theirs.unwrap());
        }
        Memory { done }
    }
}

impl Memory {
    /// Accounts for everything, over the wire: each command once and with its first answer, each
    /// sync with one outcome a pair, each event once and in order.
    pub(super) async fn account(&self, client: &Client) -> Accounts {
        let mut accounts = Accounts {
            commands: self.done.len(),
            ..Accounts::default()
        };
        for done in &self.done {
            let mut again = answer(
                client
                    .ask(done.actor, done.operation, done.body.clone())
                    .await,
            );
            assert_eq!(again["duplicate"], true, "{} {}", done.operation, done.body);
            let mut first = done.reply.clone();
            for reply in [&mut again, &mut first] {
                reply.as_object_mut().unwrap().remove("duplicate");
            }
            assert_eq!(again, first, "{} {}", done.operation, done.body);
        }
        for sync in self.syncs() {
            let found = client.finished("sam", &json!(sync)).await;
            assert_eq!(found["state"], "completed", "{found}");
            accounts.syncs += 1;
            accounts.outcomes += outcomes(client, sync).await;
        }
        settled(client).await;
        self.histories(client).await;
        accounts.events = self.events(client).await;
        accounts
    }

    fn syncs(&self) -> Vec<Uuid> {
        let starts = self
            .done
            .iter()
            .filter(|done| done.operation == "sync.start");
        starts
            .map(|done| done.body["sync"].as_str().unwrap().parse().unwrap())
            .collect()
    }

    /// Every edit that was answered is in its plan's history once, at the version that was answered.
    async fn histories(&self, client: &Client) {
        let mut edits: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for done in self
            .done
            .iter()
            .filter(|done| done.operation == "plan.edit")
        {
            let text = |field: &str| done.body[field].as_str().unwrap().to_owned();
            let version = done.reply["version"].as_u64().unwrap();
            edits
                .entry(text("learner"))
                .or_default()
                .insert(text("command_id"), version);
        }
        for (learner, answered) in edits {
            let mut found = BTreeMap::new();
            for item in whole(
                client,
                "system",
                "plan.history",
                json!({"learner": learner}),
            )
            .await
            {
                let is_edit = item["changes"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|change| change.get("component").is_some());
                if item["sync"].is_null() && is_edit {
                    let id = item["command_id"].as_str().unwrap().to_owned();
                    let twice = found.insert(id.clone(), item["version"].as_u64().unwrap());
                    assert_eq!(twice, None, "{id} was applied twice");
                }
            }
            assert_eq!(found, answered, "of {learner}");
        }
    }

    /// Every command and every sync was told of, once, in the order of the log.
    async fn events(&self, client: &Client) -> usize {
        let told = events(client).await;
        let mut positions = BTreeSet::new();
        let mut last = 0;
        let mut of_command: BTreeMap<&str, usize> = BTreeMap::new();
        let mut of_sync: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for Told {
            position,
            kind,
            correlation,
            subject,
        } in &told
        {
            assert!(*position > last, "{position} comes after {last}");
            last = *position;
            assert!(positions.insert(*position), "{position} was told twice");
            *of_sync.entry((kind, subject)).or_default() += 1;
            if kind == "plansync.v1.plan.changed" {
                *of_command.entry(correlation).or_default() += 1;
            }
        }
        for done in self
            .done
            .iter()
            .filter(|done| done.operation == "plan.edit")
        {
            let id = done.body["command_id"].as_str().unwrap();
            assert_eq!(of_command.get(id), Some(&1), "events of the edit {id}");
        }
        for sync in self.syncs() {
            let sync = sync.to_string();
            for (kind, count) in [("started", 1), ("target", targets()), ("completed", 1)] {
                let kind = format!("plansync.v1.sync.{kind}");
                let found = of_sync.get(&(kind.as_str(), sync.as_str()));
                assert_eq!(found, Some(&count), "{kind} of {sync}");
            }
        }
        told.len()
    }
}

/// Everybody on the programme but the source, who is left out of "all".
fn targets() -> usize {
    usize::try_from(TARGETS).unwrap()
}

/// One outcome for every component and learner, and no pair twice.
async fn outcomes(client: &Client, sync: Uuid) -> u64 {
    let mut pairs = BTreeSet::new();
    for item in whole(client, "sam", "sync.outcomes", json!({"sync": sync})).await {
        let text = |field: &str| item[field].as_str().unwrap().to_owned();
        let pair = (text("learner"), text("component"));
        assert!(pairs.insert(pair.clone()), "{pair:?} came out twice");
    }
    let wanted = COMPONENTS * TARGETS;
    assert_eq!(
        u128::try_from(pairs.len()).unwrap(),
        wanted,
        "pairs of {sync}"
    );
    u64::try_from(wanted).unwrap()
}

/// All pages of a list.
async fn whole(client: &Client, actor: &str, operation: &str, body: Value) -> Vec<Value> {
    let mut items = Vec::new();
    for page in 1.. {
        let mut of = body.clone();
        of["page"] = json!(page);
        of["page_size"] = json!(500);
        let reply = answer(client.ask(actor, operation, of).await);
        let more = reply["items"].as_array().unwrap().clone();
        if more.is_empty() {
            break;
        }
        items.extend(more);
    }
    items
}

fn answer(answer: Answer) -> Value {
    answer.unwrap_or_else(|(_, error)| panic!("{error}"))
}
