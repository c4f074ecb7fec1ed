//! Every row is what the engine answers, asked one by one, and nothing is missing.

use plansync_tests::client::Client;
use serde_json::{Map, Value, json};

use super::rows::{attribute_columns, text_of, values_of};
use super::tables::{Row, Tables, exported, having, of_sqlite};
use super::world::World;

/// The values of attributes that nobody gave.
const DEFAULTS: [&str; 6] = ["null", "\"learner\"", "[]", "\"\"", "false", "0"];

/// All items of a list with pages.
async fn all(client: &Client, operation: &str, mut body: Value, list: &str) -> Vec<Value> {
    let mut items = Vec::new();
    // Few enough that a page of large changes fits into a message.
    body["page_size"] = json!(20);
    for page in 1.. {
        body["page"] = json!(page);
        let reply = client.get("system", operation, body.clone()).await;
        let found = reply[list].as_array().unwrap();
        items.extend(found.iter().cloned());
        if found.is_empty() || reply["total"] == items.len() {
            break;
        }
    }
    items
}

/// Compares an export with what the engine answers now.
pub(super) async fn compare(client: &Client, tables: &Tables) {
    log(client, tables).await;
    people(client, tables).await;
    let learners = all(client, "learner.list", json!({}), "items").await;
    let mut edits = 0;
    for record in &learners {
        plan(client, tables, &record["learner"]).await;
        edits += history(client, tables, &record["learner"]).await;
    }
    assert_eq!(tables["edits"].len(), edits, "edits of nobody");
    let known = having(tables, "learners", &json!({ "is_known": true }));
    assert_eq!(known.len(), learners.len());
    syncs(client, tables).await;
}

async fn log(client: &Client, tables: &Tables) {
    let (mut body, mut place) = (json!({ "limit": 500 }), 0);
    loop {
        let page = client.get("system", "audit.log", body.clone()).await;
        for commit in page["items"].as_array().unwrap() {
            let row = &tables["commits"][place];
            for name in [
                "position",
                "at",
                "command_id",
                "correlation_id",
                "judged_at",
                "version",
                "chain",
            ] {
                assert_eq!(row[name], commit[name], "{name} of {commit}");
            }
            assert_eq!(row["actor"], commit["by"]);
            assert_eq!(
                [&row["stream_kind"], &row["stream_id"]],
                [&commit["stream"]["kind"], &commit["stream"]["id"]]
            );
            let event = &tables["events"][place];
            assert_eq!(event["position"], commit["position"]);
            assert_eq!(
                [&event["kind"], &event["data"]],
                [&commit["events"][0]["kind"], &commit["events"][0]["data"]]
            );
            place += 1;
        }
        if page["next"].is_null() {
            break;
        }
        body["after"] = page["next"].clone();
    }
    assert_eq!(tables["commits"].len(), place);
    assert_eq!(tables["events"].len(), place);
}

async fn people(client: &Client, tables: &Tables) {
    let texts = |rows: Vec<&Row>, column: &str| -> Value {
        rows.iter().map(|row| row[column].clone()).collect()
    };
    for record in all(client, "learner.list", json!({}), "items").await {
        let of = json!({ "learner": record["learner"] });
        let [row] = having(tables, "learners", &of)[..] else {
            panic!("{record}")
        };
        let is_erased = record["erased"] == true;
        let name = Some(&record["name"]).filter(|_| !is_erased);
        assert_eq!(
            [&row["name"], &row["case_owner"], &row["is_erased"]],
            [
                name.unwrap_or(&Value::Null),
                &record["case_owner"],
                &json!(is_erased)
            ]
        );
        assert_eq!(
            sorted(texts(having(tables, "learner_groups", &of), "group_id")),
            sorted(record["groups"].clone())
        );
        assert_eq!(
            sorted(texts(having(tables, "tutors", &of), "administrator")),
            sorted(record["tutors"].clone())
        );
        let mut enrolments = having(tables, "enrolments", &of);
        enrolments.sort_by_key(|row| row["number"].as_u64());
        let enrolments: Value = enrolments
            .iter()
            .map(|row| json!({ "programme": row["programme"], "status": row["status"] }))
            .collect();
        assert_eq!(enrolments, record["enrolments"]);
    }
    let administrators = all(client, "administrator.list", json!({}), "items").await;
    assert_eq!(
        having(tables, "administrators", &json!({ "standing": "current" })).len(),
        administrators.len()
    );
    for record in administrators {
        let of = json!({ "administrator": record["administrator"] });
        let [row] = having(tables, "administrators", &of)[..] else {
            panic!("{record}")
        };
        assert_eq!(row["name"], record["name"]);
        assert_eq!(row["views_all_groups"], json!(record["groups"] == "all"));
        let groups = if record["groups"] == "all" {
            json!([])
        } else {
            record["groups"].clone()
        };
        assert_eq!(
            sorted(texts(
                having(tables, "administrator_groups", &of),
                "group_id"
            )),
            sorted(groups)
        );
        let held = texts(having(tables, "permissions", &of), "permission");
        assert_eq!(sorted(held), sorted(record["permissions"].clone()));
    }
    let programmes = all(client, "programme.list", json!({}), "items").await;
    assert_eq!(
        having(tables, "programmes", &json!({ "is_known": true })).len(),
        programmes.len()
    );
    for record in programmes {
        let of = json!({ "programme": record["programme"] });
        let [row] = having(tables, "programmes", &of)[..] else {
            panic!("{record}")
        };
        assert_eq!(
            [&row["name"], &row["parent"]],
            [&record["name"], &record["parent"]]
        );
        let components = all(client, "template.get", of.clone(), "components").await;
        assert_eq!(having(tables, "templates", &of).len(), components.len());
        for component in components {
            let of =
                json!({ "programme": record["programme"], "component": component["component"] });
            let [row] = having(tables, "templates", &of)[..] else {
                panic!("{component}")
            };
            assert_eq!(row["component_type"], component["type"]);
            for (name, value) in component["attributes"].as_object().unwrap() {
                // The template says only what was given.
                let is_default = row[name].is_null() && DEFAULTS.contains(&&*value.to_string());
                assert!(row[name] == *value || is_default, "{name} of {component}");
            }
        }
    }
}

#[allow(clippy::needless_pass_by_value)] // Most of them are made for it.
fn sorted(list: Value) -> Vec<String> {
    let mut texts: Vec<String> = list
        .as_array()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    texts.sort();
    texts
}

async fn plan(client: &Client, tables: &Tables, learner: &Value) {
    let of = json!({ "learner": learner });
    let version = client.get("system", "plan.get", of.clone()).await["version"].clone();
    let plans = having(tables, "plans", &of);
    assert_eq!(plans.len(), usize::from(version != 0));
    assert!(plans.iter().all(|plan| plan["version"] == version));
    let components = all(client, "plan.get", of.clone(), "components").await;
    let mut rows = having(tables, "components", &of);
    rows.sort_by_key(|row| row["number"].as_u64());
    assert_eq!(rows.len(), components.len(), "{learner}");
    for (row, component) in rows.iter().zip(&components) {
        for name in [
            "component",
            "programme",
            "from_template",
            "status",
            "evidence_submitted",
        ] {
            assert_eq!(row[name], component[name], "{name} of {component}");
        }
        assert_eq!(row["component_type"], component["type"]);
        for name in attribute_columns() {
            let value = component["attributes"].get(name).unwrap_or(&Value::Null);
            assert_eq!(row[name], *value, "{name} of {component}");
        }
        let review = &component["review"];
        assert_eq!(
            [
                &row["review"],
                &row["review_status"],
                &row["review_scheduled_at"]
            ],
            [&review["review"], &review["status"], &review["review_at"]]
        );
        let updated = &component["last_updated"];
        assert_eq!(
            [
                &row["updated_position"],
                &row["updated_at"],
                &row["updated_by"]
            ],
            [&updated["position"], &updated["at"], &updated["by"]]
        );
        let of = json!({ "learner": learner, "component": component["component"] });
        let tasks = having(tables, "tasks", &of);
        let empty = Vec::new();
        let expected = review["tasks"].as_array().unwrap_or(&empty);
        assert_eq!(tasks.len(), expected.len(), "{component}");
        for task in expected {
            let of = json!({ "task": task["task"], "at": task["at"], "status": task["status"] });
            let [row] = having(tables, "tasks", &of)[..] else {
                panic!("{task}")
            };
            let assignee = if row["assignee"] == "learner" {
                &row["assignee"]
            } else {
                &row["administrator"]
            };
            assert_eq!(*assignee, task["assignee"]);
        }
    }
}

/// Compares every change of a plan, and gives the number of edits.
async fn history(client: &Client, tables: &Tables, learner: &Value) -> usize {
    let commits = all(
        client,
        "plan.history",
        json!({ "learner": learner }),
        "items",
    )
    .await;
    let mut count = 0;
    for commit in commits {
        let body = json!({ "learner": learner, "version": commit["version"] });
        let head = client.get("system", "plan.change", body.clone()).await;
        let changes = all(client, "plan.change", body, "changes").await;
        for change in changes {
            let expected = values_of(&change);
            let is_seen = change["change"] != "updated" || !expected.is_empty();
            let of = json!({ "position": commit["position"], "component": change["component"] });
            let rows = having(tables, "edits", &of);
            assert_eq!(rows.len(), usize::from(is_seen), "{change}");
            let Some(row) = rows.first() else { continue };
            count += 1;
            assert_eq!(
                [
                    &row["learner"],
                    &row["version"],
                    &row["at"],
                    &row["actor"],
                    &row["sync"]
                ],
                [
                    learner,
                    &commit["version"],
                    &commit["at"],
                    &head["by"],
                    &head["sync"]
                ]
            );
            assert_eq!(row["component_name"], change["name"]);
            let word = match change["change"].as_str().unwrap() {
                "created" => "added",
                "deleted" => "removed",
                _ if expected.contains_key("due_date") => "due_date_moved",
                _ if expected
                    .keys()
                    .any(|name| attribute_columns().any(|one| one == name)) =>
                {
                    "updated"
                }
                _ => "progress",
            };
            assert_eq!(row["change"], word, "{change}");
            if word == "due_date_moved" {
                assert_eq!(row["reason"], change["reason"], "{change}");
            }
            let there: Map<String, Value> = having(tables, "edit_values", &of)
                .iter()
                .map(|row| {
                    (
                        row["attribute"].as_str().unwrap().to_owned(),
                        json!([row["before"], row["after"]]),
                    )
                })
                .collect();
            assert_eq!(there, expected, "{change}");
        }
    }
    count
}

async fn syncs(client: &Client, tables: &Tables) {
    let syncs = all(client, "sync.list", json!({}), "items").await;
    assert_eq!(tables["syncs"].len(), syncs.len());
    let (mut outcomes, mut changes, mut warnings) = (0, 0, 0);
    for sync in syncs {
        let of = json!({ "sync": sync["sync"] });
        let [row] = having(tables, "syncs", &of)[..] else {
            panic!("{sync}")
        };
        for (column, value) in [
            ("state", &sync["state"]),
            ("sync_type", &sync["type"]),
            ("source", &sync["source"]["learner"]),
            ("session", &sync["source"]["session"]),
            ("programme", &sync["programme"]),
            ("requested_by", &sync["requested_by"]),
            ("started_at", &sync["started_at"]),
            ("ended_at", &sync["finished_at"]),
            ("components", &sync["components"]),
            ("learners", &sync["learners"]),
            ("applied", &sync["pairs"]["applied"]),
            ("unchanged", &sync["pairs"]["unchanged"]),
            ("skipped", &sync["pairs"]["skipped"]),
            ("created", &sync["created"]),
            ("updated", &sync["updated"]),
            ("deleted", &sync["deleted"]),
        ] {
            assert_eq!(row[column], *value, "{column} of {sync}");
        }
        for item in all(client, "sync.changes", of.clone(), "items").await {
            changes += 1;
            let of = json!({ "sync": sync["sync"], "component": item["component"] });
            let [row] = having(tables, "change_sets", &of)[..] else {
                panic!("{item}")
            };
            assert_eq!(
                [&row["name"], &row["change"]],
                [&item["name"], &item["change"]]
            );
            let values = having(tables, "change_set_values", &of);
            assert_eq!(values.len(), item["attributes"].as_array().unwrap().len());
            for value in item["attributes"].as_array().unwrap() {
                let row = values
                    .iter()
                    .find(|row| row["attribute"] == value["attribute"])
                    .unwrap();
                assert_eq!(row["after"], text_of(&value["after"]));
                assert_eq!(
                    row["before"],
                    text_of(value.get("before").unwrap_or(&Value::Null))
                );
                assert_eq!(
                    [&row["added"], &row["removed"]],
                    [&value["added"], &value["removed"]]
                );
            }
        }
        for item in all(client, "sync.outcomes", of, "items").await {
            outcomes += 1;
            let of = json!({ "sync": sync["sync"], "learner": item["learner"], "component": item["component"] });
            let [row] = having(tables, "outcomes", &of)[..] else {
                panic!("{item}")
            };
            for name in ["action", "outcome", "reason", "cause"] {
                assert_eq!(row[name], item[name], "{name} of {item}");
            }
            assert_eq!(row["is_source"], json!(item["source"] == true));
            for warning in item["warnings"].as_array().unwrap() {
                warnings += 1;
                let mut of = of.clone();
                of["code"] = warning["code"].clone();
                let [row] = having(tables, "outcome_warnings", &of)[..] else {
                    panic!("{warning}")
                };
                for name in ["tasks", "made", "evidence", "reason"] {
                    assert_eq!(row[name], warning[name], "{name} of {item}");
                }
            }
        }
    }
    assert_eq!(tables["change_sets"].len(), changes);
    assert_eq!(tables["outcomes"].len(), outcomes);
    assert_eq!(tables["outcome_warnings"].len(), warnings);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_is_what_the_engine_answers() {
    let world = World::new().await;
    let file = world.folder.path().join("college.sqlite");
    let data = world.data();
    exported(&file, &["--data", data.to_str().unwrap()]);
    compare(&world.client, &of_sqlite(&file)).await;
}
