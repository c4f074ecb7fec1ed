//! What is asked of the NATS server and the engine, each within a time of its own.

use std::time::Duration;

use plansync_nats::{
    Examiner, FlushFound, JetStreamFound, NoAnswer, Permission, Pinged, Role, ServerFound,
    StreamFault, StreamsFound, UserFound, without_secrets,
};
use plansync_protocol::engine::EngineStatusRecord;
use serde_json::json;
use tokio::time::{sleep, timeout};

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
/// How long an answer is waited for, or several that follow each other.
const ASKED_WITHIN: Duration = Duration::from_secs(3);
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

    /// Whether an engine answers.
    pub(super) fn has_engine(&self) -> bool {
        matches!(self.engines, Ok(Pinged::Engines(_)))
    }
}

/// Connects and asks, or says why there is no connection.
pub(super) async fn ask(
    destination: Result<Destination, NotUnderstood>,
    who: Who<'_>,
) -> Result<Asked, Check> {
    let destination = destination.map_err(|error| connecting::not_understood(&error))?;
    let connection = &destination.connection;
    let url = without_secrets(&connection.url);
    let connected = timeout(CONNECTED_WITHIN, Examiner::connect(connection)).await;
    let examiner = match connected {
        Ok(Ok(examiner)) => examiner,
        Ok(Err(error)) => return Err(connecting::failed(connection, &url, &error).await),
        Err(_) => return Err(connecting::timed_out(&url)),
    };
    let user = within("$SYS.REQ.USER.INFO", examiner.user()).await;
    let (jetstream, flush, streams, permissions, engines, status) = tokio::join!(
        within("$JS.API.INFO", examiner.jetstream()),
        within("$SYS.REQ.SERVER.PING.JSZ", examiner.flush()),
        within("$JS.API.STREAM.INFO", streams(&examiner)),
        within("permissions", async {
            // What is refused there must not disturb what is asked here.
            let apart = Examiner::connect(connection).await;
            let apart = apart.map_err(|error| NoAnswer::Connection {
                said: error.to_string(),
            })?;
            apart.permissions(who.role(), user.as_ref().ok()).await
        }),
        within("$SRV.PING.plansync", examiner.engines()),
        status(&examiner, who.tenant()),
    );
    Ok(Asked {
        url,
        server: examiner.server(),
        user,
        jetstream,
        flush,
        streams,
        permissions,
        engines,
        status,
    })
}

/// The answer, unless it takes too long.
async fn within<T>(subject: &str, asked: impl Future<Output = Answered<T>>) -> Answered<T> {
    let asked = timeout(ASKED_WITHIN, Box::pin(asked)).await;
    asked.unwrap_or_else(|_| {
        Err(NoAnswer::TimedOut {
            subject: subject.to_owned(),
        })
    })
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
