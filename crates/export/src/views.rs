//! The views of a SQLite export: the questions that auditors ask most often, answered.

use plansync_protocol::AttributeName;

use crate::model::{Kind, one_line};
use crate::tables;

/// A view.
pub(crate) struct View {
    pub(crate) name: &'static str,
    /// What its rows are.
    pub(crate) about: &'static str,
    select: Select,
}

enum Select {
    Written(&'static str),
    /// Made from the list of tables.
    Attributes,
}

/// All views.
pub(crate) const VIEWS: &[View] = &[
    View {
        name: "history",
        about: "Every value that changed, with names: what it was and became, when, by whom, by which synchronisation, \
                and why.",
        select: Select::Written(
            "SELECT e.position, e.at, e.actor, a.name AS actor_name, e.learner, l.name AS learner_name, e.component, \
             e.component_name, e.programme, e.change, v.attribute, v.before, v.after, e.sync, e.reason, \
             e.reason_position
             FROM edits e JOIN edit_values v USING (position, component) JOIN learners l USING (learner)
             JOIN administrators a ON a.administrator = e.actor",
        ),
    },
    View {
        name: "due_date_changes",
        about: "Every due date that was moved, set or cleared, with the reason; of a synchronisation, the one that was \
                given at the source. Components that were added or removed with a date are in `history`.",
        select: Select::Written("SELECT * FROM history WHERE attribute = 'due_date' AND change = 'due_date_moved'"),
    },
    View {
        name: "left_out",
        about: "Every component that a synchronisation skipped for a learner, with the reason in words.",
        select: Select::Written(
            "SELECT o.sync, s.started_at, s.requested_by, o.learner, l.name AS learner_name, o.component, \
             c.name AS component_name, o.action, o.reason, w.meaning AS reason_meaning, o.cause, o.position
             FROM outcomes o JOIN syncs s USING (sync) JOIN learners l USING (learner)
             JOIN change_sets c USING (sync, component)
             LEFT JOIN codes w ON w.list = 'reason' AND w.code = o.reason
             WHERE o.outcome = 'skipped'",
        ),
    },
    View {
        name: "last_set",
        about: "For each attribute of each component of a plan, the last commit that changed it, if it is exported.",
        select: Select::Written(
            "SELECT learner, component, attribute, after AS value, before, position, at, actor, sync, reason FROM (
             SELECT e.*, v.attribute, v.before, v.after,
             row_number() OVER (PARTITION BY e.learner, e.component, v.attribute ORDER BY e.position DESC) AS place
             FROM edits e JOIN edit_values v USING (position, component))
             WHERE place = 1 AND change <> 'removed'",
        ),
    },
    View {
        name: "attributes",
        about: "The attributes of the plans' components, one row for each attribute that has a value.",
        select: Select::Attributes,
    },
    View {
        name: "sync_summary",
        about: "Synchronisations with names, and the numbers of outcomes that are exported.",
        select: Select::Written(
            "SELECT s.sync, s.state, s.sync_type, s.started_at, s.ended_at, s.requested_by, \
             a.name AS requested_by_name, s.source, l.name AS source_name, s.programme, p.name AS programme_name, \
             count(o.sync) AS pairs, count(DISTINCT o.learner) AS learners, \
             coalesce(sum(o.outcome = 'applied'), 0) AS applied, \
             coalesce(sum(o.outcome = 'unchanged'), 0) AS unchanged, \
             coalesce(sum(o.outcome = 'skipped'), 0) AS skipped
             FROM syncs s JOIN administrators a ON a.administrator = s.requested_by
             JOIN learners l ON l.learner = s.source JOIN programmes p USING (programme)
             LEFT JOIN outcomes o USING (sync) GROUP BY s.sync",
        ),
    },
];

impl View {
    /// Its definition in SQL.
    pub(crate) fn definition(&self) -> String {
        let select = match self.select {
            Select::Written(select) => select.to_owned(),
            Select::Attributes => attributes(),
        };
        format!(
            "CREATE VIEW \"{}\" AS -- {}\n{select}",
            self.name,
            one_line(self.about)
        )
    }
}

/// The columns of attributes as rows, in the form that they have in `edit_values`.
fn attributes() -> String {
    let kind = |name: &str| {
        let columns = tables::named("components").map_or(&[][..], |table| &table.columns);
        columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| column.kind)
    };
    let select = |attribute: &AttributeName| {
        let name = attribute.as_str();
        let value = match kind(name) {
            Some(Kind::Boolean) => format!("CASE \"{name}\" WHEN 1 THEN 'true' ELSE 'false' END"),
            Some(_) | None => format!("CAST(\"{name}\" AS TEXT)"),
        };
        format!(
            "SELECT learner, component, '{name}' AS attribute, {value} AS value FROM components WHERE \"{name}\" IS \
             NOT NULL"
        )
    };
    let selects: Vec<_> = AttributeName::ALL.iter().map(select).collect();
    selects.join("\nUNION ALL ")
}
