//! Reads of reference data other than learners and templates, for `system` and those whom P1 permits it, and
//! `actor.get`, for every admitted actor.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::decide::record::can_sync;
use plansync_domain::ids::{Actor, AdministratorId, ComponentType, ProgrammeId};
use plansync_domain::permission::PermissionSet;
use plansync_domain::reference::administrator::{Administrator, Groups};
use plansync_domain::reference::programme::Programme;
use plansync_domain::reference::settings::TenantSettings;
use plansync_domain::text::personal::Personal;
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::attributes::AttributeMap;
use plansync_domain::values::{ValueId, Values};

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::window::{Listed, Window};

/// A programme as `system` put it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownProgramme<'a> {
    /// The programme's id.
    pub id: ProgrammeId,
    /// The programme's record.
    pub record: &'a Programme,
    /// The number of components in its template.
    pub template_components: usize,
}

/// The actor, as `actor.get` describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Myself {
    /// The administrator, or `system`.
    pub actor: Actor,
    /// The actor's name.
    pub name: Personal,
    /// The actor's permissions; `system` needs none and holds none.
    pub permissions: PermissionSet,
    /// The groups whose learners the actor may see (P8).
    pub groups: Groups,
    /// Whether the actor may synchronise at all (P6).
    pub can_sync: bool,
}

impl Reading<'_> {
    /// `tenant.get`: `not_permitted`.
    pub fn settings(&self) -> Result<TenantSettings, Refusal> {
        self.check_reference_reader()?;
        Ok(*self.tenant().settings().ok_or(Rejection::TenantNotFound)?)
    }

    /// `administrator.get`: `not_permitted`, `administrator_not_found`.
    pub fn administrator(&self, id: &AdministratorId) -> Result<&Administrator, Refusal> {
        self.check_reference_reader()?;
        let found = self.tenant().administrator(id);
        Ok(found.ok_or_else(|| Rejection::AdministratorNotFound(id.clone()))?)
    }

    /// `administrator.list`, by name, then id: `not_permitted`.
    pub fn administrators(
        &self,
        search: &str,
        window: Window,
    ) -> Result<Listed<(&AdministratorId, &Administrator)>, Refusal> {
        self.check_reference_reader()?;
        let tenant = self.tenant();
        let names = tenant.administrators_by_name();
        let (total, found) = names.find(search, window.skip, window.count_max());
        let known = |id| Some((id, tenant.administrator(id)?));
        let items = found.into_iter().filter_map(known).collect();
        Ok(Listed { total, items })
    }

    /// `administrator.names`, for every admitted actor: an administrator's name, if the administrator exists.
    pub fn name_of(&self, actor: &Actor) -> Option<Personal> {
        match actor.administrator() {
            None => Some(system().name),
            Some(id) => Some(self.tenant().administrator(id)?.name.clone()),
        }
    }

    /// `programme.get`: `not_permitted`, `programme_not_found`.
    pub fn programme(&self, id: ProgrammeId) -> Result<KnownProgramme<'_>, Refusal> {
        self.check_reference_reader()?;
        let found = self.tenant().programme(id);
        Ok(self.known_programme(id, found.ok_or(Rejection::ProgrammeNotFound(id))?))
    }

    /// `programme.list`, by name, then id: `not_permitted`.
    pub fn programmes(
        &self,
        search: &str,
        window: Window,
    ) -> Result<Listed<KnownProgramme<'_>>, Refusal> {
        self.check_reference_reader()?;
        let tenant = self.tenant();
        let names = tenant.programmes_by_name();
        let (total, found) = names.find(search, window.skip, window.count_max());
        let known = |id: &ProgrammeId| Some(self.known_programme(*id, tenant.programme(*id)?));
        let items = found.into_iter().filter_map(known).collect();
        Ok(Listed { total, items })
    }

    fn known_programme<'b>(&'b self, id: ProgrammeId, record: &'b Programme) -> KnownProgramme<'b> {
        let template = self.tenant().template(id);
        let template_components = template.map_or(0, |template| template.len());
        KnownProgramme {
            id,
            record,
            template_components,
        }
    }

    /// `actor.get`, for every admitted actor.
    pub fn myself(&self) -> Result<Myself, Refusal> {
        let Some(id) = self.actor.administrator() else {
            return Ok(system());
        };
        let known = self
            .tenant()
            .administrator(id)
            .ok_or(Rejection::UnknownActor)?;
        Ok(Myself {
            actor: self.actor.clone(),
            name: known.name.clone(),
            permissions: known.permissions,
            groups: known.groups.clone(),
            can_sync: can_sync(self.tenant(), id),
        })
    }
}

/// `system` has no open record, and therefore nothing to synchronise from.
fn system() -> Myself {
    Myself {
        actor: Actor::System,
        name: Personal::from(Actor::System.as_str()),
        permissions: PermissionSet::EMPTY,
        groups: Groups::All,
        can_sync: false,
    }
}

/// The attributes that components of a type have.
pub(super) fn attributes(
    values: &Values,
    component_type: &ComponentType,
    value: impl Fn(Attribute) -> ValueId,
) -> AttributeMap {
    let fitting = Attribute::ALL
        .into_iter()
        .filter(|attribute| attribute.fits(component_type));
    fitting
        .map(|attribute| (attribute, values.get(value(attribute)).clone()))
        .collect()
}
