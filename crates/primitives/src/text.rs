//! The form in which names are compared: without case, accents, and what nobody sees.

use caseless::Caseless;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A text as names are compared: texts with the same form match.
///
/// The text is decomposed (NFKD), marks are removed, and full case folding is applied: `Zoë`
/// becomes `zoe`, whether composed or not, and `Straße` becomes `strasse`. Letters without a
/// decomposition are written as people write them who do not have the key (`Łukasz` becomes
/// `lukasz`), and invisible characters are removed. All marks are removed, vowel signs too: a
/// search rather matches too much.
///
/// ```
/// assert_eq!(plansync_primitives::text::folded("Zoë Ｓtraße"), "zoe strasse");
/// ```
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        fold(c, |part| folded.push(part));
    }
    folded
}

/// Hands over what a character is in that form: one character, several, or none.
///
/// Each character is folded by itself, so that a part of a name has the same form as within the
/// name. Only marks are reordered by normalisation, and those are removed.
pub fn fold(c: char, mut push: impl FnMut(char)) {
    if c.is_ascii() {
        push(c.to_ascii_lowercase());
        return;
    }
    decompose_compatible(c, |part| {
        if !is_combining_mark(part) {
            std::iter::once(part)
                .default_case_fold()
                .for_each(|part| push_plain(part, &mut push));
        }
    });
}

/// Hands over a folded character, as it is typed without a special key.
fn push_plain(c: char, push: &mut impl FnMut(char)) {
    let plain = match c {
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ł' => "l",
        'ø' => "o",
        'ŧ' => "t",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        '‘' | '’' | 'ʼ' => "'",
        '‐' | '–' => "-",
        // Invisible characters: soft hyphens, joiners, and marks of direction.
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => "",
        other => {
            push(other);
            return;
        }
    };
    plain.chars().for_each(push);
}
