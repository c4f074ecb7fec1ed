//! Who may ask: what the table of operations says is what the service does.

use plansync_protocol::{Audience, Encoding, OperationName};
use serde_json::{Value, json};

use crate::college::{administrator, college};

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
        Audience::Everyone => [None, None, None],
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
    }
}
