//! Owns everything that one image was heard to guarantee, whatever it was loaded with, and what each
//! line of a worker adds to it or breaks.

use super::answers::Answers;
use super::copies::Copies;
use super::erasures::Erasures;
use super::ledger::{Ledger, Violation};
use crate::line::Line;

/// The guarantees given to one image, over all its accidents.
#[derive(Debug, Default)]
pub struct Guarantees {
    /// Of the log alone.
    pub ledger: Ledger,
    /// Of an engine.
    pub answers: Answers,
    /// Of its copies.
    pub copies: Copies,
    /// Of its keys.
    pub erasures: Erasures,
}

impl Guarantees {
    /// How many command numbers were used up so far.
    pub fn commands(&self) -> u64 {
        self.ledger.commands().max(self.answers.commands())
    }

    /// Takes down what a worker said, and says if it breaks a guarantee.
    pub fn hear(&mut self, line: &Line) -> Result<(), Violation> {
        match line {
            Line::Found(position, chain) => self.ledger.found(*position, *chain)?,
            Line::Try(position, chain, number) => self.ledger.tried(*position, *chain, *number),
            Line::Done(position) => self.ledger.done(*position),
            Line::Stands { tip, at, chain } => self.answers.stands(*tip, *at, *chain)?,
            Line::Asked(number) => self.answers.asked(*number),
            Line::Answered {
                number,
                position,
                reply,
                duplicate,
            } => self
                .answers
                .answered(*number, (*position, *reply), *duplicate)?,
            Line::Denied(number, why) => self.answers.denied(*number, why)?,
            Line::Upto(position, chain) => self.answers.upto(*position, *chain),
            Line::Saw(position, state) => self.answers.saw(*position, *state),
            Line::Shown(position, state) => self.answers.shown(*position, *state)?,
            Line::CopiesFound { backup, restored } => self.copies.found(*backup, *restored)?,
            Line::BackedUp(_) => self.copies.backed_up(),
            Line::Restored(position) => self.copies.restored(*position),
            Line::Removing => self.copies.removing(),
            Line::Keys(gone, kept) => self.erasures.found(*gone, *kept)?,
            Line::Erasing(number) => self.erasures.erasing(*number),
            Line::Erased(number) => self.erasures.erased(*number),
            Line::Wrong(what) => return Err(Violation::Wrong(what.clone())),
            Line::Refused(what) => return Err(Violation::Refused(what.clone())),
            Line::Opening
            | Line::Ended(_)
            | Line::Tending
            | Line::Copying
            | Line::Remade(_)
            | Line::Whole
            | Line::Sealing
            | Line::Sealed
            | Line::Closed => {}
        }
        Ok(())
    }
}
