//! A disk that refuses commits, and a queue that fills up: nothing is lost, and senders are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plansync_domain::command::Command;
use plansync_domain::ids::Actor;
use plansync_domain::ids::position;
use plansync_domain::sync::confirm::Confirm;
use plansync_domain::sync::request::SyncKind;
use plansync_engine::read::Window;
use plansync_engine::{Config, Engine, LogFailed, NotDurable, OpenError, Refusal, Wrote};
use plansync_log::memory::MemoryLog;
use plansync_log::{
    Append, AppendError, CommandKey, Incarnations, Position, Read, ReadError, Sequenced, StreamId,
    Tip, Version,
};

use crate::stage::{SOURCE, SYNC, Stage, call, rename, sync, tenant};

/// A log whose disk can be full.
struct FullDisk {
    log: MemoryLog,
    full: Arc<AtomicBool>,
}

impl Append for FullDisk {
    fn append(&mut self, group: &[Sequenced]) -> Result<(), AppendError> {
        if self.full.load(Ordering::Relaxed) {
            let what = "no space left".to_owned();
            let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
            return Err(AppendError::Unavailable { what, source });
        }
        self.log.append(group)
    }
}

#[test]
fn a_full_disk_refuses_commands_keeps_what_waits_and_goes_on_when_there_is_room() {
    let mut stage = Stage::college();
    let full = Arc::new(AtomicBool::new(true));
    let disk = FullDisk {
        log: stage.log.clone(),
        full: Arc::clone(&full),
    };
    stage.engine = Engine::open(
        Box::new(disk),
        Arc::new(stage.log.clone()),
        Config::default(),
    )
    .unwrap();
    let taken = stage.next_as("sam", &rename(SOURCE, "Taken")).unwrap();
    assert_eq!(stage.write(), Wrote::Refused);
    let refused = stage
        .next_as("sam", &rename(SOURCE, "Refused"))
        .unwrap_err();
    let cause = "commits cannot be written to the disk, which may be full".to_owned();
    assert_eq!(refused.refusal, Refusal::Unavailable { cause });
    assert_eq!(stage.name(SOURCE), "Activity 0");
    full.store(false, Ordering::Relaxed);
    assert_eq!(stage.write(), Wrote::Upto(taken.position));
    assert_eq!(stage.name(SOURCE), "Taken");
}

#[test]
fn a_full_queue_refuses_commands_as_overloaded() {
    let mut stage = Stage::college();
    let config = Config {
        queue_count_max: 1,
        ..Config::default()
    };
    let log = Box::new(stage.log.clone());
    stage.engine = Engine::open(log, Arc::new(stage.log.clone()), config).unwrap();
    stage.next_as("sam", &rename(SOURCE, "Taken")).unwrap();
    let command = rename(SOURCE, "Too much");
    let refused = stage
        .engine
        .submit(&call("sam", 77, &command), &command)
        .unwrap_err();
    assert_eq!(refused.refusal, Refusal::Overloaded { retry_after_ms: 50 });
    stage.write();
    stage
        .engine
        .submit(&call("sam", 77, &command), &command)
        .unwrap();
    stage.write();
    assert_eq!(stage.name(SOURCE), "Too much");
}

/// A log whose disk fails for good at the first write.
struct BrokenDisk;

impl Append for BrokenDisk {
    fn append(&mut self, _: &[Sequenced]) -> Result<(), AppendError> {
        let what = "the journal could not be synced".to_owned();
        let source = std::io::Error::other("no answer");
        Err(AppendError::Fatal { what, source })
    }
}

#[test]
fn a_disk_that_failed_is_met_by_whoever_writes_next_too() {
    let mut stage = Stage::college();
    stage.engine = Engine::open(
        Box::new(BrokenDisk),
        Arc::new(stage.log.clone()),
        Config::default(),
    )
    .unwrap();
    let command = rename(SOURCE, "Lost");
    stage
        .engine
        .submit(&call("sam", 77, &command), &command)
        .unwrap();
    let cause = NotDurable.to_string();
    let again = stage.engine.submit(&call("sam", 77, &command), &command);
    assert_eq!(again.unwrap_err().refusal, Refusal::Unavailable { cause });
    let error = stage.engine.write_step().unwrap_err();
    assert_eq!(
        error.to_string(),
        LogFailed::Storage {
            source: AppendError::Poisoned
        }
        .to_string()
    );
}

/// A log that cannot look up, for a while, where a stream's versions stand.
struct Lost {
    log: MemoryLog,
    lost: Arc<AtomicBool>,
}

impl Read for Lost {
    fn tip(&self) -> Tip {
        self.log.tip()
    }

    fn incarnations(&self) -> Incarnations {
        self.log.incarnations()
    }

    fn read(&self, from: Position, count_max: usize) -> Result<Vec<Sequenced>, ReadError> {
        self.log.read(from, count_max)
    }

    fn stream(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Sequenced>, ReadError> {
        self.log.stream(stream, from, count_max)
    }

    fn locate(&self, stream: &StreamId, version: Version) -> Result<Option<Position>, ReadError> {
        if self.lost.load(Ordering::Relaxed) {
            let what = "no answer".to_owned();
            let source = std::io::Error::other("the disk is away");
            return Err(ReadError::Unavailable { what, source });
        }
        self.log.locate(stream, version)
    }

    fn stream_version(&self, stream: &StreamId) -> Result<Version, ReadError> {
        self.log.stream_version(stream)
    }

    fn command(&self, tenant: &str, command: CommandKey) -> Result<Option<Position>, ReadError> {
        self.log.command(tenant, command)
    }
}

#[test]
fn m5_a_confirmed_sync_waits_while_the_log_cannot_be_read() {
    let mut stage = Stage::college();
    let lost = Arc::new(AtomicBool::new(false));
    let log = Lost {
        log: stage.log.clone(),
        lost: Arc::clone(&lost),
    };
    let append = Box::new(stage.log.clone());
    stage.engine = Engine::open(append, Arc::new(log), Config::default()).unwrap();
    stage.rename("New");
    stage.write();
    let command = confirmed(&stage);
    stage.next_as("sam", &command).unwrap();
    lost.store(true, Ordering::Relaxed);
    let cause = "the log cannot be read now: no answer: the disk is away".to_owned();
    let waits = stage.engine.work_step().unwrap_err();
    assert_eq!(waits, Refusal::Unavailable { cause });
    lost.store(false, Ordering::Relaxed);
    stage.work();
    let snapshot = stage.whole();
    let tally = snapshot.tenant.sync(SYNC).unwrap().tally();
    assert_eq!((tally.applied, tally.unchanged, tally.skipped), (5, 10, 0));
}

/// A start that confirms what its preview shows now.
fn confirmed(stage: &Stage) -> Command {
    let Command::StartSync { sync, mut request } = sync(SyncKind::AllAttributes) else {
        panic!("a start")
    };
    let (tenant, actor) = (tenant(), "sam".parse::<Actor>().unwrap());
    let reading = stage.engine.reading(&tenant, &actor).unwrap();
    let preview = reading.sync_preview(&request, Window { skip: 0, take: 1 });
    let preview = preview.unwrap();
    request.confirm = Some(Confirm {
        position: position::Position::new(preview.position.get()),
        digest: preview.digest,
    });
    Command::StartSync { sync, request }
}

#[test]
fn an_opening_that_is_interrupted_changes_nothing_and_can_be_begun_again() {
    let stage = Stage::college();
    let open = |interrupted: bool| {
        let config = Config {
            interrupted: Arc::new(interrupted.into()),
            ..Config::default()
        };
        Engine::open(
            Box::new(stage.log.clone()),
            Arc::new(stage.log.clone()),
            config,
        )
    };
    let position = Position::ZERO;
    let error = open(true).err().unwrap();
    assert_eq!(
        error.to_string(),
        OpenError::Interrupted { position }.to_string()
    );
    assert_eq!(
        open(false).unwrap().durable().current(),
        stage.log.tip().position
    );
}
