//! Searching by name.
//!
//! Owns what counts as a match. Refuses to know what is searched.

use caseless::Caseless;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A text as searches see it: what has the same form is found as the same.
///
/// NFKD without marks, then full case folding: `Zoë` is `zoe`, composed or not, and `Straße` is `strasse`.
/// Letters that have no decomposition, but that people without the key for them write another way, are
/// written that way (`Łukasz` is `lukasz`), and what nobody sees is left out. Every mark counts as one, vowel signs too: a search rather
/// finds one more.
///
/// Each character is folded by itself, so that a part of a name has the form that it has within the name.
/// What normalisation puts in another order are marks alone, and those are left out.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            decompose_compatible(c, |part| {
                if !is_combining_mark(part) {
                    std::iter::once(part)
                        .default_case_fold()
                        .for_each(|part| push_plain(&mut folded, part));
                }
            });
        }
    }
    folded
}

/// Puts a folded character behind others, as it is typed where nobody has the key for it.
fn push_plain(folded: &mut String, c: char) {
    match c {
        'đ' | 'ð' => folded.push('d'),
        'ħ' => folded.push('h'),
        'ı' => folded.push('i'),
        'ł' => folded.push('l'),
        'ø' => folded.push('o'),
        'ŧ' => folded.push('t'),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'þ' => folded.push_str("th"),
        '‘' | '’' | 'ʼ' => folded.push('\''),
        '‐' | '–' => folded.push('-'),
        // Nobody sees these: hyphens that may be, joiners, and what directs the writing.
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => {}
        other => folded.push(other),
    }
}

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    folded: String,
    /// The same as in slugs, with a space for each `_` and `-`.
    spaced: String,
}

impl Sought {
    /// A part of what is to be found; everything holds the empty one.
    pub fn new(search: &str) -> Self {
        let folded = folded(search);
        let spaced = spaced(&folded);
        Self { folded, spaced }
    }

    /// Whether a name holds it.
    pub fn is_in(&self, name: &str) -> bool {
        self.folded.is_empty() || folded(name).contains(&self.folded)
    }

    /// Whether a slug holds it, whose words people write with spaces between them: `on break` is in
    /// `on_break`.
    pub fn is_in_slug(&self, slug: &str) -> bool {
        self.spaced.is_empty() || spaced(&folded(slug)).contains(&self.spaced)
    }
}

fn spaced(folded: &str) -> String {
    folded.replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests;
