//! Quotes words and options of commands that are printed to be pasted.

use std::fmt::Write as _;

use crate::terminal::acts;

/// A word for a shell's command line, in one line and in every POSIX shell. Control characters are left
/// to `printf`, so that they do nothing to the terminal either.
pub(crate) fn word(text: &str) -> String {
    if text.contains(acts) {
        return printed(text);
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:,@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    match shlex::try_quote(text) {
        Ok(quoted) => quoted.into_owned(),
        // A null byte, which no argument can have.
        Err(_) => printed(text),
    }
}

/// `--name value`, or `--name=value` if the value would be parsed as an option.
pub(crate) fn option(name: &str, value: &str) -> String {
    let value_word = word(value);
    if value.starts_with('-') {
        format!("--{name}={value_word}")
    } else {
        format!("--{name} {value_word}")
    }
}

/// A positional value at the end of a command, which is not parsed as an option if it begins with `-`.
pub(crate) fn argument(value: &str) -> String {
    if value.starts_with('-') {
        format!("-- {}", word(value))
    } else {
        word(value)
    }
}

/// A positional path, which is not parsed as an option if it begins with `-`.
pub(crate) fn file(path: &str) -> String {
    if path.starts_with('-') {
        word(&format!("./{path}"))
    } else {
        word(path)
    }
}

/// The text as what `printf` prints. The shell takes line feeds off the end of that, so those stand
/// behind it as they are.
fn printed(text: &str) -> String {
    let start = text.trim_end_matches('\n');
    let end = text.get(start.len()..).unwrap_or_default();
    let mut format = String::new();
    for c in start.chars() {
        // Not only what acts: a dash would begin an option, and some shells look up an exclamation
        // mark in their history.
        if acts(c) || "\\'!-%".contains(c) {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Octal has a fixed length; writing into a text cannot fail.
                let _ = write!(format, "\\{byte:03o}");
            }
        } else {
            format.push(c);
        }
    }
    let end = if end.is_empty() {
        String::new()
    } else {
        format!("'{end}'")
    };
    format!("\"$(printf '{format}')\"{end}")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{file, option, word};

    #[test]
    fn an_option_cannot_be_taken_for_another() {
        assert_eq!(option("search", "-x y"), "--search='-x y'");
        assert_eq!(option("search", "ann"), "--search ann");
        assert_eq!(option("status", "a,b"), "--status a,b");
        assert_eq!(file("-rf"), "./-rf");
    }

    #[test]
    fn a_shell_reads_a_word_as_it_was() {
        let words = [
            "a-b_c:1",
            "a b",
            "it's",
            "",
            "a;touch x",
            "$(x)`y`",
            "a\"b\\c",
            "!!",
            "~",
            "*",
            "a\nb",
            "\n\n",
            "-\u{1b}[2J'100%\\\t!\n",
            "\u{202e}x`$(y)",
        ];
        for text in words {
            let script = format!("printf %s {}", word(text));
            let read = Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(read.stdout).unwrap(), text, "{script}");
        }
    }

    #[test]
    fn control_characters_do_nothing_to_a_terminal() {
        assert_eq!(word("a\u{1b}[2J'"), "\"$(printf 'a\\033[2J\\047')\"");
        assert_eq!(word("\u{202e}x"), "\"$(printf '\\342\\200\\256x')\"");
    }
}
