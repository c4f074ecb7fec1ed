//! Texts of anchors: keys, signed notes, checkpoints and proofs.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plansync_hostile::anchor(bytes));
