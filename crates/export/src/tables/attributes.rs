//! The attributes of a component as columns, one for each attribute.

use plansync_protocol::{AttributeName, AttributeValue, Attributes, Word as _};

use crate::model::{Cell, Column, Field, Heading, Kind, one_line, value_text};

/// The attributes of a component. Each is a column of its own, which is null if the component does not have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeCells(pub Attributes);

impl Field for AttributeCells {
    fn columns(_: Heading) -> Vec<Column> {
        let column = |&attribute: &AttributeName| Column {
            name: attribute.as_str(),
            kind: kind(attribute),
            is_optional: true,
            refers_to: (attribute == AttributeName::Owner).then_some("administrators"),
            about: one_line(attribute.documentation()),
        };
        AttributeName::ALL.iter().map(column).collect()
    }

    fn put(self, cells: &mut Vec<Cell>) {
        let cell = |&attribute: &AttributeName| match self.0.get(attribute) {
            None | Some(AttributeValue::Null) => Cell::Null,
            Some(AttributeValue::Bool(value)) => Cell::Integer((*value).into()),
            Some(AttributeValue::Integer(value)) => Cell::Integer(*value),
            Some(value) => value_text(value).map_or(Cell::Null, Cell::Text),
        };
        cells.extend(AttributeName::ALL.iter().map(cell));
    }
}

fn kind(attribute: AttributeName) -> Kind {
    match attribute {
        AttributeName::Name | AttributeName::Instructions | AttributeName::ReviewType => Kind::Text,
        AttributeName::DueDate => Kind::Date,
        AttributeName::CompletionMode => Kind::Word,
        AttributeName::Criteria | AttributeName::Documents => Kind::Json,
        AttributeName::EvidenceRequired
        | AttributeName::DeliveryViaOrganisation
        | AttributeName::DeliveryViaEmployer
        | AttributeName::PlannedForQa => Kind::Boolean,
        AttributeName::MinEvidence => Kind::Integer,
        AttributeName::MarkingAidExercise | AttributeName::Owner => Kind::Id,
        AttributeName::ReviewAt => Kind::Time,
    }
}
