//! The check of a whole log: nothing differs in an engine that is right, and whatever is wrong is found: every part of
//! a checkpoint, images of plans, each index, and the chain.

mod indexes;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plansync_domain::command::Command;
use plansync_domain::ids::SessionId;
use plansync_domain::reference::learner::Learner;
use plansync_domain::sync::request::SyncKind;
use plansync_engine::{CheckError, Checked, Config, Difference, DifferenceKind, Engine};
use plansync_log::memory::{MemoryCheckpoints, MemoryLog};
use plansync_log::sealing::Keys;
use plansync_log::{
    Checkpoint, CheckpointError, Checkpoints, ImagePlace, Position, Read, StreamKind,
};
use rmpv::Value;
use uuid::Uuid;

use crate::stage::{SESSION, SOURCE, SYNC, Stage, config, rename, sync, target};

/// A college in which everything has happened that a state has a part for, and its stored state.
struct Kept {
    stage: Stage,
    checkpoints: MemoryCheckpoints,
}

fn kept() -> Kept {
    let checkpoints = MemoryCheckpoints::new();
    let config = Config {
        checkpoints: Some(Arc::new(checkpoints.clone())),
        image_commits: 1,
        // What is stored is changed here, and sealed states cannot be.
        keys: Arc::new(Keys::only_read(None)),
        ..config()
    };
    let mut stage = Stage::college_with(config);
    stage.rename("New");
    let moved = Command::PutLearner {
        learner: target(3),
        record: Learner {
            name: "Learner".into(),
            case_owner: Some("sam".parse().unwrap()),
            groups: Vec::new(),
            tutors: vec!["tom".parse().unwrap()],
            enrolments: Vec::new(),
        },
    };
    stage.system(moved);
    let session = SessionId::from_uuid(Uuid::from_u128(0x5e2));
    let learner = target(0);
    stage
        .next_as("sam", &Command::OpenRecord { learner, session })
        .unwrap();
    stage
        .next_as("sam", &Command::CloseRecord { session })
        .unwrap();
    stage.next_as("sam", &sync(SyncKind::ChangesOnly)).unwrap();
    stage.work();
    stage.next_as("sam", &rename(SOURCE, "Newer")).unwrap();
    stage.write();
    stage.engine.keep_now().unwrap();
    // Some commits are behind the checkpoint.
    stage.next_as("sam", &rename(target(1), "Later")).unwrap();
    stage.write();
    Kept { stage, checkpoints }
}

/// What an engine answers that begins with a checkpoint.
fn view(log: Arc<dyn Read>, checkpoints: Arc<dyn Checkpoints>) -> Engine {
    let config = Config {
        checkpoints: Some(checkpoints),
        image_commits: 1,
        // What is stored is changed here, and sealed states cannot be.
        keys: Arc::new(Keys::only_read(None)),
        ..config()
    };
    Engine::view(log, config).unwrap()
}

/// Everything that the parts found.
fn checked(engine: &Engine, parts: u32) -> Vec<Result<Checked, Difference>> {
    let check = engine.check(parts);
    let go_on = &mut |_| ControlFlow::Continue(());
    (0..check.parts())
        .map(|part| check.part(part, go_on).unwrap())
        .collect()
}

fn found(engine: &Engine) -> Option<Difference> {
    checked(engine, 2).into_iter().find_map(Result::err)
}

impl Kept {
    fn log(&self) -> Arc<MemoryLog> {
        Arc::new(self.stage.log.clone())
    }
}

#[test]
fn nothing_differs_in_any_number_of_parts_with_and_without_stored_state() {
    let kept = kept();
    let plain = Engine::view(kept.log(), config()).unwrap();
    for engine in [view(kept.log(), Arc::new(kept.checkpoints.clone())), plain] {
        for parts in [1, 2, 3, 7] {
            let checked = checked(&engine, parts);
            let each: Vec<Checked> = checked.into_iter().map(Result::unwrap).collect();
            let commits = kept.stage.log.tip().position.get();
            assert!(each.iter().all(|part| part.commits == commits));
            let plans: u64 = each.iter().map(|part| part.plans).sum();
            let lookups: u64 = each.iter().map(|part| part.lookups).sum();
            assert_eq!((plans, lookups), (6, 2 * commits), "{parts} parts");
        }
    }
}

#[test]
fn an_engine_that_serves_is_checked_as_it_is_and_nothing_is_written() {
    let kept = kept();
    let tip = kept.stage.log.tip();
    assert_eq!(found(&kept.stage.engine), None);
    assert_eq!(kept.stage.log.tip(), tip);
}

#[test]
fn a_check_can_be_interrupted() {
    let kept = kept();
    let check = kept.stage.engine.check(1);
    let interrupted = check.part(0, &mut |_| ControlFlow::Break(()));
    let at = matches!(interrupted, Err(CheckError::Interrupted(Position::ZERO)));
    assert!(at, "{interrupted:?}");
}

/// Stored state that a test changes.
struct Changed {
    newest: Checkpoint,
    images: MemoryCheckpoints,
    image: fn(Vec<u8>) -> Vec<u8>,
}

impl Checkpoints for Changed {
    fn newest(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        Ok(Some(self.newest.clone()))
    }

    fn write_images(&self, _images: &[Vec<u8>]) -> Result<Vec<ImagePlace>, CheckpointError> {
        panic!("a check writes no images")
    }

    fn image(&self, place: ImagePlace) -> Result<Vec<u8>, CheckpointError> {
        self.images.image(place).map(self.image)
    }

    fn write(
        &self,
        _checkpoint: &Checkpoint,
        _live: &BTreeSet<u64>,
    ) -> Result<(), CheckpointError> {
        panic!("a check writes no checkpoint")
    }
}

fn decode(bytes: &[u8]) -> Value {
    rmpv::decode::read_value(&mut &*bytes).unwrap()
}

fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, value).unwrap();
    bytes
}

/// The number of values within a value that can be changed.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all values that hold no others"
)]
fn leaves(value: &Value) -> usize {
    match value {
        Value::Map(entries) => entries.iter().map(|(_, value)| leaves(value)).sum(),
        Value::Array(elements) => elements.iter().map(leaves).sum(),
        Value::Nil => 0,
        _ => 1,
    }
}

/// Changes one of these values.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all values that hold no others"
)]
fn change(value: &mut Value, leaf: &mut usize) {
    match value {
        Value::Map(entries) => entries
            .iter_mut()
            .for_each(|(_, value)| change(value, leaf)),
        Value::Array(elements) => elements.iter_mut().for_each(|value| change(value, leaf)),
        Value::Nil => {}
        _ => {
            if *leaf == 0 {
                *value = other(value);
            }
            *leaf = leaf.wrapping_sub(1);
        }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all values that hold no others"
)]
fn other(value: &Value) -> Value {
    match value {
        Value::Boolean(it) => Value::Boolean(!it),
        Value::Integer(it) => Value::from(it.as_u64().unwrap_or(0) + 1),
        Value::String(it) => Value::from(format!("{}x", it.as_str().unwrap())),
        Value::Binary(bytes) => {
            let mut bytes = bytes.clone();
            if let Some(last) = bytes.last_mut() {
                *last ^= 0x80;
            } else {
                bytes.push(1);
            }
            Value::Binary(bytes)
        }
        other => other.clone(),
    }
}

fn field<'a>(value: &'a mut Value, name: &str) -> &'a mut Value {
    let Value::Map(entries) = value else {
        panic!("{value}")
    };
    let mut found = entries
        .iter_mut()
        .filter(|(key, _)| key.as_str() == Some(name));
    &mut found.next().unwrap().1
}

fn fields(value: &Value) -> Vec<String> {
    let entries = value.as_map().unwrap().iter();
    entries
        .map(|(key, _)| key.as_str().unwrap().to_owned())
        .collect()
}

/// The image of the tenant within a stored state.
fn tenant_image(state: &mut Value) -> &mut Value {
    let Value::Array(tenants) = field(state, "tenants") else {
        panic!()
    };
    let Value::Array(row) = &mut tenants[0] else {
        panic!()
    };
    &mut row[1]
}

#[test]
fn whatever_is_changed_in_a_checkpoint_is_found_or_the_checkpoint_is_not_used() {
    let kept = kept();
    let newest = kept.checkpoints.newest().unwrap().unwrap();
    let state = decode(&newest.state);
    let (mut found_in, mut missed): (BTreeMap<String, usize>, Vec<String>) = Default::default();
    let names = fields(tenant_image(&mut state.clone()));
    for name in &names {
        let count = leaves(field(tenant_image(&mut state.clone()), name));
        for leaf in 0..count {
            let mut changed = state.clone();
            change(field(tenant_image(&mut changed), name), &mut { leaf });
            let checkpoints = Changed {
                newest: Checkpoint {
                    state: encode(&changed),
                    ..newest.clone()
                },
                images: kept.checkpoints.clone(),
                image: |image| image,
            };
            let is_used = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&is_used);
            let config = Config {
                checkpoints: Some(Arc::new(checkpoints)),
                folding: Some(Arc::new(move |position, _| {
                    seen.store(position > Position::ZERO, Ordering::Relaxed);
                })),
                keys: Arc::new(Keys::only_read(None)),
                ..config()
            };
            let engine = Engine::view(kept.log(), config).unwrap();
            match found(&engine) {
                Some(difference) => {
                    let kinds = [
                        DifferenceKind::State,
                        DifferenceKind::Plan,
                        DifferenceKind::RecentChanges,
                    ];
                    assert!(kinds.contains(&difference.kind), "{name}: {difference:?}");
                    *found_in.entry(name.clone()).or_default() += 1;
                }
                None if is_used.load(Ordering::Relaxed) => missed.push(format!("{name}[{leaf}]")),
                None => {}
            }
        }
    }
    // Every part that has something was found to differ.
    let with_something = names.iter().filter(|name| {
        let mut state = state.clone();
        leaves(field(tenant_image(&mut state), name)) > 0
    });
    let unfound: Vec<_> = with_something
        .filter(|name| !found_in.contains_key(*name))
        .collect();
    assert!(unfound.is_empty(), "{unfound:?}; {found_in:?}; {missed:?}");
    // A commit behind the checkpoint set the version of this plan again.
    assert_eq!(missed, ["plans[5]"], "{found_in:?}");
}

#[test]
fn a_difference_of_a_checkpoint_names_stream_version_and_position() {
    let kept = kept();
    let newest = kept.checkpoints.newest().unwrap().unwrap();
    let with = |name: &str, leaf: usize| {
        let mut changed = decode(&newest.state);
        change(field(tenant_image(&mut changed), name), &mut { leaf });
        let checkpoints = Changed {
            newest: Checkpoint {
                state: encode(&changed),
                ..newest.clone()
            },
            images: kept.checkpoints.clone(),
            image: |image| image,
        };
        let difference = found(&view(kept.log(), Arc::new(checkpoints))).unwrap();
        let place = difference.place.unwrap();
        let at = kept.stage.log.locate(&place.stream, place.version).unwrap();
        assert_eq!((at, at.is_some()), (place.position, true), "{name}");
        (
            difference.what,
            place.stream.kind(),
            place.stream.key().to_string(),
        )
    };
    let (what, kind, _) = with("settings", 0);
    assert_eq!(kind, StreamKind::Tenant);
    assert_eq!(
        what,
        "tenant northgate: `settings.marking_aid` is true, and the replay gives false"
    );
    let (what, kind, key) = with("administrators", 1);
    assert_eq!((kind, key.as_str()), (StreamKind::Administrator, "sam"));
    assert!(
        what.contains("is \"Samx\", and the replay gives \"Sam\""),
        "{what}"
    );
    let (_, kind, key) = with("sessions", 4);
    assert_eq!((kind, key), (StreamKind::Record, SESSION.to_string()));
    let (_, kind, key) = with("syncs", 10);
    assert_eq!((kind, key), (StreamKind::Sync, SYNC.to_string()));
    let (_, kind, _) = with("learners", 1);
    assert_eq!(kind, StreamKind::Learner);
}

#[test]
fn a_wrong_image_of_a_plan_is_found() {
    let kept = kept();
    let newest = kept.checkpoints.newest().unwrap().unwrap();
    let with = |image: fn(Vec<u8>) -> Vec<u8>| {
        let checkpoints = Changed {
            newest: newest.clone(),
            images: kept.checkpoints.clone(),
            image,
        };
        found(&view(kept.log(), Arc::new(checkpoints)))
    };
    assert_eq!(with(|image| image), None);
    let difference = with(|image| {
        let mut image = decode(&image);
        // The first value of the first column.
        change(field(&mut image, "columns"), &mut 0);
        encode(&image)
    });
    let difference = difference.unwrap();
    assert_eq!(difference.kind, DifferenceKind::Plan);
    let place = difference.place.unwrap();
    assert_eq!(place.stream.kind(), StreamKind::Plan);
    let at = kept.stage.log.locate(&place.stream, place.version).unwrap();
    assert_eq!((at, at.is_some()), (place.position, true));
    let progress = with(|image| {
        let mut image = decode(&image);
        change(field(&mut image, "status"), &mut 0);
        encode(&image)
    });
    // A status that does not exist cannot be decoded, and then the log is read.
    assert_eq!(progress, None);
    let gone = with(|image| {
        let mut image = decode(&image);
        *field(&mut image, "from_template") = Value::Map(vec![("Same".into(), false.into())]);
        encode(&image)
    });
    assert_eq!(gone.unwrap().kind, DifferenceKind::Plan);
}
