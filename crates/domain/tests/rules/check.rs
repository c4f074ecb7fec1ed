//! What is wrong with a catalogue of rules, as against the sources that it speaks of.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Place, Rule, parse};
use crate::sources::{Function, rules_of};

/// The families of rules, with the first and the last number of each.
const FAMILIES: [(char, u8, u8); 11] = [
    ('C', 1, 7),
    ('S', 1, 9),
    ('T', 1, 8),
    ('P', 1, 13),
    ('O', 1, 4),
    ('V', 0, 6),
    ('E', 1, 7),
    ('D', 1, 7),
    ('M', 1, 6),
    ('R', 1, 4),
    ('I', 1, 6),
];

/// A rule that came later, behind the one that it belongs to.
const LATER: [(&str, &str); 1] = [("M2", "M2a")];

/// The functions of every source file, by its path.
type Sources = BTreeMap<String, Vec<Function>>;

/// All that must be put right, a line each.
pub(crate) fn faults(catalogue: &str, sources: &Sources) -> Vec<String> {
    let rules = match parse(catalogue) {
        Ok(rules) => rules,
        Err(unreadable) => return vec![unreadable],
    };
    let mut faults = faults_of_ids(&rules);
    faults.extend(rules.iter().flat_map(|rule| faults_of(rule, sources)));
    faults.extend(unknown_rules(&rules, sources));
    faults
}

/// Every id that there is, in order.
fn ids() -> impl Iterator<Item = String> {
    let numbers = FAMILIES.iter().flat_map(|(family, first, last)| {
        (*first..=*last).map(move |number| format!("{family}{number}"))
    });
    numbers.flat_map(|id| {
        let later = LATER.iter().find(|(before, _)| *before == id);
        let later = later.map(|(_, later)| (*later).to_owned());
        std::iter::once(id).chain(later)
    })
}

/// Every rule once, and in order.
fn faults_of_ids(rules: &[Rule]) -> Vec<String> {
    let expected: Vec<String> = ids().collect();
    let found: Vec<&String> = rules.iter().map(|rule| &rule.id).collect();
    let mut faults: Vec<String> = expected
        .iter()
        .filter(|id| !found.contains(id))
        .map(|id| format!("{id} is missing"))
        .collect();
    let unknown = found.iter().filter(|id| !expected.contains(id));
    faults.extend(unknown.map(|id| format!("{id} is no rule")));
    if faults.is_empty() && !found.into_iter().eq(&expected) {
        faults.push("a rule stands twice, or out of order".to_owned());
    }
    faults
}

fn faults_of(rule: &Rule, sources: &Sources) -> Vec<String> {
    let id = &rule.id;
    let mut faults = Vec::new();
    if rule.says.is_empty() {
        faults.push(format!("{id} says nothing"));
    }
    if rule.decided.is_empty() {
        faults.push(format!("{id} is decided nowhere"));
    }
    if rule.held.is_empty() {
        faults.push(format!("{id} has no test"));
    }
    let decides = |function: &Function| !function.is_test;
    faults.extend(missing(rule, &rule.decided, sources, "function", decides));
    let holds = |function: &Function| function.is_test;
    faults.extend(missing(rule, &rule.held, sources, "test", holds));
    for name in rule.held.iter().flat_map(|place| &place.names) {
        let rules = rules_of(name);
        if !rules.is_empty() && !rules.contains(id) {
            faults.push(format!("{id}: {name} is a test of {}", rules.join(", ")));
        }
    }
    faults
}

/// The names that a file does not have.
fn missing(
    rule: &Rule,
    places: &[Place],
    sources: &Sources,
    kind: &str,
    is_such: impl Fn(&Function) -> bool,
) -> Vec<String> {
    let mut faults = Vec::new();
    for Place { names, path } in places {
        let Some(functions) = sources.get(path) else {
            faults.push(format!("{}: there is no file {path}", rule.id));
            continue;
        };
        let known: BTreeSet<String> = functions
            .iter()
            .filter(|function| is_such(function))
            .map(Function::path)
            .collect();
        let strays = names.iter().filter(|name| !known.contains(*name));
        faults.extend(strays.map(|name| format!("{}: {path} has no {kind} {name}", rule.id)));
    }
    faults
}

/// Tests that are named for a rule that the catalogue does not have.
fn unknown_rules(rules: &[Rule], sources: &Sources) -> Vec<String> {
    let known: BTreeSet<&String> = rules.iter().map(|rule| &rule.id).collect();
    let mut faults = Vec::new();
    for (path, functions) in sources {
        for test in functions.iter().filter(|function| function.is_test) {
            for id in rules_of(&test.name) {
                if !known.contains(&id) {
                    faults.push(format!(
                        "{path}: {} names {id}, which is no rule",
                        test.name
                    ));
                }
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::functions;

    fn sources() -> Sources {
        let rules = "fn decide() {}\nimpl Plan {\n    fn judge() {}\n}\n";
        let tests = "#[test]\nfn c1_held() {}\n#[test]\nfn c2_held() {}\n#[test]\nfn plain() {}\n";
        let files = [("rules.rs", rules), ("tests.rs", tests)];
        files
            .map(|(path, text)| (path.to_owned(), functions(text)))
            .into()
    }

    /// A catalogue of every rule, each decided and held.
    fn whole() -> String {
        let rule = |id: String| {
            format!(
                "### {id}\nSays so.\n\n- Decided: `decide`, `Plan::judge` in `rules.rs`\n\
                 - Held: `plain` in `tests.rs`\n\n"
            )
        };
        ids().map(rule).collect()
    }

    /// What is wrong once the first `from` is `to`.
    fn after(from: &str, to: &str) -> Vec<String> {
        let changed = whole().replacen(from, to, 1);
        assert_ne!(changed, whole(), "{from} is not there");
        faults(&changed, &sources())
    }

    #[test]
    fn a_whole_catalogue_has_no_fault() {
        assert_eq!(faults(&whole(), &sources()), Vec::<String>::new());
        let rules = whole().matches("### ").count();
        assert_eq!(rules, 79);
    }

    #[test]
    fn every_rule_must_be_there_once_and_in_order() {
        assert_eq!(
            after("### P10\n", "### Q1\n"),
            ["P10 is missing", "Q1 is no rule"]
        );
        assert_eq!(
            after("### C2\n", "### C1\n"),
            [
                "C2 is missing",
                "tests.rs: c2_held names C2, which is no rule"
            ]
        );
        let twice = format!("{}{}", whole(), whole());
        assert_eq!(
            faults(&twice, &sources()),
            ["a rule stands twice, or out of order"]
        );
    }

    #[test]
    fn a_rule_must_say_something_be_decided_and_have_a_test() {
        assert_eq!(after("Says so.\n", ""), ["C1 says nothing"]);
        let decided = "- Decided: `decide`, `Plan::judge` in `rules.rs`\n";
        assert_eq!(after(decided, ""), ["C1 is decided nowhere"]);
        assert_eq!(
            after("- Held: `plain` in `tests.rs`\n", ""),
            ["C1 has no test"]
        );
    }

    #[test]
    fn what_is_named_must_be_there() {
        assert_eq!(
            after("`decide`", "`guess`"),
            ["C1: rules.rs has no function guess"]
        );
        assert_eq!(
            after("`Plan::judge`", "`judge`"),
            ["C1: rules.rs has no function judge"]
        );
        assert_eq!(
            after("`plain`", "`fancy`"),
            ["C1: tests.rs has no test fancy"]
        );
        assert_eq!(
            after("`plain` in `tests.rs`", "`decide` in `rules.rs`"),
            ["C1: rules.rs has no test decide"]
        );
        assert_eq!(
            after(
                "`decide`, `Plan::judge` in `rules.rs`",
                "`plain` in `tests.rs`"
            ),
            ["C1: tests.rs has no function plain"]
        );
        assert_eq!(
            after("`tests.rs`", "`gone.rs`"),
            ["C1: there is no file gone.rs"]
        );
    }

    #[test]
    fn a_test_holds_the_rule_that_it_is_named_for() {
        assert_eq!(after("`plain`", "`c1_held`"), Vec::<String>::new());
        assert_eq!(
            after("`plain`", "`c2_held`"),
            ["C1: c2_held is a test of C2"]
        );
    }

    #[test]
    fn a_test_that_is_named_for_no_rule_is_told_of() {
        let mut sources = sources();
        let stray = functions("#[test]\nfn s5_and_s10_held() {}\nfn s9_helps() {}\n");
        sources.insert("more.rs".to_owned(), stray);
        assert_eq!(
            faults(&whole(), &sources),
            ["more.rs: s5_and_s10_held names S10, which is no rule"]
        );
    }
}
