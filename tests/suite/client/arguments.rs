//! Arguments that are wrong, and servers on which no engine has run: errors at once, which say what to do.

use std::time::Duration;

use plansync_client::async_nats::ConnectOptions;
use plansync_client::protocol::reference::GetTenant;
use plansync_client::protocol::{TenantGet, TenantPut};
use plansync_client::{Client, Error, NewConsumer, Start};
use plansync_tests::nats::NatsServer;

use super::world::{client, settings};

fn argument<T>(ended: Result<T, Error>) -> String {
    match ended {
        Err(Error::Argument(fault)) => fault,
        Err(error) => panic!("another error: {error:?}"),
        Ok(_) => panic!("no error"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_arguments_are_refused_before_anything_is_sent() {
    let nats = NatsServer::start();
    let client = client(&nats.url()).await;
    let begun = client
        .events()
        .kinds(["sync.finished"])
        .replay(Start::Beginning)
        .await;
    assert!(argument(begun).contains("sync.completed"));
    let none: [&str; 0] = [];
    assert!(argument(client.events().kinds(none).listen().await).contains("empty"));
    for name in [
        "",
        "a.b",
        "a b",
        "a*",
        "a>",
        "a/b",
        "a\\b",
        "a\t",
        &"x".repeat(256),
    ] {
        let bound = client.events().durable(name).await;
        assert!(
            argument(bound).contains("the name of a consumer"),
            "{name:?}"
        );
    }
    let never = NewConsumer::new("outcomes", Start::Beginning).with_ack_wait(Duration::ZERO);
    assert!(argument(client.events().make_durable(never).await).contains("zero"));
    let hasty = client.with_timeout(Duration::ZERO);
    assert!(argument(hasty.call::<TenantGet>(GetTenant {}).await).contains("zero"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_streams_is_told_with_what_to_do() {
    let nats = NatsServer::start();
    let client = client(&nats.url()).await;
    let stored = client.submit::<TenantPut>(settings()).await.map(|_| ());
    let made = NewConsumer::new("outcomes", Start::Beginning);
    let made = client.events().make_durable(made).await.map(|_| ());
    let replayed = client.events().replay(Start::Beginning).await.map(|_| ());
    let now = client.events().replay(Start::Now).await.map(|_| ());
    for (ended, stream) in [
        (stored, "PLANSYNC_COMMANDS"),
        (made, "PLANSYNC_EVENTS"),
        (replayed, "PLANSYNC_EVENTS"),
        (now, "PLANSYNC_EVENTS"),
    ] {
        let error = ended.unwrap_err();
        assert!(
            matches!(&error, Error::NoStream { name } if name == stream),
            "{error:?}"
        );
        assert!(error.to_string().contains("start plansync once"), "{error}");
        assert!(!error.is_transient(), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_to_which_the_service_does_not_reply_is_refused() {
    let nats = NatsServer::start();
    let options = ConnectOptions::new().custom_inbox_prefix("_MINE");
    let (tenant, system) = ("northgate".parse().unwrap(), "system".parse().unwrap());
    let connected = Client::connect(nats.url(), options, tenant, system).await;
    assert!(argument(connected).contains("_INBOX."));
}
