//! A text in the form in which names are compared, with the place in the text of each part of it.

use std::ops::Range;

use plansync_primitives::text::fold;

/// A text as searches compare names (without case and accents, however it is composed, and without what nobody sees),
/// in which all white space is one space.
pub(super) struct Folded {
    pub(super) text: String,
    /// For each byte, where the character begins that it comes from.
    begins: Vec<usize>,
    /// Where the text ends that was folded.
    end: usize,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(text.len()),
            begins: Vec::with_capacity(text.len()),
            end: text.len(),
        };
        for (begin, character) in text.char_indices() {
            fold(character, |part| folded.push(part, begin));
        }
        folded
    }

    fn push(&mut self, part: char, begin: usize) {
        let part = if part.is_whitespace() { ' ' } else { part };
        if part == ' ' && self.text.ends_with(' ') {
            return;
        }
        self.text.push(part);
        let bytes = std::iter::repeat_n(begin, part.len_utf8());
        self.begins.extend(bytes);
    }

    /// The place of a part in the text that was folded, with the marks and invisible characters that follow it there;
    /// none if the part ends within a syllable, whose letters stand for themselves in this form.
    pub(super) fn place(&self, part: Range<usize>) -> Option<Range<usize>> {
        let begin = *self.begins.get(part.start)?;
        let last = *self.begins.get(part.end.checked_sub(1)?)?;
        if self.text[part.end..].starts_with(is_within_syllable) {
            return None;
        }
        let mut after = self.begins[part.end..].iter();
        let end = after.find(|begin| **begin > last);
        Some(begin..end.copied().unwrap_or(self.end))
    }

    /// Whether what is there does not continue as a word on either side.
    pub(super) fn is_word(&self, part: Range<usize>) -> bool {
        let before = self.text[..part.start].chars().next_back();
        let after = self.text[part.end..].chars().next();
        let mut around = [before, after].into_iter().flatten();
        !around.any(char::is_alphanumeric)
    }
}

/// Whether a letter continues a syllable of Korean: all but the first one of each.
fn is_within_syllable(letter: char) -> bool {
    matches!(letter, '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}')
}

#[cfg(test)]
mod tests {
    use super::Folded;

    #[track_caller]
    fn found(text: &str, name: &str) -> String {
        let (folded, name) = (Folded::of(text), Folded::of(name).text);
        let begin = folded.text.find(&name).unwrap();
        let place = folded.place(begin..begin + name.len());
        place.map_or_else(String::new, |place| text[place].to_owned())
    }

    #[test]
    fn a_name_is_found_in_every_form_and_with_everything_that_belongs_to_it() {
        for (text, name, expected) in [
            ("as ZOE\u{308} said", "Zo\u{eb}", "ZOE\u{308}"),
            ("as Zo\u{eb} said", "Zoe\u{308}", "Zo\u{eb}"),
            ("(Ann \u{a0} \n Lee)", "Ann Lee", "Ann \u{a0} \n Lee"),
            (
                "\u{ff21}\u{ff4e}\u{ff4e}\u{3000}\u{ff2c}ee",
                "ann lee",
                "\u{ff21}\u{ff4e}\u{ff4e}\u{3000}\u{ff2c}ee",
            ),
            ("Hauptstra\u{df}e!", "STRASSE", "stra\u{df}e"),
            ("An\u{ad}n", "ann", "An\u{ad}n"),
            ("\u{130}NC\u{130}", "inci", "\u{130}NC\u{130}"),
        ] {
            assert_eq!(found(text, name), expected, "{text}");
        }
    }

    #[test]
    fn a_part_of_a_syllable_is_no_name() {
        assert_eq!(found("김민준", "김민"), "김민");
        assert_eq!(found("김민준", "김미"), "");
    }
}
