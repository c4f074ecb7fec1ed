//! Compares the states of all tenants, without plans: records of administrators, learners and programmes, templates,
//! open records, syncs, versions of streams, and the lists that are derived from them.

use std::collections::BTreeSet;

use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, ProgrammeId, SessionId, SyncId, TenantId};
use plansync_domain::reference::administrator::Groups;
use plansync_domain::reference::directory::{Query, Statuses};
use plansync_domain::state::image::TenantImage;
use plansync_domain::state::tenant::Tenant;
use plansync_log::Read;
use rmpv::Value;
use uuid::Uuid;

use super::check::{CheckError, named};
use super::difference::{Difference, DifferenceKind, Place};
use super::rows::{Found, Step, first_difference, value_of};
use crate::codec;
use crate::recorded::open_error::OpenError;
use crate::state::State;

/// Compares what was replayed with what the engine answers from.
pub(super) fn compare(
    log: &dyn Read,
    replayed: &State,
    served: &State,
) -> Result<Option<Difference>, CheckError> {
    if replayed.clock() != served.clock() {
        let what = "the log time is another one".to_owned();
        return Ok(Some(of_no_stream(what)));
    }
    let mut names: Vec<&TenantId> = replayed.tenants().map(|(name, _)| name).collect();
    names.extend(served.tenants().map(|(name, _)| name));
    names.sort();
    names.dedup();
    for name in names {
        let sides = Sides {
            log,
            name,
            replayed: replayed.tenant(name),
            served: served.tenant(name),
        };
        if let Some(difference) = sides.compare()? {
            return Ok(Some(difference));
        }
    }
    let unknown = [replayed, served].map(|state| state.unknown().rejected_bytes());
    let what = "the bytes of rejected commands of unknown tenants are counted otherwise".to_owned();
    Ok((unknown[0] != unknown[1]).then(|| of_no_stream(what)))
}

/// One tenant on both sides.
struct Sides<'a> {
    log: &'a dyn Read,
    name: &'a TenantId,
    replayed: &'a Tenant,
    served: &'a Tenant,
}

impl Sides<'_> {
    fn compare(&self) -> Result<Option<Difference>, CheckError> {
        if let Some(learner) = self.other_learner() {
            let what = format!("the record of learner {learner} is another one");
            let stream = Some(Stream::Learner(learner));
            return self.difference(&what, stream).map(Some);
        }
        let images = [self.replayed, self.served].map(|tenant| value_of(&TenantImage::of(tenant)));
        let [replayed, served] = images;
        let encoding = CheckError::Encoding;
        let found = first_difference(&replayed.map_err(encoding)?, &served.map_err(encoding)?);
        if let Some(found) = found {
            return self.difference(&found.told(), stream_of(&found)).map(Some);
        }
        let list = self.other_list();
        list.map(|what| self.difference(&what, None)).transpose()
    }

    /// The first learner whose record or version differs. In an image, learners are packed.
    fn other_learner(&self) -> Option<LearnerId> {
        let (mut one, mut other) = (self.replayed.learners(), self.served.learners());
        loop {
            match (one.next(), other.next()) {
                (None, None) => return None,
                (Some(left), Some(right)) if left == right => {
                    let stream = Stream::Learner(left.0);
                    if self.replayed.version_of(&stream) != self.served.version_of(&stream) {
                        return Some(left.0);
                    }
                }
                (Some((left, _)), Some((right, _))) => return Some(left.min(right)),
                (Some((id, _)), None) | (None, Some((id, _))) => return Some(id),
            }
        }
    }

    /// The lists in the order of names, and the directory of learners by programme and by group.
    fn other_list(&self) -> Option<String> {
        let sides = [self.replayed, self.served];
        let differ = |[one, other]: [bool; 2]| one || other;
        let [one, other] =
            sides.map(|tenant| tenant.administrators_by_name().find("", 0, usize::MAX));
        if one != other {
            return Some("the administrators are listed otherwise".to_owned());
        }
        let [one, other] = sides.map(|tenant| tenant.programmes_by_name().find("", 0, usize::MAX));
        if one != other {
            return Some("the programmes are listed otherwise".to_owned());
        }
        let programmes = self
            .replayed
            .programmes()
            .map(|(programme, _)| Some(programme));
        let mut programmes = programmes.chain([None]);
        let found = programmes.find(|programme| {
            let [one, other] = sides.map(|tenant| listed(tenant, *programme));
            differ([
                one != other,
                one.len() != enrolled(self.replayed, *programme),
            ])
        });
        found.map(|programme| match programme {
            Some(programme) => {
                format!("the learners of programme {programme} are listed otherwise")
            }
            None => "the learners are listed otherwise".to_owned(),
        })
    }

    fn difference(&self, what: &str, stream: Option<Stream>) -> Result<Difference, CheckError> {
        let place = stream.map(|stream| {
            let versions = [self.replayed, self.served].map(|tenant| tenant.version_of(&stream));
            let version = versions.into_iter().find(|version| *version > 0);
            Place::find(self.log, self.name, &stream, version.unwrap_or(0))
        });
        let place = place.transpose().map_err(OpenError::from)?;
        Ok(Difference {
            kind: DifferenceKind::State,
            what: format!("{}: {what}", named(self.name)),
            place: place.flatten(),
        })
    }
}

/// The learners on a programme, or all, as the directory lists them.
fn listed(tenant: &Tenant, programme: Option<ProgrammeId>) -> Vec<LearnerId> {
    let query = Query {
        seen_with: &Groups::All,
        programme,
        statuses: Statuses::ALL,
        groups: &[],
        tutors: &[],
        search: "",
        except: &BTreeSet::new(),
    };
    tenant.directory().find(&query, 0, usize::MAX).learners
}

/// The number of learners on a programme, or of all, by their records.
fn enrolled(tenant: &Tenant, programme: Option<ProgrammeId>) -> usize {
    let on = tenant.learners().filter(|(_, record)| {
        programme.is_none_or(|programme| record.enrolment(programme).is_some())
    });
    on.count()
}

fn of_no_stream(what: String) -> Difference {
    Difference {
        kind: DifferenceKind::State,
        what,
        place: None,
    }
}

/// The stream that a part of a tenant's image is about.
fn stream_of(found: &Found) -> Option<Stream> {
    let (field, rest) = found.path.split_first()?;
    let Step::Key(Value::String(field)) = field else {
        return None;
    };
    let row = rest.iter().find_map(|step| match step {
        Step::Row(_, row) => Some(row),
        Step::Key(_) => None,
    });
    let key = row.and_then(Value::as_array).and_then(|row| row.first());
    let inner = |name: &str| get(row?, name);
    match field.as_str()? {
        "settings" => Some(Stream::Tenant),
        "administrators" => key?.as_str()?.parse().ok().map(Stream::Administrator),
        "programmes" | "templates" => Some(Stream::Programme(ProgrammeId::from_uuid(uuid(key?)?))),
        "plans" => Some(Stream::Plan(LearnerId::from_uuid(uuid(key?)?))),
        "moves" => {
            let key = rest.get(1)?;
            let Step::Key(learner) = key else { return None };
            Some(Stream::Learner(LearnerId::from_uuid(uuid(learner)?)))
        }
        "sessions" => Some(Stream::Record(SessionId::from_uuid(uuid(inner(
            "session",
        )?)?))),
        "syncs" => {
            let sync = get(inner("facts")?, "id").or_else(|| get(inner("facts")?, "sync"));
            Some(Stream::Sync(SyncId::from_uuid(uuid(sync?)?)))
        }
        "versions" => {
            let mut bytes = Vec::new();
            rmpv::encode::write_value(&mut bytes, key?).ok()?;
            codec::image::<Stream>(&bytes).ok()
        }
        _ => None,
    }
}

fn get<'a>(map: &'a Value, name: &str) -> Option<&'a Value> {
    let entries = map.as_map()?.iter();
    let mut found = entries.filter(|(key, _)| key.as_str() == Some(name));
    found.next().map(|(_, value)| value)
}

fn uuid(value: &Value) -> Option<Uuid> {
    Uuid::from_slice(value.as_slice()?).ok()
}
