//! Counts what became of durable commands and synchronisations in a file, each event once, through kills of any side.
//!
//! The file has the counts and the checkpoint, and is replaced as a whole. The first argument is the file, the second
//! the address of the NATS server, the third the tenant.

// An example prints what it does.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;

use plansync_client::async_nats::ConnectOptions;
use plansync_client::{
    Checkpoint, Client, Event, EventBody, NewConsumer, ProcessError, Processor, Start,
};
use serde::{Deserialize, Serialize};

/// The content of the file.
#[derive(Default, Serialize, Deserialize)]
struct Counts {
    checkpoint: Option<Checkpoint>,
    by_kind: BTreeMap<String, u64>,
}

/// The file, and its content.
struct Kept {
    path: PathBuf,
    counts: Counts,
}

impl Kept {
    fn open(path: PathBuf) -> Result<Self, Box<dyn Error>> {
        let counts = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Counts::default(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { path, counts })
    }

    /// Replaces the file: whoever reads it finds the old content or the new one.
    fn store(&self) -> io::Result<()> {
        let fresh = self.path.with_extension("new");
        let mut file = std::fs::File::create(&fresh)?;
        file.write_all(&serde_json::to_vec(&self.counts)?)?;
        file.sync_all()?;
        std::fs::rename(&fresh, &self.path)
    }
}

impl Processor for Kept {
    type Error = io::Error;

    async fn checkpoint(&mut self) -> io::Result<Option<Checkpoint>> {
        Ok(self.counts.checkpoint)
    }

    async fn process(&mut self, event: &Event, checkpoint: Option<Checkpoint>) -> io::Result<()> {
        let kind = if let EventBody::CommandAccepted(_) = &event.body {
            "command accepted"
        } else if let EventBody::CommandRejected(_) = &event.body {
            "command rejected"
        } else if let EventBody::SyncCompleted(_) = &event.body {
            "synchronisation completed"
        } else {
            "other event"
        };
        *self.counts.by_kind.entry(kind.to_owned()).or_default() += 1;
        self.counts.checkpoint = checkpoint.or(self.counts.checkpoint);
        self.store()?;
        println!(
            "{kind} at {}",
            event.position().map_or(0, |position| position.0)
        );
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .unwrap_or_else(|| "outcomes.json".to_owned());
    let url = arguments
        .next()
        .unwrap_or_else(|| "nats://127.0.0.1:4222".to_owned());
    let tenant = arguments
        .next()
        .unwrap_or_else(|| "example-client".to_owned());
    let mut kept = Kept::open(path.into())?;
    let (options, system) = (ConnectOptions::new(), "system".parse()?);
    let client = Client::connect(url, options, tenant.parse()?, system).await?;
    let consumer = NewConsumer::new(&format!("{tenant}-outcomes"), Start::Beginning);
    let mut events = client.events().make_durable(consumer).await?;
    loop {
        match events.process(&mut kept).await {
            // The server or the engine is away.
            Err(ProcessError::Events(error)) if error.is_transient() => println!("{error}"),
            Err(error) => return Err(error.into()),
        }
    }
}
