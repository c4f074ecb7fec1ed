//! The canonical form: sets in any order and with duplicates are the same command.

use plansync_domain::command::{Command, Edit};
use plansync_domain::ids::CommandId;
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::attributes::AttributeMap;
use plansync_domain::values::raw::Raw;
use plansync_domain::values::value::Value as Held;
use plansync_engine::Call;
use plansync_log::Fingerprint;
use plansync_protocol::Encoding;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::college::{ESSAY, EXAM, HIDDEN, PROGRAMME, SOURCE, TARGET, college, open, rename};
use crate::world::World;

const ID: &str = "00000000-0000-0000-0000-00000000e000";

fn with_id(body: &Value) -> Value {
    let mut body = body.clone();
    body["command_id"] = json!(ID);
    body
}

/// Both forms are one command, in either encoding; and the third is another.
#[track_caller]
fn same(actor: &str, operation: &str, [one, other, another]: [Value; 3]) {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let world = college(encoding);
        let first = world.get(actor, operation, &with_id(&one));
        let again = world.get(actor, operation, &with_id(&other));
        assert_eq!(again["duplicate"], true, "{operation}: {other}");
        assert_eq!(again["position"], first["position"]);
        assert_eq!(
            world.refusal(actor, operation, &with_id(&another)),
            "command_id_reused"
        );
    }
}

#[test]
fn permissions_groups_and_tutors_are_sets() {
    let put = |permissions: &[&str], groups: &[&str]| json!({ "administrator": "new", "name": "N", "permissions": permissions, "groups": groups });
    let one = put(&["supervisor", "compliance_qa"], &["b", "a"]);
    let other = put(
        &["compliance_qa", "supervisor", "supervisor"],
        &["a", "b", "b"],
    );
    same(
        "system",
        "administrator.put",
        [one, other, put(&[], &["a", "b"])],
    );

    let put = |groups: &[&str], tutors: &[&str], programmes: [&str; 2]| {
        let enrolments = programmes.map(|id| json!({ "programme": id, "status": "active" }));
        json!({
            "learner": SOURCE, "name": "Ann", "case_owner": null, "groups": groups,
            "tutors": tutors, "enrolments": enrolments,
        })
    };
    let one = put(&["b", "a", "b"], &["tom", "tim"], [PROGRAMME, TARGET]);
    let other = put(&["a", "b"], &["tim", "tom", "tim"], [PROGRAMME, TARGET]);
    // The first enrolment is the one that is offered first: their order says something.
    let another = put(&["a", "b"], &["tim", "tom"], [TARGET, PROGRAMME]);
    same("system", "learner.put", [one, other, another]);
}

#[test]
fn criteria_are_a_set_and_documents_are_not() {
    let edit = |criteria: &[&str], documents: &[&str]| {
        let set = json!({ "criteria": criteria, "documents": documents });
        json!({ "learner": SOURCE, "edits": [{ "op": "change", "component": ESSAY, "set": set }] })
    };
    let one = edit(&["K3", "K1"], &["d2", "d1"]);
    let other = edit(&["K1", "K3", "K1"], &["d2", "d1"]);
    same(
        "alice",
        "plan.edit",
        [one, other, edit(&["K1", "K3"], &["d1", "d2"])],
    );

    let put = |criteria: &[&str], components: [&str; 2]| {
        let component = |id: &str| {
            let attributes = json!({ "name": "E", "criteria": criteria });
            json!({ "component": id, "type": "assignment", "attributes": attributes })
        };
        json!({ "programme": PROGRAMME, "components": components.map(component) })
    };
    let one = put(&["K2", "K1"], [HIDDEN, TARGET]);
    let other = put(&["K1", "K2", "K2"], [HIDDEN, TARGET]);
    same(
        "system",
        "template.put",
        [one, other, put(&["K1", "K2"], [TARGET, HIDDEN])],
    );

    let remove = |components: &[&str]| json!({ "programme": PROGRAMME, "components": components });
    let (one, other) = (remove(&[EXAM, ESSAY]), remove(&[ESSAY, EXAM]));
    same("system", "template.remove", [one, other, remove(&[ESSAY])]);
}

/// Two forms of each of several requests.
fn forms(session: &Value) -> Vec<[Value; 2]> {
    let request = |components: Value, learners: Value, rest: Value| {
        let mut request = json!({
            "session": session, "programme": PROGRAMME, "components": components,
            "learners": learners,
        });
        for (field, value) in rest.as_object().unwrap() {
            request[field] = value.clone();
        }
        request
    };
    let one = |learners: Value, rest: Value| request(json!([EXAM, ESSAY]), learners, rest);
    let other = |learners: Value, rest: Value| request(json!([ESSAY, EXAM, ESSAY]), learners, rest);
    let filter = |order: [usize; 2], search: Value| {
        let pick = |values: [&str; 2]| json!(order.map(|index| values[index]));
        json!({
            "programme_statuses": pick(["active", "on_break"]), "groups": pick(["north", "south"]),
            "tutors": pick(["tom", "tim"]), "except": pick([SOURCE, HIDDEN]), "search": search,
        })
    };
    let nothing = json!({ "groups": [], "tutors": null, "search": "" });
    let chosen = |attributes: [&str; 2], statuses: Value| json!({ "type": "selected_attributes", "attributes": attributes, "statuses": statuses });
    vec![
        [
            one(json!([TARGET, HIDDEN]), json!({})),
            other(
                json!([HIDDEN, TARGET, HIDDEN]),
                json!({ "statuses": [], "type": "changes_only" }),
            ),
        ],
        [
            one(
                filter([0, 1], Value::Null),
                json!({ "statuses": ["not_started", "planned_for_qa"] }),
            ),
            other(
                filter([1, 0], json!("")),
                json!({ "statuses": ["planned_for_qa", "not_started"] }),
            ),
        ],
        [
            one(json!("all"), json!({})),
            other(nothing, json!({ "attributes": null })),
        ],
        [
            one(json!("all"), chosen(["name", "criteria"], json!(null))),
            other(json!({}), chosen(["criteria", "name"], json!([]))),
        ],
    ]
}

/// A college whose source was changed, with a record of it open.
fn changed(encoding: Encoding) -> (World, Value) {
    let world = college(encoding);
    let session = open(&world);
    for component in [ESSAY, EXAM] {
        world.get("alice", "plan.edit", &rename(component, "New"));
    }
    (world, session)
}

#[test]
fn m5_a_preview_is_confirmed_by_another_form_of_the_same_request() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        for number in 0..4 {
            let (world, session) = changed(encoding);
            let [shown, mut confirmed] = forms(&session).swap_remove(number);
            let preview = world.get("alice", "sync.preview", &shown);
            confirmed["confirm"] =
                json!({ "position": preview["position"], "digest": preview["digest"] });
            let again = world.get("alice", "sync.preview", &confirmed);
            assert_eq!(again["digest"], preview["digest"]);
            let first = world.get("alice", "sync.start", &with_id(&confirmed));
            let mut other = shown;
            other["confirm"] = confirmed["confirm"].clone();
            let repeated = world.get("alice", "sync.start", &with_id(&other));
            assert_eq!(repeated["sync"], first["sync"]);
            assert_eq!(repeated["duplicate"], true);
            let changes = world.get("alice", "sync.changes", &json!({ "sync": first["sync"] }));
            assert_eq!(changes["digest"], preview["digest"]);
        }
    }
}

#[test]
fn m5_another_request_is_another_request_in_every_form() {
    let (world, session) = changed(Encoding::Json);
    let digests: std::collections::BTreeSet<String> = forms(&session)
        .iter()
        .map(|[one, _]| world.get("alice", "sync.preview", one)["digest"].to_string())
        .collect();
    assert_eq!(digests.len(), 4);
}

/// What the first version of this program hashed of the command below: the body as it came.
const RECORDED: &str = include_str!("recorded-fingerprint.hex");

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

#[test]
fn i2_a_command_that_an_earlier_version_recorded_gets_its_first_answer() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let world = college(encoding);
        let uuid = |text: &str| Uuid::try_parse(text).unwrap();
        let mut set = AttributeMap::new();
        let codes = Raw::List(vec!["K3".to_owned(), "K1".to_owned()]);
        let value = Held::parse(Attribute::Criteria, codes).unwrap();
        set.insert(Attribute::Criteria, value);
        let command = Command::EditPlan {
            learner: plansync_domain::ids::LearnerId::from_uuid(uuid(SOURCE)),
            expected_version: None,
            edits: vec![Edit::Change {
                component: plansync_domain::ids::ComponentId::from_uuid(uuid(ESSAY)),
                set,
                reason: None,
            }],
        };
        let call = Call {
            tenant: "acme".parse().unwrap(),
            actor: "alice".parse().unwrap(),
            command: CommandId::from_uuid(uuid(ID)),
            id_is_new: false,
            fingerprint: Fingerprint::of(&from_hex(RECORDED)),
            earlier: None,
            trace: None,
        };
        let first = world.service.engine().submit(&call, &command).unwrap();
        world.settle();
        let edit =
            json!({ "op": "change", "component": ESSAY, "set": { "criteria": ["K3", "K1"] } });
        let body = json!({ "learner": SOURCE, "edits": [edit], "command_id": ID });
        let again = world.get("alice", "plan.edit", &body);
        assert_eq!(again["duplicate"], true);
        assert_eq!(again["position"], first.position.get());
    }
}
