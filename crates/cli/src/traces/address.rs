//! Where the collector is.

use std::fmt;
use std::str::FromStr;

use hyper::Uri;

/// What is wrong with an address.
const WRONG: &str = "give http://HOST:PORT, such as http://127.0.0.1:4318";
/// What is wrong with an address of TLS.
const NO_TLS: &str = "the engine sends spans without TLS: give the address of a collector on this machine, such as \
                      http://127.0.0.1:4318, and let that one pass them on with TLS";
/// What is wrong with every address where the program cannot send spans.
#[cfg(not(feature = "otlp"))]
const NOT_BUILT: &str =
    "this program was built without the feature `otlp`, so it cannot send spans";

/// The address of a collector: `http://`, a host, and perhaps a port and a path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "otlp"), allow(dead_code))] // None is accepted then.
pub(crate) struct CollectorAddress(String);

impl CollectorAddress {
    /// Where spans are posted to.
    #[cfg(feature = "otlp")]
    pub(super) fn traces(&self) -> String {
        format!("{}/v1/traces", self.0)
    }
}

impl fmt::Display for CollectorAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CollectorAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| WRONG)?;
        let is_plain = match uri.scheme_str() {
            Some("http") => true,
            Some("https") => return Err(NO_TLS),
            Some(_) | None => false,
        };
        let host = uri.host().filter(|host| !host.is_empty());
        let has_user = uri.authority().is_some_and(|at| at.as_str().contains('@'));
        if !is_plain || host.is_none() || has_user || uri.query().is_some() {
            return Err(WRONG);
        }
        #[cfg(not(feature = "otlp"))]
        return Err(NOT_BUILT);
        #[cfg(feature = "otlp")]
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

#[cfg(all(test, feature = "otlp"))]
mod tests {
    use super::{CollectorAddress, NO_TLS, WRONG};

    #[test]
    fn spans_are_posted_below_the_address() {
        for (text, posted) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://[::1]:4318/", "http://[::1]:4318/v1/traces"),
            ("http://collector/otlp", "http://collector/otlp/v1/traces"),
        ] {
            assert_eq!(
                text.parse().map(|it: CollectorAddress| it.traces()),
                Ok(posted.to_owned())
            );
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        let refused = |text: &str| text.parse::<CollectorAddress>().unwrap_err();
        assert_eq!(refused("https://collector:4318"), NO_TLS);
        for wrong in [
            "",
            "127.0.0.1:4318",
            "http://",
            "http:///v1/traces",
            "grpc://collector:4317",
            "http://ann:secret@collector",
            "http://collector/?key=1",
            "http://collector 1",
        ] {
            assert_eq!(refused(wrong), WRONG, "{wrong}");
        }
    }
}
