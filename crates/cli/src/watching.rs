//! Watches events, and reports how many were missed.
//!
//! Events are read from their stream, so that a reader that is slow or disconnected continues where it was. A user
//! who may only subscribe receives them as they are published, and is told when some may have been missed.

use std::time::Duration;

use plansync_client::exchange::Exchange;
use plansync_client::ids::TenantId;
use plansync_client::{Error, Events, EventsBuilder, RetryPolicy, Start};
use plansync_nats::{ClientConnection, Disturbance, Disturbances, Event};
use plansync_protocol::subject;

use crate::ask_error::{AskError, EventsNotPermitted};
use crate::service::Service;

/// The tenant of whoever watches all tenants.
pub(crate) const ALL_TENANTS: &str = "*";
/// The pause before events are read again that could not be read for a reason that may pass.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Which events are watched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watched<'a> {
    /// The tenant, or [`ALL_TENANTS`].
    pub(crate) tenant: &'a str,
    /// How their subjects end: `<kind>.<id>.<what>`, with the wildcards of NATS.
    pub(crate) tail: &'a str,
    /// With which event it begins.
    pub(crate) from: WatchFrom,
}

/// With which event a watch begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WatchFrom {
    /// The next one that is published.
    Now,
    /// The first one in the stream.
    Start,
}

/// One item of a watch.
#[derive(Debug)]
pub(crate) enum Item {
    /// The next event.
    Event(Event),
    /// Some events before the next one will not be seen.
    Missing(Missing),
}

/// Events that will not be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// At least this many were removed from the stream before they were read.
    Removed(u64),
    /// An unknown number: the connection was cut or too slow, and the stream may not be read.
    Unknown,
}

/// A watch of events.
pub(crate) struct Watch {
    connection: ClientConnection,
    events: Events,
    /// What disturbs the subscription, if they are not read from their stream.
    live: Option<Live>,
}

struct Live {
    disturbances: Disturbances,
    /// The error if the server refuses the subscription.
    refusal: EventsNotPermitted,
}

impl Watch {
    /// Begins to watch events.
    pub(crate) async fn begin(service: &Service, watched: Watched<'_>) -> Result<Self, AskError> {
        let connection = service.connection();
        connection.set_inbox_needed(false);
        let events = || events(service.exchange(), watched);
        let stored = async |start| Self::stored(connection, events()?, start).await;
        match watched.from {
            WatchFrom::Start => stored(Start::Beginning).await,
            WatchFrom::Now => {
                // Subscribed first, so that nothing is missed if the stream turns out not to be readable.
                let live = Self::live(connection, events()?, watched).await?;
                match stored(Start::Now).await {
                    Ok(stored) => Ok(stored),
                    Err(error) => {
                        tracing::debug!(
                            %error,
                            "the event stream cannot be read; only events published from now on are shown"
                        );
                        Ok(live)
                    }
                }
            }
        }
    }

    async fn live(
        connection: &ClientConnection,
        events: EventsBuilder,
        watched: Watched<'_>,
    ) -> Result<Self, AskError> {
        let subject = watched.subject();
        let disturbances = connection.disturbances(&subject);
        let events = events.listen().await;
        Ok(Self {
            connection: connection.clone(),
            events: events.map_err(of_events)?,
            live: Some(Live {
                disturbances,
                refusal: watched.refusal(subject),
            }),
        })
    }

    async fn stored(
        connection: &ClientConnection,
        events: EventsBuilder,
        start: Start,
    ) -> Result<Self, AskError> {
        let begun = connection
            .unless_denied(Box::pin(events.replay(start)))
            .await;
        let begun = begun.map_err(|denied| {
            let why = denied.why;
            let source = format!("this user has no permission to read the event stream ({why})");
            AskError::Events {
                source: source.into(),
            }
        })?;
        let events = begun.map_err(of_events)?;
        connection.set_inbox_needed(true);
        Ok(Self {
            connection: connection.clone(),
            events,
            live: None,
        })
    }

    /// The next item, however long it takes. If the returned future is dropped, no event is lost.
    pub(crate) async fn next(&mut self) -> Result<Item, AskError> {
        if let Some(live) = &mut self.live {
            return live.next(&mut self.events).await;
        }
        tokio::select! {
            biased;
            () = self.connection.closed() => Err(AskError::Closed),
            item = next_stored(&mut self.events) => item,
        }
    }
}

impl Watched<'_> {
    fn subject(&self) -> String {
        format!("{}.evt.{}.{}", subject::PREFIX, self.tenant, self.tail)
    }

    fn refusal(&self, subject: String) -> EventsNotPermitted {
        let tenants = match self.tenant {
            ALL_TENANTS => "all tenants".to_owned(),
            tenant => format!("tenant {tenant}"),
        };
        EventsNotPermitted { tenants, subject }
    }
}

impl Live {
    async fn next(&mut self, events: &mut Events) -> Result<Item, AskError> {
        tokio::select! {
            biased;
            disturbance = self.disturbances.next() => match disturbance {
                Disturbance::Loss => Ok(Item::Missing(Missing::Unknown)),
                Disturbance::Refusal => Err(self.refusal.clone().into()),
                Disturbance::End => Err(AskError::Closed),
            },
            delivery = events.next() => match delivery {
                Ok(delivery) => Ok(Item::Event(Event::of(delivery.message()))),
                Err(error) => Err(error.into()),
            },
        }
    }
}

/// The next item from the stream. While the stream cannot be read for a reason that may pass, it is tried again.
async fn next_stored(events: &mut Events) -> Result<Item, AskError> {
    loop {
        match events.next().await {
            Ok(delivery) => return Ok(Item::Event(Event::of(delivery.message()))),
            Err(Error::Removed { at_least }) => {
                return Ok(Item::Missing(Missing::Removed(at_least)));
            }
            Err(error) if error.is_transient() => {
                tracing::debug!(%error, "the events are read again");
                tokio::time::sleep(AGAIN_AFTER).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The events to watch. Beginning to read them is one attempt; a lost connection is waited for afterwards.
fn events(exchange: &Exchange, watched: Watched<'_>) -> Result<EventsBuilder, AskError> {
    let tenant: Option<TenantId> = match watched.tenant {
        ALL_TENANTS => None,
        tenant => Some(
            tenant
                .parse()
                .map_err(|_| AskError::Subject(watched.subject()))?,
        ),
    };
    let events = exchange.events(tenant.as_ref()).matching(watched.tail);
    Ok(events.with_retries(RetryPolicy::never()))
}

/// The error of events that cannot be read, whatever failed.
fn of_events(error: Error) -> AskError {
    if let Error::Transport { source, .. } = error {
        AskError::Events { source }
    } else {
        error.into()
    }
}
