//! Which engines answer.

use serde::Deserialize;

use super::{Examiner, NoAnswer};
use crate::discovery::SERVICE;
use crate::stream_faults::is_pulled;

/// An engine that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineFound {
    /// The id of this run of the engine.
    pub id: String,
    /// Its version.
    pub version: String,
}

/// What a ping of the service found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pinged {
    /// No engine is there.
    Nobody,
    /// Somebody is subscribed and does not answer. If commands are waited for, it is an engine that hangs. Otherwise it
    /// may be one, too: what an engine waits for ends some seconds after the engine was stopped.
    Silent {
        /// Whether somebody waits for durable commands; `None` if this user cannot find that out.
        awaits_commands: Option<bool>,
    },
    /// These engines are there; each is named once.
    Engines(Vec<EngineFound>),
}

#[derive(Deserialize)]
struct Pong {
    id: String,
    #[serde(default)]
    version: String,
}

impl Examiner {
    /// Asks all engines whether they are there.
    pub async fn engines(&self) -> Result<Pinged, NoAnswer> {
        let subject = format!("$SRV.PING.{SERVICE}");
        let Some(answers) = self.ask_all(&subject, b"").await? else {
            return Ok(Pinged::Nobody);
        };
        let mut engines: Vec<EngineFound> = Vec::new();
        for answer in answers {
            if let Ok(Pong { id, version }) = serde_json::from_slice(&answer.payload)
                && engines.iter().all(|known| known.id != id)
            {
                engines.push(EngineFound { id, version });
            }
        }
        if !engines.is_empty() {
            return Ok(Pinged::Engines(engines));
        }
        let asked = Box::pin(is_pulled(self.connection.jetstream()));
        let asked = self.connection.unless_denied(asked).await;
        Ok(Pinged::Silent {
            awaits_commands: asked.ok().and_then(Result::ok),
        })
    }
}
