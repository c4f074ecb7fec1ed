//! What the model promises: synced is kept, unsynced can go, and nothing else ever appears.

use std::ffi::OsStr;

use super::{Accident, Disk, Inode, Loss, Lost, Refusal, SECTOR_BYTES, Trigger};

fn name(text: &str) -> &OsStr {
    OsStr::new(text)
}

fn synced_file(disk: &mut Disk, text: &str, bytes: &[u8]) -> Inode {
    let file = disk.create(Inode::ROOT, name(text)).unwrap();
    disk.write(file, 0, bytes).unwrap();
    disk.sync_file(file, true).unwrap();
    disk.sync_directory(Inode::ROOT).unwrap();
    file
}

#[track_caller]
fn expect_file(disk: &Disk, text: &str, bytes: &[u8]) {
    let file = disk.lookup(Inode::ROOT, name(text)).unwrap();
    assert_eq!(disk.file(file).unwrap().bytes(), bytes);
}

#[test]
fn what_was_synced_survives_the_loss_of_everything_else() {
    let mut disk = Disk::new();
    let file = synced_file(&mut disk, "a", b"kept");
    disk.write(file, 0, b"gone").unwrap();
    assert_eq!(disk.read(file, 0, 99).unwrap(), b"gone");
    disk.lose(&mut Loss::everything());
    expect_file(&disk, "a", b"kept");
}

#[test]
fn a_synced_file_whose_directory_was_not_synced_is_gone() {
    let mut disk = Disk::new();
    let file = disk.create(Inode::ROOT, name("a")).unwrap();
    disk.sync_file(file, false).unwrap();
    disk.lose(&mut Loss::everything());
    assert_eq!(disk.lookup(Inode::ROOT, name("a")), Err(Refusal::NotFound));
}

#[test]
fn a_name_without_its_synced_bytes_is_an_empty_file() {
    let mut disk = Disk::new();
    let file = disk.create(Inode::ROOT, name("a")).unwrap();
    disk.write(file, 0, b"bytes").unwrap();
    disk.sync_directory(Inode::ROOT).unwrap();
    disk.lose(&mut Loss::everything());
    expect_file(&disk, "a", b"");
}

#[test]
fn an_unsynced_rename_leaves_both_names_as_they_were() {
    let mut disk = Disk::new();
    synced_file(&mut disk, "old", b"old");
    synced_file(&mut disk, "new", b"new");
    disk.rename((Inode::ROOT, name("new")), (Inode::ROOT, name("old")))
        .unwrap();
    expect_file(&disk, "old", b"new");
    disk.lose(&mut Loss::everything());
    expect_file(&disk, "old", b"old");
    expect_file(&disk, "new", b"new");
}

#[test]
fn a_synced_directory_keeps_its_rename_and_its_removal() {
    let mut disk = Disk::new();
    synced_file(&mut disk, "a", b"a");
    synced_file(&mut disk, "b", b"b");
    disk.rename((Inode::ROOT, name("a")), (Inode::ROOT, name("c")))
        .unwrap();
    disk.unlink(Inode::ROOT, name("b")).unwrap();
    disk.sync_directory(Inode::ROOT).unwrap();
    disk.lose(&mut Loss::everything());
    let left: Vec<_> = disk.tree().entries(Inode::ROOT).unwrap().keys().collect();
    assert_eq!(left, vec![name("c")]);
}

#[test]
fn a_directory_lost_from_its_parent_takes_its_synced_files_along() {
    let mut disk = Disk::new();
    let directory = disk.make_directory(Inode::ROOT, name("d")).unwrap();
    let file = disk.create(directory, name("a")).unwrap();
    disk.sync_file(file, false).unwrap();
    disk.sync_directory(directory).unwrap();
    disk.lose(&mut Loss::everything());
    assert_eq!(disk.lookup(Inode::ROOT, name("d")), Err(Refusal::NotFound));
    assert_eq!(disk.file(file).err(), Some(Refusal::NotFound));
}

#[test]
fn a_kill_loses_nothing_but_what_was_unsynced_can_still_go_later() {
    let mut disk = Disk::new();
    let file = synced_file(&mut disk, "a", b"old");
    disk.write(file, 0, b"new").unwrap();
    disk.restart();
    expect_file(&disk, "a", b"new");
    disk.lose(&mut Loss::everything());
    expect_file(&disk, "a", b"old");
}

#[test]
fn a_torn_write_lands_in_whole_sectors_and_in_nothing_else() {
    let (mut torn, old, new) = (0, vec![1; 4 * SECTOR_BYTES], vec![2; 3 * SECTOR_BYTES]);
    for seed in 0..200 {
        let mut disk = Disk::new();
        let file = synced_file(&mut disk, "a", &old);
        disk.write(file, 256, &new).unwrap();
        let mut loss = disk.draw_loss(fastrand::Rng::with_seed(seed));
        torn += disk.lose(&mut loss).writes_torn;
        for piece in [
            0..256,
            256..512,
            512..1024,
            1024..1536,
            1536..1792,
            1792..2048,
        ] {
            let bytes = &disk.file(file).unwrap().bytes()[piece];
            assert!(
                bytes.iter().all(|byte| *byte == bytes[0]),
                "a sector is torn within"
            );
        }
    }
    assert!(torn > 20, "only {torn} of 200 writes were torn");
}

#[test]
fn the_operation_that_meets_the_cut_is_refused_and_so_is_every_later_one() {
    let mut disk = Disk::new();
    let file = synced_file(&mut disk, "a", b"old");
    disk.arm(Trigger::at_operation(Accident::PowerCut, 2));
    assert_eq!(disk.write(file, 0, b"new"), Ok(()));
    assert_eq!(disk.sync_file(file, true), Err(Refusal::Stopped));
    assert_eq!(disk.read(file, 0, 3), Err(Refusal::Stopped));
    assert_eq!(disk.sync_file(file, true), Err(Refusal::Stopped));
    let lost = disk.lose(&mut Loss::everything());
    assert_eq!(
        lost,
        Lost {
            writes_gone: 1,
            ..Lost::default()
        }
    );
    expect_file(&disk, "a", b"old");
}

#[test]
fn a_write_under_way_at_the_cut_may_still_land() {
    let mut disk = Disk::new();
    let file = synced_file(&mut disk, "a", b"old");
    disk.arm(Trigger::at_operation(Accident::PowerCut, 1));
    assert_eq!(disk.write(file, 0, b"new"), Err(Refusal::Stopped));
    disk.lose(&mut Loss::nothing());
    expect_file(&disk, "a", b"new");
}

#[test]
fn a_kill_stops_the_disk_and_keeps_what_was_written() {
    let mut disk = Disk::new();
    disk.arm(Trigger::after_names(Accident::Kill, 1, 1));
    let file = disk.create(Inode::ROOT, name("a")).unwrap();
    assert_eq!(disk.accident(), None);
    assert_eq!(disk.write(file, 0, b"x"), Err(Refusal::Stopped));
    assert_eq!(disk.accident(), Some(Accident::Kill));
    disk.restart();
    expect_file(&disk, "a", b"x");
}

#[test]
fn a_deaf_file_answers_its_data_sync_and_keeps_nothing() {
    let mut disk = Disk::new();
    disk.ignore_data_syncs_on(name("journal"));
    let file = synced_file(&mut disk, "0001.journal", b"gone");
    synced_file(&mut disk, "head", b"kept");
    disk.lose(&mut Loss::everything());
    assert_eq!(disk.read(file, 0, 9).unwrap(), b"");
    expect_file(&disk, "head", b"kept");
    disk.write(file, 0, b"kept").unwrap();
    disk.sync_file(file, false).unwrap();
    disk.lose(&mut Loss::everything());
    expect_file(&disk, "0001.journal", b"kept");
}
