//! A disk that refuses, and a queue that fills up: nothing is lost, and senders are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plansync_engine::{Config, Engine, LogFailed, NotDurable, Refusal, Wrote};
use plansync_log::memory::MemoryLog;
use plansync_log::{Append, AppendError, Sequenced};

use crate::stage::{SOURCE, Stage, call, rename};

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
    let cause = "the disk takes no commits, perhaps because it is full".to_owned();
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
        LogFailed {
            source: AppendError::Poisoned
        }
        .to_string()
    );
}
