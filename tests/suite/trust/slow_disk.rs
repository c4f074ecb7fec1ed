//! A disk that is slow: what waits for it is bounded, who asks too much is told when to come back,
//! and once the disk keeps up all goes on.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use plansync_engine::{Config, Engine, Wrote};
use plansync_protocol::Encoding;
use plansync_service::{Answer, Headers, Inbound, RandomIds, Service};
use plansync_sled::{Medium, Options, SledLog};
use serde_json::{Value, json};

const QUEUE_COUNT_MAX: usize = 8;

/// A disk whose syncs take until they are let go on.
#[derive(Debug, Default)]
struct Slow {
    is_held: Mutex<bool>,
    let_go: Condvar,
}

impl Slow {
    fn hold(&self, is_held: bool) {
        *self.is_held.lock().unwrap() = is_held;
        self.let_go.notify_all();
    }
}

impl Medium for Slow {
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        file.write_all_at(bytes, offset)
    }

    fn sync_data(&self, file: &File) -> io::Result<()> {
        let held = self.is_held.lock().unwrap();
        drop(self.let_go.wait_while(held, |held| *held).unwrap());
        file.sync_data()
    }
}

struct NoHeaders;

impl Headers for NoHeaders {
    fn values(&self, _: &str) -> Vec<&str> {
        Vec::new()
    }
}

fn put(service: &Service, name: &str) -> Answer {
    let body = json!({"administrator": name, "name": name, "permissions": [], "groups": "all"});
    ask(service, "administrator.put", &body)
}

fn ask(service: &Service, operation: &str, body: &Value) -> Answer {
    service.request(Inbound {
        subject: &format!("plansync.v1.req.acme.system.{operation}"),
        headers: &NoHeaders,
        body: body.to_string().as_bytes(),
    })
}

fn error(answer: &Answer) -> Option<Value> {
    answer.error.as_ref()?;
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    Some(body["error"].clone())
}

#[test]
fn a_slow_disk_bounds_what_waits_and_says_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Slow::default());
    let options = Options {
        medium: Arc::<Slow>::clone(&disk),
        ..Options::default()
    };
    let (append, log, _sealer) = SledLog::open(folder.path(), options).unwrap();
    let config = Config {
        queue_count_max: QUEUE_COUNT_MAX,
        ..Config::default()
    };
    let engine = Engine::open(Box::new(append), log, config).unwrap();
    let service = Service::new(engine.clone(), Encoding::Json, Arc::new(RandomIds));
    let tenant = json!({"marking_aid": false, "owner_rule": "keep"});
    assert_eq!(error(&ask(&service, "tenant.put", &tenant)), None);
    assert!(matches!(engine.write_step().unwrap(), Wrote::Upto(_)));

    disk.hold(true);
    let first = put(&service, "first");
    let (stop, by_writer) = (Arc::new(AtomicBool::new(false)), engine.clone());
    let stopped = Arc::clone(&stop);
    let writer = thread::spawn(move || {
        while !stopped.load(Ordering::Relaxed) {
            by_writer.wait_queued(std::time::Duration::from_millis(5));
            by_writer.write_step().unwrap();
        }
    });
    // One group is on its way to the disk, and as many commits as may wait do so behind it.
    let mut waiting = Vec::new();
    let refused = loop {
        let answer = put(&service, &format!("admin{}", waiting.len()));
        match error(&answer) {
            None => waiting.push(answer),
            Some(error) => break error,
        }
        assert!(
            waiting.len() <= 2 * QUEUE_COUNT_MAX,
            "what waits has no bound"
        );
    };
    assert!(waiting.len() >= QUEUE_COUNT_MAX - 1);
    assert_eq!(refused["code"], "overloaded");
    assert_eq!(refused["details"]["retry_after_ms"], 50);
    let durable = engine.durable().current();
    assert!(durable < first.after, "nothing is acknowledged meanwhile");
    // Reads answer, from what is durable.
    let asked = ask(&service, "administrator.list", &json!({}));
    let shown: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!((asked.after <= durable, &shown["total"]), (true, &json!(0)));

    disk.hold(false);
    let last = waiting.last().unwrap().after;
    engine.settle(last).unwrap();
    assert_eq!(error(&put(&service, "later")), None);
    stop.store(true, Ordering::Relaxed);
    writer.join().unwrap();
    engine.write_step().unwrap();
    let asked = ask(&service, "administrator.list", &json!({}));
    let shown: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(shown["total"], json!(waiting.len() + 2));
}
