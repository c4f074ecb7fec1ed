//! The metrics, by name, type, unit, labels and meaning.
//!
//! Every family is there from the start, without samples while there is nothing to tell. Labels have values of closed
//! lists only: nothing grows with tenants, learners or what is sent.

#[cfg(test)]
mod documentation;
pub(super) mod family;
mod log;
mod process;
mod requests;
mod syncs;

use family::Family;

use super::health::Health;
use super::observer::Observation;

/// All families, with what was observed.
pub(super) fn families(observed: &Observation) -> Vec<Family> {
    let serving = observed.serving.as_ref();
    let sample = observed.sample.as_ref();
    let health = Health::of(observed);
    let all = [
        process::health(&health),
        requests::families(serving),
        log::families(serving, sample),
        log::relay(serving, sample),
        syncs::families(serving),
        syncs::plans(serving),
        process::families(observed),
    ];
    all.into_iter().flatten().collect()
}
