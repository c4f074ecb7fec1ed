//! The read `audit.why`.

use plansync_domain::ids::{AdministratorId, ComponentId};
use plansync_domain::selection::left_out::LeftOut;
use plansync_engine::Refusal;
use plansync_engine::read::{
    JudgedOn, OutcomeWord, Part, Reached, Reading, Why, WhyItem, WhyQuery,
};
use plansync_log::Position;
use plansync_protocol::audit as wire;
use plansync_protocol::{self as protocol, OwnerRule};

use super::parts::{fitting, take};
use super::sentence::{self, Effect};
use crate::answer::reference::{enrolment, groups, permissions};
use crate::answer::sync::warnings;
use crate::answer::version;
use crate::catalogue::Reads;
use crate::words::ToWire;

impl Reads for protocol::AuditWhy {
    fn answer(
        reading: &Reading<'_>,
        body: wire::GetAuditWhy,
    ) -> Result<wire::AuditDecision, Refusal> {
        let query = WhyQuery {
            sync: body.sync,
            learner: body.learner,
            component: body.component,
            after: body.after,
            take: take(body.limit),
        };
        let why = reading.audit_why(&query)?;
        Ok(decision(&query, why))
    }
}

fn decision(query: &WhyQuery, why: Why) -> wire::AuditDecision {
    let by = why.requested_by;
    let are_all = query.component.is_none() && query.after.is_none() && !why.items.more;
    let effect = Effect::of(&why.items.items, are_all);
    let sentence = sentence::reached(&why.reached, effect, &by);
    let items = why.items.items.iter().map(|item| decided(item, &by));
    let items = fitting(Part {
        items: items.collect(),
        more: why.items.more,
    });
    let last = items
        .items
        .last()
        .map(|item: &wire::DecidedComponent| item.component);
    let next: Option<ComponentId> = last.filter(|_| items.more);
    let wire_position = |position: Position| protocol::Position(position.get());
    let (reached, positions) = match &why.reached {
        Reached::NotSelected { judged_at, .. } => {
            (wire::Reached::NotSelected, (None, Some(*judged_at)))
        }
        Reached::Waiting => (wire::Reached::Waiting, (None, None)),
        Reached::Cancelled {
            position,
            judged_at,
        } => (
            wire::Reached::Cancelled,
            (Some(*position), Some(*judged_at)),
        ),
        Reached::Judged {
            position,
            judged_at,
            ..
        } => (wire::Reached::Judged, (Some(*position), Some(*judged_at))),
    };
    let (is_source, cause, left_out) = match why.reached {
        Reached::NotSelected { left_out, .. } => (false, None, left_out),
        Reached::Judged {
            is_source, cause, ..
        } => (is_source, cause, Vec::new()),
        Reached::Waiting | Reached::Cancelled { .. } => (false, None, Vec::new()),
    };
    wire::AuditDecision {
        sync: query.sync,
        learner: query.learner,
        listed: reached != wire::Reached::NotSelected,
        source: is_source,
        reached,
        sentence,
        position: positions.0.map(wire_position),
        judged_at: positions.1.map(wire_position),
        judged_on: why.judged_on.as_ref().map(judged_on),
        excluded_by: left_out
            .into_iter()
            .map(|rule| excluded(rule, &by))
            .collect(),
        requested_by: by,
        cause,
        items: items.items,
        next,
    }
}

fn judged_on(on: &JudgedOn) -> wire::JudgedOn {
    let learner = on.learner.as_ref();
    let administrator = on.administrator.as_ref();
    let enrolments = learner.map(|learner| learner.enrolments.iter().map(enrolment).collect());
    wire::JudgedOn {
        plan_version: version(on.plan_version),
        groups: learner
            .map(|learner| learner.groups.clone())
            .unwrap_or_default(),
        enrolments: enrolments.unwrap_or_default(),
        case_owner: learner.and_then(|learner| learner.case_owner.clone()),
        permissions: administrator.map(|one| permissions(one.permissions)),
        groups_viewed: administrator.map(|one| groups(&one.groups)),
        marking_aid: on.settings.is_some_and(|settings| settings.marking_aid),
        owner_rule: on
            .settings
            .map_or(OwnerRule::Keep, |settings| settings.owner_rule.wire()),
    }
}

fn excluded(rule: LeftOut, by: &AdministratorId) -> wire::Excluded {
    wire::Excluded {
        rule: match rule {
            LeftOut::NotListed => wire::SelectionRule::NotListed,
            LeftOut::Unknown => wire::SelectionRule::Unknown,
            LeftOut::NotSeen => wire::SelectionRule::NotVisible,
            LeftOut::Source => wire::SelectionRule::Source,
            LeftOut::NotOnProgramme => wire::SelectionRule::NotOnProgramme,
            LeftOut::ProgrammeStatusExcluded => wire::SelectionRule::ProgrammeStatusExcluded,
            LeftOut::ProgrammeStatuses => wire::SelectionRule::ProgrammeStatuses,
            LeftOut::Groups => wire::SelectionRule::Groups,
            LeftOut::Tutors => wire::SelectionRule::Tutors,
            LeftOut::Search => wire::SelectionRule::Search,
            LeftOut::SearchErased => wire::SelectionRule::SearchErased,
            LeftOut::Except => wire::SelectionRule::Except,
        },
        sentence: sentence::left_out(rule, by),
    }
}

fn decided(item: &WhyItem, by: &AdministratorId) -> wire::DecidedComponent {
    let outcome = item.pair_outcome.outcome();
    wire::DecidedComponent {
        component: item.component,
        name: item.name.to_string(),
        action: item.pair_outcome.action().wire(),
        outcome: OutcomeWord::of(outcome).wire(),
        reason: outcome.reason().map(ToWire::wire),
        warnings: warnings(item.pair_outcome),
        status: item.status.map(ToWire::wire),
        missing_permissions: item.missing.iter().copied().map(ToWire::wire).collect(),
        sentence: sentence::decided(item, by),
    }
}
