//! An HTTP client that sends what a test wants, also what is no request, and what an engine tells as metrics.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::engine::Engine;
use crate::nats::NatsServer;

/// How long an engine may take for an answer, or until something is as a test wants it.
const PATIENCE: Duration = Duration::from_mins(1);

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The headers, as text.
    pub head: String,
    /// The body.
    pub body: String,
}

/// The HTTP port of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpPort(pub u16);

impl HttpPort {
    /// A port that is free now.
    ///
    /// # Panics
    /// If there is none.
    pub fn free() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        Self(listener.local_addr().unwrap().port())
    }

    /// Starts an engine with an HTTP port, and waits until it answers.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn serve(nats: &NatsServer, data: &Path) -> (Self, Engine) {
        Self::serve_with(nats, data, &[]).await
    }

    /// The same with further arguments.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn serve_with(nats: &NatsServer, data: &Path, more: &[&str]) -> (Self, Engine) {
        let port = Self::free();
        let number = port.0.to_string();
        let arguments = [&["--http", &number, "--events", "json"], more].concat();
        let engine = Engine::start_with(nats, data, &arguments).await;
        (port, engine)
    }

    /// A connection.
    ///
    /// # Panics
    /// If nobody listens.
    pub fn connect(self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.0)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Asks for a path.
    ///
    /// # Panics
    /// If there is no answer.
    pub fn get(self, path: &str) -> HttpAnswer {
        self.get_accepting(path, "*/*")
    }

    /// Asks for a path, with what is accepted.
    ///
    /// # Panics
    /// If there is no answer.
    pub fn get_accepting(self, path: &str, accept: &str) -> HttpAnswer {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
        );
        let sent = self.send(request.as_bytes());
        sent.unwrap_or_else(|| panic!("no answer to {path}"))
    }

    /// Sends bytes, and gives the answer; `None` if the connection is closed without one.
    ///
    /// # Panics
    /// If nobody listens, or the answer is no text.
    pub fn send(self, bytes: &[u8]) -> Option<HttpAnswer> {
        let mut stream = self.connect();
        // The engine may close the connection before it has read everything.
        let _ = stream.write_all(bytes);
        answer(&mut stream)
    }

    /// The metrics now.
    ///
    /// # Panics
    /// If they are not told.
    pub fn metrics(self) -> Metrics {
        let answer = self.get("/metrics");
        assert_eq!(answer.status, 200, "{answer:?}");
        Metrics(answer.body)
    }

    /// Whether the engine is ready, and what it tells about that.
    ///
    /// # Panics
    /// If it tells nothing that can be read.
    pub fn ready(self) -> Value {
        let answer = self.get_accepting("/readyz", "application/json");
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        let expected = if told["ready"] == true { 200 } else { 503 };
        assert_eq!(answer.status, expected, "{answer:?}");
        told
    }

    /// The parts that are not ready now.
    ///
    /// # Panics
    /// If the engine does not tell.
    pub fn failing(self) -> Vec<String> {
        let told = self.ready();
        let parts = told["parts"].as_array().unwrap().iter();
        let failing = parts.filter(|part| part["ready"] == false);
        failing
            .map(|part| part["part"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Asks until something is true of the answer.
    ///
    /// # Panics
    /// If it is not in time.
    pub async fn until<T: std::fmt::Debug>(
        self,
        ask: impl Fn(Self) -> T,
        is_wanted: impl Fn(&T) -> bool,
    ) -> T {
        let began = Instant::now();
        loop {
            let told = ask(self);
            if is_wanted(&told) {
                return told;
            }
            assert!(began.elapsed() < PATIENCE, "still {told:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the engine is ready.
    ///
    /// # Panics
    /// If it is not in time.
    pub async fn until_ready(self) {
        self.until(Self::failing, Vec::is_empty).await;
    }
}

/// Reads an answer to the end of the connection; `None` if there is none.
///
/// # Panics
/// If it is no text.
pub fn answer(stream: &mut TcpStream) -> Option<HttpAnswer> {
    let mut bytes = Vec::new();
    // A connection that is reset after the answer has given it all the same.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().unwrap();
    Some(HttpAnswer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// Metrics in the text format of Prometheus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metrics(pub String);

/// A sample: the name of the metric, its labels, and the number.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The name.
    pub name: String,
    /// The labels, in order.
    pub labels: Vec<(String, String)>,
    /// The number.
    pub number: f64,
}

impl Metrics {
    /// Every sample.
    ///
    /// # Panics
    /// If a line is none.
    pub fn samples(&self) -> Vec<Sample> {
        let lines = self.0.lines().filter(|line| !line.starts_with('#'));
        lines.map(sample).collect()
    }

    /// The families: name and type.
    ///
    /// # Panics
    /// If a line is none.
    pub fn families(&self) -> Vec<(String, String)> {
        let types = self
            .0
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE "));
        types
            .map(|line| {
                let (name, kind) = line.split_once(' ').unwrap();
                (name.to_owned(), kind.to_owned())
            })
            .collect()
    }

    /// The number of the sample with this name and these values of labels, in order; 0 if there is none, as a counter
    /// has it that did not count.
    pub fn number(&self, name: &str, values: &[&str]) -> f64 {
        let samples = self.samples();
        let is_wanted = |sample: &&Sample| {
            let known = sample.labels.iter().map(|(_, value)| value.as_str());
            sample.name == name && known.eq(values.iter().copied())
        };
        samples
            .iter()
            .find(is_wanted)
            .map_or(0.0, |sample| sample.number)
    }

    /// The sum of all samples with this name.
    pub fn sum(&self, name: &str) -> f64 {
        let samples = self.samples();
        let named = samples.iter().filter(|sample| sample.name == name);
        named.map(|sample| sample.number).sum()
    }
}

fn sample(line: &str) -> Sample {
    let (name, number) = line.rsplit_once(' ').unwrap();
    let (name, labels) = match name.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
        None => (name, ""),
    };
    // No value of ours has a comma or a quotation mark.
    let labels = labels.split_terminator(',').map(|label| {
        let (name, value) = label.split_once('=').unwrap();
        (name.to_owned(), value.trim_matches('"').to_owned())
    });
    Sample {
        name: name.to_owned(),
        labels: labels.collect(),
        number: match number {
            "+Inf" => f64::INFINITY,
            number => number.parse().unwrap(),
        },
    }
}
