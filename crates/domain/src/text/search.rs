//! Searching by name: which names a search matches.

pub use plansync_primitives::text::folded;

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
