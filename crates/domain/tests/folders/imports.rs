//! Rust sources, read as text: which modules of the crate a file imports, and where it says so.
//!
//! Owns just as much of the language as formatted sources need. Refuses to know which import is wrong.

use std::collections::BTreeSet;

/// One name that a file takes from another module of the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    /// The line where it is named, from 1.
    pub(crate) line: usize,
    /// The path, from the root of the crate.
    pub(crate) path: String,
}

/// What a module imports: by `use`, and by paths in its code. Tests and comments count for nothing.
pub(crate) fn imports(module: &str, text: &str) -> Vec<Import> {
    let code = code(text);
    let children = children(&code);
    let (uses, rest) = split_uses(&code);
    let mut found = Vec::new();
    for (line, tree) in uses {
        let paths = expanded(&tree).into_iter();
        found.extend(paths.map(|path| (line, path)));
    }
    for (index, line) in rest.lines().enumerate() {
        found.extend(paths(line).into_iter().map(|path| (index + 1, path)));
    }
    found
        .into_iter()
        .filter_map(|(line, path)| {
            let path = from_root(module, &children, &path)?;
            Some(Import { line, path })
        })
        .collect()
}

/// The code of a file, line by line, without comments and items of tests.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let indent = &line[..line.len() - line.trim_start().len()];
            for skipped in lines.by_ref() {
                code.push('\n');
                let is_attribute = skipped.trim_start().starts_with("#[");
                let end = skipped.strip_prefix(indent).unwrap_or_default();
                let is_short = !end.starts_with([' ', ')']) && end.ends_with(';');
                if !is_attribute && (end == "}" || is_short) {
                    break;
                }
            }
        } else if !line.trim_start().starts_with("//") {
            code.push_str(line.split(" // ").next().unwrap_or_default());
        }
        code.push('\n');
    }
    code
}

/// The modules that a file declares.
fn children(code: &str) -> BTreeSet<String> {
    code.lines()
        .filter_map(|line| {
            let declared = line.trim().strip_suffix(';')?;
            let (before, name) = declared.rsplit_once(' ')?;
            (before == "mod" || before.ends_with(" mod")).then(|| name.to_owned())
        })
        .collect()
}

/// The trees of all `use` statements with their lines, and the code without them.
fn split_uses(code: &str) -> (Vec<(usize, String)>, String) {
    let mut uses = Vec::new();
    let mut rest = String::new();
    let mut lines = code.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some(begun) = use_tree(line) else {
            rest.push_str(line);
            rest.push('\n');
            continue;
        };
        let mut tree = begun.to_owned();
        rest.push('\n');
        while !tree.ends_with(';') {
            let Some((_, more)) = lines.next() else { break };
            tree.push_str(more.trim());
            rest.push('\n');
        }
        uses.push((index + 1, tree.trim_end_matches(';').to_owned()));
    }
    (uses, rest)
}

/// What follows `use` on a line that begins a statement.
fn use_tree(line: &str) -> Option<&str> {
    let line = line.trim();
    let public = ["pub(crate) ", "pub(super) ", "pub "];
    let line = public
        .iter()
        .find_map(|public| line.strip_prefix(public))
        .unwrap_or(line);
    line.strip_prefix("use ")
}

/// The paths of a tree: `a::{b, c::{self, d}}` are `a::b`, `a::c` and `a::c::d`.
fn expanded(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((before, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        let path = path.strip_suffix("::self").unwrap_or(path);
        return vec![path.to_owned()];
    };
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let branches = branches(inner).into_iter();
    branches
        .flat_map(|branch| expanded(&format!("{before}{branch}")))
        .collect()
}

/// What stands between the commas of a list, but not within inner lists.
fn branches(inner: &str) -> Vec<&str> {
    let (mut found, mut depth, mut begin) = (Vec::new(), 0_usize, 0);
    for (at, part) in inner.char_indices() {
        match part {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(inner[begin..at].trim());
                begin = at + 1;
            }
            _ => {}
        }
    }
    found.push(inner[begin..].trim());
    found.retain(|branch| !branch.is_empty());
    found
}

/// Every path with `::` in a line of code.
fn paths(line: &str) -> Vec<String> {
    let is_part = |part: char| part.is_alphanumeric() || part == '_' || part == ':';
    let words = line.split(|part: char| !is_part(part));
    words
        .filter(|word| word.contains("::") && !word.starts_with(':'))
        .map(|word| word.trim_end_matches(':').to_owned())
        .collect()
}

/// A path from the root of the crate; none if it names no module of the crate.
fn from_root(module: &str, children: &BTreeSet<String>, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split("::").collect();
    if parts.first() == Some(&"crate") {
        return Some(parts[1..].join("::"));
    }
    let mut base: Vec<&str> = module.split("::").collect();
    if parts.first() == Some(&"self") {
        parts.remove(0);
    } else if parts.first() == Some(&"super") {
        while parts.first() == Some(&"super") {
            parts.remove(0);
            base.pop();
        }
    } else if !children.contains(*parts.first()?) {
        return None;
    }
    base.extend(parts);
    Some(base.join("::"))
}

#[cfg(test)]
mod tests {
    use super::{Import, imports};

    fn found(module: &str, text: &[&str]) -> Vec<(usize, String)> {
        let found = imports(module, &text.join("\n")).into_iter();
        found.map(|Import { line, path }| (line, path)).collect()
    }

    fn expected(all: &[(usize, &str)]) -> Vec<(usize, String)> {
        let all = all.iter();
        all.map(|(line, path)| (*line, (*path).to_owned()))
            .collect()
    }

    #[test]
    fn uses_are_taken_apart() {
        let text = [
            "//! Reads `crate::not::this`.",
            "use std::sync::Arc;",
            "use crate::ids::{LearnerId, version::{self, Version}};",
            "pub use crate::plan::{",
            "    Plan,",
            "    table::Cells as Row,",
            "};",
            "use super::kind::Kind;",
        ];
        let all = [
            (3, "ids::LearnerId"),
            (3, "ids::version"),
            (3, "ids::version::Version"),
            (4, "plan::Plan"),
            (4, "plan::table::Cells"),
            (8, "sync::kind::Kind"),
        ];
        assert_eq!(found("sync::request", &text), expected(&all));
    }

    #[test]
    fn paths_in_code_count_as_imports() {
        let text = [
            "pub mod reviews;",
            "use reviews::Review;",
            "fn is(one: crate::ids::LearnerId) -> bool {",
            "    let all = Vec::<crate::plan::Plan>::new(); // crate::not::this",
            "    reviews::keeps(one) && super::held(one) && Option::is_some(one)",
            "}",
        ];
        let all = [
            (2, "judging::pair::reviews::Review"),
            (3, "ids::LearnerId"),
            (4, "plan::Plan"),
            (5, "judging::pair::reviews::keeps"),
            (5, "judging::held"),
        ];
        assert_eq!(found("judging::pair", &text), expected(&all));
    }

    #[test]
    fn tests_may_import_anything() {
        let text = [
            "#[cfg(test)]",
            "mod test_support;",
            "use crate::ids::LearnerId;",
            "impl Plan {",
            "    #[cfg(test)]",
            "    #[track_caller]",
            "    fn seen(&self) {",
            "        crate::test_support::seen(self);",
            "    }",
            "    fn held(&self, of: crate::values::Values) {}",
            "}",
            "#[cfg(test)]",
            "mod tests {",
            "    use crate::decide::decide;",
            "}",
        ];
        let all = [(3, "ids::LearnerId"), (10, "values::Values")];
        assert_eq!(found("plan", &text), expected(&all));
    }
}
