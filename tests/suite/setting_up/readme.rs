//! The commands of the README's section about the command line, from top to bottom.

use plansync_tests::program::paste;

use super::world;

const README: &str = include_str!("../../../README.md");

/// What needs a terminal, a file, or does not end by itself.
const LEFT_OUT: [&str; 3] = ["plansync import", "plansync load", "plansync completions"];

/// The lines of the section's shell blocks, without comments, with continued lines joined.
fn lines() -> Vec<String> {
    let (_, section) = README.split_once("\n## Command line\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let blocks = section.split("```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split_once("```").unwrap().0.replace("\\\n", " "));
    let lines: Vec<String> = blocks
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let bare = lines.iter().map(|line| line.split(" #").next().unwrap());
    bare.map(|line| format!("{} ", line.trim())).collect()
}

/// The last word of the last line that has this part.
fn word_of(said: &str, part: &str) -> String {
    let line = said.lines().rfind(|line| line.contains(part));
    let line = line.unwrap_or_else(|| panic!("{part} in {said}"));
    line.split_whitespace().last().unwrap().to_owned()
}

#[tokio::test]
async fn the_commands_of_the_readme_work_in_their_order() {
    let world = world().await;
    let url = world.nats.url();
    let (mut exports, mut confirm, mut sync) = (String::new(), String::new(), String::new());
    let mut typed = 0;
    for line in lines() {
        if line.starts_with("export ") {
            exports = line;
            continue;
        }
        if line == "plansync sync " || LEFT_OUT.iter().any(|it| line.starts_with(it)) {
            continue;
        }
        let line = line.replace("POSITION:DIGEST", &confirm);
        let line = line.replace(" SYNC ", &format!(" {sync} "));
        let ended = paste(&[("NATS_URL", &*url)], &format!("{exports}; {line}"));
        assert_eq!(
            (ended.code, &*ended.err),
            (Some(0), ""),
            "{line}: {ended:?}"
        );
        if line.starts_with("plansync sync preview") {
            confirm = word_of(&ended.out, "--confirm ");
        }
        if line.starts_with("plansync sync start") {
            sync = uuid_in(&ended.out);
            let wait = format!("{exports}; plansync sync status {sync} --wait");
            assert_eq!(paste(&[("NATS_URL", &*url)], &wait).code, Some(0));
        }
        typed += 1;
    }
    assert!(typed > 20, "{typed}");
}

fn uuid_in(said: &str) -> String {
    let mut words = said.split_whitespace();
    let found = words.find(|word| uuid::Uuid::try_parse(word).is_ok());
    found
        .unwrap_or_else(|| panic!("no id in {said}"))
        .to_owned()
}
