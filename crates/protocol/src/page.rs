//! Paging: which part of a list a request asks for.
//!
//! Owns the bounds of pages. Knows no list.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};

use crate::scalar::Position;
use crate::{plan, record, reference, sync};

/// The number of a page, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PageNumber(u32);

/// How many items a page has at most: 1 to 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PageSize(u16);

impl PageNumber {
    /// The first page.
    pub const FIRST: Self = Self(1);

    /// The number, if it is one of a page.
    pub const fn new(number: u32) -> Option<Self> {
        if number == 0 {
            None
        } else {
            Some(Self(number))
        }
    }

    /// The plain number, from 1.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl PageSize {
    /// What a request gets that names no size.
    pub const DEFAULT: Self = Self(50);
    /// The most that a request may ask for.
    pub const MAX: Self = Self(500);

    /// The size, if it is within the bounds.
    pub const fn new(size: u16) -> Option<Self> {
        if size == 0 || size > Self::MAX.0 {
            None
        } else {
            Some(Self(size))
        }
    }

    /// The plain number of items.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// One page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Which.
    pub number: PageNumber,
    /// How many items it has at most.
    pub size: PageSize,
}

impl Page {
    /// What the two optional fields of a request ask for.
    pub fn of(number: Option<PageNumber>, size: Option<PageSize>) -> Self {
        Self {
            number: number.unwrap_or(PageNumber::FIRST),
            size: size.unwrap_or(PageSize::DEFAULT),
        }
    }

    /// How many items stand before this page.
    pub fn skip(self) -> usize {
        usize::try_from(self.number.0 - 1)
            .unwrap_or(usize::MAX)
            .saturating_mul(self.take())
    }

    /// How many items the page takes at most.
    pub fn take(self) -> usize {
        usize::from(self.size.0)
    }
}

/// Which reading a page is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageOf {
    /// One that is read for this page alone.
    #[default]
    ItsOwn,
    /// One that begins with this page and is held for those that follow.
    Held,
    /// The one that was held at this position.
    HeldAt(Position),
}

impl PageOf {
    /// What the two optional fields of a request ask for.
    pub fn of(hold: Option<bool>, at: Option<Position>) -> Self {
        match at {
            Some(position) => Self::HeldAt(position),
            None if hold == Some(true) => Self::Held,
            None => Self::ItsOwn,
        }
    }
}

impl<'de> Deserialize<'de> for PageNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        Self::new(number).ok_or_else(|| de::Error::custom("pages are numbered from 1"))
    }
}

impl<'de> Deserialize<'de> for PageSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let size = u16::deserialize(deserializer)?;
        Self::new(size).ok_or_else(|| de::Error::custom("a page has 1 to 500 items"))
    }
}

impl JsonSchema for PageNumber {
    fn schema_name() -> Cow<'static, str> {
        "PageNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": u32::MAX })
    }
}

impl JsonSchema for PageSize {
    fn schema_name() -> Cow<'static, str> {
        "PageSize".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": Self::MAX.0, "default": Self::DEFAULT.0 })
    }
}

/// A reply that may be a page of a list.
pub trait Paged {
    /// What the list holds.
    type Item: Serialize;

    /// The items of this page; none of a reply that is no page.
    fn items(&self) -> &[Self::Item];

    /// Says at which position the other pages can be read, where this list can be held.
    fn put_position(&mut self, _position: Position) {}
}

macro_rules! pages {
    ($($page:ty: $field:ident [$item:ty],)+) => {
        $(
            impl Paged for $page {
                type Item = $item;

                fn items(&self) -> &[$item] {
                    &self.$field
                }
            }
        )+
    };
}

macro_rules! held_pages {
    ($($page:ty: $field:ident [$item:ty],)+) => {
        $(
            impl Paged for $page {
                type Item = $item;

                fn items(&self) -> &[$item] {
                    &self.$field
                }

                fn put_position(&mut self, position: Position) {
                    self.position = Some(position);
                }
            }
        )+
    };
}

macro_rules! whole {
    ($($reply:ty),+ $(,)?) => {
        $(
            impl Paged for $reply {
                type Item = ();

                fn items(&self) -> &[()] {
                    &[]
                }
            }
        )+
    };
}

held_pages! {
    reference::AdministratorPage: items [reference::AdministratorRecord],
    reference::LearnerPage: items [reference::LearnerRecord],
    reference::FoundLearnerPage: items [reference::FoundLearner],
    reference::ProgrammePage: items [reference::ProgrammeRecord],
    reference::TemplatePage: components [reference::TemplateComponent],
    record::RecordPage: items [record::Record],
    record::RecordChangesPage: changes [record::RecentChange],
    sync::SyncComponentPage: items [sync::SyncComponent],
    sync::SyncLearnerPage: items [sync::SyncLearner],
    sync::SyncFilterPage: items [sync::FilterValue],
    sync::SyncOutcomePage: items [sync::PairOutcome],
    sync::SyncPage: items [sync::SyncRecord],
}

pages! {
    plan::PlanPage: components [plan::Component],
    plan::PlanChangePage: changes [plan::ComponentDifference],
    plan::PlanHistoryPage: items [plan::PlanCommit],
    sync::SyncSummary: rows [sync::SummaryRow],
    sync::SyncAffectedPage: items [sync::AffectedLearner],
    sync::SyncExplanation: items [sync::ExplainedPair],
    sync::SyncChangesPage: items [sync::ChangeSetItem],
}

whole! {
    reference::TenantRecord,
    reference::AdministratorRecord,
    reference::AdministratorNameList,
    reference::LearnerRecord,
    reference::ProgrammeRecord,
    reference::ActorRecord,
    sync::SyncRecord,
}
