//! Examples of records.

use serde_json::{Value, json};

use crate::examples::plan::last_updated;
use crate::examples::{COMPONENT, LEARNER, PROGRAMME, SESSION, examples};

examples! {
    RecordOpen: json!({ "learner": LEARNER, "session": SESSION, "resume": true }) => json!({
        "session": SESSION, "marker": 4, "can_sync": true, "resumed": true,
        "programmes": [{ "programme": PROGRAMME, "name": "Level 3", "preselected": true }],
    });
    RecordClose: json!({ "session": SESSION }) => json!({});
    RecordList: json!({ "page_size": 10 }) => json!({
        "total": 1,
        "items": [{
            "session": SESSION, "learner": LEARNER, "marker": 4,
            "opened_at": "2026-11-23T09:30:00.000001Z",
            "programmes": [{ "programme": PROGRAMME, "name": "Level 3", "preselected": true }],
        }],
    });
    RecordChanges: json!({ "session": SESSION }) => json!({ "total": 1, "changes": [recent()] });
}

fn recent() -> Value {
    json!({
        "component": COMPONENT, "name": "Stakeholder map", "change": "updated",
        "preselected": true,
        "attributes": [{
            "attribute": "criteria", "before": ["K5"], "after": ["K5", "S2"],
            "added": ["S2"], "removed": [],
        }],
        "last_updated": last_updated(),
    })
}
