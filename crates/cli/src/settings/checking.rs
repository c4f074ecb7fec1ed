//! Checks what a settings file says against the options: every key, type and value, and all of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::definition::{Definition, Kind, TABLES};
use super::file::Text;
use super::layers::FileValue;
use super::places::home;
use super::problem::{Position, Problem};
use super::replacing::{LOGIN, URL, has_login};
use super::suggestion;
use crate::terminal;

/// A user without a password is a token.
const USER: &str = "nats.user";
/// What the library says of a key that is there already: the rest of the file is understood all the same.
const DUPLICATE: &str = "duplicate key";
const IS_DUPLICATE: &str = "this key is in the table already; keep one of them";

/// A settings file that was read and checked.
#[derive(Debug, Clone)]
pub(crate) struct CheckedFile {
    pub(crate) path: PathBuf,
    /// By the keys of settings.
    pub(super) values: BTreeMap<&'static str, FileValue>,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
}

/// Checks a file, and finds all problems.
pub(super) fn checked(definitions: &[Definition], path: &Path, file: &Text) -> CheckedFile {
    let text = &*file.text;
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut check = Check {
        definitions,
        path,
        text,
        found: BTreeMap::new(),
        problems: Vec::new(),
    };
    check.root(table.get_ref());
    check.one_login();
    let (mut problems, found) = (check.problems, check.found);
    let errors: Vec<_> = errors
        .iter()
        .map(|error| syntax(path, text, error))
        .collect();
    problems.retain(|problem| !is_misread(text, &errors, problem));
    problems.extend(errors);
    problems.sort_by_key(|problem| problem.at);
    let warnings = match secret(definitions, &found).filter(|_| file.is_public) {
        Some((key, at)) => vec![Problem::at(path, at, public(key)).warning()],
        None => Vec::new(),
    };
    CheckedFile {
        path: path.to_owned(),
        values: (found.into_iter())
            .map(|(key, (raw, at))| (key, FileValue::new(raw, path, at.line)))
            .collect(),
        problems,
        warnings,
    }
}

fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> Problem {
    let at = Position::of(text, error.span().map_or(text.len(), |span| span.start));
    let what = match error.message() {
        DUPLICATE => IS_DUPLICATE.to_owned(),
        other => format!("this is not TOML: {other}"),
    };
    Problem::at(path, at, what)
}

/// Whether a problem may only follow from an error of syntax: one on the same line, or in the name of the table in
/// which it may be.
fn is_misread(text: &str, errors: &[Problem], problem: &Problem) -> bool {
    let is_table = |line: usize| {
        let line = text.lines().nth(line - 1);
        line.is_some_and(|line| line.trim_start().starts_with('['))
    };
    let place = problem.at;
    let errors = errors.iter().filter(|error| error.what != IS_DUPLICATE);
    let mut places = errors.filter_map(|error| Some((error.at?, place?)));
    places
        .any(|(error, at)| error.line == at.line || (error.line < at.line && is_table(error.line)))
}

fn public(key: &str) -> String {
    format!(
        "`{key}` is secret, and every user of this machine can read the file; run `chmod o-r` on it, or name a file \
         that has the secret"
    )
}

/// The first secret of a file.
fn secret(definitions: &[Definition], found: &Found) -> Option<(&'static str, Position)> {
    let is_secret = |key: &str, value: &str| match key {
        URL => has_login(value),
        USER => !found.contains_key("nats.password"),
        _ => (definitions.iter()).any(|it| it.key == key && it.is_secret()),
    };
    let secrets = found
        .iter()
        .filter(|(key, (value, _))| is_secret(key, value));
    let secrets = secrets.map(|(key, (_, at))| (*key, *at));
    secrets.min_by_key(|(_, at)| *at)
}

/// Values with the places of their keys.
type Found = BTreeMap<&'static str, (String, Position)>;

/// A file that is being checked.
struct Check<'a> {
    definitions: &'a [Definition],
    path: &'a Path,
    text: &'a str,
    found: Found,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn wrong(&mut self, byte: usize, what: String) {
        let at = Position::of(self.text, byte);
        self.problems.push(Problem::at(self.path, at, what));
    }

    fn root(&mut self, root: &DeTable<'_>) {
        for (key, value) in root {
            let (name, byte) = (&**key.get_ref(), key.span().start);
            let is_table = TABLES.iter().any(|(table, _)| *table == name);
            match value.get_ref() {
                DeValue::Table(table) if is_table => self.table(name, table),
                DeValue::Table(_) => {
                    let meant = suggestion::table(name).map(|table| format!("[{table}]"));
                    self.wrong(byte, unknown("table", name, meant.as_deref()));
                }
                DeValue::String(_)
                | DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_)
                | DeValue::Array(_) => {
                    if is_table {
                        self.wrong(byte, format!("`{name}` is a table; write [{name}]"));
                    } else {
                        self.unknown("", name, byte);
                    }
                }
            }
        }
    }

    fn table(&mut self, table: &str, entries: &DeTable<'_>) {
        for (key, value) in entries {
            let (name, byte) = (&**key.get_ref(), key.span().start);
            let definition =
                (self.definitions.iter()).find(|it| it.table() == table && it.name() == name);
            match definition {
                Some(definition) => self.value(definition, byte, value),
                None => self.unknown(table, name, byte),
            }
        }
    }

    fn unknown(&mut self, table: &str, name: &str, byte: usize) {
        let meant = suggestion::setting(self.definitions, table, name);
        let meant = meant.map(|key| match key.split_once('.') {
            Some((of, name)) if of == table => format!("`{name}`"),
            Some((of, name)) => format!("`{name}` in [{of}]"),
            None => format!("`{key}`"),
        });
        self.wrong(byte, unknown("key", name, meant.as_deref()));
    }

    fn value(&mut self, definition: &Definition, key: usize, value: &Spanned<DeValue<'_>>) {
        let byte = value.span().start;
        let raw = match raw(definition, value.get_ref(), self.path) {
            Ok(raw) => raw,
            Err(what) => return self.wrong(byte, what),
        };
        match definition.check(raw.as_ref()) {
            Ok(()) => {
                let at = Position::of(self.text, key);
                self.found.insert(definition.key, (raw, at));
            }
            Err(why) => {
                let value = if definition.is_secret() {
                    "have this value".to_owned()
                } else {
                    format!("be `{}`", terminal::line(&raw))
                };
                self.wrong(
                    byte,
                    format!("`{}` cannot {value}: {why}", definition.name()),
                );
            }
        }
    }

    /// Refuses a second way to log in, as for options.
    fn one_login(&mut self) {
        let given = LOGIN
            .iter()
            .filter_map(|key| Some((*key, self.found.get(key)?.1)));
        let mut given: Vec<_> = given.collect();
        given.sort_by_key(|(_, at)| *at);
        if let [(first, _), further @ ..] = &*given {
            for (key, at) in further {
                let what =
                    format!("`{key}` and `{first}` are two ways to log in; keep one of them");
                self.problems.push(Problem::at(self.path, *at, what));
            }
        }
    }
}

fn unknown(what: &str, name: &str, meant: Option<&str>) -> String {
    let name = terminal::line(name);
    match meant {
        Some(meant) => format!("there is no {what} `{name}`; did you mean {meant}?"),
        None => {
            format!("there is no {what} `{name}`; `plansync config init -` prints all settings")
        }
    }
}

/// The value as an option takes it.
fn raw(definition: &Definition, value: &DeValue<'_>, file: &Path) -> Result<String, String> {
    let raw = match (definition.kind(), value) {
        (Kind::Text, DeValue::String(text)) => Some(text.to_string()),
        (Kind::Path, DeValue::String(text)) => Some(path(text, file)),
        (Kind::Switch, DeValue::Boolean(is_on)) => Some(is_on.to_string()),
        (Kind::Number, DeValue::Integer(number)) => {
            let decimal = i128::from_str_radix(number.as_str(), number.radix());
            Some(decimal.map_or_else(|_| number.to_string(), |number| number.to_string()))
        }
        (Kind::Fraction, DeValue::Float(number)) => Some(number.as_str().to_owned()),
        (Kind::Fraction, DeValue::Integer(number)) => Some(number.as_str().to_owned()),
        _ => None,
    };
    raw.ok_or_else(|| {
        let needed = match definition.kind() {
            Kind::Text | Kind::Path => "a text in quotes",
            Kind::Number => "a whole number without quotes",
            Kind::Fraction => "a number without quotes",
            Kind::Switch => "true or false, without quotes",
        };
        let meant = meant(definition, value);
        let meant = meant.map(|it| format!("; write {} = {it}", definition.name()));
        format!(
            "`{}` needs {needed}; this is {}{}",
            definition.name(),
            form(value),
            meant.unwrap_or_default()
        )
    })
}

/// The value as it is probably meant, if it is a number that is a text here, and the option takes it.
fn meant(definition: &Definition, value: &DeValue<'_>) -> Option<String> {
    let DeValue::Integer(number) = value else {
        return None;
    };
    let (number, is_decimal) = (number.as_str(), number.radix() == 10);
    let is_meant = is_decimal
        && definition.kind() == Kind::Text
        && !definition.is_secret()
        && definition.check(number.as_ref()).is_ok();
    is_meant.then(|| definition.written(number))
}

fn form(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A path of the file: `~/` is the home folder, and relative ones start in the folder of the file.
fn path(text: &str, file: &Path) -> String {
    if text.is_empty() {
        return String::new();
    }
    let within = text
        .strip_prefix("~/")
        .and_then(|rest| Some(home()?.join(rest)));
    let path = within.unwrap_or_else(|| match file.parent() {
        Some(folder) => folder.join(text),
        None => text.into(),
    });
    path.to_string_lossy().into_owned()
}
