//! A connection as one actor of a tenant, with its settings.

use std::sync::Arc;
use std::time::Duration;

use async_nats::{ConnectOptions, ToServerAddrs};
use plansync_primitives::ids::{Actor, TenantId};
use plansync_protocol::Encoding;

use crate::connecting::{self, connected};
use crate::durable::{Durability, Unsettled};
use crate::error::Error;
use crate::events::EventsBuilder;
use crate::exchange::Exchange;
use crate::link::Link;
use crate::retry::RetryPolicy;
use crate::server_errors::ServerErrors;

/// The time for which one attempt waits for its answer, if nothing else is set.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A client that acts as one actor of a tenant. Copies share the connection.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// use plansync_client::{Client, RetryPolicy};
///
/// let nats = plansync_client::async_nats::connect("nats://127.0.0.1:4222").await?;
/// let system = Client::new(nats, "northgate".parse()?, "system".parse()?)
///     .with_timeout(Duration::from_secs(5))
///     .with_retries(RetryPolicy { attempts_max: 3, ..RetryPolicy::default() });
/// let alice = system.acting_as("alice".parse()?);
/// # drop(alice);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    exchange: Exchange,
    tenant: TenantId,
    actor: Actor,
    retries: RetryPolicy,
    durability: Durability,
    encoding: Encoding,
    /// The durable commands of this actor whose outcome is not known.
    unsettled: Arc<Unsettled>,
    /// Whether the connection was made by [`Client::connect`].
    is_owner: bool,
}

impl Client {
    /// A client over a connection that the caller made.
    ///
    /// The inbox prefix of the connection begins with `_INBOX.` (the service sends replies to no other subjects), and
    /// is the one that the permissions of the NATS user name.
    pub fn new(nats: async_nats::Client, tenant: TenantId, actor: Actor) -> Self {
        Self {
            exchange: Exchange::new(nats, TIMEOUT),
            tenant,
            actor,
            retries: RetryPolicy::default(),
            durability: Durability::default(),
            encoding: Encoding::MessagePack,
            unsettled: Arc::default(),
            is_owner: false,
        }
    }

    /// Connects, and returns a client over the connection. [`Error::NotConnected`] if there is no connection within 30
    /// seconds, or if the server refuses the user. Once made, the connection is restored if it is lost.
    ///
    /// A callback for events of the connection that the options have is replaced; see [`ServerErrors`].
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use plansync_client::Client;
    /// use plansync_client::async_nats::ConnectOptions;
    ///
    /// let options = ConnectOptions::with_user_and_password("northgate-alice".into(), "secret".into())
    ///     .custom_inbox_prefix("_INBOX.northgate-alice");
    /// let alice =
    ///     Client::connect("nats://127.0.0.1:4222", options, "northgate".parse()?, "alice".parse()?).await?;
    /// # drop(alice);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(
        url: impl ToServerAddrs,
        options: ConnectOptions,
        tenant: TenantId,
        actor: Actor,
    ) -> Result<Self, Error> {
        Self::connect_within(connecting::WITHIN, url, options, tenant, actor).await
    }

    /// As [`connect`](Self::connect), with another time within which the connection must be made.
    pub async fn connect_within(
        within: Duration,
        url: impl ToServerAddrs,
        options: ConnectOptions,
        tenant: TenantId,
        actor: Actor,
    ) -> Result<Self, Error> {
        let errors = ServerErrors::default();
        let nats = connected(url, errors.watching(options), within).await?;
        let client = Self::new(nats, tenant, actor).with_server_errors(errors);
        Ok(Self {
            is_owner: true,
            ..client
        })
    }

    /// The same client with the errors that the server reports of the connection. Call it before the client is copied or
    /// used.
    #[must_use]
    pub fn with_server_errors(self, errors: ServerErrors) -> Self {
        Self {
            exchange: self.exchange.linked(Link::new(errors)),
            ..self
        }
    }

    /// Closes the client with all its copies: what waits ends with [`Error::Closed`], and events that were not acknowledged
    /// are given back, so that the next subscriber gets them at once. A connection that [`connect`](Self::connect) made is
    /// closed, when what was sent has left; one that the caller made stays open.
    pub async fn close(&self) -> Result<(), Error> {
        self.exchange.link.close().await;
        if !self.is_owner {
            return Ok(());
        }
        let drained = self.exchange.nats().drain().await;
        drained.map_err(|error| Error::Transport {
            source: error.into(),
            command: None,
        })
    }

    /// The same client with another time for which each attempt waits for its answer; the default is 10 seconds. With
    /// zero, every call is [`Error::Argument`].
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        let link = self.exchange.link.clone();
        Self {
            exchange: Exchange::new(self.exchange.nats().clone(), timeout).linked(link),
            ..self
        }
    }

    /// The same client with another policy of retries.
    #[must_use]
    pub fn with_retries(self, retries: RetryPolicy) -> Self {
        Self { retries, ..self }
    }

    /// The same client with other settings of durable commands.
    #[must_use]
    pub fn with_durability(self, durability: Durability) -> Self {
        Self { durability, ..self }
    }

    /// The same client with another encoding of requests, replies and durable commands; the default is MessagePack.
    /// JSON can be read with the tools of NATS. The encoding of events is that of the service.
    #[must_use]
    pub fn with_encoding(self, encoding: Encoding) -> Self {
        Self { encoding, ..self }
    }

    /// A client over the same connection that acts as another actor.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self {
            actor,
            unsettled: Arc::default(),
            ..self.clone()
        }
    }

    /// A client over the same connection that acts in another tenant.
    #[must_use]
    pub fn in_tenant(&self, tenant: TenantId) -> Self {
        Self {
            tenant,
            unsettled: Arc::default(),
            ..self.clone()
        }
    }

    /// The tenant.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// The actor.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The connection, for bodies that are passed through as bytes.
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// The policy of retries.
    pub fn retries(&self) -> &RetryPolicy {
        &self.retries
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    pub(crate) fn unsettled(&self) -> &Unsettled {
        &self.unsettled
    }

    pub(crate) fn durability(&self) -> &Durability {
        &self.durability
    }

    /// The events of the tenant: all of them, or those that the builder is given.
    pub fn events(&self) -> EventsBuilder {
        let events = self.exchange.events(Some(&self.tenant));
        events.with_retries(self.retries)
    }
}
