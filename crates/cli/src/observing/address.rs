//! Where the HTTP port is.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use clap::Args;

use crate::settings::setting;

/// What is wrong with an address.
const WRONG: &str = "give PORT, which is on this machine only, or ADDRESS:PORT, such as 127.0.0.1:9464 or \
                     [::1]:9464; to be reachable from everywhere, 0.0.0.0:9464";

/// The option for the HTTP port.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct HttpArguments {
    /// Address of an HTTP port with `/livez`, `/readyz` and `/metrics`; a number alone is a port on this machine
    /// only, and port 0 is any free one. It has neither passwords nor TLS [default: no port].
    #[arg(
        long,
        env = "PLANSYNC_HTTP",
        value_name = "ADDRESS:PORT",
        add = setting("engine.http").such_as("127.0.0.1:9464")
    )]
    pub(crate) http: Option<HttpAddress>,
}

/// The address of the HTTP port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HttpAddress(pub(crate) SocketAddr);

impl FromStr for HttpAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let local = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let port = text.strip_prefix("localhost:").unwrap_or(text);
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
        let parsed = if is_number {
            port.parse().ok().map(local)
        } else {
            text.parse().ok()
        };
        parsed.map(Self).ok_or(WRONG)
    }
}

#[cfg(test)]
mod tests {
    use super::{HttpAddress, WRONG};

    #[test]
    fn another_address_than_that_of_this_machine_is_taken_only_where_it_is_written() {
        let parsed = |text: &str| text.parse().map(|HttpAddress(address)| address.to_string());
        for (text, address) in [
            ("9464", "127.0.0.1:9464"),
            ("0", "127.0.0.1:0"),
            ("localhost:9464", "127.0.0.1:9464"),
            ("127.0.0.1:9464", "127.0.0.1:9464"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::]:80", "[::]:80"),
        ] {
            assert_eq!(parsed(text), Ok(address.to_owned()), "{text}");
        }
        for wrong in [
            "",
            ":9464",
            "65536",
            "127.0.0.1",
            "localhost",
            "example.org:80",
            "+1",
            "::1:80:",
        ] {
            assert_eq!(parsed(wrong), Err(WRONG), "{wrong}");
        }
    }
}
