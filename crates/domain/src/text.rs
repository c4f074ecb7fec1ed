//! What a text may be: how long, and of which characters.
//!
//! Lengths are in Unicode scalar values. Knows nothing of what a text is for.
//!
//! The folder has what is made of texts: personal ones, searching by name, and lists in the order of names.
//!
//! May import: no other folder.

pub mod by_name;
pub mod personal;
pub mod search;

/// Why a text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Shorter or longer than it may be.
    #[error("expected {least} to {most} characters, found {found}")]
    Length {
        /// The fewest characters.
        least: usize,
        /// The most characters.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// It holds a control character other than line feed and tab.
    #[error("remove the control character U+{0:04X}; only line feed and tab are allowed")]
    Control(u32),
}

/// Whether a text has so many characters, none of them a control character that no text may hold.
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
