//! The choices so far, and the request that they make.

use plansync_protocol::SyncType;
use plansync_protocol::sync::SyncComponentPage;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::picker::{Base, Picked};
use crate::caller::{Caller, Limit};
use crate::reply::typed;

/// A plan has fewer components, so this bounds no choice that could be carried out.
const COMPONENTS_READ_MAX: usize = 5000;

/// The choices of all steps; later ones have defaults until their step is reached.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) session: Uuid,
    pub(super) source: Uuid,
    /// The name of the learner whose record it is.
    pub(super) source_name: String,
    pub(super) programme: Uuid,
    pub(super) programme_name: String,
    pub(super) components: Picked,
    /// What the list of components is searched for.
    pub(super) components_search: Option<String>,
    /// Of which types components are listed; all if it is empty.
    pub(super) types: Vec<String>,
    pub(super) learners: Picked,
    /// What the list of learners is searched for.
    pub(super) learners_search: Option<String>,
    /// The filters of learners that were set, as fields of a body.
    pub(super) filter: Map<String, Value>,
    pub(super) statuses: Vec<String>,
    pub(super) sync_type: SyncType,
    pub(super) attributes: Vec<String>,
}

impl Draft {
    pub(super) fn new() -> Self {
        Self {
            session: Uuid::nil(),
            source: Uuid::nil(),
            source_name: String::new(),
            programme: Uuid::nil(),
            programme_name: String::new(),
            components: Picked::new(Base::Recent),
            components_search: None,
            types: Vec::new(),
            learners: Picked::new(Base::None),
            learners_search: None,
            filter: Map::new(),
            statuses: Vec::new(),
            sync_type: SyncType::default(),
            attributes: Vec::new(),
        }
    }

    /// The body that lists the components.
    pub(super) fn components_body(&self) -> Value {
        let mut body = self.source();
        if !self.types.is_empty() {
            body["types"] = json!(self.types);
        }
        body
    }

    /// The body that lists the learners.
    pub(super) fn learners_body(&self) -> Value {
        let mut body = self.source();
        for (field, value) in &self.filter {
            body[field] = value.clone();
        }
        body
    }

    /// The record and the programme.
    pub(super) fn source(&self) -> Value {
        json!({ "session": self.session, "programme": self.programme })
    }

    /// The request that is meant.
    pub(super) async fn request(&self, caller: &Caller) -> anyhow::Result<Value> {
        let mut request = self.source();
        request["components"] = self.chosen_components(caller).await?;
        request["learners"] = self.chosen_learners();
        request["type"] = json!(self.sync_type);
        if !self.statuses.is_empty() {
            request["statuses"] = json!(self.statuses);
        }
        if self.sync_type.chooses_attributes() {
            request["attributes"] = json!(self.attributes);
        }
        Ok(request)
    }

    async fn chosen_components(&self, caller: &Caller) -> anyhow::Result<Value> {
        let picked = &self.components;
        match picked.base {
            Base::None => return Ok(json!(picked.toggled)),
            Base::Recent if picked.toggled.is_empty() => return Ok(json!("recent")),
            Base::All if self.is_every_component() => return Ok(json!("all")),
            Base::Recent | Base::All => {}
        }
        let limit = Limit::Rows(COMPONENTS_READ_MAX);
        let is_picked = |row: &Value| picked.has(row, "component");
        // Those that are preselected are chosen whatever the list shows.
        let mut body = if picked.base == Base::All {
            self.components_body()
        } else {
            self.source()
        };
        if let Some(search) = &picked.search {
            body["search"] = json!(search);
        }
        let read = caller.read_where("sync.components", &body, "items", limit, is_picked);
        let read = read.await?;
        let page: SyncComponentPage = typed(&read)?;
        let ids: Vec<_> = page.items.iter().map(|one| one.component).collect();
        Ok(json!(ids))
    }

    fn is_every_component(&self) -> bool {
        let Picked {
            toggled, search, ..
        } = &self.components;
        toggled.is_empty() && search.is_none() && self.types.is_empty()
    }

    fn chosen_learners(&self) -> Value {
        let picked = &self.learners;
        if picked.base == Base::None {
            return json!(picked.toggled);
        }
        let mut filter = self.filter.clone();
        if let Some(search) = &picked.search {
            filter.insert("search".to_owned(), json!(search));
        }
        if !picked.toggled.is_empty() {
            filter.insert("except".to_owned(), json!(picked.toggled));
        }
        if filter.is_empty() {
            json!("all")
        } else {
            Value::Object(filter)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Base, Draft, Picked};

    #[test]
    fn learners_are_all_of_a_filter_but_some_or_some_ids() {
        let mut draft = Draft::new();
        draft.learners = Picked::new(Base::All);
        assert_eq!(draft.chosen_learners(), json!("all"));
        draft.filter.insert("groups".to_owned(), json!(["a"]));
        draft.learners.toggled.insert("x".to_owned());
        let expected = json!({ "groups": ["a"], "except": ["x"] });
        assert_eq!(draft.chosen_learners(), expected);
        draft.learners = Picked::new(Base::None);
        draft.learners.toggled.insert("y".to_owned());
        assert_eq!(draft.chosen_learners(), json!(["y"]));
    }
}
