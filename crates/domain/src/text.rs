//! Texts: their length and the characters that they may contain.
//!
//! Lengths are counted in Unicode scalar values. The folder also has personal texts, searching by
//! name, and lists in the order of names.
//!
//! May import: no other folder.

pub mod by_name;
pub mod personal;
pub mod search;

/// Why a text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// It is too short or too long.
    #[error("expected {least} to {most} characters, found {found}")]
    Length {
        /// The smallest number of characters.
        least: usize,
        /// The largest number of characters.
        most: usize,
        /// The number of characters found.
        found: usize,
    },
    /// It contains a control character other than line feed and tab.
    #[error("remove the control character U+{0:04X}; only line feed and tab are allowed")]
    Control(u32),
}

/// Checks that a text has between `least` and `most` characters and no forbidden control character.
///
/// ```
/// use plansync_domain::text::{TextError, check};
///
/// assert_eq!(check("Ann", 1, 200), Ok(()));
/// let too_short = TextError::Length { least: 1, most: 200, found: 0 };
/// assert_eq!(check("", 1, 200), Err(too_short));
/// assert!(check("bell\u{7}", 1, 200).is_err());
/// ```
pub fn check(text: &str, least: usize, most: usize) -> Result<(), TextError> {
    let found = text.chars().count();
    if found < least || found > most {
        return Err(TextError::Length { least, most, found });
    }
    match text.chars().find(|character| is_forbidden(*character)) {
        Some(character) => Err(TextError::Control(u32::from(character))),
        None => Ok(()),
    }
}

fn is_forbidden(character: char) -> bool {
    character.is_control() && character != '\n' && character != '\t'
}
