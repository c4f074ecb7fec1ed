//! The ids of a day's history made the day's own, so that one college can have many days.

use plansync_domain::ids::{SessionId, SyncId};
use plansync_model::ask::Ask;
use plansync_model::histories::Step;
use uuid::Uuid;

/// The history with sessions and syncs of that day.
pub(super) fn history(mut history: Vec<Step>, day: u64) -> Vec<Step> {
    for step in &mut history {
        match step {
            Step::Ask(_, ask) => of_ask(ask, day),
            Step::Preview(_, request) => session(&mut request.session, day),
            Step::Confirm(_, id, request, _) => {
                sync(id, day);
                session(&mut request.session, day);
            }
            Step::Look(_, id, ..) => session(id, day),
            Step::Work | Step::Pass(_) => {}
        }
    }
    history
}

fn of_ask(ask: &mut Ask, day: u64) {
    match ask {
        Ask::OpenRecord { session: id, .. } | Ask::CloseRecord { session: id } => session(id, day),
        Ask::StartSync { sync: id, request } => {
            sync(id, day);
            session(&mut request.session, day);
        }
        Ask::CancelSync { sync: id } => sync(id, day),
        Ask::PutTenant(_)
        | Ask::PutAdministrator(_)
        | Ask::RemoveAdministrator { .. }
        | Ask::PutLearner(_)
        | Ask::EraseLearner { .. }
        | Ask::HoldLearner { .. }
        | Ask::ReleaseLearner { .. }
        | Ask::PutProgramme(_)
        | Ask::PutTemplate { .. }
        | Ask::RemoveTemplate { .. }
        | Ask::Instantiate { .. }
        | Ask::Edit { .. } => {}
    }
}

fn session(id: &mut SessionId, day: u64) {
    *id = SessionId::from_uuid(of_day(id.as_uuid(), day));
}

fn sync(id: &mut SyncId, day: u64) {
    *id = SyncId::from_uuid(of_day(id.as_uuid(), day));
}

fn of_day(id: &Uuid, day: u64) -> Uuid {
    Uuid::from_u128(id.as_u128() | (u128::from(day) << 64))
}
