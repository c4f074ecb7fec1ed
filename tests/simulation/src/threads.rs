//! A crowd on real threads: a writer, workers, and a thread for everybody who asks. Which of them comes
//! first is the machine's affair; afterwards the log says it, and the model replays it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use plansync_engine::{Config, Engine, Fault, Worked};
use plansync_log::memory::MemoryCheckpoints;
use plansync_log::{LogId, Position, Read as _};
use plansync_model::histories::Step;
use plansync_model::world::{Limits, World};
use plansync_protocol::Encoding;
use plansync_service::{Headers, Inbound, RandomIds, Service};
use uuid::Uuid;

use crate::check::Replay;
use crate::client::{Client, Message};
use crate::crowd::Crowd;
use crate::disk::Disk;
use crate::figures::Figures;
use crate::ledger::Ledger;
use crate::machine::Reply;
use crate::simulation::{TENANTS, Violation};

const WORKERS: usize = 2;
const IDLE: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_mins(2);
const LIMITS: Limits = Limits {
    components: 2_089,
    learners: 2_089,
    open_records: 100,
    running_syncs: 20,
};

struct Named(String);

impl Headers for Named {
    fn values(&self, name: &str) -> Vec<&str> {
        let asked = name.eq_ignore_ascii_case("Nats-Msg-Id");
        asked.then_some(self.0.as_str()).into_iter().collect()
    }
}

/// Runs a crowd to its end on an engine with these faults, and accounts for everything.
pub fn run_crowd(crowd: &Crowd, seed: u64, faults: Vec<Fault>) -> Result<Figures, Violation> {
    let disk = Disk::new(LogId::new(Uuid::from_u128(1)));
    let config = Config {
        // Plans come and go, and memory begins anew, under everybody's hands.
        plan_bytes_max: 200_000,
        values_min: 500,
        checkpoint_commits: 200,
        checkpoints: Some(Arc::new(MemoryCheckpoints::new())),
        faults,
        ..Config::default()
    };
    let engine = Engine::open(Box::new(disk.clone()), Arc::new(disk.clone()), config);
    let engine = engine.map_err(|error| error.to_string())?;
    let service = Service::new(engine, Encoding::Json, Arc::new(RandomIds));
    let ledger = Mutex::new(Ledger::default());
    let stop = AtomicBool::new(false);
    let founding = crowd.founding();
    let (founded, wishes) = (founding.len(), crowd.wishes(seed));
    std::thread::scope(|scope| {
        let machinery = Machinery {
            engine: service.engine(),
            stop: &stop,
        };
        scope.spawn(move || machinery.write());
        (0..WORKERS).for_each(|_| drop(scope.spawn(move || machinery.work())));
        scope.spawn(move || machinery.keep());
        let asking = |history: &[Step]| {
            std::thread::scope(|scope| {
                for client in Client::all(0, TENANTS[0], history) {
                    scope.spawn(|| ask_all(client, &service, &ledger));
                }
            });
        };
        asking(&founding);
        // The founding's steps say nothing the second time: only their numbers count.
        let nothing = std::iter::repeat_n(Step::Work, founded);
        asking(&nothing.chain(wishes).collect::<Vec<_>>());
        while !machinery.is_done() {
            std::thread::sleep(IDLE);
        }
        stop.store(true, Ordering::Relaxed);
    });
    account(
        &disk,
        &service,
        &ledger.into_inner().unwrap_or_else(PoisonError::into_inner),
    )
}

/// The threads that nobody asks for.
#[derive(Clone, Copy)]
struct Machinery<'a> {
    engine: &'a Engine,
    stop: &'a AtomicBool,
}

impl Machinery<'_> {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn write(&self) {
        while self.goes_on() {
            self.engine.wait_queued(IDLE);
            let _written = self.engine.write_step();
        }
    }

    fn work(&self) {
        while self.goes_on() {
            if !matches!(self.engine.work_step(), Ok(Worked::Targets(_))) {
                self.engine.wait_work(IDLE);
            }
        }
    }

    fn keep(&self) {
        while self.goes_on() {
            self.engine.renew_step();
            let _kept = self.engine.keep_step();
            std::thread::sleep(IDLE);
        }
    }

    /// Whether no sync runs, and all is durable.
    fn is_done(&self) -> bool {
        let Ok(tenant) = TENANTS[0].parse() else {
            return true;
        };
        let snapshot = self.engine.snapshot(&tenant);
        snapshot.tenant.running_syncs().next().is_none()
            && snapshot.position == self.engine.log().tip().position
    }
}

fn ask_all(mut client: Client, service: &Service, ledger: &Mutex<Ledger>) {
    let locked = || ledger.lock().unwrap_or_else(PoisonError::into_inner);
    while client.next().is_some() {
        let Some((asked, message)) = client.begin(0, false) else {
            continue;
        };
        let confirmed = client.confirmed(&asked.wish);
        locked().asked(&client, asked, confirmed);
        loop {
            let reply = ask(service, &message);
            let heard = locked().answered(&client, &reply);
            if client.settles(heard.code()) {
                client.heard(&heard);
                client.go_on();
                break;
            }
            let _again = client.again();
            std::thread::yield_now();
        }
    }
}

fn ask(service: &Service, message: &Message) -> Reply {
    let durable = service.engine().durable().current();
    let answer = service.request(Inbound {
        subject: &format!("plansync.v1.req.{}", message.rest),
        headers: &Named(message.id.to_string()),
        body: &message.body,
    });
    // As the transport does: no answer leaves before what it speaks of is durable.
    let _durable = service.engine().durable().wait(answer.after, PATIENCE);
    Reply {
        message: message.clone(),
        answer,
        durable,
    }
}

fn account(disk: &Disk, service: &Service, ledger: &Ledger) -> Result<Figures, Violation> {
    let commits = disk.log().read(Position::ZERO, usize::MAX);
    let commits = commits.map_err(|error| error.to_string())?;
    let mut replay = Replay::new(&ledger.records, LIMITS);
    let mut figures = replay.all(&commits)?;
    replay.answers(&mut figures)?;
    let worlds: Vec<World> = replay.worlds;
    crate::state::check_state(service, disk, Config::default(), &worlds)?;
    figures.histories = 1;
    Ok(figures)
}
