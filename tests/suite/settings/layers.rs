//! Every setting by every layer: a table that is made from the definitions, so that a new setting is in it.

use serde_json::{Value, json};

use super::{Home, text};

/// A setting, and how it is given.
struct Row {
    key: String,
    option: String,
    variable: String,
    /// Another valid value than the default.
    value: String,
    is_text: bool,
}

/// What each setting can have.
fn rows(home: &Home) -> Vec<Row> {
    let rows: Vec<Row> = home.shown(&[], &[]).iter().map(row).collect();
    assert!(rows.len() > 25, "{} settings", rows.len());
    rows
}

fn row(shown: &Value) -> Row {
    let sample = text(shown, "sample").to_owned();
    let choices = shown["choices"].as_array().unwrap().iter();
    let choices: Vec<_> = choices.map(|it| it.as_str().unwrap().to_owned()).collect();
    let has_default = !shown["default"].is_null();
    let number = sample.parse::<i64>();
    let value = match (choices.iter().find(|it| **it != sample), number, &*sample) {
        (Some(other), _, _) => other.clone(),
        (None, Ok(number), _) => (number + 1).to_string(),
        (None, Err(_), "true") => "false".to_owned(),
        (None, Err(_), "false") => "true".to_owned(),
        (None, Err(_), _) if has_default => "warn".to_owned(),
        (None, Err(_), _) => sample.clone(),
    };
    let is_text = value.parse::<i64>().is_err() && !["true", "false"].contains(&&*value);
    Row {
        key: text(shown, "key").to_owned(),
        option: text(shown, "option").to_owned(),
        variable: text(shown, "variable").to_owned(),
        value,
        is_text,
    }
}

impl Row {
    fn in_file(&self) -> String {
        let (table, name) = self.key.split_once('.').unwrap();
        let value = if self.is_text {
            json!(self.value).to_string()
        } else {
            self.value.clone()
        };
        format!("[{table}]\n{name} = {value}\n")
    }

    fn typed(&self) -> String {
        format!("{}={}", self.option, self.value)
    }

    /// What is shown of it.
    #[track_caller]
    fn comes_from(&self, home: &Home, variable: &str, options: &[&str], expected: (&str, &str)) {
        let shown = home.one(&self.key, &[(&self.variable, variable)], options);
        let from = (text(&shown, "layer"), text(&shown, "source"));
        assert_eq!(from, expected, "{} {shown}", self.key);
        let is_secret = shown["is_secret"] == true;
        let value = text(&shown, "value");
        assert!(value == self.value || is_secret, "{} {shown}", self.key);
        assert_eq!(shown["is_set"], true, "{shown}");
    }
}

#[test]
fn every_setting_comes_from_each_layer_and_the_stronger_one_wins() {
    let home = Home::new();
    for row in rows(&home) {
        if row.key == "client.output" {
            // The test reads JSON; the next test is about this setting.
            continue;
        }
        let (value, typed) = (&*row.value, row.typed());
        let option: &[&str] = &[&typed];
        let of_option = ("option", &*row.option);
        let of_variable = ("variable", &*row.variable);
        home.settings("");
        row.comes_from(&home, value, &[], of_variable);
        row.comes_from(&home, "", option, of_option);
        let file = home.settings(&format!("\n{}", row.in_file()));
        row.comes_from(&home, "", &[], ("file", &file));
        let line = home.one(&row.key, &[], &[])["line"].clone();
        assert_eq!(line, 3, "{}", row.key);
        row.comes_from(&home, value, &[], of_variable);
        row.comes_from(&home, value, option, of_option);
    }
}

#[test]
fn the_format_of_the_output_comes_from_each_layer() {
    let home = Home::new();
    let layer = |environment: &[(&str, &str)], options: &[&str], place: &str| {
        let said = home.said(environment, &[&["config", "show"], options].concat());
        let line = said
            .lines()
            .find(|line| line.starts_with("client.output\t"));
        assert!(line.is_some_and(|line| line.ends_with(place)), "{said}");
    };
    let variable = [("PLANSYNC_OUTPUT", "tsv")];
    layer(&variable, &[], "variable PLANSYNC_OUTPUT");
    layer(&variable, &["--output", "tsv"], "option --output");
    layer(
        &[("PLANSYNC_OUTPUT", "json")],
        &["--output", "tsv"],
        "option --output",
    );
}

#[test]
fn every_variable_that_is_empty_counts_as_not_set() {
    let home = Home::new();
    let before = home.shown(&[], &[]);
    let variables: Vec<_> = before.iter().map(|it| text(it, "variable")).collect();
    for variable in &variables {
        assert!(!variable.is_empty(), "{before:?}");
    }
    let empty: Vec<_> = variables.iter().map(|name| (*name, "")).collect();
    assert_eq!(home.shown(&empty, &[]), before);
    let help = home.said(&empty, &["serve", "--help"]);
    assert!(help.contains("[env: PLANSYNC_DATA=]"), "{help}");
    assert!(help.contains("[default: 2089]"), "{help}");
}

#[test]
fn a_variable_has_the_name_of_its_option() {
    let home = Home::new();
    let known = [
        "PLANSYNC_LOG",
        "PLANSYNC_ACTOR",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ];
    for it in home.shown(&[], &[]) {
        let (option, variable) = (text(&it, "option"), text(&it, "variable"));
        let expected = option
            .trim_start_matches('-')
            .replace('-', "_")
            .to_uppercase();
        let is_named = variable == format!("PLANSYNC_{expected}");
        assert!(
            is_named || variable.starts_with("NATS_") || known.contains(&variable),
            "{it}"
        );
    }
}

#[test]
fn a_value_out_of_bounds_is_refused_by_every_layer_and_names_it() {
    let home = Home::new();
    for (key, option, variable, value, why) in [
        (
            "client.timeout",
            "--timeout",
            "PLANSYNC_TIMEOUT",
            "0",
            "give a whole number from 1 to 86400",
        ),
        (
            "engine.volume_mib",
            "--volume-mib",
            "PLANSYNC_VOLUME_MIB",
            "2000",
            "give a whole number from 1 to 1024",
        ),
        (
            "engine.components_max",
            "--components-max",
            "PLANSYNC_COMPONENTS_MAX",
            "-1",
            "give a whole number from 1 to 100000",
        ),
    ] {
        home.settings("");
        let typed = format!("{option}={value}");
        let ended = home.run(&[], &["config", "show", &typed]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(
            ended.err.contains(why) && ended.err.contains(option),
            "{ended:?}"
        );
        assert!(!ended.err.contains(variable), "{ended:?}");
        for format in ["human", "json"] {
            let show = ["config", "show", "--output", format];
            let ended = home.run(&[(variable, value)], &show);
            assert_eq!(ended.code, Some(2), "{ended:?}");
            assert!(
                ended.err.contains(why) && ended.err.contains(variable),
                "{ended:?}"
            );
        }
        let (table, name) = key.split_once('.').unwrap();
        let file = home.settings(&format!("[{table}]\n  {name} = {value}\n"));
        let ended = home.run(&[], &["config", "show"]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        let column = name.len() + 6;
        let place = format!("{file}:2:{column}: `{name}` cannot be `{value}`: ");
        assert!(
            ended.err.contains(&place) && ended.err.contains(why),
            "{ended:?}"
        );
    }
}

#[test]
fn a_secret_is_never_shown() {
    let home = Home::new();
    let url = ("NATS_URL", "nats://ann:s3cret@bus:4222");
    for format in ["human", "json", "tsv"] {
        let show = [
            "config",
            "show",
            "--output",
            format,
            "--nats-token",
            "s3cret",
        ];
        let said = home.said(&[("NATS_PASSWORD", "s3cret"), url], &show);
        assert!(
            !said.contains("s3cret") && said.contains("nats://bus:4222"),
            "{said}"
        );
    }
    let file = "[nats]\nuser = \"ann\"\npassword = \"s3cret\"\n";
    home.settings(file);
    let said = home.said(&[], &["config", "show"]);
    assert!(
        !said.contains("s3cret") && said.contains("plansync.toml:3"),
        "{said}"
    );
}

#[test]
fn a_login_and_a_context_replace_what_a_file_says_of_it() {
    let home = Home::new();
    home.settings(
        "[nats]\nurl = \"nats://bob:pw@bus\"\nuser = \"ann\"\npassword = \"pw\"\ntls_ca = \"/ca.pem\"\n",
    );
    let in_use = |environment: &[(&str, &str)], options: &[&str]| {
        let shown = home.shown(environment, options).into_iter();
        let of_file = shown.filter(|it| text(it, "layer") == "file");
        let keys: Vec<_> = of_file.map(|it| text(&it, "key").to_owned()).collect();
        keys.join(" ")
    };
    let all = "nats.url nats.user nats.password nats.tls_ca";
    assert_eq!(in_use(&[], &[]), all);
    assert_eq!(
        in_use(&[("NATS_NKEY", "/a.nk")], &[]),
        "nats.url nats.tls_ca"
    );
    assert_eq!(in_use(&[], &["--user", "eve"]), "nats.url nats.tls_ca");
    let password = in_use(&[("NATS_PASSWORD", "other")], &[]);
    assert_eq!(password, "nats.url nats.user nats.tls_ca");
    assert_eq!(in_use(&[("NATS_CONTEXT", "prod")], &[]), "");
}
