//! Commits that are made between two look-ups in the log.

use std::sync::{Arc, Mutex};

use plansync_engine::{Engine, NeedsDisk};
use plansync_log::memory::MemoryLog;
use plansync_log::{
    CommandKey, Incarnations, Position, Read, ReadError, Sequenced, StreamId, Tip, Version,
};

use crate::stage::{SOURCE, Stage, call, config, rename, tenant};

type Between = Box<dyn FnOnce() + Send>;

/// A log that lets something happen behind the next look at a command.
struct Interrupted {
    log: MemoryLog,
    between: Mutex<Option<Between>>,
}

impl Read for Interrupted {
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
        self.log.locate(stream, version)
    }

    fn stream_version(&self, stream: &StreamId) -> Result<Version, ReadError> {
        self.log.stream_version(stream)
    }

    fn command(&self, tenant: &str, command: CommandKey) -> Result<Option<Position>, ReadError> {
        let found = self.log.command(tenant, command);
        let between = self.between.lock().unwrap().take();
        if let Some(between) = between {
            between();
        }
        found
    }

    fn surely_lacks(&self, tenant: &str, command: CommandKey) -> bool {
        self.log.surely_lacks(tenant, command)
    }

    fn surely_lacks_stream(&self, stream: &StreamId) -> bool {
        self.log.surely_lacks_stream(stream)
    }
}

#[test]
fn i2_a_repeat_gets_its_first_answer_also_where_that_becomes_durable_meanwhile() {
    let stage = Stage::college();
    let log = Arc::new(Interrupted {
        log: stage.log.clone(),
        between: Mutex::new(None),
    });
    let append = Box::new(stage.log.clone());
    let engine = Engine::open(append, Arc::clone(&log) as Arc<dyn Read>, config()).unwrap();
    let command = rename(SOURCE, "New");
    let call = call("sam", 900, &command);
    // A durable command that was also sent as a request: what it did, and what became of it.
    let first = engine.submit(&call, &command).unwrap();
    engine.record_accepted(&call, "plan.edit", &first).unwrap();
    let writer = engine.clone();
    let between = move || {
        writer.write_step().unwrap();
    };
    *log.between.lock().unwrap() = Some(Box::new(between));

    let again = engine.submit(&call, &command).unwrap();

    assert_eq!((again.position, again.duplicate), (first.position, true));
    assert_eq!(again.reply, first.reply);
}

#[test]
fn what_needs_the_disk_is_not_decided_here_and_leaves_nothing_behind() {
    let mut stage = Stage::college();
    // The plans are not resident behind a restart.
    stage.restart();
    let command = rename(SOURCE, "New");
    let first = call("sam", 900, &command);
    let engine = stage.engine.clone();
    assert!(
        !engine
            .snapshot(&tenant())
            .tenant
            .plans()
            .is_resident(SOURCE)
    );
    assert_eq!(engine.submit_without_disk(&first, &command), Err(NeedsDisk));

    let done = engine.submit(&first, &command).unwrap();

    assert!(!done.duplicate);
    // The plan is resident now; a repeat's first answer is on the disk.
    let here = rename(SOURCE, "Newer");
    let second = call("sam", 901, &here);
    let after = engine.submit_without_disk(&second, &here).unwrap().unwrap();
    assert_eq!(after.position, done.position.next());
    assert_eq!(engine.submit_without_disk(&first, &command), Err(NeedsDisk));
    stage.write();
    assert_eq!(engine.submit_without_disk(&first, &command), Err(NeedsDisk));
    let again = engine.submit(&first, &command).unwrap();
    assert_eq!((again.position, again.duplicate), (done.position, true));
}
