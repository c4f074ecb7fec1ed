//! What supervisors and scripts are told: readiness, `plansync ping`, and the manual pages.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use plansync_tests::binary::command;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::run;

/// How long something that must come is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

fn next(socket: &UnixDatagram) -> String {
    let mut buffer = [0; 256];
    let length = socket.recv(&mut buffer).unwrap();
    String::from_utf8_lossy(&buffer[..length]).trim().to_owned()
}

#[test]
fn the_supervisor_is_told_when_the_engine_serves_and_when_it_stops() {
    let nats = NatsServer::start();
    let folder = tempfile::tempdir().unwrap();
    let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let child = command()
        .args(["serve", "--nats-url", &nats.url(), "--data"])
        .arg(folder.path().join("data"))
        .env("NOTIFY_SOCKET", folder.path().join("notify"))
        .spawn()
        .unwrap();
    let engine = Engine::of(child);
    assert_eq!(next(&socket), "READY=1");
    // It serves: there is nothing to wait for.
    let ping = run(&nats.url(), &["ping", "--timeout", "1"]);
    assert_eq!((ping.code, &*ping.out), (Some(0), "plansync serves.\n"));
    assert_eq!(engine.terminate(), Some(0));
    assert_eq!(next(&socket), "STOPPING=1");
}

#[test]
fn ping_fails_where_nobody_serves_and_where_there_is_no_server() {
    let nats = NatsServer::start();
    for url in [&*nats.url(), "nats://127.0.0.1:1"] {
        let ping = run(url, &["ping", "--timeout", "1"]);
        assert_eq!(ping.code, Some(3), "{ping:?}");
    }
}

#[test]
fn each_command_has_a_manual_page_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    assert_eq!(run("nats://127.0.0.1:1", &["man", path]).code, Some(0));
    let page = std::fs::read_to_string(folder.path().join("plansync-subscriber-add.1")).unwrap();
    assert!(page.contains("plansync\\-subscriber\\-add"), "{page}");
    let absent = folder.path().join("absent");
    let ended = run("nats://127.0.0.1:1", &["man", absent.to_str().unwrap()]);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    assert!(
        ended.err.contains("could not be written into the folder"),
        "{ended:?}"
    );
}
