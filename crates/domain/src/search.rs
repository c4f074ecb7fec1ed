//! Searching by name.
//!
//! Owns what counts as a match. Refuses to know what is searched.

/// Whether a text holds another, in either case of letters; everything holds the empty one.
pub fn holds(text: &str, search: &str) -> bool {
    search.is_empty() || text.to_lowercase().contains(&search.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn s1_a_name_matches_by_any_part_in_either_case() {
        assert!(holds("Élan vital", "éLAN"));
        assert!(holds("anything", ""));
        assert!(!holds("Budget", "plan"));
    }
}
