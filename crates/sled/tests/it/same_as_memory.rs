//! Whatever is appended, sealed and reopened in whatever order: the log on disk answers like the
//! log in memory.

use plansync_log::contract::{Author, all};
use plansync_log::memory::MemoryLog;
use plansync_log::{Append, Position, Read, Version};
use proptest::prelude::*;

use crate::folder::{Folder, Parts, log};

#[derive(Debug, Clone)]
enum Act {
    Append(Vec<(u64, usize)>),
    Step,
    WriteHead,
    Reopen,
}

fn act() -> impl Strategy<Value = Act> {
    let commit = (
        0..5_u64,
        prop_oneof![8 => 0..900_usize, 1 => 4_000..9_000_usize],
    );
    prop_oneof![
        6 => proptest::collection::vec(commit, 1..25).prop_map(Act::Append),
        3 => Just(Act::Step),
        1 => Just(Act::WriteHead),
        2 => Just(Act::Reopen),
    ]
}

pub(crate) fn assert_same(disk: &dyn Read, memory: &MemoryLog) {
    assert_eq!(
        (disk.tip(), disk.incarnations()),
        (memory.tip(), memory.incarnations())
    );
    assert_eq!(all(disk), all(memory));
    for number in 0..6 {
        let plan = Author::plan(number);
        assert_eq!(
            disk.stream_version(&plan).unwrap(),
            memory.stream_version(&plan).unwrap()
        );
        for version in [1, 2, 7, 20].map(Version::new) {
            let ours = disk.stream(&plan, version, 9).unwrap();
            assert_eq!(ours, memory.stream(&plan, version, 9).unwrap());
        }
    }
    let tip = memory.tip().position.get();
    for (from, to) in [(0, tip), (0, tip / 2), (tip / 3, tip), (tip / 4, tip / 2)] {
        let ours = disk.tree_range(from, to).unwrap();
        assert_eq!(ours, memory.tree_range(from, to).unwrap());
    }
    for position in (1..=tip + 1).map(Position::new) {
        let command = Author::command(position);
        let ours = disk.command("acme", command).unwrap();
        assert_eq!(ours, memory.command("acme", command).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_log_on_disk_answers_like_the_log_in_memory(acts in proptest::collection::vec(act(), 1..40)) {
        let folder = Folder::new();
        let mut memory = MemoryLog::new(log());
        let mut author = Author::new(log());
        let mut open: Option<Parts> = Some(folder.open());
        for act in acts {
            let (appender, _, sealer) = open.as_mut().unwrap();
            match act {
                Act::Append(commits) => {
                    let group: Vec<_> = commits
                        .into_iter()
                        .map(|(plan, bytes)| author.write(Author::plan(plan), bytes))
                        .collect();
                    appender.append(&group).unwrap();
                    memory.append(&group).unwrap();
                }
                Act::Step => drop(sealer.step().unwrap()),
                Act::WriteHead => drop(sealer.head_writer().step().unwrap()),
                Act::Reopen => {
                    drop(open.take());
                    open = Some(folder.open());
                }
            }
            assert_eq!(open.as_ref().unwrap().1.tip(), memory.tip());
        }
        assert_same(&*open.as_ref().unwrap().1, &memory);
        drop(open.take());
        assert_same(&*folder.open().1, &memory);
    }
}
