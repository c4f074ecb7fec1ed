//! T1–T3, T6: what a sync will replay, frozen when it is accepted.

use std::collections::BTreeMap;

use plansync_domain::ids::ComponentId;

use crate::attribute::{self, Attribute};
use crate::choose::{Chosen, Listed};
use crate::component::{Attributes, completed};
use crate::elements::Elements;
use crate::recent::{Difference, Kind};
use crate::request::{SyncRequest, SyncType};
use crate::value::Value;
use crate::world::World;

/// What becomes of one component on every target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing, for this reason.
    Nothing(&'static str),
    /// T1: created; where it is, what was set explicitly is replayed: values, and elements.
    Create(Attributes, Attributes, BTreeMap<Attribute, Elements>),
    /// T1: values set, elements added and removed.
    Update(Attributes, BTreeMap<Attribute, Elements>),
    /// Deleted.
    Delete,
    /// T2: overwritten, or created where it is not.
    Overwrite(Attributes),
    /// T3: these values, from the template.
    Select(Attributes),
}

/// One component of a change set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub component: ComponentId,
    /// Its name at the source, or its last.
    pub name: String,
    /// Its type.
    pub component_type: String,
    /// Whether the source has it from a template.
    pub from_template: bool,
    /// What is replayed.
    pub change: Change,
    /// O1: the source component's owner is the source learner's case owner.
    pub owner_is_case_owner: bool,
    /// T1: what a changed component was and is at the source, which is told with the change set.
    pub told: BTreeMap<Attribute, (Value, Value)>,
}

impl Entry {
    /// M2: under what it counts where no target was looked at.
    pub fn own_action(&self) -> &'static str {
        match self.change {
            Change::Create(..) => "create",
            Change::Delete => "delete",
            Change::Nothing(_) | Change::Update(..) | Change::Overwrite(_) | Change::Select(_) => {
                "synchronise"
            }
        }
    }
}

impl World {
    /// The change set of what was chosen, in order of component ids.
    pub fn build_change_set(&self, request: &SyncRequest, chosen: &Chosen) -> Vec<Entry> {
        let mut entries = Vec::new();
        for id in &chosen.components {
            let listed = chosen.listed.iter().find(|one| one.component.id == *id);
            entries.extend(listed.map(|listed| self.entry(request, chosen, listed)));
        }
        entries
    }

    fn entry(&self, request: &SyncRequest, chosen: &Chosen, listed: &Listed) -> Entry {
        let component = &listed.component;
        let mut component_type = component.component_type.clone();
        let change = match request.sync_type {
            SyncType::ChangesOnly => self.changes_only(listed),
            SyncType::AllAttributes => self.all_attributes(listed),
            SyncType::SelectedAttributes => {
                let of_template = self.template_component(request.programme, component.id);
                match of_template {
                    None => Change::Nothing("no_template"),
                    Some(of_template) => {
                        component_type.clone_from(&of_template.component_type);
                        let all = completed(&component_type, &of_template.attributes);
                        let chosen =
                            |(one, _): &(Attribute, Value)| request.attributes.contains(one);
                        Change::Select(all.into_iter().filter(chosen).collect())
                    }
                }
            }
        };
        let owner = component.owner();
        let mut told = BTreeMap::new();
        if let (Change::Update(..), Some(recent)) = (&change, &listed.recent) {
            for (attribute, difference) in &recent.differences {
                if *attribute != Attribute::MarkingAidExercise || self.marking_aid() {
                    let values = (difference.before.clone(), difference.after.clone());
                    told.insert(*attribute, values);
                }
            }
        }
        let creates = matches!(change, Change::Create(..) | Change::Overwrite(_));
        let names_owner =
            matches!(&change, Change::Update(set, _) if set.contains_key(&Attribute::Owner));
        Entry {
            component: component.id,
            name: component.name(),
            component_type,
            from_template: creates && component.from_template,
            change,
            owner_is_case_owner: (creates || names_owner)
                && owner.is_some()
                && owner == chosen.source.learner.case_owner,
            told,
        }
    }

    fn changes_only(&self, listed: &Listed) -> Change {
        let Some(recent) = &listed.recent else {
            return Change::Nothing("no_recent_change");
        };
        match recent.kind {
            Kind::Deleted => Change::Delete,
            Kind::Created => {
                let (set, elements) = self.replayed(&recent.explicit);
                Change::Create(self.offered(&listed.component.attributes), set, elements)
            }
            Kind::Updated => {
                let (set, elements) = self.replayed(&recent.differences);
                if set.is_empty() && elements.is_empty() {
                    // All that was changed is not replayed where Marking Aid is off.
                    return Change::Nothing("no_recent_change");
                }
                Change::Update(set, elements)
            }
        }
    }

    fn replayed(
        &self,
        differences: &BTreeMap<Attribute, Difference>,
    ) -> (Attributes, BTreeMap<Attribute, Elements>) {
        let mut set = Attributes::new();
        let mut elements = BTreeMap::new();
        for (attribute, difference) in differences {
            match &difference.elements {
                Some(own) => {
                    elements.insert(*attribute, own.clone());
                }
                None => {
                    set.insert(*attribute, difference.after.clone());
                }
            }
        }
        (self.offered(&set), elements)
    }

    fn all_attributes(&self, listed: &Listed) -> Change {
        let deleted = listed
            .recent
            .as_ref()
            .is_some_and(|one| one.kind == Kind::Deleted);
        if deleted {
            return Change::Delete;
        }
        let mut all = self.offered(&listed.component.attributes);
        all.retain(|attribute, _| attribute::in_all(*attribute));
        Change::Overwrite(all)
    }

    /// Where Marking Aid is off its attribute is not replayed.
    fn offered(&self, attributes: &Attributes) -> Attributes {
        let mut offered = attributes.clone();
        if !self.marking_aid() {
            offered.remove(&Attribute::MarkingAidExercise);
        }
        offered
    }
}
