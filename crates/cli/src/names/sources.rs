//! The operations that list each kind of named thing.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::Caller;
use crate::names::{Candidate, Kind, Lookup};
use crate::reply::{items, minute, text};

impl<'a> Lookup<'a> {
    /// All learners whom the actor may see.
    pub(crate) fn learners(caller: &'a Caller) -> Self {
        Self::new(caller, Kind::Learner, "learner.find", json!({}), learner)
            .searched()
            .listed_by("learner list", "")
    }

    /// The learners onto whose plans can be synchronised from an open record.
    pub(crate) fn targets(caller: &'a Caller, session: Uuid, programme: Uuid) -> Self {
        let body = json!({ "session": session, "programme": programme });
        Self::new(caller, Kind::Learner, "sync.learners", body, target)
            .searched()
            .listed_by("sync learners", &place(session, programme))
    }

    /// The components that can be synchronised from an open record.
    pub(crate) fn components(caller: &'a Caller, session: Uuid, programme: Uuid) -> Self {
        let body = json!({ "session": session, "programme": programme });
        Self::new(caller, Kind::Component, "sync.components", body, component)
            .searched()
            .listed_by("sync components", &place(session, programme))
    }

    /// The components of a learner's plan.
    pub(crate) fn of_plan(caller: &'a Caller, learner: Uuid) -> Self {
        let body = json!({ "learner": learner });
        Self {
            list: "components",
            ..Self::new(caller, Kind::Component, "plan.get", body, planned)
        }
        .listed_by("plan show", &learner.to_string())
    }

    /// The components that a learner's plan had at a version.
    pub(crate) fn of_plan_at(caller: &'a Caller, learner: Uuid, version: u64) -> Self {
        let mut lookup = Self::of_plan(caller, learner);
        lookup.body["at_version"] = json!(version);
        lookup
    }

    /// The components that a synchronisation replays.
    pub(crate) fn replayed(caller: &'a Caller, sync: Uuid) -> Self {
        let body = json!({ "sync": sync });
        Self::new(caller, Kind::Component, "sync.changes", body, component)
            .listed_by("sync changes", &sync.to_string())
    }

    /// The synchronisations that the asker may see; they have no names, but beginnings of ids.
    pub(crate) fn syncs(caller: &'a Caller) -> Self {
        Self::new(caller, Kind::Sync, "sync.list", json!({}), sync).listed_by("sync list", "")
    }

    /// All administrators, for those who may list them.
    pub(crate) fn administrators(caller: &'a Caller) -> Self {
        let (kind, operation) = (Kind::Administrator, "administrator.list");
        Self::new(caller, kind, operation, json!({}), administrator)
            .searched()
            .listed_by("administrator list", "")
    }

    /// All programmes, for those who may list them.
    pub(crate) fn programmes(caller: &'a Caller) -> Self {
        let (kind, operation) = (Kind::Programme, "programme.list");
        Self::new(caller, kind, operation, json!({}), programme)
            .searched()
            .listed_by("programme list", "")
    }

    /// The components of a programme's template.
    pub(crate) fn of_template(caller: &'a Caller, programme: &str) -> Self {
        let body = json!({ "programme": programme });
        Self {
            list: "components",
            ..Self::new(caller, Kind::Component, "template.get", body, planned)
        }
        .listed_by("template show", programme)
    }

    fn new(
        caller: &'a Caller,
        kind: Kind,
        operation: &'static str,
        body: Value,
        row: fn(&Value) -> Candidate,
    ) -> Self {
        Self {
            caller,
            kind,
            operation,
            body,
            list: "items",
            row,
            is_searched: false,
            only: None,
            how: None,
        }
    }

    fn searched(self) -> Self {
        Self {
            is_searched: true,
            ..self
        }
    }

    /// A command with arguments of its own has no form in which it asks a folder or a backup.
    fn listed_by(self, verb: &str, given: &str) -> Self {
        let printed = self.caller.printed();
        let is_possible = given.is_empty() || !printed.is_offline();
        Self {
            how: is_possible.then(|| printed.command(verb, given)),
            ..self
        }
    }
}

fn place(session: Uuid, programme: Uuid) -> String {
    format!("--session {session} --programme {programme}")
}

fn candidate(row: &Value, kind: Kind, name: &str, beside: String) -> Candidate {
    Candidate {
        id: text(row, kind.word()).to_owned(),
        name: name.to_owned(),
        beside,
    }
}

fn learner(row: &Value) -> Candidate {
    let programmes: Vec<_> = items(row, "programmes")
        .iter()
        .map(|one| text(one, "name"))
        .collect();
    let programmes = programmes.join(", ");
    candidate(row, Kind::Learner, text(row, "name"), programmes)
}

fn target(row: &Value) -> Candidate {
    let status = text(row, "programme_status").replace('_', " ");
    let groups = items(row, "groups").iter().filter_map(Value::as_str);
    let all = std::iter::once(&*status).chain(groups);
    let beside = all.collect::<Vec<_>>().join(", ");
    candidate(row, Kind::Learner, text(row, "name"), beside)
}

fn component(row: &Value) -> Candidate {
    let about = match (text(row, "type"), text(row, "change")) {
        (about, "") | ("", about) => about.to_owned(),
        (kind, change) => format!("{kind}, {change}"),
    };
    candidate(row, Kind::Component, text(row, "name"), about)
}

fn planned(row: &Value) -> Candidate {
    let name = text(&row["attributes"], "name");
    candidate(row, Kind::Component, name, text(row, "type").to_owned())
}

fn sync(row: &Value) -> Candidate {
    let started = minute(text(row, "started_at"));
    let beside = format!("started {started} by {}", text(row, "requested_by"));
    candidate(row, Kind::Sync, "", beside)
}

fn programme(row: &Value) -> Candidate {
    candidate(row, Kind::Programme, text(row, "name"), String::new())
}

fn administrator(row: &Value) -> Candidate {
    candidate(row, Kind::Administrator, text(row, "name"), String::new())
}
