//! Points in the history of a plan, as the audit takes them: versions, positions and times, and what is refused.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::audit_plans::{edit, overwritten};
use crate::college::{EXAM, NOBODY, PROGRAMME, TARGET, college, learner};

#[test]
fn a_point_is_a_version_a_position_or_a_time() {
    let (world, _) = overwritten(Encoding::Json);
    let history = world.get("sam", "plan.history", &json!({ "learner": TARGET }));
    let commits = history["items"].as_array().unwrap();
    for (index, commit) in commits.iter().enumerate() {
        let version = &commit["version"];
        let plan = world.get(
            "sam",
            "plan.get",
            &json!({ "learner": TARGET, "at_version": version }),
        );
        let next = commits
            .get(index + 1)
            .map(|next| next["position"].as_u64().unwrap() - 1);
        let last = next.unwrap_or(commit["position"].as_u64().unwrap());
        for at in [
            json!({ "version": version }),
            json!({ "position": commit["position"] }),
            json!({ "position": last }),
            json!({ "time": commit["at"] }),
        ] {
            let body = json!({ "learner": TARGET, "at": at });
            let shown = world.get("sam", "audit.plan", &body);
            assert_eq!(shown["components"], plan["components"], "{at}");
            for field in ["version", "position", "at"] {
                assert_eq!(shown["point"][field], commit[field], "{at}");
            }
        }
    }
    let nothing = json!({ "version": 0, "position": 0, "at": null });
    for at in [
        json!({ "version": 0 }),
        json!({ "position": 0 }),
        json!({ "time": "1999-12-31T00:00:00Z" }),
    ] {
        let shown = world.get("sam", "audit.plan", &json!({ "learner": TARGET, "at": at }));
        assert_eq!(
            (&shown["point"], &shown["components"]),
            (&nothing, &json!([]))
        );
    }
    let now = world.get("sam", "audit.plan", &json!({ "learner": TARGET }));
    assert_eq!(now["point"]["version"], 3);
}

#[test]
fn v6_at_a_position_open_tasks_are_those_of_the_case_owner_of_then() {
    let world = college(Encoding::Json);
    let meeting = json!([{
        "op": "add", "component": NOBODY, "programme": PROGRAMME, "type": "review",
        "attributes": { "name": "Meeting", "review_at": "2026-12-01T09:00:00Z" },
    }]);
    edit(&world, "sam", TARGET, &meeting);
    let before = world.position();
    let mut record = learner(TARGET, "Ben", "north");
    record["case_owner"] = json!("alice");
    world.get("system", "learner.put", &record);
    let assignees = |at: &Value| {
        let plan = world.get("sam", "audit.plan", &json!({ "learner": TARGET, "at": at }));
        let tasks = plan["components"][2]["review"]["tasks"]
            .as_array()
            .unwrap()
            .clone();
        tasks
            .iter()
            .map(|task| task["assignee"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        assignees(&json!({ "position": before })),
        ["learner", "sam"]
    );
    assert_eq!(
        assignees(&json!({ "position": before + 1 })),
        ["learner", "alice"]
    );
    assert_eq!(assignees(&json!({ "version": 2 })), ["learner", "alice"]);
    assert_eq!(
        assignees(&json!({ "time": "9999-01-01T00:00:00Z" })),
        ["learner", "alice"]
    );
    // The plan did not change, but whose calendar its meeting is in.
    let body = json!({
        "learner": TARGET, "from": { "position": before }, "to": { "position": before + 1 },
    });
    let diff = world.get("sam", "audit.diff", &body);
    assert_eq!(diff["from"]["version"], diff["to"]["version"]);
    assert_eq!(diff["items"], json!([]));
}

#[test]
fn a_point_that_does_not_exist_is_refused_with_the_range_that_does() {
    let (world, _) = overwritten(Encoding::Json);
    let refused = |operation: &str, body: &Value| {
        let refused = world.ask("sam", operation, body).unwrap_err();
        assert_eq!(refused["code"], "invalid_request", "{refused}");
        let path = refused["details"]["path"].as_str().unwrap_or("").to_owned();
        (path, refused["message"].as_str().unwrap().to_owned())
    };
    let at = |at: &Value| json!({ "learner": TARGET, "at": at });
    let (path, message) = refused("audit.plan", &at(&json!({ "version": 4 })));
    assert_eq!(path, "at.version");
    assert!(message.contains("from 0 to 3"), "{message}");
    let beyond = world.position() + 1;
    let (path, message) = refused("audit.blame", &at(&json!({ "position": beyond })));
    assert_eq!(path, "at.position");
    assert!(
        message.contains(&format!("from 0 to {}", beyond - 1)),
        "{message}"
    );
    for none_or_two in [json!({}), json!({ "version": 1, "position": 1 })] {
        assert_eq!(refused("audit.plan", &at(&none_or_two)).0, "at");
    }
    let diff = json!({ "learner": TARGET, "from": { "version": 1 }, "to": {} });
    assert_eq!(refused("audit.diff", &diff).0, "to");
    let diff = json!({ "learner": TARGET, "from": { "version": 9 } });
    assert_eq!(refused("audit.diff", &diff).0, "from.version");
    let after = json!({ "learner": TARGET, "after": { "version": 9, "skip": 0 } });
    assert_eq!(refused("audit.plan", &after).0, "after");
    let (from, to) = ("2026-12-01T00:00:00Z", "2026-11-01T00:00:00Z");
    let period = json!({ "from_time": from, "to_time": to });
    assert_eq!(refused("audit.changes", &period).0, "to_time");
}

#[test]
fn pages_go_on_about_the_version_that_they_began_with() {
    let (world, _) = overwritten(Encoding::Json);
    let body = json!({ "learner": TARGET, "limit": 1 });
    let first = world.get("sam", "audit.plan", &body);
    assert_eq!(first["next"], json!({ "version": 3, "skip": 1 }));
    edit(
        &world,
        "sam",
        TARGET,
        &json!([{ "op": "remove", "component": EXAM }]),
    );
    let mut rest = body.clone();
    rest["after"] = first["next"].clone();
    let second = world.get("sam", "audit.plan", &rest);
    assert_eq!(second["components"][0]["component"], EXAM);
    assert_eq!(
        (&second["point"], &second["next"]),
        (&first["point"], &json!(null))
    );
}
