//! The filters of lists: types of components; statuses, groups and tutors of learners.

use plansync_protocol::sync::SyncFilterPage;
use serde_json::{Value, json};

use super::picker::{Base, Chosen, Picked, Picker, Source, nobody};
use super::steps::{fixed, found_by};
use super::{Moved, Wizard};
use crate::caller::Limit;
use crate::commands::sync::labels::spaced;
use crate::names;
use crate::reply::{items, text, typed};
use crate::table::{Cell, Column, Table};

/// The fields of the filters of learners: in the request for values, in the request, and as text.
const FILTERS: [(&str, &str, &str); 3] = [
    ("programme_status", "programme_statuses", "Programme status"),
    ("group", "groups", "Group"),
    ("tutor", "tutors", "Tutor"),
];

/// A request has fewer values of a filter.
const VALUES_MAX: usize = 5000;

impl Wizard<'_> {
    /// The filters that are set, as a sentence.
    pub(super) async fn filters_said(&mut self) -> anyhow::Result<Option<String>> {
        let tutors = items(&Value::Object(self.draft.filter.clone()), "tutors").to_vec();
        let tutors = tutors.iter().filter_map(Value::as_str);
        let people = names::administrators(self.caller, tutors);
        let people = self.waited(people).await??;
        let set = FILTERS.iter().filter_map(|(_, field, said)| {
            let values = self.draft.filter.get(*field)?.as_array()?;
            let values = values.iter().filter_map(Value::as_str);
            let values: Vec<_> = match *field {
                "programme_statuses" => values.map(spaced).collect(),
                _ => values.map(|value| people.of(value).to_owned()).collect(),
            };
            Some(format!("{}: {}", said.to_lowercase(), values.join(" or ")))
        });
        let set: Vec<_> = set.collect();
        Ok((!set.is_empty()).then(|| format!("Only {}.", set.join("; "))))
    }

    /// Sets one of the filters. What was chosen one by one stays chosen; exceptions do not.
    pub(super) async fn filter(&mut self) -> anyhow::Result<Moved> {
        let rows = FILTERS.map(|(id, _, said)| json!({ "id": id, "name": said, "note": "" }));
        let mut list = fixed("4 Filter by what?", rows.into(), None);
        let Chosen::Next(row) = list.pick(self.caller, &mut self.screen).await? else {
            return Ok(Moved::Again);
        };
        let Some((id, field, said)) = FILTERS.iter().find(|(id, ..)| *id == text(&row, "id"))
        else {
            return Ok(Moved::Again);
        };
        let now = self.draft.filter.remove(*field).unwrap_or_default();
        let now: Vec<String> = serde_json::from_value(now).unwrap_or_default();
        let values = self.values(id, &format!("{said}: which?"), now).await?;
        if !values.is_empty() {
            self.draft.filter.insert((*field).to_owned(), json!(values));
        }
        if self.draft.learners.base == Base::All {
            self.draft.learners.toggled.clear();
        }
        Ok(Moved::Again)
    }

    /// Values of a field, with how many have each; those that were chosen are to begin with.
    pub(super) async fn values(
        &mut self,
        field: &str,
        title: &str,
        now: Vec<String>,
    ) -> anyhow::Result<Vec<String>> {
        let mut body = self.draft.source();
        body["field"] = json!(field);
        let mut picked = Picked::new(Base::None);
        picked.toggled.extend(now.iter().cloned());
        let mut list = Picker {
            title,
            about: vec!["If none is chosen, there is no filter.".to_owned()],
            source: Source::Service {
                operation: "sync.filters",
                body,
            },
            list: "items",
            id: "value",
            table: &|reply, _| Ok(values(field, &typed(reply)?)),
            people: nobody,
            picked: Some(picked),
            has_recent: false,
            may_be_none: true,
            more_keys: &[],
            next: "set filter",
        };
        let chosen = list.pick(self.caller, &mut self.screen).await?;
        let (Chosen::Next(_), Some(picked)) = (chosen, list.picked) else {
            return Ok(now);
        };
        if picked.base == Base::None {
            return Ok(picked.toggled.into_iter().collect());
        }
        if picked.toggled.is_empty() && picked.search.is_none() {
            // All is no filter.
            return Ok(Vec::new());
        }
        let mut body = found_by(self.draft.source(), picked.search.as_deref());
        body["field"] = json!(field);
        let is_picked = |row: &Value| picked.has(row, "value");
        let limit = Limit::Rows(VALUES_MAX);
        let caller = self.caller;
        let read = caller.read_where("sync.filters", &body, "items", limit, is_picked);
        let read = self.waited(read).await??;
        let page: SyncFilterPage = typed(&read)?;
        Ok(page.items.into_iter().map(|one| one.value).collect())
    }
}

/// Values with their counts. Groups are shown by their ids, tutors by their names, other values as text.
fn values(field: &str, page: &SyncFilterPage) -> Table {
    let rows = page.items.iter().map(|one| {
        let said = match &one.name {
            Some(name) => name.clone(),
            None if field == "group" || field == "tutor" => one.value.clone(),
            None => spaced(&one.value),
        };
        vec![Cell::new(said), Cell::new(one.count)]
    });
    let columns = [
        Column::text("Value", "value", 100).at_least(20),
        Column::number("Count", "count", 90),
    ];
    Table::new(columns, rows)
}
