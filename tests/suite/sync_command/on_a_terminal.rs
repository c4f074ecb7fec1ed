//! On a real terminal of 80 columns and 24 lines: the question before a start, and the wizard.

use plansync_tests::college::{component, edit_source, learner, open_source, target};
use plansync_tests::program;
use plansync_tests::terminal::Terminal;
use plansync_tests::terminal::keys::{CTRL_C, CTRL_D, DOWN, ENTER, ESC};
use serde_json::json;
use unicode_width::UnicodeWidthStr;

use super::{World, world};

const DECLINED: Option<i32> = Some(6);

/// `plansync sync …` as erin, on a terminal of this size.
fn typed(world: &World, size: (u16, u16), words: &[&str], more: &[(&str, &str)]) -> Terminal {
    let url = world.nats.url();
    let who = [
        ("NATS_URL", &*url),
        ("PLANSYNC_TENANT", "northgate"),
        ("PLANSYNC_ACTOR", "erin"),
    ];
    let words = [&["sync"], words].concat();
    Terminal::start(size.0, size.1, &words, &[&who[..], more].concat())
}

fn started(world: &World) -> u64 {
    world.json(&["list"])["total"].as_u64().unwrap()
}

#[tokio::test]
async fn a_start_is_asked_about_and_only_a_yes_starts_it() {
    let world = world().await;
    let start = ["start", "--learners", "all"];
    for no in ["n\r", "\r", "yesno\r", CTRL_C, CTRL_D] {
        let mut terminal = typed(&world, (24, 80), &start, &[]);
        let shown = terminal.shows("Start it? [y/N]");
        assert!(shown.contains("3 components onto 3 learners"), "{shown}");
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            shown.contains("Components to delete: “Activity 0004”."),
            "{shown}"
        );
        let expected = "7 changes would be made, each to one component of one learner's plan: 5 updated, 0 created, \
                        2 deleted; 0 already match, 2 would be skipped.";
        assert!(shown.contains(expected), "{shown}");
        terminal.types(no);
        let (code, said) = terminal.ended();
        assert_eq!(code, DECLINED, "{no:?}: {said}");
        assert!(said.contains("Nothing was started."), "{said}");
        assert_eq!(started(&world), 0);
    }
    let mut terminal = typed(&world, (24, 80), &start, &[]);
    terminal.shows("Start it? [y/N]");
    // What comes after the preview is not what was shown.
    let edit = json!({ "learner": target(1), "edits": [
        { "op": "set_status", "component": component(2),
          "status": "in_progress" },
    ]});
    world.client.get("system", "plan.edit", edit).await;
    terminal.types("y\r");
    let (code, said) = terminal.ended();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("6 applied"), "{said}");
}

#[tokio::test]
async fn one_learner_is_not_asked_about_and_json_never_asks() {
    let world = world().await;
    let mut terminal = typed(
        &world,
        (24, 80),
        &["start", "--learners", "Target 0002"],
        &[],
    );
    let (code, said) = terminal.ended();
    assert_eq!(code, Some(0), "{said}");
    let json = ["start", "--learners", "all", "--output", "json"];
    let mut terminal = typed(&world, (24, 80), &json, &[]);
    assert_eq!(terminal.ended().0, Some(2));
    assert_eq!(started(&world), 1);
}

#[tokio::test]
async fn lists_fit_the_terminal_that_they_are_on() {
    let world = world().await;
    learner(
        &world.client,
        target(20),
        "李雷和韩梅梅的学习计划李雷和韩梅梅的学习计划",
    )
    .await;
    for (lines, columns, shown) in [(24, 80, 80), (24, 40, 40), (0, 0, 80)] {
        for words in [
            &["learners"][..],
            &["components"],
            &["affected", "--learners", "all"],
        ] {
            let mut terminal = typed(&world, (lines, columns), words, &[("NO_COLOR", "1")]);
            assert_eq!(terminal.ended().0, Some(0));
            let raw = terminal.raw();
            assert!(!raw.contains('\u{1b}'), "{raw:?}");
            let table = raw.lines().skip_while(|line| !line.contains('─'));
            let rows: Vec<_> = table.take_while(|line| !line.trim().is_empty()).collect();
            assert!(rows.len() > 3, "{raw}");
            for row in rows.iter().filter(|row| !row.starts_with("No room for")) {
                assert!(row.trim_end().width() <= shown, "{columns}: {row}");
            }
        }
    }
}

#[tokio::test]
async fn errors_are_broken_between_words_at_the_width_of_the_terminal() {
    let world = world().await;
    let url = world.nats.url();
    let who = [
        ("NATS_URL", &*url),
        ("PLANSYNC_TENANT", "northgate"),
        ("PLANSYNC_ACTOR", "erin"),
    ];
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        &["preview"][..],
        &["preview", "--learners", "all", "--programme-status", "x"],
        &[
            "start",
            "--learners",
            "all",
            "--type",
            "selected_attributes",
        ],
    ] {
        let piped = program::run_in(&who, &[&["sync"], words].concat());
        assert_eq!(piped.code, Some(2), "{piped:?}");
        let longest = piped.err.lines().map(UnicodeWidthStr::width).max();
        for columns in [80, 40] {
            let room = usize::from(columns);
            assert!(longest > Some(40), "{piped:?}");
            let mut terminal = typed(&world, (24, columns), words, &[("NO_COLOR", "1")]);
            assert_eq!(terminal.ended().0, Some(2));
            let raw = terminal.raw();
            for line in raw.lines() {
                // What stands between backticks is pasted, and may be longer.
                assert!(
                    line.width() <= room || line.starts_with('`'),
                    "{columns}: {line}"
                );
            }
            assert_eq!(joined(&raw), joined(&piped.err));
        }
    }
}

#[tokio::test]
async fn the_wizard_goes_through_the_steps_and_says_the_command_for_them() {
    let world = world().await;
    let mut terminal = typed(&world, (24, 80), &[], &[]);
    terminal.shows("1 Whose changes?");
    terminal.types(ENTER);
    let components = terminal.shows("[x] ✓  Activity zero");
    assert!(components.contains("3 Which components?"), "{components}");
    assert!(components.contains("[ ]    Activity 0001"), "{components}");
    terminal.types(ENTER);
    terminal.shows("4 Which learners?");
    terminal.types(ENTER);
    terminal.shows("Choose at least one first.");
    terminal.types("/0002\r");
    terminal.shows("search: 0002");
    terminal.types("/");
    for _ in 0..4 {
        terminal.types("\u{7f}");
    }
    terminal.types("\r");
    terminal.shows("1 of 3");
    terminal.types("a");
    terminal.shows("all chosen");
    terminal.types(ENTER);
    terminal.shows("5 Which statuses?");
    terminal.types(ENTER);
    terminal.shows("6 Which type of synchronisation?");
    terminal.types(ENTER);
    let summary = terminal.shows("3 components onto 3 learners");
    assert!(summary.contains("8 Summary"), "{summary}");
    terminal.types("l");
    terminal.shows("Learners who are affected");
    terminal.types(ESC);
    terminal.shows("8 Summary");
    terminal.types(ENTER);
    terminal.shows("Learners for whom it is synchronised.");
    terminal.types("o");
    terminal.shows("it is finished");
    terminal.types(ESC);
    terminal.shows("8 Summary");
    terminal.resize(30, 60);
    terminal.types("s");
    terminal.shows("8 Confirm");
    terminal.types("y");
    let (code, said) = terminal.ended();
    assert_eq!(code, Some(0), "{said}");
    let said = said.replace('\n', "");
    assert!(said.contains("completed: 3 of 3 learners done"), "{said}");
    assert!(
        said.contains("--components recent --learners all"),
        "{said}"
    );
    assert!(said.contains("--confirm "), "{said}");
    assert_eq!(started(&world), 1);
}

#[tokio::test]
async fn the_wizard_goes_back_and_is_left_without_a_trace() {
    let world = world().await;
    let mut terminal = typed(&world, (24, 80), &[], &[("NO_COLOR", "1")]);
    // A title stands above its list, and also while the list is loaded: what is waited for is in the list.
    terminal.shows("Source Learner");
    terminal.types(ENTER);
    terminal.shows("[ ]    Activity 0001");
    terminal.types(DOWN);
    terminal.types(" ");
    terminal.shows("1 toggled");
    terminal.types(ENTER);
    // The line below the list: what stands above it is drawn first.
    terminal.shows("· 0 chosen");
    terminal.types(ESC);
    terminal.shows("1 toggled");
    terminal.types(ESC);
    terminal.shows("1 of 1");
    terminal.types(ESC);
    let (code, said) = terminal.ended();
    assert_eq!(code, DECLINED, "{said}");
    assert!(
        said.contains("Nothing was started, and no plan was changed."),
        "{said}"
    );
    let mut terminal = typed(&world, (24, 80), &[], &[]);
    terminal.shows("Source Learner");
    terminal.types(ENTER);
    terminal.shows("[x] ✓  Activity zero");
    terminal.types(CTRL_C);
    let (code, said) = terminal.ended();
    assert_eq!((code, started(&world)), (DECLINED, 0), "{said}");
    assert!(
        terminal.raw().contains("\u{1b}[?1049l"),
        "the screen is not given back"
    );
}

#[tokio::test]
async fn what_is_chosen_in_the_wizard_is_what_its_lists_show() {
    let world = world().await;
    let mut terminal = typed(&world, (24, 80), &[], &[]);
    terminal.shows("1 Whose changes?");
    terminal.types(ENTER);
    terminal.shows("[x] ✓  Activity zero");
    terminal.types(ENTER);
    let learners = terminal.shows("[ ] Target 0002");
    // A row is chosen by the cursor, so no room is spent on its id.
    assert!(!learners.contains("00000000"), "{learners}");
    terminal.types("/0002\r");
    terminal.shows("1 of 1");
    terminal.types("a");
    terminal.shows("all found by “0002” chosen");
    terminal.types(ENTER);
    terminal.shows("1 of 6 · 0 chosen");
    terminal.types(ESC);
    let again = terminal.shows("search: 0002");
    assert!(!again.contains("Target 0001"), "{again}");
    assert!(again.contains("all found by “0002” chosen"), "{again}");
    terminal.types(ENTER);
    terminal.shows("5 Which statuses?");
    terminal.types("a ");
    terminal.shows("all chosen except 1");
    terminal.types(ENTER);
    terminal.shows("6 Which type of synchronisation?");
    terminal.types(ENTER);
    let summary = terminal.shows("8 Summary");
    let said = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = "3 components onto 1 learner, where the component is in progress or";
    assert!(said.contains(expected), "{summary}");
    assert!(!said.contains("not started"), "{summary}");
    terminal.types(CTRL_C);
    assert_eq!(terminal.ended().0, DECLINED);
}

#[tokio::test]
async fn the_wizard_opens_a_record_where_none_is_open() {
    let world = world().await;
    let url = world.nats.url();
    let who = ["--tenant", "northgate", "--as", "alice"];
    let words = [&["sync"], &who[..]].concat();
    let mut terminal = Terminal::start(24, 80, &words, &[("NATS_URL", &url)]);
    terminal.shows("You have no open record.");
    terminal.types("/nobody at all\r");
    terminal.shows("None.");
    terminal.types(ENTER);
    terminal.types("/");
    for _ in 0..13 {
        terminal.types("\u{7f}");
    }
    terminal.types("0001\r");
    terminal.shows("Target 0001");
    terminal.types(ENTER);
    terminal.shows("3 Which components?");
    terminal.types(CTRL_C);
    let (code, said) = terminal.ended();
    assert_eq!(code, DECLINED, "{said}");
    assert!(said.contains("The record of Target 0001"), "{said}");
}

#[tokio::test]
async fn the_wizard_preselects_recent_changes_wherever_they_stand_in_the_list() {
    let world = world().await;
    open_source(&world.client, "alice").await;
    let edits =
        json!([{ "op": "change", "component": component(3), "set": { "min_evidence": 9 } }]);
    edit_source(&world.client, "alice", edits).await;
    let url = world.nats.url();
    let who = ["--tenant", "northgate", "--as", "alice"];
    let words = [&["sync"], &who[..]].concat();
    let mut terminal = Terminal::start(24, 80, &words, &[("NATS_URL", &url)]);
    terminal.shows("1 Whose changes?");
    terminal.types(ENTER);
    let shown = terminal.shows("[x] ✓  Activity 0003");
    assert!(shown.contains("recent changes chosen"), "{shown}");
    assert!(shown.contains("recent changes are preselected"), "{shown}");
    terminal.types(CTRL_C);
    assert_eq!(terminal.ended().0, DECLINED);
}

#[tokio::test]
async fn the_wizard_goes_back_where_there_is_nothing_to_choose() {
    let world = world().await;
    let lone = json!({ "learner": target(9), "name": "Lone Learner", "case_owner": null, "groups": [],
        "tutors": [], "enrolments": [] });
    world.client.get("system", "learner.put", lone).await;
    let open = json!({ "learner": target(9) });
    world.client.get("erin", "record.open", open).await;
    let mut terminal = typed(&world, (24, 80), &[], &[]);
    let shown = terminal.shows("Source Learner");
    let lone = shown.find("Lone").unwrap() > shown.find("Source").unwrap();
    if lone {
        terminal.types(DOWN);
    }
    terminal.types(ENTER);
    terminal.shows("is not enrolled on a programme");
    terminal.types(ENTER);
    terminal.shows("1 Whose changes?");
    terminal.shows("1 of 2");
    terminal.types(CTRL_C);
    assert_eq!(terminal.ended().0, DECLINED);
}

#[tokio::test]
async fn a_record_with_recent_changes_is_opened_again_only_after_a_yes() {
    let world = world().await;
    let url = world.nats.url();
    let open = [
        "record",
        "open",
        "Source Learner",
        "--tenant",
        "northgate",
        "--as",
        "erin",
    ];
    let mut terminal = Terminal::start(24, 80, &open, &[("NATS_URL", &url)]);
    let shown = terminal.shows("Open it again? [y/N]");
    assert!(shown.contains("`--resume`"), "{shown}");
    terminal.types("n\r");
    assert_eq!(terminal.ended().0, DECLINED);
    let records = world.asked("record.list", json!({})).await;
    assert_eq!(records["items"][0]["session"], world.session);
    let mut terminal = Terminal::start(24, 80, &open, &[("NATS_URL", &url)]);
    terminal.shows("Open it again? [y/N]");
    terminal.types("y\r");
    assert_eq!(terminal.ended().0, Some(0));
    let records = world.asked("record.list", json!({})).await;
    assert_ne!(records["items"][0]["session"], world.session);
}

#[tokio::test]
async fn the_wizard_needs_a_terminal_that_can_show_it() {
    let world = world().await;
    let piped = world.typed(&[]);
    assert_eq!((piped.code, &*piped.out), (Some(2), ""), "{piped:?}");
    assert!(piped.err.contains("interactive terminal"), "{piped:?}");
    let mut dumb = typed(&world, (24, 80), &[], &[("TERM", "dumb")]);
    let (code, said) = dumb.ended();
    assert_eq!(code, Some(2), "{said}");
    let misplaced = [
        "sync",
        "--tenant",
        "x",
        "list",
        "--tenant",
        "northgate",
        "--as",
        "erin",
    ];
    let misplaced = program::run(&world.nats.url(), &misplaced);
    assert_eq!(misplaced.code, Some(2), "{misplaced:?}");
    assert!(misplaced.err.contains("after the command"), "{misplaced:?}");
}
