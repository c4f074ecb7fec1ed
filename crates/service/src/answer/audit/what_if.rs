//! The read `audit.what-if`.

use plansync_domain::ids::AdministratorId;
use plansync_domain::permission::PermissionSet;
use plansync_engine::Refusal;
use plansync_engine::read::{
    OutcomeWord, Part, Reading, WhatIf, WhatIfItem, WhatIfPlace, WhatIfQuery, WhyItem,
};
use plansync_protocol::audit as wire;
use plansync_protocol::{self as protocol, Permission, Position};

use super::parts::{fitting, take};
use super::sentence;
use crate::answer::sync::warnings;
use crate::ask::sync::status_filter;
use crate::catalogue::Reads;
use crate::words::{ToDomain, ToWire};

impl Reads for protocol::AuditWhatIf {
    fn answer(
        reading: &Reading<'_>,
        body: wire::GetAuditWhatIf,
    ) -> Result<wire::AuditWhatIfPage, Refusal> {
        let query = WhatIfQuery {
            sync: body.sync,
            judged_as: body.judged_as,
            with: permissions(&body.with),
            without: permissions(&body.without),
            statuses: body.statuses.as_deref().map(status_filter),
            after: body.after.map(|after| WhatIfPlace {
                learner: after.learner,
                component: after.component,
            }),
            take: take(body.limit),
        };
        Ok(page(&query, reading.audit_what_if(&query)?))
    }
}

fn permissions(permissions: &[Permission]) -> PermissionSet {
    permissions.iter().map(|one| one.domain()).collect()
}

fn page(query: &WhatIfQuery, what_if: WhatIf) -> wire::AuditWhatIfPage {
    let (by, judged_as) = (what_if.requested_by, what_if.judged_as);
    let items = what_if.items.iter();
    let items = fitting(Part {
        items: items
            .map(|item| difference(item, &by, &judged_as))
            .collect(),
        more: false,
    });
    // Where the part was cut, the list goes on behind its last item.
    let cut = items.items.last().filter(|_| items.more);
    let cut = cut.map(|item| wire::WhatIfCursor {
        learner: item.learner,
        component: Some(item.component),
    });
    wire::AuditWhatIfPage {
        sync: query.sync,
        requested_by: by,
        judged_as,
        state: what_if.status.wire(),
        next: cut.or(what_if.next.map(cursor)),
        items: items.items,
    }
}

const fn cursor(place: WhatIfPlace) -> wire::WhatIfCursor {
    wire::WhatIfCursor {
        learner: place.learner,
        component: place.component,
    }
}

fn difference(
    item: &WhatIfItem,
    by: &AdministratorId,
    judged_as: &AdministratorId,
) -> wire::WhatIfDifference {
    wire::WhatIfDifference {
        learner: item.learner,
        component: item.recorded.component,
        name: item.recorded.name.to_string(),
        position: Position(item.position.get()),
        judged_at: Position(item.judged_at.get()),
        status: item.recorded.status.map(ToWire::wire),
        recorded: decision(&item.recorded, by),
        hypothetical: decision(&item.hypothetical, judged_as),
    }
}

fn decision(item: &WhyItem, by: &AdministratorId) -> wire::ComponentDecision {
    let outcome = item.pair_outcome.outcome();
    wire::ComponentDecision {
        action: item.pair_outcome.action().wire(),
        outcome: OutcomeWord::of(outcome).wire(),
        reason: outcome.reason().map(ToWire::wire),
        warnings: warnings(item.pair_outcome),
        missing_permissions: item.missing.iter().copied().map(ToWire::wire).collect(),
        sentence: sentence::decided(item, by),
    }
}
