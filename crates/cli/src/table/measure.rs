//! Measures and shortens text.
//!
//! Widths are columns of a terminal: two for a wide character, none for a combining mark, two for an emoji that is
//! joined from several.

use std::borrow::Cow;
use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// An id is not shown with fewer characters.
const PREFIX_CHARACTERS_MIN: usize = 8;

/// The columns that one line of text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text, or as much of its start as fits into so many columns, with `…` behind it. What a reader
/// takes for one character is never cut in two.
pub(crate) fn shortened(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(mut left) = columns.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let mut end = 0;
    for (start, character) in text.grapheme_indices(true) {
        let Some(rest) = left.checked_sub(width(character)) else {
            break;
        };
        left = rest;
        end = start + character.len();
    }
    Cow::Owned(format!("{}…", &text[..end]))
}

/// The number of characters by which ids differ from each other. Ids of ASCII only are expected;
/// where an id has others, no id is shortened.
pub(super) fn prefix_characters<'a>(ids: impl Iterator<Item = &'a str>) -> usize {
    let ids: BTreeSet<&str> = ids.collect();
    if !ids.iter().all(|id| id.is_ascii()) {
        return usize::MAX;
    }
    // In order, an id shares most with its neighbour.
    let shared = ids.iter().zip(ids.iter().skip(1)).map(|(one, next)| {
        let same = one.bytes().zip(next.bytes()).take_while(|(a, b)| a == b);
        same.count() + 1
    });
    let characters = shared.max().unwrap_or(0).max(PREFIX_CHARACTERS_MIN);
    // A hyphen at the end says nothing; the character behind it makes it no less unique.
    let ends_in_hyphen = |id: &&str| id.as_bytes().get(characters - 1) == Some(&b'-');
    if ids.iter().any(ends_in_hyphen) {
        characters + 1
    } else {
        characters
    }
}

/// The first so many characters of an id.
pub(super) fn prefix(id: &str, characters: usize) -> &str {
    id.get(..characters).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::{prefix, prefix_characters, shortened, width};

    #[test]
    fn wide_and_joined_characters_are_measured_as_a_terminal_shows_them() {
        let cases = [
            ("abc", 3),
            ("李雷", 4),
            ("Zoe\u{308}", 3),
            ("👩\u{200d}🎓", 2),
            ("한국", 4),
            ("", 0),
        ];
        for (text, columns) in cases {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn shortened_text_fits_and_no_character_is_cut_in_two() {
        let cases = [
            ("Maths", 5, "Maths"),
            ("Mathematics", 5, "Math…"),
            ("李雷和韩梅梅", 6, "李雷…"),
            ("李雷和韩梅梅", 5, "李雷…"),
            ("Zoe\u{308} Zoe\u{308}", 4, "Zoe\u{308}…"),
            ("a👩\u{200d}🎓b", 3, "a…"),
            ("Maths", 1, "…"),
            ("Maths", 0, ""),
        ];
        for (text, columns, expected) in cases {
            assert_eq!(shortened(text, columns), expected, "{text} in {columns}");
            assert!(width(&shortened(text, columns)) <= columns);
        }
    }

    #[test]
    fn a_prefix_is_as_long_as_it_must_be() {
        let ids = [
            "018f6d2e-7c1b-7000-8000-0123456789ab",
            "018f6d2e-7c1b-7000-8000-0123456789ac",
        ];
        assert_eq!(prefix_characters(ids.into_iter()), 36);
        assert_eq!(prefix_characters(ids[..1].iter().copied()), 8);
        // The same id twice is one.
        assert_eq!(prefix_characters([ids[0], ids[0]].into_iter()), 8);
        let near = [ids[0], "018f6d2e-8c1b-7000-8000-0123456789ab"];
        assert_eq!(prefix_characters(near.into_iter()), 10);
        assert_eq!(prefix(ids[0], 8), "018f6d2e");
        assert_eq!(prefix("x", 8), "x");
        assert_eq!(prefix_characters(["é"].into_iter()), usize::MAX);
    }
}
