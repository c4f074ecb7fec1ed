//! The words in which a faulty value is described: the types of JSON, in both encodings.
//!
//! The decoders describe values with the types of Rust (`sequence`, `u32`, `newtype struct`). Their
//! texts have a fixed form, `invalid type: <found>, expected <expected>`; both parts are replaced here.
//! A text that was written for this protocol is left as it is.

use std::borrow::Cow;

/// A message in the words of JSON.
pub(crate) fn reworded(message: String) -> String {
    for fault in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some((found, expected)) = message.strip_prefix(fault).and_then(parts) {
            let (found, expected) = (found_words(found), expected_words(expected));
            return format!("{fault}{found}, expected {expected}");
        }
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        return format!("unknown value {rest}");
    }
    if message.starts_with("data did not match any variant") {
        return "the value has none of the known forms".to_owned();
    }
    message
}

/// What is wrong with text that is not JSON, and what to do.
pub(crate) fn syntax_words(said: &str) -> &str {
    match said {
        "expected ident" | "expected value" => {
            "expected a value; quote texts, and write true, false and null in small letters"
        }
        "lone leading surrogate in hex escape" | "unexpected end of hex escape" => {
            "a \\u escape is half of a surrogate pair; write both halves"
        }
        "trailing characters" => {
            "something follows the object; send one object and nothing after it"
        }
        "trailing comma" => "a comma has nothing after it; leave it out",
        "key must be a string" => "the name of a field is not quoted; write it in double quotes",
        other => other,
    }
}

/// What was found, and what was expected. A text that was found is quoted and may contain anything.
fn parts(text: &str) -> Option<(&str, &str)> {
    const EXPECTED: &str = ", expected ";
    let quoted = text.strip_prefix("string \"").and_then(after_quote);
    let searched = quoted.unwrap_or(text);
    let place = text.len() - searched.len() + searched.find(EXPECTED)?;
    Some((text.get(..place)?, text.get(place + EXPECTED.len()..)?))
}

/// The text after the quotation mark that is not escaped.
fn after_quote(text: &str) -> Option<&str> {
    let mut is_escaped = false;
    for (place, c) in text.char_indices() {
        match c {
            '"' if !is_escaped => return text.get(place + 1..),
            _ => is_escaped = c == '\\' && !is_escaped,
        }
    }
    None
}

fn found_words(found: &str) -> Cow<'_, str> {
    if let Some(number) = found.strip_prefix("floating point ") {
        return format!("number {}", as_in_json(number)).into();
    }
    let words = match found {
        "sequence" | "tuple variant" => "array",
        "map" | "enum" | "struct variant" | "newtype variant" | "unit variant" => "object",
        "unit value" | "Option value" => "null",
        "byte array" => "bytes",
        "newtype struct" => "extension type",
        other => other,
    };
    words.into()
}

/// A quoted number as JSON writes it, with an exponent if it is long.
fn as_in_json(number: &str) -> String {
    let parsed = number.trim_matches('`').parse().ok();
    let written = parsed.and_then(serde_json::Number::from_f64);
    written.map_or_else(|| number.to_owned(), |written| format!("`{written}`"))
}

fn expected_words(expected: &str) -> Cow<'_, str> {
    let words = match expected {
        "u8" => return integer(0, u64::from(u8::MAX)).into(),
        "u16" => return integer(0, u64::from(u16::MAX)).into(),
        "u32" => return integer(0, u64::from(u32::MAX)).into(),
        "u64" | "usize" => return integer(0, u64::MAX).into(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "an integer",
        "f32" | "f64" => "a number",
        "a map" => "an object",
        "a sequence" => "an array",
        "unit" => "null",
        "option" => "null or a value",
        "field identifier" | "variant identifier" => "the name of a field",
        _ if starts_with_any(expected, &["struct ", "enum "]) => "an object",
        _ if starts_with_any(expected, &["tuple", "an array of length"]) => "an array",
        other => other,
    };
    words.into()
}

fn starts_with_any(text: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| text.starts_with(start))
}

/// An integer within bounds, in words.
pub(crate) fn integer(min: u64, max: u64) -> String {
    format!("an integer from {min} to {max}")
}

/// The type of a MessagePack value by its marker, as the library writes the marker. `None` for a
/// marker that has no meaning.
pub(crate) fn marked(marker: &str) -> Option<&'static str> {
    const TYPES: [(&str, &str); 16] = [
        ("Null", "null"),
        ("True", "boolean"),
        ("False", "boolean"),
        ("FixPos", "integer"),
        ("FixNeg", "integer"),
        ("FixStr", "string"),
        ("Str", "string"),
        ("FixArray", "array"),
        ("Array", "array"),
        ("FixMap", "object"),
        ("Map", "object"),
        ("Bin", "bytes"),
        ("FixExt", "extension type"),
        ("Ext", "extension type"),
        ("F32", "number"),
        ("F64", "number"),
    ];
    let named = TYPES.iter().find(|(start, _)| marker.starts_with(start));
    let is_integer = || marker.starts_with(['U', 'I']);
    named
        .map(|(_, words)| *words)
        .or_else(|| is_integer().then_some("integer"))
}

#[cfg(test)]
mod tests {
    use super::{marked, reworded};

    #[test]
    fn types_of_rust_become_types_of_json() {
        let cases = [
            (
                "invalid type: sequence, expected u32",
                "invalid type: array, expected an integer from 0 to 4294967295",
            ),
            (
                "invalid type: newtype struct, expected a map",
                "invalid type: extension type, expected an object",
            ),
            (
                "invalid type: floating point `1.5`, expected struct Confirm",
                "invalid type: number `1.5`, expected an object",
            ),
            (
                "invalid value: integer `-1`, expected u64",
                "invalid value: integer `-1`, expected an integer from 0 to 18446744073709551615",
            ),
            (
                "invalid type: unit value, expected a boolean",
                "invalid type: null, expected a boolean",
            ),
            (
                "unknown variant `x`, expected `a` or `b`",
                "unknown value `x`, expected `a` or `b`",
            ),
        ];
        for (given, expected) in cases {
            assert_eq!(reworded(given.to_owned()), expected);
        }
    }

    #[test]
    fn a_text_of_the_sender_is_repeated_as_it_is() {
        let given = r#"invalid type: string "a\", expected u8 \\", expected a sequence"#;
        let expected = r#"invalid type: string "a\", expected u8 \\", expected an array"#;
        assert_eq!(reworded(given.to_owned()), expected);
        for own in [
            "missing field `map`",
            "expected 1 to 200 characters, got 201",
        ] {
            assert_eq!(reworded(own.to_owned()), own);
        }
    }

    #[test]
    fn every_marker_of_message_pack_has_a_type() {
        let types = [
            "Null",
            "U8",
            "I64",
            "FixPos(7)",
            "Str8",
            "Bin16",
            "FixMap(3)",
            "FixExt4",
        ];
        let named = types.map(|marker| marked(marker).unwrap_or("none"));
        let expected = [
            "null", "integer", "integer", "integer", "string", "bytes", "object",
        ];
        assert_eq!(named[..7], expected);
        assert_eq!(named[7], "extension type");
        assert_eq!(marked("Reserved"), None);
    }
}
