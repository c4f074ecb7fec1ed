//! The rules of learning plan synchronisation and the state that they judge.

pub mod ids;
