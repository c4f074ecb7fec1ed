//! An OpenTelemetry collector: takes spans as OTLP over HTTP, in threads of its own, as well or as badly as a test wants.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1;
use prost::Message as _;

/// How long spans are waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// How a collector behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manners {
    /// It takes what it is sent.
    Takes,
    /// It takes what it is sent, but for one span of each batch, which it refuses.
    RefusesOne,
    /// It accepts connections, reads nothing and never answers.
    Silent,
    /// It answers with an error, and a body without an end.
    Floods,
    /// It answers what is no HTTP.
    Babbles,
}

/// A span as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// The name.
    pub name: String,
    /// The id of the trace, in hexadecimal digits.
    pub trace: String,
    /// Its own id.
    pub id: String,
    /// The id of its parent; empty if it has none.
    pub parent: String,
    /// The `tracestate`.
    pub state: String,
    /// Nanoseconds since 1970.
    pub started: u64,
    /// Nanoseconds since 1970.
    pub ended: u64,
    /// The attributes, as text.
    pub attributes: BTreeMap<String, String>,
    /// The number of events and links in it.
    pub others: usize,
}

/// A running collector. Its threads end with the process.
pub struct Collector {
    port: u16,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    connections: usize,
    heads: Vec<String>,
    bodies: Vec<Vec<u8>>,
}

impl Collector {
    /// Starts one on a free port.
    ///
    /// # Panics
    /// If there is none.
    pub fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken = Arc::<Mutex<Taken>>::default();
        let shared = Arc::clone(&taken);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let taken = Arc::clone(&shared);
                thread::spawn(move || serve(stream, manners, &taken));
            }
        });
        Self { port, taken }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The number of connections so far.
    ///
    /// # Panics
    /// Never.
    pub fn connections(&self) -> usize {
        self.taken.lock().unwrap().connections
    }

    /// The heads of all requests.
    ///
    /// # Panics
    /// Never.
    pub fn heads(&self) -> Vec<String> {
        self.taken.lock().unwrap().heads.clone()
    }

    /// All that was sent, as it was sent.
    ///
    /// # Panics
    /// Never.
    pub fn bodies(&self) -> Vec<Vec<u8>> {
        self.taken.lock().unwrap().bodies.clone()
    }

    /// What the sender says of itself, of the last request.
    ///
    /// # Panics
    /// If nothing was sent, or what was sent cannot be read.
    pub fn resource(&self) -> BTreeMap<String, String> {
        let bodies = self.bodies();
        let request = ExportTraceServiceRequest::decode(&**bodies.last().unwrap()).unwrap();
        let resource = request.resource_spans[0].resource.clone().unwrap();
        attributes(&resource.attributes)
    }

    /// The spans so far.
    ///
    /// # Panics
    /// If what was sent cannot be read.
    pub fn spans(&self) -> Vec<Span> {
        let bodies = self.bodies();
        let requests = bodies
            .iter()
            .map(|body| ExportTraceServiceRequest::decode(&**body).unwrap());
        requests
            .flat_map(|request| request.resource_spans)
            .flat_map(|of_resource| of_resource.scope_spans)
            .flat_map(|of_scope| of_scope.spans)
            .map(|span| told(&span))
            .collect()
    }

    /// The spans, as soon as they are as the test wants it.
    ///
    /// # Panics
    /// If they are not in time.
    pub async fn until(&self, is_wanted: impl Fn(&[Span]) -> bool) -> Vec<Span> {
        let began = Instant::now();
        loop {
            let spans = self.spans();
            if is_wanted(&spans) {
                return spans;
            }
            assert!(began.elapsed() < PATIENCE, "still {spans:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn serve(stream: TcpStream, manners: Manners, taken: &Mutex<Taken>) {
    taken.lock().unwrap().connections += 1;
    match manners {
        Manners::Takes => take(stream, taken, &[]),
        Manners::RefusesOne => take(stream, taken, &one_refused()),
        Manners::Silent => loop {
            thread::sleep(PATIENCE);
        },
        Manners::Floods => flood(stream),
        Manners::Babbles => {
            let mut stream = stream;
            let _ = stream.write_all(b"220 Zebedee's mail server\r\n\r\n");
        }
    }
}

/// The answer that one span was refused.
fn one_refused() -> Vec<u8> {
    let refused = ExportTracePartialSuccess {
        rejected_spans: 1,
        error_message: "Zebedee Quillfeather".to_owned(),
    };
    let answer = ExportTraceServiceResponse {
        partial_success: Some(refused),
    };
    answer.encode_to_vec()
}

/// Reads requests until the sender closes the connection, and answers each. A request that was broken off is none.
fn take(stream: TcpStream, taken: &Mutex<Taken>, answer: &[u8]) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            match reader.read_line(&mut line) {
                Ok(count) if count > 0 => {}
                Ok(_) | Err(_) => return,
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let mut taken = taken.lock().unwrap();
        taken.heads.push(head);
        taken.bodies.push(body);
        drop(taken);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        let answered = [head.as_bytes(), answer].concat();
        if reader.get_mut().write_all(&answered).is_err() {
            return;
        }
    }
}

fn flood(mut stream: TcpStream) {
    let head = b"HTTP/1.1 503 Zebedee Quillfeather\r\nretry-after: 100000\r\n\r\n";
    let mut sent = stream.write_all(head);
    let body = vec![b'Z'; 65_536];
    while sent.is_ok() {
        sent = stream.write_all(&body);
    }
}

fn told(span: &v1::Span) -> Span {
    let hex = |bytes: &[u8]| {
        let digit = |half: u8| char::from_digit(half.into(), 16).unwrap();
        let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.map(digit).collect()
    };
    Span {
        name: span.name.clone(),
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        state: span.trace_state.clone(),
        started: span.start_time_unix_nano,
        ended: span.end_time_unix_nano,
        attributes: attributes(&span.attributes),
        others: span.events.len() + span.links.len(),
    }
}

fn attributes(all: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &AnyValue| match value.value.as_ref().unwrap() {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(_)
        | Value::DoubleValue(_)
        | Value::ArrayValue(_)
        | Value::KvlistValue(_)
        | Value::BytesValue(_)
        | Value::StringValueStrindex(_) => panic!("no span has {value:?}"),
    };
    all.iter()
        .map(|one| (one.key.clone(), text(one.value.as_ref().unwrap())))
        .collect()
}
