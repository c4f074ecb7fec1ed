//! What is wrong with the imports between folders, and within one.

use std::collections::{BTreeMap, BTreeSet};

use crate::imports::imports;

/// The most files that may import each other in a circle.
const CIRCLE_MAX: usize = 3;

/// What the doc of a folder begins the list of its imports with.
const MAY_IMPORT: &str = "May import: ";

/// The modules that each module of a folder imports from the same folder.
type Edges<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// All that must be put right, a line each. `order` has the lowest folder first; `sources` are texts by
/// module.
pub(crate) fn faults(order: &[&str], sources: &BTreeMap<String, String>) -> Vec<String> {
    let mut faults = faults_of_order(order, sources);
    if !faults.is_empty() {
        return faults;
    }
    for folder in order {
        let mut imported = BTreeSet::new();
        let mut edges = Edges::new();
        for (module, text) in sources.iter().filter(|(module, _)| is_in(folder, module)) {
            for import in imports(module, text) {
                let file = file(module);
                let place = format!("{file}:{}: `{}`", import.line, import.path);
                let Some(to) = target(sources, &import.path) else {
                    faults.push(format!("{place} is in no folder"));
                    continue;
                };
                let other = folder_of(to);
                if other == *folder {
                    edges.entry(module).or_default().insert(to);
                } else if height(order, other) > height(order, folder) {
                    faults.push(format!(
                        "{place}: {folder} imports {other}, which stands above it"
                    ));
                } else {
                    imported.insert(other);
                }
            }
        }
        faults.extend(fault_of_doc(folder, &sources[*folder], &imported));
        faults.extend(circles(folder, &edges));
    }
    faults
}

/// Every folder stands in the order, and every one in the order is there.
fn faults_of_order(order: &[&str], sources: &BTreeMap<String, String>) -> Vec<String> {
    let folders: BTreeSet<&str> = sources.keys().map(|module| folder_of(module)).collect();
    let unknown = folders.iter().filter(|folder| !order.contains(folder));
    let missing = order.iter().filter(|name| !sources.contains_key(**name));
    unknown
        .map(|folder| format!("{folder} does not stand in the order of folders"))
        .chain(missing.map(|folder| format!("there is no {folder}.rs")))
        .collect()
}

/// The doc of a folder lists what it imports: all of it, and nothing else.
fn fault_of_doc(folder: &str, text: &str, imported: &BTreeSet<&str>) -> Option<String> {
    let docs = text.lines().map_while(|line| line.strip_prefix("//!"));
    let listed = docs
        .map(str::trim)
        .skip_while(|line| !line.starts_with(MAY_IMPORT));
    let listed: Vec<&str> = listed.take_while(|line| !line.is_empty()).collect();
    let expected: Vec<String> = imported.iter().map(|name| format!("`{name}`")).collect();
    let expected = if expected.is_empty() {
        "no other folder".to_owned()
    } else {
        expected.join(", ")
    };
    let expected = format!("{MAY_IMPORT}{expected}.");
    (listed.join(" ") != expected).then(|| format!("{folder}.rs: its doc must say: {expected}"))
}

/// Sets of files that all reach each other, and are too many.
fn circles(folder: &str, edges: &Edges<'_>) -> Vec<String> {
    let reached_by: BTreeMap<&str, BTreeSet<&str>> = edges
        .keys()
        .map(|module| (*module, reached(module, edges)))
        .collect();
    let is_on_way = |from: &str, to: &str| reached_by.get(from).is_some_and(|all| all.contains(to));
    let circles: BTreeSet<Vec<&str>> = reached_by
        .iter()
        .map(|(module, all)| {
            let circle = all.iter().filter(|other| is_on_way(other, module));
            circle.copied().collect()
        })
        .collect();
    circles
        .iter()
        .filter(|circle| circle.len() > CIRCLE_MAX)
        .map(|circle| {
            let files: Vec<String> = circle.iter().map(|module| file(module)).collect();
            format!(
                "{folder}: over {CIRCLE_MAX} files import each other in a circle: {}",
                files.join(", ")
            )
        })
        .collect()
}

/// The modules that a module imports, by way of others too.
fn reached<'a>(module: &str, edges: &Edges<'a>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![module];
    while let Some(next) = waiting.pop() {
        for to in edges.get(next).into_iter().flatten() {
            if found.insert(*to) {
                waiting.push(to);
            }
        }
    }
    found
}

/// The module that a path leads into: its longest beginning that is one.
fn target<'a>(sources: &'a BTreeMap<String, String>, path: &str) -> Option<&'a str> {
    let mut part = path;
    loop {
        if let Some((module, _)) = sources.get_key_value(part) {
            return Some(module);
        }
        part = part.rsplit_once("::")?.0;
    }
}

fn folder_of(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

fn is_in(folder: &str, module: &str) -> bool {
    folder_of(module) == folder
}

fn height(order: &[&str], folder: &str) -> Option<usize> {
    order.iter().position(|name| *name == folder)
}

fn file(module: &str) -> String {
    format!("{}.rs", module.replace("::", "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: &str = "//! Ids.\n//!\n//! May import: no other folder.\n";
    const PLAN: &str = "//! Plans.\n//!\n//! May import: `ids`.\n";

    /// What is wrong with a crate of two folders, the upper one with these files beside its own.
    fn faults_of(ids: &str, plan: &str, files: &[(&str, &str)]) -> Vec<String> {
        let folders = [
            ("ids", ids),
            ("plan", plan),
            ("plan::row", "use crate::ids::Id;"),
        ];
        let sources = folders.iter().chain(files);
        let sources = sources
            .map(|(module, text)| ((*module).to_owned(), (*text).to_owned()))
            .collect();
        faults(&["ids", "plan"], &sources)
    }

    #[test]
    fn imports_of_lower_folders_are_no_fault() {
        assert_eq!(faults_of(IDS, PLAN, &[]), Vec::<String>::new());
    }

    #[test]
    fn an_import_of_a_higher_folder_is_named_with_its_file() {
        let upwards = [(
            "ids::version",
            "//! Versions.\n\nuse crate::plan::row::Row;\n",
        )];
        assert_eq!(
            faults_of(IDS, PLAN, &upwards),
            ["ids/version.rs:3: `plan::row::Row`: ids imports plan, which stands above it"]
        );
    }

    #[test]
    fn a_path_in_code_is_an_import_too() {
        let upwards = [("ids::version", "fn of(plan: &crate::plan::Plan) {}\n")];
        assert_eq!(
            faults_of(IDS, PLAN, &upwards),
            ["ids/version.rs:1: `plan::Plan`: ids imports plan, which stands above it"]
        );
    }

    #[test]
    fn what_the_root_shows_is_in_no_folder() {
        let stray = [("plan::step", "use crate::Version;\n")];
        assert_eq!(
            faults_of(IDS, PLAN, &stray),
            ["plan/step.rs:1: `Version` is in no folder"]
        );
    }

    #[test]
    fn a_folder_must_stand_in_the_order() {
        assert_eq!(
            faults_of(IDS, PLAN, &[("extra::more", "")]),
            ["extra does not stand in the order of folders"]
        );
        assert_eq!(faults(&["ids"], &BTreeMap::new()), ["there is no ids.rs"]);
    }

    #[test]
    fn a_folders_doc_lists_what_it_imports() {
        assert_eq!(
            faults_of(IDS, IDS, &[]),
            ["plan.rs: its doc must say: May import: `ids`."]
        );
        assert_eq!(
            faults_of(PLAN, PLAN, &[]),
            ["ids.rs: its doc must say: May import: no other folder."]
        );
    }

    #[test]
    fn a_circle_has_three_files_at_most() {
        let mut files = vec![
            ("plan::a", "use crate::plan::b::B;"),
            ("plan::b", "use super::c::C;"),
            ("plan::c", "use crate::plan::a::A;"),
            ("plan::d", "use crate::plan::a::A;"),
        ];
        assert_eq!(faults_of(IDS, PLAN, &files), Vec::<String>::new());
        files[2] = ("plan::c", "use crate::plan::d::D;");
        assert_eq!(
            faults_of(IDS, PLAN, &files),
            ["plan: over 3 files import each other in a circle: \
              plan/a.rs, plan/b.rs, plan/c.rs, plan/d.rs"]
        );
    }
}
