//! Lists of the audit, page by page. If a page cannot be read because of damage, it is read in smaller parts, up to what
//! is damaged.

use plansync_protocol::PageSize;
use plansync_protocol::audit::ReadLimit;
use serde_json::{Value, json};

use crate::ask_error::AskError;
use crate::caller::{Caller, Limit};
use crate::reply::{items, number};

/// A list that is read a page at a time.
pub(super) struct Pages<'a> {
    pub(super) caller: &'a Caller,
    operation: &'static str,
    /// The field with the items.
    pub(super) list: &'static str,
    body: Value,
    goes_on: GoesOn,
    /// The number of items that are still wanted.
    left: usize,
    /// The most items that are asked for at once; fewer after damage was met, to read what is before it.
    page_max: usize,
    is_over: bool,
}

/// How the next page is asked for, and which one is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GoesOn {
    /// After the cursor of a page, if it has one.
    AfterCursor,
    /// From the next position, up to the end of the log.
    FromPosition,
    /// From the next position, for ever.
    Forever,
}

impl GoesOn {
    /// What the body of the next request has, in which field; none after the last page.
    fn next(self, page: &Value) -> Option<(&'static str, Value)> {
        let next = page.get("next").filter(|next| !next.is_null())?;
        let field = match self {
            Self::AfterCursor => "after",
            Self::FromPosition if number(page, "next") > number(page, "tip") => return None,
            Self::FromPosition | Self::Forever => "from",
        };
        Some((field, next.clone()))
    }
}

impl<'a> Pages<'a> {
    /// The list that an operation returns with this body.
    pub(super) fn new(
        caller: &'a Caller,
        (operation, list): (&'static str, &'static str),
        body: Value,
        limit: Limit,
    ) -> Self {
        Self {
            caller,
            operation,
            list,
            body,
            goes_on: GoesOn::AfterCursor,
            left: limit.rows(),
            page_max: usize::from(PageSize::MAX.get()),
            is_over: false,
        }
    }

    /// The log as events, from a position on; with a time to wait for more, without an end.
    pub(super) fn of_events(
        caller: &'a Caller,
        from: u64,
        wait_ms: Option<u64>,
        limit: Limit,
    ) -> Self {
        let mut body = json!({ "from": from });
        if let Some(wait) = wait_ms {
            body["wait_ms"] = json!(wait);
        }
        let goes_on = match wait_ms {
            None => GoesOn::FromPosition,
            Some(_) => GoesOn::Forever,
        };
        Self {
            goes_on,
            page_max: usize::from(ReadLimit::MAX.get()),
            ..Self::new(caller, ("audit.read", "items"), body, limit)
        }
    }

    /// The next reply; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Value>, AskError> {
        if self.is_over {
            return Ok(None);
        }
        let reply = loop {
            let limit = self.left.min(self.page_max);
            self.body["limit"] = json!(limit);
            match self.caller.ask(self.operation, &self.body).await {
                Err(error) if error.is_of_damage() && limit > 1 => self.page_max = limit / 2,
                reply => break reply?,
            }
        };
        self.left = self.left.saturating_sub(items(&reply, self.list).len());
        match self.goes_on.next(&reply) {
            Some((field, next)) if self.left > 0 => self.body[field] = next,
            Some(_) | None => self.is_over = true,
        }
        Ok(Some(reply))
    }

    /// All pages as one reply, with the damage that ended it, if there was one. The first page must be readable.
    pub(super) async fn whole(mut self) -> Result<(Value, Option<AskError>), AskError> {
        let mut whole = self.next().await?.unwrap_or_default();
        loop {
            match self.next().await {
                Ok(Some(page)) => whole = joined(Some(whole), page, self.list),
                Ok(None) => return Ok((whole, None)),
                Err(error) if error.is_of_damage() => return Ok((whole, Some(error))),
                Err(error) => return Err(error),
            }
        }
    }
}

/// The items of both, with the other fields of the second. How far events are published is that of the first, because
/// what is published after it may be among the items; where the first does not say it, nothing does.
pub(super) fn joined(first: Option<Value>, mut second: Value, list: &str) -> Value {
    let Some(mut first) = first else {
        return second;
    };
    if let (Value::Array(mut all), Value::Array(more)) = (first[list].take(), second[list].take()) {
        all.extend(more);
        second[list] = Value::Array(all);
    }
    if let Some(fields) = second.as_object_mut() {
        match first.get("relayed") {
            Some(relayed) => fields.insert("relayed".to_owned(), relayed.clone()),
            None => fields.remove("relayed"),
        };
    }
    second
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{GoesOn, joined};

    #[test]
    fn pages_are_joined_with_the_fields_of_the_last_one() {
        let first = json!({ "items": [1, 2], "next": 2, "relayed": { "position": 1 } });
        let second = json!({ "items": [3], "position": 9, "relayed": { "position": 3 } });
        let expected = json!({ "items": [1, 2, 3], "position": 9, "relayed": { "position": 1 } });
        assert_eq!(joined(Some(first), second.clone(), "items"), expected);
        assert_eq!(joined(None, second.clone(), "items"), second);
    }

    #[test]
    fn what_the_first_page_does_not_say_of_publishing_no_later_one_does() {
        let second = json!({ "items": [3], "relayed": { "position": 3 } });
        let whole = joined(Some(json!({ "items": [1] })), second, "items");
        assert_eq!(whole, json!({ "items": [1, 3] }));
    }

    #[test]
    fn a_list_goes_on_after_its_cursor_and_a_log_up_to_its_end() {
        let page = |next: Value| json!({ "next": next, "tip": 7 });
        let cursor = json!({ "version": 3, "skip": 50 });
        let after = Some(("after", cursor.clone()));
        assert_eq!(GoesOn::AfterCursor.next(&page(cursor)), after);
        assert_eq!(GoesOn::AfterCursor.next(&page(Value::Null)), None);
        let from = |next: u64| Some(("from", json!(next)));
        assert_eq!(GoesOn::FromPosition.next(&page(json!(7))), from(7));
        assert_eq!(GoesOn::FromPosition.next(&page(json!(8))), None);
        assert_eq!(GoesOn::Forever.next(&page(json!(8))), from(8));
    }
}
