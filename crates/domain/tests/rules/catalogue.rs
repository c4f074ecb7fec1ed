//! The catalogue as it is written: a heading a rule, what it says, who decides it, what holds it.
//!
//! Owns the form. Refuses to know whether any of it is true.

/// One rule of the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) id: String,
    /// What it says, in words.
    pub(crate) says: String,
    pub(crate) decided: Vec<Place>,
    pub(crate) held: Vec<Place>,
}

/// Names in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) names: Vec<String>,
    pub(crate) path: String,
}

/// The rules of a catalogue in their order, or the first line that cannot be read.
pub(crate) fn parse(text: &str) -> Result<Vec<Rule>, String> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut is_in_rule = false;
    for line in paragraphs(text) {
        if let Some(id) = line.strip_prefix("### ") {
            is_in_rule = true;
            rules.push(Rule {
                id: id.to_owned(),
                ..Rule::default()
            });
        } else if line.starts_with('#') {
            is_in_rule = false;
        } else if let Some(rule) = rules.last_mut().filter(|_| is_in_rule) {
            read(rule, &line)?;
        }
    }
    Ok(rules)
}

/// Lines, each with the lines that continue it.
fn paragraphs(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut continues = false;
    for line in text.lines() {
        let begins = line.is_empty() || line.starts_with(['#', '-']);
        match found.last_mut().filter(|_| continues && !begins) {
            Some(last) => *last = format!("{last} {}", line.trim()),
            None if line.is_empty() => {}
            None => found.push(line.to_owned()),
        }
        continues = !line.is_empty() && !line.starts_with('#');
    }
    found
}

fn read(rule: &mut Rule, line: &str) -> Result<(), String> {
    if let Some(names) = line.strip_prefix("- Decided: ") {
        rule.decided.push(place(names)?);
    } else if let Some(names) = line.strip_prefix("- Held: ") {
        rule.held.push(place(names)?);
    } else if line.starts_with('-') {
        return Err(format!("{}: neither Decided nor Held: {line}", rule.id));
    } else {
        rule.says.push_str(line);
    }
    Ok(())
}

/// `name`, `name` in `path`.
fn place(line: &str) -> Result<Place, String> {
    let unreadable = || format!("expected `name`, `name` in `path`, found {line}");
    let (names, path) = line.rsplit_once(" in ").ok_or_else(unreadable)?;
    let quoted = |text: &str| {
        let inner = text.trim().strip_prefix('`')?.strip_suffix('`')?;
        Some(inner.to_owned()).filter(|inner| !inner.contains('`'))
    };
    let names: Option<Vec<String>> = names.split(',').map(quoted).collect();
    Ok(Place {
        names: names.ok_or_else(unreadable)?,
        path: quoted(path).ok_or_else(unreadable)?,
    })
}

#[test]
fn rules_are_read_with_their_places() {
    let text = "# Title\n\nWords.\n\n## Family\n\n### C1\nSays\nmuch.\n\n- Decided: `A::b`, `c` in \
                `d.rs`\n- Held: `e`,\n  `f` in `g.rs`\n- Held: `h` in `i.rs`\n\n## Next\n\n- not read\n";
    let place = |names: &[&str], path: &str| Place {
        names: names.iter().map(ToString::to_string).collect(),
        path: path.to_owned(),
    };
    let rule = Rule {
        id: "C1".to_owned(),
        says: "Says much.".to_owned(),
        decided: vec![place(&["A::b", "c"], "d.rs")],
        held: vec![place(&["e", "f"], "g.rs"), place(&["h"], "i.rs")],
    };
    assert_eq!(parse(text), Ok(vec![rule]));
}

#[test]
fn what_cannot_be_read_is_told() {
    let unreadable = |line: &str| parse(&format!("### C1\n{line}\n")).unwrap_err();
    assert_eq!(
        unreadable("- Shown: `a` in `b`"),
        "C1: neither Decided nor Held: - Shown: `a` in `b`"
    );
    for broken in ["`a`", "a in `b`", "`a` `c` in `b`", "`a` in b"] {
        assert_eq!(
            unreadable(&format!("- Held: {broken}")),
            format!("expected `name`, `name` in `path`, found {broken}")
        );
    }
}
