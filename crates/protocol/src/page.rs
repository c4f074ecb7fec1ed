//! Pages of lists: what a body asks for, and the fields that all such bodies and replies have.
//!
//! The macros write these fields into every body and reply, so that they have the same names, bounds
//! and descriptions everywhere. A flattened struct would do the same with less code, but it could not
//! name an unknown field, and serde would read it through a generic value.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use crate::scalar::Position;
use crate::strict::whole;

/// The number of a page, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PageNumber(u32);

/// The most items that a page may have: 1 to 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PageSize(u16);

impl PageNumber {
    /// The first page.
    pub const FIRST: Self = Self(1);

    /// A number; `None` for 0.
    pub const fn new(number: u32) -> Option<Self> {
        if number == 0 {
            None
        } else {
            Some(Self(number))
        }
    }

    /// The number, from 1.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl PageSize {
    /// The size if a request names none: 50.
    pub const DEFAULT: Self = Self(50);
    /// The largest size: 500. It is as large as the engine's own limit, which `service` asserts.
    pub const MAX: Self = Self(500);

    /// A size; `None` if it is out of bounds.
    ///
    /// ```
    /// use plansync_protocol::PageSize;
    ///
    /// assert_eq!(PageSize::new(500), Some(PageSize::MAX));
    /// assert_eq!(PageSize::new(501), None);
    /// ```
    pub const fn new(size: u16) -> Option<Self> {
        if size == 0 || size > Self::MAX.0 {
            None
        } else {
            Some(Self(size))
        }
    }

    /// The number of items.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// One page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The number of the page.
    pub number: PageNumber,
    /// The most items that it may have.
    pub size: PageSize,
}

impl Page {
    /// The page or reading that the two optional fields of a body ask for.
    pub fn of(number: Option<PageNumber>, size: Option<PageSize>) -> Self {
        Self {
            number: number.unwrap_or(PageNumber::FIRST),
            size: size.unwrap_or(PageSize::DEFAULT),
        }
    }

    /// The number of items before this page.
    pub fn skip(self) -> usize {
        usize::try_from(self.number.0 - 1)
            .unwrap_or(usize::MAX)
            .saturating_mul(self.take())
    }

    /// The most items on this page.
    pub fn take(self) -> usize {
        usize::from(self.size.0)
    }
}

/// The reading that a page belongs to. All pages of a held reading show the same state, whatever changes in
/// the meantime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageOf {
    /// One that is made for this page alone.
    #[default]
    ItsOwn,
    /// One that begins with this page and is held for the pages that follow.
    Held,
    /// The one that is held at this position.
    HeldAt(Position),
}

impl PageOf {
    /// The page or reading that the two optional fields of a body ask for.
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
        whole(deserializer, Self::FIRST.0..=u32::MAX).map(Self)
    }
}

impl<'de> Deserialize<'de> for PageSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        whole(deserializer, 1..=Self::MAX.0).map(Self)
    }
}

impl JsonSchema for PageNumber {
    fn schema_name() -> Cow<'static, str> {
        "PageNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "description": "The number of a page, from 1.",
            "minimum": 1,
            "maximum": u32::MAX,
        })
    }
}

impl JsonSchema for PageSize {
    fn schema_name() -> Cow<'static, str> {
        "PageSize".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "description": "The most items that a page may have.",
            "minimum": 1,
            "maximum": Self::MAX.0,
            "default": Self::DEFAULT.0,
        })
    }
}

/// A body: a struct whose unknown fields are refused.
macro_rules! body {
    (
        $(#[$attribute:meta])*
        pub struct $name:ident {
            $($(#[$field_attribute:meta])* pub $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_attribute])* pub $field: $type,)*
        }
    };
}

/// A body that asks for one page of a list.
macro_rules! page_body {
    (
        $(#[$attribute:meta])*
        pub struct $name:ident {
            $($(#[$field_attribute:meta])* pub $field:ident: $type:ty,)*
        }
    ) => {
        $crate::page::body! {
            $(#[$attribute])*
            pub struct $name {
                $($(#[$field_attribute])* pub $field: $type,)*
                /// The number of the page, from 1. The first page if none is given.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub page: Option<$crate::page::PageNumber>,
                /// The most items that the page may have. 50 if none is given.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub page_size: Option<$crate::page::PageSize>,
            }
        }
    };
}

/// A body that asks for one page of a list that can be held.
macro_rules! held_page_body {
    (
        $(#[$attribute:meta])*
        pub struct $name:ident {
            $($(#[$field_attribute:meta])* pub $field:ident: $type:ty,)*
        }
    ) => {
        $crate::page::body! {
            $(#[$attribute])*
            pub struct $name {
                $($(#[$field_attribute])* pub $field: $type,)*
                /// The number of the page, from 1. The first page if none is given.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub page: Option<$crate::page::PageNumber>,
                /// The most items that the page may have. 50 if none is given.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub page_size: Option<$crate::page::PageSize>,
                /// Whether the list is held after the first page, so that the other pages can be asked
                /// for `at` the position of the reply.
                #[serde(
                    default,
                    deserialize_with = "crate::strict::optional_flag",
                    skip_serializing_if = "Option::is_none"
                )]
                pub hold: Option<bool>,
                /// The position in the reply with the first page, which was held: this page then
                /// belongs to the same reading.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub at: Option<$crate::scalar::Position>,
            }
        }
    };
}

/// The reply that is one page of a list: how many items there are, what else is said of the list, and
/// the items.
macro_rules! page_reply {
    (
        $(#[$attribute:meta])*
        pub struct $name:ident {
            $($(#[$field_attribute:meta])* pub $field:ident: $type:ty,)*
        } $list:ident of $item:ty
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// The number of items on all pages.
            pub total: u64,
            $($(#[$field_attribute])* pub $field: $type,)*
            /// The items of this page.
            pub $list: Vec<$item>,
        }
    };
}

/// The reply that is one page of a list that can be held.
macro_rules! held_page_reply {
    (
        $(#[$attribute:meta])*
        pub struct $name:ident {
            $($(#[$field_attribute:meta])* pub $field:ident: $type:ty,)*
        } $list:ident of $item:ty
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// The number of items on all pages.
            pub total: u64,
            $($(#[$field_attribute])* pub $field: $type,)*
            /// The items of this page.
            pub $list: Vec<$item>,
            /// The position of the log at which the list was read, if it is held. The other pages are
            /// asked for with this value as `at`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub position: Option<$crate::scalar::Position>,
        }
    };
}

pub(crate) use {body, held_page_body, held_page_reply, page_body, page_reply};
