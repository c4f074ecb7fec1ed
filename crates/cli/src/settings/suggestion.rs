//! What somebody may have meant by a key that no setting has.

use super::definition::{Definition, TABLES};

/// From this similarity on, a key is suggested.
const SIMILAR: f64 = 0.8;
/// A key of another table is meant less often.
const ELSEWHERE: f64 = 0.95;

/// The key of the setting that may have been meant: one whose option, variable or name this is, or the most similar
/// one.
pub(super) fn setting(definitions: &[Definition], table: &str, name: &str) -> Option<&'static str> {
    let written = name.to_lowercase().replace('-', "_");
    let is_same = |it: &&Definition| {
        let option = it.option().replace('-', "_");
        let is_option = option.trim_start_matches('_') == written;
        let is_variable = it
            .variable()
            .is_some_and(|it| it.eq_ignore_ascii_case(name));
        it.name() == written || is_option || is_variable
    };
    let of_table = definitions.iter().filter(|it| it.table() == table);
    if let Some(same) = of_table.chain(definitions).find(is_same) {
        return Some(same.key);
    }
    let similarity = |it: &Definition| {
        let elsewhere = if it.table() == table { 1.0 } else { ELSEWHERE };
        strsim::jaro_winkler(it.name(), &written) * elsewhere
    };
    most(definitions.iter().map(|it| (it.key, similarity(it))))
}

/// The table that may have been meant.
pub(super) fn table(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    most(
        TABLES
            .iter()
            .map(|(table, _)| (*table, strsim::jaro_winkler(table, &name))),
    )
}

fn most(all: impl Iterator<Item = (&'static str, f64)>) -> Option<&'static str> {
    let best = all.max_by(|one, other| one.1.total_cmp(&other.1));
    best.filter(|(_, similarity)| *similarity >= SIMILAR)
        .map(|(key, _)| key)
}
