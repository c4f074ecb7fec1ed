//! From the names that people type to ids, and back.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::sync::desk::{Desk, Limit};
use crate::commands::sync::place::Place;
use crate::exit::NotUnderstood;
use crate::reply::{items, text};

/// So many candidates are named where a name is not enough.
const CANDIDATES_SHOWN: usize = 10;

/// What has names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Component,
    Learner,
}

impl Named {
    fn word(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Learner => "learner",
        }
    }

    fn operation(self) -> &'static str {
        match self {
            Self::Component => "sync.components",
            Self::Learner => "sync.learners",
        }
    }

    /// The ids that a text stands for: ids separated by commas, or one name.
    pub(super) async fn find(
        self,
        desk: &Desk,
        place: Place,
        given: &str,
    ) -> anyhow::Result<Vec<Uuid>> {
        let ids: Result<Vec<Uuid>, _> = given.split(',').map(|id| id.trim().parse()).collect();
        match ids {
            Ok(ids) => Ok(ids),
            Err(_) => Ok(vec![self.find_by_name(desk, place, given).await?]),
        }
    }

    /// The only one with this name, or else the only one whose name has it as a part.
    async fn find_by_name(self, desk: &Desk, place: Place, name: &str) -> anyhow::Result<Uuid> {
        let body = json!({
            "session": place.session, "programme": place.programme, "search": name,
        });
        let found = desk
            .read(self.operation(), &body, "items", Limit::All)
            .await?;
        let found = items(&found, "items");
        let wanted = name.to_lowercase();
        let exact: Vec<_> = found
            .iter()
            .filter(|one| text(one, "name").to_lowercase() == wanted)
            .collect();
        let meant = match (&*exact, found) {
            ([one], _) => *one,
            ([], [one]) => one,
            ([], []) => return Err(self.unknown(name)),
            ([] | [..], _) => return Err(self.ambiguous(name, found)),
        };
        Ok(text(meant, self.word()).parse()?)
    }

    fn unknown(self, name: &str) -> anyhow::Error {
        NotUnderstood(format!(
            "there is no {} “{name}” to choose; `plansync {} --search` finds them",
            self.word(),
            self.operation().replace('.', " "),
        ))
        .into()
    }

    fn ambiguous(self, name: &str, found: &[Value]) -> anyhow::Error {
        let word = self.word();
        let line = |one: &Value| format!("  {}  {}", text(one, word), text(one, "name"));
        let mut lines: Vec<_> = found.iter().take(CANDIDATES_SHOWN).map(line).collect();
        if found.len() > CANDIDATES_SHOWN {
            lines.push(format!("  … and {} more", found.len() - CANDIDATES_SHOWN));
        }
        let lines = lines.join("\n");
        NotUnderstood(format!(
            "“{name}” is the name of several {word}s, or in it; say which by id:\n{lines}"
        ))
        .into()
    }
}

/// Names by id, for whoever may know them.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// Those in the items of a reply.
    pub(super) fn learn(&mut self, items: &[Value], named: Named) {
        for item in items {
            let id = text(item, named.word()).to_owned();
            self.0.insert(id, text(item, "name").to_owned());
        }
    }

    /// The name, or else the id.
    pub(super) fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }
}
