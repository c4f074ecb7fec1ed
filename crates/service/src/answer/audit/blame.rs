//! The read `audit.blame`.

use plansync_domain::history::field::{Field, ReviewState};
use plansync_domain::ids::version::Version;
use plansync_domain::values::attribute::Attribute;
use plansync_engine::Refusal;
use plansync_engine::read::{BlameQuery, BlamedField, FieldValue, Part, Reading};
use plansync_protocol::audit as wire;
use plansync_protocol::{self as protocol, AttributeValue, DecodeError, Position};

use super::origin::origins;
use super::parts::{fitting, next, point, point_name, slice};
use crate::answer::plan_change::review_side;
use crate::answer::value;
use crate::catalogue::Reads;
use crate::words::ToWire;

impl Reads for protocol::AuditBlame {
    fn check(body: &wire::GetAuditBlame) -> Result<(), DecodeError> {
        body.at.map_or(Ok(()), |at| at.check("at"))
    }

    fn answer(
        reading: &Reading<'_>,
        body: wire::GetAuditBlame,
    ) -> Result<wire::AuditBlamePage, Refusal> {
        let slice = slice(body.after.map(|after| after.skip), body.limit);
        let pinned = body.after.map(|after| Version::of_stream(after.version.0));
        let query = BlameQuery {
            component: body.component,
            field: body.attribute.map(field),
        };
        let at = body.at.and_then(point_name);
        let blame = reading.audit_blame(body.learner, query, at, pinned, slice)?;
        let items = fitting(Part {
            items: blame.fields.items.into_iter().map(blamed).collect(),
            more: blame.fields.more,
        });
        Ok(wire::AuditBlamePage {
            learner: body.learner,
            point: point(&blame.point),
            next: next(&blame.point, slice.skip, &items),
            items: items.items,
            position: Position(reading.position().get()),
        })
    }
}

fn blamed(blamed: BlamedField) -> wire::BlamedField {
    wire::BlamedField {
        component: blamed.component,
        name: blamed.name.to_string(),
        attribute: named(blamed.field),
        value: shown(&blamed.value, blamed.field),
        before: (blamed.before != FieldValue::Absent || blamed.field == Field::Component)
            .then(|| shown(&blamed.before, blamed.field)),
        review: review(&blamed.value).map(review_side),
        review_before: review(&blamed.before).map(review_side),
        origins: origins(blamed.origins),
    }
}

fn shown(given: &FieldValue, field: Field) -> AttributeValue {
    match given {
        FieldValue::Absent if field == Field::Component => AttributeValue::Bool(false),
        FieldValue::Absent => AttributeValue::Null,
        FieldValue::Present => AttributeValue::Bool(true),
        FieldValue::Value(given) => value(given),
        FieldValue::Status(status) => AttributeValue::Text(status.wire().to_string()),
        FieldValue::Evidence(count) => AttributeValue::Integer(i64::from(*count)),
        FieldValue::Review(review) => AttributeValue::Text(review.status.wire().to_string()),
    }
}

fn review(value: &FieldValue) -> Option<ReviewState> {
    if let FieldValue::Review(review) = value {
        Some(*review)
    } else {
        None
    }
}

macro_rules! fields {
    ($($attribute:ident),+ $(,)?) => {
        fn named(field: Field) -> wire::BlamedAttribute {
            match field {
                Field::Component => wire::BlamedAttribute::Component,
                Field::Status => wire::BlamedAttribute::Status,
                Field::Evidence => wire::BlamedAttribute::EvidenceSubmitted,
                Field::Review => wire::BlamedAttribute::Review,
                $(Field::Attribute(Attribute::$attribute) => wire::BlamedAttribute::$attribute,)+
            }
        }

        fn field(named: wire::BlamedAttribute) -> Field {
            match named {
                wire::BlamedAttribute::Component => Field::Component,
                wire::BlamedAttribute::Status => Field::Status,
                wire::BlamedAttribute::EvidenceSubmitted => Field::Evidence,
                wire::BlamedAttribute::Review => Field::Review,
                $(wire::BlamedAttribute::$attribute => Field::Attribute(Attribute::$attribute),)+
            }
        }
    };
}

fields! {
    Name, DueDate, CompletionMode, Criteria, Instructions, EvidenceRequired, MinEvidence, Documents,
    DeliveryViaOrganisation, DeliveryViaEmployer, MarkingAidExercise, PlannedForQa, ReviewType, ReviewAt, Owner,
}
