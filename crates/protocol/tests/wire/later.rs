//! Replies of later versions.

use plansync_protocol::audit::{AuditEvent, AuditReadPage, LaterEvent};
use plansync_protocol::{AuditRead, Encoding, decode_known};
use serde_json::json;

use crate::examples::Example as _;

#[test]
fn an_event_of_a_kind_that_is_not_known_is_read_by_its_kind_beside_the_others() {
    let mut reply = AuditRead::reply();
    reply["items"][0]["event"] =
        json!({ "kind": "engine.started", "data": { "version": "2.0.0" } });
    let bytes = [
        (Encoding::Json, reply.to_string().into_bytes()),
        (
            Encoding::MessagePack,
            Encoding::MessagePack.encode(&reply).unwrap(),
        ),
    ];
    for (encoding, bytes) in bytes {
        let page: AuditReadPage = decode_known(encoding, &bytes).unwrap();
        let [later, known] = page.items.as_slice() else {
            panic!("an item is missing")
        };
        let kind = "engine.started".to_owned();
        assert_eq!(later.event, AuditEvent::Later(LaterEvent { kind }));
        assert!(matches!(known.event, AuditEvent::LearnerPut(_)));
    }
}
