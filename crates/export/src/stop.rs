//! How long work is told to stop.

use std::sync::Arc;

use rusqlite::Connection;

/// Steps of SQLite's machine between two looks at whether somebody asked for the end.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// Says whether somebody asked for the end. It is asked often, so it must be quick.
#[derive(Clone)]
pub struct Stop(Arc<dyn Fn() -> bool + Send + Sync>);

impl Stop {
    /// Asks this function.
    pub fn when(is_asked: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(is_asked))
    }

    /// Nobody asks.
    pub fn never() -> Self {
        Self::when(|| false)
    }

    /// Whether somebody asked for the end.
    pub fn is_asked(&self) -> bool {
        (self.0)()
    }

    /// Lets the end interrupt whatever a connection does.
    pub(crate) fn interrupts(&self, connection: &Connection) {
        let stop = self.clone();
        connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || stop.is_asked()));
    }
}
