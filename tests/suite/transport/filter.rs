//! The filter between server and library: seeded mutations against the library's own parser, and the way
//! through to a real server.

mod servers;

use std::time::Duration;

use bytes::BytesMut;
use fastrand::Rng;
use futures_util::StreamExt as _;
use plansync_client::Start;
use plansync_client::exchange::Exchange;
use plansync_nats::{ClientConnection, Connection, Event, FrameFilter, Notice};
use plansync_tests::nats::NatsServer;
use plansync_tests::raw::Raw;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{filtered, prepared, until};

const PATIENCE: Duration = Duration::from_mins(2);

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Bytes that parsers take for something.
const SPECIAL: [&[u8]; 24] = [
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b"\t",
    b"\x0b",
    b"\x0c",
    b"\x1c",
    b"\x7f",
    b"\x85",
    b"\xa0",
    b"\xc2\xa0",
    b"\xc2\x85",
    b"\xe2\x80\x83",
    b"\xe2\x80\xa8",
    b"\xe3\x80\x80",
    b"\xff",
    b"\xc3\xa9",
    b":",
    b" ",
    b"NATS/1.0",
    b"NATS/1.0 409 Consumer Deleted\r\n",
    b"\r\n\r\n",
    b"MSG a 1 0\r\n\r\n",
];

/// Changes a few places.
fn mutated(rng: &mut Rng, bytes: &[u8], changes: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.usize(0..=changes) {
        let at = rng.usize(0..=bytes.len());
        let end = (at + rng.usize(0..=4)).min(bytes.len());
        match rng.u32(0..5) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.u32(0..8),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.truncate(at),
            _special => {
                let special = SPECIAL[rng.usize(0..SPECIAL.len())];
                bytes.splice(at..end, special.iter().copied());
            }
        }
    }
    bytes
}

const HEADERS: [&[u8]; 4] = [
    b"NATS/1.0\r\n\r\n",
    b"NATS/1.0\r\ncontent-type: application/json\r\nNats-Msg-Id: 1\r\n\r\n",
    b"NATS/1.0\r\nA: b\r\nA: c\r\n\r\n",
    b"NATS/1.0 404 No Messages\r\n\r\n",
];

/// A frame as a server makes it of what a stranger published: the lengths are right, and neither subject
/// nor reply has what ends it where it is published.
fn frame(rng: &mut Rng) -> Vec<u8> {
    let part = |rng: &mut Rng, text: &[u8]| -> Vec<u8> {
        let mut part = mutated(rng, text, 2);
        part.retain(|byte| !b" \t\r\n".contains(byte));
        if part.is_empty() { b"x".to_vec() } else { part }
    };
    let subject = part(rng, b"plansync.v1.req.t.a.plan.get");
    let reply = [&b""[..], b"_INBOX.x.1", b"$JS.ACK.S.C.1.2.3.4.5"][rng.usize(0..3)];
    let mut line = subject;
    line.extend_from_slice(b" 1");
    if !reply.is_empty() {
        line.push(b' ');
        line.extend(part(rng, reply));
    }
    let body = mutated(rng, b"{\"a\":1}", 3);
    if rng.bool() {
        return [
            b"MSG ",
            &line[..],
            format!(" {}\r\n", body.len()).as_bytes(),
            &body,
            b"\r\n",
        ]
        .concat();
    }
    let headers = HEADERS[rng.usize(0..HEADERS.len())];
    let headers = mutated(rng, headers, 3);
    let lengths = format!(" {} {}\r\n", headers.len(), headers.len() + body.len());
    [
        b"HMSG ",
        &line[..],
        lengths.as_bytes(),
        &headers,
        &body,
        b"\r\n",
    ]
    .concat()
}

/// What passes of frames, and how many were withheld.
fn filter_frames(frames: &[Vec<u8>]) -> (Vec<u8>, usize) {
    let mut filter = FrameFilter::new("_INBOX.x");
    let (mut input, mut output, mut withheld) = (BytesMut::new(), Vec::new(), 0);
    for frame in frames {
        input.extend_from_slice(frame);
        let told = &mut |notice| withheld += usize::from(matches!(notice, Notice::Withheld { .. }));
        filter.push(&mut input, &mut output, told).unwrap();
        assert!(
            input.is_empty(),
            "a whole frame is left: {}",
            frame.escape_ascii()
        );
    }
    (output, withheld)
}

/// Gives a real client of the library what passed, and then a last message: it must come, over the one
/// connection, for the library drops what it does not take.
async fn the_library_takes(passed: &[u8]) -> Result<(), String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let connecting = tokio::spawn(async move { async_nats::connect(address).await.unwrap() });
    let (stream, _) = listener.accept().await.unwrap();
    let mut server = BufReader::new(stream);
    let info = br#"INFO {"server_id":"x","version":"2.15.0","max_payload":1048576,"headers":true}"#;
    server
        .write_all(&[info, &b"\r\n"[..]].concat())
        .await
        .unwrap();
    let mut line = String::new();
    while !line.starts_with("PING") {
        line.clear();
        server.read_line(&mut line).await.unwrap();
    }
    server.write_all(b"PONG\r\n").await.unwrap();
    let client = connecting.await.unwrap();
    let mut messages = client.subscribe(">").await.unwrap();
    while !line.starts_with("SUB > ") {
        line.clear();
        server.read_line(&mut line).await.unwrap();
    }
    let subscription = line.trim_end().rsplit(' ').next().unwrap().to_owned();
    server.write_all(passed).await.unwrap();
    let last = format!("MSG the.last.one {subscription} 0\r\n\r\n");
    server.write_all(last.as_bytes()).await.unwrap();
    let waiting = async {
        loop {
            tokio::select! {
                message = messages.next() => match message {
                    Some(message) if message.subject.as_str() == "the.last.one" => return Ok(()),
                    Some(_) => {}
                    None => return Err("the client is gone".to_owned()),
                },
                again = listener.accept() => {
                    return Err(format!("the client connected again: {again:?}"));
                }
            }
        }
    };
    let ended = tokio::time::timeout(PATIENCE, waiting).await;
    ended.unwrap_or_else(|_| Err("the last message does not come".to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_passes_the_library_takes() {
    let (cases, first) = (
        setting("PLANSYNC_HOSTILE_CASES", 20_000),
        setting("PLANSYNC_HOSTILE_SEED", 0),
    );
    let frames: Vec<_> = (first..first + cases)
        .map(|seed| frame(&mut Rng::with_seed(seed)))
        .collect();
    let (mut passed_whole, mut withheld_in_all) = (0, 0);
    for (number, batch) in frames.chunks(5_000).enumerate() {
        let (passed, withheld) = filter_frames(batch);
        withheld_in_all += withheld;
        passed_whole += batch.len() - withheld;
        if let Err(why) = the_library_takes(&passed).await {
            let culprit = culprit(batch).await;
            panic!("batch {number}: {why}; {}", culprit.escape_ascii());
        }
    }
    // Neither side of the test is empty.
    assert!(passed_whole as u64 > cases / 10 && withheld_in_all as u64 > cases / 10);
}

/// The one frame that the library does not take.
async fn culprit(batch: &[Vec<u8>]) -> Vec<u8> {
    let mut suspects = batch;
    while suspects.len() > 1 {
        let (front, back) = suspects.split_at(suspects.len() / 2);
        let is_front = the_library_takes(&filter_frames(front).0).await.is_err();
        suspects = if is_front { front } else { back };
    }
    suspects[0].clone()
}

/// What the test before it would find: without the filter, the library does not live through this.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_filter_the_library_drops_the_connection() {
    let hostile = b"MSG a\xff 1 0\r\n\r\n";
    assert!(the_library_takes(hostile).await.is_err());
}

#[test]
fn no_stream_of_bytes_makes_the_filter_crash_or_gather() {
    let (cases, first) = (
        setting("PLANSYNC_HOSTILE_CASES", 20_000),
        setting("PLANSYNC_HOSTILE_SEED", 0),
    );
    let mut broken = 0;
    for seed in first..first + cases {
        let mut rng = Rng::with_seed(seed);
        let whole: Vec<u8> = (0..4).flat_map(|_| frame(&mut rng)).collect();
        let bytes = mutated(&mut rng, &whole, 6);
        let mut filter = FrameFilter::new("_INBOX.x");
        let (mut input, mut output) = (BytesMut::new(), Vec::new());
        for piece in bytes.chunks(rng.usize(1..=bytes.len().max(2))) {
            input.extend_from_slice(piece);
            if filter.push(&mut input, &mut output, &mut |_| {}).is_err() {
                broken += 1;
                break;
            }
        }
        // What is passed on in a message's place has its subject twice at most, and a few lengths.
        assert!(output.len() <= 2 * bytes.len() + 4 * 128, "case {seed}");
    }
    assert!(broken > 0 && broken < cases, "{broken}");
}

/// Whoever connects to the filter's port without its secret gets no further than the server's first line,
/// and the library's connection goes on.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_gets_through_the_filters_port() {
    let server = NatsServer::start();
    let filtered = filtered(&server).await;
    let answers = filtered.client().subscribe("answers").await.unwrap();
    let answers = tokio::sync::Mutex::new(answers);
    filtered.client().flush().await.unwrap();
    let port = filtered.port();
    for said in [
        "PUB answers 1\r\nx\r\n",
        "CONNECT {}\r\nPUB answers 1\r\nx\r\n",
        "\r\n",
    ] {
        let mut stranger = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stranger.write_all(said.as_bytes()).await.unwrap();
        let mut heard = String::new();
        let _ = BufReader::new(&mut stranger)
            .read_to_string(&mut heard)
            .await;
        let beyond = heard.split_once("\r\n").map_or("", |(_, beyond)| beyond);
        assert_eq!(beyond, "", "{said:?} was answered");
    }
    // Many who say nothing do not keep the library out.
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    }
    filtered.client().force_reconnect().await.unwrap();
    until("a message comes back over the new connection", || async {
        let client = filtered.client();
        client.publish("answers", "mine".into()).await.unwrap();
        let mut answers = answers.lock().await;
        let answer = tokio::time::timeout(Duration::from_millis(100), answers.next());
        answer
            .await
            .is_ok_and(|answer| answer.is_some_and(|answer| answer.payload == "mine"))
    })
    .await;
}

/// Where strangers may publish events, they end nobody who watches.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_watches_lives_through_a_strangers_event() {
    let server = NatsServer::start();
    let _streams = prepared(&server).await;
    let connection = Connection {
        url: server.url(),
        ..Connection::default()
    };
    let opened = ClientConnection::open(&connection, PATIENCE).await.unwrap();
    let exchange = Exchange::new(opened.nats().clone(), PATIENCE);
    let mut raw = Raw::connect(&server.url(), "_INBOX.raw");
    let lone: &[u8] = b"NATS/1.0\r\nA: b\rc\r\n\r\n";
    raw.ask(b"plansync.v1.evt.t.\xff", None, b"1");
    raw.ask(b"plansync.v1.evt.t.x", Some(lone), b"2");
    raw.ask(b"plansync.v1.evt.t.last", None, b"3");
    let events = exchange.events(None).replay(Start::Beginning).await;
    let mut events = events.unwrap();
    let expected: [(&str, &[u8]); 3] = [
        ("plansync.v1.evt.t.\\xff", b"1"),
        ("plansync.v1.evt.t.x", b"2"),
        ("plansync.v1.evt.t.last", b"3"),
    ];
    for (subject, body) in expected {
        let delivery = tokio::time::timeout(PATIENCE, events.next()).await;
        let event = Event::of(delivery.unwrap().unwrap().message());
        assert_eq!((&*event.subject, &*event.body), (subject, body));
    }
    let mut witnesses = opened.witnesses().await.unwrap();
    for _ in 0..3 {
        assert_eq!(witnesses.next().await.unwrap().unwrap().event, None);
    }
}
