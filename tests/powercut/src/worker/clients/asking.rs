//! Owns asking: one command after another, and what is said of each answer.

use std::io::Write;
use std::time::Duration;

use plansync_engine::{Engine, Receipt, Refusal, Refused, Wrote};
use plansync_log::{Fingerprint, Position};

use super::course::whole;
use super::script::Script;
use super::{hands, view};
use crate::line::Line;
use crate::worker::{Reporter, WorkError};

const RETRY: Duration = Duration::from_millis(2);

/// The clients of one engine.
pub(super) struct Asking<'a, W> {
    pub(super) engine: &'a Engine,
    pub(super) script: Script,
    pub(super) reporter: &'a Reporter<W>,
}

/// What may be said of a command once the log is durable so far.
struct Heard {
    after: Position,
    line: Line,
}

impl<W: Write> Asking<'_, W> {
    /// Asks these at once, and says what came of each when that is durable.
    pub(super) fn ask_all(&self, numbers: &[u64]) -> Result<(), WorkError> {
        let heard: Result<Vec<Heard>, WorkError> =
            numbers.iter().map(|number| self.ask(*number)).collect();
        for Heard { after, line } in heard? {
            self.engine
                .settle(after)
                .map_err(|error| WorkError::refused("waiting for the disk", &error))?;
            self.reporter.say(&line)?;
        }
        self.say_tip()
    }

    /// Asks once more, where nothing else goes on: a repeat must change nothing.
    pub(super) fn ask_again(&self, number: u64) -> Result<(), WorkError> {
        hands::write(self.engine)?;
        let Heard { after, line } = self.ask(number)?;
        let wrote = self
            .engine
            .write_step()
            .map_err(|error| WorkError::refused("writing", &error))?;
        let repeated = matches!(
            line,
            Line::Answered {
                duplicate: true,
                ..
            }
        );
        if repeated && wrote != Wrote::Nothing {
            let text = format!("command {number} was answered again, and wrote {wrote:?}");
            return Err(WorkError::Wrong(text));
        }
        if self.engine.durable().current() < after {
            let text = format!("command {number} waits for {after}, which nobody writes");
            return Err(WorkError::Wrong(text));
        }
        Ok(self.reporter.say(&line)?)
    }

    /// How far the log is durable, which is a guarantee.
    pub(super) fn say_tip(&self) -> Result<(), WorkError> {
        let tip = self.engine.log().tip();
        Ok(self.reporter.say(&Line::Upto(tip.position, tip.chain))?)
    }

    /// What a reader sees now.
    pub(super) fn look(&self) -> Result<(), WorkError> {
        let snapshot = whole(self.engine)?;
        let durable = self.engine.durable().current();
        if durable < snapshot.position {
            let position = snapshot.position;
            let text = format!("a reader sees {position}, and {durable} is durable");
            return Err(WorkError::Wrong(text));
        }
        let digest = view::digest(&snapshot.tenant);
        Ok(self.reporter.say(&Line::Saw(snapshot.position, digest))?)
    }

    fn ask(&self, number: u64) -> Result<Heard, WorkError> {
        let asked = self.script.ask(number)?;
        self.reporter.say(&Line::Asked(number))?;
        loop {
            match self.engine.submit(&asked.call, &asked.command) {
                Ok(receipt) => return Ok(answered(number, &receipt)),
                Err(Refused { after, refusal }) => match refusal {
                    Refusal::Rejected(rejection) => {
                        let line = Line::Denied(number, rejection.to_string());
                        return Ok(Heard { after, line });
                    }
                    Refusal::Overloaded { .. } => {
                        hands::write(self.engine)?;
                        std::thread::sleep(RETRY);
                    }
                    Refusal::CommandIdReused
                    | Refusal::Recorded { .. }
                    | Refusal::ReadingExpired => {
                        let text = format!("command {number}: {refusal}");
                        return Err(WorkError::Wrong(text));
                    }
                    Refusal::Unavailable { .. }
                    | Refusal::OnlyRead
                    | Refusal::NotLeading
                    | Refusal::Damaged { .. }
                    | Refusal::Internal { .. } => {
                        return Err(WorkError::refused("asking", &refusal));
                    }
                },
            }
        }
    }
}

fn answered(number: u64, receipt: &Receipt) -> Heard {
    let reply = format!("{:?} {}", receipt.reply, receipt.unchanged);
    Heard {
        after: receipt.position,
        line: Line::Answered {
            number,
            position: receipt.position,
            reply: Fingerprint::of(reply.as_bytes()),
            duplicate: receipt.duplicate,
        },
    }
}
