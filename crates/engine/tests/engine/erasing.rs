//! Erasing a learner: what the log still holds, what is read afterwards, and what happens if the process ends in
//! between.

use std::sync::{Arc, Mutex};

use plansync_domain::command::rejection::Rejection;
use plansync_domain::command::{Command, Edit};
use plansync_domain::event::Event;
use plansync_domain::ids::LearnerId;
use plansync_domain::ids::version::Version;
use plansync_domain::reference::learner::Learner;
use plansync_domain::state::erasures::Erasure;
use plansync_domain::sync::request::{LearnerFilter, Learners, SyncKind};
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::raw::Raw;
use plansync_domain::values::value::Value;
use plansync_engine::{Config, EventBodies, Fault, Refusal, decided};
use plansync_log::memory::MemoryCheckpoints;
use plansync_log::sealing::{KeyStore, KeyStoreError, KeyTree, Keys, Seed};
use plansync_log::{Bodies as _, Checkpoints as _, Fingerprint, Read as _};

use crate::stage::{SOURCE, Stage, call, component, config, keys, sync, target, tenant};

const NAME: &str = "Zebedee Quillfeather";
const REASON: &str = "waits for surgery in May";
const SEARCH: &str = "quillf";

fn put_named(stage: &mut Stage, learner: LearnerId, name: &str) {
    let known = stage.whole().tenant.learner(learner).unwrap().clone();
    let record = Learner {
        name: name.into(),
        ..known
    };
    stage.system(Command::PutLearner { learner, record });
    stage.write();
}

fn move_date(learner: LearnerId, reason: &str) -> Command {
    let mut set = plansync_domain::values::attributes::AttributeMap::new();
    let raw = Raw::Text("2027-01-31".to_owned());
    set.insert(
        Attribute::DueDate,
        Value::parse(Attribute::DueDate, raw).unwrap(),
    );
    Command::EditPlan {
        learner,
        expected_version: None,
        edits: vec![Edit::Change {
            component: component(0),
            set,
            reason: Some(reason.into()),
        }],
    }
}

fn searching() -> Command {
    let Command::StartSync { sync, mut request } = sync(SyncKind::AllAttributes) else {
        panic!("it starts a sync");
    };
    request.learners = Learners::Filtered(LearnerFilter {
        search: SEARCH.into(),
        ..LearnerFilter::default()
    });
    Command::StartSync { sync, request }
}

/// A college in which one learner has a name, a reason and a search that found them.
fn planted(config: Config) -> Stage {
    let mut stage = Stage::college_with(config);
    put_named(&mut stage, target(0), NAME);
    stage.next_as("sam", &move_date(target(0), REASON)).unwrap();
    stage.rename("Renamed");
    stage.write();
    stage.next_as("sam", &searching()).unwrap();
    stage.work();
    stage
}

/// Whether the stored bytes hold a text.
fn holds(stage: &Stage, text: &str) -> bool {
    let commits = stage
        .log
        .read(plansync_log::Position::FIRST, 10_000)
        .unwrap();
    let mut windows = commits
        .iter()
        .flat_map(|commit| commit.stored().windows(text.len()));
    windows.any(|window| window == text.as_bytes())
}

fn names(stage: &Stage) -> Vec<String> {
    let keys = Arc::clone(&stage.engine.config().keys);
    let commits = stage
        .log
        .read(plansync_log::Position::FIRST, 10_000)
        .unwrap();
    let events = commits
        .iter()
        .flat_map(|commit| decided(commit, &keys).unwrap().events);
    let names = events.filter_map(|event| {
        if let Event::LearnerPut(put) = event {
            Some(put.record.name.to_string())
        } else {
            None
        }
    });
    names.collect()
}

#[test]
fn a_learner_is_erased_and_everything_else_stays() {
    let mut stage = planted(config());
    for text in [NAME, REASON, SEARCH, "Learner"] {
        assert!(!holds(&stage, text), "{text} is sealed from the beginning");
    }
    assert!(names(&stage).contains(&NAME.to_owned()));
    let before = stage.whole();
    let erased = stage.system(Command::EraseLearner(target(0)));
    let after = stage.whole();

    // It is answered when it is done, with the position of its own commit.
    assert_eq!(erased.position.next(), after.position);
    assert_eq!(stage.log.tip().position, after.position, "it is durable");
    assert_eq!(after.tenant.erasures().of(target(0)), Some(Erasure::Done));
    let record = after.tenant.learner(target(0)).unwrap();
    assert!(record.name.is_erased() && record.enrolments.is_empty());
    let names = names(&stage);
    assert!(!names.contains(&NAME.to_owned()) && names.contains(&"Learner".to_owned()));
    for learner in (0..5).map(target).chain([SOURCE]) {
        let plan = |snapshot: &plansync_engine::Snapshot| {
            snapshot.tenant.resident_plan(learner).unwrap().version()
        };
        assert_eq!(plan(&before), plan(&after));
        if learner != target(0) {
            assert_eq!(
                before.tenant.learner(learner),
                after.tenant.learner(learner)
            );
        }
    }
    let commits = stage
        .log
        .read(plansync_log::Position::FIRST, 10_000)
        .unwrap();
    for commit in &commits {
        assert!(EventBodies.read(&commit.decode().unwrap()).is_ok());
    }
    let searches = commits.iter().find_map(|commit| {
        let events = decided(commit, &stage.engine.config().keys).unwrap().events;
        events.into_iter().find_map(|event| {
            if let Event::LearnerErased(erased) = event {
                Some(erased.searches)
            } else {
                None
            }
        })
    });
    assert_eq!(searches, Some(1), "the search went, too");
}

#[test]
fn nothing_about_an_erased_learner_changes_any_more() {
    let mut stage = planted(config());
    stage.system(Command::EraseLearner(target(0)));
    let again = stage.system(Command::EraseLearner(target(0)));
    assert!(again.unchanged);
    let record = stage.whole().tenant.learner(target(0)).unwrap().clone();
    let put = Command::PutLearner {
        learner: target(0),
        record: Learner {
            name: "Anew".into(),
            ..record
        },
    };
    for command in [
        put,
        move_date(target(0), REASON),
        Command::HoldLearner(target(0)),
    ] {
        let refused = stage.next_as("system", &command).unwrap_err().refusal;
        assert_eq!(refused, Refusal::Rejected(Rejection::LearnerErased));
    }
}

#[test]
fn a_hold_keeps_a_learner_from_being_erased_until_it_is_lifted() {
    let mut stage = planted(config());
    stage.system(Command::HoldLearner(target(0)));
    let erase = Command::EraseLearner(target(0));
    let refused = stage.next_as("system", &erase).unwrap_err().refusal;
    assert_eq!(refused, Refusal::Rejected(Rejection::LearnerHeld));
    assert!(names(&stage).contains(&NAME.to_owned()));
    stage.system(Command::ReleaseLearner(target(0)));
    stage.system(erase);
    assert!(!names(&stage).contains(&NAME.to_owned()));
}

/// A store of keys that refuses changes until it is told otherwise.
struct Refusing(Arc<Mutex<bool>>);

impl KeyStore for Refusing {
    fn replace(&self, _tree: &KeyTree) -> Result<(), KeyStoreError> {
        if *self.0.lock().unwrap() {
            Err(KeyStoreError::Io {
                doing: "write",
                path: "KEYS".into(),
                source: std::io::Error::other("no space left on device"),
            })
        } else {
            Ok(())
        }
    }
}

#[test]
fn an_erasure_that_ended_early_is_completed_at_the_next_start() {
    let is_full = Arc::new(Mutex::new(true));
    let tree = KeyTree::begin(&Seed::new([7; 32]), Vec::new());
    let keys = Arc::new(Keys::new(tree, Box::new(Refusing(Arc::clone(&is_full)))));
    let mut stage = planted(Config { keys, ..config() });
    let refused = stage.next_as("system", &Command::EraseLearner(target(0)));
    assert!(matches!(
        refused.unwrap_err().refusal,
        Refusal::Unavailable { .. }
    ));
    stage.write();
    let half = stage.whole();
    assert_eq!(
        half.tenant.erasures().of(target(0)),
        Some(Erasure::Requested)
    );
    assert!(half.tenant.learner(target(0)).unwrap().name.is_erased());

    *is_full.lock().unwrap() = false;
    stage.restart();
    assert_eq!(stage.engine.erase_step().unwrap(), 1);
    assert_eq!(
        stage.whole().tenant.erasures().of(target(0)),
        Some(Erasure::Done)
    );
    assert!(!names(&stage).contains(&NAME.to_owned()));
    stage.restart();
    assert_eq!(stage.engine.erase_step().unwrap(), 0);
}

#[test]
fn keys_that_an_older_copy_brought_back_are_destroyed_at_the_next_start() {
    let mut stage = planted(config());
    stage.system(Command::EraseLearner(target(0)));
    stage.write();
    stage.restart_with(Config {
        keys: keys(),
        ..config()
    });
    assert!(names(&stage).contains(&NAME.to_owned()));
    assert_eq!(stage.engine.erase_step().unwrap(), 1);
    assert!(!names(&stage).contains(&NAME.to_owned()));
}

#[test]
fn no_checkpoint_from_before_an_erasure_can_be_read() {
    let checkpoints = Arc::new(MemoryCheckpoints::new());
    let kept = Config {
        checkpoints: Some(Arc::clone(&checkpoints) as _),
        ..config()
    };
    let mut stage = planted(kept);
    let _kept = stage.engine.keep_now().unwrap();
    let before = checkpoints.newest().unwrap().unwrap();
    let has = |bytes: &[u8], text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(!has(&before.state, NAME) && !has(&before.state, "Learner"));
    stage.system(Command::EraseLearner(target(0)));
    stage.write();
    let whole = stage.whole();
    stage.restart();
    assert_eq!(stage.whole().position, whole.position);
    assert!(
        stage
            .whole()
            .tenant
            .learner(target(0))
            .unwrap()
            .name
            .is_erased()
    );
    let _kept = stage.engine.keep_step().unwrap();
    let after = checkpoints.newest().unwrap().unwrap();
    assert!(
        after.tip.position > before.tip.position,
        "the next step writes another"
    );
}

#[test]
fn fingerprints_cannot_be_found_by_trying() {
    let stage = planted(config());
    let edit = move_date(target(1), "a reason that may be guessed");
    let asked = call("sam", 77, &edit);
    stage.engine.submit(&asked, &edit).unwrap();
    stage.write();
    assert!(
        stage.engine.submit(&asked, &edit).unwrap().duplicate,
        "a repeat is recognised"
    );
    let other = move_date(target(1), "another");
    let twice = call("sam", 77, &other);
    let refused = stage.engine.submit(&twice, &other).unwrap_err().refusal;
    assert_eq!(refused, Refusal::CommandIdReused);
    let guessed = Fingerprint::of(format!("{edit:?}").as_bytes());
    let commits = stage
        .log
        .read(plansync_log::Position::FIRST, 10_000)
        .unwrap();
    let stored = commits
        .iter()
        .map(|commit| commit.decode().unwrap().proposal.fingerprint);
    assert!(stored.into_iter().all(|stored| stored != guessed));
}

#[test]
fn a_repeat_of_a_command_of_an_earlier_version_still_matches() {
    let plain = Config {
        keys: Arc::new(Keys::only_read(None)),
        ..config()
    };
    let mut stage = Stage::college_with(plain);
    let edit = move_date(target(1), REASON);
    let asked = call("sam", 78, &edit);
    stage.engine.submit(&asked, &edit).unwrap();
    stage.write();
    assert!(holds(&stage, REASON), "earlier versions stored it so");
    stage.restart_with(config());
    assert!(stage.engine.submit(&asked, &edit).unwrap().duplicate);
}

#[test]
fn an_erased_target_is_skipped_and_an_erased_source_starts_nothing() {
    let mut stage = planted(config());
    stage.system(Command::EraseLearner(SOURCE));
    let started = stage.next_as("sam", &searching());
    let refusal = started.unwrap_err().refusal;
    assert_eq!(refusal, Refusal::Rejected(Rejection::LearnerErased));
    let version = stage.whole().tenant.plans().version(SOURCE);
    assert!(version > Version::ZERO);
}

#[test]
fn tests_notice_an_engine_that_forgets_to_seal_or_to_destroy() {
    let forgets = |fault| {
        planted(Config {
            faults: vec![fault],
            ..config()
        })
    };
    assert!(holds(&forgets(Fault::SealsNothing), NAME));
    let mut stage = forgets(Fault::DestroysNothing);
    stage.system(Command::EraseLearner(target(0)));
    assert!(names(&stage).contains(&NAME.to_owned()));
    assert_eq!(tenant().as_str(), "northgate");
}
