//! Owns the clients of a real engine over the log: they ask, repeat what was never answered, and
//! look at every answer. What was promised in earlier lives is the campaign's to compare.

mod asking;
mod college;
mod course;
mod edits;
mod hands;
mod judgement;
mod script;
#[cfg(test)]
mod tests;
mod view;

pub(super) use course::Course;
