//! Searching by name: which names a search matches.

use caseless::Caseless;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A text as searches compare it: texts with the same form match.
///
/// The text is decomposed (NFKD), marks are removed, and full case folding is applied: `Zoë`
/// becomes `zoe`, whether composed or not, and `Straße` becomes `strasse`. Letters without a
/// decomposition are written as people write them who do not have the key (`Łukasz` becomes
/// `lukasz`), and invisible characters are removed. All marks are removed, vowel signs too: a
/// search rather matches too much.
///
/// Each character is folded by itself, so that a part of a name has the same form as within the
/// name. Only marks are reordered by normalisation, and those are removed.
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

/// Appends a folded character, as it is typed without a special key.
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
        // Invisible characters: soft hyphens, joiners, and marks of direction.
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => {}
        other => folded.push(other),
    }
}

/// The text that is searched for.
///
/// ```
/// use plansync_domain::text::search::Sought;
///
/// assert!(Sought::new("zoe").is_in("Zoë Berg"));
/// assert!(Sought::new("STRASSE").is_in("Hauptstraße"));
/// assert!(Sought::new("on break").is_in_slug("on_break"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    folded: String,
    /// The same with a space for each `_` and `-`, for slugs.
    spaced: String,
}

impl Sought {
    /// A search. Every name contains the empty text.
    pub fn new(search: &str) -> Self {
        let folded = folded(search);
        let spaced = spaced(&folded);
        Self { folded, spaced }
    }

    /// Whether a name contains it.
    pub fn is_in(&self, name: &str) -> bool {
        self.folded.is_empty() || folded(name).contains(&self.folded)
    }

    /// Whether a slug contains it. People write the words of slugs with spaces: `on break` matches
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
