//! Plans whose commits are passed through, one by one, to find which of them set a field. A plan is passed
//! through once, up to the latest version that is asked for.

use std::collections::BTreeMap;

use plansync_domain::history::field::Field;
use plansync_domain::history::timeline::Timeline;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{ComponentId, LearnerId};

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::plan_at::PlanReplay;

/// Plans that are kept at a time. Beyond it, all are dropped, and passed through again when they are needed.
const PLANS_MAX: usize = 64;

/// A plan as far as it was passed through.
struct Passed<'r> {
    replay: PlanReplay<'r>,
    timeline: Timeline,
}

/// The plans that one request passed through.
pub(super) struct Timelines<'r> {
    reading: &'r Reading<'r>,
    plans: BTreeMap<LearnerId, Passed<'r>>,
}

impl<'r> Timelines<'r> {
    pub(super) fn new(reading: &'r Reading<'r>) -> Self {
        Self {
            reading,
            plans: BTreeMap::new(),
        }
    }

    /// The version of the commit that set a field to the value that it has at a version of a plan.
    pub(super) fn set_at(
        &mut self,
        learner: LearnerId,
        (component, field): (ComponentId, Field),
        version: Version,
    ) -> Result<Option<Version>, Refusal> {
        if self.plans.len() >= PLANS_MAX && !self.plans.contains_key(&learner) {
            self.plans.clear();
        }
        let passed = self.plans.entry(learner).or_insert_with(|| Passed {
            replay: PlanReplay::from_nothing(self.reading, learner),
            timeline: Timeline::default(),
        });
        let timeline = &mut passed.timeline;
        passed.replay.pass(version, |step, _, _| {
            timeline.add(step, |_| true);
            Ok(())
        })?;
        let setting = passed.timeline.setting(component, field, version);
        Ok(setting.map(|setting| setting.version))
    }
}
