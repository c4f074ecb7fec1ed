//! A backup file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plansync_hostile::archive(bytes));
