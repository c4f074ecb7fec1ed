//! Tests of values: which are accepted, which are refused, and how each is written.

use super::*;
use crate::values::attributes::AttributeMap;

fn text(text: &str) -> Raw {
    Raw::Text(text.to_owned())
}

fn list(elements: &[&str]) -> Raw {
    Raw::List(elements.iter().map(|&element| element.to_owned()).collect())
}

#[track_caller]
fn refused(attribute: Attribute, raw: Raw, message: &str) {
    let error = Value::parse(attribute, raw).map_err(|error| error.to_string());
    assert_eq!(error, Err(message.to_owned()));
}

#[track_caller]
fn stays(attribute: Attribute, raw: Raw) {
    let value = Value::parse(attribute, raw.clone()).map(|value| value.to_raw());
    assert_eq!(value, Ok(raw));
}

#[test]
fn a_name_has_1_to_300_characters_counted_as_unicode_scalar_values() {
    stays(Attribute::Name, text("x"));
    stays(Attribute::Name, text(&"é".repeat(300)));
    refused(
        Attribute::Name,
        text(""),
        "expected 1 to 300 characters, found 0",
    );
    let long = "é".repeat(301);
    refused(
        Attribute::Name,
        text(&long),
        "expected 1 to 300 characters, found 301",
    );
    refused(Attribute::Name, Raw::Null, "expected a text");
}

#[test]
fn text_holds_no_control_character_but_line_feed_and_tab() {
    stays(Attribute::Instructions, text("one\n\ttwo"));
    let message = "remove the control character U+000D; only line feed and tab are allowed";
    refused(Attribute::Instructions, text("one\r\n"), message);
    let message = "remove the control character U+0085; only line feed and tab are allowed";
    refused(Attribute::Criteria, list(&["K\u{85}"]), message);
}

#[test]
fn instructions_have_at_most_20000_characters() {
    stays(Attribute::Instructions, text(""));
    stays(Attribute::Instructions, text(&"x".repeat(20_000)));
    let message = "expected 0 to 20000 characters, found 20001";
    refused(Attribute::Instructions, text(&"x".repeat(20_001)), message);
}

#[test]
fn criteria_are_a_sorted_set_of_at_most_500_codes() {
    let sorted = Value::parse(Attribute::Criteria, list(&["S2", "K1", "S2"]));
    assert_eq!(sorted, Ok(Value::codes(["K1", "S2"])));
    let codes: Vec<String> = (0..501).map(|number| format!("K{number}")).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    refused(
        Attribute::Criteria,
        list(&codes),
        "expected at most 500 elements",
    );
    let sorted = Value::parse(Attribute::Criteria, list(&codes[..500]));
    assert_eq!(sorted, Ok(Value::codes(codes[..500].iter().copied())));
    let long = "x".repeat(65);
    refused(
        Attribute::Criteria,
        list(&[&long]),
        "expected 1 to 64 characters, found 65",
    );
}

#[test]
fn documents_are_an_ordered_list_without_repeats() {
    stays(Attribute::Documents, list(&["b", "a"]));
    let message = "the list contains an element twice; list each element once";
    refused(Attribute::Documents, list(&["b", "a", "b"]), message);
    let ids: Vec<String> = (0..201).map(|number| number.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    stays(Attribute::Documents, list(&ids[..200]));
    refused(
        Attribute::Documents,
        list(&ids),
        "expected at most 200 elements",
    );
}

#[test]
fn min_evidence_is_0_to_1000() {
    stays(Attribute::MinEvidence, Raw::Integer(0));
    stays(Attribute::MinEvidence, Raw::Integer(1000));
    let message = "expected a whole number from 0 to 1000";
    for number in [-1, 1001, 65_536] {
        refused(Attribute::MinEvidence, Raw::Integer(number), message);
    }
}

#[test]
fn a_due_date_is_a_day_or_null() {
    stays(Attribute::DueDate, text("2026-11-23"));
    stays(Attribute::DueDate, Raw::Null);
    let message = "expected a date such as 2026-11-23, years 0001 to 9999, or null";
    for wrong in [
        "2026-02-30",
        "2026-2-3",
        "2026-11-23T00:00:00Z",
        "",
        "+20261-1-1",
        " 2026-1-05",
    ] {
        refused(Attribute::DueDate, text(wrong), message);
    }
}

#[test]
fn review_at_is_a_utc_time_or_null_shown_with_microseconds() {
    let shown = Value::parse(Attribute::ReviewAt, text("2026-11-23T09:30:00.1234567Z"));
    let shown = shown.map(|value| value.to_raw());
    assert_eq!(shown, Ok(text("2026-11-23T09:30:00.123456Z")));
    stays(Attribute::ReviewAt, Raw::Null);
    let message = "expected a UTC time such as 2026-11-23T09:30:00Z, or null";
    refused(Attribute::ReviewAt, text("2026-11-23"), message);
}

#[test]
fn an_exercise_is_a_uuid_as_text_or_bytes() {
    let uuid = uuid::Uuid::from_u128(7);
    let bytes = Raw::Bytes(uuid.as_bytes().to_vec());
    let from_text = Value::parse(Attribute::MarkingAidExercise, text(&uuid.to_string()));
    assert_eq!(from_text, Ok(Value::Exercise(ExerciseId::from_uuid(uuid))));
    stays(Attribute::MarkingAidExercise, bytes);
    stays(Attribute::MarkingAidExercise, Raw::Null);
    let message = "expected a uuid, or null";
    refused(Attribute::MarkingAidExercise, text("7"), message);
}

#[test]
fn an_owner_is_an_administrator_known_or_not() {
    stays(Attribute::Owner, text("alice"));
    stays(Attribute::Owner, Raw::Null);
    let message = "expected the name of an administrator, or null";
    refused(Attribute::Owner, text("system"), message);
}

#[test]
fn modes_and_booleans_are_what_they_say() {
    stays(Attribute::CompletionMode, text("employer"));
    let message = "expected one of learner, tutor, employer, automatic";
    refused(Attribute::CompletionMode, text("Employer"), message);
    stays(Attribute::PlannedForQa, Raw::Bool(true));
    refused(
        Attribute::PlannedForQa,
        text("true"),
        "expected true or false",
    );
}

#[test]
fn every_attribute_but_the_name_has_a_default_of_its_own_type() {
    for attribute in Attribute::ALL {
        let default = attribute.default();
        assert_eq!(default.is_none(), attribute == Attribute::Name);
        if let Some(value) = default {
            assert_eq!(Value::parse(attribute, value.to_raw()), Ok(value));
        }
    }
}

#[test]
fn attributes_are_stored_as_a_map_of_names_to_plain_values() {
    let map: AttributeMap = [
        (Attribute::Name, Value::from("One")),
        (Attribute::DueDate, Value::Null),
        (Attribute::Criteria, Value::codes(["K1"])),
        (Attribute::Documents, Value::Documents([].into())),
        (Attribute::MinEvidence, Value::Number(2)),
    ]
    .into_iter()
    .collect();
    let json =
        r#"{"name":"One","due_date":null,"criteria":["K1"],"min_evidence":2,"documents":[]}"#;
    assert_eq!(serde_json::to_string(&map).unwrap(), json);
    assert_eq!(serde_json::from_str::<AttributeMap>(json).unwrap(), map);
}
