//! What a nats-server sends.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plansync_hostile::frames(bytes));
