//! Valid bytes, changed a little or a lot: `PLANSYNC_HOSTILE_CASES` cases of each decoder (3,000), from
//! the seed `PLANSYNC_HOSTILE_SEED`. One test alone, so that the memory that it measures is its own.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fastrand::Rng;
use peak_alloc::PeakAlloc;
use plansync_hostile::{TARGETS, Target, seeds};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const CASES: u64 = 3_000;
/// What a decoder may take whatever it is given (a block of a backup is unpacked at once, and has at most
/// 1 MiB), and besides for each byte.
const BYTES_AT_LEAST: usize = 2 * 1024 * 1024;
const BYTES_A_BYTE: usize = 64;
/// The deepest nesting that a case leads into.
const DEEP: usize = 20_000;

fn setting(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap())
}

/// Something that length fields, numbers and tags are replaced with.
const EXTREMES: [&[u8]; 17] = [
    &[0xff; 8],
    &[0x00; 8],
    &[0x7f, 0xff, 0xff, 0xff],
    &[0x80, 0x00, 0x00, 0x00],
    &[0xdd, 0xff, 0xff, 0xff, 0xff],
    &[0xdf, 0xff, 0xff, 0xff, 0xff],
    &[0xc6, 0xff, 0xff, 0xff, 0xff],
    &[0xdb, 0x7f, 0xff, 0xff, 0xff],
    b"1e999",
    b"-1",
    b"\xed\xa0\x80",
    b"null",
    &[0x91],
    &[0x81],
    &[0xdc, 0x00, 0x01],
    &[0xd4, 0x01, 0x80],
    b"\xef\xbb\xbf",
];

fn mutated(rng: &mut Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[rng.usize(0..seeds.len())].clone();
    for _ in 0..rng.usize(1..=4) {
        let at = rng.usize(0..=bytes.len());
        let end = (at + rng.usize(0..=16)).min(bytes.len());
        match rng.u32(0..10) {
            0..=2 if at < bytes.len() => bytes[at] ^= 1 << rng.u32(0..8),
            3 if at < bytes.len() => bytes[at] = rng.u8(..),
            4 => drop(bytes.drain(at..end)),
            5 => bytes.truncate(at),
            6 => {
                let again = bytes[at..end].repeat(rng.usize(1..=200));
                bytes.splice(at..at, again);
            }
            7 => {
                let other = &seeds[rng.usize(0..seeds.len())];
                let from = rng.usize(0..=other.len());
                bytes.splice(at.., other[from..].iter().copied());
            }
            8 => {
                let nested: &[u8] =
                    [b"[".as_slice(), b"{\"a\":", b"\x91", b"\x81\xa1a"][rng.usize(0..4)];
                let nested = nested.repeat(rng.usize(1..=DEEP));
                bytes.splice(at..at, nested);
            }
            _extreme => {
                let extreme = EXTREMES[rng.usize(0..EXTREMES.len())];
                bytes.splice(at..end, extreme.iter().copied());
            }
        }
    }
    bytes
}

fn judged(name: &str, target: Target, bytes: &[u8], about: &str) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let ran = catch_unwind(AssertUnwindSafe(|| target(bytes)));
    let taken = MEMORY.peak_usage().saturating_sub(before);
    let hex = || {
        let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
        digits.collect::<String>()
    };
    if let Err(panic) = ran {
        let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
        panic!("{name}, {about}: {text}\n{}", hex());
    }
    let may = BYTES_AT_LEAST + BYTES_A_BYTE * bytes.len();
    assert!(
        taken <= may,
        "{name}, {about}: {taken} bytes taken for {}\n{}",
        bytes.len(),
        hex()
    );
}

#[test]
fn no_decoder_crashes_or_takes_more_than_its_input_explains() {
    let (cases, first) = (
        setting("PLANSYNC_HOSTILE_CASES", CASES),
        setting("PLANSYNC_HOSTILE_SEED", 0),
    );
    for (name, target) in TARGETS {
        let seeds = seeds::of(name);
        assert!(seeds.len() > 1, "{name} has no seeds");
        for (number, seed) in seeds.iter().enumerate() {
            judged(name, target, seed, &format!("seed {number}"));
        }
        for case in first..first + cases {
            let bytes = mutated(&mut Rng::with_seed(case), &seeds);
            judged(name, target, &bytes, &format!("case {case}"));
        }
        println!("{name}: {} seeds, {cases} cases", seeds.len());
    }
}
