//! Builds a change set: the entry of each selected component, according to the type of the sync
//! (T1–T3), from the source plan and the template. No target is read.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{ComponentId, ComponentType};
use crate::plan::ComponentView;
use crate::plan::naming;
use crate::recent::change::RecentChange;
use crate::recent::change::RecentKind;
use crate::reference::template::TemplateContent;
use crate::selection::source::Source;
use crate::sync::change_set::{Change, ChangeSet, Entry, Whole};
use crate::sync::request::{SyncKind, SyncRequest};
use crate::text::personal::Personal;
use crate::values::attribute::{Attribute, AttributeSet};
use crate::values::attributes::AttributeMap;
use crate::values::difference::Difference;
use crate::values::value::Value;

/// The change set of these components, from the present source and template.
pub(crate) fn change_set(
    source: &Source<'_>,
    request: &SyncRequest,
    components: &BTreeSet<ComponentId>,
    recent: &BTreeMap<ComponentId, RecentChange>,
) -> ChangeSet {
    let entries = components.iter().filter_map(|component| {
        let view = source.plan.component(*component);
        let subject = Subject::new(source, view, recent.get(component))?;
        Some(subject.entry(request))
    });
    ChangeSet::new(entries.collect())
}

/// One selected component: it is on the source plan, or was recently deleted from it.
struct Subject<'a> {
    source: &'a Source<'a>,
    component: ComponentId,
    view: Option<ComponentView<'a>>,
    recent: Option<&'a RecentChange>,
    name: Personal,
    component_type: ComponentType,
}

impl<'a> Subject<'a> {
    fn new(
        source: &'a Source<'a>,
        view: Option<ComponentView<'a>>,
        recent: Option<&'a RecentChange>,
    ) -> Option<Self> {
        let (component, name, component_type) = match (view, recent) {
            (Some(view), _) => (
                view.component(),
                naming::name(view, source.tenant.values()),
                view.component_type().clone(),
            ),
            (None, Some(recent)) => (
                recent.component,
                recent.name.clone(),
                recent.component_type.clone(),
            ),
            (None, None) => return None,
        };
        Some(Self {
            source,
            component,
            view,
            recent,
            name,
            component_type,
        })
    }

    fn entry(self, request: &SyncRequest) -> Entry {
        let change = match request.kind {
            SyncKind::ChangesOnly => self.recent_change(request.kind),
            SyncKind::AllAttributes => self.every_attribute(request.kind),
            SyncKind::SelectedAttributes => self.template_values(request),
        };
        let template = self.template(request);
        // The values of T3 are those of the template's component, and so is the type that they must
        // fit.
        let template_type = template.filter(|_| request.kind.replays_template());
        let template_type = template_type.and_then(|template| {
            let row = template.row(self.component)?;
            Some(template.shape().entry(row).component_type.clone())
        });
        // Only a target that lacks the component, and gets it, needs this.
        let creates = matches!(change, Change::Create(_) | Change::Overwrite(_));
        Entry {
            component: self.component,
            from_template: creates && self.view.is_some_and(ComponentView::from_template),
            name: self.name,
            component_type: template_type.unwrap_or(self.component_type),
            change,
        }
    }

    fn recent_change(&self, kind: SyncKind) -> Change {
        match (self.view, self.recent) {
            (_, None) => Change::NoRecentChange,
            (Some(view), Some(recent)) if recent.kind == RecentKind::Created => {
                Change::Create(Whole {
                    explicit: Some(Difference {
                        // A component that did not exist had no value.
                        before: AttributeMap::new(),
                        ..self.offered(view, recent.explicit.clone())
                    }),
                    ..self.whole(view, kind)
                })
            }
            (None, Some(_)) => Change::Delete,
            (Some(view), Some(recent)) => {
                let difference = self.offered(view, recent.difference.clone());
                if difference.is_empty() {
                    Change::NoRecentChange
                } else {
                    Change::Update(difference)
                }
            }
        }
    }

    /// The part of a recent change that is replayed, and what its owner stands for (O4).
    fn offered(&self, view: ComponentView<'_>, difference: Difference) -> Difference {
        let offered = if self.source.tenant.marking_aid() {
            difference
        } else {
            difference.without(Attribute::MarkingAidExercise)
        };
        let names_owner = offered.after.contains(Attribute::Owner);
        Difference {
            owner_is_case_owner: names_owner && self.owner_is_case_owner(view),
            ..offered
        }
    }

    fn every_attribute(&self, kind: SyncKind) -> Change {
        match self.view {
            Some(view) => Change::Overwrite(self.whole(view, kind)),
            None => Change::Delete,
        }
    }

    fn whole(&self, view: ComponentView<'_>, kind: SyncKind) -> Whole {
        let tenant = self.source.tenant;
        let fits = |attribute: &Attribute| {
            kind.replays(*attribute)
                && attribute.fits(view.component_type())
                && (*attribute != Attribute::MarkingAidExercise || tenant.marking_aid())
        };
        let attributes = Attribute::ALL.into_iter().filter(fits);
        let value = |attribute| tenant.values().get(view.value(attribute)).clone();
        Whole {
            attributes: attributes
                .map(|attribute| (attribute, value(attribute)))
                .collect(),
            owner_is_case_owner: self.owner_is_case_owner(view),
            explicit: None,
        }
    }

    /// O1 concerns an owner and a case owner that are known and equal.
    fn owner_is_case_owner(&self, view: ComponentView<'_>) -> bool {
        let source = self.source.tenant.learner(self.source.learner);
        let case_owner = source.and_then(|learner| learner.case_owner.clone());
        let owner = self
            .source
            .tenant
            .values()
            .get(view.value(Attribute::Owner));
        case_owner.is_some_and(|case_owner| *owner == Value::Administrator(case_owner))
    }

    fn template(&self, request: &SyncRequest) -> Option<&'a TemplateContent> {
        let template = self.source.tenant.template(request.programme);
        template.map(|template| &**template)
    }

    fn template_values(&self, request: &SyncRequest) -> Change {
        let Some(template) = self.template(request) else {
            return Change::NoTemplate;
        };
        match template.row(self.component) {
            None => Change::NoTemplate,
            Some(row) => {
                let value = |attribute| template.value(row, attribute);
                let attributes = self.values(request.attributes, value);
                Change::Select { attributes }
            }
        }
    }

    fn values(
        &self,
        attributes: AttributeSet,
        id: impl Fn(Attribute) -> crate::values::ValueId,
    ) -> AttributeMap {
        let values = self.source.tenant.values();
        attributes
            .iter()
            .map(|attribute| (attribute, values.get(id(attribute)).clone()))
            .collect()
    }
}
