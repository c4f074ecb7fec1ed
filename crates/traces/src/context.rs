//! The headers `traceparent` and `tracestate`: <https://www.w3.org/TR/trace-context/>.

use std::sync::Arc;

/// The header with the place in a trace that the sender of a message was at.
pub const TRACE_PARENT: &str = "traceparent";
/// The header with what the tracing systems on the way of a message pass on to each other.
pub const TRACE_STATE: &str = "tracestate";

/// The length of a `traceparent` of version 00, in bytes.
const BYTES: usize = 55;
/// Longer values, which only later versions may have, are no contexts.
const BYTES_MAX: usize = 512;
/// The bytes of a `tracestate` that every receiver passes on; a longer one is left out.
const STATE_BYTES_MAX: usize = 512;
/// The flag of a trace that is sampled.
const SAMPLED: u8 = 1;

/// The place in a trace that the sender of a message was at. A clone is cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext {
    /// In the form of version 00.
    text: Arc<str>,
    trace: u128,
    span: u64,
    flags: u8,
}

impl TraceContext {
    /// Reads `00-<trace id>-<parent id>-<flags>` in lower-case hexadecimal digits, neither id all zeros. Of a later
    /// version, the fields that this version has are taken. `None` for everything else.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > BYTES_MAX {
            return None;
        }
        let (known, rest) = text.split_at_checked(BYTES)?;
        let mut parts = known.split('-');
        let mut part = |digits: usize| {
            let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            let part = parts.next()?;
            (part.len() == digits && part.bytes().all(hex)).then_some(part)
        };
        let (version, trace, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        let ends = rest.is_empty() || (version != "00" && rest.starts_with('-'));
        let context = Self {
            text: format!("00{}", known.get(2..)?).into(),
            trace: u128::from_str_radix(trace, 16).ok()?,
            span: u64::from_str_radix(span, 16).ok()?,
            flags: u8::from_str_radix(flags, 16).ok()?,
        };
        let is_one = ends && version != "ff" && context.trace != 0 && context.span != 0;
        is_one.then_some(context)
    }

    /// The `traceparent`, in the form of version 00.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same, to be shared.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The id of the trace; never zero.
    pub fn trace_id(&self) -> u128 {
        self.trace
    }

    /// The id of the sender's span; never zero.
    pub fn span_id(&self) -> u64 {
        self.span
    }

    /// The flags, those that nobody knows yet included.
    pub fn flags(&self) -> u8 {
        self.flags
    }

    /// Whether the sender's span is collected.
    pub fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }
}

/// The `tracestate` beside a trace context, as it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State<'a>(&'a str);

impl<'a> State<'a> {
    /// A value that is not too long. Whoever collects spans judges its form.
    pub fn bounded(text: &'a str) -> Option<Self> {
        (!text.is_empty() && text.len() <= STATE_BYTES_MAX).then_some(Self(text))
    }

    /// The value.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_context_of_version_00_is_read_and_written_as_it_was() {
        let context = TraceContext::parse(GOOD).unwrap();
        assert_eq!(context.as_str(), GOOD);
        assert_eq!(
            context.trace_id(),
            0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736
        );
        assert_eq!(context.span_id(), 0x00f0_67aa_0ba9_02b7);
        assert!(context.is_sampled());
        let not_sampled = TraceContext::parse(&GOOD.replace("-01", "-fe")).unwrap();
        assert!(!not_sampled.is_sampled());
    }

    #[test]
    fn of_a_later_version_the_known_fields_are_taken() {
        for later in [
            GOOD.replacen("00", "01", 1),
            format!("{}-more.of-it", GOOD.replacen("00", "cc", 1)),
        ] {
            assert_eq!(
                TraceContext::parse(&later).unwrap().as_str(),
                GOOD,
                "{later}"
            );
        }
    }

    #[test]
    fn everything_else_is_none() {
        let zero_trace = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        let zero_span = "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01";
        let long = format!("01{}-{}", &GOOD[2..], "a".repeat(BYTES_MAX));
        for bad in [
            "",
            "00",
            &GOOD[..54],
            &format!("{GOOD}-"),
            &format!("{GOOD} "),
            &format!("01{}x", &GOOD[2..]),
            &GOOD.to_uppercase(),
            &GOOD.replacen("00", "ff", 1),
            &GOOD.replace('-', "_"),
            &GOOD.replacen('4', "é", 1),
            &GOOD.replacen("b7-01", "b7-+1", 1),
            zero_trace,
            zero_span,
            &long,
        ] {
            assert_eq!(TraceContext::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_state_is_bounded() {
        assert_eq!(State::bounded("a=b").map(State::as_str), Some("a=b"));
        assert_eq!(State::bounded(""), None);
        assert_eq!(State::bounded(&"a".repeat(STATE_BYTES_MAX + 1)), None);
    }

    /// Another reading of the specification, by fields.
    fn naive(text: &str) -> Option<String> {
        let parts: Vec<&str> = text.split('-').collect();
        let hex = |part: &str, digits| {
            part.len() == digits
                && part
                    .chars()
                    .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
        };
        let [version, trace, span, flags, rest @ ..] = parts.as_slice() else {
            return None;
        };
        let fields = hex(version, 2) && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
        let zero = |id: &str| id.chars().all(|c| c == '0');
        let is_one = fields
            && *version != "ff"
            && !zero(trace)
            && !zero(span)
            && (rest.is_empty() || *version != "00")
            && text.len() <= BYTES_MAX;
        is_one.then(|| format!("00-{trace}-{span}-{flags}"))
    }

    proptest! {
        #[test]
        fn nearly_right_texts_are_read_as_the_specification_says(
            text in "(0[01]|ff|[0-9a-f]{2})-([0-9a-f]{32}|0{32}|[0-9a-fA-F]{31,33})-([0-9a-f]{16}|0{16})-[0-9a-f]{2}(|-|-[a-z-]{0,9}|x)"
        ) {
            let read = TraceContext::parse(&text);
            let read = read.map(|context| context.as_str().to_owned());
            prop_assert_eq!(read, naive(&text));
        }

        #[test]
        fn no_text_makes_it_crash(text in any::<String>(), at in 0_usize..56, put in any::<char>()) {
            let mut changed: Vec<char> = GOOD.chars().collect();
            changed.insert(at.min(changed.len()), put);
            let changed: String = changed.into_iter().collect();
            for text in [text, changed] {
                let read = TraceContext::parse(&text);
                let read = read.map(|context| context.as_str().to_owned());
            prop_assert_eq!(read, naive(&text));
            }
        }
    }
}
