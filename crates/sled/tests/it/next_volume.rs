//! What becomes of an append whose volume cannot be made: refused while the log still stands, and
//! the end where it may not.

use std::fs;
use std::path::PathBuf;

use plansync_log::contract::Author;
use plansync_log::{Append, Sequenced};

use crate::folder::{Folder, assert_holds, log};

/// A file in the way of a folder, so that the folder can neither be removed nor made.
fn obstacle(folder: &Folder, name: &str) -> PathBuf {
    let path = folder.path().join("volumes").join(name);
    fs::write(&path, []).unwrap();
    path
}

fn commit(author: &mut Author, bytes: usize) -> Vec<Sequenced> {
    vec![author.write(Author::plan(60), bytes)]
}

fn refusal(appender: &mut impl Append, group: &[Sequenced], folder: &Folder) -> String {
    let error = appender.append(group).unwrap_err().to_string();
    error.replace(&folder.path().display().to_string(), "DIR")
}

#[test]
fn a_next_volume_that_cannot_be_made_is_refused_without_talk_of_room() {
    let folder = Folder::new();
    let (mut appender, reader, _sealer) = folder.open();
    let mut author = Author::new(log());
    let first = author.group(5);
    appender.append(&first).unwrap();

    let obstacle = obstacle(&folder, "00000002.new");
    let second = commit(&mut author, 31 << 10);
    assert_eq!(
        refusal(&mut appender, &second, &folder),
        "commits cannot be written to the log now: cannot remove DIR/volumes/00000002.new; check that its folder is writable"
    );
    fs::remove_file(obstacle).unwrap();
    appender.append(&second).unwrap();
    assert_holds(&*reader, &[first, second].concat());
}

#[test]
fn an_empty_volume_that_need_not_make_way_yet_takes_other_commits() {
    let folder = Folder::new();
    let (mut appender, reader, sealer) = folder.open();
    let mut author = Author::new(log());
    let obstacle = obstacle(&folder, "00000001.new");
    assert_eq!(
        refusal(
            &mut appender,
            &commit(&mut author.clone(), 40 << 10),
            &folder
        ),
        "commits cannot be written to the log now: cannot remove DIR/volumes/00000001.new; check that its folder is writable"
    );
    let first = author.group(5);
    appender.append(&first).unwrap();
    assert_holds(&*reader, &first);
    fs::remove_file(obstacle).unwrap();
    drop((appender, reader, sealer));
    assert_holds(&*folder.open().1, &first);
}

#[test]
fn an_empty_volume_that_fails_to_make_way_is_the_end() {
    let folder = Folder::new();
    let (mut appender, reader, sealer) = folder.open();
    let mut author = Author::new(log());
    let obstacle = obstacle(&folder, "00000001.new.new");
    assert_eq!(
        refusal(
            &mut appender,
            &commit(&mut author.clone(), 40 << 10),
            &folder
        ),
        "the log could not be written: replacing the empty volume failed; stop, check the disk, \
         and start again"
    );
    let first = author.group(5);
    assert_eq!(
        refusal(&mut appender, &first, &folder),
        "an earlier write to the log failed, so nothing more is written; everything that was acknowledged is kept: check the disk and start again"
    );
    fs::remove_file(obstacle).unwrap();
    drop((appender, reader, sealer));

    let (mut appender, reader, sealer) = folder.open();
    let large = commit(&mut author, 40 << 10);
    appender.append(&first).unwrap();
    appender.append(&large).unwrap();
    drop((appender, reader, sealer));
    assert_holds(&*folder.open().1, &[first, large].concat());
}

#[test]
fn a_cut_while_an_empty_volume_makes_way_loses_nothing() {
    let folder = Folder::new();
    drop(folder.open());
    let volume = |name: &str| folder.path().join("volumes").join(name);
    fs::rename(volume("00000001"), volume("00000001.new.new")).unwrap();
    let (mut appender, reader, sealer) = folder.open();
    assert!(!volume("00000001.new.new").exists());
    let first = commit(&mut Author::new(log()), 40 << 10);
    appender.append(&first).unwrap();
    drop((appender, reader, sealer));
    assert_holds(&*folder.open().1, &first);
}
