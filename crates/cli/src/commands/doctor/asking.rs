//! What is asked of the NATS server and the engine, each within a time of its own, and all until an end.

use std::time::Duration;

use futures_util::FutureExt as _;
use plansync_nats::{
    CertificatesFound, Connection, Examiner, FlushFound, JetStreamFound, NoAnswer, Permission,
    Pinged, Role, ServerFound, StreamFault, StreamsFound, UserFound, certificates, without_secrets,
};
use plansync_protocol::engine::EngineStatusRecord;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};

use super::aside::aside;
use super::check::Check;
use super::connecting;
use crate::ask_error::AskError;
use crate::asking::Question;
use crate::connecting::Destination;
use crate::exit::NotUnderstood;
use crate::reply::typed;
use crate::service::Service;

/// How long a connection is waited for: for a second server, too, if the first one does not answer.
pub(super) const CONNECTED_WITHIN: Duration = Duration::from_secs(6);
/// How long files may take to be read that tell how to connect.
const READ_WITHIN: Duration = Duration::from_secs(2);
/// The engine makes its consumer again at once, and its streams within some seconds.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(800);
/// How long the engine may take to answer.
const ENGINE_PATIENCE: Duration = Duration::from_secs(2);
/// The tenant in the subject of a request that is about no tenant.
const ANY_TENANT: &str = "any";

/// For whom it is checked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who<'a> {
    /// The engine, and whoever runs it.
    Engine { tenant: Option<&'a str> },
    /// A client that acts as this actor.
    Actor { tenant: &'a str, actor: &'a str },
}

impl<'a> Who<'a> {
    fn role(self) -> Role<'a> {
        match self {
            Self::Engine { .. } => Role::Engine,
            Self::Actor { tenant, actor } => Role::Actor { tenant, actor },
        }
    }

    fn tenant(self) -> &'a str {
        match self {
            Self::Engine { tenant } => tenant.unwrap_or(ANY_TENANT),
            Self::Actor { tenant, .. } => tenant,
        }
    }

    pub(super) fn is_client(self) -> bool {
        matches!(self, Self::Actor { .. })
    }
}

/// An answer, or why there is none.
pub(super) type Answered<T> = Result<T, NoAnswer>;

/// What was asked, with the answers.
pub(super) struct Asked {
    /// The address, without secrets.
    pub(super) url: String,
    pub(super) server: ServerFound,
    /// `None` if they could not be looked at.
    pub(super) certificates: Option<CertificatesFound>,
    pub(super) user: Answered<UserFound>,
    pub(super) jetstream: Answered<JetStreamFound>,
    pub(super) flush: Answered<FlushFound>,
    pub(super) streams: Answered<StreamsFound>,
    pub(super) permissions: Answered<Vec<Permission>>,
    pub(super) engines: Answered<Pinged>,
    /// What the engine tells of itself.
    pub(super) status: Result<EngineStatusRecord, AskError>,
}

impl Asked {
    /// What the engine tells of itself, if it does.
    pub(super) fn status(&self) -> Option<&EngineStatusRecord> {
        self.status.as_ref().ok()
    }

    /// Whether an engine answers, be it only one of these two questions.
    pub(super) fn has_engine(&self) -> bool {
        matches!(self.engines, Ok(Pinged::Engines(_))) || self.status.is_ok()
    }
}

/// Connects and asks until this time, or says why there is no connection. `destination` may read files.
pub(super) async fn ask(
    destination: impl FnOnce() -> Result<Destination, NotUnderstood> + Send + 'static,
    who: Who<'_>,
    end: Instant,
) -> Result<Asked, Check> {
    let destination = aside(READ_WITHIN, destination).await;
    let destination = destination.ok_or_else(|| connecting::unread(READ_WITHIN))?;
    let destination = destination.map_err(|error| connecting::not_understood(&error))?;
    let connection = &destination.connection;
    let url = without_secrets(&connection.url);
    let examiner = connect(connection, &url).await?;
    let questions = Questions { end };
    let user = questions.ask("$SYS.REQ.USER.INFO", examiner.user());
    let user = user.boxed().shared();
    let permissions = async {
        // What is refused there must not disturb what is asked here.
        let apart = Examiner::connect(connection).await;
        let apart = apart.map_err(|error| NoAnswer::Connection {
            said: error.to_string(),
        })?;
        let user = user.clone().await.ok();
        apart.permissions(who.role(), user.as_ref()).await
    };
    let (certificates, user, jetstream, flush, streams, permissions, engines, status) = tokio::join!(
        timeout_at(end, certificates(connection)),
        user.clone(),
        questions.ask("$JS.API.INFO", examiner.jetstream()),
        questions.ask("$SYS.REQ.SERVER.PING.JSZ", examiner.flush()),
        questions.ask("$JS.API.STREAM.INFO", streams(&examiner)),
        questions.ask("the subjects that are tried", permissions),
        questions.ask("$SRV.PING.plansync", examiner.engines()),
        status(&examiner, who.tenant()),
    );
    Ok(Asked {
        url,
        server: examiner.server(),
        certificates: certificates.ok().flatten(),
        user,
        jetstream,
        flush,
        streams,
        permissions,
        engines,
        status,
    })
}

/// Connects, or says why not.
async fn connect(connection: &Connection, url: &str) -> Result<Examiner, Check> {
    let own = connection.clone();
    // Files with credentials are read meanwhile, and need not be on a disk that answers.
    let runtime = Handle::current();
    let connected = aside(CONNECTED_WITHIN, move || {
        runtime.block_on(Examiner::connect(&own))
    });
    match connected.await {
        Some(Ok(examiner)) => Ok(examiner),
        Some(Err(error)) => Err(connecting::failed(connection, url, &error).await),
        None => Err(connecting::timed_out(connection, url).await),
    }
}

/// Questions that are answered until then, or not at all.
#[derive(Clone, Copy)]
struct Questions {
    end: Instant,
}

impl Questions {
    async fn ask<T>(self, subject: &str, asked: impl Future<Output = Answered<T>>) -> Answered<T> {
        let within = self.end.saturating_duration_since(Instant::now());
        let asked = timeout_at(self.end, Box::pin(asked)).await;
        asked.unwrap_or_else(|_| {
            let subject = subject.to_owned();
            Err(NoAnswer::TimedOut { subject, within })
        })
    }
}

/// The streams, seen twice if the engine may just be making its consumer again.
async fn streams(examiner: &Examiner) -> Answered<StreamsFound> {
    let found = examiner.streams(None).await?;
    let may_pass = |fault: &StreamFault| {
        matches!(
            fault,
            StreamFault::Removed { .. } | StreamFault::Edited { .. }
        )
    };
    if !found.lacks_consumer && !found.faults.iter().any(may_pass) {
        return Ok(found);
    }
    sleep(LOOK_AGAIN_AFTER).await;
    examiner.streams(None).await
}

async fn status(examiner: &Examiner, tenant: &str) -> Result<EngineStatusRecord, AskError> {
    let service = Service::over(examiner.connection().clone(), ENGINE_PATIENCE);
    let question = Question {
        tenant,
        actor: "system",
        operation: "engine.status",
        body: &json!({}),
    };
    typed(&question.ask_service(&service).await?)
}
