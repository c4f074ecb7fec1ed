//! Being asked to end, by Ctrl-C or by whoever runs us.

use std::io;

/// Waits until somebody asks the process to end.
#[cfg(unix)]
pub(crate) async fn asked_to_end() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Waits until somebody asks the process to end.
#[cfg(not(unix))]
pub(crate) async fn asked_to_end() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
