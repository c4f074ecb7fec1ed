//! The counts of a synchronisation leave out learners whom the reader does not see (P8).

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, HIDDEN, NOBODY, PROGRAMME, SOURCE, TARGET, administrator, college, learner, open,
    recent, rename,
};
use crate::world::World;

const ZOE: &str = "00000000-0000-0000-0000-00000000b005";

/// A sync of `alice`'s from the source, of these learners.
fn started(learners: &Value) -> (World, Value) {
    let world = college(Encoding::Json);
    world.get("system", "learner.put", &learner(ZOE, "Zoe", "north"));
    let instantiate = json!({ "learner": ZOE, "programme": PROGRAMME });
    world.get("system", "plan.instantiate", &instantiate);
    let session = open(&world);
    world.get("alice", "plan.edit", &rename(ESSAY, "New"));
    let mut request = recent(&session);
    request["learners"] = learners.clone();
    let sync = world.get("alice", "sync.start", &request)["sync"].clone();
    (world, sync)
}

fn moved_out_of_sight(world: &World, id: &str, name: &str) {
    world.get("system", "learner.put", &learner(id, name, "south"));
}

/// Learners, done, applied, unchanged, skipped, created, updated, deleted.
fn counts(record: &Value) -> [u64; 8] {
    let pairs = &record["pairs"];
    [
        &record["learners"],
        &record["done"],
        &pairs["applied"],
        &pairs["unchanged"],
        &pairs["skipped"],
        &record["created"],
        &record["updated"],
        &record["deleted"],
    ]
    .map(|count| count.as_u64().unwrap())
}

/// What a reader gets of the sync, in both reads.
fn seen(world: &World, reader: &str, sync: &Value) -> [u64; 8] {
    let record = world.get(reader, "sync.get", &json!({ "sync": sync }));
    let listed = world.get(reader, "sync.list", &json!({}));
    assert_eq!(listed["items"], json!([record]));
    counts(&record)
}

#[test]
fn p8_who_is_not_seen_any_more_is_in_no_count_of_an_ended_sync() {
    let (world, sync) = started(&json!("all"));
    world.work();
    let all = [2, 2, 2, 0, 0, 0, 2, 0];
    assert_eq!(seen(&world, "alice", &sync), all);
    moved_out_of_sight(&world, ZOE, "Zoe");
    assert_eq!(seen(&world, "alice", &sync), [1, 1, 1, 0, 0, 0, 1, 0]);
    assert_eq!(seen(&world, "sam", &sync), all);
    assert_eq!(seen(&world, "system", &sync), all);
    let world = world.restarted();
    assert_eq!(seen(&world, "alice", &sync), [1, 1, 1, 0, 0, 0, 1, 0]);
    let outcomes = world.get("alice", "sync.outcomes", &json!({ "sync": sync }));
    assert_eq!(outcomes["total"], 1);
}

#[test]
fn p8_an_id_that_was_given_stays_where_its_rows_say_only_that() {
    let (world, sync) = started(&json!([TARGET, HIDDEN, NOBODY, ZOE]));
    let waiting = [4, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(seen(&world, "alice", &sync), waiting);
    world.work();
    assert_eq!(seen(&world, "alice", &sync), [4, 4, 2, 0, 2, 0, 2, 0]);
    // Zoe was reached: her rows say more than that her id was given.
    moved_out_of_sight(&world, ZOE, "Zoe");
    assert_eq!(seen(&world, "alice", &sync), [3, 3, 1, 0, 2, 0, 1, 0]);
}

#[test]
fn p8_a_sync_that_was_cancelled_counts_those_who_are_seen() {
    let (world, sync) = started(&json!("all"));
    world.get("alice", "sync.cancel", &json!({ "sync": sync }));
    assert_eq!(seen(&world, "alice", &sync), [2, 0, 0, 0, 2, 0, 0, 0]);
    moved_out_of_sight(&world, ZOE, "Zoe");
    assert_eq!(seen(&world, "alice", &sync), [1, 0, 0, 0, 1, 0, 0, 0]);
}

#[test]
fn p8_of_a_running_sync_too_and_another_reader_sees_others() {
    let (world, sync) = started(&json!([TARGET, ZOE]));
    world.get(
        "system",
        "administrator.put",
        &administrator("nora", &["supervisor"], &json!(["north"])),
    );
    moved_out_of_sight(&world, ZOE, "Zoe");
    // Alice gave the id herself, and does not see whom it is of: so the rows will say.
    assert_eq!(seen(&world, "alice", &sync)[0], 2);
    world.get(
        "system",
        "administrator.put",
        &administrator("alice", &["advanced_delivery_edit"], &json!("all")),
    );
    // Now she does, and Nora does not.
    assert_eq!(seen(&world, "alice", &sync)[0], 2);
    assert_eq!(seen(&world, "nora", &sync)[0], 1);
    world.work();
    assert_eq!(seen(&world, "alice", &sync), [2, 2, 2, 0, 0, 0, 2, 0]);
    assert_eq!(seen(&world, "nora", &sync), [1, 1, 1, 0, 0, 0, 1, 0]);
    let _source_is_seen = world.get("nora", "learner.get", &json!({ "learner": SOURCE }));
}
