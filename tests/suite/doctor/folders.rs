//! Data folders that are missing, of others, or damaged, and a log from the future.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;
use std::sync::Arc;

use plansync_engine::{Clock, Config, Engine};
use plansync_log::Recorded;
use plansync_protocol::Encoding;
use plansync_service::{Headers, Inbound, RandomIds, Service};
use plansync_sled::{Options, SledLog};
use plansync_tests::program::run_in;
use serde_json::json;

use super::world::{World, doctor, doctor_by, doctor_in};

const NOWHERE: &str = "nats://127.0.0.1:1";

fn of_folder(folder: &Path) -> super::world::Told {
    doctor(NOWHERE, &["--data", folder.to_str().unwrap()])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_missing_or_holds_no_log_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let told = of_folder(&folder.path().join("missing"));
    let section = "a-setting-is-wrong";
    told.finds(
        ("data.folder", "wrong"),
        section,
        &["does not exist", "PLANSYNC_DATA"],
    );
    for name in [
        "data.files",
        "data.log",
        "data.keys",
        "data.space",
        "clock.log",
    ] {
        assert_eq!(told.state(name), "not_checked", "{name}");
    }
    let told = of_folder(folder.path());
    told.are_ok(&["data.folder", "data.files"]);
    told.finds(("data.log", "warning"), "no-engine-answers", &["no log"]);
    let without = doctor(NOWHERE, &[]);
    without.finds(
        ("data.folder", "not_checked"),
        "is-it-well",
        &["--data FOLDER"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_others_and_keys_that_others_read_are_told() {
    let mut world = World::new().await;
    world.stop();
    let section = "permissions-are-wrong";
    let mode = |file: &str, mode| {
        let path = world.data().join(file);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("KEYS.key", 0o644);
    let told = of_folder(&world.data());
    told.finds(("data.files", "wrong"), section, &["KEYS.key", "chmod 600"]);
    mode("KEYS.key", 0o600);
    of_folder(&world.data()).are_ok(&["data.files"]);
    // Only root can give a file to somebody else, and root can read what nobody may.
    let given = chown(world.data().join("LOCK"), Some(65_534), None);
    if given.is_ok() {
        let told = of_folder(&world.data());
        told.finds(("data.files", "wrong"), section, &["LOCK", "chown -R"]);
    } else {
        mode("KEYS.key", 0);
        let told = of_folder(&world.data());
        told.finds(("data.keys", "wrong"), section, &["KEYS.key"]);
        mode("", 0o500);
        let told = of_folder(&world.data());
        mode("", 0o700);
        told.finds(("data.folder", "wrong"), section, &["cannot use"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_and_a_newer_format_are_told() {
    let mut world = World::new().await;
    world.stop();
    let manifest = world.data().join("MANIFEST");
    let bytes = std::fs::read(&manifest).unwrap();
    let mut newer = bytes.clone();
    newer[8..12].copy_from_slice(&99_u32.to_be_bytes());
    let end = newer.len() - 4;
    let crc = crc32fast::hash(&newer[..end]);
    newer[end..].copy_from_slice(&crc.to_be_bytes());
    std::fs::write(&manifest, newer).unwrap();
    let told = of_folder(&world.data());
    told.finds(("data.log", "wrong"), "upgrade", &["format 99"]);
    std::fs::write(&manifest, bytes).unwrap();
    std::fs::remove_file(world.data().join("KEYS.key")).unwrap();
    let told = of_folder(&world.data());
    told.are_ok(&["data.log"]);
    told.finds(
        ("data.keys", "wrong"),
        "restore",
        &["KEYS.key", "latest copies"],
    );
    std::fs::write(world.data().join("HEAD"), b"").unwrap();
    let told = of_folder(&world.data());
    told.finds(("data.log", "wrong"), "restore", &["audit verify"]);
}

/// A clock that is years ahead.
struct Ahead;

impl Clock for Ahead {
    fn now(&self) -> Recorded {
        // 2100-01-01.
        Recorded::new(4_102_444_800_000_000)
    }
}

struct NoHeaders;

impl Headers for NoHeaders {
    fn values(&self, _name: &str) -> Vec<&str> {
        Vec::new()
    }
}

/// Writes a log whose last commit has a late time.
fn write_ahead(folder: &Path) {
    let (appender, reader, _sealer) = SledLog::open(folder, Options::default()).unwrap();
    let config = Config {
        clock: Arc::new(Ahead),
        ..Config::default()
    };
    let engine = Engine::open(Box::new(appender), reader, config).unwrap();
    let service = Service::new(engine, Encoding::Json, Arc::new(RandomIds));
    let body = json!({"marking_aid": false, "owner_rule": "keep"}).to_string();
    let answer = service.request(Inbound {
        subject: "plansync.v1.req.northgate.system.tenant.put",
        headers: &NoHeaders,
        body: body.as_bytes(),
    });
    assert!(answer.error.is_none());
    let _wrote = service.engine().write_step().unwrap();
}

#[test]
fn a_log_from_the_future_is_told() {
    let folder = tempfile::tempdir().unwrap();
    write_ahead(folder.path());
    let told = of_folder(folder.path());
    told.are_ok(&["data.log"]);
    told.finds(
        ("clock.log", "warning"),
        "the-clock-was-ahead",
        &["2100-01-01T00:00:00Z", "NTP", "backup from before"],
    );
}

#[test]
fn a_folder_for_temporary_files_that_is_missing_is_told() {
    let told = doctor_in(&[("TMPDIR", "/nonexistent"), ("NATS_URL", NOWHERE)], &[]);
    told.finds(
        ("process.temporary", "wrong"),
        "tmpdir-is-missing-or-small",
        &["/nonexistent", "set TMPDIR"],
    );
}

#[test]
fn few_file_descriptors_are_told_by_a_doctor_who_has_few_as_well() {
    let section = "there-are-too-few-file-descriptors";
    for (limit, state) in [(32, "wrong"), (500, "warning")] {
        let script = format!("ulimit -n {limit}; exec \"$@\"");
        let told = doctor_by(&script, NOWHERE, &[]).unwrap();
        let words = [&*format!("{limit} files may be open"), "LimitNOFILE=65536"];
        told.finds(("process.open_files", state), section, &words);
    }
    let told = doctor_by("ulimit -n 4096; exec \"$@\"", NOWHERE, &[]).unwrap();
    told.are_ok(&["process.open_files"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_settings_file_is_told_and_what_is_right_in_it_is_used() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plansync.toml");
    let text = format!(
        "[nats]\nurl = \"{}\"\n[engine]\ndata = \"{}\"\ncolour = \"red\"\n",
        world.nats.url(),
        world.data().display()
    );
    std::fs::write(&file, text).unwrap();
    let named = [("PLANSYNC_CONFIG", file.to_str().unwrap())];
    let told = doctor_in(&named, &[]);
    told.finds(
        ("settings.files", "wrong"),
        "a-setting-is-wrong",
        &["there is no key `colour`", "plansync config check"],
    );
    told.are_ok(&["nats.connection", "engine.answers", "data.log"]);
    // Every other command refuses such a file.
    assert_eq!(run_in(&named, &["status"]).code, Some(2));
}
