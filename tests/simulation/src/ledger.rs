//! What was asked under which id, and every answer that was heard.

use std::collections::BTreeMap;

use plansync_model::refusal::Refusal;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::client::{Asked, Client, Previewed, Wish};
use crate::machine::Reply;

/// An answer that a client heard.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    /// The position that the log had to be durable to.
    pub(crate) after: u64,
    /// What readers saw when it was made.
    pub(crate) durable: u64,
    /// The answer, or the refusal.
    pub(crate) reply: Result<Json, Refusal>,
}

impl Heard {
    fn of(reply: &Reply) -> Self {
        let body: Json = serde_json::from_slice(&reply.answer.body).unwrap_or_default();
        let answer = if reply.answer.error.is_none() {
            Ok(body)
        } else {
            Err(Refusal::of_reply(&body))
        };
        Self {
            after: reply.answer.after.get(),
            durable: reply.durable.get(),
            reply: answer,
        }
    }

    /// The code of a refusal.
    pub(crate) fn code(&self) -> Option<&str> {
        self.reply
            .as_ref()
            .err()
            .map(|refusal| refusal.code.as_str())
    }
}

/// What became of one wish.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Whose.
    pub(crate) actor: &'static str,
    /// What was wanted.
    pub(crate) wish: Wish,
    /// The preview that it confirms.
    pub(crate) confirmed: Option<Previewed>,
    /// Every answer, repeats among them.
    pub(crate) answers: Vec<Heard>,
}

/// Everything that was asked, by tenant and command id.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// The records.
    pub(crate) records: BTreeMap<(usize, Uuid), Record>,
}

impl Ledger {
    /// Somebody begins to ask.
    pub(crate) fn asked(&mut self, client: &Client, asked: Asked, confirmed: Option<Previewed>) {
        let record = Record {
            actor: client.actor,
            wish: asked.wish,
            confirmed,
            answers: Vec::new(),
        };
        self.records.insert((client.tenant, asked.id), record);
    }

    /// Somebody hears an answer.
    pub(crate) fn answered(&mut self, client: &Client, reply: &Reply) -> Heard {
        let heard = Heard::of(reply);
        let key = (client.tenant, reply.message.id);
        if let Some(record) = self.records.get_mut(&key) {
            record.answers.push(heard.clone());
        }
        heard
    }
}
