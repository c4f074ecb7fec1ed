//! What commits say by themselves: their bytes, and whether each follows the one before it. They are looked at
//! on all cores.

use plansync_log::merkle::Hash;
use plansync_log::{Bodies, DecodeError, Sequenced, Tip};
use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};

use crate::index::Keys;

/// A core takes at least so many commits at a time.
const TOGETHER_MIN: usize = 128;

/// What a commit says by itself.
pub(super) struct Looked {
    /// Whether its position and its chain follow from the commit before it.
    pub(super) follows: bool,
    pub(super) leaf: Hash,
    pub(super) content: Result<Content, DecodeError>,
}

/// What is in a commit that can be decoded.
pub(super) struct Content {
    pub(super) keys: Keys,
    /// Remarks about its events, or why they cannot be decoded.
    pub(super) events: Result<Vec<String>, String>,
}

/// Looks at consecutive commits. `before` is the tip before the first of them.
pub(super) fn look(before: Tip, commits: &[Sequenced], bodies: &dyn Bodies) -> Vec<Looked> {
    let each = commits.par_iter().enumerate().with_min_len(TOGETHER_MIN);
    let looked = each.map(|(index, commit)| {
        let previous = index.checked_sub(1).and_then(|index| commits.get(index));
        let before = previous.map_or(before, |previous| before.after(previous));
        Looked {
            follows: before.precedes(commit),
            leaf: Hash::of_leaf(commit.stored()),
            content: content(commit, bodies),
        }
    });
    looked.collect()
}

fn content(commit: &Sequenced, bodies: &dyn Bodies) -> Result<Content, DecodeError> {
    let decoded = commit.decode()?;
    Ok(Content {
        keys: Keys::of(&commit.skim()?),
        events: bodies.read(&decoded),
    })
}
