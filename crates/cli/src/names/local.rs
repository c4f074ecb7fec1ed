//! Resolves a name among a few known candidates, for kinds that no operation lists.

use plansync_domain::text::search::Sought;

use crate::caller::Caller;
use crate::names::input::Given;
use crate::names::matching::{Candidate, Choice, FEW, choose, nearest};
use crate::names::{Kind, Unresolved};

/// The one that is meant by an id, the beginning of an id, a name or a part of a name, as of what is
/// listed.
///
/// # Errors
/// [`Unresolved`] if there is none, or several.
pub(crate) fn among(
    caller: &Caller,
    kind: Kind,
    given: &str,
    all: Vec<Candidate>,
) -> Result<Candidate, Unresolved> {
    let given = Given::read(given, kind);
    if given.is_blank() {
        return Err(Unresolved::blank(kind, None));
    }
    let wanted = caller.shown(given.text()).into_owned();
    let mut chosen = Choice::None;
    if given.may_be_name() {
        let part = Sought::new(&wanted);
        chosen = chosen_of(
            &all,
            |one| part.is_in(&one.name),
            |found, total| choose(&wanted, found, total),
        );
    }
    let is_whole_name = matches!(&chosen, Choice::One(one) if one.is_called(&wanted));
    if let (Some(prefix), false) = (given.id_or_prefix(), is_whole_name) {
        chosen = chosen.or(chosen_of(
            &all,
            |one| one.id.starts_with(prefix),
            Choice::of,
        ));
    }
    match chosen {
        Choice::One(one) => Ok(one),
        Choice::Several { candidates, total } => {
            Err(Unresolved::ambiguous(kind, given.text(), candidates, total))
        }
        Choice::None => {
            let near = if all.len() <= FEW {
                all
            } else {
                nearest(&wanted, &all)
            };
            Err(Unresolved::unknown(kind, given.text(), near, None))
        }
    }
}

fn chosen_of(
    all: &[Candidate],
    is_meant: impl Fn(&Candidate) -> bool,
    choice: impl FnOnce(Vec<Candidate>, u64) -> Choice,
) -> Choice {
    let found: Vec<_> = all.iter().filter(|one| is_meant(one)).cloned().collect();
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    choice(found, total)
}
