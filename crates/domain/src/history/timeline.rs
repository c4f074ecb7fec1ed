//! When each field of a plan's components was set: built from the commits of the plan, one after the
//! other.
//!
//! A field is set by a commit if its value differs before and after the commit. A change that is taken
//! back by a later commit is therefore set by the later one; a change that the same commit takes back is
//! none.

use std::collections::BTreeMap;

use crate::history::field::{Field, Held};
use crate::history::plan_change::ChangeKind;
use crate::history::plan_step::{PlanStep, TouchedComponent};
use crate::ids::ComponentId;
use crate::ids::version::Version;

/// A commit that set a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The version of the plan that it made.
    pub version: Version,
    /// The value before it.
    pub before: Held,
}

/// The settings of every field of the components of one plan.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    settings: BTreeMap<(ComponentId, Field), Vec<Setting>>,
}

impl Timeline {
    /// Adds the next commit; `wanted` says whose settings are kept.
    pub fn add(&mut self, step: &PlanStep<'_>, wanted: impl Fn(ComponentId) -> bool) {
        for touched in step.touched() {
            if wanted(touched.component) {
                self.add_component(step, touched);
            }
        }
    }

    fn add_component(&mut self, step: &PlanStep<'_>, touched: TouchedComponent) {
        let TouchedComponent { component, change } = touched;
        let [before, after] = [step.before, step.after].map(|plan| plan.component(component));
        if change == ChangeKind::Deleted {
            self.set(component, Field::Component, step, Held::Present);
            return;
        }
        let Some(after) = after else { return };
        for field in Field::of_type(after.component_type()) {
            let was = field.held(step.learner, before, step.values);
            // Whatever a component comes with is set by the commit that it comes by.
            if was != field.held(step.learner, Some(after), step.values) {
                self.set(component, field, step, was);
            }
        }
    }

    fn set(&mut self, component: ComponentId, field: Field, step: &PlanStep<'_>, before: Held) {
        let setting = Setting {
            version: step.after.version(),
            before,
        };
        let settings = self.settings.entry((component, field)).or_default();
        settings.push(setting);
    }

    /// The commit that set a field to the value that it has at a version of the plan.
    pub fn setting(
        &self,
        component: ComponentId,
        field: Field,
        version: Version,
    ) -> Option<&Setting> {
        let settings = self.settings.get(&(component, field))?;
        let count = settings.partition_point(|setting| setting.version <= version);
        settings.get(count.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ComponentAdded, ComponentChanged, ComponentRemoved, Event, StatusSet};
    use crate::ids::Actor;
    use crate::ids::stream::Stream;
    use crate::plan::Plan;
    use crate::plan::status::Status;
    use crate::test_support::{Given, attributes, component, given, learner, named, programme};
    use crate::values::attribute::Attribute;

    const NAME: Field = Field::Attribute(Attribute::Name);
    const EVIDENCE_REQUIRED: Field = Field::Attribute(Attribute::EvidenceRequired);

    fn added(name: &str) -> Event {
        Event::ComponentAdded(ComponentAdded {
            case_owner: None,
            component: component(1),
            programme: programme(1),
            component_type: "exam".parse().unwrap(),
            attributes: named(name),
        })
    }

    fn renamed(name: &str) -> Event {
        Event::ComponentChanged(ComponentChanged {
            case_owner: None,
            component: component(1),
            set: named(name),
            reason: None,
        })
    }

    fn removed() -> Event {
        Event::ComponentRemoved(ComponentRemoved {
            component: component(1),
        })
    }

    /// The timeline of commits with these events, and the plan's last version.
    fn timeline(commits: &[&[Event]]) -> (Timeline, Given) {
        let (mut timeline, mut given) = (Timeline::default(), given());
        let mut before = Plan::default();
        for events in commits {
            given = given.commit(&Actor::System, &Stream::Plan(learner(1)), events);
            let after = Plan::clone(given.tenant.plan(learner(1)));
            let step = PlanStep {
                learner: learner(1),
                before: &before,
                after: &after,
                values: given.tenant.values(),
            };
            timeline.add(&step, |_| true);
            before = after;
        }
        (timeline, given)
    }

    fn set_by(timeline: &Timeline, field: Field, version: u32) -> Option<u32> {
        let setting = timeline.setting(component(1), field, Version::new(version));
        setting.map(|setting| setting.version.get())
    }

    #[test]
    fn a_field_is_set_by_the_last_commit_that_changed_it() {
        let more = Event::ComponentChanged(ComponentChanged {
            case_owner: None,
            component: component(1),
            set: attributes([(Attribute::EvidenceRequired, true.into())]),
            reason: None,
        });
        let (timeline, given) = timeline(&[&[added("One")], &[renamed("Two")], &[more]]);
        let at = |field| [0, 1, 2, 3].map(|version| set_by(&timeline, field, version));
        assert_eq!(at(NAME), [None, Some(1), Some(2), Some(2)]);
        assert_eq!(at(EVIDENCE_REQUIRED), [None, Some(1), Some(1), Some(3)]);
        assert_eq!(at(Field::Component), [None, Some(1), Some(1), Some(1)]);
        let last = timeline
            .setting(component(1), NAME, Version::new(3))
            .unwrap();
        let one = given.tenant.values().find_or_unknown(&"One".into());
        assert_eq!(last.before, Held::Value(one));
    }

    #[test]
    fn a_change_that_is_taken_back_is_set_by_who_took_it_back() {
        let (timeline, _) = timeline(&[&[added("One")], &[renamed("Two")], &[renamed("One")]]);
        assert_eq!(set_by(&timeline, NAME, 3), Some(3));
    }

    #[test]
    fn what_one_commit_changes_and_takes_back_it_does_not_set() {
        let both = [renamed("Two"), renamed("One")];
        let (timeline, _) = timeline(&[&[added("One")], &both]);
        assert_eq!(set_by(&timeline, NAME, 2), Some(1));
    }

    #[test]
    fn a_component_that_comes_again_comes_with_all_its_fields() {
        let done = Event::StatusSet(StatusSet {
            component: component(1),
            status: Status::Completed,
        });
        let (timeline, _) = timeline(&[&[added("One")], &[done], &[removed()], &[added("One")]]);
        let at = |field| [2, 3, 4].map(|version| set_by(&timeline, field, version));
        assert_eq!(at(Field::Component), [Some(1), Some(3), Some(4)]);
        assert_eq!(at(NAME), [Some(1), Some(1), Some(4)]);
        assert_eq!(at(Field::Status), [Some(2), Some(2), Some(4)]);
        let came = timeline.setting(component(1), Field::Status, Version::new(4));
        assert_eq!(came.unwrap().before, Held::Absent);
    }
}
