//! Sealing, destroying and wrapping: golden bytes and properties.

mod destroying;
mod golden;
mod texts;
mod wrapping;

use uuid::Uuid;

use super::*;
use crate::LogId;

pub(super) fn tree(seed: u8) -> KeyTree {
    KeyTree::begin(&Seed::new([seed; 32]), Vec::new())
}

pub(super) fn log() -> LogId {
    LogId::new(Uuid::from_u128(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10))
}

pub(super) fn leaf(number: u64) -> Leaf {
    Leaf::of(&[b"test", &number.to_be_bytes()])
}

pub(super) fn key(fill: u8) -> WrappingKey {
    WrappingKey::new([fill; 32]).unwrap()
}
