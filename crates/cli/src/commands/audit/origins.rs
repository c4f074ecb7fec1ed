//! Who set something in a plan, in words: a line for each commit, from the plan itself through synchronisations
//! back to the edit at the first source.

use plansync_protocol::AttributeName;
use plansync_protocol::audit::{Origin, OriginKind};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::commands::audit::naming::Cast;
use crate::reply::{items, or_erased, text};
use crate::table::Column;

/// The lines for a list of commits, the first of which is that in the plan itself.
pub(super) fn lines(origins: &[Origin], cast: &Cast) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, origin) in origins.iter().enumerate() {
        let learner = origin.learner.to_string();
        let whose = if index == 0 {
            String::new()
        } else {
            format!("from the plan of {}: ", cast.learner(&learner))
        };
        lines.push(format!(
            "{whose}{}, version {} ({} UTC, position {})",
            how(origin, cast),
            origin.version.0,
            second(&origin.at.to_string()),
            origin.position.0
        ));
        if let Some(reason) = &origin.reason {
            lines.push(format!("reason: {}", one_line(or_erased(reason))));
        }
        lines.extend(template(origin, cast));
    }
    lines
}

fn how(origin: &Origin, cast: &Cast) -> String {
    let by = origin.by.to_string();
    match (&origin.sync, origin.kind) {
        (Some(sync), _) => {
            let by = sync.requested_by.to_string();
            format!("synchronisation {} of {}", sync.sync, cast.person(&by))
        }
        (None, OriginKind::Template) => format!("template, added by {}", cast.person(&by)),
        (None, OriginKind::Edit | OriginKind::Sync) => format!("by hand, {}", cast.person(&by)),
    }
}

/// The version of the template that a value came from, and who put it there.
fn template(origin: &Origin, cast: &Cast) -> Option<String> {
    let template = origin.template.as_ref()?;
    let programme = template.programme.to_string();
    let of = format!(
        "from the template of {}, version {}",
        cast.programme(&programme),
        template.version.0
    );
    Some(match &template.put {
        None => of,
        Some(put) => {
            let (by, at) = (put.by.to_string(), put.at.to_string());
            format!("{of}, put by {} ({} UTC)", cast.person(&by), second(&at))
        }
    })
}

/// The lists of origins in some items, wherever they stand in them.
pub(super) fn within<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match name.as_str() {
                    "origins" => found.extend(items(value, "origins")),
                    "reason_from" => found.push(field),
                    _ => within(field, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|one| within(one, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The actors and the learners whom some origins name.
pub(super) fn named(origins: &[&Value]) -> (Vec<String>, Vec<String>) {
    let (mut people, mut learners) = (Vec::new(), Vec::new());
    for origin in origins {
        let (sync, put) = (&origin["sync"], &origin["template"]["put"]);
        people.extend([
            text(origin, "by"),
            text(sync, "requested_by"),
            text(put, "by"),
        ]);
        learners.push(text(origin, "learner"));
    }
    let owned = |all: Vec<&str>| {
        let all = all.into_iter().filter(|id| !id.is_empty());
        all.map(str::to_owned).collect()
    };
    (owned(people), owned(learners))
}

/// A time to the second.
pub(super) fn second(time: &str) -> String {
    time.get(..19).unwrap_or_default().replace('T', " ")
}

/// A text without line breaks.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Looks up everybody who is named by the origins in a reply.
pub(super) async fn learn_origins(
    cast: &mut Cast,
    caller: &Caller,
    reply: &Value,
) -> anyhow::Result<()> {
    let mut found = Vec::new();
    within(reply, &mut found);
    let (mut people, learners) = named(&found);
    owners(reply, &mut people);
    cast.add_people(caller, people).await?;
    cast.add_learners(caller, learners).await?;
    cast.add_programmes(caller).await
}

/// The administrators who own or owned a component.
fn owners(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if value["attribute"] == AttributeName::Owner.as_str() {
                let sides = ["before", "after", "value"].map(|side| value[side].as_str());
                found.extend(sides.into_iter().flatten().map(str::to_owned));
            }
            fields.values().for_each(|field| owners(field, found));
        }
        Value::Array(all) => all.iter().for_each(|one| owners(one, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether a value says anything of a component that came or went.
pub(super) fn is_telling(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(all) => !all.is_empty(),
        Value::Number(number) => number.as_u64() != Some(0),
        Value::Bool(true) | Value::Object(_) => true,
    }
}

/// The columns of [`of_origins`], for programs.
pub(super) fn origin_columns() -> [Column; 7] {
    [
        Column::for_programs("by"),
        Column::for_programs("at"),
        Column::number_for_programs("version"),
        Column::number_for_programs("position"),
        Column::for_programs("sync"),
        Column::for_programs("reason"),
        Column::for_programs("origins"),
    ]
}

/// Who, when, version, position, synchronisation, the reason wherever it was given, and all commits.
pub(super) fn of_origins(origins: &[Origin]) -> [String; 7] {
    let first = origins.first();
    let of_first = |what: fn(&Origin) -> String| first.map(what).unwrap_or_default();
    let reason = origins.iter().find_map(|origin| origin.reason.clone());
    [
        of_first(|it| it.by.to_string()),
        of_first(|it| it.at.to_string()),
        of_first(|it| it.version.0.to_string()),
        of_first(|it| it.position.0.to_string()),
        of_first(|it| {
            it.sync
                .as_ref()
                .map_or_else(String::new, |sync| sync.sync.to_string())
        }),
        reason.unwrap_or_default(),
        json!(origins).to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use plansync_protocol::audit::Origin;
    use serde_json::{Value, json};

    use super::{lines, named, within};
    use crate::commands::audit::naming::Cast;

    const SYNC: &str = "00000000-0000-0000-0000-000000000005";

    fn origins() -> Value {
        let id = |number: u32| format!("00000000-0000-0000-0000-{number:012}");
        json!([{
            "kind": "sync", "learner": id(1), "version": 4, "position": 90, "at": "2026-05-03T10:00:07.000000Z",
            "by": "alice", "command_id": id(9),
            "sync": {
                "sync": SYNC, "requested_by": "alice", "accepted_at": 88, "source": id(2), "session": id(3),
                "source_version": 2,
            },
        }, {
            "kind": "edit", "learner": id(2), "version": 2, "position": 80, "at": "2026-05-02T09:00:00.000000Z",
            "by": "sam", "command_id": id(8), "reason": "The employer\nasked",
        }])
    }

    #[test]
    fn a_synchronised_value_is_told_back_to_the_edit_and_its_reason() {
        let origins: Vec<Origin> = serde_json::from_value(origins()).unwrap();
        let expected = [
            format!("synchronisation {SYNC} of alice, version 4 (2026-05-03 10:00:07 UTC, position 90)"),
            "from the plan of 00000000-0000-0000-0000-000000000002: by hand, sam, version 2 (2026-05-02 09:00:00 \
             UTC, position 80)"
                .to_owned(),
            "reason: The employer asked".to_owned(),
        ];
        assert_eq!(lines(&origins, &Cast::default()), expected);
    }

    #[test]
    fn everybody_who_is_named_is_looked_up() {
        let item = json!({ "attributes": [{ "origins": origins() }], "reason_from": origins()[1] });
        let mut found = Vec::new();
        within(&item, &mut found);
        assert_eq!(found.len(), 3);
        let (people, learners) = named(&found);
        assert_eq!(people, ["alice", "alice", "sam", "sam"]);
        assert_eq!(learners.len(), 3);
    }
}
