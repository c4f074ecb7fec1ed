//! Who may ask: what the table of operations says is what the service does.

use plansync_protocol::{Audience, Encoding, OperationName};
use serde_json::{Value, json};

use crate::college::{ESSAY, PROGRAMME, SOURCE, administrator, college, rename};

/// The published example of an operation's body.
fn example(operation: OperationName) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto-schemas/golden");
    let example = std::fs::read(format!("{folder}/{operation}.json")).unwrap();
    let example: Value = serde_json::from_slice(&example).unwrap();
    example["body"]["json"].clone()
}

/// The reasons that depend on the operation and the actor alone.
const OF_THE_OPERATION: [&str; 3] = ["system_only", "administrator_only", "read_not_permitted"];

/// What `system`, a reader of reference data and somebody without permissions are refused.
const fn expected(audience: Audience) -> [Option<&'static str>; 3] {
    match audience {
        Audience::System => [None, Some("system_only"), Some("system_only")],
        Audience::Administrators => [Some("administrator_only"), None, None],
        Audience::ReferenceReaders => [None, None, Some("read_not_permitted")],
        Audience::RecordHolder | Audience::Synchroniser | Audience::Everyone => [None, None, None],
    }
}

#[test]
fn p10_everybody_outside_the_audience_is_refused_and_nobody_else() {
    let world = college(Encoding::Json);
    let reader = administrator("quinn", &["compliance_qa"], &json!("all"));
    world.get("system", "administrator.put", &reader);
    for operation in OperationName::ALL.iter().copied() {
        let body = example(operation);
        let refused = ["system", "quinn", "ed"].map(|actor| {
            let error = world.ask(actor, operation.as_str(), &body).err()?;
            let reason = error["details"]["reason"].as_str()?;
            OF_THE_OPERATION
                .contains(&reason)
                .then(|| reason.to_owned())
        });
        let refused = refused.each_ref().map(Option::as_deref);
        assert_eq!(refused, expected(operation.audience()), "{operation}");
        if refused[0].is_some() {
            assert!(!operation.audience().includes_system(), "{operation}");
        }
    }
}

/// The codes with which an operation is refused to whoever sends it, in this order: `system`, the administrator who has
/// the record open, another one, and one with an open record who may not synchronise.
fn codes(operation: OperationName) -> [Option<String>; 4] {
    let world = college(Encoding::Json);
    let of = |actor: &str| world.get(actor, "record.open", &json!({ "learner": SOURCE }));
    let (alice, ed) = (of("alice")["session"].clone(), of("ed")["session"].clone());
    let cases = [
        ("system", &alice),
        ("alice", &alice),
        ("sam", &alice),
        ("ed", &ed),
    ];
    // Closing comes last for the holder, whose record is open until then.
    let order = [0, 2, 1, 3];
    let mut codes = [const { None }; 4];
    for index in order {
        let (actor, session) = cases[index];
        let mut body = example(operation);
        body["session"] = session.clone();
        for field in ["programme", "component"] {
            if body.get(field).is_some() {
                body[field] = json!(if field == "programme" {
                    PROGRAMME
                } else {
                    ESSAY
                });
            }
        }
        if body.get("components").is_some() {
            body["components"] = json!("all");
            body["learners"] = json!("all");
            body["type"] = json!("all_attributes");
            for field in ["attributes", "confirm"] {
                body.as_object_mut().unwrap().remove(field);
            }
        }
        let refused = world.ask(actor, operation.as_str(), &body).err();
        codes[index] = refused.map(|error| error["code"].as_str().unwrap().to_owned());
    }
    codes
}

#[test]
fn an_operation_on_an_open_record_is_for_its_holder_and_not_for_system() {
    let is_on_a_record = |operation: &OperationName| {
        let audience = operation.audience();
        matches!(audience, Audience::RecordHolder | Audience::Synchroniser)
    };
    let mut count = 0;
    for operation in OperationName::ALL.iter().copied() {
        let needs_session =
            example(operation).get("session").is_some() && operation.as_str() != "record.open";
        assert_eq!(is_on_a_record(&operation), needs_session, "{operation}");
        if !needs_session {
            continue;
        }
        count += 1;
        let not_open = Some("session_not_open".to_owned());
        let synchronises = operation.audience() == Audience::Synchroniser;
        let without_permission = synchronises.then(|| "sync_not_permitted".to_owned());
        assert!(!operation.audience().includes_system(), "{operation}");
        let expected = [not_open.clone(), None, not_open, without_permission];
        assert_eq!(codes(operation), expected, "{operation}");
    }
    assert_eq!(count, 9);
}

/// What everybody may ask for is refused to `system` for no reason that depends on who it is.
#[test]
fn system_is_refused_nothing_that_everyone_may_ask_for() {
    let world = college(Encoding::Json);
    world.get("alice", "record.open", &json!({ "learner": SOURCE }));
    let ask = |operation: &str, body: Value| world.get("system", operation, &body);
    assert_eq!(ask("record.list", json!({}))["total"], 0);
    assert_eq!(ask("learner.find", json!({}))["total"], 3);
    let edit = rename(ESSAY, "Renamed by a program");
    assert_eq!(ask("plan.edit", edit)["changed"], true);
    let actor = ask("actor.get", json!({}));
    assert_eq!(
        (&actor["permissions"], &actor["can_sync"]),
        (&json!([]), &json!(false))
    );
}
