//! The components of a plan or template in their order. Shapes are interned, so that plans share
//! them.
//!
//! Attributes and status are columns beside a shape.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Weak};

use crate::ids::{ComponentId, ComponentType, ProgrammeId};

/// The place of a component in a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row(u32);

impl Row {
    /// The row with this index. A shape has far fewer rows than a `u32` can count.
    pub fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The row with this number, as events state it.
    pub(crate) const fn from_place(place: u32) -> Self {
        Self(place)
    }

    /// Its number, as events state it.
    pub(crate) const fn place(self) -> u32 {
        self.0
    }

    /// Its index in every column.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// The properties of a component that never change while a plan has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ShapeEntry {
    /// Its id, the same on every plan.
    pub component: ComponentId,
    /// The programme that it belongs to.
    pub programme: ProgrammeId,
    /// Its type.
    pub component_type: ComponentType,
}

/// An immutable list of components in plan order, with an index sorted by id.
#[derive(Debug, Default)]
pub struct Shape {
    entries: Box<[ShapeEntry]>,
    by_component: Box<[Row]>,
}

impl Shape {
    fn new(entries: Vec<ShapeEntry>) -> Self {
        let mut by_component: Box<[Row]> = (0..entries.len()).map(Row::new).collect();
        by_component.sort_unstable_by_key(|row| entries[row.index()].component);
        Self {
            entries: entries.into(),
            by_component,
        }
    }

    /// The number of components.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Its components, in plan order.
    pub fn entries(&self) -> &[ShapeEntry] {
        &self.entries
    }

    /// The component in a row.
    pub fn entry(&self, row: Row) -> &ShapeEntry {
        &self.entries[row.index()]
    }

    /// The row of a component, if the shape has it.
    pub fn row(&self, component: ComponentId) -> Option<Row> {
        self.by_component
            .binary_search_by_key(&component, |row| self.entry(*row).component)
            .ok()
            .map(|found| self.by_component[found])
    }

    /// The row of a component, looked up first at a likely index.
    pub(crate) fn row_near(&self, component: ComponentId, likely: usize) -> Option<Row> {
        match self.entries.get(likely) {
            Some(entry) if entry.component == component => Some(Row::new(likely)),
            Some(_) | None => self.row(component),
        }
    }

    /// Its rows, in plan order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row> + use<> {
        (0..self.entries.len()).map(Row::new)
    }

    /// Its rows, in the order of component ids.
    pub fn rows_by_component(&self) -> &[Row] {
        &self.by_component
    }
}

/// The shapes of one tenant. Each is kept once while a plan uses it, so equality is by pointer.
#[derive(Debug, Clone, Default)]
pub struct Shapes {
    by_hash: imbl::HashMap<u64, Weak<Shape>>,
    swept_at_count: usize,
}

/// With fewer shapes than this, nothing is swept.
const SWEEP_COUNT_MIN: usize = 1024;

impl Shapes {
    /// The shape with these components, shared by all who have the same.
    pub fn intern(&mut self, entries: Vec<ShapeEntry>) -> Arc<Shape> {
        let hash = hash(&entries);
        let known = self.by_hash.get(&hash).and_then(Weak::upgrade);
        if let Some(shape) = known.filter(|shape| *shape.entries == *entries) {
            return shape;
        }
        let shape = Arc::new(Shape::new(entries));
        self.by_hash.insert(hash, Arc::downgrade(&shape));
        self.sweep();
        shape
    }

    /// Removes the shapes that nobody uses, whenever their number has doubled.
    fn sweep(&mut self) {
        if self.by_hash.len() < SWEEP_COUNT_MIN.max(self.swept_at_count.saturating_mul(2)) {
            return;
        }
        self.by_hash.retain(|_, shape| shape.strong_count() > 0);
        self.swept_at_count = self.by_hash.len();
    }
}

/// Equal for equal entries in every process: there is no random seed, so a fold is repeatable.
fn hash(entries: &[ShapeEntry]) -> u64 {
    let mut hasher = DefaultHasher::new();
    entries.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{component, programme};

    fn entries<const N: usize>(numbers: [u128; N]) -> Vec<ShapeEntry> {
        let entry = |number| ShapeEntry {
            component: component(number),
            programme: programme(1),
            component_type: "exam".parse().unwrap(),
        };
        numbers.map(entry).into()
    }

    #[test]
    fn the_same_components_in_the_same_order_are_one_shape() {
        let mut shapes = Shapes::default();
        let one = shapes.intern(entries([3, 1, 2]));
        assert!(Arc::ptr_eq(&one, &shapes.intern(entries([3, 1, 2]))));
        assert!(!Arc::ptr_eq(&one, &shapes.intern(entries([1, 2, 3]))));
    }

    #[test]
    fn a_component_is_found_wherever_it_stands() {
        let shape = Shapes::default().intern(entries([3, 1, 2]));
        let found = [1, 2, 3, 4].map(|number| shape.row(component(number)));
        let expected = [
            Some(Row::new(1)),
            Some(Row::new(2)),
            Some(Row::new(0)),
            None,
        ];
        assert_eq!(found, expected);
        assert_eq!(shape.rows_by_component(), [1, 2, 0].map(Row::new));
    }

    #[test]
    fn shapes_that_nobody_uses_are_forgotten() {
        let mut shapes = Shapes::default();
        for number in 0..3_000 {
            shapes.intern(entries([number]));
        }
        assert!(shapes.by_hash.len() <= SWEEP_COUNT_MIN);
    }
}
