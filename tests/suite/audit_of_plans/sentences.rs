//! What people read: who set something and why, decisions in words, reports and trees.

use plansync_tests::college::{PROGRAMME, SOURCE, administrator, component, target};
use serde_json::json;

use super::world::{World, due};

/// The text with the times replaced, so that it can be compared.
fn timeless(text: &str) -> String {
    let mut words = Vec::new();
    for line in text.lines() {
        let mut shown = Vec::new();
        for word in line.split(' ') {
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            let is_day =
                word.trim_start_matches('(').len() == 10 && digits == 8 && word.contains('-');
            let is_clock = digits == 6 && word.matches(':').count() == 2;
            // Due dates of these tests are after this.
            let is_due = ["2026-12", "2027-"].iter().any(|due| word.contains(due));
            if is_clock || (is_day && !is_due) {
                continue;
            }
            shown.push(word);
        }
        words.push(shown.join(" "));
    }
    words.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn blame_names_the_sync_the_edit_at_its_source_the_reason_and_the_value_before() {
    let world = World::new(3, 2).await;
    let by_hand = json!([due(1, "2026-12-01", "Too late otherwise")]);
    world.edit("sam", target(0), by_hand).await;
    let moved = json!([due(1, "2026-12-24", "The employer\nasked")]);
    let sync = world
        .synced("alice", SOURCE, moved, json!([target(0)]))
        .await;
    let sync = sync.as_str().unwrap();
    let shown = world.shown(&["blame", "Target 0000", "Activity 0001", "due_date"]);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "“Activity 0001”");
    assert_eq!(lines[1], "  due date: 2026-12-24 (before: 2026-12-01)");
    let whole = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        whole.contains(&format!("synchronisation {sync} of alice, version 3 (")),
        "{shown}"
    );
    assert!(
        whole.contains("from the plan of Source Learner: by hand, alice, version 2 ("),
        "{shown}"
    );
    // A line break in a reason ends no line.
    assert!(
        shown.contains("\n    reason: The employer\\nasked\n"),
        "{shown}"
    );
    // Everything of the component, and of one that is gone.
    let all = world.shown(&["blame", "target 0000"]);
    assert!(
        all.contains("  this component: in the plan (before: not in the plan)\n"),
        "{all}"
    );
    assert!(
        all.contains("    with name: Activity 0000; completion mode: learner; criteria: K1, S2\n"),
        "{all}"
    );
    let gone = json!([{"op": "remove", "component": component(2)}]);
    world.edit("sam", target(0), gone).await;
    let gone = world.shown(&["blame", "Target 0000", "Activity 0002"]);
    assert!(
        gone.contains("  this component: not in the plan (before: in the plan)\n"),
        "{gone}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn why_says_the_decision_the_state_and_the_missing_permission() {
    let world = World::new(2, 2).await;
    let client = &world.client;
    administrator(client, "ann", &["advanced_delivery_edit"]).await;
    let done = json!([{"op": "set_status", "component": component(0), "status": "completed"}]);
    world.edit("system", target(0), done).await;
    let rename = json!([{"op": "change", "component": component(0), "set": {"name": "Renamed"}}]);
    let sync = world
        .synced("ann", SOURCE, rename, json!([target(0)]))
        .await;
    let sync = sync.as_str().unwrap();
    let ask = ["why", sync, "Target 0000"];
    let shown = world.shown(&ask);
    let expected = "Nothing was changed: it was finished, and ann did not have the permission \
                    edit_delete_finished.";
    let whole = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        &*format!("Target 0000 in the synchronisation {sync} of ann"),
        "The synchronisation of ann reached this learner and changed nothing in the plan.",
        "“Renamed”: skipped",
        expected,
        "Its status was completed.",
        "permissions advanced_delivery_edit",
        "enrolments Business Administrator (active)",
        "Decided on position",
    ] {
        assert!(whole.contains(part), "{part}: {shown}");
    }
    // What is recorded does not change with the permissions.
    administrator(client, "ann", &["supervisor"]).await;
    assert_eq!(world.shown(&ask), shown);
    let left_out = world.shown(&["why", &sync[..13], "Target 0001"]);
    assert!(
        left_out
            .contains("did not select this learner.\n  The request lists the learners, and this"),
        "{left_out}"
    );
    let rows = world.shown(&["why", sync, "Target 0000", "Renamed", "--output", "tsv"]);
    let cells: Vec<Vec<&str>> = rows
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    let value = |name: &str| {
        let column = cells[0].iter().position(|column| *column == name).unwrap();
        cells[1][column]
    };
    assert_eq!(value("reason"), "edit_finished_not_permitted");
    assert_eq!(value("missing_permissions"), "edit_delete_finished");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_drawn_as_the_plan_of_that_version_and_differences_as_a_diff() {
    let world = World::new(3, 1).await;
    for day in 1..=4 {
        let moved = json!([due(0, &format!("2026-12-0{day}"), &format!("Reason {day}"))]);
        world.edit("alice", target(0), moved).await;
    }
    let extra = json!([{
        "op": "add", "programme": PROGRAMME, "type": "exam", "attributes": {"name": "Mock exam"},
    }, {"op": "remove", "component": component(2)}]);
    world.edit("alice", target(0), extra).await;
    for version in 1..=6 {
        let (at, version) = (format!("v{version}"), version.to_string());
        let then = world.shown(&["plan", "Target 0000", "--at", &at]);
        let words = ["plan", "show", "Target 0000", "--at-version", &version];
        let who = ["--tenant", "northgate", "--as", "sam"];
        let shown = plansync_tests::program::run_in(
            &[("NATS_URL", &*world.url()), ("COLUMNS", "100")],
            &[&words[..], &who].concat(),
        );
        let table = |text: &str| text.split_once("\n\n").unwrap().0.to_owned();
        assert_eq!(table(&then), table(&shown.out), "{at}");
        let same = world.shown(&["diff", "Target 0000", "--from", &at, "--to", &at]);
        assert!(
            same.ends_with("The plan is the same at both points.\n"),
            "{same}"
        );
    }
    let shown = world.shown(&["diff", "Target 0000", "--from", "v2", "--to", "v6"]);
    let shown = timeless(&shown);
    for part in [
        "--- Version 2 of the plan: position",
        "+++ Version 6 of the plan: position",
        "\n  “Activity 0000” (updated)\n-   due date: 2026-12-01\n+   due date: 2026-12-04\n",
        "reason: Reason 4",
        "\n+ “Mock exam” (created)\n",
        "\n- “Activity 0002” (deleted)\n",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("Reason 3"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_a_period_is_by_learner_and_sums_up() {
    let world = World::new(3, 3).await;
    world
        .edit("alice", target(1), json!([due(0, "2026-12-10", "Ill")]))
        .await;
    let moved = json!([due(1, "2027-01-10", "The employer asked")]);
    let targets = json!([target(0), target(1)]);
    let sync = world.synced("alice", SOURCE, moved, targets).await;
    let gone = json!([{"op": "remove", "component": component(2)}]);
    world.edit("sam", target(0), gone).await;
    let today = today(&world).await;
    let ask = ["changes", "--from", &today, "--until", &today];
    let shown = timeless(&world.shown(&ask));
    let sync = sync.as_str().unwrap();
    for part in [
        "\nTarget 0000\n  Added\n",
        "\n  Removed\n    “Activity 0002”\n",
        "\n  Due dates moved\n    “Activity 0001”: none → 2027-01-10\n",
        "\n      reason: The employer asked (given by alice in the plan of Source Learner, version 2)\n",
        "\n    “Activity 0000”: none → 2026-12-10\n",
        "\n      reason: Ill\n",
        "\nIn all, 4 plans\n  12 added, 1 removed, 4 due dates moved, 0 otherwise changed\n",
        &*format!("\n  synchronisation {sync}: 0 added, 0 removed, 2 due dates moved"),
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let none = world.shown(&["changes", "--from", "2001-01-01", "--to", "2001-01-31"]);
    assert!(none.ends_with("\nNothing changed.\n"), "{none}");
}

/// The day of the last commit, UTC.
async fn today(world: &World) -> String {
    let history = json!({"learner": SOURCE});
    let history = world.client.get("sam", "plan.history", history).await;
    history["items"][0]["at"].as_str().unwrap()[..10].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trace_of_a_sync_is_a_tree_of_its_acceptance_its_learners_and_its_end() {
    let world = World::new(1, 250).await;
    let rename = json!([{"op": "change", "component": component(0), "set": {"name": "Renamed"}}]);
    let sync = world.synced("alice", SOURCE, rename, json!("all")).await;
    let log = world.shown(&["log", "--sync", sync.as_str().unwrap(), "--output", "jsonl"]);
    let commits: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds = |kind: &str| {
        let is_kind = |commit: &&serde_json::Value| commit["events"][0]["kind"] == kind;
        commits.iter().filter(is_kind).count()
    };
    assert_eq!(
        (
            kinds("sync.started"),
            kinds("sync.target"),
            kinds("sync.completed"),
            commits.len()
        ),
        (1, 250, 1, 252)
    );
    let start = &commits[0];
    let position = start["position"].to_string();
    let trace = world.shown(&["trace", &position]);
    let lines: Vec<&str> = trace.lines().collect();
    let command = start["correlation_id"].as_str().unwrap();
    assert_eq!(lines[0], format!("Command {command}: 252 commits"));
    assert!(lines[1].starts_with(&format!("{position}  ")), "{trace}");
    assert!(
        lines[1].contains("sync.started, synchronisation"),
        "{trace}"
    );
    assert!(
        lines[2].contains("├─ ") && lines[2].contains("sync.target, plan of Target 0"),
        "{trace}"
    );
    assert!(
        lines[7].contains("├─ … 245 more, up to position "),
        "{trace}"
    );
    assert!(
        lines[8].contains("└─ ") && lines[8].contains("sync.completed"),
        "{trace}"
    );
    assert_eq!(lines.len(), 9);
    assert_eq!(world.shown(&["trace", command]), trace);
    assert_eq!(
        world.shown(&["trace", command, "--each"]).lines().count(),
        253
    );
    let shown = world.shown(&["show", &position]);
    assert!(shown.contains("\nWhat it led to: 251 commits\n"), "{shown}");
    assert!(shown.contains("\nWhat it synchronises\n"), "{shown}");
    let nothing = world.shown(&["trace", "00000000-0000-0000-0000-00000000dead"]);
    assert!(
        nothing.starts_with("No commit has the command 00000000"),
        "{nothing}"
    );
}
