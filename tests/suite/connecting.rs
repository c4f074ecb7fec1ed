//! The ways to connect that the `nats` tool has: options, variables, contexts, and TLS first.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use async_nats::ConnectOptions;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::StreamExt as _;
use plansync_tests::binary::command;
use plansync_tests::engine::{Engine, wait_until_ready};
use plansync_tests::nats::NatsServer;
use plansync_tests::program::{Ended, run_in};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Who may connect, as a nats-server reads it: a user, and an nkey.
fn users(nkey: &nkeys::KeyPair) -> String {
    let nkey = nkey.public_key();
    format!(
        "authorization {{ users: [ {{ user: ann, password: secret }}, {{ nkey: {nkey} }} ] }}\n"
    )
}

/// A server, somebody who answers there, and the folder of a person.
struct World {
    nats: NatsServer,
    home: TempDir,
}

impl World {
    /// A server with this configuration, at which `user` (what stands before the `@`) answers.
    async fn new(configuration: &str, user: &str) -> Self {
        let world = Self::silent(configuration);
        let options = match user.split_once(':') {
            Some((name, password)) => {
                ConnectOptions::with_user_and_password(name.to_owned(), password.to_owned())
            }
            None => ConnectOptions::with_token(user.to_owned()),
        };
        answer_everything(options, &world.nats.url()).await;
        world
    }

    /// A server with this configuration, at which nobody answers.
    fn silent(configuration: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("nats.conf");
        std::fs::write(&path, configuration).unwrap();
        let nats = NatsServer::start_with(&path);
        let world = Self { nats, home };
        std::fs::create_dir_all(world.path("nats/context")).unwrap();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn url(&self, user: &str) -> String {
        self.nats.url().replace("//", &format!("//{user}@"))
    }

    /// A server that knows a user and an nkey, whose seed is in a file.
    async fn with_users() -> Self {
        let nkey = nkeys::KeyPair::new_user();
        let world = Self::new(&users(&nkey), "ann:secret").await;
        std::fs::write(world.path("ann.nk"), nkey.seed().unwrap()).unwrap();
        world
    }

    /// Writes a context of the nats tool.
    fn context(&self, name: &str, settings: &Value) {
        let path = self.path(&format!("nats/context/{name}.json"));
        std::fs::write(path, settings.to_string()).unwrap();
    }

    /// Asks something, with these in the environment.
    fn ask(&self, environment: &[(&str, &str)], options: &[&str]) -> Ended {
        let home = self.home.path().to_str().unwrap();
        let environment = [&[("XDG_CONFIG_HOME", home), ("KEYS", home)], environment].concat();
        let asked = [
            "request",
            "tenant.get",
            "{}",
            "--tenant",
            "acme",
            "--as",
            "system",
            "--timeout",
            "5",
        ];
        run_in(&environment, &[&asked, options].concat())
    }

    #[track_caller]
    fn connects(&self, environment: &[(&str, &str)], options: &[&str]) {
        let ended = self.ask(environment, options);
        assert_eq!(ended.code, Some(0), "{environment:?} {options:?} {ended:?}");
    }

    /// Is refused as a wrong argument, for a reason that has these words.
    #[track_caller]
    fn is_wrong(&self, environment: &[(&str, &str)], options: &[&str], words: &[&str]) {
        let ended = self.ask(environment, options);
        assert_eq!(ended.code, Some(2), "{environment:?} {options:?} {ended:?}");
        for word in words {
            assert!(ended.err.contains(word), "{word} {ended:?}");
        }
    }
}

/// Answers every request with the settings of a tenant.
async fn answer_everything(options: ConnectOptions, url: &str) {
    let client = options.connect(url).await.unwrap();
    let mut requests = client.subscribe("plansync.v1.req.>").await.unwrap();
    client.flush().await.unwrap();
    let body = json!({ "marking_aid": false, "owner_rule": "keep", "record_idle_hours": 24 });
    tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            let reply = request.reply.unwrap();
            client
                .publish(reply, body.to_string().into())
                .await
                .unwrap();
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_and_an_nkey_come_from_options_and_from_variables() {
    let world = World::with_users().await;
    let (url, nkey) = (world.nats.url(), world.path("ann.nk"));
    let nkey = nkey.to_str().unwrap();
    let whole = world.url("ann:secret");
    world.connects(&[("NATS_URL", &whole)], &[]);
    world.connects(&[], &["--nats-url", &whole]);
    let at = ("NATS_URL", url.as_str());
    world.connects(
        &[at, ("NATS_USER", "ann"), ("NATS_PASSWORD", "secret")],
        &[],
    );
    world.connects(&[at], &["--nats-user", "ann", "--nats-password", "secret"]);
    world.connects(&[at, ("NATS_NKEY", nkey)], &[]);
    world.connects(&[at], &["--nkey", nkey]);
    let nobody = world.ask(&[at], &[]);
    assert_eq!(nobody.code, Some(3), "{nobody:?}");
    // Each address with a user of its own; nothing listens at the first.
    let several = format!("nats://ben:other@127.0.0.1:1,{whole}");
    world.connects(&[], &["--nats-url", &several]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_comes_from_the_address_an_option_or_a_variable() {
    let world = World::new("authorization { token: t0ken }\n", "t0ken").await;
    let at = ("NATS_URL", &*world.nats.url());
    world.connects(&[("NATS_URL", &world.url("t0ken"))], &[]);
    world.connects(&[at], &["--nats-token", "t0ken"]);
    world.connects(&[at, ("NATS_TOKEN", "t0ken")], &[]);
    // As for the nats tool, a user without a password is a token.
    world.connects(&[at, ("NATS_USER", "t0ken")], &[]);
    world.context("tok", &json!({ "url": world.nats.url(), "token": "t0ken" }));
    world.connects(&[], &["--context", "tok"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_is_named_by_an_option_a_variable_or_its_selection() {
    let world = World::with_users().await;
    let url = world.nats.url();
    world.context(
        "ann",
        &json!({ "url": url, "user": "ann", "password": "secret" }),
    );
    world.context(
        "key",
        &json!({ "url": url, "nkey": "$KEYS/ann.nk", "inbox_prefix": "_INBOX.k" }),
    );
    world.context(
        "old",
        &json!({ "url": url, "user": "ann", "password": "old" }),
    );
    world.context(
        "away",
        &json!({ "url": "nats://127.0.0.1:1", "user": "ann", "password": "secret" }),
    );
    world.connects(&[], &["--context", "ann"]);
    world.connects(&[("NATS_CONTEXT", "key")], &[]);
    let file = world.path("nats/context/ann.json");
    world.connects(&[], &["--context", file.to_str().unwrap()]);
    // An option or a variable has precedence over the context.
    world.connects(&[("NATS_CONTEXT", "old")], &["--context", "ann"]);
    world.connects(&[("NATS_PASSWORD", "secret")], &["--context", "old"]);
    world.connects(&[("NATS_URL", &url)], &["--context", "away"]);
    std::fs::write(world.path("nats/context.txt"), "key\n").unwrap();
    world.connects(&[], &[]);
    // Where an address is given, the selected context has no say.
    std::fs::write(world.path("nats/context.txt"), "none").unwrap();
    world.connects(&[("NATS_URL", &world.url("ann:secret"))], &[]);
    world.is_wrong(&[], &[], &["`none`", "context.txt", "nats context select"]);
    let away = world.ask(&[], &["--context", "away"]);
    assert_eq!(away.code, Some(3), "{away:?}");
    assert!(
        away.err.contains("context `away`") && away.err.contains("away.json"),
        "{away:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_by_its_option_or_file() {
    let world = World::with_users().await;
    let at = ("NATS_URL", &*world.nats.url());
    world.is_wrong(&[], &["--nats-url", ""], &["--nats-url", "empty"]);
    world.is_wrong(
        &[],
        &["--nats-url", "nats://ann:s3cret@:x"],
        &["--nats-url"],
    );
    let shown = world.ask(&[], &["--nats-url", "nats://ann:s3cret@:x"]);
    assert!(!shown.err.contains("s3cret"), "{shown:?}");
    for prefix in ["", "a b", "a..b", "a.>"] {
        world.is_wrong(&[at], &["--inbox-prefix", prefix], &["--inbox-prefix"]);
    }
    world.is_wrong(&[], &["--context", "none"], &["`none`", "none.json"]);
    world.is_wrong(&[], &["--context", "../x"], &["../x", "--context"]);
    std::fs::write(world.path("nats/context/bad.json"), "{").unwrap();
    world.is_wrong(&[], &["--context", "bad"], &["bad.json"]);
    world.context("nsc", &json!({ "nsc": "nsc://o/a/u" }));
    world.is_wrong(&[], &["--context", "nsc"], &["`nsc`", "nsc.json"]);
    world.is_wrong(&[at], &["--nkey", "/nowhere"], &["--nkey", "/nowhere"]);
    let conf = world.path("nats.conf");
    world.is_wrong(
        &[at],
        &["--nkey", conf.to_str().unwrap()],
        &["nats.conf", "seed"],
    );
    let both = ["--nkey", "a", "--nats-creds", "b"];
    world.is_wrong(&[at], &both, &["--nkey", "--nats-creds"]);
    world.is_wrong(
        &[at, ("NATS_USER", "ann")],
        &["--nkey", "a"],
        &["--nkey", "--nats-user"],
    );
}

/// A JWT as a nats-server reads it: who is meant, and who says so.
fn jwt(of: &nkeys::KeyPair, by: &nkeys::KeyPair, claims: &Value) -> String {
    let body = json!({
        "jti": "1", "iat": 1, "name": "x", "iss": by.public_key(), "sub": of.public_key(), "nats": claims,
    });
    let header = json!({ "typ": "JWT", "alg": "ed25519-nkey" });
    let [header, body] = [header, body].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let text = format!("{header}.{body}");
    let signature = URL_SAFE_NO_PAD.encode(by.sign(text.as_bytes()).unwrap());
    format!("{text}.{signature}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_a_jwt_comes_from_a_credentials_file_or_a_context() {
    let (operator, account) = (
        nkeys::KeyPair::new_operator(),
        nkeys::KeyPair::new_account(),
    );
    let user = nkeys::KeyPair::new_user();
    let limits = json!({
        "subs": -1, "data": -1, "payload": -1, "conn": -1, "leaf": -1, "imports": -1, "exports": -1,
        "wildcards": true,
    });
    let of_operator = json!({ "type": "operator", "version": 2 });
    let of_account = json!({ "type": "account", "version": 2, "limits": limits });
    let of_user = json!({ "type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1 });
    let world = World::silent(&format!(
        "operator: {}\nresolver: MEMORY\nresolver_preload: {{ {}: {} }}\n",
        jwt(&operator, &operator, &of_operator),
        account.public_key(),
        jwt(&account, &operator, &of_account),
    ));
    let (jwt, seed) = (jwt(&user, &account, &of_user), user.seed().unwrap());
    let creds = format!(
        "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    );
    let url = world.nats.url();
    answer_everything(ConnectOptions::with_credentials(&creds).unwrap(), &url).await;
    let file = world.path("ann.creds");
    std::fs::write(&file, creds).unwrap();
    let (at, file) = (("NATS_URL", url.as_str()), file.to_str().unwrap());
    world.connects(&[at], &["--nats-creds", file]);
    world.connects(&[at, ("NATS_CREDS", file)], &[]);
    world.context("file", &json!({ "url": url, "creds": "${KEYS}/ann.creds" }));
    world.connects(&[], &["--context", "file"]);
    world.context(
        "jwt",
        &json!({ "url": url, "user_jwt": jwt, "user_seed": seed }),
    );
    world.connects(&[], &["--context", "jwt"]);
    world.context(
        "half",
        &json!({ "url": url, "user_jwt": jwt, "user_seed": "SU" }),
    );
    world.is_wrong(&[], &["--context", "half"], &["seed", "half.json"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_says_that_no_service_runs() {
    let nats = NatsServer::start();
    let mut watch = command()
        .args(["watch", "--tenant", "acme", "--nats-url", &nats.url()])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(watch.stderr.take().unwrap());
    lines.read_line(&mut said).unwrap();
    watch.kill().unwrap();
    watch.wait().unwrap();
    assert!(said.contains("no plansync service runs"), "{said}");
}

/// A certificate of the server's own, which clients trust.
fn certificate(folder: &Path) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    std::fs::write(folder.join("server.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_can_begin_before_the_server_says_anything() {
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path());
    let path = folder.path().join("nats.conf");
    let (ca, files) = (folder.path().join("server.pem"), folder.path().display());
    let configuration = format!(
        "jetstream {{ store_dir: $NATS_STORE }}\n\
         tls {{ cert_file: \"{files}/server.pem\", key_file: \"{files}/server.key\", \
         handshake_first: true }}\n"
    );
    std::fs::write(&path, configuration).unwrap();
    let nats = NatsServer::start_with(&path);
    let ca = ca.to_str().unwrap();
    let context = folder.path().join("first.json");
    let settings = json!({ "url": nats.url(), "ca": ca, "tls_first": true });
    std::fs::write(&context, settings.to_string()).unwrap();
    let data = folder.path().join("data");
    // The engine, by a context; its clients, by options.
    let engine = command()
        .args(["serve", "--context", context.to_str().unwrap(), "--data"])
        .arg(&data)
        .spawn();
    let engine = Engine::of(engine.unwrap());
    let tls = ["--nats-url", &nats.url(), "--tls-ca", ca];
    let put = r#"{"marking_aid":false,"owner_rule":"keep"}"#;
    let asked = [
        "request",
        "tenant.put",
        put,
        "--tenant",
        "acme",
        "--as",
        "system",
    ];
    let until = std::time::Instant::now() + std::time::Duration::from_mins(2);
    loop {
        let ended = run_in(&[], &[&asked[..], &tls, &["--tls-first"]].concat());
        if ended.code == Some(0) {
            break;
        }
        assert!(std::time::Instant::now() < until, "{ended:?}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    // Both wait for the other to begin.
    let late = run_in(&[], &[&asked[..], &tls, &["--timeout", "1"]].concat());
    assert_eq!(late.code, Some(3), "{late:?}");
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_uses_no_context_that_its_command_line_does_not_name() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    std::fs::create_dir_all(folder.path().join("nats/context")).unwrap();
    std::fs::write(folder.path().join("nats/context.txt"), "away").unwrap();
    let engine = command()
        .args(["serve", "--data"])
        .arg(folder.path().join("data"))
        .env("XDG_CONFIG_HOME", folder.path())
        .env("NATS_CONTEXT", "away")
        .env("NATS_URL", nats.url())
        .spawn();
    let engine = Engine::of(engine.unwrap());
    wait_until_ready(&nats.url()).await;
    assert_eq!(engine.terminate(), Some(0));
}
