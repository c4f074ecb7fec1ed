//! An engine on a log that is only read: it answers like the engine that serves the log, and writes
//! nothing.

use std::sync::{Arc, Mutex};

use plansync_domain::sync::request::SyncKind;
use plansync_engine::{Config, Engine, Kept, Refusal, Worked, Wrote};
use plansync_log::memory::{MemoryCheckpoints, MemoryLog};
use plansync_log::{Checkpoint, CheckpointError, Checkpoints, ImagePlace, Position, Read as _};

use crate::stage::{SOURCE, Stage, assert_same, call, config, rename, sync, target, tenant};

fn view(log: &MemoryLog, config: Config) -> Engine {
    Engine::view(Arc::new(log.clone()), config).unwrap()
}

/// A college with a sync that has some of its targets to do.
fn in_the_middle() -> Stage {
    let mut stage = Stage::college();
    stage.rename("New");
    stage.next_as("sam", &sync(SyncKind::ChangesOnly)).unwrap();
    stage.write();
    assert_eq!(stage.engine.work_step().unwrap(), Worked::Targets(2));
    stage.write();
    stage
}

#[test]
fn a_view_answers_like_the_engine_with_a_sync_that_is_not_done() {
    let stage = in_the_middle();
    let view = view(&stage.log, config());
    assert_same(&view, &stage.engine);
    assert_eq!(view.tenants(), [tenant()]);
    assert_eq!(view.write_step().unwrap(), Wrote::Nothing);
    assert_same(&view, &stage.engine);
}

#[test]
fn a_view_refuses_commands_and_continues_no_sync() {
    let stage = in_the_middle();
    let view = view(&stage.log, config());
    let before = stage.log.tip();
    let command = rename(SOURCE, "Other");
    let refused = view
        .submit(&call("sam", 999, &command), &command)
        .unwrap_err();
    assert_eq!(refused.refusal, Refusal::OnlyRead);
    assert_eq!(view.work_step().unwrap(), Worked::Waits);
    assert_eq!(view.idle_step().unwrap(), 0);
    assert_eq!(view.write_step().unwrap(), Wrote::Nothing);
    assert_eq!(stage.log.tip(), before);
    assert_same(&view, &stage.engine);
}

#[test]
fn a_command_that_was_carried_out_has_its_first_answer_in_a_view() {
    let stage = Stage::college();
    let command = rename(SOURCE, "New");
    let receipt = stage
        .engine
        .submit(&call("sam", 999, &command), &command)
        .unwrap();
    stage.write();
    let view = view(&stage.log, config());
    let again = view.submit(&call("sam", 999, &command), &command).unwrap();
    assert_eq!((again.position, again.duplicate), (receipt.position, true));
}

/// Checkpoints that may only be read.
struct OnlyRead(MemoryCheckpoints);

impl Checkpoints for OnlyRead {
    fn newest(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        self.0.newest()
    }

    fn write_images(&self, _images: &[Vec<u8>]) -> Result<Vec<ImagePlace>, CheckpointError> {
        panic!("a view writes no images")
    }

    fn image(&self, place: ImagePlace) -> Result<Vec<u8>, CheckpointError> {
        self.0.image(place)
    }

    fn write(
        &self,
        _checkpoint: &Checkpoint,
        _live: &std::collections::BTreeSet<u64>,
    ) -> Result<(), CheckpointError> {
        panic!("a view writes no checkpoint")
    }
}

#[test]
fn a_view_begins_with_a_checkpoint_that_fits_and_tells_how_far_it_has_folded() {
    let checkpoints = MemoryCheckpoints::new();
    let kept = Config {
        checkpoints: Some(Arc::new(checkpoints.clone())),
        image_commits: 1,
        ..config()
    };
    let mut stage = Stage::college_with(kept);
    stage.rename("New");
    stage.next_as("sam", &sync(SyncKind::ChangesOnly)).unwrap();
    stage.work();
    stage.engine.keep_now().unwrap();
    let kept_at = stage.log.tip().position;
    stage.next_as("sam", &rename(target(1), "Later")).unwrap();
    stage.write();
    let told = Arc::new(Mutex::new(Vec::new()));
    let folding = {
        let told = Arc::clone(&told);
        move |at: Position, last: Position| told.lock().unwrap().push((at, last))
    };
    let viewed = Config {
        checkpoints: Some(Arc::new(OnlyRead(checkpoints))),
        folding: Some(Arc::new(folding)),
        image_commits: 1,
        ..config()
    };
    let view = view(&stage.log, viewed);
    assert_eq!(*told.lock().unwrap(), [(kept_at, stage.log.tip().position)]);
    assert_eq!(view.keep_now().unwrap(), Kept::Nothing);
    assert_same(&view, &stage.engine);
}
