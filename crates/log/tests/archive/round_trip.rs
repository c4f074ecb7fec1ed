//! What goes into an archive comes out of it, and nothing goes in that does not follow.

use plansync_log::archive::{ArchiveReader, ArchiveWriter, NotArchived};
use plansync_log::contract::Author;
use plansync_log::{COMMIT_BYTES_MAX, Incarnation, Incarnations, Position};
use proptest::prelude::*;

use crate::{log, read, small, written};

#[test]
fn an_empty_log_has_an_archive() {
    let incarnations = Incarnations::first(log());
    let bytes = written(&incarnations, &[]);
    let reader = ArchiveReader::new(&*bytes).unwrap();
    assert_eq!(
        (reader.log(), reader.incarnations()),
        (log(), &incarnations)
    );
    let (commits, tip) = read(&bytes);
    assert_eq!(commits, []);
    assert_eq!(tip.unwrap(), Author::new(log()).tip());
}

#[test]
fn an_archive_has_many_blocks_and_the_largest_commits() {
    let mut author = Author::new(log());
    let around = COMMIT_BYTES_MAX - author.write(Author::plan(1), 0).stored().len();
    let mut author = Author::new(log());
    let mut commits = Vec::new();
    for bytes in [around, 5, around, around, around - 1, 0, around] {
        commits.push(author.write(Author::plan(1), bytes));
        commits.extend(author.group(200));
    }
    let (given, tip) = read(&written(&Incarnations::first(log()), &commits));
    assert!(given == commits, "the commits are not the same");
    assert_eq!(tip.unwrap(), author.tip());
}

#[test]
fn incarnations_and_tip_come_with_it() {
    let (incarnations, commits) = small();
    let bytes = written(&incarnations, &commits);
    assert_eq!(
        ArchiveReader::new(&*bytes).unwrap().incarnations(),
        &incarnations
    );
    let (given, tip) = read(&bytes);
    assert_eq!(given, commits);
    let tip = tip.unwrap();
    assert_eq!(tip.incarnation, Incarnation::new(2));
    assert_eq!(tip.chain, commits[8].chain());
    assert_eq!(tip.at, commits[8].at());
}

#[test]
fn what_does_not_follow_is_not_taken_and_changes_nothing() {
    let (incarnations, commits) = small();
    let mut writer = ArchiveWriter::new(Vec::new(), log(), &incarnations).unwrap();
    for (commit, wrong) in commits.iter().zip(commits.iter().skip(1)) {
        match writer.push(wrong) {
            Err(NotArchived::OutOfOrder { tip, given }) => {
                assert_eq!((tip.next(), given), (commit.position(), wrong.position()));
            }
            other => panic!("{other:?}"),
        }
        writer.push(commit).unwrap();
    }
    writer.push(&commits[8]).unwrap();
    assert_eq!(writer.tip().position, Position::new(9));
    assert_eq!(writer.finish().unwrap(), written(&incarnations, &commits));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn reading_undoes_writing(
        groups in proptest::collection::vec((0..9_u64, 0..40_000_usize), 0..40),
        incarnations in proptest::collection::vec(0..40_usize, 0..6),
    ) {
        let mut author = Author::new(log());
        let mut tips = vec![author.tip()];
        let mut commits = Vec::new();
        for (plan, bytes) in groups {
            commits.push(author.write(Author::plan(plan), bytes));
            tips.push(author.tip());
        }
        let mut all = Incarnations::first(log());
        for at in incarnations {
            let tip = tips[at % tips.len()];
            all.begin(all.current().next(), &tip).unwrap();
        }
        let (given, tip) = read(&written(&all, &commits));
        prop_assert!(given == commits);
        prop_assert_eq!(tip.unwrap().chain, author.tip().chain);
    }
}
