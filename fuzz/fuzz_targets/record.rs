//! A commit as the log stores it.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plansync_hostile::record(bytes));
