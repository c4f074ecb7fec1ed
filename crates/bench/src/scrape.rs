//! Asks an engine for its metrics, as Prometheus does.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, ensure};

/// The pause between two scrapes.
const EVERY: Duration = Duration::from_secs(1);
/// The pause after which a scraper looks whether it is to stop.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The metrics that an engine tells on this port of this machine.
pub(crate) fn metrics(port: u16) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(
        b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: application/openmetrics-text\r\n\
          Connection: close\r\n\r\n",
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").context("no body")?;
    ensure!(body.ends_with("# EOF\n"), "the metrics are not complete");
    Ok(body.to_owned())
}

/// Scrapes every second until it is stopped.
pub(crate) struct Scraper {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<anyhow::Result<u64>>,
}

impl Scraper {
    /// Begins.
    pub(crate) fn start(port: u16) -> Self {
        let stop = Arc::<AtomicBool>::default();
        let is_to_stop = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let mut count = 0;
            loop {
                metrics(port)?;
                count += 1;
                for _ in 0..EVERY.as_millis() / LOOK_EVERY.as_millis() {
                    if is_to_stop.load(Ordering::Relaxed) {
                        return Ok(count);
                    }
                    thread::sleep(LOOK_EVERY);
                }
            }
        });
        Self { stop, thread }
    }

    /// Ends, and gives the number of scrapes.
    pub(crate) fn stop(self) -> anyhow::Result<u64> {
        self.stop.store(true, Ordering::Relaxed);
        let ended = self.thread.join();
        ended.map_err(|_| anyhow::anyhow!("the scraper crashed"))?
    }
}
