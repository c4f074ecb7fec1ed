//! The AsyncAPI document: servers, channels, operations and messages, with all schemas in it.

mod parts;

use plansync_protocol::event::EventName;
use plansync_protocol::{OperationName, PROTOCOL_VERSION};
use serde_json::{Map, Value, json};

use crate::bundle::{Root, components};
use crate::codes::explained;
use crate::schemas::Direction;

/// The schemas and examples of the messages, by the names of their files.
#[derive(Default)]
pub(crate) struct Messages {
    pub(crate) schemas: Vec<(String, Direction, Value)>,
    pub(crate) examples: Map<String, Value>,
}

/// The name of the schema of a message: `PlanEditBody` for `plan.edit.body`.
pub(crate) fn component_name(message: &str) -> String {
    let capitalised = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    };
    let name: String = message.split(['.', '_', '-']).map(capitalised).collect();
    match name.strip_prefix("Event") {
        Some(event) => format!("{event}Event"),
        None if name == "Error" => "ErrorReply".to_owned(),
        None => name,
    }
}

/// The whole document.
pub(crate) fn document(operations: &[OperationName], messages: &Messages) -> Value {
    let mut document = Document::new(&messages.examples);
    document.message("error", &parts::error_headers(), None);
    document.channel(
        "reply",
        &json!({ "address": null, "title": "Replies",
        "description": "The inbox that a request names as its reply subject." }),
        &["error"],
    );
    for operation in operations {
        document.operation(*operation);
    }
    for event in EventName::ALL {
        document.event(*event);
    }
    let roots: Vec<_> = messages
        .schemas
        .iter()
        .map(|(name, direction, schema)| Root {
            name: component_name(name),
            direction: *direction,
            schema: schema.clone(),
        })
        .collect();
    json!({
        "asyncapi": "3.1.0",
        "id": "urn:plansync:v1",
        "info": parts::info(PROTOCOL_VERSION),
        "defaultContentType": "application/msgpack",
        "servers": parts::servers(),
        "channels": document.channels,
        "operations": document.operations,
        "components": {
            "schemas": components(&roots),
            "messages": document.messages,
            "parameters": parts::parameters(),
            "correlationIds": parts::correlation_ids(),
            "securitySchemes": parts::security_schemes(),
        },
    })
}

struct Document<'a> {
    examples: &'a Map<String, Value>,
    channels: Map<String, Value>,
    operations: Map<String, Value>,
    messages: Map<String, Value>,
}

impl<'a> Document<'a> {
    fn new(examples: &'a Map<String, Value>) -> Self {
        Self {
            examples,
            channels: Map::new(),
            operations: Map::new(),
            messages: Map::new(),
        }
    }

    fn operation(&mut self, operation: OperationName) {
        let name = operation.as_str();
        let body = format!("{name}.body");
        let reply = format!("{name}.reply");
        let id = operation.is_command().then_some("commandId");
        self.message(&body, &parts::request_headers(operation.is_command()), id);
        self.message(&reply, &parts::reply_headers(), None);
        self.channels["reply"]["messages"][&reply] = message_reference(&reply);
        self.request(operation, &body, &reply);
        if operation.is_command() {
            self.command(operation, &body);
        }
    }

    fn request(&mut self, operation: OperationName, body: &str, reply: &str) {
        let name = operation.as_str();
        let channel = format!("req.{name}");
        self.channel(&channel, &parts::addressed("req", name), &[body]);
        let replies = json!([in_channel("reply", reply), in_channel("reply", "error")]);
        self.operations.insert(
            channel.clone(),
            json!({
                "action": "receive",
                "summary": operation.summary(),
                "description": format!("For {}.", operation.audience().phrase()),
                "tags": [{ "name": "requests" }],
                "x-for-system": operation.audience().includes_system(),
                "channel": { "$ref": format!("#/channels/{channel}") },
                "bindings": { "nats": { "queue": "plansync", "bindingVersion": "0.1.0" } },
                "messages": [in_channel(&channel, body)],
                "reply": { "channel": { "$ref": "#/channels/reply" }, "messages": replies },
            }),
        );
    }

    fn command(&mut self, operation: OperationName, body: &str) {
        let name = operation.as_str();
        let channel = format!("cmd.{name}");
        self.channel(&channel, &parts::addressed("cmd", name), &[body]);
        self.operations.insert(
            channel.clone(),
            json!({
                "action": "receive",
                "summary": operation.summary(),
                "description": format!(
                    "For {}. A durable command: it is stored in the JetStream stream PLANSYNC_COMMANDS, and its \
                     result is the event `command.accepted` or `command.rejected` with the id of the command.",
                    operation.audience().phrase()
                ),
                "tags": [{ "name": "durable commands" }],
                "x-for-system": operation.audience().includes_system(),
                "channel": { "$ref": format!("#/channels/{channel}") },
                "messages": [in_channel(&channel, body)],
            }),
        );
    }

    fn event(&mut self, event: EventName) {
        let name = event.as_str();
        let (summary, _) = explained(event);
        let channel = format!("evt.{name}");
        let message = format!("event.{name}");
        self.message(&message, &parts::event_headers(), Some("causingCommandId"));
        self.channel(&channel, &parts::event_address(event), &[&message]);
        self.operations.insert(
            channel.clone(),
            json!({
                "action": "send",
                "summary": summary,
                "description": "Stored in the JetStream stream PLANSYNC_EVENTS.",
                "tags": [{ "name": "events" }],
                "channel": { "$ref": format!("#/channels/{channel}") },
                "messages": [in_channel(&channel, &message)],
            }),
        );
    }

    fn channel(&mut self, name: &str, parts: &Value, messages: &[&str]) {
        let messages: Map<String, Value> = messages
            .iter()
            .map(|message| ((*message).to_owned(), message_reference(message)))
            .collect();
        let mut channel = parts.clone();
        channel["messages"] = Value::Object(messages);
        self.channels.insert(name.to_owned(), channel);
    }

    fn message(&mut self, name: &str, headers: &Value, correlation: Option<&str>) {
        let schema = component_name(name);
        let mut message = json!({
            "name": name,
            "title": schema,
            "headers": headers,
            "payload": { "$ref": format!("#/components/schemas/{schema}") },
            "examples": [{ "name": "example", "payload": self.examples[name] }],
        });
        if let Some(id) = correlation {
            message["correlationId"] =
                json!({ "$ref": format!("#/components/correlationIds/{id}") });
        }
        self.messages.insert(name.to_owned(), message);
    }
}

fn message_reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/messages/{name}") })
}

fn in_channel(channel: &str, message: &str) -> Value {
    json!({ "$ref": format!("#/channels/{channel}/messages/{message}") })
}
