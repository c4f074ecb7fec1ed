//! A commit as the log stores it: its envelope, and the events in it.

use std::sync::Arc;

use plansync_engine::{EventBodies, decided};
use plansync_log::{Bodies as _, Sequenced};

/// A record is refused, or says what it holds; and what it says is what was stored.
///
/// # Panics
/// If a guarantee is broken.
pub fn record(bytes: &[u8]) {
    let Ok(sequenced) = Sequenced::from_stored(Arc::from(bytes)) else {
        return;
    };
    assert_eq!(sequenced.stored(), bytes);
    let skimmed = sequenced.skim().map(|skim| (skim.stream(), skim.command));
    let decoded = sequenced.decode();
    match (skimmed, decoded) {
        (Ok((stream, command)), Ok(commit)) => {
            assert_eq!(stream, commit.proposal.stream);
            assert_eq!(command, commit.proposal.command);
            // What the events are is told or refused; either way once and for all.
            let keys = plansync_log::sealing::Keys::only_read(None);
            let first = decided(&sequenced, &keys).map_err(|error| error.to_string());
            let again = decided(&sequenced, &keys).map_err(|error| error.to_string());
            assert_eq!(first, again);
            // Whoever checks a log reads what whoever folds it reads, and what is read can be written.
            if first.is_ok() {
                let read = EventBodies.read(&commit);
                assert!(read.is_ok(), "{read:?}");
            }
        }
        // A skim looks at less, and may be content with it.
        (_, Err(_)) => {}
        (Err(error), Ok(commit)) => {
            unreachable!("it cannot be skimmed ({error}) and is {commit:?}")
        }
    }
}
