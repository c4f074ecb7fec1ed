//! Lists that are read part by part, without keeping more than one part.

use plansync_export::ExportError;
use plansync_protocol::PageSize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::ask_error::AskError;
use crate::caller::{Caller, smaller_page};
use crate::reply::{items, typed};

/// Sends a request whose reply is checked when it is read.
pub(super) async fn ask(caller: &Caller, operation: &str, body: &Value) -> Result<Value, AskError> {
    caller
        .question(operation, body)
        .ask_unchecked(caller.source())
        .await
}

/// The same with the reply in its type.
pub(super) async fn ask_typed<T: DeserializeOwned>(
    caller: &Caller,
    operation: &str,
    body: &Value,
) -> Result<T, AskError> {
    typed(&ask(caller, operation, body).await?)
}

/// Hands over the items of a list with pages that does not change while it is read.
pub(super) async fn each_page<T: DeserializeOwned>(
    caller: &Caller,
    (operation, list): (&str, &str),
    mut body: Value,
    mut take: impl FnMut(Vec<T>) -> Result<(), ExportError>,
) -> anyhow::Result<()> {
    let (mut size, mut read) = (usize::from(PageSize::MAX.get()), 0_usize);
    loop {
        body["page_size"] = json!(size);
        body["page"] = json!(read / size + 1);
        let reply = match ask(caller, operation, &body).await {
            Ok(reply) => reply,
            Err(error) => match smaller_page(&error, size) {
                // Pages of the new size must begin where those of the old one ended.
                Some(fits) => {
                    size = (1..=fits).rev().find(|size| read % size == 0).unwrap_or(1);
                    continue;
                }
                None => return Err(error.into()),
            },
        };
        let found = items(&reply, list).iter().map(typed);
        let found = found.collect::<Result<Vec<T>, _>>()?;
        let count = found.len();
        read += count;
        take(found)?;
        let total = reply["total"].as_u64().unwrap_or_default();
        if count == 0 || u64::try_from(read).is_ok_and(|read| read >= total) {
            return Ok(());
        }
    }
}
