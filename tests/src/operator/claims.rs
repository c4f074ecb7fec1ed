//! What calls of `nsc` mean for the claims of accounts and users.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A call of `nsc`.
pub(super) struct Call {
    /// Its first two words.
    pub(super) verb: String,
    options: BTreeMap<String, String>,
}

impl Call {
    /// Reads the noted arguments.
    pub(super) fn parse(line: &str) -> Self {
        let mut words = line.split_terminator('\u{1f}');
        let mut verb = || words.next().unwrap().to_owned();
        let verb = format!("{} {}", verb(), verb());
        let words: Vec<_> = words.collect();
        let mut options = BTreeMap::new();
        for (place, word) in words.iter().enumerate() {
            let Some(name) = word.strip_prefix("--") else {
                continue;
            };
            let value = words
                .get(place + 1)
                .filter(|value| !value.starts_with("--"));
            options.insert(
                name.to_owned(),
                value.copied().unwrap_or_default().to_owned(),
            );
        }
        Self { verb, options }
    }

    pub(super) fn get(&self, name: &str) -> Option<&String> {
        self.options.get(name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.options.contains_key(name)
    }

    pub(super) fn option(&self, name: &str) -> &str {
        match self.get(name) {
            Some(value) => value,
            None => panic!("`nsc {}` has no --{name}", self.verb),
        }
    }
}

/// An account as its calls describe it.
#[derive(Default)]
pub(super) struct Account {
    pub(super) has_jetstream: bool,
    pub(super) imports: Vec<Value>,
    exports: Vec<Value>,
}

impl Account {
    pub(super) fn export(&mut self, call: &Call) {
        if !call.has("service") {
            self.exports.push(json!({
                "name": call.option("name"),
                "subject": call.option("subject"),
                "type": "stream",
                "token_req": call.has("private"),
            }));
            return;
        }
        let response = match call.get("response-type").map(String::as_str) {
            Some("Stream") => "Stream",
            Some(other) => panic!("{other}"),
            None => "Singleton",
        };
        self.exports.push(json!({
            "name": call.option("name"),
            "subject": call.option("subject"),
            "type": "service",
            "token_req": call.has("private"),
            "response_type": response,
        }));
    }

    /// Whether the export that includes a subject is a stream or a service.
    ///
    /// # Panics
    /// If there is none, as `nsc` fails.
    pub(super) fn kind_of(&self, subject: &str) -> &'static str {
        let includes = |export: &&Value| is_within(subject, export["subject"].as_str().unwrap());
        let export = self.exports.iter().find(includes);
        match export.and_then(|export| export["type"].as_str()) {
            Some("stream") => "stream",
            Some(_) => "service",
            None => panic!("nothing that is exported includes {subject}"),
        }
    }

    pub(super) fn claims(&self) -> Value {
        let storage = if self.has_jetstream { -1 } else { 0 };
        json!({
            "type": "account",
            "version": 2,
            "limits": {
                "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1,
                "wildcards": true, "conn": -1, "leaf": -1,
                "mem_storage": storage, "disk_storage": storage, "streams": storage,
                "consumer": storage,
            },
            "default_permissions": { "pub": {}, "sub": {} },
            "imports": self.imports,
            "exports": self.exports,
        })
    }
}

/// Whether every subject that a pattern matches is matched by another one.
fn is_within(subject: &str, pattern: &str) -> bool {
    let mut tokens = subject.split('.');
    for part in pattern.split('.') {
        match (part, tokens.next()) {
            (">", Some(_)) => return true,
            ("*", Some(token)) if token != ">" => {}
            (part, Some(token)) if part == token => {}
            (_, None | Some(_)) => return false,
        }
    }
    tokens.next().is_none()
}

/// The permission of one account to import a subject.
pub(super) fn activation(subject: &str, kind: &str) -> Value {
    json!({ "type": "activation", "version": 2, "subject": subject, "kind": kind })
}

/// The import of a service or a stream.
pub(super) fn import(
    exporter: &str,
    remote: &str,
    local: &str,
    kind: &str,
    token: Option<&str>,
) -> Value {
    let mut import = json!({
        "name": remote,
        "subject": remote,
        "account": exporter,
        "local_subject": local,
        "type": kind,
    });
    if let Some(token) = token {
        import["token"] = json!(token);
    }
    import
}

/// A user who may publish and subscribe as the call says.
pub(super) fn user(call: &Call) -> Value {
    let permissions = |what: &str| {
        let mut permissions = json!({});
        for verb in ["allow", "deny"] {
            if let Some(subjects) = call.get(&format!("{verb}-{what}")) {
                permissions[verb] = subjects.split(',').collect();
            }
        }
        permissions
    };
    json!({
        "type": "user",
        "version": 2,
        "subs": -1,
        "data": -1,
        "payload": -1,
        "pub": permissions("pub"),
        "sub": permissions("sub"),
    })
}
