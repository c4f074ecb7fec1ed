//! How many bytes of commands that cannot be decoded are kept in the log.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::college;
use crate::world::{Given, World};

const KIB: usize = 1024;

/// Gives a command that cannot be decoded, and shows what is told of it.
fn given(world: &World, bytes: &[u8]) -> Value {
    let position = world.position();
    world.give("alice", "plan.edit", Given(&[]), bytes);
    let events = world.events_after(position);
    let mut told: Value = serde_json::from_slice(&events[0].body).unwrap();
    assert_eq!(told["bytes"], Value::Null, "they are not published");
    told["bytes"] = world.kept_after(position)[0].clone();
    told
}

fn is_kept(told: &Value) -> bool {
    assert_eq!(told["bytes"].is_string(), told["not_kept"].is_null());
    told["bytes"].is_string()
}

#[test]
fn a_tenants_undecodable_commands_are_kept_up_to_a_bound_also_after_a_restart() {
    let mut world = college(Encoding::Json);
    let bytes = vec![b'x'; 250 * KIB];
    let mut kept = 0;
    while is_kept(&given(&world, &bytes)) {
        kept += 1;
        if kept == 10 {
            world = world.restarted();
        }
    }
    assert_eq!(kept, 8 * KIB / 250, "8 MiB of 250 KiB each");
    let told = given(&world, &bytes);
    assert_eq!(told["not_kept"]["length"], bytes.len());
    let digest = told["not_kept"]["digest"].as_str().unwrap();
    assert_eq!(
        digest,
        "6611a3a60def9e1902a7f4931fc260960f96ad80fa2cb514f812a655400615dd"
    );
    assert!(
        is_kept(&given(&world, &[0xc1])),
        "there is room for a small one"
    );
    let world = world.restarted();
    assert!(
        !is_kept(&given(&world, &bytes)),
        "a restart forgets nothing"
    );
}

#[test]
fn tenants_that_were_never_put_share_one_bound_and_one_that_is_put_has_its_own() {
    let world = World::new(Encoding::Json);
    let bytes = vec![b'x'; 256 * KIB];
    for _ in 0..32 {
        assert!(is_kept(&given(&world, &bytes)));
    }
    let world = world.restarted();
    assert!(!is_kept(&given(&world, &bytes)));
    let put = json!({ "marking_aid": true, "owner_rule": "keep" });
    world.get("system", "tenant.put", &put);
    assert!(is_kept(&given(&world, &bytes)));
}

#[test]
fn a_command_larger_than_any_that_could_be_decoded_is_not_kept() {
    let world = college(Encoding::Json);
    assert!(is_kept(&given(&world, &vec![b'x'; 256 * KIB])));
    let told = given(&world, &vec![b'x'; 256 * KIB + 1]);
    assert!(!is_kept(&told));
    assert_eq!(told["error"]["code"], "invalid_request");
}
