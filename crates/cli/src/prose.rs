//! Wraps sentences for people between words, at the width of a terminal.
//!
//! Commands to paste must stay as they are: a line that begins with a blank, and text between backticks, are
//! never broken.

use crate::table::width;

/// The text in lines of at most so many columns. A line that begins with a blank is a command to paste
/// and stays whole, as does text between backticks and a word that is longer than a line.
pub(crate) fn wrapped(text: &str, room: Option<usize>) -> String {
    each_line(text, room, |line, room| {
        if line.starts_with(' ') {
            line.to_owned()
        } else {
            broken(line, room)
        }
    })
}

/// Help and errors of the argument parser: lines may be indented, and may have a first column such as an
/// option, with two blanks or more before what is said of it. Continued lines are aligned with that. Examples
/// of commands stay whole.
pub(crate) fn indented(text: &str, room: Option<usize>) -> String {
    each_line(text, room, |line, room| {
        let is_example = line.trim_start().starts_with("plansync ") || line.ends_with('\\');
        if is_example || columns(line) <= room {
            return line.to_owned();
        }
        let (first, rest) = line.split_at(start(line, room));
        let blanks = " ".repeat(columns(first));
        let lines = broken(rest, room.saturating_sub(blanks.len()));
        format!("{first}{}", lines.replace('\n', &format!("\n{blanks}")))
    })
}

/// Where the last column of a line starts, if it starts in the first half of the room; or else the first.
fn start(line: &str, room: usize) -> usize {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let last = line[indent..].rfind("  ").map(|gap| indent + gap + 2);
    last.filter(|last| columns(&line[..*last]) <= room / 2)
        .unwrap_or(indent)
}

fn each_line(text: &str, room: Option<usize>, one: impl Fn(&str, usize) -> String) -> String {
    let Some(room) = room else {
        return text.to_owned();
    };
    let lines = text.split('\n').map(|line| one(line, room));
    lines.collect::<Vec<_>>().join("\n")
}

fn broken(line: &str, room: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in words(line) {
        let columns = columns(word);
        if used > 0 && used + 1 + columns > room {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += columns;
    }
    out
}

/// The parts of a line between blanks that are not between backticks. A backtick that is never closed is
/// an ordinary character.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(found) = line[at..].find([' ', '`']) {
        let place = at + found;
        if line[place..].starts_with(' ') {
            words.push(&line[start..place]);
            start = place + 1;
            at = start;
        } else {
            let closed = line[place + 1..].find('`');
            at = closed.map_or(place + 1, |closed| place + closed + 2);
        }
    }
    words.push(&line[start..]);
    words
}

/// The columns of a word; colours take none.
fn columns(word: &str) -> usize {
    let mut parts = word.split("\u{1b}[");
    let first = parts.next().map_or(0, width);
    let others = parts.map(|part| part.split_once('m').map_or(0, |(_, text)| width(text)));
    first + others.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::{indented, wrapped};

    #[test]
    fn lines_are_broken_at_blanks_and_commands_are_not() {
        let cases = [
            ("one two three", 13, "one two three"),
            ("one two three", 12, "one two\nthree"),
            ("one two three", 4, "one\ntwo\nthree"),
            ("wonderful it is", 5, "wonderful\nit is"),
            (
                "Follow it:\n  plansync sync status x",
                10,
                "Follow it:\n  plansync sync status x",
            ),
            ("\none two", 5, "\none\ntwo"),
            (
                "\u{1b}[33mone two\u{1b}[0m",
                7,
                "\u{1b}[33mone two\u{1b}[0m",
            ),
            ("李雷 李雷", 8, "李雷\n李雷"),
        ];
        for (text, room, expected) in cases {
            assert_eq!(wrapped(text, Some(room)), expected, "{room}: {text}");
            assert_eq!(wrapped(text, None), text);
        }
    }

    #[test]
    fn what_is_between_backticks_is_not_broken() {
        let cases = [
            ("say `a b c` twice", 8, "say\n`a b c`\ntwice"),
            ("(`a b`, `c d`) or", 8, "(`a b`,\n`c d`)\nor"),
            ("it`s so and so", 8, "it`s so\nand so"),
            ("`é ü` `", 6, "`é ü`\n`"),
        ];
        for (text, room, expected) in cases {
            assert_eq!(wrapped(text, Some(room)), expected, "{room}: {text}");
        }
    }

    #[test]
    fn what_follows_an_indented_line_is_indented_as_it_is() {
        let text = "error: no\n  [values: one, two, three]";
        let expected = "error: no\n  [values: one,\n  two, three]";
        assert_eq!(indented(text, Some(16)), expected);
        assert_eq!(indented(text, None), text);
        let text = "  --ids <IDS>  Length of ids in tables";
        let expected = "  --ids <IDS>  Length of ids\n               in tables";
        assert_eq!(indented(text, Some(30)), expected);
        let expected = "  --ids <IDS>  Length\n  of ids in tables";
        assert_eq!(indented(text, Some(22)), expected);
        let example = "  plansync load --template > example.jsonl";
        assert_eq!(indented(example, Some(20)), example);
    }
}
