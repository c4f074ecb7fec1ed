//! Commits as a tree: each below the one that led to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use plansync_protocol::audit::TraceItem;

/// Of so many commits of one kind that follow each other, all are shown.
const RUN_MAX: usize = 8;
/// Of more, so many.
const RUN_SHOWN: usize = 5;

/// The commits below those that led to them; those whose cause is not among them are at the left.
pub(super) fn tree(
    items: &[TraceItem],
    is_folded: bool,
    line: impl Fn(&TraceItem) -> String,
) -> String {
    let mut tree = Tree {
        below: BTreeMap::new(),
        is_folded,
    };
    let known: BTreeSet<u64> = items.iter().map(|item| item.position.0).collect();
    let mut roots = Vec::new();
    for item in items {
        let cause = item.cause.map(|cause| cause.0);
        match cause.filter(|cause| *cause < item.position.0 && known.contains(cause)) {
            Some(cause) => tree.below.entry(cause).or_default().push(item),
            None => roots.push(item),
        }
    }
    let mut text = String::new();
    // What is still to be written, the next one last.
    let mut rest = tree.branches(None, &roots);
    while let Some(Branch {
        before,
        mark,
        indent,
        what,
    }) = rest.pop()
    {
        // Writing into a text cannot fail.
        let _ = match what {
            What::Commit(item) => writeln!(text, "{before}{mark}{}", line(item)),
            What::Others { count, last } => {
                writeln!(text, "{before}{mark}… {count} more, up to position {last}")
            }
        };
        if let What::Commit(item) = what {
            let effects = tree.below.get(&item.position.0);
            let effects = effects.map_or(&[][..], Vec::as_slice);
            rest.extend(tree.branches(Some(&format!("{before}{indent}")), effects));
        }
    }
    text
}

/// Commits by the position of what led to them.
struct Tree<'a> {
    below: BTreeMap<u64, Vec<&'a TraceItem>>,
    /// Whether many of one kind in a row are told by their number.
    is_folded: bool,
}

/// A line of the tree, with what stands before it and before what is below it.
struct Branch<'a> {
    before: String,
    mark: &'static str,
    indent: &'static str,
    what: What<'a>,
}

/// What a line shows.
enum What<'a> {
    /// A commit.
    Commit(&'a TraceItem),
    /// So many further ones of a kind, and the position of the last.
    Others { count: usize, last: u64 },
}

impl<'a> Tree<'a> {
    /// The lines of what stands below one commit, the last one first; `before` is none at the left.
    fn branches(&self, before: Option<&str>, items: &[&'a TraceItem]) -> Vec<Branch<'a>> {
        let lines = self.lines(items);
        let count = lines.len();
        let branches = lines.into_iter().enumerate().map(|(index, what)| {
            let (mark, indent) = match (before, index + 1 == count) {
                (None, _) => ("", ""),
                (Some(_), true) => ("└─ ", "   "),
                (Some(_), false) => ("├─ ", "│  "),
            };
            Branch {
                before: before.unwrap_or_default().to_owned(),
                mark,
                indent,
                what,
            }
        });
        let mut branches: Vec<_> = branches.collect();
        branches.reverse();
        branches
    }

    fn lines(&self, items: &[&'a TraceItem]) -> Vec<What<'a>> {
        let is_leaf = |item: &TraceItem| !self.below.contains_key(&item.position.0);
        let alike = |one: &&TraceItem, other: &&TraceItem| {
            one.kinds == other.kinds && is_leaf(one) && is_leaf(other)
        };
        let mut lines = Vec::new();
        for run in items.chunk_by(alike) {
            let is_long = self.is_folded && run.len() > RUN_MAX;
            let shown = if is_long { RUN_SHOWN } else { run.len() };
            lines.extend(run.iter().take(shown).copied().map(What::Commit));
            if let Some(last) = run.last().filter(|_| is_long) {
                lines.push(What::Others {
                    count: run.len() - shown,
                    last: last.position.0,
                });
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use plansync_protocol::audit::TraceItem;
    use serde_json::json;

    use super::tree;

    fn item(position: u64, cause: Option<u64>, kind: &str) -> TraceItem {
        let id = "00000000-0000-0000-0000-000000000001";
        let mut item = json!({
            "position": position, "at": "2026-05-01T00:00:00.000000Z", "by": "alice",
            "correlation_id": id, "stream": { "kind": "sync", "id": id }, "kinds": [kind], "depth": 0,
        });
        if let Some(cause) = cause {
            item["cause"] = json!(cause);
        }
        serde_json::from_value(item).unwrap()
    }

    fn drawn(items: &[TraceItem], is_folded: bool) -> String {
        tree(items, is_folded, |item| {
            format!("{} {}", item.position.0, item.kinds[0].as_str())
        })
    }

    #[test]
    fn effects_stand_below_their_causes() {
        let items = [
            item(1, None, "sync.chunk"),
            item(2, None, "sync.started"),
            item(3, Some(2), "sync.target"),
            item(4, Some(3), "record.closed"),
            item(5, Some(2), "sync.completed"),
            item(9, Some(7), "command.accepted"),
        ];
        let expected = "\
1 sync.chunk
2 sync.started
├─ 3 sync.target
│  └─ 4 record.closed
└─ 5 sync.completed
9 command.accepted
";
        assert_eq!(drawn(&items, true), expected);
    }

    #[test]
    fn many_of_one_kind_are_told_by_their_number() {
        let mut items = vec![item(1, None, "sync.started")];
        items.extend((2..=251).map(|position| item(position, Some(1), "sync.target")));
        items.push(item(252, Some(1), "sync.completed"));
        let folded = drawn(&items, true);
        let lines: Vec<_> = folded.lines().collect();
        assert_eq!(lines.len(), 8);
        assert_eq!(lines[6], "├─ … 245 more, up to position 251");
        assert_eq!(lines[7], "└─ 252 sync.completed");
        assert_eq!(drawn(&items, false).lines().count(), 252);
    }
}
