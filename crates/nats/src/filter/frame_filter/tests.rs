//! What passes and what does not, whole and byte by byte.

use bytes::BytesMut;

use super::{Fate, Fault, FrameFilter, KEPT_BYTES_MAX, Notice, ProtocolError};

/// What comes out of bytes that arrive in pieces of at most so many.
fn filtered(bytes: &[u8], piece: usize) -> Result<(Vec<u8>, Vec<Notice>), ProtocolError> {
    let mut frame_filter = FrameFilter::new("_INBOX.me");
    let (mut input, mut output, mut notices) = (BytesMut::new(), Vec::new(), Vec::new());
    for piece in bytes.chunks(piece) {
        input.extend_from_slice(piece);
        frame_filter.push(&mut input, &mut output, &mut |notice| notices.push(notice))?;
    }
    Ok((output, notices))
}

/// The same, whatever the pieces.
#[track_caller]
fn out(bytes: &[u8]) -> (Vec<u8>, Vec<Notice>) {
    let whole = filtered(bytes, usize::MAX).unwrap();
    for piece in [1, 2, 3, 7] {
        assert_eq!(
            filtered(bytes, piece).unwrap(),
            whole,
            "in pieces of {piece}"
        );
    }
    whole
}

fn hmsg(subject: &[u8], reply: &str, headers: &[u8], body: &[u8]) -> Vec<u8> {
    let lengths = format!(
        " 7 {reply}{}{} {}\r\n",
        if reply.is_empty() { "" } else { " " },
        headers.len(),
        headers.len() + body.len()
    );
    [
        b"HMSG ",
        subject,
        lengths.as_bytes(),
        headers,
        body,
        b"\r\n",
    ]
    .concat()
}

fn withheld(subject: &str, fault: Fault, fate: Fate) -> Notice {
    Notice::Withheld {
        subject: subject.to_owned(),
        fault,
        fate,
    }
}

const GOOD: &[u8] = b"NATS/1.0\r\nA: b\r\n\r\n";
const LONE: &[u8] = b"NATS/1.0\r\nA: b\rc\r\n\r\n";

#[test]
fn what_is_well_formed_passes_byte_by_byte() {
    let stream = [
        b"PING\r\nPONG\r\n+OK\r\n-ERR 'Slow Consumer'\r\n".to_vec(),
        b"MSG plansync.v1.req.t.a.plan.get 7 _INBOX.x 4\r\n\r\n\r\n\r\n".to_vec(),
        b"MSG a 1 0\r\n\r\n".to_vec(),
        b"MSG a 1  0\r\n\r\n".to_vec(),
        hmsg(
            b"plansync.v1.req.t.a.plan.get",
            "_INBOX.x",
            GOOD,
            b"\xffMSG ",
        ),
        hmsg(b"plansync.v1.cmd.t.a.plan.edit", "", GOOD, b""),
        hmsg(b"_INBOX.me.1", "", b"NATS/1.0 404 No Messages\r\n\r\n", b""),
    ]
    .concat();
    assert_eq!(out(&stream), (stream, vec![]));
}

#[test]
fn a_request_that_cannot_be_delivered_is_passed_on_as_one_that_can() {
    let subject = b"plansync.v1.req.t.a.plan.get";
    let stream = [hmsg(subject, "_INBOX.x", LONE, b"{}"), b"PING\r\n".to_vec()].concat();
    let (output, notices) = out(&stream);
    let payload = [&[6, 0, 0, 0, 28, 0, 0, 0, 20][..], subject, LONE, b"{}"].concat();
    let expected = [
        format!(
            "MSG plansync.undeliverable 7 _INBOX.x {}\r\n",
            payload.len()
        )
        .as_bytes(),
        &payload,
        b"\r\nPING\r\n",
    ]
    .concat();
    assert_eq!(output, expected);
    let shown = "plansync.v1.req.t.a.plan.get";
    assert_eq!(notices, [withheld(shown, Fault::Value, Fate::Refused)]);
}

#[test]
fn whoever_takes_a_stream_learns_of_every_message_of_it() {
    let ack = "$JS.ACK.PLANSYNC_COMMANDS.plansync-engine.1.2.3.4.5";
    let stream = hmsg(b"plansync.v1.cmd.t.\xff", ack, GOOD, b"{}");
    let (output, notices) = out(&stream);
    assert!(output.starts_with(format!("MSG plansync.undeliverable 7 {ack} ").as_bytes()));
    let subject = "plansync.v1.cmd.t.\\xff";
    assert_eq!(
        notices,
        [withheld(subject, Fault::Subject, Fate::FromStream)]
    );
}

#[test]
fn what_nobody_waits_for_is_left_out() {
    let cases = [
        (
            hmsg(b"$SRV.PING", "_INBOX.x", LONE, b""),
            "$SRV.PING",
            Fault::Value,
        ),
        (
            hmsg(b"plansync.v1.req.t", "", LONE, b""),
            "plansync.v1.req.t",
            Fault::Value,
        ),
        (
            hmsg(b"_INBOX.me.2", "", LONE, b""),
            "_INBOX.me.2",
            Fault::Value,
        ),
        (
            hmsg(b"plansync.v1.req.t", "_INBOX.\u{a0}", GOOD, b""),
            "plansync.v1.req.t",
            Fault::Reply,
        ),
        (
            b"MSG plansync.undeliverable 1 1\r\nx\r\n".to_vec(),
            "plansync.undeliverable",
            Fault::Subject,
        ),
        (
            hmsg(b"_INBOX.other.1", "", b"NATS/1.0 503\r\n\r\n", b""),
            "_INBOX.other.1",
            Fault::Status,
        ),
    ];
    for (stream, subject, fault) in cases {
        let expected = vec![withheld(subject, fault, Fate::Ignored)];
        assert_eq!(out(&stream), (vec![], expected));
    }
}

#[test]
fn what_is_kept_of_a_message_has_a_bound() {
    let body = vec![b'x'; 3 * KEPT_BYTES_MAX];
    let mut stream = hmsg(b"plansync.v1.req.t", "_INBOX.x", LONE, &body);
    stream.extend_from_slice(b"PING\r\n");
    let (output, _) = filtered(&stream, 1_000).unwrap();
    assert!(output.len() < KEPT_BYTES_MAX + 200 && output.len() > KEPT_BYTES_MAX);
    assert!(output.ends_with(b"x\r\nPING\r\n"));
    let large = [b"NATS/1.0\r\nA: ", &body[..], b"\r\n\r\n"].concat();
    let (output, notices) = filtered(&hmsg(b"a", "", &large, b""), 1_000).unwrap();
    assert_eq!(output, b"");
    assert_eq!(notices, [withheld("a", Fault::Size, Fate::Ignored)]);
}

#[test]
fn an_error_is_shown_in_ascii_and_others_are_told_of() {
    let (output, _) = out(b"-ERR 'Permissions Violation for \"\xff\xe2\x80\xa8'\r\n");
    assert_eq!(output, b"-ERR 'Permissions Violation for \"????'\r\n");
    let (output, notices) = out(b"INFO {\"connect_urls\":[\"a:1\"],\"x\":1}\r\n");
    assert_eq!(output, b"INFO {\"tls_required\":false,\"x\":1}\r\n");
    assert_eq!(notices, [Notice::Servers(vec!["a:1".to_owned()])]);
}

#[test]
fn what_is_no_protocol_ends_the_connection() {
    for broken in [
        &b"HELLO\r\n"[..],
        b"\r\n",
        b"PING\n",
        b"MSG\r\n",
        b"MSG a 1\r\n",
        b"MSG a 1 _INBOX.x 1 1\r\n",
        b"MSG a x 1\r\n",
        b"MSG a 1 -1\r\n",
        b"MSG a 1 9999999999999\r\n",
        b"HMSG a 1 4\r\n",
        b"HMSG a 1 5 4\r\n",
        b"HMSG a 1 b 1 2 3\r\n",
        b"INFO nothing\r\n",
    ] {
        assert!(
            filtered(broken, usize::MAX).is_err(),
            "{}",
            broken.escape_ascii()
        );
    }
    let endless = vec![b'x'; super::LINE_BYTES_MAX + 1];
    assert!(filtered(&endless, 1_000).is_err());
}
