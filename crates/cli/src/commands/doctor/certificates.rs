//! The certificates of the connection: whether one of them expires soon.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use plansync_nats::{CertificatesFound, Expiry};

use super::asking::{Asked, Who};
use super::check::{Check, Section, counted};
use super::name::Name;

/// How many days before the end of a certificate it is told of.
const DAYS_LEFT_MIN: i64 = 14;
const DAY_SECONDS: i64 = 86_400;

/// The checks of the certificates that the connection uses.
pub(super) fn checks(asked: &Asked, who: Who<'_>) -> Vec<Check> {
    match asked.certificates {
        Some(found) => of_found(found, who.is_client(), SystemTime::now().into()),
        None => vec![Check::not_checked(
            Name::Certificates,
            "the server did not answer a second connection in time",
            Section::NatsIsGone,
            "run it again",
        )],
    }
}

fn of_found(found: CertificatesFound, is_client: bool, now: DateTime<Utc>) -> Vec<Check> {
    let of_server = "replace the files of the server's certificate, and let the server read them (`systemctl reload \
                     nats-server`)";
    let of_client = if is_client {
        "replace the files of the client certificate (`--tls-cert`, `--tls-key`)"
    } else {
        "replace the files of the client certificate (`--tls-cert`, `--tls-key`), and restart the engine (`systemctl \
         restart plansync`)"
    };
    let all = [
        ("the certificate of the server", found.server, of_server),
        ("the client certificate", found.own, of_client),
    ];
    let all = all
        .into_iter()
        .filter_map(|(which, expiry, advice)| Some((which, expiry?, advice)));
    let soon = |(which, expiry, advice)| soon(which, expiry, now, advice);
    let checks: Vec<_> = all.clone().filter_map(soon).collect();
    if !checks.is_empty() {
        return checks;
    }
    let told: Vec<_> = all
        .map(|(which, expiry, _)| format!("{which} expires on {}", day(expiry)))
        .collect();
    let told = if told.is_empty() {
        "the connection has no TLS, and so no certificates".to_owned()
    } else {
        told.join("; ")
    };
    vec![Check::ok(Name::Certificates, told)]
}

/// A certificate that has expired, or will soon.
fn soon(which: &str, expiry: Expiry, now: DateTime<Utc>, advice: &str) -> Option<Check> {
    let left = expiry.seconds.saturating_sub(now.timestamp());
    let days = left.div_euclid(DAY_SECONDS);
    if days >= DAYS_LEFT_MIN {
        return None;
    }
    let day = day(expiry);
    let told = if left < 0 {
        format!("{which} has expired on {day}")
    } else {
        let days = counted(u64::try_from(days).unwrap_or_default(), "day");
        format!("{which} expires in {days}, on {day}; no new connection is made then")
    };
    Some(Check::warning(
        Name::Certificates,
        told,
        Section::CertificateExpired,
        advice,
    ))
}

fn day(expiry: Expiry) -> String {
    let time = DateTime::from_timestamp(expiry.seconds, 0);
    time.map_or_else(
        || "a day beyond every calendar".to_owned(),
        |time| time.format("%Y-%m-%d").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    fn told(server: Option<i64>, own: Option<i64>) -> Vec<(State, String)> {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let expiry = |left: i64| Expiry {
            seconds: 1_800_000_000 + left,
        };
        let found = CertificatesFound {
            server: server.map(expiry),
            own: own.map(expiry),
        };
        let checks = of_found(found, false, now).into_iter();
        checks.map(|check| (check.state, check.message)).collect()
    }

    #[test]
    fn a_certificate_is_told_of_in_its_last_two_weeks() {
        let day = DAY_SECONDS;
        let later = told(Some(14 * day), None);
        let ok = "the certificate of the server expires on 2027-01-29".to_owned();
        assert_eq!(later, [(State::Ok, ok)]);
        let [(state, message)] = &*told(Some(14 * day - 1), Some(15 * day)) else {
            panic!("one of them is told of");
        };
        assert_eq!(*state, State::Warning);
        let begin = "the certificate of the server expires in 13 days, on 2027-01-29; ";
        assert!(message.starts_with(begin), "{message}");
        let both = told(Some(day), Some(-1));
        assert_eq!(both.len(), 2);
        assert!(both[0].1.contains("expires in 1 day, on"), "{both:?}");
        assert_eq!(
            both[1].1,
            "the client certificate has expired on 2027-01-15"
        );
        assert_eq!(told(None, None)[0].0, State::Ok);
        assert_eq!(told(Some(i64::MAX / 2), None)[0].0, State::Ok);
    }
}
