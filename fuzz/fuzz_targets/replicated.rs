//! A message of the stream of a replicated log, or of its leases.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plansync_hostile::replicated(bytes));
