//! Quotes and unquotes words of a shell's line.
//!
//! A name that somebody else chose must never become a command. Bash and PowerShell insert a candidate as it is, so
//! it is quoted here; zsh, fish and elvish quote what they insert themselves. Text with control characters is never
//! offered.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use clap_complete::engine::CompletionCandidate;

use crate::terminal;

/// How a shell hands over words and takes candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Raw words; candidates are inserted raw, behind this quotation mark if one is open.
    Bash(Option<char>),
    /// Plain words; candidates are inserted raw.
    PowerShell,
    /// Raw words; the shell quotes candidates.
    Zsh,
    /// Plain words but for the one that is completed; the shell quotes candidates.
    Fish,
    /// Plain words; the shell quotes candidates.
    Plain,
}

impl Quoting {
    /// That of a shell, where the word that is completed is this one.
    pub(super) fn of(shell: &str, current: Option<&OsStr>) -> Self {
        match shell {
            "bash" => {
                let current = current.and_then(OsStr::to_str).unwrap_or_default();
                Self::Bash(plain(current).1)
            }
            "powershell" => Self::PowerShell,
            "zsh" => Self::Zsh,
            "fish" => Self::Fish,
            _ => Self::Plain,
        }
    }

    /// Whether candidates are written here.
    pub(super) fn is_ours(self) -> bool {
        matches!(self, Self::Bash(_) | Self::PowerShell)
    }

    /// The text of a word, as far as it is typed.
    pub(super) fn word(self, word: &OsStr, is_current: bool) -> OsString {
        let is_raw = match self {
            Self::Bash(_) | Self::Zsh => true,
            Self::Fish => is_current,
            Self::PowerShell | Self::Plain => false,
        };
        match word.to_str() {
            Some(raw) if is_raw => plain(raw).0.into(),
            Some(_) | None => word.to_owned(),
        }
    }

    /// Writes a candidate as a line.
    pub(super) fn write(
        self,
        candidate: &CompletionCandidate,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let Some(value) = candidate.get_value().to_str() else {
            return Ok(());
        };
        if value.contains(terminal::acts) {
            return Ok(());
        }
        match self {
            Self::Bash(open) => writeln!(out, "{}", bash(value, open)),
            Self::PowerShell => {
                let help = candidate.get_help().map(ToString::to_string);
                let help = help.as_deref().and_then(|help| help.lines().next());
                let help = terminal::line(help.unwrap_or(value));
                writeln!(out, "{}\t{help}", power_shell(value))
            }
            Self::Zsh | Self::Fish | Self::Plain => writeln!(out, "{value}"),
        }
    }
}

/// The text of a raw word of a POSIX shell, and the quotation mark that is open at its end.
fn plain(raw: &str) -> (String, Option<char>) {
    let (mut text, mut open) = (String::new(), None);
    let mut characters = raw.chars();
    while let Some(c) = characters.next() {
        match (open, c) {
            (None, '\'' | '"') => open = Some(c),
            (Some(mark), c) if c == mark => open = None,
            (None, '\\') => text.extend(characters.next()),
            (Some('"'), '\\') => match characters.next() {
                Some(c @ ('"' | '\\' | '$' | '`')) => text.push(c),
                other => {
                    text.push('\\');
                    text.extend(other);
                }
            },
            (_, c) => text.push(c),
        }
    }
    (text, open)
}

/// A value in bash, inside this quotation mark or outside of any.
fn bash(value: &str, open: Option<char>) -> String {
    match open {
        Some('\'') => value.replace('\'', r"'\''"),
        Some(_) => {
            let mut text = String::new();
            for c in value.chars() {
                match c {
                    '"' | '\\' | '$' | '`' => text.extend(['\\', c]),
                    // A history expansion happens in there, too.
                    '!' => text.push_str("\"'!'\""),
                    c => text.push(c),
                }
            }
            text
        }
        None => {
            let is_plain = |c: char| c.is_alphanumeric() || "_-./@%+".contains(c);
            let mut text = String::new();
            for c in value.chars() {
                if !is_plain(c) {
                    text.push('\\');
                }
                text.push(c);
            }
            text
        }
    }
}

/// A value in PowerShell, which takes several characters for an apostrophe.
fn power_shell(value: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return Cow::Borrowed(value);
    }
    let mut text = String::from("'");
    for c in value.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            text.push(c);
        }
        text.push(c);
    }
    text.push('\'');
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{bash, plain, power_shell};

    const NAMES: [&str; 9] = [
        "Ann Lee",
        "O'Brien \"Bo\"",
        "$(touch x)",
        "`x`; & | < > ( ) { } [ ] * ? # ~ ! ^",
        "a\\b",
        "~root",
        "-rf",
        "Zoë 李",
        "a=b:c,d",
    ];

    #[test]
    fn bash_reads_what_was_inserted_as_the_name() {
        for name in NAMES {
            let forms = [
                bash(name, None),
                format!("'{}'", bash(name, Some('\''))),
                format!("\"{}\"", bash(name, Some('"'))),
            ];
            for form in forms {
                let script = format!("printf %s {form}");
                let read = Command::new("bash")
                    .args(["-c", &script, "--"])
                    .output()
                    .unwrap();
                assert_eq!(String::from_utf8(read.stdout).unwrap(), name, "{script}");
            }
        }
    }

    #[test]
    fn a_word_is_read_as_far_as_it_is_typed() {
        for name in NAMES {
            assert_eq!(plain(&bash(name, None)), (name.to_owned(), None));
        }
        assert_eq!(plain("'Ann L"), ("Ann L".to_owned(), Some('\'')));
        assert_eq!(plain("\"a\\\"b\\c"), ("a\"b\\c".to_owned(), Some('"')));
        assert_eq!(plain("Ann\\"), ("Ann".to_owned(), None));
    }

    #[test]
    fn power_shell_takes_four_characters_for_an_apostrophe() {
        assert_eq!(power_shell("it’s $x"), "'it’’s $x'");
        assert_eq!(power_shell("L-1"), "L-1");
    }
}
