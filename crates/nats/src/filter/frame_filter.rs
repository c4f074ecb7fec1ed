//! Divides what a server sends into messages by their lengths alone, and passes on only what the
//! client library accepts.
//!
//! The first line of a message states its length, so the content of a message cannot change where
//! the next one begins. The filter itself does no input or output. (`watermelon-proto` parses the
//! same frames, but like the client library: a message with a subject or header that it does not
//! accept is an error after which it cannot continue, and its bytes are lost.)

use bytes::{Buf as _, BytesMut};

use super::fault::{self, Fault, HEADER_BYTES_MAX};
use super::handshake;
use super::undeliverable::{self, KEPT_BYTES_MAX, Undeliverable};

/// The longest line that a server may send. Lines of messages have a few KiB; those that describe a
/// large cluster have more.
const LINE_BYTES_MAX: usize = 256 * 1024;
/// The prefix of the server's acknowledgement subjects. A message with such a reply subject comes
/// from a stream, and the consumer of the stream must know of it.
const STREAM_REPLY: &[u8] = b"$JS.ACK.";
/// The prefix of requests to the service.
const REQUEST: &[u8] = b"plansync.v1.req.";
/// The prefix of durable commands. They come from a stream, or, where several nodes share a log, from clients that want
/// to be told that they are stored.
const COMMAND: &[u8] = b"plansync.v1.cmd.";
const CRLF: &[u8] = b"\r\n";

/// The server sent something that is not its protocol. The connection cannot be used any further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the server sent a line that does not follow the NATS protocol ({line}), so the connection was \
     closed; check that the address is that of a nats-server"
)]
pub struct ProtocolError {
    /// The line, escaped.
    line: String,
}

/// Something to report about what was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The addresses of other servers that the server named.
    Servers(Vec<String>),
    /// A message that was not passed on unchanged.
    Withheld {
        /// Its subject, escaped.
        subject: String,
        /// The fault.
        fault: Fault,
        /// What is done with it.
        fate: Fate,
    },
}

/// What is done with a message that is not passed on unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The consumer of the stream gets a replacement.
    FromStream,
    /// The endpoint gets a replacement and refuses the request.
    Refused,
    /// It is dropped.
    Ignored,
}

/// Passes on what the client library accepts.
#[derive(Debug)]
pub struct FrameFilter {
    /// The prefix of the subjects on which only answers to this client arrive.
    inbox: Vec<u8>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// At the beginning of a line.
    Line,
    /// In a message that is passed on, with this many bytes still to come.
    Passing(usize),
    /// In a message that is withheld.
    Withholding { left: usize, message: Withheld },
}

#[derive(Debug)]
struct Withheld {
    fault: Fault,
    subject: Vec<u8>,
    header_bytes: usize,
    fate: Fate,
    /// The first line of the replacement, up to the length; `None` if the message is dropped.
    instead: Option<Vec<u8>>,
    kept: Vec<u8>,
}

/// The first line of a message.
struct Head<'a> {
    subject: &'a [u8],
    subscription: &'a [u8],
    reply: Option<&'a [u8]>,
    /// `None` if the message has no headers.
    header_bytes: Option<usize>,
    /// The bytes of headers and body.
    bytes: usize,
}

impl FrameFilter {
    /// A filter for a connection with this prefix of inboxes (`_INBOX`).
    pub fn new(inbox_prefix: &str) -> Self {
        Self {
            inbox: format!("{inbox_prefix}.").into_bytes(),
            state: State::Line,
        }
    }

    /// Takes what it can from the input, and appends to the output what passes. The rest of the
    /// input is to be given again with more. It is at most a line and the headers after it.
    pub fn push(
        &mut self,
        input: &mut BytesMut,
        output: &mut Vec<u8>,
        told: &mut impl FnMut(Notice),
    ) -> Result<(), ProtocolError> {
        loop {
            let progress = match &mut self.state {
                State::Line => self.line(input, output, told)?,
                State::Passing(left) => {
                    let taken = (*left).min(input.len());
                    output.extend_from_slice(&input[..taken]);
                    input.advance(taken);
                    *left -= taken;
                    if *left > 0 {
                        return Ok(());
                    }
                    self.state = State::Line;
                    true
                }
                State::Withholding { left, message } => {
                    let taken = (*left).min(input.len());
                    message.keep(&input[..taken]);
                    input.advance(taken);
                    *left -= taken;
                    if *left > 0 {
                        return Ok(());
                    }
                    told(message.pass_on(output));
                    self.state = State::Line;
                    true
                }
            };
            if !progress {
                return Ok(());
            }
        }
    }

    /// Takes a line and the headers after it. Returns whether it could.
    fn line(
        &mut self,
        input: &mut BytesMut,
        output: &mut Vec<u8>,
        told: &mut impl FnMut(Notice),
    ) -> Result<bool, ProtocolError> {
        let Some(end) = memchr::memchr(b'\n', input) else {
            return if input.len() > LINE_BYTES_MAX {
                Err(protocol_error(input))
            } else {
                Ok(false)
            };
        };
        let Some(line) = input[..end].strip_suffix(b"\r") else {
            return Err(protocol_error(&input[..end]));
        };
        let behind = end + 1;
        let (verb, rest) = match memchr::memchr(b' ', line) {
            Some(space) => (&line[..space], &line[space + 1..]),
            None => (line, &[][..]),
        };
        match verb {
            b"MSG" | b"HMSG" => {
                let head = Head::read(rest, verb == b"HMSG").ok_or_else(|| protocol_error(line))?;
                match self.judge(&head, &input[behind..]) {
                    Judged::Incomplete => return Ok(false),
                    Judged::Passes => {
                        output.extend_from_slice(&input[..behind]);
                        self.state = State::Passing(head.bytes + CRLF.len());
                    }
                    Judged::Undeliverable(fault) => {
                        let message = Withheld::new(fault, &head);
                        let left = head.bytes + CRLF.len();
                        self.state = State::Withholding { left, message };
                    }
                }
            }
            b"PING" | b"PONG" | b"+OK" => {
                output.extend_from_slice(verb);
                output.extend_from_slice(CRLF);
            }
            b"-ERR" => {
                let plain = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
                let shown = rest
                    .iter()
                    .map(|byte| if plain(byte) { *byte } else { b'?' });
                output.extend_from_slice(b"-ERR ");
                output.extend(shown);
                output.extend_from_slice(CRLF);
            }
            b"INFO" => {
                let (info, servers) = handshake::info(rest).ok_or_else(|| protocol_error(line))?;
                output.extend_from_slice(&info);
                told(Notice::Servers(servers));
            }
            _ => return Err(protocol_error(line)),
        }
        input.advance(behind);
        Ok(true)
    }

    fn judge(&self, head: &Head<'_>, behind: &[u8]) -> Judged {
        // The headers are checked first or not at all, because they may not have arrived yet.
        if !fault::is_plain(head.subject) || head.subject == undeliverable::SUBJECT.as_bytes() {
            return Judged::Undeliverable(Fault::Subject);
        }
        if head.reply.is_some_and(|reply| !fault::is_plain(reply)) {
            return Judged::Undeliverable(Fault::Reply);
        }
        let Some(length) = head.header_bytes else {
            return Judged::Passes;
        };
        if length > HEADER_BYTES_MAX {
            return Judged::Undeliverable(Fault::Size);
        }
        let Some(block) = behind.get(..length) else {
            return Judged::Incomplete;
        };
        match fault::headers(block, head.subject.starts_with(&self.inbox)) {
            Ok(()) => Judged::Passes,
            Err(fault) => Judged::Undeliverable(fault),
        }
    }
}

enum Judged {
    Passes,
    Undeliverable(Fault),
    /// The headers have not arrived yet.
    Incomplete,
}

impl<'a> Head<'a> {
    /// `<subject> <sid> [reply-to] [#header bytes] <#total bytes>`. A subject contains no space,
    /// because a space ends it when it is published.
    fn read(rest: &'a [u8], has_headers: bool) -> Option<Self> {
        let mut parts = rest.split(|byte| *byte == b' ');
        let (subject, subscription) = (parts.next()?, parts.next()?);
        let behind = [parts.next(), parts.next(), parts.next(), parts.next()];
        let (reply, header_bytes, bytes) = match (has_headers, behind) {
            (false, [Some(bytes), None, ..]) => (None, None, bytes),
            (false, [Some(reply), Some(bytes), None, _]) => (Some(reply), None, bytes),
            (true, [Some(header), Some(bytes), None, _]) => (None, Some(header), bytes),
            (true, [Some(reply), Some(header), Some(bytes), None]) => {
                (Some(reply), Some(header), bytes)
            }
            _ => return None,
        };
        number(subscription)?;
        let bytes = number(bytes)?;
        let header_bytes = match header_bytes {
            Some(digits) => Some(number(digits).filter(|length| *length <= bytes)?),
            None => None,
        };
        Some(Self {
            subject,
            subscription,
            // A nats-server names an empty one in answers that it gives later than others (`CONSUMER.RESET`).
            reply: reply.filter(|reply| !reply.is_empty()),
            header_bytes,
            bytes,
        })
    }
}

/// A length, or the number of a subscription, small enough that sums cannot overflow.
fn number(digits: &[u8]) -> Option<usize> {
    const DIGITS_MAX: usize = 12;
    let plain = (1..=DIGITS_MAX).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(digits)
        .ok()
        .filter(|_| plain)?
        .parse()
        .ok()
}

impl Withheld {
    fn new(fault: Fault, head: &Head<'_>) -> Self {
        let reply = head.reply.filter(|reply| fault::is_plain(reply));
        let fate = match reply {
            Some(reply) if reply.starts_with(STREAM_REPLY) => Fate::FromStream,
            Some(_)
                if [REQUEST, COMMAND]
                    .iter()
                    .any(|asked| head.subject.starts_with(asked)) =>
            {
                Fate::Refused
            }
            Some(_) | None => Fate::Ignored,
        };
        let instead = reply.filter(|_| fate != Fate::Ignored).map(|reply| {
            let subject = undeliverable::SUBJECT.as_bytes();
            [b"MSG", subject, head.subscription, reply, b""].join(&b' ')
        });
        Self {
            fault,
            subject: head.subject.to_vec(),
            header_bytes: head.header_bytes.unwrap_or_default(),
            fate,
            instead,
            kept: Vec::new(),
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.instead.is_some() {
            let room = (KEPT_BYTES_MAX + CRLF.len()).saturating_sub(self.kept.len());
            self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }

    /// Writes the replacement of a message to the output.
    fn pass_on(&mut self, output: &mut Vec<u8>) -> Notice {
        let notice = Notice::Withheld {
            subject: undeliverable::escaped(&self.subject),
            fault: self.fault,
            fate: self.fate,
        };
        if let Some(line) = self.instead.take() {
            // The last two bytes end the message and do not belong to it; beyond the bound they
            // were not kept.
            let kept = self.kept.len().saturating_sub(CRLF.len());
            let (headers, body) = self.kept[..kept].split_at(self.header_bytes.min(kept));
            let payload = Undeliverable::payload(self.fault, &self.subject, headers, body);
            output.extend_from_slice(&line);
            output.extend_from_slice(payload.len().to_string().as_bytes());
            output.extend_from_slice(CRLF);
            output.extend_from_slice(&payload);
            output.extend_from_slice(CRLF);
        }
        notice
    }
}

fn protocol_error(line: &[u8]) -> ProtocolError {
    ProtocolError {
        line: undeliverable::escaped(line),
    }
}

#[cfg(test)]
mod tests;
