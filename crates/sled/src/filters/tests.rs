//! What a search costs, counted in pages that are read, and what the filters take in memory.

use plansync_log::contract::Author;
use plansync_log::{Append, CommandKey, LogId, Position, Read};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::pages::READS;
use crate::{Options, Sealer, SledAppender, SledLog, SledReader, Stepped};

/// 64 and 16 and 4 and 2: four levels.
const VOLUMES: usize = 86;
const ROOTS: u64 = 5;

struct Log {
    dir: TempDir,
    options: Options,
    appender: SledAppender,
    reader: Arc<SledReader>,
    sealer: Sealer,
    commits: u64,
}

impl Log {
    /// A log with so many sealed volumes and nothing left to do.
    fn with_volumes(volumes: usize, command_bytes_max: usize, stream_bytes_max: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = Options {
            new_log: LogId::new(Uuid::from_u128(0x1d5)),
            volume_bytes: 4 << 10,
            cache_bytes: 1 << 20,
            tail_bytes: 0,
            command_filter_bytes_max: command_bytes_max,
            stream_filter_bytes_max: stream_bytes_max,
            ..Options::default()
        };
        let mut author = Author::new(options.new_log);
        let (appender, reader, sealer) = SledLog::open(dir.path(), options.clone()).unwrap();
        let mut log = Self {
            dir,
            options,
            appender,
            reader,
            sealer,
            commits: 0,
        };
        while log.reader.shared.state().sealed.len() < volumes {
            let group: Vec<_> = (0..5)
                .map(|_| author.write(Author::plan(log.commits % 7), 100))
                .collect();
            log.appender.append(&group).unwrap();
            log.commits += 5;
            log.idle();
        }
        assert_eq!(log.reader.shared.state().sealed.len(), volumes);
        log
    }

    fn idle(&mut self) {
        while self.sealer.step().unwrap() != Stepped::Idle {
            assert!(self.held(Of::Commands) <= self.options.command_filter_bytes_max);
            assert!(self.held(Of::Streams) <= self.options.stream_filter_bytes_max);
        }
    }

    /// The same log, opened with other bounds; nothing is in memory yet.
    fn reopened(self, command_bytes_max: usize, stream_bytes_max: usize) -> Self {
        let Self {
            dir,
            mut options,
            appender,
            reader,
            sealer,
            commits,
        } = self;
        drop((appender, reader, sealer));
        options.command_filter_bytes_max = command_bytes_max;
        options.stream_filter_bytes_max = stream_bytes_max;
        let (appender, reader, sealer) = SledLog::open(dir.path(), options.clone()).unwrap();
        Self {
            dir,
            options,
            appender,
            reader,
            sealer,
            commits,
        }
    }

    /// So many bytes the filters of a kind take in memory.
    fn held(&self, of: Of) -> usize {
        let held = self.reader.shared.filters.held.read().unwrap();
        let mine = held.iter().filter(|(slot, _)| slot.0 == of);
        mine.map(|(_, blocks)| blocks.len() * filter::BLOCK_BYTES)
            .sum()
    }

    /// Where a command is said to be, and how many pages were read for that.
    fn ask(&self, command: CommandKey) -> (Option<Position>, u64) {
        let before = READS.get();
        let found = self.reader.command("acme", command).unwrap();
        (found, READS.get() - before)
    }

    /// Commands that the log does not have.
    fn strangers(&self) -> impl Iterator<Item = CommandKey> + use<> {
        let first = self.commits + 1;
        (first..first + 2_000).map(|number| Author::command(Position::new(number)))
    }

    /// Every command of the log is found where it is, with at most so many pages read.
    fn assert_found(&self, reads_max: u64) {
        for position in (1..=self.commits).map(Position::new) {
            let (found, reads) = self.ask(Author::command(position));
            assert_eq!(found, Some(position));
            assert!(reads <= reads_max, "{reads} pages for {position}");
        }
    }
}

#[test]
fn searches_cost_a_page_for_each_root_that_is_not_in_memory() {
    let log = Log::with_volumes(VOLUMES, 0, 0);
    new_ids_cost_a_page_for_each_root(&log);
    new_streams_do_too(&log);
    let mut log = log.reopened(usize::MAX, usize::MAX);
    log.idle();
    with_room_for_all_new_ids_cost_nothing(&log);
    let sizes = sizes(&log);
    let (all, largest) = (sizes.iter().sum::<usize>(), sizes.iter().max().unwrap());
    let mut log = log.reopened(all - 1, 0);
    log.idle();
    assert_eq!(log.held(Of::Commands), all - largest);
    assert_eq!(log.held(Of::Streams), 0);
    with_room_for_all_but_one_new_ids_cost_a_page(&log);
}

fn new_ids_cost_a_page_for_each_root(log: &Log) {
    // Headers are read once.
    log.assert_found(u64::MAX);
    // Roots, then four parts for each of three levels, and two pages of rows.
    log.assert_found(ROOTS + 3 * 4 + 2 * 2);
    let reads: Vec<u64> = log
        .strangers()
        .map(|command| {
            let (found, reads) = log.ask(command);
            assert_eq!(found, None);
            reads
        })
        .collect();
    let alarms = reads.iter().filter(|reads| **reads > ROOTS).count();
    assert!(alarms < 40, "{alarms} false alarms in {}", reads.len());
    // Even a false alarm goes down one way.
    let most = reads.iter().max().copied().unwrap_or_default();
    assert!(most <= 2 * ROOTS + 3 * 4, "{most} pages for a new id");
}

fn new_streams_do_too(log: &Log) {
    let ask = || {
        let before = READS.get();
        let found = log.reader.stream_version(&Author::plan(99)).unwrap();
        (found.get(), READS.get() - before)
    };
    ask();
    assert_eq!(ask(), (0, ROOTS));
}

fn with_room_for_all_new_ids_cost_nothing(log: &Log) {
    let mut alarms = 0;
    for command in log.strangers() {
        if log.reader.surely_lacks("acme", command) {
            assert_eq!(log.ask(command), (None, 0));
        } else {
            alarms += 1;
        }
    }
    assert!(alarms < 40, "{alarms} false alarms");
    for position in (1..=log.commits).map(Position::new) {
        assert!(!log.reader.surely_lacks("acme", Author::command(position)));
    }
}

/// So many bytes each filter of commands takes in memory.
fn sizes(log: &Log) -> Vec<usize> {
    let held = log.reader.shared.filters.held.read().unwrap();
    let commands = held.iter().filter(|((of, _), _)| *of == Of::Commands);
    commands
        .map(|(_, blocks)| blocks.len() * filter::BLOCK_BYTES)
        .collect()
}

fn with_room_for_all_but_one_new_ids_cost_a_page(log: &Log) {
    log.assert_found(u64::MAX);
    let costly = log.strangers().filter(|command| log.ask(*command).1 > 1);
    assert!(costly.count() < 40);
    let mut strangers = log.strangers();
    let is_known = strangers.any(|command| log.reader.surely_lacks("acme", command));
    assert!(!is_known, "the oldest filter is not in memory");
}
