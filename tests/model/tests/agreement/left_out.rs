//! What the comparison leaves out, because the product is not there yet: the one place to
//! change when it does.

/// A part of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A review that is removed and added again as another type: the product's recent changes
    /// name attributes that the component no longer has.
    RetypedReviews,
}

/// What is left out.
pub(crate) const LEFT_OUT: &[Part] = &[Part::RetypedReviews];

/// Whether a part is left out.
pub(crate) fn is_left_out(part: Part) -> bool {
    LEFT_OUT.contains(&part)
}
