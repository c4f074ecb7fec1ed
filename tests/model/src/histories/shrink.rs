//! A history that they disagree on, cut down to what the disagreement needs.

use plansync_model::ask::{Ask, Edit};
use plansync_model::attribute::Attribute;
use plansync_model::component::Attributes;

use crate::compare::{Disagreement, compare};
use crate::history::Step;

/// The smallest that leaving steps and edits out comes to, and its disagreement.
pub(crate) fn shrink(history: Vec<Step>, first: Disagreement) -> (Vec<Step>, Disagreement) {
    let kind = kind(&first);
    let (mut history, mut found) = (history, first);
    loop {
        let before = history.len() + parts(&history);
        let mut size = history.len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            while at < history.len() {
                let mut fewer = history.clone();
                fewer.drain(at..(at + size).min(history.len()));
                match fails(&fewer, &kind) {
                    Some(disagreement) => (history, found) = (fewer, disagreement),
                    None => at += size,
                }
            }
            size /= 2;
        }
        (history, found) = with_fewer_parts(history, found, &kind);
        if history.len() + parts(&history) == before {
            return (history, found);
        }
    }
}

/// How many parts a history has that could be left out one by one.
fn parts(history: &[Step]) -> usize {
    history.iter().map(|step| parts_of(&mut step.clone())).sum()
}

fn parts_of(step: &mut Step) -> usize {
    let mut count = 0;
    while without(&mut step.clone(), count) {
        count += 1;
    }
    count
}

/// Leaves one part out of a step: an edit, an attribute, a template's component. Says whether
/// there was one of that number.
fn without(step: &mut Step, mut part: usize) -> bool {
    match step {
        Step::Ask(_, Ask::PutTemplate { components, .. }) => {
            if components.len() > 1 {
                if part < components.len() {
                    components.remove(part);
                    return true;
                }
                part -= components.len();
            }
            for one in components {
                if take(&mut one.attributes, &mut part) {
                    return true;
                }
            }
            false
        }
        Step::Ask(_, Ask::Edit { edits, .. }) => {
            if edits.len() > 1 {
                if part < edits.len() {
                    edits.remove(part);
                    return true;
                }
                part -= edits.len();
            }
            for edit in edits {
                let given = match edit {
                    Edit::Add { attributes, .. } | Edit::Readd { attributes, .. } => attributes,
                    Edit::Change { set, .. } => set,
                    _other => continue,
                };
                if take(given, &mut part) {
                    return true;
                }
            }
            false
        }
        _other => false,
    }
}

/// Takes the attribute of that number out, or counts those that there are.
fn take(given: &mut Attributes, part: &mut usize) -> bool {
    let may: Vec<Attribute> = given.keys().copied().collect();
    if let Some(attribute) = may.get(*part) {
        return given.remove(attribute).is_some();
    }
    *part -= may.len();
    false
}

fn with_fewer_parts(
    history: Vec<Step>,
    found: Disagreement,
    kind: &str,
) -> (Vec<Step>, Disagreement) {
    let (mut history, mut found) = (history, found);
    for step in 0..history.len() {
        let mut part = 0;
        loop {
            let mut fewer = history.clone();
            if !without(&mut fewer[step], part) {
                break;
            }
            match fails(&fewer, kind) {
                Some(disagreement) => (history, found) = (fewer, disagreement),
                None => part += 1,
            }
        }
    }
    (history, found)
}

/// What a disagreement is about, so that cutting down does not wander off to another.
fn kind(disagreement: &Disagreement) -> String {
    let mut lines = disagreement.lines();
    let first = lines.next().unwrap_or_default();
    let refusals = lines.filter(|line| line.contains(": refused "));
    let about = first.split(": ").nth(1).unwrap_or(first);
    std::iter::once(about).chain(refusals).collect()
}

/// A history that breaks off in a panic fails too.
fn fails(history: &[Step], about: &str) -> Option<Disagreement> {
    let found = crate::run::guarded(|| compare(history)).err();
    found.filter(|found| kind(found) == about)
}
