//! What a reader may see of a history, decided by a look at each commit.

use plansync_domain::event::Event;
use plansync_domain::event::command_outcome::AcceptedAnswer;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, SyncId};
use plansync_engine::Decided;
use plansync_log::Position;

use super::history::History;
use crate::stage::{target, tenant};

pub(super) const READERS: [&str; 4] = ["system", "sam", "nora", "otto"];

impl History {
    /// The commits that a reader may see.
    pub(super) fn seen_by(&self, reader: &str) -> impl Iterator<Item = &Decided> {
        let seen = self
            .commits
            .iter()
            .filter(|decided| decided.tenant == tenant());
        seen.filter(move |decided| matches!(reader, "system" | "sam") || self.sees(reader, decided))
    }

    #[allow(clippy::wildcard_enum_match_arm)] // The other events are told by their stream.
    fn sees(&self, reader: &str, decided: &Decided) -> bool {
        match decided.events.first().unwrap() {
            Event::TargetReplayed(replayed) => {
                let is_of_plan = matches!(decided.stream, Stream::Plan(_));
                sees(reader, replayed.learner) && (is_of_plan || self.reads(reader, replayed.sync))
            }
            Event::RecordOpened(opened) => sees(reader, opened.learner),
            Event::RecordClosed(closed) => sees(reader, closed.learner),
            Event::SyncAccepted(accepted) => self.reads(reader, accepted.sync),
            Event::SyncCompleted(completed) => self.reads(reader, completed.sync),
            Event::SyncCancelled(cancelled) => self.reads(reader, cancelled.sync),
            Event::CommandAccepted(accepted) => {
                let AcceptedAnswer::Commit(position) = accepted.answer else {
                    panic!("an answer of an earlier version");
                };
                let led_to = self
                    .commits
                    .iter()
                    .find(|commit| commit.commit.position == Position::new(position.get()));
                self.sees(reader, led_to.unwrap())
            }
            Event::CommandOutcome(_) | Event::CommandRejected(_) => {
                decided.actor.as_str() == reader
            }
            _ => match &decided.stream {
                Stream::Plan(learner) | Stream::Learner(learner) => sees(reader, *learner),
                _ => true,
            },
        }
    }

    fn reads(&self, reader: &str, sync: SyncId) -> bool {
        self.commits
            .iter()
            .any(|commit| match commit.events.as_slice() {
                [Event::SyncAccepted(accepted)] if accepted.sync == sync => {
                    accepted.requested_by.as_str() == reader || sees(reader, accepted.source)
                }
                _ => false,
            })
    }
}

/// `nora` views the north and `otto` the south.
fn sees(reader: &str, learner: LearnerId) -> bool {
    match reader {
        "nora" => learner != target(0) && learner != target(2),
        "otto" => learner != target(1),
        _ => panic!("{reader} sees everybody"),
    }
}
