//! The forms in which the same body can be sent: media types, bodies without one, times and integers.

use plansync_protocol::plan::EditPlan;
use plansync_protocol::reference::{GetTenant, ListLearners};
use plansync_protocol::{DecodeError, Encoding, decode};

use crate::decoding::{LEARNER, both, refused};

/// A body with one field of a plan's edit; `value` is MessagePack.
fn set(name: &str, value: &[u8]) -> Result<EditPlan, DecodeError> {
    let body = serde_json::json!({
        "learner": LEARNER,
        "edits": [{"op": "change", "component": LEARNER, "set": {name: "here"}}],
    });
    let packed = rmp_serde::to_vec_named(&body).unwrap();
    let at = packed
        .windows(5)
        .rposition(|part| part == b"\xa4here")
        .unwrap();
    let packed = [&packed[..at], value, &packed[at + 5..]].concat();
    decode(Encoding::MessagePack, &packed)
}

#[test]
fn a_timestamp_of_message_pack_is_the_same_time_as_text() {
    let nanos_and_seconds = ((123_456_789_u64 << 34) + 1_795_426_200).to_be_bytes();
    let seconds = 1_795_426_200_u32.to_be_bytes();
    let long = [&0_u32.to_be_bytes()[..], &(-1_i64).to_be_bytes()].concat();
    let cases = [
        (
            [b"\xd6\xff", &seconds[..]].concat(),
            "2026-11-23T09:30:00.000000Z",
        ),
        (
            [b"\xd7\xff", &nanos_and_seconds[..]].concat(),
            "2026-11-23T09:30:00.123456Z",
        ),
        (
            [b"\xc7\x0c\xff", &long[..]].concat(),
            "1969-12-31T23:59:59.000000Z",
        ),
    ];
    for (packed, text) in cases {
        let text = [&[0xbb], text.as_bytes()].concat();
        assert_eq!(
            set("review_at", &packed).unwrap(),
            set("review_at", &text).unwrap()
        );
    }
}

#[test]
fn a_timestamp_is_taken_only_where_a_time_is() {
    let timestamp = b"\xd6\xff\x00\x00\x00\x07";
    for name in ["name", "due_date"] {
        let fault = set(name, timestamp).unwrap_err();
        assert_eq!(fault.path, Some(format!("edits[0].set.{name}")));
        let expected = "invalid type: extension type, expected the value of an attribute";
        assert!(fault.message.starts_with(expected), "{fault}");
    }
    let fault = set("review_at", b"\xd6\x05\x00\x00\x00\x07").unwrap_err();
    assert_eq!(
        fault.message,
        "the extension type 5 is not known; a timestamp has the type -1"
    );
    let far = [
        &b"\xc7\x0c\xff\x00\x00\x00\x00"[..],
        &i64::MAX.to_be_bytes(),
    ]
    .concat();
    let fault = set("review_at", &far).unwrap_err();
    assert_eq!(
        fault.message,
        "expected a timestamp of the years 0001 to 9999"
    );
}

#[test]
fn an_integer_may_be_written_with_a_point_in_both_encodings() {
    let body: ListLearners = both(r#"{"page":2.0,"page_size":5e1}"#).unwrap();
    assert_eq!(body, both(r#"{"page":2,"page_size":50}"#).unwrap());
    let (path, message) = refused::<ListLearners>(r#"{"page":2.5}"#);
    assert_eq!(path, "page");
    assert_eq!(
        message,
        "invalid type: number `2.5`, expected an integer from 1 to 4294967295"
    );
}

#[test]
fn a_byte_order_mark_before_json_is_ignored_before_and_after_blanks() {
    for body in [
        &b"\xef\xbb\xbf{}"[..],
        b"\xef\xbb\xbf\r\n {}",
        b"\r\n\t \xef\xbb\xbf{}",
        b" \xef\xbb\xbf {} \n",
    ] {
        assert_eq!(Encoding::guess(body), Encoding::Json);
        decode::<GetTenant>(Encoding::Json, body).unwrap();
    }
    let fault = decode::<GetTenant>(Encoding::Json, b" \xef\xbb\xbf").unwrap_err();
    assert!(fault.message.starts_with("the body is empty"), "{fault}");
    for body in [
        &b"\xef\xbb\xbf\xef\xbb\xbf{}"[..],
        b"\xef\xbb{}",
        b"{}\xef\xbb\xbf",
    ] {
        decode::<GetTenant>(Encoding::Json, body).unwrap_err();
    }
}

#[test]
fn a_body_that_is_not_json_says_what_is_wrong_and_what_to_do() {
    for (body, told) in [
        (" \n ", "the body is empty; send an object"),
        (
            "{\"page\":",
            "ends in the middle of a value at line 1 column 8; send the whole body",
        ),
        (
            "nope",
            "is not JSON at line 1 column 2: expected a value; quote texts",
        ),
        (
            r#"{"search":"\ud800"}"#,
            "half of a surrogate pair; write both halves",
        ),
        (
            r#"{"search":"\ud800x"}"#,
            "half of a surrogate pair; write both halves",
        ),
        (
            "{\"page\":1,}",
            "a comma has nothing after it; leave it out",
        ),
        ("{page:1}", "the name of a field is not quoted"),
        ("{} {}", "send one object and nothing after it"),
    ] {
        let fault = decode::<ListLearners>(Encoding::Json, body.as_bytes()).unwrap_err();
        assert!(fault.message.contains(told), "{body}: {fault}");
    }
}

#[test]
fn a_body_that_is_not_of_its_encoding_is_told_what_it_looks_like_and_what_to_do() {
    let says = |encoding: Encoding, body: &[u8]| {
        let fault = decode::<ListLearners>(encoding, body).unwrap_err();
        assert_eq!(fault.path, None);
        fault.message
    };
    let announced = |announced: Encoding| format!("announces {},", announced.content_type());
    for body in [
        &b"{\"page\":1}"[..],
        b"\n{}",
        b"\xef\xbb\xbf{}",
        b" \xef\xbb\xbf\t{",
        b"[]",
    ] {
        let said = says(Encoding::MessagePack, body);
        assert!(said.contains(&announced(Encoding::MessagePack)), "{said}");
        assert!(
            said.contains("looks like JSON; send `content-type: application/json`"),
            "{said}"
        );
    }
    for body in [
        &b"\x81\xa4page\x01"[..],
        b"\x80",
        b"\xde\x00\x00",
        b"\xdf\x00\x00\x00\x00",
    ] {
        let said = says(Encoding::Json, body);
        assert!(said.contains(&announced(Encoding::Json)), "{said}");
        assert!(
            said.contains("like a map of MessagePack; send `content-type: application/msgpack`"),
            "{said}"
        );
    }
    for body in [
        &b"\xff\xfe{\0}\0"[..],
        b"\xfe\xff\0{\0}",
        b"{\0}\0",
        b"\0{\0}",
    ] {
        let said = says(Encoding::Json, body);
        assert_eq!(said, "the body looks like UTF-16; send JSON in UTF-8");
    }
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let said = says(encoding, b"\x1f\x8b\x08\0");
        assert_eq!(
            said,
            "the body looks compressed (gzip); send it uncompressed"
        );
    }
    for (body, shown) in [
        (&b"\x91\x80"[..], "the byte 0x91"),
        (b"page=1", "`p`"),
        (b" \x81", "the byte 0x81"),
    ] {
        let said = says(Encoding::Json, body);
        assert!(
            said.starts_with(&format!(
                "the body begins with {shown}, which begins neither JSON"
            )),
            "{said}"
        );
    }
    // What begins as it should is told its own fault.
    assert!(says(Encoding::Json, b"{\"page\" 1}").contains(": expected `:`"));
    let ends = "the body ends in the middle of a value; send the whole body";
    assert_eq!(says(Encoding::MessagePack, b"\x81"), ends);
}

#[test]
fn only_a_map_of_message_pack_is_taken_for_one() {
    let first = |byte: u8| Encoding::guess(&[byte]);
    let maps = (0..=u8::MAX).filter(|byte| first(*byte) == Encoding::MessagePack);
    let expected: Vec<_> = (0x80..=0x8f).chain([0xde, 0xdf]).collect();
    assert_eq!(maps.collect::<Vec<_>>(), expected);
    assert_eq!(Encoding::guess(b""), Encoding::Json);
}

#[test]
fn media_types_have_several_names_and_any_parameters() {
    let of = |name: &str| Encoding::of(Some(name), b"").ok();
    for name in [
        "application/msgpack",
        "application/x-msgpack",
        "Application/VND.msgpack",
        "application/msgpack; v=1",
    ] {
        assert_eq!(of(name), Some(Encoding::MessagePack), "{name}");
    }
    for name in [
        "application/json",
        "application/JSON ;charset=utf-8",
        "",
        " ",
    ] {
        assert_eq!(of(name), Some(Encoding::Json), "{name}");
    }
    for name in ["text/json", "application/jsonx", "msgpack", ";"] {
        assert_eq!(of(name), None, "{name}");
    }
}
