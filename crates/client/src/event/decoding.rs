//! From a message to an event.

use async_nats::HeaderMap;
use bytes::Bytes;
use plansync_protocol::event::CommandAccepted;
use plansync_protocol::{
    DecodeError, Digest, Encoding, Operation, OperationName, Time, cloud_event, decode_known,
    subject,
};
use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer as _};

use super::{CommandReply, Event, EventBody, Origin, Unknown};

impl Event {
    /// Decodes an event as it was published. Never fails: see [`EventBody::Unknown`].
    pub fn decode(
        subject: &str,
        headers: Option<&HeaderMap>,
        bytes: Bytes,
        sequence: Option<u64>,
    ) -> Self {
        let body = known(headers, &bytes).unwrap_or_else(|fault| {
            EventBody::Unknown(Box::new(Unknown {
                why: fault.to_string(),
                headers: listed(headers),
                bytes,
            }))
        });
        Self {
            subject: subject.to_owned(),
            origin: headers.and_then(origin),
            body,
            sequence,
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    Some(headers.get(name)?.as_str())
}

fn listed(headers: Option<&HeaderMap>) -> Vec<(String, String)> {
    let headers = headers.into_iter().flat_map(HeaderMap::iter);
    headers
        .filter_map(|(name, values)| Some((name.to_string(), values.first()?.as_str().to_owned())))
        .collect()
}

fn origin(headers: &HeaderMap) -> Option<Origin> {
    let header = |name| header(headers, name);
    let chain: StrDeserializer<'_, ValueError> = header(cloud_event::CHAIN)?.into_deserializer();
    Some(Origin {
        id: header(cloud_event::ID)?.parse().ok()?,
        at: Time::parse(header(cloud_event::TIME)?)?,
        actor: header(cloud_event::ACTOR)?.parse().ok()?,
        command: header(cloud_event::CORRELATION)?.parse().ok()?,
        chain: Digest::deserialize(chain).ok()?,
        trace: header(cloud_event::TRACE).map(str::to_owned),
    })
}

/// The body of an event of a kind that is known.
fn known(headers: Option<&HeaderMap>, bytes: &[u8]) -> Result<EventBody, DecodeError> {
    let headers = headers.ok_or_else(|| DecodeError::whole("there are no headers"))?;
    let kind = header(headers, cloud_event::TYPE)
        .and_then(|kind| kind.strip_prefix(subject::PREFIX)?.strip_prefix('.'))
        .ok_or_else(|| DecodeError::whole("there is no `ce-type` of an event of plansync"))?;
    let content_type = header(headers, cloud_event::CONTENT_TYPE);
    let encoding = Encoding::of(content_type, bytes);
    let body = Encoded {
        encoding: encoding.map_err(|error| DecodeError::whole(error.to_string()))?,
        bytes,
    };
    Ok(match kind {
        "plan.changed" => EventBody::PlanChanged(body.decode()?),
        "record.opened" => EventBody::RecordOpened(body.decode()?),
        "record.closed" => EventBody::RecordClosed(body.decode()?),
        "sync.started" => EventBody::SyncStarted(body.decode()?),
        "sync.target" => EventBody::SyncTarget(body.decode()?),
        "sync.completed" => EventBody::SyncCompleted(body.decode()?),
        "sync.cancelled" => EventBody::SyncCancelled(body.decode()?),
        "command.accepted" => EventBody::CommandAccepted(Box::new(body.accepted()?)),
        "command.rejected" => EventBody::CommandRejected(body.decode()?),
        _ => return Err(DecodeError::whole("this version does not know the kind")),
    })
}

struct Encoded<'a> {
    encoding: Encoding,
    bytes: &'a [u8],
}

/// The operation of a command that was carried out, which decides the type of the reply.
#[derive(Deserialize)]
struct Accepted {
    operation: String,
}

impl Encoded<'_> {
    fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        decode_known(self.encoding, self.bytes)
    }

    fn accepted(&self) -> Result<CommandAccepted<CommandReply>, DecodeError> {
        let Accepted { operation } = self.decode()?;
        let name = OperationName::parse(&operation);
        let name = name.ok_or_else(|| DecodeError::at("operation", "unknown operation"))?;
        self.reply(name)
    }

    fn reply_of<O: Operation>(
        &self,
        wrap: fn(O::Reply) -> CommandReply,
    ) -> Result<CommandAccepted<CommandReply>, DecodeError> {
        let accepted: CommandAccepted<O::Reply> = self.decode()?;
        Ok(CommandAccepted {
            command_id: accepted.command_id,
            operation: accepted.operation,
            reply: wrap(accepted.reply),
        })
    }
}

macro_rules! reply_by_name {
    (commands { $($command:ident,)+ } reads { $($read:ident,)+ }) => {
        impl Encoded<'_> {
            fn reply(
                &self,
                operation: OperationName,
            ) -> Result<CommandAccepted<CommandReply>, DecodeError> {
                match operation {
                    $(OperationName::$command => {
                        self.reply_of::<plansync_protocol::$command>(CommandReply::$command)
                    })+
                    $(OperationName::$read)|+ => {
                        Err(DecodeError::at("operation", "not a command"))
                    }
                }
            }
        }
    };
}

plansync_protocol::list_operations!(reply_by_name);

#[cfg(test)]
mod tests {
    use async_nats::HeaderMap;
    use plansync_primitives::ids::{Actor, TenantId};
    use plansync_protocol::cloud_event::CloudEvent;
    use plansync_protocol::event::EventKind;
    use plansync_protocol::{Digest, Encoding, Position, Time};
    use serde_json::{Value, json};
    use uuid::Uuid;

    use crate::event::{CommandReply, Event, EventBody};

    const ID: &str = "0190a1b2-0000-7000-8000-000000000001";

    fn headers(kind: EventKind, encoding: Encoding) -> HeaderMap {
        let tenant: TenantId = "northgate".parse().unwrap();
        let event = CloudEvent {
            log: Uuid::from_u128(7),
            incarnation: 2,
            position: Position(9),
            chain: Digest::from_bytes([0xab; 32]),
            tenant: &tenant,
            kind,
            at: Time::from_micros(1),
            actor: &Actor::System,
            correlation: ID.parse().unwrap(),
            encoding,
            trace: None,
        };
        let mut headers = HeaderMap::new();
        for (name, value) in event.headers() {
            headers.insert(name, value);
        }
        headers
    }

    fn decoded(kind: EventKind, encoding: Encoding, body: &Value) -> Event {
        let headers = headers(kind, encoding);
        let bytes = encoding.encode(body).unwrap();
        Event::decode(
            &kind.subject(&"northgate".parse().unwrap()),
            Some(&headers),
            bytes.into(),
            Some(5),
        )
    }

    #[test]
    fn an_event_has_its_place_in_the_log() {
        let kind = EventKind::CommandAccepted(ID.parse().unwrap());
        let body = json!({"command_id": ID, "operation": "tenant.put", "reply": {"position": 9}});
        for encoding in [Encoding::Json, Encoding::MessagePack] {
            let event = decoded(kind, encoding, &body);
            let origin = event.origin.clone().unwrap();
            assert_eq!(origin.id.to_string(), format!("{}.2/9", Uuid::from_u128(7)));
            assert_eq!(origin.chain, Digest::from_bytes([0xab; 32]));
            assert_eq!(event.id(), Some(origin.id));
            assert_eq!(event.kind().as_deref(), Some("command.accepted"));
            assert_eq!(event.about(), Some(ID));
            assert_eq!(event.position(), Some(Position(9)));
            let EventBody::CommandAccepted(accepted) = event.body else {
                panic!("{event:?}");
            };
            let CommandReply::TenantPut(stored) = accepted.reply else {
                panic!("{accepted:?}");
            };
            assert_eq!(stored.position, Position(9));
        }
    }

    #[test]
    fn what_is_not_known_keeps_its_bytes_and_headers() {
        let kind = EventKind::CommandAccepted(ID.parse().unwrap());
        let later = json!({"command_id": ID, "operation": "tenant.merge", "reply": {}});
        let no_reply = json!({"command_id": ID, "operation": "tenant.put", "reply": {}});
        for (body, why) in [
            (later, "unknown operation"),
            (no_reply, "missing field `position`"),
            (json!([1]), "invalid type"),
        ] {
            let event = decoded(kind, Encoding::Json, &body);
            assert!(event.origin.is_some());
            let EventBody::Unknown(unknown) = event.body else {
                panic!("{event:?}");
            };
            assert!(unknown.why.contains(why), "{}", unknown.why);
            assert_eq!(unknown.bytes, body.to_string());
            assert!(
                unknown
                    .headers
                    .contains(&("ce-actor".to_owned(), "system".to_owned()))
            );
        }
    }

    #[test]
    fn any_bytes_are_an_event() {
        let kind = EventKind::CommandRejected(ID.parse().unwrap());
        let mut of_another_kind = headers(kind, Encoding::Json);
        of_another_kind.insert("ce-type", "plansync.v1.plan.eaten");
        let mut of_nobody = headers(kind, Encoding::Json);
        of_nobody.insert("ce-id", "7.007/9");
        of_nobody.insert("content-type", "text/plain");
        for (headers, has_origin) in [
            (None, false),
            (Some(&HeaderMap::new()), false),
            (Some(&of_another_kind), true),
            (Some(&of_nobody), false),
        ] {
            for bytes in [&b""[..], b"\xff\xff", b"{", b"\xdf\xff\xff\xff\xff"] {
                let event = Event::decode("a.b", headers, bytes.to_vec().into(), None);
                assert_eq!(event.origin.is_some(), has_origin);
                assert_eq!((event.kind(), event.about()), (None, None));
                assert!(matches!(event.body, EventBody::Unknown(_)), "{event:?}");
            }
        }
    }
}
