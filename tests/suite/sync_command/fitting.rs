//! How lists are shown: on any width, and for programs that read tables.

use plansync_tests::binary::command;
use plansync_tests::college::{learner, target};
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use super::{World, lines, world};

/// What `plansync sync …` shows where `COLUMNS` says how much room there is.
fn shown_in(world: &World, columns: &str, words: &[&str]) -> String {
    let output = command()
        .arg("sync")
        .args(words)
        .args(["--tenant", "northgate", "--as", "erin"])
        .env("NATS_URL", world.nats.url())
        .env("COLUMNS", columns)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The lines of the table: from its heading to the first line that is none of its rows.
fn rows(text: &str) -> Vec<&str> {
    let all = lines(text);
    let rule = all.iter().position(|line| line.starts_with('─')).unwrap();
    let table = all[rule - 1..].iter();
    let is_row = |line: &&&str| !line.is_empty() && !line.starts_with("No room for: ");
    table.take_while(is_row).copied().collect()
}

#[tokio::test]
async fn where_there_is_little_room_deletions_can_still_be_told() {
    let world = world().await;
    let preview = shown_in(&world, "40", &["preview", "--learners", "all"]);
    let row = rows(&preview)
        .into_iter()
        .find(|row| row.starts_with("Activity 0004"));
    assert!(row.is_some_and(|row| row.contains(" delete")), "{preview}");
    let row = rows(&preview)
        .into_iter()
        .find(|row| row.starts_with("Activity zero"));
    assert!(row.is_some_and(|row| row.contains(" synch")), "{preview}");
}

#[tokio::test]
async fn a_row_is_a_line_that_fits_whatever_is_in_it() {
    let world = world().await;
    let names = [
        "李雷和韩梅梅的学习计划李雷和韩梅梅的学习计划",
        "Zoe\u{308} 👩\u{200d}🎓 von und zu Nordwesterwald-Hohenzollern",
        "a\nb\tc\u{202e}d",
        "a",
    ];
    for (index, name) in (20..).zip(names) {
        learner(&world.client, target(index), name).await;
    }
    for columns in [40, 80, 200] {
        let lists: [&[&str]; 3] = [
            &["learners"],
            &["components"],
            &["preview", "--learners", "all"],
        ];
        for words in lists {
            let text = shown_in(&world, &columns.to_string(), words);
            let count = if words == ["learners"] { 7 } else { 3 };
            let rows = rows(&text);
            assert!(rows.len() >= count + 2, "{text}");
            for row in rows {
                assert!(row.width() <= columns, "{columns}: {text}");
                assert!(!row.contains(['\u{202e}', '\t']), "{text}");
            }
        }
    }
}

#[tokio::test]
async fn tab_separated_rows_have_the_same_columns_whatever_is_in_them() {
    let world = world().await;
    learner(&world.client, target(20), "tab\there\nand \\ there").await;
    let tsv = |words: &[&str]| {
        let ended = world.typed(&[words, &["--output", "tsv"]].concat());
        assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{ended:?}");
        ended.out
    };
    let learners = tsv(&["learners"]);
    let learners = lines(&learners);
    let heading = "name\tprogramme_status\tgroups\ttutors\tcase_owner\tlearner";
    assert_eq!((learners[0], learners.len()), (heading, 5));
    let last = format!(
        "tab\\there\\nand \\\\ there\tactive\t\t\tsam\t{}",
        target(20)
    );
    assert_eq!(learners[4], last);
    let none = tsv(&["learners", "--search", "nobody"]);
    assert_eq!(none, format!("{heading}\n"));
    let explained = [
        "explain",
        "--learners",
        "all",
        "--component",
        "Activity zero",
    ];
    let explained = tsv(&explained);
    let explained = lines(&explained);
    let heading = "name\tprogramme\taction\toutcome\treason\tchanges\twarnings\tside\tlearner";
    assert_eq!((explained[0], explained.len()), (heading, 5));
    let skipped: Vec<_> = explained[4].split('\t').collect();
    assert_eq!(skipped[3..5], ["skipped", "edit_finished_not_permitted"]);
    assert_eq!(skipped[7..], ["not_synchronised", &*target(0).to_string()]);
    let changes: Vec<Value> =
        serde_json::from_str(explained[1].split('\t').nth(5).unwrap()).unwrap();
    assert_eq!(changes[0]["attribute"], "name");
}

#[tokio::test]
async fn ids_are_whole_or_a_prefix_as_it_is_asked() {
    let world = world().await;
    let full = target(1).to_string();
    let one = |more: &[&str]| {
        let words = ["learners", "--search", "0001"];
        shown_in(&world, "200", &[&words, more].concat())
    };
    assert!(one(&[]).contains(&full));
    let short = one(&["--ids", "short"]);
    assert!(
        short.contains(&full[..8]) && !short.contains(&full),
        "{short}"
    );
    let narrow = shown_in(&world, "60", &["learners", "--ids", "full", "--limit", "1"]);
    assert!(narrow.contains(&target(0).to_string()[..]), "{narrow}");
}
