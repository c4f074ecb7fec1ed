//! On a terminal: tables and sentences fit it in every script, colours are there unless they are turned off.

use plansync_tests::college::{SOURCE, learner, target};
use plansync_tests::terminal::Terminal;
use serde_json::json;
use unicode_width::UnicodeWidthStr as _;

use super::world::{World, due};

#[tokio::test(flavor = "multi_thread")]
async fn everything_fits_the_terminal_that_it_is_on() {
    let world = World::new(2, 1).await;
    let wide = "李雷和韩梅梅的学习计划李雷和韩梅梅的学习计划";
    learner(&world.client, target(20), wide).await;
    let moved = json!([due(
        1,
        "2026-12-24",
        "雇主要求雇主要求 雇主要求雇主要求雇主要求 雇主要求 雇主要求雇主要求"
    )]);
    let sync = world
        .synced("alice", SOURCE, moved, json!([target(20)]))
        .await;
    let sync = sync.as_str().unwrap();
    let url = world.url();
    let who = [
        ("NATS_URL", &*url),
        ("PLANSYNC_TENANT", "northgate"),
        ("PLANSYNC_ACTOR", "sam"),
    ];
    let tables: [&[&str]; 3] = [
        &["log", "--limit", "all"],
        &["plan", wide],
        &["log", "--learner", wide],
    ];
    for (lines, columns, shown) in [(24, 80, 80), (24, 50, 50), (0, 0, 80)] {
        for words in tables {
            let words = [&["audit"], words].concat();
            let plain = [&who[..], &[("NO_COLOR", "1")]].concat();
            let mut terminal = Terminal::start(lines, columns, &words, &plain);
            let (code, screen) = terminal.ended();
            assert_eq!(code, Some(0), "{words:?}: {screen}");
            let raw = terminal.raw();
            let table = raw.lines().skip_while(|line| !line.contains('─'));
            let rows: Vec<_> = table.take_while(|line| !line.trim().is_empty()).collect();
            assert!(rows.len() > 2, "{raw}");
            for row in rows.iter().filter(|row| !row.starts_with("No room for")) {
                assert!(row.trim_end().width() <= shown, "{columns}: {row}");
            }
        }
    }
    let told: [&[&str]; 4] = [
        &["blame", wide],
        &["why", sync, wide],
        &["diff", wide, "--from", "v1"],
        &["changes", "--from", "2020-01-01", "--until", "2099-12-31"],
    ];
    for words in told {
        let words = [&["audit"], words].concat();
        let mut terminal =
            Terminal::start(60, 60, &words, &[&who[..], &[("NO_COLOR", "1")]].concat());
        let (code, screen) = terminal.ended();
        assert_eq!(code, Some(0), "{words:?}: {screen}");
        let raw = terminal.raw();
        assert!(!raw.contains('\u{1b}'), "{raw:?}");
        assert!(
            raw.contains("李雷和韩梅梅") || words[1] == "diff" || words[1] == "blame",
            "{raw}"
        );
        // An id or a long word may be wider than what is left of a line.
        let too_wide: Vec<_> = raw
            .lines()
            .filter(|line| line.trim_end().width() > 60)
            .collect();
        assert_eq!(too_wide, Vec::<&str>::new(), "{words:?}");
        let mut coloured = Terminal::start(60, 60, &words, &who);
        assert_eq!(coloured.ended().0, Some(0));
        assert!(coloured.raw().contains("\u{1b}["), "{words:?}");
    }
}
