//! Compares what the demo shows with what it computed.

use std::fmt::Debug;

/// Something that the demo showed is not so.
#[derive(Debug, thiserror::Error)]
#[error("this is not so: {what} should be {expected}, but is {found}; please report it")]
pub(super) struct Mismatch {
    what: String,
    expected: String,
    found: String,
}

/// Holds two values against each other.
#[allow(clippy::needless_pass_by_value)] // A call reads best with both values in it.
pub(super) fn check_equal<T: PartialEq + Debug>(
    what: &str,
    found: T,
    expected: T,
) -> Result<(), Mismatch> {
    if found == expected {
        return Ok(());
    }
    Err(Mismatch {
        what: what.to_owned(),
        expected: format!("{expected:?}"),
        found: format!("{found:?}"),
    })
}

#[cfg(test)]
mod tests {
    use super::check_equal;

    #[test]
    fn a_difference_is_said_with_both_sides() {
        assert!(check_equal("the number", 1, 1).is_ok());
        assert_eq!(
            check_equal("the number", 1, 2).unwrap_err().to_string(),
            "this is not so: the number should be 2, but is 1; please report it"
        );
    }
}
