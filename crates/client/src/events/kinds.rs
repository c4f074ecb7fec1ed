//! The kinds of events that a subscription may name.

use strsim::levenshtein;

use crate::error::Error;

/// All kinds.
const KINDS: [&str; 10] = [
    "command.accepted",
    "command.rejected",
    "learner.erased",
    "plan.changed",
    "record.closed",
    "record.opened",
    "sync.cancelled",
    "sync.completed",
    "sync.started",
    "sync.target",
];
/// A word that differs in more letters is not likely meant.
const DISTANCE_MAX: usize = 3;

/// The kinds, if all are known, each is named once, and there is one.
pub(super) fn checked(kinds: &[String]) -> Result<(), Error> {
    if kinds.is_empty() {
        let none = "the list of kinds is empty, so that no event would be received; for all kinds, do not call `kinds`";
        return Err(Error::Argument(none.to_owned()));
    }
    for (index, kind) in kinds.iter().enumerate() {
        if !KINDS.contains(&kind.as_str()) {
            return Err(Error::Argument(unknown(kind)));
        }
        if kinds[..index].contains(kind) {
            return Err(Error::Argument(format!("the kind `{kind}` is named twice")));
        }
    }
    Ok(())
}

fn unknown(kind: &str) -> String {
    let likely = likely(kind);
    let meant = if likely.is_empty() {
        String::new()
    } else {
        format!("; did you mean {}?", likely.join(" or "))
    };
    let known = KINDS.join(", ");
    format!("the kind of event `{kind}` is not known{meant} (known: {known})")
}

/// The kinds that are nearest; if none is near, those with the same noun.
fn likely(kind: &str) -> Vec<String> {
    let least = KINDS.iter().map(|known| levenshtein(known, kind)).min();
    let least = least.filter(|least| *least <= DISTANCE_MAX);
    let noun = |text: &'_ str| text.split('.').next().unwrap_or_default().to_owned();
    let is_likely = |known: &&&str| match least {
        Some(least) => levenshtein(known, kind) == least,
        None => noun(known) == noun(kind),
    };
    let found = KINDS.iter().filter(is_likely);
    found.map(|known| format!("`{known}`")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{KINDS, checked};

    fn fault(kinds: &[&str]) -> String {
        let kinds: Vec<_> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        checked(&kinds).unwrap_err().to_string()
    }

    #[test]
    fn all_published_kinds_are_known() {
        let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto-schemas/schemas");
        let mut published: Vec<_> = fs::read_dir(schemas)
            .unwrap()
            .filter_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                let kind = name.strip_prefix("event.")?.strip_suffix(".json")?;
                Some(kind.to_owned())
            })
            .collect();
        published.sort();
        assert_eq!(published, KINDS);
        checked(&published).unwrap();
    }

    #[test]
    fn a_kind_that_is_not_known_is_told_with_those_that_are_meant() {
        assert!(fault(&["sync.completd"]).contains("did you mean `sync.completed`?"));
        assert!(fault(&["sync"]).contains("`sync.started` or `sync.target`?"));
        let nothing = fault(&["nobody.moved"]);
        assert!(
            !nothing.contains("did you mean") && nothing.contains("plan.changed, "),
            "{nothing}"
        );
    }

    #[test]
    fn no_kind_and_one_twice_are_told() {
        assert!(fault(&[]).contains("is empty"));
        assert!(fault(&["sync.target", "sync.target"]).contains("`sync.target` is named twice"));
    }
}
