//! Resolves the names of programmes and administrators in a file.

use std::collections::HashMap;

use plansync_domain::text::search::folded;
use serde_json::json;

use crate::caller::{Caller, Limit};
use crate::commands::reference::difference::ProgrammeNames;
use crate::commands::reference::find;
use crate::reply::{items, text};

/// The existing records, by id and by name.
#[derive(Debug, Default)]
pub(super) struct Known {
    programmes: IdsByName,
    administrators: IdsByName,
    names: ProgrammeNames,
}

/// Ids by the names that have them.
#[derive(Debug, Default)]
struct IdsByName {
    /// As they are spelt.
    spelt: Vec<String>,
    /// The command that lists them.
    list: String,
    /// By names as they are written, and as searches see them.
    by_name: HashMap<String, Vec<String>>,
    by_folded: HashMap<String, Vec<String>>,
}

impl IdsByName {
    fn learn(&mut self, id: &str, name: &str) {
        self.spelt.push(id.to_owned());
        let name = name.trim();
        for (names, name) in [
            (&mut self.by_name, name.to_owned()),
            (&mut self.by_folded, folded(name)),
        ] {
            names.entry(name).or_default().push(id.to_owned());
        }
    }

    fn find(&self, given: &str, what: &str) -> Result<&str, String> {
        if let Some([one]) = self.by_name.get(given).map(Vec::as_slice) {
            return Ok(one);
        }
        let found = self.by_folded.get(&folded(given));
        match found.map(Vec::as_slice) {
            Some([one]) => Ok(one),
            Some(several) => Err(format!(
                "several {what}s have the name “{given}”; write the id instead: {}",
                several.join(", ")
            )),
            None => Err(format!(
                "there is no {what} “{given}”; `{}` lists them",
                self.list
            )),
        }
    }
}

impl Known {
    /// Reads all programmes, and all administrators if the file names some.
    pub(super) async fn read(caller: &Caller, with_administrators: bool) -> anyhow::Result<Self> {
        let names = find::programme_names(caller).await?;
        let mut known = Self::default();
        known.programmes.list = caller.printed().command("programme list", "");
        known.administrators.list = caller.printed().command("administrator list", "");
        for (id, name) in &names {
            known.programmes.learn(id, name);
        }
        known.names = names;
        if with_administrators {
            let all = caller
                .read("administrator.list", &json!({}), "items", Limit::All)
                .await?;
            for one in items(&all, "items") {
                let (id, name) = (text(one, "administrator"), text(one, "name"));
                known.administrators.learn(id, name);
            }
        }
        Ok(known)
    }

    pub(super) fn names(&self) -> ProgrammeNames {
        self.names.clone()
    }

    /// The programme with this id or name.
    pub(super) fn programme(&self, given: &str) -> Result<&str, String> {
        let id = given.to_ascii_lowercase();
        match self.names.get_key_value(&id) {
            Some((id, _)) => Ok(id),
            None => self.programmes.find(given, "programme"),
        }
    }

    /// The administrator with this id or name.
    pub(super) fn administrator(&self, given: &str) -> Result<&str, String> {
        let id = self.administrators.spelt.iter().find(|id| *id == given);
        match id {
            Some(id) => Ok(id),
            None => self.administrators.find(given, "administrator"),
        }
    }
}
