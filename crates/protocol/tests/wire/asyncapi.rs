//! The AsyncAPI 3 document: channels, operations, messages and their headers.

use plansync_protocol::OperationName;
use plansync_protocol::cloud_event as header;
use serde_json::{Map, Value, json};

const EVENTS: [(&str, &str); 9] = [
    ("plan.changed", "plan.{id}.changed"),
    ("record.opened", "record.{id}.opened"),
    ("record.closed", "record.{id}.closed"),
    ("sync.started", "sync.{id}.started"),
    ("sync.target", "sync.{id}.target"),
    ("sync.completed", "sync.{id}.completed"),
    ("sync.cancelled", "sync.{id}.cancelled"),
    ("command.accepted", "command.{id}.accepted"),
    ("command.rejected", "command.{id}.rejected"),
];

/// The whole document.
pub(crate) fn document(operations: &[OperationName]) -> Value {
    let mut document = Document::default();
    document.message("error", "schemas/error.json", &error_headers());
    document.channel("reply", &Value::Null, &json!({}), &["error"]);
    for operation in operations {
        document.operation(*operation);
    }
    for (name, tail) in EVENTS {
        document.event(name, tail);
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "plansync",
            "version": "1",
            "description": "Synchronises learning plans. Bodies are MessagePack maps with text \
                            keys, or JSON objects; a uuid is 16 bytes in MessagePack and \
                            hyphenated text in JSON. The schemas describe the JSON form.",
        },
        "defaultContentType": "application/msgpack",
        "channels": document.channels,
        "operations": document.operations,
        "components": { "messages": document.messages },
    })
}

#[derive(Default)]
struct Document {
    channels: Map<String, Value>,
    operations: Map<String, Value>,
    messages: Map<String, Value>,
}

impl Document {
    fn operation(&mut self, operation: OperationName) {
        let name = operation.as_str();
        let body = format!("{name}.body");
        let reply = format!("{name}.reply");
        self.message(&body, &format!("schemas/{body}.json"), &request_headers());
        self.message(&reply, &format!("schemas/{reply}.json"), &json!({}));
        self.channels["reply"]["messages"][&reply] = message_reference(&reply);
        let replies = json!([
            { "$ref": format!("#/channels/reply/messages/{reply}") },
            { "$ref": "#/channels/reply/messages/error" },
        ]);
        self.request(operation, &body, &replies);
        if operation.is_command() {
            self.command(operation, &body);
        }
    }

    fn request(&mut self, operation: OperationName, body: &str, replies: &Value) {
        let name = operation.as_str();
        let channel = format!("req.{name}");
        let address = json!(format!("plansync.v1.req.{{tenant}}.{{actor}}.{name}"));
        self.channel(&channel, &address, &who(), &[body]);
        self.operations.insert(
            channel.clone(),
            json!({
                "action": "receive",
                "summary": operation.summary(),
                "description": format!("For {}.", operation.audience().phrase()),
                "channel": { "$ref": format!("#/channels/{channel}") },
                "messages": [{ "$ref": format!("#/channels/{channel}/messages/{body}") }],
                "reply": { "channel": { "$ref": "#/channels/reply" }, "messages": replies },
            }),
        );
    }

    fn command(&mut self, operation: OperationName, body: &str) {
        let name = operation.as_str();
        let channel = format!("cmd.{name}");
        let address = json!(format!("plansync.v1.cmd.{{tenant}}.{{actor}}.{name}"));
        self.channel(&channel, &address, &who(), &[body]);
        self.operations.insert(
            channel.clone(),
            json!({
                "action": "receive",
                "summary": operation.summary(),
                "description": format!(
                    "For {}. A durable command: it is stored in the stream PLANSYNC_COMMANDS, and its \
                     result is an event.",
                    operation.audience().phrase()
                ),
                "channel": { "$ref": format!("#/channels/{channel}") },
                "messages": [{ "$ref": format!("#/channels/{channel}/messages/{body}") }],
            }),
        );
    }

    fn event(&mut self, name: &str, tail: &str) {
        let channel = format!("evt.{name}");
        let message = format!("event.{name}");
        self.message(
            &message,
            &format!("schemas/{message}.json"),
            &event_headers(),
        );
        let address = json!(format!("plansync.v1.evt.{{tenant}}.{tail}"));
        let parameters = json!({
            "tenant": { "description": "The tenant" },
            "id": { "description": "The id of the learner, session, synchronisation or command that the event is about" },
        });
        self.channel(&channel, &address, &parameters, &[&message]);
        self.operations.insert(
            channel.clone(),
            json!({
                "action": "send",
                "channel": { "$ref": format!("#/channels/{channel}") },
                "messages": [{ "$ref": format!("#/channels/{channel}/messages/{message}") }],
            }),
        );
    }

    fn channel(&mut self, name: &str, address: &Value, parameters: &Value, messages: &[&str]) {
        let messages: Map<String, Value> = messages
            .iter()
            .map(|message| ((*message).to_owned(), message_reference(message)))
            .collect();
        let mut channel = json!({ "address": address, "messages": messages });
        if parameters
            .as_object()
            .is_some_and(|parameters| !parameters.is_empty())
        {
            channel["parameters"] = parameters.clone();
        }
        self.channels.insert(name.to_owned(), channel);
    }

    fn message(&mut self, name: &str, schema: &str, headers: &Value) {
        let mut message = json!({ "name": name, "payload": { "$ref": schema } });
        if headers
            .as_object()
            .is_some_and(|headers| !headers.is_empty())
        {
            message["headers"] = headers.clone();
        }
        self.messages.insert(name.to_owned(), message);
    }
}

fn message_reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/messages/{name}") })
}

fn who() -> Value {
    json!({
        "tenant": { "description": "The tenant: 1 to 64 letters, digits, `_` or `-`" },
        "actor": { "description": "The actor: the id of an administrator, or `system`" },
    })
}

fn text_headers(names: &[&str]) -> Value {
    let properties: Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), json!({ "type": "string" })))
        .collect();
    json!({ "type": "object", "properties": properties })
}

fn request_headers() -> Value {
    text_headers(&[header::CONTENT_TYPE, header::MESSAGE_ID, header::TRACE])
}

fn error_headers() -> Value {
    text_headers(&[header::ERROR_CODE, header::ERROR])
}

fn event_headers() -> Value {
    text_headers(&[
        header::SPEC_VERSION,
        header::ID,
        header::SOURCE,
        header::TYPE,
        header::SUBJECT,
        header::TIME,
        header::CONTENT_TYPE,
        header::POSITION,
        header::ACTOR,
        header::CORRELATION,
        header::CHAIN,
        header::TRACE,
    ])
}
