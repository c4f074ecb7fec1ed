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
    /// The encoding that a `content-type` header names, in any case; without a header, the
    /// [guess](Self::guess) from the body.
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
    /// assert!(Encoding::of(Some("text/plain"), b"{}").is_err());
    /// ```
    pub fn of(content_type: Option<&str>, body: &[u8]) -> Result<Self, UnsupportedMediaType> {
        let Some(content_type) = content_type else {
            return Ok(Self::guess(body));
        };
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        [Self::MessagePack, Self::Json]
            .into_iter()
            .find(|encoding| essence.eq_ignore_ascii_case(encoding.content_type()))
            .ok_or_else(|| UnsupportedMediaType(content_type.chars().take(100).collect()))
    }

    /// The encoding by the first byte of the body: JSON if it is `{`.
    pub fn guess(body: &[u8]) -> Self {
        if body.first() == Some(&b'{') {
            Self::Json
        } else {
            Self::MessagePack
        }
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
