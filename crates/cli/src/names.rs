//! Resolves what people type to one learner, component, programme, administrator or synchronisation.
//!
//! The input is an id, a unique prefix of an id, a name, or a unique part of a name; case and accents are ignored.
//! `id:` or `name:` before it states which it is, for names that look like ids or are keywords.

mod input;
mod known;
mod local;
mod matching;
mod people;
mod sources;
mod unresolved;

use std::collections::BTreeSet;

use plansync_domain::text::search::Sought;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Caller, Limit};
use crate::reply::{items, number};

pub(crate) use known::Names;
pub(crate) use local::among;
pub(crate) use matching::Candidate;
pub(crate) use people::{administrator, administrators};
pub(crate) use unresolved::{About, Unresolved};

use input::Given;
pub(crate) use matching::called;
use matching::{Choice, choose};

/// So many are read to find out whether a name is enough; all with exactly this name are read besides.
const READ_MAX: usize = 50;
/// The number of names that are compared to find similar ones.
const COMPARED_MAX: usize = 500;
/// So many letters at the beginning of a word are taken to be right when near names are looked for; fewer
/// where that finds none.
const WORD_STARTS: [usize; 2] = [3, 1];
/// A name has so many commas at most where several names are separated by commas.
const COMMAS_MAX: usize = 2;
/// The number of words of a name that are searched for.
const WORDS_MAX: usize = 4;

/// What can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Administrator,
    Component,
    Learner,
    Programme,
    Sync,
}

impl Kind {
    /// As it is called, which is also its field in replies.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Component => "component",
            Self::Learner => "learner",
            Self::Programme => "programme",
            Self::Sync => "sync",
        }
    }

    /// As people call it.
    const fn said(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Component => "component",
            Self::Learner => "learner",
            Self::Programme => "programme",
            Self::Sync => "synchronisation",
        }
    }
}

/// Where things of one kind are listed.
pub(crate) struct Lookup<'a> {
    caller: &'a Caller,
    kind: Kind,
    operation: &'static str,
    /// What is asked, but for pages and `search`.
    body: Value,
    list: &'static str,
    row: fn(&Value) -> Candidate,
    /// Whether the operation searches by name itself.
    is_searched: bool,
    /// Those of these ids only, if any are given.
    only: Option<BTreeSet<String>>,
    /// The command that lists them.
    how: Option<String>,
}

impl Lookup<'_> {
    /// The same among those with these ids.
    pub(crate) fn only(self, ids: BTreeSet<String>) -> Self {
        Self {
            only: Some(ids),
            ..self
        }
    }

    /// All of them, as they are listed.
    pub(crate) async fn all(&self) -> anyhow::Result<Vec<Value>> {
        let is_one = |row: &Value| self.is_among(row);
        let all = self.read(&self.body, Limit::All, is_one).await?;
        Ok(items(&all, self.list).to_vec())
    }

    fn is_among(&self, row: &Value) -> bool {
        let only = self.only.as_ref();
        only.is_none_or(|ids| ids.contains(&(self.row)(row).id))
    }

    async fn read(
        &self,
        body: &Value,
        limit: Limit,
        keep: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        if self.only.as_ref().is_some_and(BTreeSet::is_empty) {
            return Ok(json!({ "total": 0, self.list: [] }));
        }
        let keep = |row: &Value| self.is_among(row) && keep(row);
        self.caller
            .read_where(self.operation, body, self.list, limit, keep)
            .await
    }

    /// The id of the one that is meant.
    ///
    /// # Errors
    /// [`Unresolved`] if there is none, or several.
    pub(crate) async fn one(&self, given: &str) -> anyhow::Result<String> {
        Ok(self.candidate(given).await?.id)
    }

    /// The one that is meant, with its name. A whole id is not looked up, and stands for the name as well.
    ///
    /// # Errors
    /// [`Unresolved`] if there is none, or several.
    pub(crate) async fn candidate(&self, given: &str) -> anyhow::Result<Candidate> {
        let given = Given::read(given, self.kind);
        if let Given::Id(id) = given {
            return Ok(Candidate {
                name: id.clone(),
                id,
                beside: String::new(),
            });
        }
        if given.is_blank() {
            return Err(Unresolved::blank(self.kind, self.how.clone()).into());
        }
        match self.find(&given).await? {
            Choice::One(candidate) => Ok(candidate),
            Choice::Several { candidates, total } => {
                Err(Unresolved::ambiguous(self.kind, given.text(), candidates, total).into())
            }
            Choice::None => {
                let near = self.near(given.text()).await?;
                Err(Unresolved::unknown(self.kind, given.text(), near, self.how.clone()).into())
            }
        }
    }

    /// The same, where ids are uuids.
    pub(crate) async fn uuid(&self, given: &str) -> anyhow::Result<Uuid> {
        Ok(self.one(given).await?.parse()?)
    }

    /// The ids of all that are meant by a text that may have several, separated by commas. A name may
    /// have commas itself, so the whole text is tried first, and of several each is said by its whole name
    /// or its id: a slip in one name must not be taken for parts of two others.
    pub(crate) async fn several(&self, text: &str) -> anyhow::Result<Vec<Uuid>> {
        let parts: Vec<_> = text.split(',').collect();
        let ids: Result<Vec<Uuid>, _> = parts.iter().map(|part| part.trim().parse()).collect();
        if let Ok(ids) = ids {
            return Ok(ids);
        }
        let whole = match self.uuid(text).await {
            Err(error) if parts.len() > 1 && is_unknown(&error) => error,
            whole => return Ok(vec![whole?]),
        };
        let mut all = Vec::new();
        let mut unknown = Vec::new();
        let mut rest = &*parts;
        while let Some(part) = rest.first() {
            let mut taken = 1;
            if !part.trim().is_empty() {
                match self.first_of(rest).await? {
                    Some((id, parts)) => {
                        all.push(id);
                        taken = parts;
                    }
                    None => unknown.push(part.trim()),
                }
            }
            rest = rest.get(taken..).unwrap_or_default();
        }
        match &*unknown {
            [] => Ok(all),
            // One name that has commas is more likely than several that are all wrong.
            _ if all.is_empty() => Err(of_list(whole)),
            [first, ..] => {
                let near = self.near(first).await?;
                let error = Unresolved::unknown(self.kind, first, near, self.how.clone());
                Err(error.with(About::MayBeList).into())
            }
        }
    }

    /// The first of several, and how many parts between commas it has: as many as make a name.
    async fn first_of(&self, parts: &[&str]) -> anyhow::Result<Option<(Uuid, usize)>> {
        for count in (1..=parts.len().min(COMMAS_MAX + 1)).rev() {
            let text = parts.iter().take(count).copied().collect::<Vec<_>>();
            if let Some(id) = self.exactly(text.join(",").trim()).await? {
                return Ok(Some((id.parse()?, count)));
            }
        }
        Ok(None)
    }

    /// Resolves an id, a prefix of an id, or a whole name to an id.
    async fn exactly(&self, text: &str) -> anyhow::Result<Option<String>> {
        let given = Given::read(text, self.kind);
        if let Given::Id(id) = given {
            return Ok(Some(id));
        }
        if given.is_blank() {
            return Ok(None);
        }
        let wanted = self.caller.shown(given.text()).into_owned();
        let mut chosen = Choice::None;
        if given.may_be_name() {
            let (mut found, _) = self.named(given.text(), &wanted).await?;
            found.retain(|one| one.is_called(&wanted));
            let total = u64::try_from(found.len())?;
            chosen = choose(&wanted, found, total);
        }
        if let (Choice::None, Some(prefix)) = (&chosen, given.prefix()) {
            chosen = self.with_prefix(prefix).await?;
        }
        match chosen {
            Choice::None => Ok(None),
            Choice::One(one) => Ok(Some(one.id)),
            Choice::Several { candidates, total } => Err(self.ambiguous(&given, candidates, total)),
        }
    }

    fn ambiguous(&self, given: &Given, found: Vec<Candidate>, total: u64) -> anyhow::Error {
        Unresolved::ambiguous(self.kind, given.text(), found, total).into()
    }

    async fn find(&self, given: &Given) -> anyhow::Result<Choice> {
        let wanted = self.caller.shown(given.text()).into_owned();
        let mut found = Vec::new();
        let mut total = 0;
        if given.may_be_name() {
            (found, total) = self.named(given.text(), &wanted).await?;
        }
        let chosen = choose(&wanted, found, total);
        match (chosen, given.prefix()) {
            (Choice::One(one), Some(_)) if one.is_called(&wanted) => Ok(Choice::One(one)),
            (chosen, Some(prefix)) => Ok(chosen.or(self.with_prefix(prefix).await?)),
            (chosen, None) => Ok(chosen),
        }
    }

    /// Those whose names have this as a part, some of them at least, and all who are called so; and how
    /// many there are.
    async fn named(&self, text: &str, wanted: &str) -> anyhow::Result<(Vec<Candidate>, u64)> {
        let part = Sought::new(wanted);
        let mut body = self.body.clone();
        if self.is_searched {
            body["search"] = json!(text);
        }
        // All have to be read where they are not counted by the service.
        let is_counted = self.is_searched && self.only.is_none();
        let limit = if is_counted {
            Limit::Rows(READ_MAX)
        } else {
            Limit::All
        };
        let has_part = |row: &Value| self.is_searched || part.is_in(&(self.row)(row).name);
        let first = self.read(&body, limit, has_part).await?;
        let mut found: Vec<_> = items(&first, self.list).iter().map(self.row).collect();
        let count = u64::try_from(found.len())?;
        let total = if is_counted {
            number(&first, "total")
        } else {
            count
        };
        if count < total && !found.iter().any(|one| one.is_called(wanted)) {
            let is_called = |row: &Value| (self.row)(row).is_called(wanted);
            let called = self.read(&body, Limit::All, is_called).await?;
            found.extend(items(&called, self.list).iter().map(self.row));
        }
        Ok((found, total))
    }

    /// The items whose ids begin with this text.
    async fn with_prefix(&self, prefix: &str) -> anyhow::Result<Choice> {
        let begins = |row: &Value| (self.row)(row).id.starts_with(prefix);
        let found = self.read(&self.body, Limit::All, begins).await?;
        let found: Vec<_> = items(&found, self.list).iter().map(self.row).collect();
        let total = u64::try_from(found.len())?;
        Ok(Choice::of(found, total))
    }

    /// The items whose names are most similar to a name that does not exist; of what has no name, those with similar
    /// ids, or else all if they are few.
    async fn near(&self, text: &str) -> anyhow::Result<Vec<Candidate>> {
        if self.kind == Kind::Sync {
            let page = self
                .read(&self.body, Limit::Rows(COMPARED_MAX), |_| true)
                .await?;
            let all: Vec<_> = items(&page, self.list).iter().map(self.row).collect();
            return Ok(matching::nearest_ids(text, &all));
        }
        let wanted = self.caller.shown(text);
        for letters in WORD_STARTS {
            let near = matching::nearest(&wanted, &self.begun(text, letters).await?);
            if !near.is_empty() {
                return Ok(near);
            }
        }
        Ok(Vec::new())
    }

    /// Some of those whose names have a word that begins with so many letters of one of these words.
    async fn begun(&self, text: &str, letters: usize) -> anyhow::Result<Vec<Candidate>> {
        let start = |word: &str| word.chars().take(letters).collect::<String>();
        let mut searches: Vec<_> = text.split_whitespace().map(start).collect();
        searches.truncate(if self.is_searched { WORDS_MAX } else { 1 });
        let mut found = Vec::new();
        for search in searches {
            let mut body = self.body.clone();
            if self.is_searched {
                body["search"] = json!(search);
            }
            let limit = Limit::Rows(COMPARED_MAX);
            let page = self.read(&body, limit, |_| true).await?;
            found.extend(items(&page, self.list).iter().map(self.row));
        }
        Ok(found)
    }
}

/// A name that nothing has, and that may be several.
fn of_list(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Unresolved>() {
        Ok(unresolved) => unresolved.with(About::MayBeList).into(),
        Err(error) => error,
    }
}

/// Whether it is a name that nothing has.
pub(crate) fn is_unknown(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Unresolved::Unknown { .. }))
}
