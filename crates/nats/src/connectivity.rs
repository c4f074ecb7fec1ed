//! Whether the engine's connections are there, for whoever observes it.

use std::sync::atomic::Ordering;

use async_nats::Client;
use async_nats::connection::State;

/// The engine's connections to the NATS server.
#[derive(Debug, Clone)]
pub struct Connectivity(Vec<Client>);

impl Connectivity {
    /// Of these connections.
    pub fn of(clients: impl IntoIterator<Item = Client>) -> Self {
        Self(clients.into_iter().collect())
    }

    /// Whether all of them are there now.
    pub fn is_connected(&self) -> bool {
        let mut states = self.0.iter().map(Client::connection_state);
        states.all(|state| state == State::Connected)
    }

    /// How often one of them was made again.
    pub fn reconnects(&self) -> u64 {
        let made = |client: &Client| client.statistics().connects.load(Ordering::Relaxed);
        self.0
            .iter()
            .map(|client| made(client).saturating_sub(1))
            .sum()
    }
}
