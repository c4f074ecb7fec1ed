//! Decoding of bodies in both encodings, and the errors for faulty ones.

use plansync_protocol::plan::{Edit, EditPlan};
use plansync_protocol::reference::{
    GetAdministrator, GetTenant, ListLearners, PutLearner, PutTenant,
};
use plansync_protocol::{
    AttributeName, AttributeValue, Attributes, BODY_BYTES_MAX, DecodeError, Encoding, OwnerRule,
    ReviewStatus, decode,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) const LEARNER: &str = "0190a1b2-0000-7000-8000-000000000001";

/// Decodes JSON text, and the same as MessagePack, and wants one answer.
#[track_caller]
pub(crate) fn both<T: DeserializeOwned + PartialEq + std::fmt::Debug>(
    json: &str,
) -> Result<T, DecodeError> {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    let packed = rmp_serde::to_vec_named(&value).unwrap();
    let from_json = decode(Encoding::Json, json.as_bytes());
    let from_packed = decode(Encoding::MessagePack, &packed);
    assert_eq!(
        path(&from_json),
        path(&from_packed),
        "the encodings differ in the path"
    );
    assert_eq!(
        from_json.as_ref().ok(),
        from_packed.as_ref().ok(),
        "the encodings differ"
    );
    from_json
}

fn path<T>(decoded: &Result<T, DecodeError>) -> Option<String> {
    decoded.as_ref().err().and_then(|fault| fault.path.clone())
}

#[track_caller]
pub(crate) fn refused<T: DeserializeOwned + PartialEq + std::fmt::Debug>(
    json: &str,
) -> (String, String) {
    let fault = both::<T>(json).unwrap_err();
    (fault.path.unwrap_or_default(), fault.message)
}

fn edits(edits: &str) -> String {
    format!(r#"{{"learner":"{LEARNER}","edits":{edits}}}"#)
}

#[test]
fn a_body_is_the_same_from_json_and_from_message_pack() {
    let body: PutTenant = both(r#"{"marking_aid":true,"owner_rule":"keep"}"#).unwrap();
    assert_eq!(
        body,
        PutTenant {
            marking_aid: true,
            owner_rule: OwnerRule::Keep,
            record_idle_hours: None,
            command_id: None
        }
    );
}

#[test]
fn an_unknown_field_is_named() {
    let (path, message) = refused::<PutTenant>(r#"{"marking_aid":true,"owner":"keep"}"#);
    assert_eq!(path, "owner");
    assert_eq!(
        message,
        "unknown field `owner`, expected one of `marking_aid`, `owner_rule`, `record_idle_hours`, `command_id`"
    );
}

#[test]
fn a_missing_field_is_named() {
    let (path, message) = refused::<PutTenant>(r#"{"marking_aid":true}"#);
    assert_eq!(
        (path.as_str(), message.as_str()),
        ("owner_rule", "missing field `owner_rule`")
    );
}

#[test]
fn a_field_given_twice_is_named() {
    let json = br#"{"marking_aid":true,"marking_aid":false,"owner_rule":"keep"}"#;
    let fault = decode::<PutTenant>(Encoding::Json, json).unwrap_err();
    assert_eq!(
        fault,
        DecodeError::at("marking_aid", "duplicate field `marking_aid`")
    );
}

#[test]
fn an_attribute_given_twice_is_named() {
    let json = edits(&format!(
        r#"[{{"op":"change","component":"{LEARNER}","set":{{"name":"a","name":"b"}}}}]"#
    ));
    let fault = decode::<EditPlan>(Encoding::Json, json.as_bytes()).unwrap_err();
    assert_eq!(
        fault,
        DecodeError::at("edits[0].set.name", "duplicate field `name`")
    );
}

#[test]
fn a_wrong_type_has_its_path() {
    let json = edits(&format!(
        r#"[{{"op":"remove","component":"{LEARNER}"}},{{"op":"remove","component":7}}]"#
    ));
    let (path, message) = refused::<EditPlan>(&json);
    assert_eq!(path, "edits[1].component");
    assert_eq!(
        message,
        "invalid type: integer `7`, expected a uuid (a hyphenated string, or 16 bytes)"
    );
}

#[test]
fn an_attribute_that_does_not_exist_has_its_path() {
    let json = edits(&format!(
        r#"[{{"op":"change","component":"{LEARNER}","set":{{"colour":"red"}}}}]"#
    ));
    assert_eq!(refused::<EditPlan>(&json).0, "edits[0].set.colour");
}

#[test]
fn a_field_of_another_form_of_edit_is_unknown() {
    let json = edits(&format!(
        r#"[{{"op":"remove","component":"{LEARNER}","status":"completed"}}]"#
    ));
    let (path, message) = refused::<EditPlan>(&json);
    assert_eq!(path, "edits[0].status");
    assert_eq!(message, "unknown field `status`, expected `component`");
}

#[test]
fn a_form_of_edit_that_does_not_exist_is_refused() {
    let json = edits(&format!(
        r#"[{{"op":"set_grade","component":"{LEARNER}","status":"completed"}}]"#
    ));
    assert_eq!(refused::<EditPlan>(&json).0, "edits[0].op");
}

#[test]
fn text_out_of_bounds_is_refused_where_it_stands() {
    let name = "x".repeat(201);
    let json = format!(
        r#"{{"learner":"{LEARNER}","name":"{name}","case_owner":null,"groups":[],"tutors":[],"enrolments":[]}}"#
    );
    let (path, message) = refused::<PutLearner>(&json);
    assert_eq!(path, "name");
    assert_eq!(message, "expected 1 to 200 characters, got 201");
}

#[test]
fn a_nullable_field_must_still_be_there() {
    let json =
        format!(r#"{{"learner":"{LEARNER}","name":"A","groups":[],"tutors":[],"enrolments":[]}}"#);
    assert_eq!(refused::<PutLearner>(&json).0, "case_owner");
}

#[test]
fn a_list_for_a_map_is_refused_at_every_depth() {
    assert_eq!(
        refused::<PutTenant>(r#"[true,"keep"]"#).1,
        "invalid type: array, expected an object"
    );
    let json = format!(
        r#"{{"learner":"{LEARNER}","name":"A","case_owner":null,"groups":[],"tutors":[],"enrolments":[["{LEARNER}","active"]]}}"#
    );
    assert_eq!(refused::<PutLearner>(&json).0, "enrolments[0]");
}

#[test]
fn numbers_for_names_of_fields_and_words_are_refused() {
    let by_number = rmp_serde::to_vec(&std::collections::BTreeMap::from([(0, true)])).unwrap();
    assert_eq!(
        decode::<PutTenant>(Encoding::MessagePack, &by_number)
            .unwrap_err()
            .message,
        "invalid type: integer `0`, expected the name of a field"
    );
    assert_eq!(
        refused::<PutTenant>(r#"{"marking_aid":true,"owner_rule":0}"#),
        (
            "owner_rule".to_owned(),
            "invalid type: integer `0`, expected one of `keep`, `follow_case_owner`".to_owned()
        )
    );
}

#[test]
fn bytes_after_the_end_are_refused() {
    let faults = [
        decode::<GetTenant>(Encoding::Json, b"{} {}")
            .unwrap_err()
            .message,
        decode::<GetTenant>(Encoding::MessagePack, &[0x80, 0x80])
            .unwrap_err()
            .message,
    ];
    assert_eq!(
        faults,
        [
            "the body is not JSON at line 1 column 4: something follows the object; send one object and nothing after it",
            "there are bytes after the end of the body; send one object and nothing after it"
        ]
    );
}

#[test]
fn what_a_sender_wrote_is_repeated_only_so_far() {
    let json = format!(r#"{{"{}":1}}"#, "é".repeat(100_000));
    let (path, message) = refused::<PutTenant>(&json);
    assert_eq!(path, format!("{}…", "é".repeat(500)));
    assert_eq!(message, format!("unknown field `{}…", "é".repeat(485)));
}

#[test]
fn an_empty_body_is_told_what_to_send() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        assert_eq!(
            decode::<GetTenant>(encoding, b"").unwrap_err(),
            DecodeError::whole("the body is empty; send an object, which may be empty: {}")
        );
    }
}

#[test]
fn message_pack_that_ends_too_early_is_refused_in_words_of_the_body() {
    let ends = "the body ends in the middle of a value; send the whole body";
    let faults = [
        decode::<PutTenant>(Encoding::MessagePack, b"\xdf\xff\xff\xff\xff").unwrap_err(),
        decode::<PutTenant>(Encoding::MessagePack, b"\x82\xabmarking_aid").unwrap_err(),
    ];
    assert_eq!(
        faults,
        [
            DecodeError::whole(ends),
            DecodeError::at("marking_aid", ends)
        ]
    );
}

#[test]
fn a_body_above_the_bound_is_refused_unread() {
    let fault = decode::<GetTenant>(Encoding::Json, &vec![b'{'; BODY_BYTES_MAX + 1]).unwrap_err();
    assert_eq!(
        fault,
        DecodeError::whole(
            "the body has 262145 bytes, and at most 262144 are allowed; nothing was changed: send less \
             at a time"
        )
    );
}

#[test]
fn bytes_are_not_taken_for_text() {
    let entry = |name: &str, value: &[u8]| {
        let name_length = u8::try_from(name.len()).unwrap();
        [&[0x81, 0xa0 | name_length], name.as_bytes(), value].concat()
    };
    let bytes = [0xc4, 2, b'a', b'b'];
    let faults = [
        decode::<ListLearners>(Encoding::MessagePack, &entry("search", &bytes)).unwrap_err(),
        decode::<GetAdministrator>(Encoding::MessagePack, &entry("administrator", &bytes))
            .unwrap_err(),
        decode::<Attributes>(
            Encoding::MessagePack,
            &entry("criteria", &[&[0x91], bytes.as_slice()].concat()),
        )
        .unwrap_err(),
    ];
    let expected = [
        ("search", "invalid type: bytes, expected a string"),
        ("administrator", "invalid type: bytes, expected a string"),
        ("criteria[0]", "invalid type: bytes, expected a string"),
    ];
    assert_eq!(
        faults,
        expected.map(|(path, message)| DecodeError::at(path, message))
    );
}

#[derive(Serialize)]
struct Set<'a> {
    learner: &'a str,
    edits: Vec<SetEdit<'a>>,
}

#[derive(Serialize)]
struct SetEdit<'a> {
    op: &'a str,
    component: &'a str,
    set: std::collections::BTreeMap<&'a str, Exercise<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Exercise<'a> {
    Text(&'a str),
    Uuid(uuid::Uuid),
}

fn exercise(value: Exercise<'_>) -> EditPlan {
    let body = Set {
        learner: LEARNER,
        edits: vec![SetEdit {
            op: "change",
            component: LEARNER,
            set: [("marking_aid_exercise", value)].into(),
        }],
    };
    decode(
        Encoding::MessagePack,
        &rmp_serde::to_vec_named(&body).unwrap(),
    )
    .unwrap()
}

#[test]
fn a_uuid_is_the_same_value_as_text_and_as_bytes() {
    let uuid = uuid::Uuid::try_parse(LEARNER).unwrap();
    let body = exercise(Exercise::Text(LEARNER));
    assert_eq!(body, exercise(Exercise::Uuid(uuid)));
    let [Edit::Change { set, .. }] = &*body.edits else {
        panic!("one change was sent")
    };
    assert_eq!(
        set.get(AttributeName::MarkingAidExercise),
        Some(&AttributeValue::Uuid(uuid))
    );
}

#[test]
fn the_progress_of_a_review_has_words_of_its_own() {
    let of = |op: &str, status: &str| {
        edits(&format!(
            r#"[{{"status":"{status}","component":"{LEARNER}","op":"{op}"}}]"#
        ))
    };
    let body: EditPlan = both(&of("set_review_status", "not_scheduled")).unwrap();
    let expected = Edit::SetReviewStatus {
        component: LEARNER.parse().unwrap(),
        status: ReviewStatus::NotScheduled,
    };
    assert_eq!(body.edits[..], [expected]);
    let (path, message) = refused::<EditPlan>(&of("set_review_status", "submitted"));
    assert_eq!(path, "edits[0].status");
    assert_eq!(
        message,
        "invalid field `status`: `submitted` is none of `not_scheduled`, `scheduled`, \
         `in_progress`, `completed`"
    );
    let (path, _) = refused::<EditPlan>(&of("set_status", "scheduled"));
    assert_eq!(path, "edits[0].status");
}

/// Nesting leads a decoder nowhere near the end of a small stack, wherever it stands.
#[test]
fn a_body_that_is_nested_too_deeply_is_refused() {
    let nested = |before: &[u8], each: &[u8]| [before, &each.repeat(20_000)].concat();
    let bodies = [
        nested(b"\x81\xa7learner", b"\x91"),
        nested(b"\x82\xa7learner\xc0\xa5edits", b"\x81\xa1a"),
        nested(b"\x80", b"\x91"),
        nested(b"\x80", b"\x81\xa1a"),
        nested(b"{\"learner\":", b"["),
        nested(b"{\"learner\":", b"{\"a\":"),
    ];
    let judged = move || {
        for body in &bodies {
            let encoding = Encoding::guess(body);
            assert!(decode::<EditPlan>(encoding, body).is_err());
            // It has no field, so that all of it stands behind its end.
            assert!(decode::<GetTenant>(encoding, body).is_err());
        }
    };
    let small = std::thread::Builder::new().stack_size(256 * 1024);
    small.spawn(judged).unwrap().join().unwrap();
}
