//! The parts of the AsyncAPI document that are the same for all messages: servers, parameters of subjects, headers.

use plansync_protocol::cloud_event as header;
use plansync_protocol::event::EventName;
use serde_json::{Map, Value, json};

const NAME: &str = "^[A-Za-z0-9_-]{1,64}$";
const UUID: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
const ID: &str = "0190a1b2-0000-7000-8000-000000000001";

pub(super) fn info(version: &str) -> Value {
    json!({
        "title": "plansync",
        "version": version,
        "description": "Synchronises learning plans. Bodies are MessagePack maps with text keys, or JSON objects; \
            the header `content-type` says which, and without it the first byte. The schemas describe the JSON \
            form. In MessagePack a uuid is 16 bytes (`bin`; text is accepted too), and base64 is `bin`. The \
            subject alone says for which tenant and as which actor a message is sent. An actor is an administrator \
            of the tenant, or `system`: the actor of programs that load and integrate data. `system` writes reference \
            data, may see and change every plan, and needs no permission; it has no open records, \
            so it synchronises nothing. Each operation says for whom it is. docs/codes.md explains every code and \
            every other word.",
        "license": {
            "name": "Apache-2.0 OR MIT",
            "url": "https://www.apache.org/licenses/LICENSE-2.0",
        },
        "tags": [
            { "name": "requests", "description": "Answered with a reply message." },
            { "name": "durable commands", "description": "Stored until they are decided." },
            { "name": "events", "description": "Published for every commit that concerns readers." },
        ],
    })
}

pub(super) fn servers() -> Value {
    json!({
        "nats": {
            "host": "{address}:{port}",
            "protocol": "nats",
            "title": "The nats-server that the engine is connected to",
            "description": "NATS 2.10 or later with JetStream. Publish permissions decide which tenant and \
                which actor a user may speak as.",
            "variables": {
                "address": { "default": "127.0.0.1", "description": "The host name or address." },
                "port": { "default": "4222", "description": "The port." },
            },
            "security": [
                { "$ref": "#/components/securitySchemes/password" },
                { "$ref": "#/components/securitySchemes/key" },
                { "$ref": "#/components/securitySchemes/certificate" },
            ],
        },
    })
}

pub(super) fn security_schemes() -> Value {
    json!({
        "password": { "type": "userPassword", "description": "User name and password of a NATS user." },
        "key": {
            "type": "asymmetricEncryption",
            "description": "The nkey or the credentials (JWT and nkey) of a NATS user.",
        },
        "certificate": { "type": "X509", "description": "A client certificate, if the server asks for one." },
    })
}

/// A parameter of subjects. The specification has no pattern for it, so it stands in an extension and in words.
fn parameter(description: &str, pattern: &str, examples: &[&str]) -> Value {
    json!({
        "description": format!("{description} Pattern: `{pattern}`."),
        "examples": examples,
        "x-pattern": pattern,
    })
}

pub(super) fn parameters() -> Value {
    json!({
        "tenant": parameter("The tenant.", NAME, &["northgate"]),
        "actor": parameter(
            "Who asks: the id of an administrator, or `system`, the actor of programs that load and integrate data.", NAME, &["alice", "system"]),
        "learner": parameter("The id of the learner whose plan was changed.", UUID, &[ID]),
        "session": parameter("The id of the record session.", UUID, &[ID]),
        "sync": parameter("The id of the synchronisation.", UUID, &[ID]),
        "command": parameter("The id of the durable command.", UUID, &[ID]),
    })
}

fn referred(names: &[&str]) -> Value {
    let parameter = |name: &&str| {
        let path = format!("#/components/parameters/{name}");
        ((*name).to_owned(), json!({ "$ref": path }))
    };
    Value::Object(names.iter().map(parameter).collect())
}

/// The channel of a request or a durable command.
pub(super) fn addressed(family: &str, operation: &str) -> Value {
    json!({
        "address": format!("plansync.v1.{family}.{{tenant}}.{{actor}}.{operation}"),
        "servers": [{ "$ref": "#/servers/nats" }],
        "parameters": referred(&["tenant", "actor"]),
    })
}

/// The channel of an event about the thing with this id.
pub(super) fn event_address(event: EventName) -> Value {
    let (kind, what) = event.as_str().split_once('.').unwrap();
    let id = match event {
        EventName::PlanChanged | EventName::LearnerErased => "learner",
        EventName::RecordOpened | EventName::RecordClosed => "session",
        EventName::SyncStarted
        | EventName::SyncTarget
        | EventName::SyncCompleted
        | EventName::SyncCancelled => "sync",
        EventName::CommandAccepted | EventName::CommandRejected => "command",
    };
    json!({
        "address": format!("plansync.v1.evt.{{tenant}}.{kind}.{{{id}}}.{what}"),
        "servers": [{ "$ref": "#/servers/nats" }],
        "parameters": referred(&["tenant", id]),
    })
}

pub(super) fn correlation_ids() -> Value {
    json!({
        "commandId": {
            "location": "$message.payload#/command_id",
            "description": "The id of the command. If the body has none, the header `Nats-Msg-Id` is the id.",
        },
        "causingCommandId": {
            "location": format!("$message.header#/{}", header::CORRELATION),
            "description": "The id of the command that caused the event.",
        },
    })
}

/// A header: its name, its schema, and whether every message has it.
type Header = (&'static str, Value, bool);

fn headers(headers: &[Header]) -> Value {
    let properties: Map<String, Value> = headers
        .iter()
        .map(|(name, schema, _)| ((*name).to_owned(), schema.clone()))
        .collect();
    let required: Vec<_> = headers
        .iter()
        .filter(|(.., always)| *always)
        .map(|(name, ..)| name)
        .collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn pattern(description: &str, pattern: &str) -> Value {
    json!({ "type": "string", "description": description, "pattern": pattern })
}

fn content_type() -> Value {
    json!({
        "type": "string",
        "description": "The encoding of the body.",
        "examples": ["application/msgpack", "application/json"],
    })
}

fn trace() -> Header {
    (header::TRACE, text("The W3C trace context."), false)
}

pub(super) fn request_headers(is_command: bool) -> Value {
    let state = text("What the tracing systems on the way pass on to each other.");
    let mut all = vec![
        (header::CONTENT_TYPE, content_type(), false),
        trace(),
        (header::TRACE_STATE, state, false),
    ];
    if is_command {
        let id =
            text("The id of the command, if the body has no `command_id`; best a random uuid.");
        all.push((header::MESSAGE_ID, id, false));
    }
    headers(&all)
}

pub(super) fn reply_headers() -> Value {
    headers(&[(header::CONTENT_TYPE, content_type(), false), trace()])
}

pub(super) fn error_headers() -> Value {
    let code = pattern(
        "The number of the error, with the meaning that it has in HTTP.",
        "^[45][0-9]{2}$",
    );
    headers(&[
        (header::CONTENT_TYPE, content_type(), false),
        (header::ERROR_CODE, code, true),
        (
            header::ERROR,
            text(
                "Code and message of the error on one line of ASCII; other characters are escaped as in JSON, such \
                 as `\\u00fc`.",
            ),
            true,
        ),
        trace(),
    ])
}

pub(super) fn event_headers() -> Value {
    headers(&[
        (
            header::SPEC_VERSION,
            json!({ "type": "string", "const": "1.0", "description": "The version of CloudEvents." }),
            true,
        ),
        (
            header::ID,
            text("The same in every delivery: `<log id>.<incarnation>/<position>`."),
            true,
        ),
        (
            header::SOURCE,
            pattern("`/plansync/<tenant>`", "^/plansync/[A-Za-z0-9_-]{1,64}$"),
            true,
        ),
        (
            header::TYPE,
            pattern("`plansync.v1.` and the kind of event.", "^plansync\\.v1\\."),
            true,
        ),
        (
            header::SUBJECT,
            pattern("The id that the event is about.", UUID),
            true,
        ),
        (
            header::TIME,
            text("When the commit was recorded: RFC 3339, UTC."),
            true,
        ),
        (header::CONTENT_TYPE, content_type(), true),
        (
            header::POSITION,
            pattern("The position in the log.", "^[0-9]+$"),
            true,
        ),
        (header::ACTOR, pattern("Who caused it.", NAME), true),
        (
            header::CORRELATION,
            pattern("The id of the command that caused it.", UUID),
            true,
        ),
        (
            header::CHAIN,
            pattern("The hash of the log at this position.", "^[0-9a-f]{64}$"),
            true,
        ),
        trace(),
    ])
}
