//! All tables. Each row is declared with its table: the comments are the documentation that readers of an export get.

mod attributes;
mod log;
mod people;
mod plans;
mod syncs;

use std::sync::LazyLock;

pub use attributes::AttributeCells;
pub use log::*;
pub use people::*;
pub use plans::*;
pub use syncs::*;

use crate::model::{Row as _, Table};

/// Declares rows and their tables.
macro_rules! table {
    (
        $(#[doc = $about:literal])+
        $row:ident in $name:literal, key $key:expr
        $(, refers $([$($from:literal),+] => $to:literal),+)?
        $(, index $($index:expr),+)?;
        $($(#[doc = $text:literal])+ $field:ident: $type:ty $(=> $refers_to:literal)?,)+
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $row {
            $($(#[doc = $text])+ pub $field: $type,)+
        }

        impl $crate::model::Row for $row {
            fn table() -> &'static $crate::model::Table {
                static TABLE: std::sync::LazyLock<$crate::model::Table> = std::sync::LazyLock::new(|| {
                    let columns = [$(<$type as $crate::model::Field>::columns($crate::model::Heading {
                        name: stringify!($field),
                        refers_to: None$(.or(Some($refers_to)))?,
                        about: concat!($($text, "\n"),+),
                    }),)+];
                    let columns = columns.into_iter().flatten().collect();
                    $crate::model::Table {
                        references: &[$($($crate::model::Reference { columns: &[$($from),+], table: $to }),+)?],
                        indexes: &[$($(&$index),+)?],
                        ..$crate::model::Table::new($name, concat!($($about, "\n"),+), columns, &$key)
                    }
                });
                &TABLE
            }

            fn cells(self) -> Vec<$crate::model::Cell> {
                let mut cells = Vec::with_capacity(Self::table().columns.len());
                $($crate::model::Field::put(self.$field, &mut cells);)+
                cells
            }
        }
    };
}

use table;

/// All tables, those that others refer to first.
pub fn all() -> &'static [&'static Table] {
    static ALL: LazyLock<Vec<&'static Table>> = LazyLock::new(|| {
        vec![
            Fact::table(),
            DictionaryEntry::table(),
            Code::table(),
            Settings::table(),
            Administrator::table(),
            HeldPermission::table(),
            ViewedGroup::table(),
            Programme::table(),
            TemplateComponent::table(),
            Learner::table(),
            LearnerGroup::table(),
            Tutor::table(),
            Enrolment::table(),
            Commit::table(),
            Event::table(),
            CommandOutcome::table(),
            RecordSession::table(),
            Plan::table(),
            Component::table(),
            Task::table(),
            Sync::table(),
            Change::table(),
            ChangeValue::table(),
            Target::table(),
            Outcome::table(),
            OutcomeWarning::table(),
            Edit::table(),
            EditValue::table(),
            Proof::table(),
        ]
    });
    &ALL
}

/// The table of this name.
pub fn named(name: &str) -> Option<&'static Table> {
    all().iter().copied().find(|table| table.name == name)
}
