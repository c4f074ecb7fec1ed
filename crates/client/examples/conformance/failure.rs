//! Errors in the form that the suite expects.

use std::error::Error as _;

use plansync_client::Error;
use plansync_client::protocol::ErrorCode;
use serde_json::{Value, json};

/// Why an operation has no result.
pub(crate) enum Failure {
    /// What the client returned.
    Client(Box<Error>),
    /// A refusal of a command whose id the program chose.
    OfCommand(Box<Error>, Value),
    /// An argument that the types of the client do not let in.
    Invalid(String),
    /// The message cannot be carried out.
    Other(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Client(Box::new(error))
    }
}

impl From<Failure> for Value {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Client(error) => told(&error, None),
            Failure::OfCommand(error, command) => told(&error, Some(command)),
            Failure::Invalid(message) => json!({ "kind": "invalid", "message": message }),
            Failure::Other(message) => json!({ "kind": "other", "message": message }),
        }
    }
}

fn told(error: &Error, given: Option<Value>) -> Value {
    let (code, details) = refusal(error);
    let command = error.command().map(|id| json!(id)).or(given);
    let mut told = json!({ "kind": kind(error), "message": message(error) });
    for (name, value) in [
        ("code", code),
        ("details", details),
        ("command_id", command),
    ] {
        if let Some(value) = value {
            told[name] = value;
        }
    }
    told
}

/// The code and the details of a refusal.
fn refusal(error: &Error) -> (Option<Value>, Option<Value>) {
    if let Error::RefusedOtherwise(unknown) = error {
        return (Some(json!(unknown.code)), Some(unknown.details.clone()));
    }
    if let Error::ReadingExpired { .. } = error {
        return (Some(json!(ErrorCode::ReadingExpired)), None);
    }
    error.refusal().map_or((None, None), |refusal| {
        (Some(json!(refusal.code)), Some(json!(refusal.details)))
    })
}

fn kind(error: &Error) -> &'static str {
    if let Error::Closed { .. } = error {
        "closed"
    } else if let Error::Argument(_)
    | Error::Body { .. }
    | Error::TooLarge { .. }
    | Error::Subject { .. } = error
    {
        "invalid"
    } else if let Error::Forbidden { .. } = error {
        "not_authorized"
    } else if let Error::NotConnected { .. } = error {
        "not_connected"
    } else if let Error::NoStream { name } = error {
        if name == plansync_client::STREAM {
            "consumer_unusable"
        } else {
            "not_stored"
        }
    } else if let Error::Refused(_) | Error::RefusedOtherwise(_) | Error::ReadingExpired { .. } =
        error
    {
        "refused"
    } else if let Error::Unavailable { .. }
    | Error::Timeout { .. }
    | Error::Transport { .. }
    | Error::OutcomeUnknown { .. } = error
    {
        "no_answer"
    } else if let Error::NotStored { .. } = error {
        "not_stored"
    } else if let Error::OtherLog { .. } = error {
        "other_log"
    } else if let Error::Events { .. } | Error::Consumer { .. } | Error::Shared { .. } = error {
        "consumer_unusable"
    } else {
        "other"
    }
}

/// The error and its causes.
fn message(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
