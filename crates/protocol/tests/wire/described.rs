//! Generates `proto-schemas/` from the types and the examples, and compares it with the files.
//!
//! `UPDATE_SCHEMAS=1 cargo test -p plansync-protocol --test wire` writes the files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use plansync_protocol::event::{
    CommandAccepted, CommandRejected, LearnerErased, PlanChanged, RecordEnded, RecordMoved,
    SyncAccepted, SyncEnded, SyncTarget,
};
use plansync_protocol::plan::PlanEdited;
use plansync_protocol::{
    Encoding, ErrorReply, OperationName, decode, decode_known, list_operations,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::asyncapi::Messages;
use crate::examples::Example;
use crate::schemas::{Direction, schema};
use crate::yaml::yaml;
use crate::{asyncapi, example_events as events};

/// The files by their path below `proto-schemas/`.
#[derive(Default)]
pub(crate) struct Files {
    texts: BTreeMap<String, String>,
    messages: Messages,
}

impl Files {
    fn put(&mut self, path: String, value: &Value) {
        self.texts.insert(path, format!("{value:#}\n"));
    }

    fn schema<T: JsonSchema>(&mut self, name: &str, direction: Direction) {
        let schema = schema::<T>(&asyncapi::component_name(name), direction);
        self.put(format!("schemas/{name}.json"), &schema);
        self.messages
            .schemas
            .push((name.to_owned(), direction, schema));
    }

    fn event<T: Message>(&mut self, name: &str, example: &Value) {
        self.schema::<T>(&format!("event.{name}"), Direction::Reply);
        self.event_example::<T>(name, example);
    }

    fn event_example<T: Message>(&mut self, name: &str, example: &Value) {
        let golden = json!({ "body": golden::<T>(example) });
        self.put(format!("golden/event.{name}.json"), &golden);
        self.example(&format!("event.{name}"), example);
    }

    fn example(&mut self, message: &str, example: &Value) {
        self.messages
            .examples
            .insert(message.to_owned(), example.clone());
    }
}

pub(crate) trait Message: JsonSchema + Serialize + DeserializeOwned {}

impl<T: JsonSchema + Serialize + DeserializeOwned> Message for T {}

/// A message in both encodings; each must give the other.
fn golden<T: Message>(example: &Value) -> Value {
    let text = example.to_string();
    let message: T = decode_known(Encoding::Json, text.as_bytes()).unwrap();
    let packed = Encoding::MessagePack.encode(&message).unwrap();
    let again: T = decode_known(Encoding::MessagePack, &packed).unwrap();
    let json: Value = serde_json::from_slice(&Encoding::Json.encode(&again).unwrap()).unwrap();
    assert_eq!(&json, example, "an example comes back as it went in");
    let hex = packed
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    json!({ "json": json, "msgpack": hex })
}

impl Files {
    fn operation<O: Example>(&mut self) {
        let name = O::NAME.as_str();
        self.schema::<O::Body>(&format!("{name}.body"), Direction::Request);
        self.schema::<O::Reply>(&format!("{name}.reply"), Direction::Reply);
        let body = O::body();
        decode::<O::Body>(Encoding::Json, body.to_string().as_bytes()).unwrap();
        let example = json!({
            "body": golden::<O::Body>(&body),
            "reply": golden::<O::Reply>(&O::reply()),
        });
        self.put(format!("golden/{name}.json"), &example);
        self.example(&format!("{name}.body"), &body);
        self.example(&format!("{name}.reply"), &O::reply());
    }
}

macro_rules! describe {
    (commands { $($command:ident,)+ } reads { $($read:ident,)+ }) => {
        fn operations(files: &mut Files) {
            $(files.operation::<plansync_protocol::$command>();)+
            $(files.operation::<plansync_protocol::$read>();)+
        }
    };
}

list_operations!(describe);

fn generated() -> Files {
    let mut files = Files::default();
    operations(&mut files);
    files.event::<PlanChanged>("plan.changed", &events::plan_changed());
    files.event::<RecordMoved>("record.opened", &events::record_opened());
    files.event::<RecordEnded>("record.closed", &events::record_closed());
    files.event::<LearnerErased>("learner.erased", &events::learner_erased());
    files.event::<SyncAccepted>("sync.started", &events::sync_started());
    files.event::<SyncTarget>("sync.target", &events::sync_target());
    files.event::<SyncEnded>("sync.completed", &events::sync_ended());
    files.event::<SyncEnded>("sync.cancelled", &events::sync_ended());
    files.event_example::<CommandAccepted<PlanEdited>>(
        "command.accepted",
        &events::command_accepted(),
    );
    // Whatever a command answers with; its own schema says what.
    files.schema::<CommandAccepted<Map<String, Value>>>("event.command.accepted", Direction::Reply);
    files.event::<CommandRejected>("command.rejected", &events::command_rejected());
    files.schema::<ErrorReply>("error", Direction::Reply);
    let error = json!({ "body": golden::<ErrorReply>(&events::error()) });
    files.put("golden/error.json".to_owned(), &error);
    files.example("error", &events::error());
    let document = asyncapi::document(OperationName::ALL, &files.messages);
    files.put("asyncapi.json".to_owned(), &document);
    files
        .texts
        .insert("asyncapi.yaml".to_owned(), yaml(&document));
    files
}

/// The generated documents in JSON, without examples of messages, by the names of their files.
pub(crate) fn documents() -> BTreeMap<String, Value> {
    let texts = generated().texts.into_iter();
    let documents =
        texts.filter(|(name, _)| name.starts_with("schemas/") || name == "asyncapi.json");
    documents
        .map(|(name, text)| (name, serde_json::from_str(&text).unwrap()))
        .collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto-schemas")
}

fn kept(folder: &Path) -> Files {
    let mut files = Files::default();
    for part in ["", "schemas", "golden"] {
        for entry in std::fs::read_dir(folder.join(part)).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "json" || extension == "yaml")
            {
                let name = path
                    .strip_prefix(folder)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files
                    .texts
                    .insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn write(folder: &Path, files: &Files) {
    for part in ["schemas", "golden"] {
        let _absent_at_first = std::fs::remove_dir_all(folder.join(part));
        std::fs::create_dir_all(folder.join(part)).unwrap();
    }
    for (name, text) in &files.texts {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn the_description_is_that_of_the_types() {
    let generated = generated();
    let folder = folder();
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        write(&folder, &generated);
    }
    let kept = kept(&folder);
    let names = |files: &Files| files.texts.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&kept),
        names(&generated),
        "files are missing, or left over"
    );
    for (name, text) in &generated.texts {
        assert_eq!(
            &kept.texts[name], text,
            "proto-schemas/{name} differs from the types: if that is meant, run \
             `UPDATE_SCHEMAS=1 cargo test -p plansync-protocol --test wire`"
        );
    }
}
