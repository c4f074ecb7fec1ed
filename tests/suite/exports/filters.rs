//! What each filter leaves: a subset of the whole export, which is exactly what the filter says.

use std::collections::BTreeSet;

use plansync_tests::college::{PROGRAMME, SOURCE};
use serde_json::{Value, json};

use super::tables::{Row, Tables, distinct, exported, of_sqlite};
use super::world::{OTHER_COMPONENT, OTHER_PROGRAMME, World, learner};

/// The whole export, and what it leaves of it with a filter.
struct Filtered {
    whole: Tables,
    world: World,
}

impl Filtered {
    async fn new() -> Self {
        let world = World::new().await;
        let whole = Self::export(&world, &[]);
        Self { whole, world }
    }

    fn export(world: &World, filter: &[&str]) -> Tables {
        let folder = tempfile::tempdir().unwrap();
        let (file, data) = (folder.path().join("part.sqlite"), world.data());
        exported(
            &file,
            &[&["--data", data.to_str().unwrap()], filter].concat(),
        );
        of_sqlite(&file)
    }

    fn with(&self, filter: &[&str]) -> Tables {
        Self::export(&self.world, filter)
    }

    /// Checks that a table has exactly the rows of the whole for which this holds.
    fn assert(&self, part: &Tables, table: &str, keeps: impl Fn(&Row) -> bool) {
        let expected: Vec<_> = self.whole[table].iter().filter(|row| keeps(row)).collect();
        assert_eq!(part[table].iter().collect::<Vec<_>>(), expected, "{table}");
        assert!(!expected.is_empty(), "nothing tests {table}");
    }

    /// The positions of commits for which this holds, with the start and the end of these synchronisations.
    fn positions(&self, syncs: &BTreeSet<String>, keeps: impl Fn(&Row) -> bool) -> BTreeSet<u64> {
        let own = self.whole["commits"].iter().filter(|row| keeps(row));
        let own = own.filter_map(|row| row["position"].as_u64());
        let bounds = self.whole["syncs"]
            .iter()
            .filter(|row| syncs.contains(&row["sync"].to_string()));
        let bounds = bounds.flat_map(|row| [&row["started_position"], &row["ended_position"]]);
        own.chain(bounds.filter_map(Value::as_u64)).collect()
    }

    fn has(positions: &BTreeSet<u64>) -> impl Fn(&Row) -> bool + '_ {
        |row| {
            row["position"]
                .as_u64()
                .is_some_and(|position| positions.contains(&position))
        }
    }
}

fn ids(values: &[Value]) -> BTreeSet<String> {
    values.iter().map(ToString::to_string).collect()
}

/// The learners, programmes and administrators to which rows refer are there, and no others.
fn assert_only_named(part: &Tables, learners: &BTreeSet<String>) {
    assert_eq!(ids(&distinct(part, "learners", "learner")), *learners);
    for table in ["learner_groups", "tutors", "enrolments"] {
        assert!(
            ids(&distinct(part, table, "learner")).is_subset(learners),
            "{table}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_learner_has_own_commits_and_synchronisations_with_own_outcomes_only() {
    let filtered = Filtered::new().await;
    // The source of one synchronisation and the target of others.
    let own = json!(learner(1));
    let part = filtered.with(&["--learner", &learner(1).to_string()]);
    let is_own = |row: &Row| row["learner"] == own;
    filtered.assert(&part, "edits", is_own);
    filtered.assert(&part, "targets", is_own);
    filtered.assert(&part, "outcomes", is_own);
    filtered.assert(&part, "plans", is_own);
    filtered.assert(&part, "components", is_own);
    filtered.assert(&part, "records", is_own);
    let mut syncs: BTreeSet<String> = ids(&distinct(&part, "targets", "sync"));
    let as_source = filtered.whole["syncs"]
        .iter()
        .filter(|row| row["source"] == own);
    syncs.extend(as_source.map(|row| row["sync"].to_string()));
    filtered.assert(&part, "syncs", |row| {
        syncs.contains(&row["sync"].to_string())
    });
    filtered.assert(&part, "change_sets", |row| {
        syncs.contains(&row["sync"].to_string())
    });
    let targets: BTreeSet<u64> = part["targets"]
        .iter()
        .filter_map(|row| row["position"].as_u64())
        .collect();
    let sessions = ids(&distinct(&part, "records", "session"));
    let positions = filtered.positions(&syncs, |row| {
        let is_of_learner = ["plan", "learner"]
            .iter()
            .any(|kind| row["stream_kind"] == *kind)
            && row["stream_id"] == own;
        let is_of_record =
            row["stream_kind"] == "record" && sessions.contains(&row["stream_id"].to_string());
        is_of_learner || is_of_record || targets.contains(&row["position"].as_u64().unwrap())
    });
    filtered.assert(&part, "commits", Filtered::has(&positions));
    filtered.assert(&part, "events", Filtered::has(&positions));
    let mut learners = ids(&distinct(&part, "syncs", "source"));
    learners.insert(own.to_string());
    assert_only_named(&part, &learners);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronisation_has_its_commits_and_the_plans_that_it_judged() {
    let filtered = Filtered::new().await;
    let sync = &filtered.world.syncs[0];
    let part = filtered.with(&["--sync", sync.as_str().unwrap()]);
    let is_of_it = |row: &Row| row["sync"] == *sync;
    for table in [
        "syncs",
        "change_sets",
        "change_set_values",
        "targets",
        "outcomes",
        "edits",
    ] {
        filtered.assert(&part, table, is_of_it);
    }
    let targets: BTreeSet<u64> = part["targets"]
        .iter()
        .filter_map(|row| row["position"].as_u64())
        .collect();
    let positions = filtered.positions(&BTreeSet::from([sync.to_string()]), |row| {
        let is_of_sync = row["stream_kind"] == "sync" && row["stream_id"] == *sync;
        is_of_sync || targets.contains(&row["position"].as_u64().unwrap())
    });
    filtered.assert(&part, "commits", Filtered::has(&positions));
    let judged = ids(&distinct(&part, "targets", "learner"));
    filtered.assert(&part, "components", |row| {
        judged.contains(&row["learner"].to_string())
    });
    let mut learners = judged;
    learners.insert(json!(SOURCE).to_string());
    assert_only_named(&part, &learners);
    assert!(part["records"].is_empty());
    let warned = &filtered.world.syncs[3];
    let part = filtered.with(&["--sync", warned.as_str().unwrap()]);
    filtered.assert(&part, "outcome_warnings", |row| row["sync"] == *warned);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_programme_has_its_template_its_synchronisations_and_changes_of_its_components() {
    let filtered = Filtered::new().await;
    let part = filtered.with(&["--programme", &OTHER_PROGRAMME.to_string()]);
    let is_of_it = |row: &Row| row["programme"] == json!(OTHER_PROGRAMME);
    for table in ["edits", "components"] {
        filtered.assert(&part, table, is_of_it);
    }
    let programmes = ids(&distinct(&part, "programmes", "programme"));
    filtered.assert(&part, "templates", |row| {
        programmes.contains(&row["programme"].to_string())
    });
    assert!(
        part["components"]
            .iter()
            .all(|row| row["component"] == json!(OTHER_COMPONENT))
    );
    assert!(part["syncs"].is_empty());
    let edits = ids(&distinct(&part, "edits", "position"));
    filtered.assert(&part, "commits", |row| {
        let is_of_programme =
            row["stream_kind"] == "programme" && row["stream_id"] == json!(OTHER_PROGRAMME);
        is_of_programme || edits.contains(&row["position"].to_string())
    });
    assert_only_named(&part, &BTreeSet::from([json!(learner(2)).to_string()]));
    // It is a part of the other one, which is named. Every other programme is that of the learner's enrolments.
    assert!(
        ids(&distinct(&part, "programmes", "programme")).contains(&json!(PROGRAMME).to_string())
    );

    let part = filtered.with(&[
        "--programme",
        "Business Administrator",
        "--sync",
        filtered.world.syncs[1].as_str().unwrap(),
    ]);
    filtered.assert(&part, "outcomes", |row| {
        row["sync"] == filtered.world.syncs[1]
    });
    filtered.assert(&part, "edits", |row| row["sync"] == filtered.world.syncs[1]);
    let part = filtered.with(&[
        "--programme",
        &OTHER_PROGRAMME.to_string(),
        "--sync",
        filtered.world.syncs[1].as_str().unwrap(),
    ]);
    assert!(part["commits"].is_empty() && part["outcomes"].is_empty() && part["edits"].is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_has_what_was_recorded_in_it_and_the_state_at_its_end() {
    let filtered = Filtered::new().await;
    // From within the first synchronisation to within the third one.
    let at = |sync: usize, column: &str| {
        let sync = &filtered.world.syncs[sync];
        let row = filtered.whole["syncs"]
            .iter()
            .find(|row| row["sync"] == *sync)
            .unwrap();
        row[column].as_str().unwrap().to_owned()
    };
    let (from, before) = (at(0, "ended_at"), at(2, "ended_at"));
    let part = filtered.with(&["--from", &from, "--until", &before]);
    let is_within = |row: &Row| {
        let at = row["at"].as_str().unwrap();
        *from <= *at && *at < *before
    };
    let own: BTreeSet<u64> = filtered.whole["commits"]
        .iter()
        .filter(|row| is_within(row))
        .filter_map(|row| row["position"].as_u64())
        .collect();
    let last = *own.last().unwrap();
    let bounds = part["syncs"]
        .iter()
        .flat_map(|row| [&row["started_position"], &row["ended_position"]]);
    let all: BTreeSet<u64> = own
        .iter()
        .copied()
        .chain(bounds.filter_map(Value::as_u64))
        .collect();
    filtered.assert(&part, "commits", Filtered::has(&all));
    assert!(
        part["commits"]
            .iter()
            .all(|row| row["position"].as_u64().unwrap() <= last)
    );
    filtered.assert(&part, "edits", is_within);
    filtered.assert(&part, "targets", Filtered::has(&own));
    filtered.assert(&part, "outcomes", Filtered::has(&own));
    // It was started in the period and ended later.
    let third = part["syncs"]
        .iter()
        .find(|row| row["sync"] == filtered.world.syncs[2])
        .unwrap();
    assert_eq!(
        (&third["state"], &third["ended_position"], &third["applied"]),
        (&json!("running"), &Value::Null, &Value::Null)
    );
    for row in &part["plans"] {
        let body = json!({ "learner": row["learner"], "at": { "position": last }, "limit": 500 });
        let plan = filtered
            .world
            .client
            .get("system", "audit.plan", body)
            .await;
        assert_eq!(row["version"], plan["point"]["version"]);
        let components = part["components"]
            .iter()
            .filter(|one| one["learner"] == row["learner"]);
        assert_eq!(
            components.count(),
            plan["components"].as_array().unwrap().len()
        );
    }
    assert!(!part["plans"].is_empty());

    // A time without an offset is in UTC, as everywhere in the audit.
    let early = filtered.with(&["--until", "2001-01-01 09:30"]);
    assert!(
        early
            .iter()
            .all(|(table, rows)| rows.is_empty() || ["codes", "dictionary"].contains(table)),
        "{early:?}"
    );
    let all = filtered.with(&["--from", "2001-01-01", "--until", "2999-01-01"]);
    assert_eq!(all["edits"], filtered.whole["edits"]);
    assert_eq!(all["components"], filtered.whole["components"]);
}
