//! Files that are not as they should be.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use plansync_tests::program::Ended;
use serde_json::Value;

use super::Home;

/// Checks a file with this content, for programs.
fn checked(home: &Home, content: impl AsRef<[u8]>) -> (Option<i32>, Vec<(u64, u64, String)>) {
    let file = home.file("x.toml", content);
    let ended = home.run(&[], &["config", "check", &file, "--output", "json"]);
    assert_eq!(ended.err, "", "{ended:?}");
    let problems = ended.json()["items"].as_array().unwrap().clone();
    let problems = problems.iter().map(|it| {
        assert_eq!(it["file"], file.as_str());
        let number = |name: &str| it[name].as_u64().unwrap_or_default();
        let message = it["message"].as_str().unwrap().to_owned();
        (number("line"), number("column"), message)
    });
    (ended.code, problems.collect())
}

#[test]
fn everything_that_is_wrong_is_reported_at_once_with_its_place() {
    let home = Home::new();
    let content = "\
tenant = \"a\"
[engine]
dta = \"/x\"
events = \"xml\"
volume_mib = 0
components_max = \"9\"
[nats]
tls-ca = \"/x\"
tls = \"yes\"
url = \"http://é:s3cret@x\"
nkey = \"a\"
creds = \"b\"
[client]
timeout = 1.5
tenant = \"a b\"
tenant = \"c\"
ids = []
[server]
[logging]
LEVEL = \"warn\"
wholly_unknown = 1
";
    let (code, problems) = checked(&home, content);
    assert_eq!(code, Some(2));
    let expected = [
        (
            1,
            1,
            "there is no key `tenant`; did you mean `tenant` in [client]?",
        ),
        (3, 1, "there is no key `dta`; did you mean `data`?"),
        (4, 10, "`events` cannot be `xml`: give one of msgpack, json"),
        (
            5,
            14,
            "`volume_mib` cannot be `0`: give a whole number from 1 to 1024",
        ),
        (
            6,
            18,
            "`components_max` needs a whole number without quotes; this is a text",
        ),
        (8, 1, "there is no key `tls-ca`; did you mean `tls_ca`?"),
        (
            9,
            7,
            "`tls` needs true or false, without quotes; this is a text",
        ),
        (
            12,
            1,
            "`nats.creds` and `nats.nkey` are two ways to log in; keep one of them",
        ),
        (
            14,
            11,
            "`timeout` needs a whole number without quotes; this is a fraction",
        ),
        (16, 1, "this key is in the table already; keep one of them"),
        (17, 7, "`ids` needs a text in quotes; this is a list"),
        (20, 1, "there is no key `LEVEL`; did you mean `level`?"),
    ];
    let has = |line, column, message: &str| {
        let mut all = problems.iter();
        all.any(|it| (it.0, it.1) == (line, column) && it.2 == message)
    };
    for (line, column, message) in expected {
        assert!(
            has(line, column, message),
            "{line}:{column}: {message}\n{problems:#?}"
        );
    }
    let begins = |line, message: &str| {
        let mut all = problems.iter();
        all.any(|it| it.0 == line && it.2.starts_with(message))
    };
    for (line, message) in [
        (10, "`url` cannot have this value: "),
        (15, "`tenant` cannot be `a b`: "),
        (18, "there is no table `server`"),
        (
            21,
            "there is no key `wholly_unknown`; `plansync config init -`",
        ),
    ] {
        assert!(begins(line, message), "{line}: {message}\n{problems:#?}");
    }
    assert_eq!(problems.len(), expected.len() + 4, "{problems:#?}");
    let mut places: Vec<_> = problems.iter().map(|it| (it.0, it.1)).collect();
    places.sort_unstable();
    assert_eq!(
        places,
        problems.iter().map(|it| (it.0, it.1)).collect::<Vec<_>>()
    );
    assert!(!format!("{problems:?}").contains("s3cret"), "{problems:#?}");
}

#[test]
fn what_is_not_toml_is_reported_with_the_rest_that_is_understood() {
    let home = Home::new();
    let lines = |content: &str| {
        let (code, problems) = checked(&home, content);
        assert_eq!(code, Some(2), "{problems:?}");
        let is_syntax = |what: &str| what.starts_with("this is not TOML: ");
        let lines = problems.iter().map(|it| (it.0, is_syntax(&it.2)));
        lines.collect::<Vec<_>>()
    };
    let values = "[engine]\nevents = json\n[client]\nids = full\ntimeou = 1\n";
    assert_eq!(lines(values), [(2, true), (4, true), (5, false)]);
    // What follows the name of a table that is not closed may be in another table than is meant.
    let table = "[engine]\ndta = 1\nevents = \n[nats\nurk = 1\n";
    assert_eq!(lines(table), [(2, false), (3, true), (4, true)]);
}

#[test]
fn hostile_files_are_refused() {
    let home = Home::new();
    let nested = |open: &str, times: usize| format!("[engine]\ndata = {}", open.repeat(times));
    let dotted = format!("a{} = 1\n", ".a".repeat(100_000));
    let long = format!("[engine]\ndata = \"{}\"\n", "x".repeat(300 << 10));
    let many = "[[engine]]\n".repeat(10_000);
    let keys: Vec<_> = (0..10_000).map(|it| format!("k{it} = 1\n")).collect();
    for content in [
        nested("[", 200_000),
        nested("{a=", 60_000),
        dotted,
        long,
        many,
        keys.concat(),
        "\0".to_owned(),
        "[engine]\ndata = \"\\uD800\"\n".to_owned(),
    ] {
        let start: String = content.chars().take(30).collect();
        let (code, problems) = checked(&home, &content);
        assert_eq!(code, Some(2), "{start}");
        assert!(!problems.is_empty(), "{start}");
    }
    let (code, problems) = checked(&home, b"[engine]\ndata = \"\xff\"\n");
    let expected = (
        2,
        9,
        "this is not UTF-8; save the file in that encoding".to_owned(),
    );
    assert_eq!((code, problems), (Some(2), vec![expected]));
    let control = "[engine]\n\"a\\u001b[31m\" = 1\n";
    let file = home.file("x.toml", control);
    let ended = home.run(&[], &["config", "check", &file]);
    assert!(
        !ended.out.contains('\u{1b}') && ended.out.contains("\\u{1b}"),
        "{ended:?}"
    );
    // A mark of the byte order is none of the text.
    assert_eq!(
        checked(&home, "\u{feff}[engine]\nevents = \"json\"\n").0,
        Some(0)
    );
}

/// Runs a command that reads the settings, and needs nothing else.
fn read(home: &Home, file: &str) -> Ended {
    home.run(&[], &["config", "show", "--config", file])
}

#[test]
fn a_file_that_cannot_be_read_is_refused() {
    let home = Home::new();
    let file = home.file("x.toml", "");
    fs::create_dir(home.path("folder")).unwrap();
    let folder = home.path("folder").to_str().unwrap().to_owned();
    let absent = home.path("absent.toml").to_str().unwrap().to_owned();
    for (file, why) in [
        (&folder, "is a folder; name a file"),
        (
            &absent,
            "does not exist; `plansync config init FILE` writes one",
        ),
    ] {
        let ended = read(&home, file);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(
            ended.err.contains(&**file) && ended.err.contains(why),
            "{ended:?}"
        );
        let of_variable = home.run(&[("PLANSYNC_CONFIG", file)], &["config", "show"]);
        assert_eq!(of_variable, ended);
    }
    assert_eq!(read(&home, &file).code, Some(0));
    assert_eq!(read(&home, "/dev/null").code, Some(0));
    assert_eq!(read(&home, "/dev/zero").code, Some(2));
}

#[test]
fn a_file_that_others_can_change_is_refused_and_a_public_secret_is_a_warning() {
    let home = Home::new();
    let set = |content: &str, mode| {
        let file = home.file("x.toml", content);
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        read(&home, &file)
    };
    let ended = set("", 0o602);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("chmod o-w"), "{ended:?}");
    for secret in [
        "password = \"x\"",
        "token = \"x\"",
        "url = \"nats://ann:x@bus\"",
        "user = \"a-token\"",
    ] {
        let content = format!("[nats]\n{secret}\n");
        let ended = set(&content, 0o604);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let told = ended.err.contains("x.toml:2:1: ") && ended.err.contains("chmod o-r");
        assert!(told, "{ended:?}");
        assert_eq!(set(&content, 0o640).err, "");
    }
    assert_eq!(set("[nats]\nurl = \"nats://bus\"\n", 0o664).err, "");
}

#[test]
fn programs_read_what_is_wrong_as_fields() {
    let home = Home::new();
    let file = home.settings("[engine]\nevents = 1\n");
    let ask = [
        "request",
        "tenant.get",
        "--tenant",
        "a",
        "--as",
        "b",
        "--output",
        "json",
    ];
    let ended = home.run(&[], &ask);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let error: Value = serde_json::from_str(&ended.err).unwrap();
    let problem = &error["error"]["problems"][0];
    assert_eq!(problem["file"], file.as_str());
    assert_eq!(
        (&problem["line"], &problem["column"]),
        (&2.into(), &10.into())
    );
}

#[test]
fn a_number_in_place_of_a_text_is_refused_with_what_to_write() {
    let home = Home::new();
    let content =
        "[engine]\nhttp = 9464\ndata = 1\n[nats]\npassword = 1234\n[client]\ntenant = 0x10\n";
    let (code, problems) = checked(&home, content);
    assert_eq!(code, Some(2));
    let told: Vec<_> = problems.iter().map(|(_, _, told)| &**told).collect();
    assert_eq!(
        told,
        [
            "`http` needs a text in quotes; this is a whole number; write http = \"9464\"",
            "`data` needs a text in quotes; this is a whole number",
            "`password` needs a text in quotes; this is a whole number",
            "`tenant` needs a text in quotes; this is a whole number",
        ]
    );
}
