//! Requests for synchronisations: every choice in every form.

use plansync_protocol::sync::{
    ComponentChoice, Confirm, LearnerChoice, LearnerFilter, PreviewSync,
};
use plansync_protocol::{DecodeError, Digest, Encoding, Position, SyncType, decode};
use serde_json::json;

const ID: &str = "0190a1b2-0000-7000-8000-000000000001";

fn preview(
    components: &serde_json::Value,
    learners: &serde_json::Value,
) -> Result<PreviewSync, DecodeError> {
    let body =
        json!({ "session": ID, "programme": ID, "components": components, "learners": learners });
    decode(Encoding::Json, body.to_string().as_bytes())
}

#[test]
fn what_is_left_out_has_its_default() {
    let body = preview(&json!("recent"), &json!("all")).unwrap();
    let expected = PreviewSync {
        session: ID.parse().unwrap(),
        programme: ID.parse().unwrap(),
        components: ComponentChoice::Recent,
        learners: LearnerChoice::All,
        statuses: vec![],
        sync_type: SyncType::ChangesOnly,
        attributes: vec![],
        confirm: None,
        page: None,
        page_size: None,
    };
    assert_eq!(body, expected);
}

#[test]
fn null_is_as_good_as_left_out() {
    let filter = json!({
        "programme_statuses": null, "groups": null, "tutors": null, "search": null, "except": null,
    });
    let said = json!({
        "session": ID, "programme": ID, "components": "recent", "learners": filter,
        "statuses": null, "type": null, "attributes": null, "confirm": null, "page": null,
        "page_size": null,
    });
    let said: PreviewSync = decode(Encoding::Json, said.to_string().as_bytes()).unwrap();
    assert_eq!(said, preview(&json!("recent"), &json!({})).unwrap());
}

#[test]
fn lists_and_filters_are_told_apart() {
    let listed = preview(&json!([ID]), &json!([ID])).unwrap();
    assert_eq!(
        listed.components,
        ComponentChoice::Listed(vec![ID.parse().unwrap()])
    );
    assert_eq!(
        listed.learners,
        LearnerChoice::Listed(vec![ID.parse().unwrap()])
    );
    let filtered = preview(&json!("all"), &json!({ "groups": ["north"] })).unwrap();
    let filter = LearnerFilter {
        groups: vec!["north".parse().unwrap()],
        ..LearnerFilter::default()
    };
    assert_eq!(filtered.learners, LearnerChoice::Filtered(filter));
}

#[test]
fn a_fault_inside_a_choice_has_its_path() {
    let path = |components, learners| preview(&components, &learners).unwrap_err().path;
    assert_eq!(
        path(json!("some"), json!("all")),
        Some("components".to_owned())
    );
    assert_eq!(
        path(json!([ID, "x"]), json!("all")),
        Some("components[1]".to_owned())
    );
    assert_eq!(
        path(json!("all"), json!({ "tutor": [] })),
        Some("learners.tutor".to_owned())
    );
    assert_eq!(
        path(json!("all"), json!({ "groups": ["a b"] })),
        Some("learners.groups[0]".to_owned())
    );
}

/// A preview that confirms another one, in both encodings.
fn confirming(confirm: &serde_json::Value) -> Result<Option<Confirm>, Option<String>> {
    let body = json!({
        "session": ID, "programme": ID, "components": "all", "learners": "all", "confirm": confirm,
    });
    let packed = rmp_serde::to_vec_named(&body).unwrap();
    let [json, packed] = [
        decode::<PreviewSync>(Encoding::Json, body.to_string().as_bytes()),
        decode::<PreviewSync>(Encoding::MessagePack, &packed),
    ]
    .map(|decoded| match decoded {
        Ok(body) => Ok(body.confirm),
        Err(fault) => Err(fault.path),
    });
    assert_eq!(json, packed, "the encodings differ");
    json
}

#[test]
fn m5_a_confirmation_names_a_preview_by_position_and_digest() {
    let digest = "ab".repeat(32);
    let confirm = Confirm {
        position: Position(7),
        digest: Digest::from_bytes([0xab; 32]),
    };
    let given = confirming(&json!({ "position": 7, "digest": digest }));
    assert_eq!(given, Ok(Some(confirm)));
    let path = |confirm| confirming(&confirm).unwrap_err().unwrap();
    assert_eq!(path(json!({ "position": 7 })), "confirm.digest");
    assert_eq!(
        path(json!({ "position": -1, "digest": digest })),
        "confirm.position"
    );
    assert_eq!(
        path(json!({ "position": 7, "digest": "AB".repeat(32) })),
        "confirm.digest"
    );
    assert_eq!(
        path(json!({ "position": 7, "digest": digest, "at": 1 })),
        "confirm.at"
    );
    assert_eq!(path(json!([7, digest])), "confirm");
}
