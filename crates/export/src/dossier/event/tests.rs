//! Every field of every kind of event of the protocol is copied by a rule that fits it, or is left out on purpose.

use std::collections::{BTreeMap, BTreeSet};

use plansync_protocol::Word as _;
use plansync_protocol::audit::{AuditEvent, AuditKind};
use serde_json::{Value, json};

use super::*;
use crate::dossier::people::Collecting;

/// Kinds of which nothing is copied.
const WITHOUT_DATA: [AuditKind; 11] = [
    AuditKind::TenantPut,
    AuditKind::AdministratorPut,
    AuditKind::AdministratorRemoved,
    AuditKind::ProgrammePut,
    AuditKind::TemplatePut,
    AuditKind::TemplateRemoved,
    AuditKind::SyncChunk,
    AuditKind::CommandUnchanged,
    AuditKind::CommandAccepted,
    AuditKind::CommandRejected,
    AuditKind::EngineStarted,
];

/// The schema of all events, whose definitions are looked up by name.
struct Schemas(Value);

/// A property: the names of the types that it may have, and the properties of its objects.
#[derive(Debug, Default)]
struct Property {
    types: BTreeSet<String>,
    is_map: bool,
    within: BTreeMap<String, Property>,
}

impl Schemas {
    fn new() -> Self {
        Self(json!(schemars::schema_for!(AuditEvent)))
    }

    /// The data of each kind.
    fn kinds(&self) -> BTreeMap<String, Property> {
        let all = self.0["anyOf"].as_array().unwrap().iter();
        let of_kind = all.filter_map(|one| {
            let kind = one["properties"]["kind"]["const"].as_str()?;
            Some((kind.to_owned(), self.property(&one["properties"]["data"])))
        });
        of_kind.collect()
    }

    fn property(&self, schema: &Value) -> Property {
        let mut property = Property::default();
        self.add(schema, &mut property);
        property
    }

    fn add(&self, schema: &Value, to: &mut Property) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            to.types.insert(name.to_owned());
            self.add(&self.0["$defs"][name], to);
        }
        if schema["additionalProperties"].is_object() {
            to.is_map = true;
        }
        for (name, of) in schema["properties"].as_object().into_iter().flatten() {
            self.add(of, to.within.entry(name.clone()).or_default());
        }
        for several in ["anyOf", "oneOf", "allOf"] {
            for one in schema[several].as_array().into_iter().flatten() {
                self.add(one, to);
            }
        }
        if schema["items"].is_object() {
            self.add(&schema["items"], to);
        }
    }
}

/// Checks that each property has a rule that fits it, and each rule a property.
fn check(place: &str, fields: Fields, properties: &BTreeMap<String, Property>) {
    let named: BTreeSet<&str> = fields.iter().map(|(name, _)| *name).collect();
    let there: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
    assert_eq!(named.len(), fields.len(), "{place} has a field twice");
    assert_eq!(named, there, "{place}: what becomes of the other fields?");
    for (name, rule) in fields {
        let (property, place) = (&properties[*name], format!("{place}.{name}"));
        let is_of = |types: &[&str]| types.iter().any(|name| property.types.contains(*name));
        assert_eq!(
            is_of(&["AdministratorId", "Actor"]),
            *rule == Administrator,
            "{place}"
        );
        assert_eq!(property.is_map, *rule == Counts, "{place}");
        match rule {
            Rule::Fields(fields) => check(&place, fields, &property.within),
            Chosen => assert!(is_of(&["LearnerChoice"]), "{place}"),
            Learner => assert!(is_of(&["LearnerId"]), "{place}"),
            Content | Note | Administrator | OfAttribute | Counts => {
                assert!(!is_of(&["LearnerId"]), "{place}");
                assert!(property.within.is_empty(), "{place} is an object");
            }
        }
    }
}

#[test]
fn every_field_of_every_kind_has_a_rule_that_fits_it() {
    let kinds = Schemas::new().kinds();
    for kind in AuditKind::VALUES {
        let (data, fields) = (&kinds[kind.as_str()], fields_of(*kind));
        if WITHOUT_DATA.contains(kind) {
            assert_eq!(fields, &[]);
        } else {
            check(kind.as_str(), fields, &data.within);
        }
    }
    assert_eq!(kinds.len(), AuditKind::VALUES.len());
}

const OWN: &str = "0190a1b2-0000-7000-8000-000000000001";
const OTHER: &str = "0190a1b2-0000-7000-8000-00000000000a";

#[track_caller]
fn is_copied(kind: &str, read: &Value, expected: &Value) {
    let people = Collecting::except(OWN.parse().unwrap()).complete().unwrap();
    let mut pseudonyms = Pseudonyms::new(&people, OWN);
    let copy: Value =
        serde_json::from_str(&data(&mut pseudonyms, kind, &read.to_string())).unwrap();
    assert_eq!(copy, *expected);
}

#[test]
fn a_field_that_no_rule_knows_is_left_out_wherever_it_is() {
    let read = json!({
        "learner": OWN, "version": 3, "approved_by": "alice",
        "changes": [{
            "component": OTHER, "change": "updated", "seen_by": ["bob"], "reason": "so",
            "attributes": [
                { "attribute": "owner", "after": "alice", "proposed": "bob" },
                { "attribute": "name", "after": "alice" },
                { "attribute": "later", "after": { "administrator": "bob" } },
            ],
        }],
    });
    let expected = json!({
        "learner": OWN, "version": 3,
        "changes": [{
            "component": OTHER, "change": "updated", "reason": "so",
            "attributes": [
                { "attribute": "owner", "after": "administrator 1" },
                { "attribute": "name", "after": "alice" },
                { "attribute": "later", "after": null },
            ],
        }],
    });
    is_copied("plan.changed", &read, &expected);
    is_copied("plan.adjudicated", &read, &json!({}));
    is_copied("command.accepted", &read, &json!({}));
}

#[test]
fn a_request_says_whether_the_learner_was_listed_and_nothing_of_others() {
    for (learners, expected) in [
        (json!([OTHER, OWN]), json!([OWN])),
        (json!("all"), json!("all")),
        (
            json!({ "search": "bea", "tutors": ["alice"] }),
            json!("filtered"),
        ),
    ] {
        let read = json!({ "request": { "learners": learners }, "source": { "learner": OTHER } });
        let expected =
            json!({ "request": { "learners": expected }, "source": { "learner": "learner 1" } });
        is_copied("sync.started", &read, &expected);
    }
}
