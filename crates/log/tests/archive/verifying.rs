//! An archive is verified without restoring it: what is whole is said to be, and every damage is a finding.

use std::ops::ControlFlow;
use std::path::Path;

use plansync_log::archive::verify_archive;
use plansync_log::backend::{FindingKind, Report};
use plansync_log::merkle::{Hash, Roots};
use plansync_log::{Bodies, Commit, Opaque};

use crate::{log, small, written};

/// Verifies an archive; also the positions and leaves of the commits that were read.
fn verified(bytes: &[u8], bodies: &dyn Bodies) -> (Report, Vec<(u64, Hash)>) {
    let mut leaves = Vec::new();
    let verified = verify_archive(
        bytes,
        Path::new("a.backup"),
        bodies,
        &mut |position, leaf| leaves.push((position.get(), leaf)),
        &mut |_progress| ControlFlow::Continue(()),
    );
    (verified.unwrap(), leaves)
}

/// Decodes nothing after the fourth commit.
struct UpToTheFourth;

impl Bodies for UpToTheFourth {
    fn read(&self, commit: &Commit) -> Result<Vec<String>, String> {
        match commit.position.get() {
            ..=3 => Ok(Vec::new()),
            4 => Ok(vec!["it is unusual".to_owned()]),
            _ => Err("the kind is unknown".to_owned()),
        }
    }
}

#[test]
fn a_whole_archive_is_whole_and_gives_the_leaves_of_its_commits() {
    let (incarnations, commits) = small();
    let bytes = written(&incarnations, &commits);
    let (report, leaves) = verified(&bytes, &Opaque);
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.log, Some(log()));
    assert_eq!(report.commits, 9);
    assert_eq!(report.tip.unwrap().position, commits[8].position());
    let stored = commits.iter().map(|commit| commit.stored().len() as u64);
    assert_eq!(report.bytes, stored.sum::<u64>());
    assert_eq!(report.incarnations, Some(incarnations));
    let expected: Vec<_> = (1..)
        .zip(commits.iter().map(|commit| Hash::of_leaf(commit.stored())))
        .collect();
    assert_eq!(leaves, expected);
    let mut roots = Roots::at([4]);
    for (commit, (_, leaf)) in commits.iter().zip(leaves) {
        roots.push(commit.position(), leaf);
    }
    assert_eq!(roots.head().size, 9);
}

#[test]
fn every_changed_or_missing_byte_is_damage_and_what_is_before_it_was_read() {
    let (incarnations, commits) = small();
    let whole = written(&incarnations, &commits);
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 0x40;
        for bytes in [&changed[..], &whole[..place]] {
            let (report, leaves) = verified(bytes, &Opaque);
            assert!(!report.is_whole(), "byte {place}");
            assert_eq!(report.findings[0].kind, FindingKind::Damage);
            assert_eq!(report.findings[0].path, Path::new("a.backup"));
            assert_eq!(report.commits, leaves.len() as u64);
            for ((position, leaf), commit) in leaves.iter().zip(&commits) {
                assert_eq!(*position, commit.position().get());
                assert_eq!(*leaf, Hash::of_leaf(commit.stored()));
            }
        }
    }
}

#[test]
fn events_that_cannot_be_decoded_are_told_with_their_positions_and_the_rest_is_read() {
    let (incarnations, commits) = small();
    let bytes = written(&incarnations, &commits);
    let (report, leaves) = verified(&bytes, &UpToTheFourth);
    assert_eq!(leaves.len(), 9);
    let kinds: Vec<_> = report.findings.iter().map(|one| one.kind).collect();
    let (note, unreadable) = (FindingKind::Note, FindingKind::Unreadable);
    assert_eq!(kinds, [vec![note], vec![unreadable; 5]].concat());
    let said = &report.findings[1].what;
    assert_eq!(
        said,
        "the commit 5 is intact, but cannot be decoded: the kind is unknown"
    );
}

#[test]
fn it_can_be_interrupted() {
    let mut author = plansync_log::contract::Author::new(log());
    let commits = author.group(9_000);
    let bytes = written(&plansync_log::Incarnations::first(log()), &commits);
    let verified = verify_archive(
        &*bytes,
        Path::new("a.backup"),
        &Opaque,
        &mut |_position, _leaf| {},
        &mut |progress| {
            assert!((1..9_000).contains(&progress.commits));
            ControlFlow::Break(())
        },
    );
    assert_eq!(verified, None);
}
