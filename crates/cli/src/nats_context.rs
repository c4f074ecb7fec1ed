//! Contexts of the `nats` tool: connections that are described in files, so that every program of a person
//! connects in the same way.
//!
//! The files are `nats/context/<name>.json` in the folder for settings (`$XDG_CONFIG_HOME`, or `~/.config`),
//! and `nats/context.txt` has the name of the selected one. They are only read. Settings that do not concern
//! the connection are ignored; settings that would change it and that are not supported are refused.

use std::path::{Path, PathBuf};

use plansync_nats::Login;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::exit::NotUnderstood;
use crate::settings::{home, user_folder};

/// A context, and where it was read.
#[derive(Debug, Clone)]
pub(crate) struct NatsContext {
    name: String,
    path: PathBuf,
    settings: Settings,
}

/// The settings in the file; an empty text is one that is not set.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Settings {
    url: String,
    token: String,
    user: String,
    password: String,
    creds: String,
    nkey: String,
    cert: String,
    key: String,
    ca: String,
    nsc: String,
    socks_proxy: String,
    jetstream_domain: String,
    jetstream_api_prefix: String,
    inbox_prefix: String,
    user_jwt: String,
    user_seed: String,
    tls_first: bool,
    windows_cert_store: String,
}

/// The context with a name, or in a file with an absolute path.
pub(crate) fn named(name: &str) -> Result<NatsContext, NotUnderstood> {
    let given = Path::new(name);
    if given.is_absolute() {
        return read(name, given.to_owned());
    }
    let is_name = !name.is_empty() && !name.contains("..") && !name.contains(['/', '\\']);
    if !is_name {
        return Err(NotUnderstood(format!(
            "`{name}` is not the name of a context of the nats tool (`--context`, NATS_CONTEXT); \
             `nats context ls` lists the names"
        )));
    }
    let folder = folder().ok_or_else(|| {
        NotUnderstood(format!(
            "the context `{name}` cannot be found without a home folder; set HOME or XDG_CONFIG_HOME, or \
             give the absolute path of its file"
        ))
    })?;
    read(name, folder.join("context").join(format!("{name}.json")))
}

/// The name of the selected context, and the file that has it; `None` if none is selected.
pub(crate) fn selection() -> Result<Option<(String, PathBuf)>, NotUnderstood> {
    let Some(file) = folder().map(|folder| folder.join("context.txt")) else {
        return Ok(None);
    };
    match std::fs::read_to_string(&file) {
        Ok(name) => {
            let name = name.trim().to_owned();
            Ok((!name.is_empty()).then_some((name, file)))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(NotUnderstood(format!(
            "{} has the selected context of the nats tool and cannot be read ({error}); mend it, or \
             give `--nats-url` or `--context`",
            file.display()
        ))),
    }
}

/// The selected context; `None` if none is selected.
pub(crate) fn selected() -> Result<Option<NatsContext>, NotUnderstood> {
    let Some((name, file)) = selection()? else {
        return Ok(None);
    };
    let context = named(&name).map_err(|NotUnderstood(why)| {
        NotUnderstood(format!(
            "{why}; it is the selected context ({}): select another one with `nats context select`, or give \
             `--nats-url` or `--context`",
            file.display()
        ))
    })?;
    Ok(Some(context))
}

/// The folder of the nats tool.
fn folder() -> Option<PathBuf> {
    Some(user_folder()?.join("nats"))
}

fn read(name: &str, path: PathBuf) -> Result<NatsContext, NotUnderstood> {
    let failed = |why: &dyn std::fmt::Display| {
        NotUnderstood(format!(
            "the context `{name}` cannot be read from {}: {why}",
            path.display()
        ))
    };
    let text = std::fs::read(&path).map_err(|error| failed(&error))?;
    // A list of values would be taken for the settings in their order.
    let settings: Map<String, Value> =
        serde_json::from_slice(&text).map_err(|error| failed(&error))?;
    let settings = Settings::deserialize(Value::Object(settings));
    let settings = settings.map_err(|error| failed(&error))?;
    let context = NatsContext {
        name: name.to_owned(),
        settings,
        path,
    };
    context.check()?;
    Ok(context)
}

impl NatsContext {
    /// Refuses what cannot be done, rather than connect in another way than the nats tool would.
    fn check(&self) -> Result<(), NotUnderstood> {
        let settings = &self.settings;
        let unsupported = [
            (
                "nsc",
                &settings.nsc,
                "give a credentials file as `creds` instead",
            ),
            (
                "socks_proxy",
                &settings.socks_proxy,
                "connect without a proxy",
            ),
            (
                "windows_cert_store",
                &settings.windows_cert_store,
                "give files as `cert`, `key` and `ca` instead",
            ),
            (
                "jetstream_domain",
                &settings.jetstream_domain,
                "connect to a server of that domain instead",
            ),
            (
                "jetstream_api_prefix",
                &settings.jetstream_api_prefix,
                "connect to the account that has the streams instead",
            ),
        ];
        for (setting, value, advice) in unsupported {
            if !value.is_empty() {
                return Err(self.wrong(setting, &format!("is not supported by plansync; {advice}")));
            }
        }
        for (setting, value) in self.references() {
            if let Some((scheme, _)) = value
                .split_once("://")
                .filter(|(scheme, _)| *scheme != "file")
            {
                let why = format!("refers to `{scheme}://`; plansync reads files only");
                return Err(self.wrong(setting, &why));
            }
        }
        if self
            .url()
            .is_some_and(|url| plansync_nats::check_addresses(url).is_err())
        {
            return Err(self.wrong("url", "is no address of a NATS server"));
        }
        if let Some(prefix) = self.inbox_prefix()
            && let Err(why) = crate::connecting::inbox_prefix(prefix)
        {
            return Err(self.wrong("inbox_prefix", &why));
        }
        Ok(())
    }

    fn wrong(&self, setting: &str, why: &str) -> NotUnderstood {
        NotUnderstood(format!("`{setting}` {why} ({self})"))
    }

    /// The settings that can refer to something outside the file.
    fn references(&self) -> [(&'static str, &str); 9] {
        let settings = &self.settings;
        [
            ("creds", &settings.creds),
            ("nkey", &settings.nkey),
            ("cert", &settings.cert),
            ("key", &settings.key),
            ("ca", &settings.ca),
            ("token", &settings.token),
            ("password", &settings.password),
            ("user_jwt", &settings.user_jwt),
            ("user_seed", &settings.user_seed),
        ]
        .map(|(setting, value)| (setting, value.as_str()))
    }

    pub(crate) fn url(&self) -> Option<&str> {
        given(&self.settings.url)
    }

    /// As whom to connect: the first that is set, in the order of the nats tool. `password` replaces the one
    /// in the file.
    pub(crate) fn login(&self, password: Option<&str>) -> Login {
        let settings = &self.settings;
        if let Some(name) = given(&settings.user) {
            return Login::User {
                name: name.to_owned(),
                password: password.unwrap_or(&settings.password).to_owned(),
            };
        }
        if let Some(file) = path(&settings.creds) {
            return Login::Creds(file);
        }
        if let Some(file) = path(&settings.nkey) {
            return Login::Nkey(file);
        }
        if let Some(jwt) = given(&settings.user_jwt) {
            return Login::Jwt {
                jwt: jwt.to_owned(),
                seed: given(&settings.user_seed).map(str::to_owned),
            };
        }
        given(&settings.token).map_or(Login::InAddress, |token| Login::Token(token.to_owned()))
    }

    pub(crate) fn tls_ca(&self) -> Option<PathBuf> {
        path(&self.settings.ca)
    }

    pub(crate) fn tls_cert(&self) -> Option<PathBuf> {
        path(&self.settings.cert)
    }

    pub(crate) fn tls_key(&self) -> Option<PathBuf> {
        path(&self.settings.key)
    }

    pub(crate) fn inbox_prefix(&self) -> Option<&str> {
        given(&self.settings.inbox_prefix)
    }

    pub(crate) fn is_tls_first(&self) -> bool {
        self.settings.tls_first
    }
}

impl std::fmt::Display for NatsContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "context `{}`, {}", self.name, self.path.display())
    }
}

fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The path in a setting, with `~` and variables replaced as the nats tool does.
fn path(text: &str) -> Option<PathBuf> {
    let text = text.strip_prefix("file://").unwrap_or(text);
    let expanded = expanded(given(text)?, |name| std::env::var(name).unwrap_or_default());
    match expanded.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            Some(home()?.join(rest.trim_start_matches('/')))
        }
        Some(_) | None => Some(expanded.into()),
    }
}

/// Replaces `$NAME` and `${NAME}`; a variable that is not set is empty.
fn expanded(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut parts = text.split('$');
    let mut expanded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let braced = part.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let (name, rest) = braced.unwrap_or_else(|| {
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            part.split_at(part.find(|c| !is_part(c)).unwrap_or(part.len()))
        });
        if name.is_empty() {
            expanded.push('$');
        } else {
            expanded.push_str(&value(name));
        }
        expanded.push_str(rest);
    }
    expanded
}

#[cfg(test)]
mod tests {
    use plansync_nats::Login;
    use serde_json::{Value, json};

    use super::{NatsContext, NotUnderstood, expanded, named, read};

    fn context(settings: &Value) -> Result<NatsContext, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prod.json");
        std::fs::write(&path, settings.to_string()).unwrap();
        read("prod", path).map_err(|NotUnderstood(why)| why)
    }

    #[test]
    fn the_first_login_that_is_set_is_used() {
        let login = |settings: Value| context(&settings).unwrap().login(None);
        let all = json!({
            "user": "ann", "password": "p", "creds": "/c", "nkey": "/n", "user_jwt": "j", "user_seed": "s",
            "token": "t",
        });
        let user = Login::User {
            name: "ann".to_owned(),
            password: "p".to_owned(),
        };
        let jwt = Login::Jwt {
            jwt: "j".to_owned(),
            seed: Some("s".to_owned()),
        };
        let expected = [
            ("user", user),
            ("creds", Login::Creds("/c".into())),
            ("nkey", Login::Nkey("/n".into())),
            ("user_jwt", jwt),
            ("token", Login::Token("t".to_owned())),
        ];
        let mut settings = all;
        for (setting, expected) in expected {
            assert_eq!(login(settings.clone()), expected, "{setting}");
            settings[setting] = json!("");
        }
        assert_eq!(login(settings), Login::InAddress);
    }

    #[test]
    fn a_password_replaces_the_one_in_the_file() {
        let settings = json!({ "user": "ann", "password": "old" });
        let expected = Login::User {
            name: "ann".to_owned(),
            password: "new".to_owned(),
        };
        assert_eq!(context(&settings).unwrap().login(Some("new")), expected);
    }

    #[test]
    fn what_is_not_supported_is_refused_by_its_name_and_file() {
        let cases = [
            json!({ "nsc": "nsc://o/a/u" }),
            json!({ "socks_proxy": "socks://h" }),
            json!({ "jetstream_domain": "hub" }),
            json!({ "creds": "op://vault/item" }),
            json!({ "inbox_prefix": "a..b" }),
            json!({ "url": "http://host" }),
        ];
        for settings in cases {
            let why = context(&settings).unwrap_err();
            let setting = settings.as_object().unwrap().keys().next().unwrap();
            assert!(why.contains(&format!("`{setting}`")), "{why}");
            assert!(why.contains("prod.json"), "{why}");
        }
        for settings in [
            json!({ "url": 7 }),
            json!([]),
            json!(["nats://a"]),
            json!(null),
            json!("nats://a"),
        ] {
            let why = context(&settings).unwrap_err();
            assert!(why.contains("prod.json"), "{why}");
        }
        context(&json!({ "description": "x", "color_scheme": "red", "later": {} })).unwrap();
    }

    #[test]
    fn a_name_stays_in_its_folder() {
        for name in ["", "..", "a/b", "../a"] {
            assert!(named(name).is_err(), "{name}");
        }
    }

    #[test]
    fn variables_are_replaced() {
        let value = |name: &str| if name == "KEYS" { "/k" } else { "" }.to_owned();
        for (text, expected) in [
            ("$KEYS/a.nk", "/k/a.nk"),
            ("${KEYS}a", "/ka"),
            ("/x/$NONE/y", "/x//y"),
            ("/plain", "/plain"),
            ("a$", "a$"),
        ] {
            assert_eq!(expanded(text, value), expected);
        }
    }
}
