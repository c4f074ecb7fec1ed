//! Ids: one opaque type for each kind of thing, so that ids of different kinds cannot be confused.
//!
//! Each id has one text form and one byte form, and its parser accepts nothing else.
//!
//! ```
//! use plansync_primitives::ids::{Actor, LearnerId, TenantId};
//!
//! let learner: LearnerId = "018F6D2E-7C1B-7000-8000-0123456789AB".parse()?;
//! assert_eq!(learner.to_string(), "018f6d2e-7c1b-7000-8000-0123456789ab");
//! assert!("018f6d2e7c1b700080000123456789ab".parse::<LearnerId>().is_err());
//! assert_eq!("system".parse::<Actor>()?, Actor::System);
//! assert!("two words".parse::<TenantId>().is_err());
//! # Ok::<(), plansync_primitives::ids::IdError>(())
//! ```

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

/// Why a text is not the id that it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// It is neither a hyphenated uuid nor the 16 bytes of one.
    #[error("expected a uuid such as 018f6d2e-7c1b-7000-8000-0123456789ab")]
    Uuid,
    /// It is not a slug of the stated form.
    #[error("expected {form}")]
    Slug {
        /// The expected form, for people.
        form: &'static str,
    },
    /// `system` and `learner` are not names of administrators.
    #[error("`{0}` is reserved and cannot be the id of an administrator")]
    Reserved(&'static str),
}

/// A uuid in schemas: hyphenated, in either case.
#[cfg(feature = "schema")]
const UUID_PATTERN: &str =
    "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$";

macro_rules! uuid_id {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with this uuid.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The uuid of the id.
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }

            /// The uuid (version 5) that a name has within the namespace of this id.
            pub fn derive(&self, name: &[u8]) -> Uuid {
                Uuid::new_v5(&self.0, name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_uuid(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(UuidVisitor).map(Self)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "description": concat!($($doc),+, " A uuid; in MessagePack 16 bytes.").trim(),
                    "pattern": UUID_PATTERN,
                })
            }
        }
    };
}

/// Parses hyphenated text only, in upper or lower case, so each uuid has one spelling.
fn parse_uuid(text: &str) -> Result<Uuid, IdError> {
    if text.len() != uuid::fmt::Hyphenated::LENGTH {
        return Err(IdError::Uuid);
    }
    Uuid::try_parse(text).map_err(|_| IdError::Uuid)
}

/// Accepts text and 16 bytes: in MessagePack a sender may use either.
struct UuidVisitor;

impl Visitor<'_> for UuidVisitor {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a uuid (a hyphenated string, or 16 bytes)")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Uuid, E> {
        parse_uuid(text).map_err(E::custom)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Uuid, E> {
        Uuid::from_slice(bytes).map_err(|_| E::custom(IdError::Uuid))
    }
}

uuid_id!(
    /// A learner, and the learner's plan.
    LearnerId
);
uuid_id!(
    /// A delivery programme, or a subprogramme of one.
    ProgrammeId
);
uuid_id!(
    /// A component (activity). It has the same id on every plan that has it.
    ComponentId
);
uuid_id!(
    /// A record session: the time during which an administrator has a learner's record open.
    SessionId
);
uuid_id!(
    /// A synchronisation.
    SyncId
);
impl SyncId {
    /// The id under which the one commit of a target is recorded. If the target's plan does not
    /// change, the commit is on a stream with this id.
    pub fn of_target(&self, learner: LearnerId) -> Uuid {
        self.derive(learner.as_uuid().as_bytes())
    }
}

uuid_id!(
    /// A command, as its sender named it. Ids are unique within a tenant.
    CommandId
);
uuid_id!(
    /// A Marking Aid exercise.
    ExerciseId
);
uuid_id!(
    /// The review of a component. A review that is created anew has another id.
    ReviewId
);
uuid_id!(
    /// A calendar task of a review.
    TaskId
);

macro_rules! slug_id {
    (
        $(#[doc = $doc:literal])+
        $name:ident, $check:expr, $pattern:literal $(, but not $reserved:literal)*
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text of the id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let check: fn(&str) -> Result<(), IdError> = $check;
                check(text)?;
                Ok(Self(Arc::from(text)))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(NameVisitor(PhantomData))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut schema = schemars::json_schema!({
                    "type": "string",
                    "description": concat!($($doc),+).trim(),
                    "pattern": $pattern,
                });
                let reserved: &[&str] = &[$($reserved),*];
                if !reserved.is_empty() {
                    schema.insert("not".to_owned(), schemars::json_schema!({ "enum": reserved }).into());
                }
                schema
            }
        }
    };
}

/// Reads text only: bytes are not accepted, although they may spell the same.
struct NameVisitor<T>(PhantomData<T>);

impl<T> Visitor<'_> for NameVisitor<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

const NAME_FORM: &str = "1 to 64 letters, digits, `_` or `-`";

fn check_name(text: &str) -> Result<(), IdError> {
    let fits = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if fits {
        Ok(())
    } else {
        Err(IdError::Slug { form: NAME_FORM })
    }
}

fn check_administrator(text: &str) -> Result<(), IdError> {
    check_name(text)?;
    match text {
        "system" => Err(IdError::Reserved("system")),
        "learner" => Err(IdError::Reserved("learner")),
        _ => Ok(()),
    }
}

fn check_component_type(text: &str) -> Result<(), IdError> {
    let mut bytes = text.bytes();
    let fits = text.len() <= 40
        && bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if fits {
        Ok(())
    } else {
        Err(IdError::Slug {
            form: "a lower-case letter, then up to 39 of a-z, 0-9 and `_`",
        })
    }
}

slug_id!(
    /// A tenant (one customer). Tenants share no data.
    TenantId, check_name, "^[A-Za-z0-9_-]{1,64}$"
);
slug_id!(
    /// An administrator. `system` and `learner` are reserved.
    AdministratorId, check_administrator, "^[A-Za-z0-9_-]{1,64}$", but not "system", but not "learner"
);
slug_id!(
    /// A group of learners. Administrators see the learners of the groups that they may view.
    Group, check_name, "^[A-Za-z0-9_-]{1,64}$"
);
slug_id!(
    /// The type of a component: `assignment`, `exam`, `review`, …
    ComponentType, check_component_type, "^[a-z][a-z0-9_]{0,39}$"
);

impl ComponentType {
    /// Whether components of this type have a review.
    pub fn is_review(&self) -> bool {
        self.as_str() == "review"
    }
}

/// The sender of a command: an administrator, or the reserved actor for imports and integrations.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// The actor of imports and integrations. No permission rule binds it.
    System,
    /// A person.
    Administrator(AdministratorId),
}

impl Actor {
    /// The name in subjects and events.
    pub fn as_str(&self) -> &str {
        match self {
            Self::System => "system",
            Self::Administrator(administrator) => administrator.as_str(),
        }
    }

    /// The administrator; none for `system`.
    pub fn administrator(&self) -> Option<&AdministratorId> {
        match self {
            Self::System => None,
            Self::Administrator(administrator) => Some(administrator),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Actor {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text == "system" {
            Ok(Self::System)
        } else {
            text.parse().map(Self::Administrator)
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor(PhantomData))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Actor {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Actor".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "The id of an administrator, or `system`: the actor of programs that load data.",
            "pattern": "^[A-Za-z0-9_-]{1,64}$",
            "not": { "enum": ["learner"] },
        })
    }
}
