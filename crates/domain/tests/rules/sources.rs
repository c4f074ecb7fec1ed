//! Rust sources, read as text: which functions a file has, of which type, and which are tests.
//!
//! Owns just as much of the language as formatted sources need. Refuses to know any rule.

/// A function of a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    /// The type it belongs to, if any.
    pub(crate) of: Option<String>,
    pub(crate) name: String,
    pub(crate) is_test: bool,
}

impl Function {
    /// `function`, or `Type::function`.
    pub(crate) fn path(&self) -> String {
        match &self.of {
            Some(of) => format!("{of}::{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// The functions of a formatted source file.
pub(crate) fn functions(text: &str) -> Vec<Function> {
    let (mut found, mut of, mut is_test) = (Vec::new(), None, false);
    for line in text.lines() {
        if line.starts_with("impl") {
            of = Some(type_of(line));
        } else if line.starts_with('}') {
            of = None;
        }
        let line = line.trim_start();
        if line.starts_with("#[") && (line.ends_with("test]") || line.contains("test(")) {
            is_test = true;
        }
        if let Some(name) = function_name(line) {
            found.push(Function {
                of: of.clone(),
                name,
                is_test: std::mem::take(&mut is_test),
            });
        }
    }
    found
}

/// The name of the function that begins on this line.
fn function_name(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    words
        .find(|word| !matches!(*word, "pub" | "const" | "async") && !word.starts_with("pub("))
        .filter(|word| *word == "fn")?;
    Some(identifier(words.next()?)).filter(|name| !name.is_empty())
}

/// The type that an `impl` is for.
fn type_of(line: &str) -> String {
    let header = line.trim_start_matches("impl");
    let header = if header.starts_with('<') {
        header.split_once("> ").map_or(header, |(_, rest)| rest)
    } else {
        header
    };
    let name = header.rsplit_once(" for ").map_or(header, |(_, name)| name);
    identifier(name.trim())
}

fn identifier(text: &str) -> String {
    let is_part = |part: &char| part.is_alphanumeric() || *part == '_';
    text.chars().take_while(is_part).collect()
}

/// The rules that a test's name begins with: `v2_and_v3_…` is about V2 and V3.
pub(crate) fn rules_of(name: &str) -> Vec<String> {
    let parts = name.split('_').filter(|part| *part != "and");
    parts
        .take_while(|part| is_rule(part))
        .map(|part| {
            let (family, number) = part.split_at(1);
            format!("{}{number}", family.to_uppercase())
        })
        .collect()
}

fn is_rule(part: &str) -> bool {
    part.split_at_checked(1).is_some_and(|(family, number)| {
        "cstpovedmri".contains(family)
            && number.starts_with(|digit: char| digit.is_ascii_digit())
            && number
                .strip_suffix('a')
                .unwrap_or(number)
                .bytes()
                .all(|digit| digit.is_ascii_digit())
    })
}

#[test]
fn functions_are_found_with_their_type_and_tests_are_told() {
    let text = [
        "pub(crate) fn free(a: u8) -> u8 {",
        "impl<'a> Pair<'a> {",
        "    pub const fn get<T>(self) {}",
        "}",
        "impl<T: Into<U>> From<T> for Place<T> {",
        "    fn from(place: T) -> Self {}",
        "}",
        "mod tests {",
        "    #[test]",
        "    #[ignore]",
        "    fn c1_held() {}",
        "    fn helps() {}",
        "    #[tokio::test(flavor = \"current_thread\")]",
        "    async fn c2_held() {}",
        "    // The fn of a comment is none.",
        "}",
    ];
    let found: Vec<_> = functions(&text.join("\n"))
        .iter()
        .map(|function| (function.path(), function.is_test))
        .collect();
    let expected = [
        ("free", false),
        ("Pair::get", false),
        ("Place::from", false),
        ("c1_held", true),
        ("helps", false),
        ("c2_held", true),
    ];
    assert_eq!(
        found,
        expected.map(|(path, is_test)| (path.to_owned(), is_test))
    );
}

#[test]
fn a_tests_name_begins_with_its_rules() {
    let cases: [(&str, &[&str]); 8] = [
        ("c1_what_is_recent", &["C1"]),
        ("v2_v3_v4_m4_every_pair", &["V2", "V3", "V4", "M4"]),
        ("s5_and_s6_all_leaves_out", &["S5", "S6"]),
        ("p10_system_alone", &["P10"]),
        ("c99_is_unknown", &["C99"]),
        ("m2a_every_learner", &["M2a"]),
        ("m2b_no_rule", &[]),
        ("x1_c_1_no_rule_after_a_word_c1", &[]),
    ];
    for (name, rules) in cases {
        assert_eq!(rules_of(name), rules, "{name}");
    }
}
