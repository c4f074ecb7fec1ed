//! A NATS client with minimal cost: one socket, one thread, and any number of requests in flight.
//! It implements the text protocol of NATS and does not interpret messages.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value as Json;

/// If a server sends nothing for this long, it is considered broken.
const PATIENCE: Duration = Duration::from_mins(2);
const READ_BYTES: usize = 1 << 18;
/// The number of the subscription for replies.
const REPLIES: u32 = 1;

/// A connection.
pub(crate) struct Wire {
    stream: TcpStream,
    inbox: String,
    input: Vec<u8>,
    /// The number of bytes of `input` that were read.
    at: usize,
    output: Vec<u8>,
    /// The number of the next request.
    next: u64,
    subscriptions: u32,
    /// Messages that arrived on subscriptions while something else was awaited.
    heard: VecDeque<Message>,
}

/// A message that was received.
pub(crate) struct Message {
    /// The number of the request that it answers; none for a message of another subscription.
    pub(crate) request: Option<u64>,
    /// The number of its subscription.
    pub(crate) subscription: u32,
    /// Its reply subject.
    pub(crate) reply_to: Option<String>,
    /// Where its headers end and its body begins.
    head: usize,
    content: Vec<u8>,
}

impl Message {
    pub(crate) fn body(&self) -> &[u8] {
        &self.content[self.head..]
    }

    /// Its headers, in order.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        let head = String::from_utf8_lossy(&self.content[..self.head]);
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// The body as JSON; an error if the body is one.
    pub(crate) fn json(&self) -> anyhow::Result<Json> {
        let body = String::from_utf8_lossy(self.body());
        let json: Json = serde_json::from_str(&body).with_context(|| format!("{body:?}"))?;
        if json.get("error").is_some() {
            bail!("refused: {json}");
        }
        Ok(json)
    }
}

impl Wire {
    pub(crate) fn connect(port: u16) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut wire = Self {
            stream,
            inbox: format!("_INBOX.{}", uuid::Uuid::new_v4().simple()),
            input: Vec::with_capacity(READ_BYTES),
            at: 0,
            output: Vec::new(),
            next: 0,
            subscriptions: 0,
            heard: VecDeque::new(),
        };
        let hello =
            br#"CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true}"#;
        wire.output.extend_from_slice(hello);
        wire.output.extend_from_slice(b"\r\n");
        let replies = format!("{}.*", wire.inbox);
        wire.subscribe(&replies)?;
        Ok(wire)
    }

    /// Subscribes to a subject. Returns the number of the subscription.
    pub(crate) fn subscribe(&mut self, subject: &str) -> anyhow::Result<u32> {
        self.subscriptions += 1;
        let line = format!("SUB {subject} {}\r\nPING\r\n", self.subscriptions);
        self.output.extend_from_slice(line.as_bytes());
        self.flush()?;
        self.settle()?;
        Ok(self.subscriptions)
    }

    /// Waits until the server has received everything that was sent.
    fn settle(&mut self) -> anyhow::Result<()> {
        loop {
            let line = self.line()?;
            if line.starts_with("PONG") {
                return Ok(());
            }
            if line.starts_with("-ERR") {
                bail!("the server says {line}");
            }
        }
    }

    /// Queues a request, which is sent with the next flush.
    pub(crate) fn ask(&mut self, subject: &str, body: &[u8]) -> u64 {
        let number = self.next;
        self.next += 1;
        let reply_to = format!("{}.{number}", self.inbox);
        self.put(subject, Some(&reply_to), body);
        number
    }

    /// Queues a message that wants no reply.
    pub(crate) fn put(&mut self, subject: &str, reply_to: Option<&str>, body: &[u8]) {
        let reply_to = reply_to.unwrap_or_default();
        let line = format!("PUB {subject} {reply_to} {}\r\n", body.len());
        self.output.extend_from_slice(line.as_bytes());
        self.output.extend_from_slice(body);
        self.output.extend_from_slice(b"\r\n");
    }

    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        self.stream.write_all(&self.output)?;
        self.output.clear();
        Ok(())
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn request(&mut self, subject: &str, body: &Json) -> anyhow::Result<Json> {
        let number = self.ask(subject, body.to_string().as_bytes());
        self.flush()?;
        loop {
            let message = self.receive()?;
            if message.request == Some(number) {
                return message.json().with_context(|| subject.to_owned());
            }
            if message.subscription != REPLIES {
                self.heard.push_back(message);
            }
        }
    }

    /// Waits for a message of a subscription.
    pub(crate) fn hear(&mut self, subscription: u32) -> anyhow::Result<Message> {
        loop {
            let message = match self.heard.pop_front() {
                Some(message) => message,
                None => self.receive()?,
            };
            if message.subscription == subscription {
                return Ok(message);
            }
        }
    }

    /// The next message.
    pub(crate) fn receive(&mut self) -> anyhow::Result<Message> {
        loop {
            let line = self.line()?;
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("MSG") => return self.message(&words.collect::<Vec<_>>(), false),
                Some("HMSG") => return self.message(&words.collect::<Vec<_>>(), true),
                Some("PING") => {
                    self.output.extend_from_slice(b"PONG\r\n");
                    self.flush()?;
                }
                Some("-ERR") => bail!("the server says {line}"),
                _ => {}
            }
        }
    }

    /// Whether a message can be taken without waiting.
    pub(crate) fn has_more(&self) -> bool {
        self.at < self.input.len()
    }

    fn message(&mut self, words: &[&str], has_head: bool) -> anyhow::Result<Message> {
        let lengths = if has_head { 2 } else { 1 };
        let split = words.len().checked_sub(lengths).context("a short line")?;
        let (names, lengths) = words.split_at(split);
        let lengths: Vec<usize> = lengths
            .iter()
            .map(|word| word.parse())
            .collect::<Result<_, _>>()?;
        let head = if has_head { lengths[0] } else { 0 };
        let total = lengths[lengths.len() - 1];
        let subject = names.first().context("no subject")?;
        let number = subject.strip_prefix(self.inbox.as_str());
        let request = number.and_then(|number| number.get(1..)?.parse().ok());
        let subscription = names.get(1).context("no subscription")?.parse()?;
        let reply_to = names.get(2).map(|name| (*name).to_owned());
        while self.input.len() < self.at + total + 2 {
            self.fill()?;
        }
        let content = self.input[self.at..self.at + total].to_vec();
        self.at += total + 2;
        if has_head && content.starts_with(b"NATS/1.0 503") {
            bail!("nobody answers {subject}");
        }
        let request = request.filter(|_| subscription == REPLIES);
        Ok(Message {
            request,
            subscription,
            reply_to,
            head,
            content,
        })
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut searched = self.at;
        loop {
            let rest = &self.input[searched..];
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line = String::from_utf8_lossy(&self.input[self.at..searched + end]);
                let line = line.trim_end().to_owned();
                self.at = searched + end + 1;
                return Ok(line);
            }
            searched = self.input.len();
            let moved = self.fill()?;
            searched -= moved;
        }
    }

    /// Reads more. Returns by how many bytes the buffered data has moved.
    fn fill(&mut self) -> anyhow::Result<usize> {
        let moved = self.at;
        self.input.drain(..self.at);
        self.at = 0;
        let length = self.input.len();
        self.input.resize(length + READ_BYTES, 0);
        let read = self.stream.read(&mut self.input[length..])?;
        self.input.truncate(length + read);
        if read == 0 {
            bail!("the server closed the connection");
        }
        Ok(moved)
    }
}

/// The result of a flood of requests.
pub(crate) struct Flood {
    /// The number of requests that were answered.
    pub(crate) count: u64,
    pub(crate) elapsed: Duration,
    /// The time that each took.
    pub(crate) took: Vec<Duration>,
}

impl Flood {
    /// Answers per second.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn rate(&self) -> f64 {
        self.count as f64 / self.elapsed.as_secs_f64()
    }
}

/// Sends requests with a constant number in flight until `is_over` returns true. `make` makes each
/// request from its number. The first refusal is an error.
pub(crate) fn flood(
    wire: &mut Wire,
    in_flight: usize,
    mut is_over: impl FnMut(u64, Duration) -> bool,
    mut make: impl FnMut(u64, &mut String, &mut Vec<u8>),
) -> anyhow::Result<Flood> {
    let began = Instant::now();
    let first = wire.next;
    let (mut subject, mut body) = (String::new(), Vec::new());
    let mut sent = Vec::new();
    let mut flood = Flood {
        count: 0,
        elapsed: Duration::ZERO,
        took: Vec::new(),
    };
    let mut waiting = 0;
    loop {
        while waiting < in_flight && !is_over(sent.len() as u64, began.elapsed()) {
            subject.clear();
            body.clear();
            make(sent.len() as u64, &mut subject, &mut body);
            sent.push(Instant::now());
            wire.ask(&subject, &body);
            waiting += 1;
        }
        if waiting == 0 {
            flood.elapsed = began.elapsed();
            return Ok(flood);
        }
        wire.flush()?;
        loop {
            let message = wire.receive()?;
            let Some(number) = message.request.and_then(|number| number.checked_sub(first)) else {
                continue;
            };
            let index = usize::try_from(number)?;
            flood.took.push(sent[index].elapsed());
            flood.count += 1;
            if is_error(message.body()) {
                let said = String::from_utf8_lossy(message.body());
                bail!("request {index} of a flood was refused: {said}");
            }
            waiting -= 1;
            if !wire.has_more() || waiting == 0 {
                break;
            }
        }
    }
}

fn is_error(body: &[u8]) -> bool {
    body.starts_with(br#"{"error"#)
}
