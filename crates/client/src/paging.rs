//! Lists, page by page, as streams of items.
//!
//! A list that can be held is read from one state: each item comes exactly once, whatever changes meanwhile. Of a
//! list that cannot be held, the version or the digest in the replies shows whether it has changed; a list without
//! either only grows at its end.

use std::collections::VecDeque;

use futures_util::stream::{once, try_unfold};
use futures_util::{Stream, TryStreamExt as _};
use plansync_protocol::{
    Digest, EncodeError, ErrorCode, PageSize, Position, ReadOperation, Version,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::{Prepared, body};
use crate::client::Client;
use crate::error::Error;

/// What the reply with a page says of the whole list.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Head {
    total: u64,
    #[serde(default)]
    position: Option<Position>,
    #[serde(default)]
    version: Option<Version>,
    #[serde(default)]
    digest: Option<Digest>,
}

impl Client {
    /// The items of a list, from the first page to the last. `page`, `hold` and `at` of the body are set by the
    /// client; `page_size` is used if it is given, and is 500 otherwise.
    ///
    /// A list that can be held ([`OperationName::is_held`](plansync_protocol::OperationName::is_held)) is held: the
    /// items are those of one state. If more than a minute passes between two pages, the stream ends with
    /// [`Error::ReadingExpired`]; begin it again. Another list ends with [`Error::ListChanged`] if it changed while it
    /// was read; for `plan.get`, set `at_version`. After an error, the stream has ended.
    ///
    /// ```no_run
    /// # async fn example(client: plansync_client::Client) -> Result<(), plansync_client::Error> {
    /// use futures_util::{TryStreamExt as _, pin_mut};
    /// use plansync_client::protocol::ProgrammeList;
    /// use plansync_client::{body, json};
    ///
    /// let programmes = client.list::<ProgrammeList>(body::<ProgrammeList>(json!({}))?);
    /// pin_mut!(programmes);
    /// while let Some(programme) = programmes.try_next().await? {
    ///     println!("{}", &*programme.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list<O>(&self, body: O::Body) -> impl Stream<Item = Result<O::Item, Error>> + use<O>
    where
        O: ReadOperation,
        O::Item: Clone,
    {
        let reading = Reading::<O>::begin(self, body);
        once(async { reading })
            .map_ok(|reading| {
                try_unfold(reading, |mut reading| async move {
                    let item = reading.next().await?;
                    Ok(item.map(|item| (item, reading)))
                })
            })
            .try_flatten()
    }
}

/// A list that is being read.
struct Reading<O: ReadOperation> {
    client: Client,
    /// The body, whose paging fields are set for each page.
    fields: Value,
    items: VecDeque<O::Item>,
    /// The number of items of the pages that were read.
    read: u64,
    /// The largest page that was found to fit.
    size: Option<u16>,
    head: Option<Head>,
}

impl<O: ReadOperation> Reading<O>
where
    O::Item: Clone,
{
    fn begin(client: &Client, body: O::Body) -> Result<Self, Error> {
        Ok(Self {
            client: client.clone(),
            fields: serde_json::to_value(body).map_err(EncodeError::from)?,
            items: VecDeque::new(),
            read: 0,
            size: None,
            head: None,
        })
    }

    async fn next(&mut self) -> Result<Option<O::Item>, Error> {
        while self.items.is_empty() && self.head.is_none_or(|head| self.read < head.total) {
            if self.next_page().await? == 0 {
                break;
            }
        }
        Ok(self.items.pop_front())
    }

    /// Reads the next page, and returns the number of its items.
    async fn next_page(&mut self) -> Result<usize, Error> {
        loop {
            let size = aligned(self.read, self.size_max());
            let body = self.page_body(size)?;
            let prepared = Prepared::of::<O>(body, self.client.encoding())?;
            let error = match self.client.ask(&prepared).await {
                Ok(answer) => {
                    let (head, reply) = (answer.decode()?, answer.decode()?);
                    return self.take(head, &reply);
                }
                Err(error) => error,
            };
            match smaller(&error, size) {
                Some(fits) => self.size = Some(fits),
                None if error.code() == Some(ErrorCode::ReadingExpired) => {
                    return Err(Error::ReadingExpired {
                        read: self.returned(),
                    });
                }
                None => return Err(error),
            }
        }
    }

    fn take(&mut self, head: Head, reply: &O::Reply) -> Result<usize, Error> {
        let is_held = O::NAME.is_held();
        let same =
            |first: &Head| is_held || (first.version, first.digest) == (head.version, head.digest);
        if !self.head.as_ref().is_none_or(same) {
            return Err(Error::ListChanged {
                read: self.returned(),
            });
        }
        // Of a held list, the position of the first page; of a list that grows, the newest total.
        let position = self.head.and_then(|first| first.position).or(head.position);
        self.head = Some(Head { position, ..head });
        let items = O::items(reply);
        self.read += items.len() as u64;
        self.items.extend(items.iter().cloned());
        Ok(items.len())
    }

    fn returned(&self) -> u64 {
        self.read - self.items.len() as u64
    }

    /// The largest page to ask for.
    fn size_max(&self) -> u16 {
        let given = self.fields["page_size"].as_u64();
        let given = given.and_then(|size| u16::try_from(size).ok());
        let given = given.unwrap_or(PageSize::MAX.get());
        self.size.map_or(given, |fits| given.min(fits))
    }

    /// The body that asks for the page after the items that were read.
    fn page_body(&self, size: u16) -> Result<O::Body, Error> {
        let mut fields = self.fields.clone();
        fields["page"] = json!(self.read / u64::from(size) + 1);
        fields["page_size"] = json!(size);
        if O::NAME.is_held() {
            match self.head {
                None => fields["hold"] = json!(true),
                Some(Head { position, .. }) => fields["at"] = json!(position),
            }
        }
        body::<O>(fields)
    }
}

/// The largest page of at most `size_max` items with which a page begins after `read` items.
fn aligned(read: u64, size_max: u16) -> u16 {
    let fits = |size: &u16| read.is_multiple_of(u64::from(*size));
    (1..=size_max.max(1)).rev().find(fits).unwrap_or(1)
}

/// The size of pages that fit, if they were too large.
fn smaller(error: &Error, size: u16) -> Option<u16> {
    let refusal = error.refusal()?;
    if refusal.code != ErrorCode::PageTooLarge {
        return None;
    }
    let fits = refusal.details.as_ref()?.page_size?;
    (1..size).contains(&fits).then_some(fits)
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn a_page_begins_where_the_last_one_ended() {
        assert_eq!(aligned(0, 500), 500);
        assert_eq!(aligned(1_000, 500), 500);
        assert_eq!(aligned(500, 120), 100);
        assert_eq!(aligned(7, 5), 1);
    }
}
