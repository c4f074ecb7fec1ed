//! S1, S5: what a search finds. Texts are compared as wholes, and their case is folded by way of both
//! cases, not by the product's tables.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters without a decomposition, and what is typed for them.
const TYPED: [(&str, &str); 14] = [
    ("đ", "d"),
    ("ð", "d"),
    ("ħ", "h"),
    ("ł", "l"),
    ("ø", "o"),
    ("ŧ", "t"),
    ("æ", "ae"),
    ("œ", "oe"),
    ("þ", "th"),
    ("‘", "'"),
    ("’", "'"),
    ("ʼ", "'"),
    ("‐", "-"),
    ("–", "-"),
];

/// Soft hyphens, joiners, marks of direction.
const UNSEEN: &str = "\u{ad}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\
    \u{2060}\u{2061}\u{2062}\u{2063}\u{2064}\u{2066}\u{2067}\u{2068}\u{2069}\u{feff}";

fn plain(text: &str) -> String {
    let bare: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    let cased = bare.to_lowercase().to_uppercase().to_lowercase();
    let cased = cased.replace('ς', "σ");
    let seen: String = cased.chars().filter(|c| !UNSEEN.contains(*c)).collect();
    TYPED
        .iter()
        .fold(seen, |text, (letter, typed)| text.replace(letter, typed))
}

/// A part of a name.
pub fn contains(name: &str, search: &str) -> bool {
    plain(name).contains(&plain(search))
}

/// A part of a slug, with spaces between its words.
pub fn slug_contains(slug: &str, search: &str) -> bool {
    let words = |text: &str| text.replace(['_', '-'], " ");
    contains(&words(slug), &words(search))
}
