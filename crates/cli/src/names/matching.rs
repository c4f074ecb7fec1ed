//! Chooses between candidates, and finds similar names.

use plansync_domain::text::search::folded;

/// Below this a name is not near to another (Jaro–Winkler, 0 to 1).
const NEAR_MIN: f64 = 0.8;
/// The number of similar names that are offered.
const NEAR_MAX: usize = 3;
/// Up to so many are all shown where what is given is none of them, near or not.
pub(super) const FEW: usize = 5;

/// One thing that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) id: String,
    pub(crate) name: String,
    /// What distinguishes it from others of the same name, such as its programme.
    pub(crate) beside: String,
}

impl Candidate {
    /// Whether this is its whole name, as searches see it.
    pub(super) fn is_called(&self, wanted: &str) -> bool {
        folded(&self.name) == folded(wanted)
    }
}

/// Those that are called so: the only one whose name is written so, or else all whose names are this as
/// searches see them.
pub(crate) fn called<'a, T>(
    all: &'a [T],
    wanted: &str,
    name: impl for<'t> Fn(&'t T) -> &'t str,
) -> Vec<&'a T> {
    let wanted = wanted.trim();
    let mut written = all.iter().filter(|one| name(one) == wanted);
    if let (Some(only), None) = (written.next(), written.next()) {
        return vec![only];
    }
    let folded_wanted = folded(wanted);
    let is_called = |one: &&T| folded(name(one)) == folded_wanted;
    all.iter().filter(is_called).collect()
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    None,
    One(Candidate),
    /// Several, of which only some may be listed here.
    Several {
        candidates: Vec<Candidate>,
        total: u64,
    },
}

impl Choice {
    pub(super) fn of(mut found: Vec<Candidate>, total: u64) -> Self {
        match (found.len(), total) {
            (0, _) => Self::None,
            (1, 0..=1) => found.pop().map_or(Self::None, Self::One),
            _ => Self::Several {
                candidates: found,
                total,
            },
        }
    }

    /// What is meant by either.
    pub(super) fn or(self, other: Self) -> Self {
        let (mut found, total) = self.parts();
        let (others, more) = other.parts();
        let before = found.len();
        for one in others {
            if !found.contains(&one) {
                found.push(one);
            }
        }
        let added = u64::try_from(found.len() - before).unwrap_or(more);
        Self::of(found, total.saturating_add(added))
    }

    fn parts(self) -> (Vec<Candidate>, u64) {
        match self {
            Self::None => (Vec::new(), 0),
            Self::One(one) => (vec![one], 1),
            Self::Several { candidates, total } => (candidates, total),
        }
    }
}

/// The only one that is called so, or else, as it is written, or else the only one whose
/// name has it as a part. All that are called so are among those that were found.
pub(super) fn choose(wanted: &str, found: Vec<Candidate>, total: u64) -> Choice {
    let called: Vec<_> = found
        .iter()
        .filter(|one| one.is_called(wanted))
        .cloned()
        .collect();
    let same: Vec<_> = called.iter().filter(|one| one.name == wanted).collect();
    match (&*same, &*called) {
        ([one], _) => Choice::One((*one).clone()),
        (_, []) => Choice::of(found, total),
        (_, [..]) => {
            let total = u64::try_from(called.len()).unwrap_or(total);
            Choice::of(called, total)
        }
    }
}

/// The names that are nearest to this one, nearest first.
pub(super) fn nearest(wanted: &str, compared: &[Candidate]) -> Vec<Candidate> {
    let wanted = folded(wanted);
    let likeness = |one: &Candidate| likeness(&wanted, &folded(&one.name));
    most_alike(compared, likeness, |one| &one.name)
}

/// Those whose ids begin most like this, nearest first; or else all of them, if they are few.
pub(super) fn nearest_ids(wanted: &str, compared: &[Candidate]) -> Vec<Candidate> {
    let wanted = wanted.trim().to_lowercase();
    let likeness = |one: &Candidate| {
        let beginning: String = one.id.chars().take(wanted.chars().count()).collect();
        strsim::jaro_winkler(&wanted, &beginning)
    };
    let near = most_alike(compared, likeness, |one| &one.id);
    if near.is_empty() && compared.len() <= FEW {
        return compared.to_vec();
    }
    near
}

/// A few of those that are alike enough, each once, the most alike first and then in the order of a text.
fn most_alike(
    compared: &[Candidate],
    likeness: impl Fn(&Candidate) -> f64,
    text: fn(&Candidate) -> &str,
) -> Vec<Candidate> {
    let mut near: Vec<(f64, &Candidate)> = Vec::new();
    for one in compared {
        let likeness = likeness(one);
        if likeness >= NEAR_MIN && near.iter().all(|(_, other)| *other != one) {
            near.push((likeness, one));
        }
    }
    near.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| text(one).cmp(text(other))));
    let nearest = near.into_iter().take(NEAR_MAX);
    nearest.map(|(_, one)| one.clone()).collect()
}

/// How like a whole name is, or else one of its words.
fn likeness(wanted: &str, name: &str) -> f64 {
    let words = name.split_whitespace();
    let words = words.map(|word| strsim::jaro_winkler(wanted, word) * 0.95);
    words.fold(strsim::jaro_winkler(wanted, name), f64::max)
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Choice, choose, nearest, nearest_ids};

    #[test]
    fn a_slip_in_the_beginning_of_an_id_is_near_and_few_are_all_shown() {
        let all = |ids: &[&str]| -> Vec<_> {
            let one = |id: &&str| Candidate {
                id: (*id).to_owned(),
                name: String::new(),
                beside: String::new(),
            };
            ids.iter().map(one).collect()
        };
        let ids = [
            "3f2c9a01-1",
            "3f9e0000-2",
            "a0000000-3",
            "b1111111-4",
            "c2-5",
            "d3-6",
        ];
        let near = |wanted: &str, count: usize| {
            let near = nearest_ids(wanted, &all(&ids[..count]));
            near.into_iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert_eq!(near("3f2d", 6), ["3f2c9a01-1"]);
        assert_eq!(near(" F32C9a0", 6), ["3f2c9a01-1"]);
        assert_eq!(near("zzzz", 6), [""; 0]);
        assert_eq!(near("zzzz", 2), ["3f2c9a01-1", "3f9e0000-2"]);
        assert_eq!(near("a000", 2), ["3f2c9a01-1", "3f9e0000-2"]);
    }

    fn called(names: &[&str]) -> Vec<Candidate> {
        let one = |(index, name): (usize, &&str)| Candidate {
            id: index.to_string(),
            name: (*name).to_owned(),
            beside: String::new(),
        };
        names.iter().enumerate().map(one).collect()
    }

    fn chosen(wanted: &str, names: &[&str]) -> Vec<String> {
        let total = names.len().try_into().unwrap();
        let (found, _) = choose(wanted, called(names), total).parts();
        found.into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn a_whole_name_is_meant_before_a_part_of_one() {
        assert_eq!(chosen("ann", &["Joanna", "Ann"]), ["Ann"]);
        assert_eq!(chosen("ann", &["ANN", "Ann"]), ["ANN", "Ann"]);
        assert_eq!(chosen("Ann", &["ANN", "Ann"]), ["Ann"]);
        assert_eq!(chosen("STRASSE", &["Hauptstraße", "Straße"]), ["Straße"]);
        assert_eq!(chosen("zoe", &["Zoë", "Zoe\u{308}"]), ["Zoë", "Zoe\u{308}"]);
        assert_eq!(chosen("Zoë", &["Zoë", "Zoe"]), ["Zoë"]);
        assert_eq!(chosen("jo", &["Joanna"]), ["Joanna"]);
        assert_eq!(chosen("an", &["Joanna", "Ann"]), ["Joanna", "Ann"]);
    }

    #[test]
    fn a_name_as_it_is_written_is_meant_before_others_that_are_alike() {
        let names = ["Zoë", "Zoe", "ZOE", "Straße"];
        let called = |wanted: &str| super::called(&names, wanted, |one| one).len();
        assert_eq!(super::called(&names, " Zoë ", |one| one), [&"Zoë"]);
        assert_eq!(["zoe", "Zoe", "STRASSE", "stra"].map(called), [3, 1, 1, 0]);
    }

    #[test]
    fn one_of_many_that_were_not_read_is_not_the_only_one() {
        let found = called(&["Joanna"]);
        let expected = Choice::Several {
            candidates: found.clone(),
            total: 70,
        };
        assert_eq!(choose("an", found, 70), expected);
    }

    #[test]
    fn what_is_found_by_name_and_by_id_is_one() {
        let found = called(&["Beefeater"]);
        let one = Choice::of(found, 1);
        assert_eq!(one.clone().or(one.clone()), one);
        assert_eq!(one.clone().or(Choice::None), one);
        assert_eq!(Choice::None.or(one.clone()), one);
    }

    #[test]
    fn names_with_a_slip_are_near_and_others_are_not() {
        let all = ["Ann Smith", "Jane Doe", "Bob"];
        let near = |wanted: &str| -> Vec<_> {
            let near = nearest(wanted, &called(&all));
            near.into_iter().map(|one| one.name).collect()
        };
        assert_eq!(near("ann smiht"), ["Ann Smith"]);
        assert_eq!(near("Smiht"), ["Ann Smith"]);
        assert_eq!(near("Ánn Smiht"), ["Ann Smith"]);
        assert_eq!(near("Xyz"), Vec::<String>::new());
    }
}
