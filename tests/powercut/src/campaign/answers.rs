//! Owns what clients and readers of an engine were told, over all lives of an image: which command
//! was answered how, how far the log was durable, and what a reader saw. Knows nothing of how the
//! answers come about.

use std::collections::HashMap;

use plansync_log::{Chain, Fingerprint, Position};

use super::ledger::Violation;

/// What was said of one image.
#[derive(Debug)]
pub struct Answers {
    replies: HashMap<u64, (Position, Fingerprint)>,
    commands: u64,
    durable: Position,
    chain: Chain,
    saw: Option<(Position, Fingerprint)>,
    repeated: u64,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            replies: HashMap::new(),
            commands: 0,
            durable: Position::ZERO,
            chain: Chain::new([0; 32]),
            saw: None,
            repeated: 0,
        }
    }
}

impl Answers {
    /// How many command numbers were used up so far.
    pub fn commands(&self) -> u64 {
        self.commands
    }

    /// How many commands were answered.
    pub fn answered_count(&self) -> u64 {
        u64::try_from(self.replies.len()).unwrap_or(u64::MAX)
    }

    /// How many answers were given again and compared with the first.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// The last position that was said to be durable.
    pub fn durable(&self) -> Position {
        self.durable
    }

    /// The position of what a reader saw last; zero if none looked.
    pub fn saw_at(&self) -> Position {
        self.saw.map_or(Position::ZERO, |(position, _)| position)
    }

    /// A command is about to be asked.
    pub fn asked(&mut self, number: u64) {
        self.commands = self.commands.max(number + 1);
    }

    /// A command was answered. Answered before, it must get that answer again and know it.
    pub fn answered(
        &mut self,
        number: u64,
        reply: (Position, Fingerprint),
        duplicate: bool,
    ) -> Result<(), Violation> {
        let Some(first) = self.replies.get(&number) else {
            self.replies.insert(number, reply);
            return Ok(());
        };
        self.repeated += 1;
        if *first == reply && duplicate {
            return Ok(());
        }
        Err(Violation::Wrong(format!(
            "command {number} was answered at {} and is answered at {} again, as a repeat: \
             {duplicate}, with the same words: {}",
            first.0,
            reply.0,
            first.1 == reply.1
        )))
    }

    /// A command was refused, which one that was answered must not be.
    pub fn denied(&self, number: u64, why: &str) -> Result<(), Violation> {
        match self.replies.get(&number) {
            None => Ok(()),
            Some((position, _)) => Err(Violation::Wrong(format!(
                "command {number} was answered at {position} and is refused now: {why}"
            ))),
        }
    }

    /// The log is durable up to here.
    pub fn upto(&mut self, position: Position, chain: Chain) {
        if position >= self.durable {
            (self.durable, self.chain) = (position, chain);
        }
    }

    /// The log was opened and ends here; `chain` is the one at the position that was promised.
    pub fn stands(&self, tip: Position, at: Position, chain: Chain) -> Result<(), Violation> {
        let promised = self.durable.max(self.saw_at());
        if tip < promised {
            return Err(Violation::Lost {
                promised,
                found: tip,
            });
        }
        if at != self.durable || (at > Position::ZERO && chain != self.chain) {
            return Err(Violation::Different { at });
        }
        Ok(())
    }

    /// A reader saw this state.
    pub fn saw(&mut self, position: Position, state: Fingerprint) {
        self.saw = Some((position, state));
    }

    /// The state of that position, as the log gives it now.
    pub fn shown(&self, position: Position, state: Fingerprint) -> Result<(), Violation> {
        if self.saw == Some((position, state)) {
            return Ok(());
        }
        Err(Violation::Wrong(format!(
            "the state that a reader saw at {position} is another one now"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::{Answers, Chain, Fingerprint, Position, Violation};

    const CHAIN: Chain = Chain::new([3; 32]);

    fn reply(position: u64) -> (Position, Fingerprint) {
        (Position::new(position), Fingerprint::of(b"done"))
    }

    fn answers() -> Answers {
        let mut answers = Answers::default();
        answers.asked(0);
        answers.answered(0, reply(1), false).unwrap();
        answers.upto(Position::new(1), CHAIN);
        answers
    }

    fn wrong(text: &str) -> Result<(), Violation> {
        Err(Violation::Wrong(text.to_owned()))
    }

    #[test]
    fn a_repeat_gets_the_first_answer_and_knows_it() {
        let mut answers = answers();
        assert_eq!(answers.answered(0, reply(1), true), Ok(()));
        assert_eq!(answers.repeated(), 1);
        assert_eq!(
            answers.answered(0, reply(1), false),
            wrong(
                "command 0 was answered at 1 and is answered at 1 again, as a repeat: false, \
                 with the same words: true"
            )
        );
        assert_eq!(
            answers.answered(0, reply(2), true),
            wrong(
                "command 0 was answered at 1 and is answered at 2 again, as a repeat: true, \
                 with the same words: true"
            )
        );
    }

    #[test]
    fn what_was_answered_is_not_refused_later() {
        let refused = wrong("command 0 was answered at 1 and is refused now: no");
        assert_eq!(answers().denied(0, "no"), refused);
        assert_eq!(answers().denied(1, "no"), Ok(()));
    }

    #[test]
    fn what_was_durable_or_seen_must_be_there() {
        let (one, two) = (Position::new(1), Position::new(2));
        let mut answers = answers();
        assert_eq!(answers.stands(two, one, CHAIN), Ok(()));
        let other = Chain::new([4; 32]);
        let different = Err(Violation::Different { at: one });
        assert_eq!(answers.stands(two, one, other), different);
        answers.saw(two, Fingerprint::of(b"state"));
        let lost = Err(Violation::Lost {
            promised: two,
            found: one,
        });
        assert_eq!(answers.stands(one, one, CHAIN), lost);
        assert_eq!(answers.shown(two, Fingerprint::of(b"state")), Ok(()));
        assert_eq!(
            answers.shown(two, Fingerprint::of(b"other")),
            wrong("the state that a reader saw at 2 is another one now")
        );
    }
}
