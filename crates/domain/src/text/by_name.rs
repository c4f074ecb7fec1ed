//! Ids in the order of names, for the records of which a tenant has few: administrators and
//! programmes.

use crate::text::personal::Personal;
use crate::text::search;

/// Ids in the order of names, then ids. A clone is cheap.
#[derive(Debug, Clone)]
pub struct ByName<T: Ord> {
    /// The folded name, followed by the other text by which it is found.
    places: imbl::OrdMap<(Personal, T), Personal>,
}

impl<T: Ord> Default for ByName<T> {
    fn default() -> Self {
        Self {
            places: imbl::OrdMap::new(),
        }
    }
}

impl<T: Ord + Clone> ByName<T> {
    /// The items whose name or additional word contains this, ignoring case and accents: their
    /// number, and `take` of them after the first `skip`, in order.
    pub fn find(&self, search: &str, skip: usize, take: usize) -> (usize, Vec<&T>) {
        let search = search::folded(search);
        let places = self.places.iter();
        let mut found = places
            .filter(|(_, folded)| folded.as_str().contains(&search))
            .map(|((_, id), _)| id);
        let before = found.by_ref().take(skip).count();
        let shown: Vec<_> = found.by_ref().take(take).collect();
        (before + shown.len() + found.count(), shown)
    }

    /// An item got a name in place of an earlier one. It can also be found by an additional word,
    /// if there is one.
    pub(crate) fn put(&mut self, id: &T, before: Option<&str>, name: &str, word: Option<&str>) {
        if let Some(before) = before {
            self.remove(id, before);
        }
        let mut folded = search::folded(name);
        if let Some(word) = word {
            // Nobody searches for this character, so nothing is found across it.
            folded.push('\0');
            folded.push_str(&search::folded(word));
        }
        self.places.insert((name.into(), id.clone()), folded.into());
    }

    /// The item with this name was removed.
    pub(crate) fn remove(&mut self, id: &T, name: &str) {
        self.places.remove(&(name.into(), id.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::ByName;

    #[test]
    fn names_that_change_and_go_leave_the_others_in_order() {
        let mut names = ByName::default();
        for (id, name) in [(1, "Zoë"), (2, "ada"), (3, "Éva"), (4, "Bo"), (5, "Bo")] {
            names.put(&id, None, name, None);
        }
        names.put(&1, Some("Zoë"), "Ana", None);
        names.remove(&2, "ada");
        assert_eq!(names.find("", 0, 9), (4, vec![&1, &4, &5, &3]));
        assert_eq!(names.find("", 1, 2), (4, vec![&4, &5]));
        assert_eq!(names.find("A", 0, 9), (2, vec![&1, &3]));
        assert_eq!(names.find("éV", 0, 0), (1, vec![]));
        assert_eq!(names.find("", 9, 9), (4, vec![]));
    }

    #[test]
    fn a_name_and_a_word_are_found_each_by_itself() {
        let mut names = ByName::default();
        names.put(&1, None, "Zoë Adams", Some("ZA_7"));
        for search in ["zoe", "ADAMS", "za_7", "7"] {
            assert_eq!(names.find(search, 0, 9), (1, vec![&1]), "{search}");
        }
        assert_eq!(names.find("adamsza", 0, 9), (0, vec![]));
    }
}
