//! What an acknowledgement costs: commits of 400 bytes, one at a time and 64 at a time, with the
//! background steps taken by threads as the binary does.
//!
//! `cargo run --release -p plansync-sled --example append_cost -- FOLDER`

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use plansync_log::contract::Author;
use plansync_log::{Append, LogId};
use plansync_sled::{Options, Sealer, SledAppender, SledLog};
use uuid::Uuid;

fn main() -> Result<(), Box<dyn Error>> {
    let dir: PathBuf = std::env::args_os().nth(1).ok_or("name a folder")?.into();
    let log = LogId::new(Uuid::from_u128(1));
    let (appender, _reader, sealer) = SledLog::open(
        &dir,
        Options {
            new_log: log,
            ..Options::default()
        },
    )?;
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let measured = measure(appender, log);
        let _background = background(scope, sealer, &stop);
        let outcome = measured();
        stop.store(true, Ordering::Release);
        outcome
    })
}

fn background<'a>(
    scope: &'a thread::Scope<'a, '_>,
    mut sealer: Sealer,
    stop: &'a AtomicBool,
) -> [thread::ScopedJoinHandle<'a, ()>; 2] {
    let mut head = sealer.head_writer();
    let heads = scope.spawn(move || {
        while !stop.load(Ordering::Acquire) {
            head.wait(Duration::from_millis(100));
            if head.step().is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(4));
        }
    });
    let seals = scope.spawn(move || {
        while !stop.load(Ordering::Acquire) {
            sealer.wait(Duration::from_millis(100));
            if sealer.step().is_err() {
                return;
            }
        }
    });
    [heads, seals]
}

fn measure(mut appender: SledAppender, log: LogId) -> impl FnOnce() -> Result<(), Box<dyn Error>> {
    move || {
        let mut author = Author::new(log);
        let envelope = author.clone().write(Author::plan(0), 0).stored().len();
        let event_bytes = 400_usize.saturating_sub(envelope);
        for (count, rounds) in [(1_u64, 3_000), (64, 6_000)] {
            let mut taken = Vec::new();
            for _ in 0..rounds {
                let group: Vec<_> = (0..count)
                    .map(|number| author.write(Author::plan(number), event_bytes))
                    .collect();
                let begun = Instant::now();
                appender.append(&group)?;
                taken.push(begun.elapsed());
            }
            report(count, taken);
        }
        Ok(())
    }
}

fn report(count: u64, mut taken: Vec<Duration>) {
    taken.sort_unstable();
    let rank = |per_mille: usize| taken[(taken.len() - 1) * per_mille / 1000];
    let total: Duration = taken.iter().sum();
    let commits = u32::try_from(taken.len()).unwrap_or(u32::MAX);
    let each = total / commits / u32::try_from(count).unwrap_or(1);
    println!(
        "{count:>2} commits of 400 B: p50 {:?}, p99 {:?}, p99.9 {:?}, longest {:?}, {each:?} a commit",
        rank(500),
        rank(990),
        rank(999),
        rank(1000),
    );
}
