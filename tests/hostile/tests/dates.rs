//! A log that an earlier version wrote, with days that it could not read again (`+20261-01-01` in a template
//! and a sync, `-2026-01-01` and `+10000-01-01` in plans, the year 0000 in both): the data folder, with the
//! state kept beside it, and a backup. The files are frozen.
//!
//! Such a log opens and goes on; what it holds is shown as the nearest day that there is; and its chain and its
//! positions stay.

#![allow(clippy::unwrap_used)] // A test that cannot go on has failed.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use plansync_engine::{Config, Engine, EventBodies, replay};
use plansync_log::backend::{
    Backend as _, Existing, FindingKind, RestoreKeys, RestorePoint, unprepared, unwatched,
};
use plansync_log::{Checkpoints, Position, Read as _, Sequenced, Tip};
use plansync_protocol::Encoding;
use plansync_service::{Headers, Inbound, RandomIds, Service};
use plansync_sled::{CheckpointFolder, Folder, Options, SledBackend, SledLog};
use serde_json::{Value, json};

/// `{ length of the name u32 · name · length u64 · bytes }*`, compressed with zstd.
const FOLDER: &[u8] = include_bytes!("golden/dates-folder.zst");
const BACKUP: &[u8] = include_bytes!("golden/dates.backup");
const CHAIN: &str = "0a0f23ea557bd1ce3e5c32d582d48d6227f7ba488382fc29e25f8dd2e28163bc";
const COMMITS: u64 = 18;

const SOURCE: &str = "00000000-0000-0000-0000-00000000b000";
const TARGET: &str = "00000000-0000-0000-0000-00000000b001";
const ESSAY: &str = "00000000-0000-0000-0000-00000000c000";
const ADDED: &str = "00000000-0000-0000-0000-00000000c002";

struct None;

impl Headers for None {
    fn values(&self, _name: &str) -> Vec<&str> {
        Vec::new()
    }
}

fn unpacked(target: &Path) {
    let bytes = zstd::decode_all(FOLDER).unwrap();
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let mut take = |count: usize| {
            let (taken, left) = rest.split_at(count);
            rest = left;
            taken
        };
        let name_bytes = u32::from_be_bytes(take(4).try_into().unwrap());
        let name = take(usize::try_from(name_bytes).unwrap());
        let count = u64::from_be_bytes(take(8).try_into().unwrap());
        let path = target.join(std::str::from_utf8(name).unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, take(usize::try_from(count).unwrap())).unwrap();
    }
}

fn opened(data: &Path, is_kept: bool) -> Service {
    let (appender, reader, _sealer) = SledLog::open(data, Options::default()).unwrap();
    let checkpoints = CheckpointFolder::open(data, reader.tip().log).unwrap();
    let config = Config {
        checkpoints: is_kept.then(|| Arc::new(checkpoints) as Arc<dyn Checkpoints>),
        ..Config::default()
    };
    let engine = Engine::open(Box::new(appender), reader, config).unwrap();
    Service::new(engine, Encoding::Json, Arc::new(RandomIds))
}

fn asked(service: &Service, actor: &str, operation: &str, body: &Value) -> Value {
    let answer = service.request(Inbound {
        subject: &format!("plansync.v1.req.acme.{actor}.{operation}"),
        headers: &None,
        body: body.to_string().as_bytes(),
    });
    let _wrote = service.engine().write_step().unwrap();
    serde_json::from_slice(&answer.body).unwrap()
}

/// The due dates and meetings of a plan, in its order.
fn dates(service: &Service, learner: &str) -> Vec<(String, Value, Value)> {
    let plan = asked(service, "sam", "plan.get", &json!({ "learner": learner }));
    let components = plan["components"].as_array().unwrap().iter();
    let of = |one: &Value| {
        let attributes = &one["attributes"];
        let name = attributes["name"].as_str().unwrap().to_owned();
        (
            name,
            attributes["due_date"].clone(),
            attributes["review_at"].clone(),
        )
    };
    components.map(of).collect()
}

fn shows_the_nearest_days(service: &Service) {
    let (first, last) = (json!("0001-01-01"), json!("9999-12-31"));
    let meeting = json!("0001-01-01T00:00:00.000000Z");
    let row = |name: &str, due: &Value, at: &Value| (name.to_owned(), due.clone(), at.clone());
    assert_eq!(
        dates(service, SOURCE),
        [
            row("Essay", &first, &Value::Null),
            row("Exam", &first, &Value::Null),
            row("Added later", &last, &Value::Null),
            row("Review", &last, &meeting),
        ]
    );
    let of_target = dates(service, TARGET);
    let synchronised = of_target
        .iter()
        .map(|(name, due, _)| (name.as_str(), due.as_str().unwrap()));
    assert_eq!(
        synchronised.collect::<Vec<_>>(),
        [
            ("Essay", "0001-01-01"),
            ("Exam", "0001-01-01"),
            ("Added", "2026-01-05"),
            ("Review", "9999-12-31"),
        ]
    );
}

/// Every date in what is published is one that a schema takes.
fn tells_the_nearest_days(service: &Service) {
    let told = service.events(Position::ZERO, 1_000).unwrap();
    assert_eq!(told.through, service.engine().log().tip().position);
    let bodies: Vec<_> = told
        .events
        .iter()
        .map(|event| String::from_utf8(event.body.clone()).unwrap())
        .collect();
    let all = bodies.join("\n");
    assert!(
        all.contains(r#""attribute":"due_date","after":"9999-12-31""#),
        "{all}"
    );
    assert!(
        all.contains(r#""attribute":"due_date","after":"0001-01-01""#),
        "{all}"
    );
    for text in ["\"+", "\"-", "\"0000-"] {
        assert!(!all.contains(text), "{text} is in {all}");
    }
}

fn goes_on(service: &Service) {
    let change = json!({ "learner": SOURCE, "edits": [{
        "op": "change", "component": ADDED, "set": { "due_date": "2027-01-31" }, "reason": "Agreed",
    }] });
    let reply = asked(service, "sam", "plan.edit", &change);
    assert_eq!(reply["position"], json!(COMMITS + 1), "{reply}");
    assert_eq!(dates(service, SOURCE)[2].1, json!("2027-01-31"));
    // What was done is told with days that a schema takes, of the commit that had another one, too.
    let version = reply["version"].as_u64().unwrap();
    assert_eq!(
        due_date(service, version),
        json!({ "attribute": "due_date", "before": "9999-12-31", "after": "2027-01-31" })
    );
    assert_eq!(
        due_date(service, version - 2),
        json!({ "attribute": "due_date", "before": "2026-01-05", "after": "9999-12-31" })
    );
}

/// What a commit did to the due date of the component that was added.
fn due_date(service: &Service, version: u64) -> Value {
    let body = json!({ "learner": SOURCE, "version": version });
    let page = asked(service, "sam", "plan.change", &body);
    let changes = page["changes"].as_array().unwrap().iter();
    let mut of_added = changes.filter(|change| change["component"] == ADDED);
    let attributes = of_added.next().unwrap()["attributes"].as_array().unwrap();
    let mut due_dates = attributes
        .iter()
        .filter(|one| one["attribute"] == "due_date");
    due_dates.next().unwrap().clone()
}

#[test]
fn a_folder_with_such_days_opens_with_and_without_what_was_kept_beside_it() {
    for is_kept in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        unpacked(folder.path());
        let service = opened(folder.path(), is_kept);
        assert_eq!(service.engine().log().tip().chain.to_string(), CHAIN);
        shows_the_nearest_days(&service);
        tells_the_nearest_days(&service);
        assert_eq!(
            replay(service.engine().log(), &service.engine().config().keys)
                .unwrap()
                .commits,
            COMMITS
        );
        goes_on(&service);
        // And once more, from its own state.
        let _kept = service.engine().keep_now().unwrap();
        drop(service);
        let service = opened(folder.path(), is_kept);
        assert_eq!(dates(&service, SOURCE)[2].1, json!("2027-01-31"));
        tells_the_nearest_days(&service);
    }
}

#[test]
fn it_is_verified_and_every_such_day_is_told_by_learner_and_component() {
    let folder = tempfile::tempdir().unwrap();
    unpacked(folder.path());
    let report = backend(folder.path()).verify(&EventBodies, &mut |_, _| {}, &mut unwatched);
    assert!(report.is_whole(), "{:?}", report.findings);
    assert_eq!(report.commits, COMMITS);
    let told: Vec<_> = report
        .findings
        .iter()
        .filter(|one| one.what.contains("earlier versions"))
        .collect();
    assert!(told.iter().all(|finding| finding.kind == FindingKind::Note));
    let positions = [4, 10, 11, 12, 14, 17];
    for position in positions {
        let start = format!("the commit {position}: ");
        assert!(
            told.iter().any(|finding| finding.what.starts_with(&start)),
            "{position}: {told:?}"
        );
    }
    let template = &told[0].what;
    assert!(
        template.contains("`components[0].attributes.due_date`"),
        "{template}"
    );
    assert!(
        template.contains(ESSAY) && template.contains("+20261-01-01"),
        "{template}"
    );
    assert!(template.contains("9999-12-31"), "{template}");
    let of_plan = told
        .iter()
        .find(|finding| finding.what.starts_with("the commit 17: "))
        .unwrap();
    assert!(
        of_plan.what.contains(SOURCE) && of_plan.what.contains(ADDED),
        "{}",
        of_plan.what
    );
}

#[test]
fn it_is_backed_up_and_restored_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file, again) = (
        folder.path().join("data"),
        folder.path().join("file"),
        folder.path().join("again"),
    );
    unpacked(&data);
    let done = backend(&data)
        .backup(&file, Existing::Keep, &EventBodies, &mut unwatched)
        .unwrap();
    assert_eq!(done.tip.chain.to_string(), CHAIN);
    let archives = [fs::read(&file).unwrap(), BACKUP.to_vec()];
    for (number, archive) in archives.into_iter().enumerate() {
        let target = again.with_extension(number.to_string());
        let (archive, point) = (&mut Cursor::new(archive), RestorePoint::default());
        backend(&target)
            .restore(
                archive,
                point,
                RestoreKeys::New,
                &EventBodies,
                &mut unprepared,
                &mut unwatched,
            )
            .unwrap();
        assert_eq!(commits(&target), commits(&data));
        let service = opened(&target, false);
        shows_the_nearest_days(&service);
        tells_the_nearest_days(&service);
        goes_on(&service);
    }
}

fn backend(data: &Path) -> SledBackend {
    SledBackend::new(data, Options::default())
}

fn commits(data: &Path) -> (Vec<Sequenced>, [u8; 32]) {
    let look = Folder::look(data).unwrap();
    let mut all = Vec::new();
    let each = &mut |page: &[Sequenced]| {
        all.extend_from_slice(page);
        std::ops::ControlFlow::Continue(())
    };
    look.commits(Position::FIRST, each).unwrap();
    let Tip { chain, .. } = look.tip();
    (all, chain.get())
}
