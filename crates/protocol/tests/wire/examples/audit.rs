//! Examples of the audit.

use serde_json::{Value, json};

use crate::examples::examples;

const ORIGIN: &str = "plansync/0190a1b2-0000-7000-8000-000000000008/1";

examples! {
    AuditHead: json!({}) => json!({ "origin": ORIGIN, "size": 9, "root": hash("jY"), "position": 9 });
    AuditProof: json!({ "position": 9 }) => json!({
        "origin": ORIGIN, "size": 9, "root": hash("jY"), "leaf_hash": hash("0q"),
        "hashes": [hash("mT")], "position": 9,
    });
}

/// The base64 of 32 bytes.
fn hash(digits: &str) -> Value {
    json!(format!("{}A=", digits.repeat(21)))
}
