//! Every choice of a run: drawn at random and written down, or read again from what was written.
//!
//! 0 is always the calm choice, and where the tape has ended everything is calm; that is why a tape
//! can be cut down, and still leads to an end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fastrand::Rng;

/// What was drawn, in order.
pub type Tape = Vec<u32>;

#[derive(Debug)]
struct Drawing {
    tape: Tape,
    next: usize,
    /// Draws what the tape does not have; none where the tape is all there is.
    rng: Option<Rng>,
}

/// The choices of one run; clones share them.
#[derive(Debug, Clone)]
pub struct Choices(Arc<Mutex<Drawing>>);

impl Choices {
    /// Random ones.
    pub fn random(seed: u64) -> Self {
        Self::new(Tape::new(), Some(Rng::with_seed(seed)))
    }

    /// Those of a tape, and calm ones after it.
    pub fn replayed(tape: Tape) -> Self {
        Self::new(tape, None)
    }

    fn new(tape: Tape, rng: Option<Rng>) -> Self {
        let next = 0;
        Self(Arc::new(Mutex::new(Drawing { tape, next, rng })))
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&self, bound: u32) -> u32 {
        let mut drawing = self.lock();
        let place = drawing.next;
        drawing.next += 1;
        if let Some(drawn) = drawing.tape.get(place) {
            return drawn % bound;
        }
        let Some(rng) = &mut drawing.rng else {
            return 0;
        };
        let drawn = rng.u32(0..bound);
        drawing.tape.push(drawn);
        drawn
    }

    /// Whether something happens that happens so often in a thousand.
    pub fn happens(&self, in_a_thousand: u32) -> bool {
        self.below(1_000) >= 1_000 - in_a_thousand
    }

    /// An index below `count`, which is not 0.
    pub fn index(&self, count: usize) -> usize {
        let bound = u32::try_from(count).unwrap_or(u32::MAX);
        usize::try_from(self.below(bound)).unwrap_or(0)
    }

    /// One of several, as often as their weights say. The first is the calm one.
    pub fn weighted(&self, weights: &[u32]) -> usize {
        let mut drawn = self.below(weights.iter().sum::<u32>().max(1));
        for (index, weight) in weights.iter().enumerate() {
            if drawn < *weight {
                return index;
            }
            drawn -= weight;
        }
        0
    }

    /// From here on everything is calm.
    pub fn calm(&self) {
        let mut drawing = self.lock();
        let drawn = drawing.next;
        drawing.tape.truncate(drawn);
        drawing.rng = None;
    }

    /// What was drawn so far.
    pub fn tape(&self) -> Tape {
        self.lock().tape.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Drawing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Choices;

    #[test]
    fn a_tape_replays_what_was_drawn_and_is_calm_after_it() {
        let random = Choices::random(7);
        let drawn: Vec<u32> = (1..50).map(|bound| random.below(bound)).collect();
        let replayed = Choices::replayed(random.tape());
        let again: Vec<u32> = (1..50).map(|bound| replayed.below(bound)).collect();
        assert_eq!(again, drawn);
        assert_eq!(replayed.below(1_000), 0);
        assert!(!replayed.happens(999));
    }

    #[test]
    fn weights_say_how_often() {
        let random = Choices::random(1);
        let mut seen = [0_u32; 3];
        for _ in 0..3_000 {
            seen[random.weighted(&[1, 0, 2])] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!(seen[2] > seen[0] && seen[0] > 700, "{seen:?}");
    }
}
