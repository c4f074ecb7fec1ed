//! Classifies the input: an id, a prefix of an id, or a name.

use uuid::Uuid;

use crate::names::Kind;

/// Fewer characters than this are no beginning of an id.
const PREFIX_MIN: usize = 4;
/// Says that what follows is an id, or its beginning.
const ID: &str = "id:";
/// Says that what follows is a name.
const NAME: &str = "name:";

/// An id, its beginning, or a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given {
    /// A whole id, which needs not be looked up.
    Id(String),
    /// Surely the beginning of an id.
    Prefix(String),
    /// Surely a name.
    Name(String),
    /// A name, or the beginning of an id.
    Either(String),
}

impl Given {
    /// Reads a text; one of the form of a uuid is an id, where ids are uuids, and what has no name is
    /// known by the beginning of its id.
    pub(super) fn read(text: &str, kind: Kind) -> Self {
        let has_uuids = kind != Kind::Administrator;
        let has_names = kind != Kind::Sync;
        if let Some(name) = text.strip_prefix(NAME) {
            return Self::Name(name.to_owned());
        }
        let said_id = text.strip_prefix(ID);
        let id = said_id.unwrap_or(text).trim();
        match Uuid::try_parse(id) {
            Ok(id) if has_uuids => Self::Id(id.hyphenated().to_string()),
            Ok(_) | Err(_) if said_id.is_some() && !has_uuids => Self::Id(id.to_owned()),
            Ok(_) | Err(_) if said_id.is_some() || !has_names => Self::Prefix(id.to_lowercase()),
            Ok(_) | Err(_) if has_uuids && is_prefix(id) => Self::Either(text.to_owned()),
            Ok(_) | Err(_) => Self::Name(text.to_owned()),
        }
    }

    /// The input without its `id:` or `name:`.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Id(text) | Self::Prefix(text) | Self::Name(text) | Self::Either(text) => text,
        }
    }

    /// Whether nothing was typed; an erased learner is called so, and is not meant.
    pub(super) fn is_blank(&self) -> bool {
        self.text().trim().is_empty()
    }

    /// Whether it may be a name.
    pub(super) fn may_be_name(&self) -> bool {
        matches!(self, Self::Name(_) | Self::Either(_))
    }

    /// An id or the beginning of one, as ids are written, if it may be one.
    pub(super) fn id_or_prefix(&self) -> Option<&str> {
        match self {
            Self::Id(id) => Some(id),
            Self::Prefix(_) | Self::Name(_) | Self::Either(_) => self.prefix(),
        }
    }

    /// The beginning of an id, as ids are written, if it may be one.
    pub(super) fn prefix(&self) -> Option<&str> {
        match self {
            Self::Prefix(text) => Some(text),
            Self::Either(text) => Some(text.trim()),
            Self::Id(_) | Self::Name(_) => None,
        }
    }
}

fn is_prefix(text: &str) -> bool {
    text.len() >= PREFIX_MIN
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte) || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::{Given, Kind};

    #[test]
    fn what_is_typed_is_an_id_its_beginning_or_a_name() {
        let id = "00000000-0000-0000-0000-000000000c01";
        let cases = [
            (id, Given::Id(id.to_owned())),
            ("00000000000000000000000000000C01", Given::Id(id.to_owned())),
            ("id:0c", Given::Prefix("0c".to_owned())),
            ("beef", Given::Either("beef".to_owned())),
            ("bee", Given::Name("bee".to_owned())),
            ("Beef", Given::Name("Beef".to_owned())),
            ("name:all", Given::Name("all".to_owned())),
            ("name:name:x", Given::Name("name:x".to_owned())),
        ];
        for (text, expected) in cases {
            assert_eq!(Given::read(text, Kind::Learner), expected, "{text}");
        }
    }

    #[test]
    fn where_ids_are_no_uuids_only_id_says_that_it_is_one() {
        let read = |text| Given::read(text, Kind::Administrator);
        assert_eq!(read("beef"), Given::Name("beef".to_owned()));
        assert_eq!(read("id:beef"), Given::Id("beef".to_owned()));
    }

    #[test]
    fn what_has_no_name_is_known_by_the_beginning_of_its_id() {
        let read = |text| Given::read(text, Kind::Sync);
        assert_eq!(read("0C"), Given::Prefix("0c".to_owned()));
        assert_eq!(read("beef"), Given::Prefix("beef".to_owned()));
    }
}
