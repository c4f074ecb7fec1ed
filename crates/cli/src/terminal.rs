//! Escapes control characters in text of others before it is shown on a terminal.
//!
//! Control characters, which move the cursor or change settings, and characters that reverse the direction of text
//! are shown as escapes such as `\n` and `\u{1b}`. Output for programs is not escaped.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Text within a line, which cannot end that line.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    escaped(text, acts)
}

/// Text that has lines of its own.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && acts(c))
}

/// A value whose texts and names can be printed within lines.
pub(crate) fn value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(line(&text).into_owned()),
        Value::Array(items) => Value::Array(items.into_iter().map(self::value).collect()),
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, value)| (line(&name).into_owned(), self::value(value)))
                .collect::<Map<_, _>>(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

fn escaped(text: &str, acts: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if acts(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Whether a terminal does more with it than show it, or shows nothing: C0 and C1 controls, line and
/// paragraph separators, embeddings, overrides and isolates of direction, annotations, tags; soft hyphens,
/// spaces and joiners without width, invisible operators, fillers. The joiners U+200C and U+200D and the
/// marks of direction belong to names in some scripts.
pub(crate) fn acts(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2064}'
                | '\u{2066}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{line, lines, value};

    #[test]
    fn what_would_act_on_a_terminal_is_shown_as_an_escape() {
        let cases = [
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\r\nb\tc\u{7f}", "a\\r\\nb\\tc\\u{7f}"),
            ("\u{202e}txt.exe\u{2066}", "\\u{202e}txt.exe\\u{2066}"),
            ("\u{2028}", "\\u{2028}"),
            (
                "Ann\u{200b} \u{2060}Lee\u{ad}",
                "Ann\\u{200b} \\u{2060}Lee\\u{ad}",
            ),
        ];
        for (text, shown) in cases {
            assert_eq!(line(text), shown);
        }
    }

    #[test]
    fn names_of_people_are_left_as_they_are() {
        for name in [
            "Zoë \\ “x”",
            "李雷",
            "نگار\u{200c}ها",
            "👩\u{200d}🎓",
            "שרה\u{200f}",
        ] {
            assert_eq!(line(name), name);
        }
    }

    #[test]
    fn text_of_several_lines_keeps_them_and_a_value_keeps_none() {
        assert_eq!(lines("a\n\u{7}b"), "a\n\\u{7}b");
        let shown = value(json!({ "a\nb": ["\u{1b}c", 1, null, { "d": "e\n" }] }));
        let expected = json!({ "a\\nb": ["\\u{1b}c", 1, null, { "d": "e\\n" }] });
        assert_eq!(shown, expected);
    }
}
