//! A connection on which every line of the NATS protocol can be said, as an attacker would.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long an answer of the server is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

/// A connection to a nats-server.
pub struct Socket {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Socket {
    /// Connects by a URL that may name a user.
    ///
    /// # Panics
    /// If the server does not let it in.
    pub fn connect(url: &str) -> Self {
        let address: async_nats::ServerAddr = url.parse().unwrap();
        let who = json!({ "user": address.username(), "pass": address.password() });
        let mut socket = Self::open(url);
        let said = socket.introduce(&who);
        assert!(!said.contains("-ERR"), "{said}");
        socket
    }

    /// Opens a connection and says nothing.
    ///
    /// # Panics
    /// If there is no server.
    pub fn open(url: &str) -> Self {
        let address: async_nats::ServerAddr = url.parse().unwrap();
        let stream = TcpStream::connect((address.host(), address.port())).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        Self {
            stream,
            received: Vec::new(),
        }
    }

    /// States who it is, and gives what the server says.
    ///
    /// # Panics
    /// If the server says nothing.
    pub fn introduce(&mut self, who: &Value) -> String {
        let mut hello = json!({ "verbose": false, "pedantic": false, "headers": true,
            "no_responders": true });
        let fields = who.as_object().unwrap().clone();
        hello.as_object_mut().unwrap().extend(fields);
        self.say(&format!("CONNECT {hello}"))
    }

    /// The first line of the server, which has what must be signed.
    ///
    /// # Panics
    /// If there is none.
    pub fn greeting(&mut self) -> Value {
        let line = self.until(|received| received.ends_with(b"\r\n"));
        serde_json::from_str(line.trim().strip_prefix("INFO ").unwrap()).unwrap()
    }

    /// Says a line, and gives what the server says until it has dealt with it, or has hung up.
    ///
    /// # Panics
    /// If the server does neither.
    pub fn say(&mut self, line: &str) -> String {
        let written = self
            .stream
            .write_all(format!("{line}\r\nPING\r\n").as_bytes());
        if written.is_err() {
            return self.until(|_| false);
        }
        // A message may follow at once.
        self.until(|received| contains(received, "PONG\r\n"))
    }

    /// Publishes on a subject, with a reply subject unless it is empty, and gives what the server says.
    ///
    /// # Panics
    /// If the server says nothing.
    pub fn publish(&mut self, subject: &str, reply: &str, body: &str) -> String {
        self.say(&format!("PUB {subject} {reply} {}\r\n{body}", body.len()))
    }

    /// What is received within a time.
    pub fn hear(&mut self, within: Duration) -> String {
        let until = Instant::now() + within;
        while Instant::now() < until && self.read() {}
        self.taken()
    }

    /// What is received until a text is among it.
    ///
    /// # Panics
    /// If the text does not come.
    pub fn hear_until(&mut self, text: &str) -> String {
        let said = self.until(|received| contains(received, text));
        assert!(said.contains(text), "{text} did not come, but {said}");
        said
    }

    fn until(&mut self, is_enough: impl Fn(&[u8]) -> bool) -> String {
        let until = Instant::now() + PATIENCE;
        while !is_enough(&self.received) {
            assert!(Instant::now() < until, "no answer, but {}", self.taken());
            if !self.read() {
                break;
            }
        }
        self.taken()
    }

    /// Whether the connection is still open.
    fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer) {
            Ok(0) => false,
            Ok(count) => {
                self.received.extend_from_slice(&buffer[..count]);
                true
            }
            Err(error) => matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            ),
        }
    }

    fn taken(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.received)).into_owned()
    }
}

fn contains(received: &[u8], text: &str) -> bool {
    let mut places = received.windows(text.len());
    places.any(|place| place == text.as_bytes())
}
