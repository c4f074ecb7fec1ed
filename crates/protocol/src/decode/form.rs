//! How a body begins: what may stand before JSON, and bodies that are not of the encoding in which they are read.

use crate::encoding::Encoding;

/// The byte order mark that some editors write before JSON. It is ignored there.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How compressed bytes begin.
const GZIP: &[u8] = b"\x1f\x8b";

/// How an object in UTF-16 begins, with a byte order mark and without.
const UTF_16: [&[u8]; 4] = [b"\xfe\xff", b"\xff\xfe", b"\0{", b"{\0"];

/// The bytes that a value in JSON can begin with.
const BEGIN_JSON: &[u8] = b"{[\"-0123456789tfn";

/// JSON without the byte order mark, which may stand before or after blanks: RFC 8259 lets a reader ignore
/// it. Blanks after it are left to the parser.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    let start = unblanked(bytes);
    start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// The bytes from the first one that is no blank of JSON.
fn unblanked(bytes: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let start = bytes.iter().position(|byte| !is_blank(byte));
    bytes
        .get(start.unwrap_or(bytes.len())..)
        .unwrap_or_default()
}

/// What to say of a body that does not begin like one of its encoding. `None` if it does. Without the header
/// `content-type`, no body that looks like one encoding is read as the other.
pub(super) fn other_form(encoding: Encoding, bytes: &[u8]) -> Option<String> {
    let start = unblanked(bytes);
    let first = *start.first()?;
    let shown = if first.is_ascii_graphic() {
        format!("`{}`", char::from(first))
    } else {
        format!("the byte 0x{first:02x}")
    };
    let announced = encoding.content_type();
    if start.starts_with(GZIP) {
        return Some("the body looks compressed (gzip); send it uncompressed".to_owned());
    }
    match encoding {
        Encoding::MessagePack
            if matches!(unblanked(without_mark(bytes)).first(), Some(b'{' | b'[')) =>
        {
            Some(format!(
                "the header `content-type` announces {announced}, but the body looks like JSON; send \
                 `content-type: application/json`, or encode the body as MessagePack"
            ))
        }
        Encoding::Json if Encoding::guess(bytes) == Encoding::MessagePack => Some(format!(
            "the header `content-type` announces {announced}, but the body begins with {shown} like a map of \
             MessagePack; send `content-type: application/msgpack`, or write the body as JSON"
        )),
        Encoding::Json if UTF_16.iter().any(|start| bytes.starts_with(start)) => {
            Some("the body looks like UTF-16; send JSON in UTF-8".to_owned())
        }
        Encoding::Json if !BEGIN_JSON.contains(&first) => Some(format!(
            "the body begins with {shown}, which begins neither JSON nor a map of MessagePack; send an object in \
             one of the two encodings"
        )),
        Encoding::Json | Encoding::MessagePack => None,
    }
}
