//! One changed byte anywhere in a folder: opening refuses it, or reading or checking finds it, or
//! it is made good and said so, or it lies where nothing is. No answer is ever wrong, nothing
//! panics, and no damaged byte is written over before it was copied.

mod judge;
mod region;

use plansync_log::backend::unwatched;
use std::collections::BTreeMap;

use plansync_log::Append;
use plansync_log::contract::Author;
use plansync_log::memory::MemoryLog;
use plansync_sled::{Options, SledLog, Stepped};

use crate::folder::{Folder, log, small};
use crate::look::files;
use crate::verify::findings;
use judge::{Flip, Verdict};
use region::Region;

/// More with `PLANSYNC_FLIPS`.
const FLIPS: usize = 81;
const SEALED: u64 = 2;

fn options() -> Options {
    Options {
        volume_bytes: 12 << 10,
        full_volumes_max: 100,
        ..small()
    }
}

/// A closed log with two sealed volumes, full ones, an active one, the next one, and a copy of torn
/// remains in the active one.
fn folder() -> (Folder, MemoryLog) {
    let folder = Folder::new();
    let mut memory = MemoryLog::new(log());
    let mut author = Author::new(log());
    let (mut appender, reader, mut sealer) = SledLog::open(&folder.path(), options()).unwrap();
    let mut left = SEALED;
    for _ in 0..16 {
        let group = author.group(5);
        appender.append(&group).unwrap();
        memory.append(&group).unwrap();
        if left > 0 && sealer.step().unwrap() == Stepped::Sealed {
            left -= 1;
        }
    }
    assert_eq!(sealer.step().unwrap(), Stepped::Prepared);
    drop((appender, reader, sealer));
    let active = region::active(&folder.path());
    folder.edit(&format!("volumes/{active:08}/journal"), |journal| {
        let end = journal.iter().rposition(|byte| *byte != 0).unwrap();
        journal[end + 50] = 0xee;
    });
    let (mut appender, reader, sealer) = SledLog::open(&folder.path(), options()).unwrap();
    for _ in 0..2 {
        let group = [author.write(Author::plan(8), 40)];
        appender.append(&group).unwrap();
        memory.append(&group).unwrap();
        sealer.head_writer().step().unwrap();
    }
    drop((reader, sealer));
    appender.close().unwrap();
    (folder.copy(), memory)
}

fn flips() -> usize {
    let asked = std::env::var("PLANSYNC_FLIPS");
    asked.map_or(FLIPS, |count| count.parse().unwrap())
}

#[test]
fn a_changed_byte_anywhere_never_makes_an_answer_wrong() {
    let (folder, memory) = folder();
    let told = findings(&folder);
    assert_eq!(told.len(), 1, "only the copy of torn remains: {told:?}");
    let regions = Region::all(&folder.path());
    let kinds: Vec<&str> = regions.iter().map(|region| region.kind).collect();
    for kind in region::KINDS {
        assert!(kinds.contains(&kind), "the folder has no {kind}");
    }
    let count = flips();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut counts: BTreeMap<(&str, Verdict), usize> = BTreeMap::new();
    for number in 0..count {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let region = &regions[number % regions.len()];
        // Each file is cut into as many parts as it has flips, with one flip in each.
        let parts = count.div_ceil(regions.len()) as u64;
        let part = (number / regions.len()) as u64;
        let place =
            (region.bytes.len() as u64 * part + (random >> 20) % region.bytes.len() as u64) / parts;
        let flip = Flip {
            region,
            place: usize::try_from(place).unwrap(),
            bit: 1 << (random >> 13 & 7),
        };
        let verdict = judge::judge(&folder, &flip, &memory);
        *counts.entry((region.kind, verdict)).or_default() += 1;
    }
    report(&counts, count);
}

fn report(counts: &BTreeMap<(&str, Verdict), usize>, count: usize) {
    let mut sums: BTreeMap<Verdict, usize> = BTreeMap::new();
    for ((kind, verdict), count) in counts {
        eprintln!("{count:>6}  {kind:<20} {verdict:?}");
        *sums.entry(*verdict).or_default() += count;
    }
    for (verdict, count) in &sums {
        eprintln!("{count:>6}  {verdict:?}");
    }
    assert_eq!(sums.values().sum::<usize>(), count);
    for verdict in [
        Verdict::Refused,
        Verdict::FoundWhenRead,
        Verdict::Rebuilt,
        Verdict::CarriesNothing,
    ] {
        assert!(sums.contains_key(&verdict), "no flip was {verdict:?}");
    }
}

#[test]
fn what_sled_holds_of_volumes_that_are_not_sealed_carries_nothing() {
    let (folder, memory) = folder();
    for region in Region::all(&folder.path()) {
        if region.kind == region::UNSEALED_DATABASE {
            folder.edit(&region.name, |bytes| bytes.fill(0xa5));
        }
    }
    let before = files(&folder.path());
    assert!(plansync_sled::verify(&folder.path(), &mut unwatched).is_whole());
    assert!(files(&folder.path()) == before);
    let (_appender, reader, mut sealer) = SledLog::open(&folder.path(), options()).unwrap();
    judge::ask(&*reader, &memory).unwrap();
    while sealer.step().unwrap() != Stepped::Idle {}
    judge::ask(&*reader, &memory).unwrap();
}
