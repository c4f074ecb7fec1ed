//! Holds that the page of metrics lists all of them: its table is generated.

use std::fmt::Write as _;
use std::path::Path;

use crate::observing::metrics::families;
use crate::observing::metrics::family::{Family, Kind};
use crate::observing::observer::Observer;

const BEGIN: &str =
    "<!-- The table is generated: `UPDATE_DOCS=1 cargo test -p plansync metrics`. -->\n";
const END: &str = "<!-- End of the table. -->\n";

/// The name that samples have, without the suffixes of histograms.
fn full_name(family: &Family) -> String {
    let unit = family.unit.map_or(String::new(), |unit| format!("_{unit}"));
    let suffix = match family.kind {
        Kind::Counter => "_total",
        Kind::Info => "_info",
        Kind::Gauge | Kind::Histogram => "",
    };
    format!("{}{unit}{suffix}", family.name)
}

fn table() -> String {
    let folder = tempfile::tempdir().unwrap();
    let observed = Observer::new(folder.path()).observe();
    let mut table =
        "| name | type | unit | labels | meaning |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for family in families(&observed) {
        let kind = match family.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Info => "info",
        };
        let labels: Vec<_> = family
            .labels
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        writeln!(
            table,
            "| `{}` | {kind} | {} | {} | {} |",
            full_name(&family),
            family.unit.unwrap_or_default(),
            labels.join(", "),
            family.help
        )
        .unwrap();
    }
    table
}

#[test]
fn the_page_lists_every_metric() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(
        page == expected,
        "docs/metrics.md does not list the metrics as they are; run `UPDATE_DOCS=1 cargo test -p plansync metrics`"
    );
}

#[test]
fn every_metric_has_a_name_and_a_meaning_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let families = families(&Observer::new(folder.path()).observe());
    for (place, family) in families.iter().enumerate() {
        let known = families[..place].iter();
        assert!(!known.map(full_name).any(|name| name == full_name(family)));
        assert!(family.help.ends_with('.'), "{}", family.name);
    }
}
