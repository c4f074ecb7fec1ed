//! The adapter of this client for the conformance suite of the clients: one message a line, in and out.
//!
//! `clients/conformance/README.md` describes the messages. The suite starts the program and sends it the steps of a
//! case; nothing is configured by arguments.

// The answers go to the standard output.
#![allow(clippy::print_stdout)]

mod adapter;
mod failure;
mod operations;
mod reading;

use std::io;

use serde::Deserialize;
use serde_json::{Value, json};

use adapter::{Adapter, Do};

/// A line of the input.
#[derive(Deserialize)]
struct Message {
    id: u64,
    #[serde(flatten)]
    what: Do,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut adapter = Adapter::default();
    while let Some(line) = tokio::task::spawn_blocking(next_line).await?? {
        let Message { id, what } = serde_json::from_str(&line)?;
        let answer = match adapter.carry_out(what).await {
            Ok(ok) => json!({ "id": id, "ok": ok }),
            Err(failure) => json!({ "id": id, "error": Value::from(failure) }),
        };
        println!("{answer}");
    }
    Ok(())
}

/// The next line of the input; none at its end.
fn next_line() -> io::Result<Option<String>> {
    io::stdin().lines().next().transpose()
}
