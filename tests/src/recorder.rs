//! Records every reply and every event of a nats-server, for checks by tools from outside the project.
//!
//! It is off unless `PLANSYNC_RECORD_MESSAGES` names a folder. Each server then has a file there, with one line of
//! JSON for each message: what it was, the name of its schema, its headers, and its body in base64.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use async_nats::{Client, Message, Subscriber};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use plansync_protocol::cloud_event::{ERROR_CODE, ID};
use plansync_protocol::subject::{PREFIX, Subject};
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

/// The folder to record in.
const FOLDER: &str = "PLANSYNC_RECORD_MESSAGES";
/// The last message of a recording, which the recorder sends itself.
const END: &str = "recorder.end";
/// How long the last messages are waited for; a server that was ended sends none.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// A running recording; ended when dropped, after the messages that were sent before.
pub(crate) struct Recorder {
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Records a server from now on; `None` if recording is off.
    pub(crate) fn start(url: String, port: u16) -> Option<Self> {
        let folder = PathBuf::from(std::env::var_os(FOLDER)?);
        let (end, ended) = oneshot::channel();
        let (ready, is_ready) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let file = folder.join(format!("{}-{port}.jsonl", std::process::id()));
            let file = File::options()
                .create(true)
                .append(true)
                .open(file)
                .unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(record(&url, file, &ready, ended));
        });
        is_ready.recv().unwrap();
        let (end, thread) = (Some(end), Some(thread));
        Some(Self { end, thread })
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn record(url: &str, file: File, ready: &mpsc::Sender<()>, mut ended: oneshot::Receiver<()>) {
    let options = async_nats::ConnectOptions::new().subscription_capacity(1 << 20);
    let client = options.connect(url).await.unwrap();
    let mut messages = Messages::subscribe(&client).await;
    client.flush().await.unwrap();
    ready.send(()).unwrap();
    let mut recording = Recording {
        file,
        asked: HashMap::new(),
    };
    loop {
        tokio::select! {
            message = messages.next() => match message {
                Some(message) => recording.take(&message),
                None => return,
            },
            _ = &mut ended => break,
        }
    }
    let rest = read_to_end(&client, &mut messages, &mut recording);
    let _server_is_gone = tokio::time::timeout(END_PATIENCE, rest).await;
}

/// What is recorded. Nothing else is subscribed to: an engine takes whoever is subscribed to `$SRV.PING.plansync` for
/// another engine, and waits for its answer.
struct Messages {
    plansync: Subscriber,
    replies: Subscriber,
    end: Subscriber,
}

impl Messages {
    async fn subscribe(client: &Client) -> Self {
        Self {
            plansync: client.subscribe(format!("{PREFIX}.>")).await.unwrap(),
            replies: client.subscribe("_INBOX.>").await.unwrap(),
            end: client.subscribe(END).await.unwrap(),
        }
    }

    /// The next message: a request before its reply, and the end after everything that was sent before.
    async fn next(&mut self) -> Option<Message> {
        tokio::select! {
            biased;
            message = self.plansync.next() => message,
            message = self.replies.next() => message,
            message = self.end.next() => message,
        }
    }
}

async fn read_to_end(client: &Client, messages: &mut Messages, recording: &mut Recording) {
    if client.publish(END, "".into()).await.is_err() {
        return;
    }
    while let Some(message) = messages.next().await {
        if message.subject.as_str() == END {
            return;
        }
        recording.take(&message);
    }
}

struct Recording {
    file: File,
    /// The operations that were asked for, by the subject of the reply.
    asked: HashMap<String, String>,
}

impl Recording {
    fn take(&mut self, message: &Message) {
        let subject = message.subject.as_str();
        let headers = headers(message);
        if let Some(event) = subject
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.strip_prefix(".evt."))
        {
            // Events of the engine have an id; what tests forge has none.
            if let ([_tenant, kind, _id, what], true) = (
                event.split('.').collect::<Vec<_>>().as_slice(),
                headers.contains_key(ID),
            ) {
                self.write(message, &headers, &format!("event.{kind}.{what}"), subject);
            }
        } else if let Some(inbox) = &message.reply {
            if let Ok(asked) = Subject::parse(subject)
                && subject.starts_with("plansync.v1.req.")
            {
                self.asked
                    .insert(inbox.to_string(), asked.operation.to_owned());
            }
        } else if let Some(operation) = self.asked.remove(subject)
            // Where nobody answers, the server says so with a status.
            && message.status.is_none()
        {
            let schema = if headers.contains_key(ERROR_CODE) {
                "error".to_owned()
            } else {
                format!("{operation}.reply")
            };
            self.write(
                message,
                &headers,
                &schema,
                &format!("the reply of {operation}"),
            );
        }
    }

    fn write(&mut self, message: &Message, headers: &Map<String, Value>, schema: &str, what: &str) {
        let body = STANDARD.encode(&message.payload);
        let line = json!({ "what": what, "schema": schema, "headers": headers, "body": body });
        writeln!(self.file, "{line}").unwrap();
    }
}

fn headers(message: &Message) -> Map<String, Value> {
    let headers = message.headers.iter().flat_map(|headers| headers.iter());
    headers
        .filter_map(|(name, values)| Some((name.to_string(), json!(values.first()?.as_str()))))
        .collect()
}
