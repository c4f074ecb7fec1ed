//! Sentences for people, broken at blanks where the terminal has no room for the whole line.

use crate::table::width;

/// The text in lines of at most so many columns. A line that begins with a blank is a command to paste
/// and stays whole, as does a word that is longer than a line.
pub(crate) fn wrapped(text: &str, room: Option<usize>) -> String {
    let Some(room) = room else {
        return text.to_owned();
    };
    let lines = text.split('\n').map(|line| {
        if line.starts_with(' ') {
            line.to_owned()
        } else {
            broken(line, room)
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn broken(line: &str, room: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in line.split(' ') {
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

/// The columns of a word; colours take none.
fn columns(word: &str) -> usize {
    let mut parts = word.split("\u{1b}[");
    let first = parts.next().map_or(0, width);
    let others = parts.map(|part| part.split_once('m').map_or(0, |(_, text)| width(text)));
    first + others.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::wrapped;

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
}
