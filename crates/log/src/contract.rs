//! The contract of the ports as tests: one suite that every implementation runs, and the commits that it
//! is run with.
//!
//! The functions assert, because they are tests: a broken contract fails the test that called them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc
)]

mod backend;
mod checkpoints;
mod commits;
mod incarnations;
mod keys;
mod order;
mod queries;
mod streams;
mod trees;
mod view;

use std::sync::Arc;

pub use backend::{Places, holds_as_backend};
pub use checkpoints::{Keeps, keeps};
pub use commits::Author;
pub use streams::{SharesLeaseStream, SharesLogStream, holds_as_lease_stream, holds_as_log_stream};
pub use view::answers;

use crate::{Append, LogId, Position, Read, Sequenced};

/// An open log: its writer and a reader.
pub type Opened = (Box<dyn Append>, Arc<dyn Read>);

/// A log that can be opened again and again.
pub trait Adapter {
    /// The id of the log.
    fn log(&self) -> LogId;

    /// Opens the log as it was left. The suite drops the parts of an earlier opening before it opens the
    /// log again.
    fn open(&mut self) -> Opened;
}

/// A log that can be restored.
pub trait Restores: Adapter {
    /// Replaces the log with what a restore up to this position makes of it, in its next incarnation. The
    /// suite drops the parts of an earlier opening before.
    fn restore(&mut self, to: Position);
}

/// Runs every check of restored logs, each against a new and empty log from `make`.
pub fn holds_restored<A: Restores>(mut make: impl FnMut() -> A) {
    incarnations::a_new_incarnation_begins_where_the_log_was_restored_to(&mut make());
    incarnations::an_incarnation_that_inherits_nothing_begins_with_the_first_commit(&mut make());
    incarnations::an_incarnation_restored_further_back_takes_the_later_ones_commits(&mut make());
}

/// Runs every check, each against a new and empty log from `make`.
pub fn holds<A: Adapter>(mut make: impl FnMut() -> A) {
    order::an_empty_log_has_nothing(&mut make());
    incarnations::a_log_that_begins_is_in_its_first_incarnation(&mut make());
    order::what_is_appended_is_read_back(&mut make());
    order::a_group_that_does_not_follow_leaves_nothing(&mut make());
    order::an_empty_group_changes_nothing(&mut make());
    order::reading_is_bounded(&mut make());
    order::the_largest_commit_is_kept(&mut make());
    order::reopening_changes_no_answer(&mut make());
    order::readers_see_whole_groups_only(&mut make());
    queries::streams_have_versions(&mut make());
    queries::commands_are_found_in_their_scope_and_tenant(&mut make());
    queries::many_are_found_together(&mut make());
    queries::a_stream_may_be_named(&mut make());
    trees::every_part_of_the_tree_is_that_of_the_commits(&mut make());
}

/// Every commit of a log, read page by page.
pub fn all(log: &dyn Read) -> Vec<Sequenced> {
    let mut all: Vec<Sequenced> = Vec::new();
    loop {
        let from = all
            .last()
            .map_or(Position::FIRST, |last| last.position().next());
        let page = log.read(from, 1_000).expect("the log can be read");
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}
