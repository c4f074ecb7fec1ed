//! A message taken apart: who asks for which operation, in which encoding, and under which command id.
//!
//! Tenant and actor are taken from the subject alone: NATS restricts who may publish to which subject.

use std::sync::Arc;

use plansync_domain::ids::{Actor, CommandId, TenantId};
use plansync_protocol::subject::Subject;
use plansync_protocol::{Encoding, Error, ErrorCode, OperationName, cloud_event};
use plansync_traces::TraceContext;
use uuid::Uuid;

use crate::message::{Inbound, Place, one_value};

/// The namespace in which a message id that is not a uuid becomes one.
const MESSAGE_IDS: Uuid = Uuid::from_u128(0x5f0f_6c3a_91d2_4c57_8a0e_7d1b_2c46_93e8);
/// The namespace in which the place of a durable command becomes its id.
const PLACES: Uuid = Uuid::from_u128(0xd3a8_10b7_64ce_4f19_b25d_0e9c_7f31_a86b);

/// Who asks. A reserved name, which no administrator can have, is not refused at once, but when the actor
/// is checked, so that the order of refusals is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) tenant: TenantId,
    /// `None` for a reserved name.
    pub(crate) actor: Option<Actor>,
}

/// A message taken apart.
pub(crate) struct Incoming<'a> {
    pub(crate) identity: Identity,
    /// The operation in the subject; it may not exist.
    pub(crate) operation: &'a str,
    pub(crate) encoding: Result<Encoding, Error>,
    pub(crate) body: &'a [u8],
    /// The command id in the header, if there is one; an error if there are several.
    pub(crate) message_id: Result<Option<CommandId>, Error>,
    pub(crate) trace: Option<Arc<str>>,
}

impl<'a> Incoming<'a> {
    /// Takes a message apart; an error if its subject does not name tenant, actor and operation.
    pub(crate) fn of(inbound: Inbound<'a>) -> Result<Self, Error> {
        let subject = Subject::parse(inbound.subject).map_err(|fault| invalid(&fault))?;
        let identity = Identity {
            tenant: subject.tenant.parse().map_err(|fault| invalid(&fault))?,
            actor: subject.actor.parse().ok(),
        };
        Ok(Self::with(identity, subject.operation, inbound))
    }

    /// A message whose subject is malformed, but names a tenant.
    pub(crate) fn of_tenant(inbound: Inbound<'a>) -> Option<Self> {
        let (tenant, rest) = Subject::tenant(inbound.subject)?;
        let identity = Identity {
            tenant: tenant.parse().ok()?,
            actor: None,
        };
        Some(Self::with(identity, rest, inbound))
    }

    fn with(identity: Identity, operation: &'a str, inbound: Inbound<'a>) -> Self {
        let message_id = one_value(inbound.headers, cloud_event::MESSAGE_ID);
        Self {
            identity,
            operation,
            encoding: encoding(inbound),
            body: inbound.body,
            message_id: message_id
                .map(|id| id.filter(|id| !id.is_empty()).map(command_id_of_text))
                .map_err(|ambiguous| invalid(&ambiguous)),
            // An ambiguous or malformed trace context is ignored: a request must not fail because of it.
            trace: one_value(inbound.headers, cloud_event::TRACE)
                .unwrap_or_default()
                .and_then(TraceContext::parse)
                .map(|context| Arc::clone(context.text())),
        }
    }

    /// The operation that is asked for.
    pub(crate) fn operation(&self) -> Result<OperationName, Error> {
        OperationName::parse(self.operation).ok_or_else(|| {
            let message = format!(
                "there is no operation `{}`; proto-schemas/asyncapi.json lists all of them",
                self.operation
            );
            Error::new(ErrorCode::UnknownOperation, message)
        })
    }

    /// The encoding of the answer, whatever else is wrong with the message.
    pub(crate) fn reply_encoding(&self) -> Encoding {
        self.encoding
            .as_ref()
            .map_or_else(|_| Encoding::guess(self.body), |encoding| *encoding)
    }
}

fn encoding(inbound: Inbound<'_>) -> Result<Encoding, Error> {
    let content_type = one_value(inbound.headers, cloud_event::CONTENT_TYPE)
        .map_err(|ambiguous| Error::new(ErrorCode::UnsupportedMediaType, ambiguous.to_string()))?;
    Ok(Encoding::of(content_type, inbound.body)?)
}

fn invalid(fault: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorCode::InvalidRequest, fault.to_string())
}

fn command_id_of_text(id: &str) -> CommandId {
    let uuid = Some(id)
        .filter(|id| id.len() == uuid::fmt::Hyphenated::LENGTH)
        .and_then(|id| Uuid::try_parse(id).ok());
    CommandId::from_uuid(uuid.unwrap_or_else(|| Uuid::new_v5(&MESSAGE_IDS, id.as_bytes())))
}

/// The id of the durable command at a place of the stream.
pub(crate) fn command_id_of_place(place: Place) -> CommandId {
    let name = format!("{}/{}", place.stream_created_ns, place.sequence);
    CommandId::from_uuid(Uuid::new_v5(&PLACES, name.as_bytes()))
}
