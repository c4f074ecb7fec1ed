//! Tells the supervisor of the process (systemd with `Type=notify`) that the engine is ready or stopping.
//!
//! Without a supervisor, that is, without the variable `NOTIFY_SOCKET`, nothing is told.

/// The engine serves.
pub(crate) fn ready() {
    tell(State::Ready);
}

/// The engine answers what it has received, and ends.
pub(crate) fn stopping() {
    tell(State::Stopping);
}

#[derive(Debug, Clone, Copy)]
enum State {
    Ready,
    Stopping,
}

#[cfg(target_os = "linux")]
fn tell(state: State) {
    use sd_notify::NotifyState;

    let told = match state {
        State::Ready => NotifyState::Ready,
        State::Stopping => NotifyState::Stopping,
    };
    if let Err(error) = sd_notify::notify(&[told]) {
        tracing::warn!("the supervisor cannot be told that the engine is {state:?}: {error}");
    }
}

#[cfg(not(target_os = "linux"))]
fn tell(_: State) {}
