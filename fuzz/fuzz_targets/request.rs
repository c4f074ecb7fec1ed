//! A message as it comes in.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plansync_hostile::request(bytes));
