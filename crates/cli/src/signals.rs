//! Signals that end the process: Ctrl-C, a closed terminal, or SIGTERM.
//!
//! The first signal is passed on, so that the command can end in order. A second one ends the process immediately,
//! whatever it does; acknowledged commands are on disk then. One request can arrive as several signals: `timeout`
//! signals its child and then the whole group. Signals within a second after the first belong to the same request.

use std::io::{self, Write as _};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::exit::INTERRUPTED;

/// Signals that come so soon after the first belong to the same request.
const SAME_REQUEST: Duration = Duration::from_secs(1);

/// Listens for whoever asks the process to end. From the first on the system no longer ends the
/// process by itself.
pub(crate) struct Signals {
    asked: watch::Receiver<bool>,
}

impl Signals {
    /// Listens on a thread of its own, which nothing that the process does can hold up.
    pub(crate) fn listen() -> io::Result<Self> {
        let (tell, asked) = watch::channel(false);
        let (listening, is_listening) = mpsc::sync_channel(1);
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || listen(&tell, &listening))?;
        match is_listening.recv() {
            Ok(listened) => listened.map(|()| Self { asked }),
            Err(_) => Err(io::Error::other(
                "the thread that handles signals ended unexpectedly",
            )),
        }
    }

    /// Says, whenever it is asked, whether a signal has asked the process to end.
    pub(crate) fn probe(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        let asked = self.asked.clone();
        move || *asked.borrow()
    }

    /// Waits until a signal asks the process to end, or returns at once if one has.
    pub(crate) async fn asked_to_end(&mut self) {
        if self.asked.wait_for(|asked| *asked).await.is_err() {
            // Nobody can ask any more.
            std::future::pending::<()>().await;
        }
    }
}

fn listen(tell: &watch::Sender<bool>, listening: &mpsc::SyncSender<io::Result<()>>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let heard = runtime.and_then(|runtime| {
        runtime.block_on(async {
            let mut sources = Sources::listen()?;
            // Whoever waits for this is there until it has come.
            let _ = listening.send(Ok(()));
            sources.next().await;
            let first = Instant::now();
            tell.send_replace(true);
            loop {
                sources.next().await;
                if is_second_request(first, Instant::now()) {
                    return Ok(());
                }
            }
        })
    });
    match heard {
        Ok(()) => leave(),
        Err(error) => {
            let _ = listening.send(Err(error));
        }
    }
}

/// Whether a signal asks a second time, where the first came at `first`.
fn is_second_request(first: Instant, now: Instant) -> bool {
    now.saturating_duration_since(first) >= SAME_REQUEST
}

fn leave() {
    // An error is ignored, because nothing can be done about it.
    let _ = writeln!(
        io::stderr(),
        "plansync: second request to end; ended immediately"
    );
    std::process::exit(i32::from(INTERRUPTED));
}

#[cfg(unix)]
struct Sources(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Sources {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let ignored = ignored();
        let all = [
            SignalKind::terminate(),
            SignalKind::interrupt(),
            SignalKind::hangup(),
            SignalKind::quit(),
        ];
        all.into_iter()
            .filter(|kind| !is_in(ignored, kind.as_raw_value()))
            .map(signal)
            .collect::<io::Result<_>>()
            .map(Self)
    }

    async fn next(&mut self) {
        let all = self.0.iter_mut().map(|signal| Box::pin(signal.recv()));
        futures_util::future::select_all(all).await;
    }
}

#[cfg(windows)]
struct Sources(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Sources {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}

/// The signals that whoever started us wants us to ignore, as `nohup` does, one bit each. Where that
/// cannot be read, none.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    mask_in(&status).unwrap_or_default()
}

#[cfg(unix)]
fn mask_in(status: &str) -> Option<u64> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// SIGTERM is always included, because it is how an engine is stopped.
#[cfg(unix)]
fn is_in(mask: u64, signal: i32) -> bool {
    let bit = u32::try_from(signal - 1).ok();
    signal != tokio::signal::unix::SignalKind::terminate().as_raw_value()
        && bit.is_some_and(|bit| mask.checked_shr(bit).unwrap_or_default() & 1 == 1)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::is_second_request;
    #[cfg(unix)]
    use super::{is_in, mask_in};

    #[test]
    fn a_request_that_comes_as_several_signals_is_one() {
        let first = Instant::now();
        for (millis, is_second) in [(0, false), (1, false), (999, false), (1000, true)] {
            let now = first + Duration::from_millis(millis);
            assert_eq!(is_second_request(first, now), is_second, "{millis} ms");
        }
        assert!(is_second_request(first, first + Duration::from_mins(1)));
    }

    #[cfg(unix)]
    #[test]
    fn what_nohup_ignores_stays_ignored_but_for_being_ended() {
        let mask = mask_in("Name:\tx\nSigIgn:\t0000000000004001\nSigCgt:\t0\n").unwrap();
        assert!(is_in(mask, 1));
        assert!(!is_in(mask, 2));
        assert!(!is_in(mask, 15));
        assert_eq!(mask_in("Name:\tx\n"), None);
    }
}
