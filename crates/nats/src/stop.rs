//! Being told to stop.

use tokio::sync::watch;

/// Waits until whoever runs this says stop, or is gone.
pub(crate) async fn told(stop: &mut watch::Receiver<bool>) {
    // Nobody left to say it is as good as having said it.
    stop.wait_for(|stop| *stop).await.ok();
}
