//! The steps up to the summary: record, programme, components, learners, conditions, type, attributes.

use plansync_protocol::record::RecordOpened;
use plansync_protocol::reference::FoundLearnerPage;
use plansync_protocol::sync::SyncComponentPage;
use plansync_protocol::{Condition, SyncType, Word};
use serde_json::{Value, json};
use uuid::Uuid;

use super::draft::Draft;
use super::picker::{Base, Chosen, Picked, Picker, Source, nobody, searched};
use super::{Moved, Wizard};
use crate::caller::Limit;
use crate::commands::sync::choice::note;
use crate::commands::sync::labels::spaced;
use crate::commands::sync::option_values::Offered;
use crate::commands::sync::{components, learners, programmes};
use crate::records::{names_of, open_records};
use crate::reply::{items, minute, text, typed};
use crate::table::{Cell, Column, Table};

/// A list of words: each as in the protocol, and as text.
fn said(reply: &Value) -> Table {
    let rows = items(reply, "items").iter();
    let rows = rows.map(|row| vec![Cell::new(text(row, "name")), Cell::new(text(row, "note"))]);
    let columns = [
        Column::text("Name", "name", 100).between(24, 40),
        Column::text("Note", "note", 90).between(10, 30),
    ];
    Table::new(columns, rows)
}

fn words(all: &[&str]) -> Vec<Value> {
    let word = |word: &&str| json!({ "id": word, "name": spaced(word), "note": "" });
    all.iter().map(word).collect()
}

/// Those of the words that are picked.
fn picked_words(picked: &Picked, all: &[&str]) -> Vec<String> {
    let is_picked = |word: &&&str| picked.has(&json!({ "id": word }), "id");
    let words = all.iter().filter(is_picked);
    words.map(|word| (*word).to_owned()).collect()
}

/// A body that lists what is found by a text, or everything.
pub(super) fn found_by(mut body: Value, search: Option<&str>) -> Value {
    if let Some(search) = search {
        body["search"] = json!(search);
    }
    body
}

/// A fixed list in which several can be chosen, or one.
pub(super) fn fixed(title: &str, rows: Vec<Value>, picked: Option<Picked>) -> Picker<'_> {
    Picker {
        title,
        about: Vec::new(),
        source: Source::Fixed(rows),
        list: "items",
        id: "id",
        table: &|reply, _| Ok(said(reply)),
        people: nobody,
        has_recent: false,
        may_be_none: true,
        picked,
        more_keys: &[],
        next: "next",
    }
}

impl Wizard<'_> {
    /// Whose record; one is opened if none is.
    pub(super) async fn record(&mut self) -> anyhow::Result<Moved> {
        let open = self.waited(open_records(self.caller)).await??;
        if open.is_empty() {
            return self.open_record(true).await;
        }
        let learners = open.iter().map(|record| record.learner);
        let names = self.waited(names_of(self.caller, learners)).await??;
        let rows = open.iter().map(|record| {
            let learner = record.learner.to_string();
            let opened = format!("opened {} UTC", minute(&record.opened_at.to_string()));
            json!({ "id": record.session, "learner": learner, "name": names.of(&learner),
                    "note": opened })
        });
        let mut list = fixed("1 Whose changes?", rows.collect(), None);
        list.more_keys = &[('o', "open another record")];
        match list.pick(self.caller, &mut self.screen).await? {
            Chosen::Back => Ok(Moved::Back),
            Chosen::Key(..) => self.open_record(false).await,
            Chosen::Next(row) => {
                let (session, learner) = (text(&row, "id"), text(&row, "learner"));
                self.begin(session.parse()?, learner.parse()?, text(&row, "name"));
                Ok(Moved::Next)
            }
        }
    }

    async fn open_record(&mut self, none_is_open: bool) -> anyhow::Result<Moved> {
        let about = if none_is_open {
            "You have no open record. Choose a learner to open the record. Recent changes are the changes after \
             a record was opened, so there are none yet."
        } else {
            "Choose a learner to open the record. Its recent changes are your changes from now on."
        };
        let mut list = Picker {
            title: "1 Open which record?",
            about: vec![about.to_owned()],
            source: Source::Service {
                operation: "learner.find",
                body: json!({}),
            },
            list: "items",
            id: "learner",
            table: &|reply, _| Ok(found(&typed(reply)?)),
            people: nobody,
            picked: None,
            has_recent: false,
            may_be_none: true,
            more_keys: &[],
            next: "open",
        };
        let row = match list.pick(self.caller, &mut self.screen).await? {
            Chosen::Next(row) => row,
            Chosen::Back | Chosen::Key(..) if none_is_open => return Ok(Moved::Back),
            Chosen::Back | Chosen::Key(..) => return Ok(Moved::Again),
        };
        let body = json!({ "learner": row["learner"], "command_id": Uuid::new_v4() });
        // It is not interrupted, because then it would not be known whether the record was opened.
        let opened: RecordOpened = typed(&self.caller.ask("record.open", &body).await?)?;
        let learner = text(&row, "learner").parse()?;
        self.begin(*opened.session.as_uuid(), learner, text(&row, "name"));
        self.has_opened = true;
        Ok(Moved::Next)
    }

    /// Another record is another draft.
    fn begin(&mut self, session: Uuid, learner: Uuid, name: &str) {
        if self.draft.session != session {
            self.draft = Draft::new();
        }
        self.draft.session = session;
        self.draft.source = learner;
        name.clone_into(&mut self.draft.source_name);
    }

    pub(super) async fn programme(&mut self) -> anyhow::Result<Moved> {
        let choices = programmes::choices(self.caller, self.draft.session);
        let mut all = self.waited(choices).await??;
        if let [(id, name)] = &*all {
            (self.draft.programme, self.draft.programme_name) = (*id, name.clone());
            return Ok(Moved::Skipped);
        }
        let rows = all
            .drain(..)
            .map(|(id, name)| json!({ "id": id, "name": name, "note": "" }));
        let mut list = fixed("2 Which programme?", rows.collect(), None);
        let Chosen::Next(row) = list.pick(self.caller, &mut self.screen).await? else {
            return Ok(Moved::Back);
        };
        let id = text(&row, "id").parse()?;
        if id != self.draft.programme {
            let Draft {
                session,
                source,
                source_name,
                ..
            } = std::mem::replace(&mut self.draft, Draft::new());
            self.draft = Draft {
                session,
                source,
                source_name,
                ..Draft::new()
            };
        }
        self.draft.programme = id;
        text(&row, "name").clone_into(&mut self.draft.programme_name);
        Ok(Moved::Next)
    }

    pub(super) async fn components(&mut self) -> anyhow::Result<Moved> {
        let (has_recent, begun) = self.preselection().await?;
        if !has_recent && self.draft.components.base == Base::Recent {
            self.draft.components.base = Base::None;
        }
        let mut about = vec![format!(
            "Source: {}, programme “{}”; {begun}.",
            self.draft.source_name, self.draft.programme_name
        )];
        if !self.draft.types.is_empty() {
            let types: Vec<_> = self.draft.types.iter().map(|one| spaced(one)).collect();
            about.push(format!("Types: {}.", types.join(", ")));
        }
        let mut list = Picker {
            title: "3 Which components?",
            about,
            source: Source::Service {
                operation: "sync.components",
                body: found_by(
                    self.draft.components_body(),
                    self.draft.components_search.as_deref(),
                ),
            },
            list: "items",
            id: "component",
            table: &|reply, people| Ok(components::table(&typed(reply)?, people)),
            people: |reply| Ok(components::people(&typed(reply)?)),
            picked: Some(self.draft.components.clone()),
            has_recent,
            may_be_none: false,
            more_keys: &[('t', "types")],
            next: "next",
        };
        let chosen = list.pick(self.caller, &mut self.screen).await?;
        self.draft.components_search = searched(&list.source);
        if let Some(picked) = list.picked {
            self.draft.components = picked;
        }
        match chosen {
            Chosen::Next(_) => Ok(Moved::Next),
            Chosen::Back => Ok(Moved::Back),
            Chosen::Key(..) => {
                let now = std::mem::take(&mut self.draft.types);
                self.draft.types = self
                    .values("type", "Components of which types?", now)
                    .await?;
                Ok(Moved::Again)
            }
        }
    }

    /// Whether components are preselected, and a note about it.
    async fn preselection(&mut self) -> anyhow::Result<(bool, &'static str)> {
        let body = self.draft.source();
        let is_preselected = |row: &Value| row["preselected"] == true;
        // A limit would count the rows that are read, and the preselected ones may come last.
        let limit = Limit::All;
        let caller = self.caller;
        let read = caller.read_where("sync.components", &body, "items", limit, is_preselected);
        let read = self.waited(read).await??;
        let page: SyncComponentPage = typed(&read)?;
        let has_recent = !page.items.is_empty();
        let said = match page.recent {
            _ if has_recent => "components with recent changes are preselected",
            0 => "no component has recent changes",
            _ => "none is preselected, because the recent changes were already synchronised",
        };
        Ok((has_recent, said))
    }

    pub(super) async fn learners(&mut self) -> anyhow::Result<Moved> {
        let mut about = vec!["Learners to synchronise to.".to_owned()];
        about.extend(self.filters_said().await?);
        let mut list = Picker {
            title: "4 Which learners?",
            about,
            source: Source::Service {
                operation: "sync.learners",
                body: found_by(
                    self.draft.learners_body(),
                    self.draft.learners_search.as_deref(),
                ),
            },
            list: "items",
            id: "learner",
            table: &|reply, people| Ok(learners::table(&typed(reply)?, people)),
            people: |reply| Ok(learners::people(&typed(reply)?)),
            picked: Some(self.draft.learners.clone()),
            has_recent: false,
            may_be_none: false,
            more_keys: &[('f', "filter")],
            next: "next",
        };
        let chosen = list.pick(self.caller, &mut self.screen).await?;
        self.draft.learners_search = searched(&list.source);
        if let Some(picked) = list.picked {
            self.draft.learners = picked;
        }
        match chosen {
            Chosen::Next(_) => Ok(Moved::Next),
            Chosen::Back => Ok(Moved::Back),
            Chosen::Key(..) => self.filter().await,
        }
    }

    pub(super) async fn conditions(&mut self) -> anyhow::Result<Moved> {
        let mut picked = Picked::new(Base::None);
        picked.toggled.extend(self.draft.statuses.iter().cloned());
        let rows = words(Condition::WORDS);
        let mut list = fixed("5 Which statuses?", rows, Some(picked));
        list.about = vec![
            "Only components with one of these statuses are synchronised; if none is chosen, all are."
                .to_owned(),
        ];
        let chosen = list.pick(self.caller, &mut self.screen).await?;
        let Chosen::Next(_) = chosen else {
            return Ok(Moved::Back);
        };
        self.draft.statuses = match list.picked {
            // All is no condition.
            Some(picked) if picked.base == Base::All && picked.toggled.is_empty() => Vec::new(),
            Some(picked) => picked_words(&picked, Condition::WORDS),
            None => Vec::new(),
        };
        Ok(Moved::Next)
    }

    pub(super) async fn sync_type(&mut self) -> anyhow::Result<Moved> {
        let body = self.draft.source();
        let limit = Limit::Rows(1);
        let read = self.caller.read("sync.components", &body, "items", limit);
        let read = self.waited(read).await??;
        let has_recent = typed::<SyncComponentPage>(&read)?.recent > 0;
        let rows = SyncType::ALL.iter().map(|kind| {
            let note = if kind.needs_recent_changes() && !has_recent {
                "there are no recent changes"
            } else {
                note(*kind)
            };
            json!({ "id": kind.as_str(), "name": spaced(kind.as_str()), "note": note })
        });
        let mut list = fixed("6 Which type of synchronisation?", rows.collect(), None);
        loop {
            let Chosen::Next(row) = list.pick(self.caller, &mut self.screen).await? else {
                return Ok(Moved::Back);
            };
            let kind = SyncType::from_word(text(&row, "id")).unwrap_or_default();
            if has_recent || !kind.needs_recent_changes() {
                self.draft.sync_type = kind;
                return Ok(Moved::Next);
            }
            list.about = vec!["There are no recent changes; choose another type.".to_owned()];
        }
    }

    pub(super) async fn attributes(&mut self) -> anyhow::Result<Moved> {
        if !self.draft.sync_type.chooses_attributes() {
            return Ok(Moved::Skipped);
        }
        let mut picked = Picked::new(Base::None);
        picked.toggled.extend(self.draft.attributes.iter().cloned());
        let offered = Offered::attributes();
        let rows = words(offered.words());
        let mut list = fixed("7 Which attributes?", rows, Some(picked));
        list.may_be_none = false;
        let Chosen::Next(_) = list.pick(self.caller, &mut self.screen).await? else {
            return Ok(Moved::Back);
        };
        if let Some(picked) = list.picked {
            self.draft.attributes = picked_words(&picked, offered.words());
        }
        Ok(Moved::Next)
    }
}

/// The learners that were found.
fn found(page: &FoundLearnerPage) -> Table {
    let rows = page.items.iter().map(|learner| {
        let names: Vec<_> = learner
            .programmes
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        vec![Cell::new(&learner.name), Cell::new(names.join(", "))]
    });
    let columns = [
        Column::text("Learner", "name", 100).at_least(20),
        Column::text("Programmes", "programmes", 60),
    ];
    Table::new(columns, rows)
}
