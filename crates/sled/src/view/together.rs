//! Many lookups at once. The keys are sorted, and each part is searched for all of them that no newer part has
//! answered: its filter is read once, and so is every page of its rows.

use plansync_log::{CommandKey, Extent, Position, ReadError, StreamId, Version};

use super::{View, search};
use crate::damage::{Damage, Fault};
use crate::derived::Derived;
use crate::index::{Key, Run, command_key, stream_key};
use crate::unsealed::Content;

/// Keys that are not answered yet, sorted, with their places among the answers.
struct Open(Vec<(Key, usize)>);

impl Open {
    fn of(keys: impl Iterator<Item = Key>) -> Self {
        let mut all: Vec<(Key, usize)> = keys.zip(0..).collect();
        all.sort_unstable();
        Self(all)
    }

    fn keys(&self) -> Vec<Key> {
        self.0.iter().map(|(key, _)| *key).collect()
    }

    /// Gives what was found to `answer`, which says whether the key is answered now.
    fn answer<T>(
        &mut self,
        mut found: impl FnMut(Key) -> Option<T>,
        mut answer: impl FnMut(usize, T) -> bool,
    ) {
        self.0.retain(|(key, place)| match found(*key) {
            Some(found) => !answer(*place, found),
            None => true,
        });
    }
}

impl View {
    /// Asks the volumes that are not sealed, and then the parts, the newest first, until all is answered.
    fn ask_all<T>(
        &self,
        open: &mut Open,
        of_unsealed: impl Fn(&Content, Key) -> Option<T>,
        of_part: impl Fn(&Derived, &[Key]) -> Result<Vec<Option<T>>, Fault>,
        answer: &mut impl FnMut(usize, T) -> bool,
    ) -> Result<(), ReadError> {
        for content in self.unsealed.iter().rev() {
            open.answer(|key| of_unsealed(content, key), &mut *answer);
        }
        for part in self.parts.iter().rev() {
            if open.0.is_empty() {
                break;
            }
            let keys = open.keys();
            let mut found = search(part.as_ref(), |rows| of_part(rows, &keys))?.into_iter();
            open.answer(|_| found.next().flatten(), &mut *answer);
        }
        Ok(())
    }

    pub(super) fn commands_together(
        &self,
        asked: &[(&str, CommandKey)],
    ) -> Result<Vec<Option<Position>>, ReadError> {
        let mut answers = vec![None; asked.len()];
        let keys = asked.iter();
        let mut open = Open::of(keys.map(|(tenant, command)| command_key(tenant, *command)));
        let mut answer = |place: usize, position: Position| {
            if let Some(answer) = answers.get_mut(place) {
                *answer = Some(position);
            }
            true
        };
        self.ask_all(
            &mut open,
            |content, key| content.index.command(key),
            Derived::commands,
            &mut answer,
        )?;
        Ok(answers)
    }

    pub(super) fn extents_together(&self, asked: &[&StreamId]) -> Result<Vec<Extent>, ReadError> {
        let none = Extent {
            first: None,
            last: Version::ZERO,
        };
        let mut extents = vec![none; asked.len()];
        let mut open = Open::of(asked.iter().map(|stream| stream_key(stream)));
        let mut answer = |place: usize, run: Run| {
            let begins = run.first_version <= Version::FIRST;
            if let Some(extent) = extents.get_mut(place) {
                if extent.last == Version::ZERO {
                    extent.last = run.last_version();
                }
                extent.first = run.positions.first().copied().filter(|_| begins);
            }
            begins
        };
        self.ask_all(
            &mut open,
            |content, key| content.index.stream(key),
            Derived::streams,
            &mut answer,
        )?;
        for (stream, extent) in asked.iter().zip(&extents) {
            if extent.first.is_none() && extent.last > Version::ZERO {
                // A stream begins with version 1, so a run is missing.
                let what = format!("{stream} has no first version");
                return Err(Damage::new(&self.place, what).into());
            }
        }
        Ok(extents)
    }
}
