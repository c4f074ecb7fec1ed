//! Every way in which a message can be one that no client library sends.

/// One of them.
pub(super) struct Hostile {
    pub(super) name: &'static str,
    /// What follows the subject.
    pub(super) tail: &'static [u8],
    pub(super) headers: Option<&'static [u8]>,
}

impl Hostile {
    /// Whether its headers begin or end otherwise than a client's do: a server changes that on the way
    /// into a stream, more or less well.
    pub(super) fn may_be_mended(&self) -> bool {
        let headers = self.headers.unwrap_or(b"NATS/1.0\r\n\r\n");
        !headers.starts_with(b"NATS/1.0\r\n") || !headers.ends_with(b"\r\n\r\n")
    }
}

const fn subject(name: &'static str, tail: &'static [u8]) -> Hostile {
    Hostile {
        name,
        tail,
        headers: None,
    }
}

const fn headers(name: &'static str, headers: &'static [u8]) -> Hostile {
    Hostile {
        name,
        tail: b"",
        headers: Some(headers),
    }
}

pub(super) fn hostile() -> Vec<Hostile> {
    vec![
        subject("a subject that is no UTF-8", b"\xff"),
        subject("a subject cut in a character", b"\xe2\x80"),
        subject("U+00A0 in a subject", b"\xc2\xa01"),
        subject("U+0085 in a subject", b"\xc2\x851"),
        subject("U+2003 in a subject", b"\xe2\x80\x831"),
        subject("U+2028 in a subject", b"\xe2\x80\xa81"),
        subject("U+3000 in a subject", b"\xe3\x80\x801"),
        subject("a vertical tab in a subject", b"\x0b1"),
        subject("a form feed in a subject", b"\x0c1"),
        subject("a zero in a subject", b"\0"),
        subject("an escape in a subject", b"\x1b[2J"),
        subject("a letter beyond ASCII in a subject", b"\xc3\xa9"),
        Hostile {
            name: "another subscription, and a status",
            tail: b"\xe2\x80\x832",
            headers: Some(b"NATS/1.0 409 Consumer Deleted\r\n\r\n"),
        },
        headers("a lone CR in a value", b"NATS/1.0\r\nA: b\rc\r\n\r\n"),
        headers("a lone CR at the end", b"NATS/1.0\r\nA: b\r\r\n\r\n"),
        headers("a lone LF in a value", b"NATS/1.0\r\nA: b\nc\r\n\r\n"),
        headers("a value that is no UTF-8", b"NATS/1.0\r\nA: \xff\r\n\r\n"),
        headers("a zero in a value", b"NATS/1.0\r\nA: \0\r\n\r\n"),
        headers("a name that is no UTF-8", b"NATS/1.0\r\n\xff: b\r\n\r\n"),
        headers(
            "a letter beyond ASCII in a name",
            b"NATS/1.0\r\n\xc3\xa9: b\r\n\r\n",
        ),
        headers("a space in a name", b"NATS/1.0\r\na b: c\r\n\r\n"),
        headers("a space before a colon", b"NATS/1.0\r\na : c\r\n\r\n"),
        headers("no name", b"NATS/1.0\r\n: c\r\n\r\n"),
        headers("no colon", b"NATS/1.0\r\nnothing\r\n\r\n"),
        headers("a folded line", b"NATS/1.0\r\nA: b\r\n c\r\n\r\n"),
        headers(
            "a folded line of other space",
            b"NATS/1.0\r\nA: b\r\n\xe2\x80\x83c\r\n\r\n",
        ),
        headers("no version", b"A: b\r\n\r\n"),
        headers("nothing", b""),
        headers("another version", b"NATS/2.0\r\nA: b\r\n\r\n"),
        headers("half a version", b"NATS/1.\r\nA: b\r\n\r\n"),
        headers("a version without a line", b"NATS/1.0"),
        headers("a version that goes on", b"NATS/1.0\xc2\xa0\r\n\r\n"),
        headers("a status that is no number", b"NATS/1.0 abc\r\n\r\n"),
        headers("a status too large", b"NATS/1.0 99999\r\n\r\n"),
        headers("idle heartbeat", b"NATS/1.0 100 Idle Heartbeat\r\n\r\n"),
        headers(
            "flow control",
            b"NATS/1.0 100 FlowControl Request\r\nNats-Consumer-Stalled: _INBOX.a\r\n\r\n",
        ),
        headers("no messages", b"NATS/1.0 404 No Messages\r\n\r\n"),
        headers(
            "request timeout",
            b"NATS/1.0 408 Request Timeout\r\nNats-Pending-Messages: -1\r\n\r\n",
        ),
        headers("consumer deleted", b"NATS/1.0 409 Consumer Deleted\r\n\r\n"),
        headers("push based", b"NATS/1.0 409 Consumer is push based\r\n\r\n"),
        headers(
            "wrong pin",
            b"NATS/1.0 423 Nats-Wrong-Pin-Id\r\nNats-Pin-Id: x\r\n\r\n",
        ),
        headers("no responders", b"NATS/1.0 503\r\n\r\n"),
        headers("no end", b"NATS/1.0\r\nA: b\r\n"),
        headers("two ends", b"NATS/1.0\r\n\r\nA: b\r\n\r\n"),
        headers("too many fields", MANY.as_slice()),
    ]
}

const FIELDS: usize = 1_000;

static MANY: [u8; 10 + 4 * FIELDS + 2] = {
    let mut block = [0; 10 + 4 * FIELDS + 2];
    let mut at = 0;
    while at < block.len() {
        block[at] = if at < 10 {
            b"NATS/1.0\r\n"[at]
        } else if at < 10 + 4 * FIELDS {
            b"a:\r\n"[(at - 10) % 4]
        } else {
            b"\r\n"[at - 10 - 4 * FIELDS]
        };
        at += 1;
    }
    block
};
