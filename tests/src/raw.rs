//! A client that is no client library: a socket, and whatever bytes a test wants on it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

/// A connection to a nats-server.
pub struct Raw {
    socket: TcpStream,
    /// What was received and not looked at.
    received: Vec<u8>,
    inbox: String,
    asked: u64,
}

impl Raw {
    /// Connects by a URL that may name a user, whose inbox begins so, and listens to that inbox.
    ///
    /// # Panics
    /// If the server does not let it in.
    pub fn connect(url: &str, inbox: &str) -> Self {
        let address: async_nats::ServerAddr = url.parse().unwrap();
        let socket = TcpStream::connect((address.host(), address.port())).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        let mut raw = Self {
            socket,
            received: Vec::new(),
            inbox: inbox.to_owned(),
            asked: 0,
        };
        let user = serde_json::json!({
            "verbose": false, "pedantic": false, "headers": true, "no_responders": true,
            "user": address.username(), "pass": address.password(),
        });
        raw.write(format!("CONNECT {user}\r\nSUB {inbox}.> 1\r\nPING\r\n").as_bytes());
        raw.wait_for(b"PONG\r\n");
        raw
    }

    fn write(&mut self, bytes: &[u8]) {
        self.socket.write_all(bytes).unwrap();
    }

    /// Publishes, with or without headers, and does not wait.
    ///
    /// # Panics
    /// If the connection is gone.
    pub fn publish(&mut self, subject: &[u8], reply: &[u8], headers: Option<&[u8]>, body: &[u8]) {
        let space: &[u8] = if reply.is_empty() { b"" } else { b" " };
        let (verb, lengths) = match headers {
            Some(headers) => {
                let total = headers.len() + body.len();
                (&b"HPUB "[..], format!("{} {total}", headers.len()))
            }
            None => (&b"PUB "[..], body.len().to_string()),
        };
        let line = [
            verb,
            subject,
            b" ",
            reply,
            space,
            lengths.as_bytes(),
            b"\r\n",
        ]
        .concat();
        self.write(&[&line, headers.unwrap_or_default(), body, b"\r\n"].concat());
    }

    /// Publishes with an inbox of its own as reply, and gives all that comes until the answer is there.
    ///
    /// # Panics
    /// If nothing is answered.
    pub fn ask(&mut self, subject: &[u8], headers: Option<&[u8]>, body: &[u8]) -> Vec<u8> {
        self.asked += 1;
        let inbox = format!("{}.{}", self.inbox, self.asked);
        self.publish(subject, inbox.as_bytes(), headers, body);
        self.message(&inbox)
    }

    /// Waits until the server has taken all that was published.
    ///
    /// # Panics
    /// If it does not answer.
    pub fn settle(&mut self) {
        self.write(b"PING\r\n");
        self.wait_for(b"PONG\r\n");
    }

    /// The next message on an inbox: headers and body.
    fn message(&mut self, inbox: &str) -> Vec<u8> {
        let start = format!("MSG {inbox} 1 ");
        self.wait_for(start.as_bytes());
        let line = self.wait_for(b"\r\n");
        let line = std::str::from_utf8(&line).unwrap();
        let total: usize = line.trim_end().rsplit(' ').next().unwrap().parse().unwrap();
        while self.received.len() < total + 2 {
            self.read(Instant::now() + PATIENCE, inbox);
        }
        let mut message: Vec<_> = self.received.drain(..total + 2).collect();
        message.truncate(total);
        message
    }

    /// What is received up to and with some bytes.
    fn wait_for(&mut self, bytes: &[u8]) -> Vec<u8> {
        let until = Instant::now() + PATIENCE;
        loop {
            let found = self
                .received
                .windows(bytes.len())
                .position(|part| part == bytes);
            if let Some(at) = found {
                return self.received.drain(..at + bytes.len()).collect();
            }
            self.read(until, &bytes.escape_ascii().to_string());
        }
    }

    fn read(&mut self, until: Instant, awaited: &str) {
        let mut buffer = [0; 4096];
        match self.socket.read(&mut buffer) {
            Ok(0) => panic!("the server has closed the connection: {}", self.shown()),
            Ok(count) => self.received.extend_from_slice(&buffer[..count]),
            Err(_) => assert!(Instant::now() < until, "no {awaited}, but {}", self.shown()),
        }
    }

    fn shown(&self) -> String {
        self.received.escape_ascii().to_string()
    }
}
