//! The page of metrics, the dashboard and the alert rules are of the metrics that an engine really tells.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plansync_tests::client::Client;
use plansync_tests::college::{PROGRAMME, component, edit_source, found, open_source, target};
use plansync_tests::http::{HttpPort, Metrics};
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};

/// The labels of each metric, by the name that its samples have without the suffixes of histograms.
type Known = BTreeMap<String, BTreeSet<String>>;

/// Labels that Prometheus adds, and metrics that it makes itself.
const OF_PROMETHEUS: [&str; 3] = ["instance", "job", "up"];

fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    std::fs::read_to_string(root.join(path)).unwrap()
}

/// What an engine tells that has done something of everything.
async fn told() -> Metrics {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 2, 2).await;
    let session = open_source(&client, "alice").await;
    let renamed = json!([{"op": "change", "component": component(1), "set": {"name": "Renamed"}}]);
    edit_source(&client, "alice", renamed).await;
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": [component(1)],
        "learners": [target(1)], "type": "changes_only",
    });
    let started = client.get("alice", "sync.start", request).await;
    client.finished("alice", &started["sync"]).await;
    let mut told = client.listen("command.>").await;
    client.send("alice", "plan.get", b"{}").await;
    told.next().await;
    let is_complete = |metrics: &Metrics| {
        let all = metrics.samples();
        ["process_open_fds", "plansync_relay_behind_seconds"]
            .iter()
            .all(|name| all.iter().any(|sample| sample.name == *name))
    };
    let metrics = port.until(HttpPort::metrics, is_complete).await;
    assert_eq!(engine.terminate(), Some(0));
    metrics
}

/// The metrics with their types, as an engine tells them.
fn families(metrics: &Metrics) -> BTreeMap<String, String> {
    metrics.families().into_iter().collect()
}

fn known(metrics: &Metrics) -> Known {
    let families = families(metrics);
    let mut known: Known = families
        .keys()
        .map(|name| (name.clone(), BTreeSet::new()))
        .collect();
    for sample in metrics.samples() {
        let name = of_family(&sample.name, &families);
        let labels = sample.labels.into_iter().map(|(label, _)| label);
        known.get_mut(&name).unwrap().extend(labels);
    }
    known
}

/// The family that a sample belongs to.
fn of_family<T>(name: &str, families: &BTreeMap<String, T>) -> String {
    let stem = ["_bucket", "_sum", "_count"]
        .iter()
        .filter_map(|suffix| name.strip_suffix(suffix));
    let all = [name].into_iter().chain(stem);
    let mut of = all.filter(|name| families.contains_key(*name));
    of.next().unwrap_or(name).to_owned()
}

/// The rows of the page: name, type and labels.
fn page() -> Vec<(String, String, BTreeSet<String>)> {
    let page = file("docs/metrics.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.filter(|row| row.starts_with("plansync_") || row.starts_with("process_"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let labels = cells[3].split(", ").map(|label| label.trim_matches('`'));
        let labels = labels.filter(|label| !label.is_empty()).map(str::to_owned);
        let name = cells[0].trim_end_matches('`').to_owned();
        (name, cells[1].to_owned(), labels.collect())
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_of_what_an_engine_tells() {
    let metrics = told().await;
    let (families, known) = (families(&metrics), known(&metrics));
    let page = page();
    let names: BTreeSet<_> = page.iter().map(|(name, ..)| name).collect();
    assert_eq!(names, families.keys().collect());
    for (name, kind, labels) in &page {
        // The text format has no metrics of the type info.
        let kind = if kind == "info" { "gauge" } else { kind };
        assert_eq!(families[name], kind, "{name}");
        let mut told = known[name].clone();
        told.remove("le");
        assert_eq!(&told, labels, "{name}");
    }
}

/// The names in an expression, and those of labels: what is in braces before an operator, and what follows `by` or `on`.
fn names(expression: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut metrics, mut labels) = (BTreeSet::new(), BTreeSet::new());
    let mut rest = without_texts(expression);
    for word in ["by (", "on ("] {
        while let Some(at) = rest.find(word) {
            let end = at + rest[at..].find(')').unwrap();
            let listed = rest[at + word.len()..end].split(',');
            labels.extend(listed.map(|label| label.trim().to_owned()));
            rest.replace_range(at..=end, " ");
        }
    }
    while let Some(at) = rest.find('{') {
        let end = at + rest[at..].find('}').unwrap();
        let matched = rest[at + 1..end].split(',').filter(|one| !one.is_empty());
        labels.extend(
            matched.map(|one| one.split(['=', '!', '~']).next().unwrap().trim().to_owned()),
        );
        rest.replace_range(at..=end, " ");
    }
    for word in rest.split(|c| !is_part(c)) {
        if word.contains('_') && !word.starts_with("__") || word == "up" {
            metrics.insert(word.to_owned());
        }
    }
    (metrics, labels)
}

/// An expression without what is between quotation marks.
fn without_texts(expression: &str) -> String {
    expression.split('"').step_by(2).collect()
}

/// Functions of `PromQL` whose names look like those of metrics.
const FUNCTIONS: [&str; 3] = ["histogram_quantile", "predict_linear", "label_values"];

fn assert_known(expression: &str, known: &Known) {
    let (metrics, labels) = names(expression);
    let metrics: Vec<_> = metrics
        .iter()
        .filter(|name| !FUNCTIONS.contains(&name.as_str()))
        .collect();
    assert!(!metrics.is_empty(), "no metric: {expression}");
    let mut of_these: BTreeSet<&str> = OF_PROMETHEUS.into();
    for name in metrics {
        if OF_PROMETHEUS.contains(&name.as_str()) {
            continue;
        }
        let labels = known.get(&of_family(name, known));
        let labels = labels.unwrap_or_else(|| panic!("there is no {name}: {expression}"));
        of_these.extend(labels.iter().map(String::as_str));
    }
    for label in labels {
        assert!(
            of_these.contains(label.as_str()),
            "no label {label}: {expression}"
        );
    }
}

/// The expressions of a dashboard, wherever they stand.
fn expressions(dashboard: &Value, found: &mut Vec<String>) {
    match dashboard {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if name == "expr" || name == "definition" => {
                        found.push(text.to_owned());
                    }
                    _ => expressions(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The expressions of alert rules: on the line of `expr`, or on the lines below it that are indented further.
fn alert_expressions(rules: &str) -> Vec<String> {
    let lines: Vec<_> = rules.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let Some(rest) = line.trim_start().strip_prefix("expr: ") else {
            continue;
        };
        if rest != ">-" {
            found.push(rest.to_owned());
            continue;
        }
        let below = lines[place + 1..].iter();
        let below = below.take_while(|next| indent(next) > indent(line));
        found.push(below.map(|line| line.trim()).collect::<Vec<_>>().join(" "));
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_and_the_alerts_ask_for_what_an_engine_tells() {
    let known = known(&told().await);
    let dashboard = serde_json::from_str(&file("deploy/grafana/plansync.json")).unwrap();
    let mut asked = Vec::new();
    expressions(&dashboard, &mut asked);
    assert!(asked.len() > 40, "{}", asked.len());
    let rules = file("deploy/prometheus/alerts.yaml");
    let alerts = alert_expressions(&rules);
    assert_eq!(alerts.len(), rules.matches("- alert: ").count());
    asked.extend(alerts);
    for expression in asked {
        assert_known(&expression, &known);
    }
}

#[test]
fn every_alert_is_made_to_fire() {
    let (rules, fired) = (
        file("deploy/prometheus/alerts.yaml"),
        file("tests/metrics/alerts_test.yaml"),
    );
    let alerts = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    for alert in alerts {
        assert!(fired.contains(&format!("alertname=\"{alert}\"")), "{alert}");
    }
}

#[test]
fn an_expression_is_taken_apart() {
    let expression = r#"sum by (instance, le) (rate(plansync_a_bucket{outcome!="a by (b)",operation=~"x"}[5m])) > up"#;
    let (metrics, labels) = names(expression);
    let set = |names: &[&str]| {
        names
            .iter()
            .map(|&name| name.to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(metrics, set(&["plansync_a_bucket", "up"]));
    assert_eq!(labels, set(&["instance", "le", "outcome", "operation"]));
}
