//! Completion: a shell asks the program, and gets names that do nothing to it.

use std::process::Command;

use plansync_tests::binary::{command, plansync};
use plansync_tests::college::{edit_source, found, open_source, target};
use plansync_tests::program::run;
use serde_json::json;

use super::{World, world};

/// What a shell is told that has these words on its line, the last one half typed.
fn told(url: &str, shell: &str, words: &[&str]) -> Vec<String> {
    let words = [&["--", "plansync"], words].concat();
    let output = command()
        .args(&words)
        .env("PLANSYNC_COMPLETE", shell)
        .env("_CLAP_COMPLETE_INDEX", (words.len() - 2).to_string())
        .env("_CLAP_IFS", "\n")
        .env("NATS_URL", url)
        .env_remove("PLANSYNC_TENANT")
        .env_remove("PLANSYNC_ACTOR")
        .output()
        .unwrap();
    assert_eq!(
        (output.status.code(), &*output.stderr),
        (Some(0), &b""[..]),
        "{words:?}"
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

impl World {
    /// Those candidates that are no options.
    fn completed(&self, shell: &str, actor: &str, words: &[&str]) -> Vec<String> {
        let (last, before) = words.split_last().unwrap();
        let who = ["--tenant", "northgate", "--as", actor];
        let all = told(
            &self.nats.url(),
            shell,
            &[&before[..2], &who, &before[2..], &[last]].concat(),
        );
        all.into_iter().filter(|it| !it.starts_with("--")).collect()
    }
}

/// A college whose learners have names that a shell would take amiss.
async fn college() -> World {
    let world = world().await;
    found(&world.client, 3, 2).await;
    for name in [
        "$(touch pwned)",
        "O'Neil \"Bo\" `id`; !",
        "Two",
        "Two",
        "Evil\nname",
        "-rf",
    ] {
        let put = [
            "learner",
            "put",
            "--name=",
            "--tenant",
            "northgate",
            "--as",
            "system",
        ];
        let name = format!("--name={name}");
        let put: Vec<_> = put
            .iter()
            .map(|it| if *it == "--name=" { &*name } else { it })
            .collect();
        assert_eq!(run(&world.nats.url(), &put).code, Some(0));
    }
    world
}

#[tokio::test]
async fn names_are_completed_as_whoever_types() {
    let world = college().await;
    let show = |typed| world.completed("bash", "alice", &["learner", "show", typed]);
    assert_eq!(show("target"), ["Target\\ 0000", "Target\\ 0001"]);
    assert_eq!(show("'Target 0001"), ["Target 0001"]);
    assert_eq!(show("Nobody"), [""; 0]);
    // The programmes of the learners whom she sees: the list is not for her.
    let programme = ["learner", "list", "--programme", "bus"];
    for actor in ["alice", "sam"] {
        assert_eq!(
            world.completed("bash", actor, &programme),
            ["Business\\ Administrator"]
        );
    }
    let template = [
        "template",
        "remove",
        "business\\ administrator",
        "--component",
        "activity\\ 0002",
    ];
    assert_eq!(
        world.completed("bash", "system", &template),
        ["Activity\\ 0002"]
    );
    let plan = [
        "plan",
        "set",
        "--learner",
        "target\\ 0000",
        "--component",
        "\"activity 0001",
    ];
    assert_eq!(world.completed("bash", "alice", &plan), ["Activity 0001"]);
    let audit = |words: &[&str]| world.completed("bash", "sam", &[&["audit"], words].concat());
    assert_eq!(audit(&["blame", "target\\ 0001"]), ["Target\\ 0001"]);
    let component = ["blame", "target\\ 0000", "\"activity 0001"];
    assert_eq!(audit(&component), ["Activity 0001"]);
    assert_eq!(audit(&["log", "--by", "ali"]), ["alice"]);
    assert_eq!(audit(&["log", "--kind", "plan.c"]), ["plan.changed"]);
    let reported = [
        "changes",
        "--programme",
        "business\\ administrator",
        "--component",
        "activity\\ 0002",
    ];
    assert_eq!(audit(&reported), ["Activity\\ 0002"]);
    // What is in a folder is not what the service knows.
    assert_eq!(
        audit(&["blame", "--data", "/missing", "target\\ 0001"]),
        [""; 0]
    );
    let session = open_source(&world.client, "alice").await;
    let edits = json!([{ "op": "change", "component": plansync_tests::college::component(0),
        "set": { "name": "Renamed: one" } }]);
    edit_source(&world.client, "alice", edits).await;
    let components = ["sync", "preview", "--components", "ren"];
    assert_eq!(
        world.completed("bash", "alice", &components),
        ["Renamed\\:\\ one"]
    );
    let body = json!({ "session": session, "programme": plansync_tests::college::PROGRAMME,
        "components": "recent", "learners": [target(0)] });
    let sync = world.client.get("alice", "sync.start", body).await["sync"].clone();
    let sync = sync.as_str().unwrap();
    assert_eq!(
        world.completed("bash", "alice", &["sync", "status", &sync[..6]]),
        [sync]
    );
    // What has no name is completed by its id, and only what the command takes is offered.
    assert_eq!(
        world.completed("bash", "alice", &["sync", "outcomes", ""]),
        [sync]
    );
    assert_eq!(
        world.completed("bash", "alice", &["record", "close", ""]),
        ["Source\\ Learner"]
    );
    let plan = ["plan", "set", "--learner", "source", "--component", "Ren"];
    assert_eq!(
        world.completed("bash", "alice", &plan),
        ["Renamed\\:\\ one"]
    );
    let tutor = ["learner", "list", "--tutor", "al"];
    assert_eq!(world.completed("bash", "system", &tutor), ["alice"]);
    // Whoever may not speak gets nothing, and no error either.
    assert_eq!(
        world.completed("bash", "nobody", &["learner", "show", ""]),
        [""; 0]
    );
}

#[tokio::test]
async fn tenants_are_those_of_the_latest_events() {
    let world = college().await;
    open_source(&world.client, "alice").await;
    let url = world.nats.url();
    let mut tenants = Vec::new();
    // The event is published a moment after the answer.
    while tenants.is_empty() {
        tenants = told(&url, "fish", &["learner", "list", "--tenant", "north"]);
    }
    assert_eq!(tenants, ["northgate\tnorthgate"]);
}

#[tokio::test]
async fn no_name_gets_into_a_shell_unquoted() {
    let world = college().await;
    let show = |shell, typed| world.completed(shell, "system", &["learner", "show", typed]);
    let bash = show("bash", "");
    assert!(
        bash.contains(&"\\$\\(touch\\ pwned\\)".to_owned()),
        "{bash:?}"
    );
    assert!(
        bash.contains(&"O\\'Neil\\ \\\"Bo\\\"\\ \\`id\\`\\;\\ \\!".to_owned()),
        "{bash:?}"
    );
    // Two of one name, one with a line feed and one like an option are known by their ids.
    let is_id = |it: &&String| uuid::Uuid::try_parse(it).is_ok();
    assert_eq!(
        (bash.len(), bash.iter().filter(is_id).count()),
        (9, 4),
        "{bash:?}"
    );
    assert!(show("zsh", "Evil")[0].ends_with(":Evil\\\\nname"));
    assert!(show("powershell", "$")[0].starts_with("'$(touch pwned)'\t"));
    // Bash itself reads what it was given as the names, and runs nothing.
    let folder = tempfile::tempdir().unwrap();
    let script = format!("printf '%s\\n' {}", bash.join(" "));
    let read = Command::new("bash")
        .args(["-c", &script])
        .current_dir(&folder)
        .output()
        .unwrap();
    let read = String::from_utf8(read.stdout).unwrap();
    assert!(
        read.lines().any(|it| it == "O'Neil \"Bo\" `id`; !"),
        "{read}"
    );
    assert!(!folder.path().join("pwned").exists());
}

#[tokio::test]
async fn bash_completes_with_the_script_that_it_is_given() {
    let world = college().await;
    let written = run(
        &world.nats.url(),
        &[
            "completions",
            "bash",
            "--program",
            plansync().to_str().unwrap(),
        ],
    );
    assert_eq!(written.code, Some(0), "{written:?}");
    let script = format!(
        "{}\n{}",
        written.out,
        r#"
        COMP_WORDS=(plansync learner show --tenant northgate --as system "'Target 0001") COMP_CWORD=7
        _plansync_complete plansync 'Target 0001' system; printf '<%s>\n' "${COMPREPLY[@]}"
        COMP_WORDS=(plansync learner list --programme = bus) COMP_CWORD=5
        export PLANSYNC_TENANT=northgate PLANSYNC_ACTOR=system
        _plansync_complete plansync bus =; printf '<%s>\n' "${COMPREPLY[@]}"
        complete -p plansync
        "#
    );
    let output = Command::new("bash")
        .args(["--norc", "-c", &script])
        .env("NATS_URL", world.nats.url())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let expected = "<Target 0001>\n<Business\\ Administrator>\n\
                    complete -o bashdefault -F _plansync_complete plansync\n";
    assert_eq!((&*said, &*output.stderr), (expected, &b""[..]));
}

#[test]
fn where_nobody_answers_commands_and_options_are_completed_in_silence() {
    let nowhere = "nats://127.0.0.1:1";
    let words = ["learner", "show", "--tenant", "t", "--as", "a", ""];
    assert!(told(nowhere, "bash", &words).contains(&"--timeout".to_owned()));
    assert_eq!(told(nowhere, "bash", &["comp"]), ["completions"]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let written = run(nowhere, &["completions", shell]);
        assert_eq!(written.code, Some(0), "{written:?}");
        assert!(written.out.contains("PLANSYNC_COMPLETE"), "{shell}");
    }
}
