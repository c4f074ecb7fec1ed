//! The two encodings of a body: MessagePack maps with text keys, and JSON objects.
//!
//! Owns how one is told from the other and how values are written. Knows no message.

use serde::Serialize;

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `application/msgpack`
    MessagePack,
    /// `application/json`
    Json,
}

/// A content type that is neither of the two.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the content type `{0}` is not known: send application/msgpack or application/json")]
pub struct UnsupportedMediaType(pub String);

/// A value that its encoding cannot hold; never so for the types of this crate.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// MessagePack said no.
    #[error("cannot be written as MessagePack")]
    MessagePack(#[from] rmp_serde::encode::Error),
    /// JSON said no.
    #[error("cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

impl Encoding {
    /// What the header says, in any case of letters; without one, what the first byte says.
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

    /// What the first byte says: `{` is JSON.
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

    /// Writes a value.
    pub fn encode<T: Serialize + ?Sized>(self, value: &T) -> Result<Vec<u8>, EncodeError> {
        match self {
            Self::MessagePack => Ok(rmp_serde::to_vec_named(value)?),
            Self::Json => Ok(serde_json::to_vec(value)?),
        }
    }
}
