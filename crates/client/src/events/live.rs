//! Events as they are published, over a plain subscription.

use async_nats::Subscriber;
use futures_util::StreamExt as _;
use futures_util::stream::SelectAll;

use super::{Delivery, Source};
use crate::error::Error;

/// The subscriptions to the wanted events.
pub(super) struct Live {
    subjects: String,
    subscriptions: SelectAll<Subscriber>,
}

impl Live {
    pub(super) async fn begin(source: &Source) -> Result<Self, Error> {
        let nats = source.context.client();
        let mut subscriptions = SelectAll::new();
        for subject in source.subjects() {
            subscriptions.push(subscribe(&nats, &subject).await?);
        }
        let subjects: Vec<_> = source.subjects().collect();
        Ok(Self {
            subjects: subjects.join(", "),
            subscriptions,
        })
    }

    pub(super) async fn next(&mut self) -> Result<Delivery, Error> {
        let Some(message) = self.subscriptions.next().await else {
            return Err(Error::Events {
                name: self.subjects.clone(),
                may_pass: false,
                source: "the connection is closed".into(),
            });
        };
        Ok(Delivery::published(message, None))
    }
}

/// Subscribes, and returns when the server has the subscription.
pub(crate) async fn subscribe(
    nats: &async_nats::Client,
    subject: &str,
) -> Result<Subscriber, Error> {
    let failed = |source| Error::Transport {
        source,
        command: None,
    };
    let subscription = nats.subscribe(subject.to_owned()).await;
    let subscription = subscription.map_err(|error| failed(error.into()))?;
    nats.flush().await.map_err(|error| failed(error.into()))?;
    Ok(subscription)
}
