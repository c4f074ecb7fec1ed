//! Waits for the signal to stop.

use tokio::sync::watch;

/// Waits until the owner signals stop, or is gone.
pub(crate) async fn requested(stop: &mut watch::Receiver<bool>) {
    // If the sender is gone, that counts as the signal.
    stop.wait_for(|stop| *stop).await.ok();
}
