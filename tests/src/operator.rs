//! Operator mode: runs `deploy/nats/operator.sh`, and gives the users that it makes.
//!
//! If `PLANSYNC_NSC` names the program `nsc`, the script runs with it. Otherwise it runs with a stand-in, which notes
//! its arguments; what they mean is done here: keys, claims and signatures.

mod claims;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use serde_json::{Value, json};

use crate::nats::deployed;
use crate::socket::Socket;
use claims::{Account, Call};

/// Notes its arguments; the name of an account stands for its key.
const NSC: &str = "#!/bin/sh
if [ \"$1\" = describe ]; then echo \"\\\"$3\\\"\"; exit; fi
for argument; do printf '%s\\037' \"$argument\"; done >> \"$NSC_CALLS\"
echo >> \"$NSC_CALLS\"
";

/// The variable that names the real `nsc`.
const REAL: &str = "PLANSYNC_NSC";

/// The users of an operator, and what the server reads.
pub struct Operator {
    folder: tempfile::TempDir,
    users: BTreeMap<String, (KeyPair, String)>,
}

/// The keys and the JWTs of an operator, its accounts and its users.
struct Signed {
    key: KeyPair,
    accounts: BTreeMap<String, (KeyPair, Account)>,
    users: BTreeMap<String, (KeyPair, String)>,
}

impl Operator {
    /// Does what the script that is shipped says.
    ///
    /// # Panics
    /// If it says what is not understood.
    pub fn of_script() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let real = std::env::var_os(REAL).filter(|path| !path.is_empty());
        let users = if let Some(nsc) = &real {
            std::os::unix::fs::symlink(nsc, folder.path().join("nsc")).unwrap();
            run_script(folder.path());
            users_of_creds(folder.path())
        } else {
            Signed::of_script(folder.path())
        };
        std::fs::copy(
            deployed("operator.conf"),
            folder.path().join("operator.conf"),
        )
        .unwrap();
        Self { folder, users }
    }

    /// The configuration of the server.
    pub fn configuration(&self) -> PathBuf {
        self.folder.path().join("operator.conf")
    }

    /// The credentials file of a user.
    pub fn creds(&self, user: &str) -> PathBuf {
        creds(self.folder.path(), user)
    }

    /// A bare connection of a user.
    ///
    /// # Panics
    /// If the server does not let it in.
    pub fn socket(&self, url: &str, user: &str) -> Socket {
        let (key, token) = &self.users[user];
        let mut socket = Socket::open(url);
        let greeting = socket.greeting();
        let nonce = greeting["nonce"].as_str().unwrap();
        let signature = URL_SAFE_NO_PAD.encode(key.sign(nonce.as_bytes()).unwrap());
        let said = socket.introduce(&json!({ "jwt": token, "sig": signature }));
        assert!(!said.contains("-ERR"), "{user}: {said}");
        socket
    }
}

fn creds(folder: &Path, user: &str) -> PathBuf {
    folder.join("creds").join(format!("{user}.creds"))
}

/// Runs the script in a folder, which has the program `nsc`; that writes only there.
fn run_script(folder: &Path) {
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("bash")
        .arg(deployed("operator.sh").canonicalize().unwrap())
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", folder.display()))
        .env("NSC_CALLS", folder.join("calls"))
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_DATA_HOME", folder.join("data"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// The users whose credentials files are in a folder.
fn users_of_creds(folder: &Path) -> BTreeMap<String, (KeyPair, String)> {
    let files = std::fs::read_dir(folder.join("creds")).unwrap();
    let user = |file: std::io::Result<std::fs::DirEntry>| {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let mut secrets = text.split("-----\n").skip(1).step_by(2);
        let mut secret = || secrets.next().unwrap().lines().next().unwrap().to_owned();
        let (token, seed) = (secret(), secret());
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, (KeyPair::from_seed(&seed).unwrap(), token))
    };
    files.map(user).collect()
}

/// By the file that it was written to: the subject, the kind and the token of an activation.
type Activations = BTreeMap<String, (String, &'static str, String)>;

impl Signed {
    /// Runs the script with the stand-in, and makes what it asks for.
    fn of_script(folder: &Path) -> BTreeMap<String, (KeyPair, String)> {
        let nsc = folder.join("nsc");
        std::fs::write(&nsc, NSC).unwrap();
        std::fs::set_permissions(&nsc, std::fs::Permissions::from_mode(0o755)).unwrap();
        run_script(folder);
        let calls = std::fs::read_to_string(folder.join("calls")).unwrap();
        let mut signed = Self {
            key: KeyPair::new_operator(),
            accounts: BTreeMap::new(),
            users: BTreeMap::new(),
        };
        signed.account("SYS");
        let mut activations = BTreeMap::new();
        for line in calls.lines() {
            signed.follow(&Call::parse(line), &mut activations);
        }
        signed.write(folder);
        signed.users
    }

    fn account(&mut self, name: &str) -> &mut Account {
        let new = || (KeyPair::new_account(), Account::default());
        &mut self.accounts.entry(name.to_owned()).or_insert_with(new).1
    }

    fn key_of(&self, account: &str) -> String {
        self.accounts[account].0.public_key()
    }

    /// Does what one call asks for; `activations` are the files that were written.
    fn follow(&mut self, call: &Call, activations: &mut Activations) {
        let name = || call.option("name");
        match call.verb.as_str() {
            "add operator" | "generate config" | "generate creds" => {}
            "add account" => {
                self.account(name());
            }
            "edit account" => self.account(name()).has_jetstream = call.has("js-streams"),
            "add export" => self.account(call.option("account")).export(call),
            "generate activation" => {
                let (target, subject) = (call.option("target-account"), call.option("subject"));
                let key = self.key_of(target);
                let (exporter, account) = &self.accounts[call.option("account")];
                let kind = account.kind_of(subject);
                let token = claims::activation(subject, kind);
                let signed = sign(exporter, &key, subject, &token);
                let activation = (subject.to_owned(), kind, signed);
                activations.insert(call.option("output-file").to_owned(), activation);
            }
            "add import" => {
                let exporter = self.key_of("PLANSYNC");
                let import = if let Some(file) = call.get("token") {
                    let (subject, kind, token) = &activations[file];
                    claims::import(&exporter, subject, subject, kind, Some(token))
                } else {
                    let remote = call.option("remote-subject");
                    let local = call.option("local-subject");
                    claims::import(&exporter, remote, local, "service", None)
                };
                self.account(call.option("account")).imports.push(import);
            }
            "add user" => {
                let user = KeyPair::new_user();
                let account = &self.accounts[call.option("account")].0;
                let signed = sign(account, &user.public_key(), name(), &claims::user(call));
                self.users.insert(name().to_owned(), (user, signed));
            }
            other => panic!("the script calls `nsc {other}`, which is not understood"),
        }
    }

    /// Writes what the server and its clients read.
    fn write(&self, folder: &Path) {
        let system = self.key_of("SYS");
        let claims = json!({ "type": "operator", "version": 2, "system_account": system });
        let own = self.key.public_key();
        let mut text = format!("operator: {}\n", sign(&self.key, &own, "plansync", &claims));
        let _ = writeln!(
            text,
            "system_account: {system}\nresolver: MEMORY\nresolver_preload: {{"
        );
        for (name, (key, account)) in &self.accounts {
            let key = key.public_key();
            let signed = sign(&self.key, &key, name, &account.claims());
            let _ = writeln!(text, "    {key}: {signed}");
        }
        text.push_str("}\n");
        std::fs::write(folder.join("resolver.conf"), text).unwrap();
        for (name, (key, token)) in &self.users {
            let seed = key.seed().unwrap();
            let text = format!(
                "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
                 -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
            );
            std::fs::write(creds(folder, name), text).unwrap();
        }
    }
}

/// A JWT of these claims of NATS, as `nsc` signs it.
fn sign(issuer: &KeyPair, subject: &str, name: &str, nats: &Value) -> String {
    let claims = json!({
        "jti": format!("{subject}{name}"),
        "iat": 1_700_000_000,
        "iss": issuer.public_key(),
        "sub": subject,
        "name": name,
        "nats": nats,
    });
    let header = json!({ "typ": "JWT", "alg": "ed25519-nkey" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = issuer.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
