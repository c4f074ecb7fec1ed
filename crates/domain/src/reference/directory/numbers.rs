//! Small numbers for the values that learners have: groups, tutors, programmes.
//!
//! A number whose value no learner has any more is reused, so there are never more numbers than
//! values that were in use at once.

/// The numbers of one kind of value. A clone is cheap.
#[derive(Debug, Clone)]
pub(super) struct Numbers<T: Ord> {
    by_value: imbl::OrdMap<T, Numbered>,
    free: imbl::Vector<u32>,
    /// Greater than every number that was ever assigned.
    end: u32,
}

#[derive(Debug, Clone, Copy)]
struct Numbered {
    number: u32,
    count: u32,
}

impl<T: Ord> Default for Numbers<T> {
    fn default() -> Self {
        Self {
            by_value: imbl::OrdMap::new(),
            free: imbl::Vector::new(),
            end: 0,
        }
    }
}

impl<T: Ord + Clone> Numbers<T> {
    /// Values whose indexes are their numbers, with the number of learners that have each.
    pub(super) fn counted(values: &[T], counts: &[u32]) -> Self {
        let mut numbers = Self::default();
        for (value, count) in values.iter().zip(counts) {
            let (number, count) = (numbers.end, *count);
            numbers.end += 1;
            if count == 0 {
                numbers.free.push_back(number);
            } else {
                let numbered = Numbered { number, count };
                numbers.by_value.insert(value.clone(), numbered);
            }
        }
        numbers
    }

    /// The number of a value that one more learner has.
    pub(super) fn take(&mut self, value: &T) -> u32 {
        if let Some(numbered) = self.by_value.get_mut(value) {
            numbered.count += 1;
            return numbered.number;
        }
        let number = self.free.pop_back().unwrap_or_else(|| {
            self.end += 1;
            self.end - 1
        });
        let numbered = Numbered { number, count: 1 };
        self.by_value.insert(value.clone(), numbered);
        number
    }

    /// One learner fewer has the value.
    pub(super) fn release(&mut self, value: &T) {
        let Some(numbered) = self.by_value.get_mut(value) else {
            return;
        };
        numbered.count -= 1;
        if numbered.count == 0 {
            let number = numbered.number;
            self.by_value.remove(value);
            self.free.push_back(number);
        }
    }

    /// The number of a value that some learner has.
    pub(super) fn get(&self, value: &T) -> Option<u32> {
        self.by_value.get(value).map(|numbered| numbered.number)
    }

    /// Every value that some learner has, in the order of values, with its number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&T, u32)> {
        self.by_value
            .iter()
            .map(|(value, numbered)| (value, numbered.number))
    }

    /// The length of a table with an entry for every number.
    pub(super) fn table_len(&self) -> usize {
        self.end as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_number_while_somebody_has_it_and_gives_it_back() {
        let mut numbers = Numbers::default();
        assert_eq!(["b", "a", "b"].map(|value| numbers.take(&value)), [0, 1, 0]);
        numbers.release(&"b");
        assert_eq!(numbers.get(&"b"), Some(0));
        numbers.release(&"b");
        numbers.release(&"unknown");
        assert_eq!(numbers.get(&"b"), None);
        assert_eq!(numbers.take(&"c"), 0);
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [(&"a", 1), (&"c", 0)]);
        assert_eq!(numbers.table_len(), 2);
    }
}
