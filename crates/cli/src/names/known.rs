//! Names by id, for output.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde_json::Value;

use crate::names::{Candidate, Kind};
use crate::reply::text;
use crate::table::Cell;

/// Names by id, as far as the actor may read them.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    /// Those in the items of a reply.
    pub(crate) fn learn(&mut self, items: &[Value], kind: Kind) {
        self.learn_each(items, kind);
    }

    /// Those in some items of one reply or of several.
    pub(crate) fn learn_each<'a>(
        &mut self,
        items: impl IntoIterator<Item = &'a Value>,
        kind: Kind,
    ) {
        for item in items {
            let id = text(item, kind.word());
            let name = match (kind, text(item, "name")) {
                (Kind::Learner, "") => format!("erased learner {id}"),
                (_, name) => name.to_owned(),
            };
            self.0.insert(id.to_owned(), name);
        }
    }

    /// Adds one name.
    pub(crate) fn add(&mut self, id: impl Display, name: &str) {
        self.0.insert(id.to_string(), name.to_owned());
    }

    /// Adds all names of others.
    pub(crate) fn absorb(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether it has a name for this id.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// All of them, by id.
    pub(crate) fn into_candidates(self) -> Vec<Candidate> {
        let candidate = |(id, name)| Candidate {
            id,
            name,
            beside: String::new(),
        };
        self.0.into_iter().map(candidate).collect()
    }

    /// The name, or else the id, in a table; programs read the id.
    pub(crate) fn cell(&self, id: &str) -> Cell {
        Cell::new(self.of(id)).exact(id)
    }

    /// The name, or else the id.
    pub(crate) fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }
}
