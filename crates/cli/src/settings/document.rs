//! The settings as texts: the file that `plansync config init` writes, and the table of `docs/settings.md`.

use std::fmt::Write as _;

use super::definition::{Definition, TABLES};
use crate::prose;

/// The width of comments.
const COLUMNS: usize = 98;

const HEAD: &str = "\
Settings of plansync.

Every setting is commented out, with its default or an example; remove the `#` before a setting to change it. An \
option of the command line is stronger than its variable, and a variable than this file. Relative paths start in the \
folder of this file, and `~/` is the home folder.

`plansync config check` checks this file. `plansync config show` shows the values in use, and where each comes from.
";

/// A file with every setting, its meaning and its default, that changes nothing.
pub(crate) fn sample(definitions: &[Definition]) -> String {
    let mut text = commented(HEAD);
    for (table, about) in TABLES {
        // Writing into a text cannot fail.
        let _ = write!(text, "\n{}[{table}]\n", commented(about));
        for definition in definitions.iter().filter(|it| it.table() == table) {
            text.push('\n');
            text.push_str(&entry(definition));
        }
    }
    text
}

fn entry(definition: &Definition) -> String {
    let mut about = definition.meaning();
    let choices = definition.choices();
    if !choices.is_empty() {
        let _ = write!(about, " One of: {}.", choices.join(", "));
    }
    let _ = write!(about, "\n{}", names(definition));
    let (what, value) = match (definition.default(), definition.sample()) {
        (Some(default), _) => ("Default:", default),
        (None, Some(example)) => ("Example:", example),
        (None, None) => ("", String::new()),
    };
    if let Some(words) = definition.default_in_words() {
        let _ = write!(about, " Default: {words}.");
    }
    let _ = write!(about, " {what}");
    let (name, value) = (definition.name(), definition.written(&value));
    format!("{}# {name} = {value}\n", commented(about.trim_end()))
}

fn names(definition: &Definition) -> String {
    let option = definition.option();
    let Some(variable) = definition.variable() else {
        return format!("Option {option}.");
    };
    if definition.without_variable.is_empty() {
        return format!("Option {option}, variable {variable}.");
    }
    let without = match &*definition.without_variable {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        few => few.join(""),
    };
    format!("Option {option}, variable {variable} (ignored by {without}).")
}

/// The text as comments.
fn commented(text: &str) -> String {
    let wrapped = prose::wrapped(text.trim_end(), Some(COLUMNS));
    let lines = wrapped
        .lines()
        .map(|line| format!("# {line}").trim_end().to_owned() + "\n");
    lines.collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::Path;

    use super::super::{Definition, definitions};
    use super::{TABLES, names, sample};
    use crate::arguments::Arguments;

    /// What stands before the generated part.
    const MARK: &str = "settings::document -->\n";

    fn all() -> Vec<Definition> {
        definitions(&Arguments::said())
    }

    fn cell(text: &str) -> String {
        text.replace('|', "\\|").replace('\n', " ")
    }

    fn default(definition: &Definition) -> String {
        match definition.default() {
            Some(default) => format!("`{default}`"),
            None => definition.default_in_words().unwrap_or_default(),
        }
    }

    fn tables() -> String {
        let mut text = String::new();
        for (table, about) in TABLES {
            let _ = write!(
                text,
                "\n### `[{table}]`\n\n{about}\n\n| key | option | variable | default | meaning |\n| --- | --- | --- | --- | --- |\n"
            );
            for it in all().iter().filter(|it| it.table() == table) {
                let choices = it
                    .choices()
                    .iter()
                    .map(|it| format!("`{it}`"))
                    .collect::<Vec<_>>();
                let choices = match &*choices {
                    [] => String::new(),
                    some => format!(" One of {}.", some.join(", ")),
                };
                let _ = writeln!(
                    text,
                    "| `{}` | `{}` | `{}` | {} | {}{choices} |",
                    it.name(),
                    it.option(),
                    it.variable().unwrap_or_default(),
                    cell(&default(it)),
                    cell(&it.meaning()),
                );
            }
        }
        text
    }

    #[track_caller]
    fn is_made(file: &str, made: impl Fn(&str) -> String) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(file);
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        let made = made(&there);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, made).unwrap();
        } else {
            assert_eq!(
                there, made,
                "{file}: UPDATE_DOCS=1 cargo test -p plansync settings::document"
            );
        }
    }

    #[test]
    fn the_documentation_lists_every_setting() {
        is_made("docs/settings.md", |there| {
            let (before, _) = there.split_once(MARK).unwrap();
            format!("{before}{MARK}{}", tables())
        });
    }

    #[test]
    fn the_file_for_deployment_is_the_one_that_init_writes() {
        is_made("deploy/plansync.toml", |_| sample(&all()));
    }

    #[test]
    fn a_variable_that_a_command_ignores_is_said_to_be_ignored() {
        let all = all();
        let context = all.iter().find(|it| it.key == "nats.context").unwrap();
        assert_eq!(
            names(context),
            "Option --context, variable NATS_CONTEXT (ignored by serve, doctor and bridge)."
        );
    }
}
