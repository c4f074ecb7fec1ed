//! A history on which something fails, cut down to what the failure needs.

#![allow(clippy::wildcard_enum_match_arm)] // Most steps and edits have no parts.

use crate::ask::{Ask, Edit};
use crate::attribute::Attribute;
use crate::component::Attributes;
use crate::histories::Step;

/// The smallest history that leaving steps and edits out comes to while `fails` still says so.
pub fn shrink(history: Vec<Step>, mut fails: impl FnMut(&[Step]) -> bool) -> Vec<Step> {
    let mut history = history;
    loop {
        let before = history.len() + parts(&history);
        let mut size = history.len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            while at < history.len() {
                let mut fewer = history.clone();
                fewer.drain(at..(at + size).min(history.len()));
                if fails(&fewer) {
                    history = fewer;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
        history = with_fewer_parts(history, &mut fails);
        if history.len() + parts(&history) == before {
            return history;
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

fn with_fewer_parts(mut history: Vec<Step>, fails: &mut impl FnMut(&[Step]) -> bool) -> Vec<Step> {
    for step in 0..history.len() {
        let mut part = 0;
        loop {
            let mut fewer = history.clone();
            if !without(&mut fewer[step], part) {
                break;
            }
            if fails(&fewer) {
                history = fewer;
            } else {
                part += 1;
            }
        }
    }
    history
}
