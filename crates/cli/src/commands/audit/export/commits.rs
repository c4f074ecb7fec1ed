//! The commits of the log that pass a filter.

use plansync_protocol::Position;
use serde_json::{Value, json};

use super::pages::ask;
use crate::ask_error::AskError;
use crate::caller::Caller;
use crate::output::Output;
use crate::progress::CommitsBar;
use crate::reply::number;

/// The commits of the log that pass a filter, page by page.
pub(super) struct Commits {
    body: Value,
    bar: CommitsBar,
    end: u64,
    is_done: bool,
}

impl Commits {
    pub(super) fn new(filter: Value, end: u64, output: Output, doing: &'static str) -> Self {
        let mut body = filter;
        body["to_position"] = json!(Position(end));
        body["limit"] = json!(500);
        let bar = CommitsBar::new(output, doing);
        bar.at(0, end);
        Self {
            body,
            bar,
            end,
            is_done: false,
        }
    }

    pub(super) async fn next(&mut self, caller: &Caller) -> Result<Option<Value>, AskError> {
        if self.is_done {
            return Ok(None);
        }
        let page = ask(caller, "audit.log", &self.body).await?;
        self.bar
            .at(number(&page, "scanned_to").min(self.end), self.end);
        match page.get("next") {
            Some(next) if !next.is_null() => self.body["after"] = next.clone(),
            Some(_) | None => self.is_done = true,
        }
        Ok(Some(page))
    }
}
