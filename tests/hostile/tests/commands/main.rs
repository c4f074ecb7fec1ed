//! Whatever a command can carry comes back: every command there is, with values that are right and values that
//! are nearly so, in both encodings, as a request and as a durable command. What is accepted is read again as
//! it was decided, from the log, from the state that is kept, from a backup and from what is published.
//!
//! `PLANSYNC_COMMANDS_CASES` cases (96).

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod generate;
mod stage;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use generate::{Sent, sent};
use plansync_protocol::OperationName;
use stage::Stage;

fn cases() -> u32 {
    let set = std::env::var("PLANSYNC_COMMANDS_CASES").ok();
    set.map_or(96, |text| text.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_accepted_can_be_read_again_everywhere(all in prop::collection::vec(sent(), 1..14)) {
        let stage = Stage::founded();
        for (number, sent) in all.iter().enumerate() {
            stage.send(number, sent);
        }
        stage.log_is_read_as_it_was_decided();
        stage.backup_is_read_as_it_was_decided();
        stage.what_is_published_is_of_the_schema();
        stage.opens_as_it_was();
    }
}

/// A generator of which nothing was accepted would hold nothing. What is accepted is published, whatever the command.
#[test]
fn every_command_is_accepted_now_and_then() {
    let mut runner = TestRunner::deterministic();
    let mut accepted = BTreeSet::new();
    for _ in 0..250 {
        let stage = Stage::founded();
        for number in 0..10 {
            let sent = sent().new_tree(&mut runner).unwrap().current();
            if stage.send(number, &sent) {
                accepted.insert((sent.operation, sent.is_packed, sent.is_durable));
            }
        }
        stage.what_is_published_is_of_the_schema();
    }
    let operations: BTreeSet<_> = accepted.iter().map(|(operation, ..)| *operation).collect();
    let all = OperationName::ALL.iter();
    let commands = all.filter(|operation| operation.is_command());
    let commands: BTreeSet<_> = commands.map(|operation| operation.as_str()).collect();
    assert_eq!(operations, commands);
    assert!(accepted.len() >= 40, "{accepted:?}");
}

/// Values that the generator is sure to try now and then, each by itself, so that none is left to chance.
#[test]
fn no_date_of_another_form_is_taken() {
    for text in generate::NEARLY_DATES {
        for encoding in [false, true] {
            for is_durable in [false, true] {
                let stage = Stage::founded();
                let sent = Sent::due(text, encoding, is_durable);
                assert!(!stage.send(0, &sent), "{text:?} was taken");
                stage.log_is_read_as_it_was_decided();
            }
        }
    }
}
