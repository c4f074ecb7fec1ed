//! Two AsyncAPI documents: what the later one must still have, and how it must still read.

use serde_json::{Map, Value};

use crate::schemas::{Comparison, Direction};

/// What a later document breaks, each with its place.
pub(crate) fn faults(released: &Value, current: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, channel) in &fields(&released["channels"]) {
        let now = &current["channels"][name];
        same(
            &format!("channels/{name}/address"),
            &channel["address"],
            &now["address"],
            &mut faults,
        );
        for message in fields(&channel["messages"]).keys() {
            if now["messages"].get(message).is_none() {
                faults.push(format!(
                    "channels/{name}: {message} is no longer sent there"
                ));
            }
        }
        for parameter in fields(&channel["parameters"]).keys() {
            let pattern = |document: &Value| {
                document["components"]["parameters"][parameter]["x-pattern"].clone()
            };
            let place = format!("channels/{name}/parameters/{parameter}");
            same(&place, &pattern(released), &pattern(current), &mut faults);
        }
    }
    for (name, operation) in &fields(&released["operations"]) {
        let now = &current["operations"][name];
        for part in ["action", "channel"] {
            same(
                &format!("operations/{name}/{part}"),
                &operation[part],
                &now[part],
                &mut faults,
            );
        }
    }
    for (name, message) in &fields(&released["components"]["messages"]) {
        let now = &current["components"]["messages"][name];
        if now.is_null() {
            faults.push(format!("{name}: the message was removed"));
            continue;
        }
        let direction = if name.strip_suffix(".body").is_some() {
            Direction::Request
        } else {
            Direction::Reply
        };
        let mut comparison = Comparison {
            released,
            current,
            direction,
            faults: Vec::new(),
        };
        comparison.compare(name, &message["payload"], &now["payload"]);
        comparison.compare(
            &format!("{name} headers"),
            &message["headers"],
            &now["headers"],
        );
        faults.append(&mut comparison.faults);
    }
    faults
}

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn same(place: &str, released: &Value, current: &Value, faults: &mut Vec<String>) {
    if released != current {
        faults.push(format!("{place} was {released} and is {current}"));
    }
}
