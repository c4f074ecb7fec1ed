//! One durable commit of 200 bytes at a time, without NATS. In the same folder and run: appends of
//! 200 bytes, each synced, to a file that grows and to one whose bytes were written before; and
//! sled by itself.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use plansync_log::contract::Author;
use plansync_log::{Append as _, LogId};
use plansync_sled::{Options, Sealer, SledLog};
use uuid::Uuid;

use crate::figure::Figure;
use crate::workload::Size;

const BYTES: usize = 200;
const ROUNDS: usize = 2_000;
const OF_GROWING: f64 = 1.1;
const OF_PREALLOCATED: f64 = 0.65;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let rounds = if size.is_quick { 50 } else { ROUNDS };
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    // All four are measured in turn, because the speed of a shared machine's disk changes within
    // minutes.
    let mut took: [Vec<f64>; 4] = Default::default();
    let mut log = Log::open(&at("log"))?;
    let mut growing = Growing(File::create(at("growing"))?);
    let mut ready = Preallocated::make(&at("preallocated"), rounds)?;
    let raw = sled::open(at("sled"))?;
    for round in 0..rounds {
        took[0].push(micros(|| log.commit())?);
        took[1].push(micros(|| growing.append())?);
        took[2].push(micros(|| ready.append(round))?);
        took[3].push(micros(|| {
            raw.insert(round.to_be_bytes(), &[7_u8; BYTES][..])?;
            raw.flush()?;
            Ok(())
        })?);
    }
    log.close();
    let [commit, growing, ready, raw] = took;
    let median = |samples: &[f64]| Figure::of("", "µs", samples).p50;
    let over = |other: &[f64]| median(other) / median(&commit);
    Ok(vec![
        Figure::of("one durable commit of 200 bytes", "µs", &commit),
        Figure::of("append and fdatasync, a growing file", "µs", &growing),
        Figure::of("append and fdatasync, bytes written before", "µs", &ready),
        Figure::of("raw sled: insert and flush", "µs", &raw),
        Figure::once("as fast as the growing file", "×", over(&growing)).at_least(OF_GROWING),
        Figure::once("as fast as the bytes written before", "×", over(&ready))
            .at_least(OF_PREALLOCATED),
    ])
}

fn micros(act: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let began = Instant::now();
    act()?;
    Ok(began.elapsed().as_secs_f64() * 1e6)
}

/// The log, with its background steps taken as in the program.
struct Log {
    appender: plansync_sled::SledAppender,
    author: Author,
    event_bytes: usize,
    stop: std::sync::Arc<AtomicBool>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Log {
    fn open(dir: &Path) -> anyhow::Result<Self> {
        let log = LogId::new(Uuid::from_u128(1));
        let options = Options {
            new_log: log,
            ..Options::default()
        };
        let (appender, _reader, sealer) = SledLog::open(dir, options)?;
        let author = Author::new(log);
        let envelope = author.clone().write(Author::plan(0), 0).stored().len();
        let stop = std::sync::Arc::new(AtomicBool::new(false));
        Ok(Self {
            appender,
            author,
            event_bytes: BYTES.saturating_sub(envelope),
            threads: background(sealer, &stop),
            stop,
        })
    }

    fn commit(&mut self) -> anyhow::Result<()> {
        let commit = self.author.write(Author::plan(0), self.event_bytes);
        self.appender.append(&[commit])?;
        Ok(())
    }

    fn close(self) {
        self.stop.store(true, Ordering::Release);
        for thread in self.threads {
            // If the thread crashed, the error was reported already.
            let _ = thread.join();
        }
    }
}

fn background(
    mut sealer: Sealer,
    stop: &std::sync::Arc<AtomicBool>,
) -> Vec<thread::JoinHandle<()>> {
    let mut head = sealer.head_writer();
    let (stop_head, stop_seals) = (stop.clone(), stop.clone());
    let heads = thread::spawn(move || {
        while !stop_head.load(Ordering::Acquire) {
            head.wait(Duration::from_millis(100));
            if head.step().is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(4));
        }
    });
    let seals = thread::spawn(move || {
        while !stop_seals.load(Ordering::Acquire) {
            sealer.wait(Duration::from_millis(100));
            if sealer.step().is_err() {
                return;
            }
        }
    });
    vec![heads, seals]
}

struct Growing(File);

impl Growing {
    fn append(&mut self) -> anyhow::Result<()> {
        self.0.write_all(&[7; BYTES])?;
        self.0.sync_data()?;
        Ok(())
    }
}

struct Preallocated(File);

impl Preallocated {
    fn make(path: &Path, rounds: usize) -> anyhow::Result<Self> {
        fs::write(path, vec![0; rounds * BYTES])?;
        let file = File::options().write(true).open(path)?;
        file.sync_all()?;
        Ok(Self(file))
    }

    fn append(&mut self, round: usize) -> anyhow::Result<()> {
        self.0.write_all_at(&[7; BYTES], (round * BYTES) as u64)?;
        self.0.sync_data()?;
        Ok(())
    }
}
