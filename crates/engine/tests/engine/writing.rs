//! When queued commits are written.

use std::time::Duration;

use plansync_engine::Wrote;

use crate::stage::{SOURCE, Stage, rename};

fn is_due(stage: &Stage) -> bool {
    stage.engine.wait_queued(Duration::ZERO)
}

/// Renames a component, and says whether that is to be written now.
fn edit(stage: &mut Stage, name: &str) -> bool {
    stage.next_as("sam", &rename(SOURCE, name)).unwrap();
    is_due(stage)
}

#[test]
fn a_commit_is_due_at_once_and_in_a_run_of_commands_at_its_end() {
    let mut stage = Stage::college();
    stage.write();
    assert!(!is_due(&stage));
    assert!(edit(&mut stage, "One"));

    assert_ne!(stage.write(), Wrote::Nothing);
    let (run, other) = (stage.engine.gathering(), stage.engine.gathering());
    assert!(!edit(&mut stage, "Two"));
    assert!(!edit(&mut stage, "Three"));
    drop(run);
    assert!(
        is_due(&stage),
        "what waits is due, though another run goes on"
    );

    assert_ne!(stage.write(), Wrote::Nothing);
    assert!(!edit(&mut stage, "Four"));
    drop(other);
    assert!(is_due(&stage));
}

#[test]
fn a_run_without_commits_makes_nothing_due() {
    let mut stage = Stage::college();
    stage.write();
    drop(stage.engine.gathering());
    assert!(!is_due(&stage));
    let run = stage.engine.gathering();
    assert!(!edit(&mut stage, "One"));
    drop(run);
    assert!(is_due(&stage));
}
