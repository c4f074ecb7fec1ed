//! Whatever is sent to the HTTP port, it answers others, and the engine ends when it is told to.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use plansync_tests::engine::Engine;
use plansync_tests::http::{HttpPort, answer};
use plansync_tests::nats::NatsServer;
use plansync_tests::program;

/// More connections than the engine serves at once.
const MANY: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_for_what_there_is_is_refused() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    for path in ["/", "/metrics/", "/livez/..", "//metrics", "/%6detrics"] {
        let answer = port.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            answer.body.contains("/livez, /readyz and /metrics"),
            "{path}"
        );
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"] {
        let request = format!("{method} /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = port.send(request.as_bytes()).unwrap();
        assert_eq!(answer.status, 405, "{method}");
        assert!(
            answer.head.to_lowercase().contains("allow: get, head"),
            "{answer:?}"
        );
    }
    let head = port.send(b"HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let head = head.unwrap();
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(port.get("/metrics?a=b&c").status, 200);
    let garbage: [&[u8]; 5] = [
        b"\r\n\r\n\r\n\x00\xff\r\n\r\n",
        b"GET /metrics HTTP/9.9\r\n\r\n",
        b"GET /metrics\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nbad header\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ];
    for bytes in garbage {
        let mut stream = port.connect();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let status = answer(&mut stream).map(|answer| answer.status);
        assert!(matches!(status, None | Some(400 | 505)), "{status:?}");
    }
    assert_eq!(port.get("/livez").status, 200);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn huge_heads_are_refused_and_bodies_are_not_read() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let long = "a".repeat(1 << 20);
    let many = "x-many: y\r\n".repeat(1_000);
    for (head, statuses) in [
        (
            format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"),
            [414, 431],
        ),
        (
            format!("GET /metrics HTTP/1.1\r\nx: {long}\r\n\r\n"),
            [431, 431],
        ),
        (format!("GET /metrics HTTP/1.1\r\n{many}\r\n"), [431, 431]),
    ] {
        // A connection may be reset while the rest of the head is still on its way.
        let status = port.send(head.as_bytes()).map(|answer| answer.status);
        let is_refused = status.is_none_or(|status| statuses.contains(&status));
        assert!(is_refused, "{status:?}");
    }
    let mut stream = port.connect();
    let head = b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n";
    stream.write_all(head).unwrap();
    let mut begun = [0; 12];
    stream.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");
    drop(stream);
    assert_eq!(port.get("/livez").status, 200);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_send_slowly_or_not_at_all_keep_nobody_from_an_answer() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let mut slow: Vec<_> = (0..MANY).map(|_| port.connect()).collect();
    for stream in &mut slow {
        // The engine has closed the oldest.
        let _ = stream.write_all(b"GET /metrics HTTP/1.1\r\nx: ");
    }
    for _ in 0..MANY {
        assert_eq!(port.get("/livez").status, 200);
    }
    assert_eq!(port.get("/metrics").status, 200);
    let open = port.metrics().number("process_open_fds", &[]);
    #[allow(clippy::cast_precision_loss)] // A small number.
    let many = MANY as f64;
    assert!(open < many, "{open} files are open");
    // Whoever reads no answer keeps nobody from the end either.
    for stream in &mut slow {
        let _ = stream.write_all(&b"y\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n".repeat(20));
    }
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_an_error_at_the_start() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = folder.path().join("data");
    let url = nats.url();
    let arguments = [
        "serve",
        "--data",
        data.to_str().unwrap(),
        "--nats-url",
        &url,
        "--http",
        &address,
    ];
    let ended = program::run(&url, &arguments);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    for part in [
        address.as_str(),
        "another program",
        "--http",
        "PLANSYNC_HTTP",
    ] {
        assert!(ended.err.contains(part), "{part}: {}", ended.err);
    }
    assert!(!data.exists(), "the log was opened all the same");
    drop(taken);
    let wrong = program::run_in(
        &[("PLANSYNC_HTTP", ":9464")],
        &["serve", "--data", "x", "--nats-url", &url],
    );
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(wrong.err.contains("ADDRESS:PORT"), "{}", wrong.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_port_without_the_option_and_the_variable_gives_one() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let port = HttpPort::free();
    let child = std::process::Command::new(plansync_tests::binary::plansync())
        .args(["serve", "--nats-url", &nats.url(), "--data"])
        .arg(folder.path())
        .env("PLANSYNC_HTTP", port.0.to_string())
        .stdin(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let engine = Engine::of(child);
    plansync_tests::engine::wait_until_ready(&nats.url()).await;
    port.until_ready().await;
    assert_eq!(engine.terminate(), Some(0));
    // An empty variable counts as not set.
    let help = program::run_in(&[("PLANSYNC_HTTP", "")], &["serve", "--help"]);
    assert!(help.out.contains("--http"), "{help:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_media_type_is_what_was_asked_for() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let text = port.get("/metrics");
    let is = |head: &str, media: &str| {
        head.to_lowercase()
            .contains(&format!("content-type: {media}"))
    };
    assert!(
        is(&text.head, "text/plain; version=0.0.4; charset=utf-8"),
        "{}",
        text.head
    );
    assert!(!text.body.contains("# EOF"));
    let open = port.get_accepting(
        "/metrics",
        "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5",
    );
    let media = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert!(is(&open.head, media), "{}", open.head);
    assert!(open.body.ends_with("# EOF\n"));
    assert_eq!(engine.terminate(), Some(0));
}
