//! How long work is told to stop.

use std::sync::Arc;

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
}
