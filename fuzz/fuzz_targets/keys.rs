//! The keys of a log as a file, sealed texts, and wrapping keys.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plansync_hostile::keys(bytes));
