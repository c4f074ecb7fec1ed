//! The two encodings of a message: MessagePack maps with text keys, and JSON objects.
//!
//! A body is sent in either encoding, and the reply has the encoding of the request.

use serde::Serialize;

/// The encoding of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `application/msgpack`
    MessagePack,
    /// `application/json`
    Json,
}

/// A content type that is not supported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the content type `{0}` is not known: send application/msgpack or application/json")]
pub struct UnsupportedMediaType(pub String);

/// A value that cannot be encoded. This never happens to the types of this crate.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// It cannot be written as MessagePack.
    #[error("cannot be written as MessagePack")]
    MessagePack(#[from] rmp_serde::encode::Error),
    /// It cannot be written as JSON.
    #[error("cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

impl Encoding {
    /// The encoding that a `content-type` header names, in any case and with any parameters; without a
    /// header, or with an empty one, the [guess](Self::guess) from the body.
    ///
    /// # Errors
    ///
    /// If the header names another content type.
    ///
    /// ```
    /// use plansync_protocol::Encoding;
    ///
    /// let encoding = Encoding::of(Some("application/json; charset=utf-8"), b"");
    /// assert_eq!(encoding, Ok(Encoding::Json));
    /// let encoding = Encoding::of(Some("application/x-msgpack"), b"");
    /// assert_eq!(encoding, Ok(Encoding::MessagePack));
    /// assert!(Encoding::of(Some("text/plain"), b"{}").is_err());
    /// ```
    pub fn of(content_type: Option<&str>, body: &[u8]) -> Result<Self, UnsupportedMediaType> {
        let Some(content_type) = content_type.filter(|given| !given.trim().is_empty()) else {
            return Ok(Self::guess(body));
        };
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        [Self::MessagePack, Self::Json]
            .into_iter()
            .find(|encoding| encoding.is_named(essence))
            .ok_or_else(|| UnsupportedMediaType(content_type.chars().take(100).collect()))
    }

    /// The encoding by the first byte of the body: MessagePack if a map of MessagePack begins with it,
    /// otherwise JSON. JSON never begins with such a byte, blanks and a byte order mark included.
    ///
    /// ```
    /// use plansync_protocol::Encoding;
    ///
    /// assert_eq!(Encoding::guess(b"\x81\xa7learner\xc0"), Encoding::MessagePack);
    /// assert_eq!(Encoding::guess(b"\n {}"), Encoding::Json);
    /// assert_eq!(Encoding::guess(b"learner=7"), Encoding::Json);
    /// ```
    pub fn guess(body: &[u8]) -> Self {
        match body.first() {
            Some(0x80..=0x8f | 0xde | 0xdf) => Self::MessagePack,
            Some(_) | None => Self::Json,
        }
    }

    /// Whether a media type names this encoding.
    fn is_named(self, essence: &str) -> bool {
        let names: &[&str] = match self {
            Self::MessagePack => &[
                "application/msgpack",
                "application/vnd.msgpack",
                "application/x-msgpack",
            ],
            Self::Json => &["application/json"],
        };
        names.iter().any(|name| essence.eq_ignore_ascii_case(name))
    }

    /// The value of the header `content-type`.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::MessagePack => "application/msgpack",
            Self::Json => "application/json",
        }
    }

    /// Encodes a value.
    ///
    /// # Errors
    ///
    /// Never for the types of this crate.
    ///
    /// ```
    /// use plansync_protocol::{Encoding, reference::GetTenant};
    ///
    /// assert_eq!(Encoding::Json.encode(&GetTenant {})?, b"{}");
    /// assert_eq!(Encoding::MessagePack.encode(&GetTenant {})?, [0x80]);
    /// # Ok::<(), plansync_protocol::EncodeError>(())
    /// ```
    pub fn encode<T: Serialize + ?Sized>(self, value: &T) -> Result<Vec<u8>, EncodeError> {
        match self {
            Self::MessagePack => Ok(rmp_serde::to_vec_named(value)?),
            Self::Json => Ok(serde_json::to_vec(value)?),
        }
    }
}
