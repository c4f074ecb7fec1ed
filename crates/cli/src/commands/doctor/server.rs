//! The NATS server: version, `JetStream`, limits.

use plansync_nats::{Allowance, FlushFound, JetStreamFound, NoAnswer, ServerFound, StreamsFound};

use super::asking::{Answered, Asked, Who};
use super::check::{Check, Section, brief, counted};
use super::name::Name;
use super::unanswered;

/// Earlier releases lack what plansync uses.
const RELEASE_MIN: (u64, u64) = (2, 10);
/// The release that is installed as `docs/install.md` says; earlier ones cannot move subscribers.
const RELEASE_WANTED: (u64, u64) = (2, 14);
/// The part of its storage, in percent, from which on an account is told of.
const STORAGE_PERCENT_MAX: u64 = 90;
/// The streams and the consumer of the engine.
const STREAMS: u64 = 2;
/// How long a server may keep what it acknowledged before it flushes it, by default, in seconds.
const FLUSH_SECONDS: u64 = 120;

/// The version of the server against what plansync needs.
pub(super) fn version(server: &ServerFound) -> Check {
    let (name, version) = (Name::Version, brief(&server.version));
    let section = Section::NatsRequirements;
    let advice = "install a nats-server 2.14 or later";
    match server.release {
        None => Check::warning(
            name,
            format!(
                "the server has the version `{version}`, which is none that this version knows"
            ),
            section,
            advice,
        ),
        Some(found) if found < RELEASE_MIN => Check::wrong(
            name,
            format!("nats-server {version} lacks what plansync needs"),
            section,
            advice,
        ),
        Some(found) if found < RELEASE_WANTED => Check::warning(
            name,
            format!("nats-server {version} is older than 2.14, and cannot move subscribers"),
            section,
            advice,
        ),
        Some(_) => Check::ok(name, format!("nats-server {version}")),
    }
}

/// Whether there is `JetStream`, and whether the limits suffice.
pub(super) fn jetstream(asked: &Asked, who: Who<'_>) -> Vec<Check> {
    match &asked.jetstream {
        Ok(JetStreamFound::On(tiers)) => {
            let on = Check::ok(Name::JetStream, "JetStream is enabled for this account");
            let mut checks = vec![on];
            let own = asked.streams.as_ref().map_or(0, StreamsFound::count);
            checks.extend(limits(&asked.server, tiers, own));
            checks
        }
        Ok(JetStreamFound::Off) | Err(NoAnswer::NotPermitted { .. }) if who.is_client() => vec![
            Check::ok(
                Name::JetStream,
                "this user cannot use JetStream, and a client needs none of it",
            ),
            payload(&asked.server)
                .unwrap_or_else(|| Check::ok(Name::Limits, messages(&asked.server))),
        ],
        Ok(JetStreamFound::Off) => vec![
            Check::wrong(
                Name::JetStream,
                "JetStream is not enabled for this account",
                Section::JetStreamIsOff,
                "put the block `jetstream` into the server's configuration and `jetstream: enabled` into the engine's \
                 account, and restart the server; if this is not the engine's account, connect as the engine's user",
            ),
            payload(&asked.server).unwrap_or_else(|| {
                Check::not_checked(
                    Name::Limits,
                    "JetStream is not enabled",
                    Section::JetStreamIsOff,
                    format!("correct {} first", Name::JetStream.text()),
                )
            }),
        ],
        Err(error) => {
            let not_checked = |name| unanswered::not_checked(name, error, who);
            let limits = payload(&asked.server).unwrap_or_else(|| not_checked(Name::Limits));
            vec![not_checked(Name::JetStream), limits]
        }
    }
}

fn messages(server: &ServerFound) -> String {
    format!("messages may have {} KiB", server.max_payload >> 10)
}

/// The largest message, if it is too small.
fn payload(server: &ServerFound) -> Option<Check> {
    let (found, needed) = (server.max_payload, server.payload_needed);
    (found < needed).then(|| {
        Check::wrong(
            Name::Limits,
            format!(
                "the server takes messages of at most {found} bytes, but the largest events have {needed}"
            ),
            Section::NatsRequirements,
            "set `max_payload: 1MB` or more in the server's configuration, and restart the server",
        )
    })
}

/// The limits of the account, of whose streams `own` are those of the engine.
fn limits(server: &ServerFound, tiers: &[(String, Allowance)], own: u64) -> Vec<Check> {
    let of_tiers = tiers.iter().filter_map(|(tier, allowance)| {
        counts(tier, *allowance, own).or_else(|| storage(tier, *allowance))
    });
    let checks: Vec<_> = payload(server).into_iter().chain(of_tiers).collect();
    if !checks.is_empty() {
        return checks;
    }
    let used: u64 = tiers.iter().map(|(_, allowance)| allowance.storage).sum();
    let max = tiers.iter().map(|(_, allowance)| allowance.storage_max);
    let max: Option<u64> = max.sum();
    let of = max.map_or_else(
        || "without a limit".to_owned(),
        |max| format!("of {} MiB", max >> 20),
    );
    let told = format!(
        "{}; the account stores {} MiB, {of}",
        messages(server),
        used >> 20
    );
    vec![Check::ok(Name::Limits, told)]
}

/// The account, or a tier of it.
fn of_account(tier: &str) -> String {
    if tier.is_empty() {
        "the account".to_owned()
    } else {
        format!("the tier {} of the account", brief(tier))
    }
}

/// Too few streams or consumers, of which `own` streams are those of the engine.
fn counts(tier: &str, allowance: Allowance, own: u64) -> Option<Check> {
    let (of, section) = (of_account(tier), Section::NatsRequirements);
    let of_others = allowance.streams.saturating_sub(own);
    if let Some(max) = allowance.streams_max
        && max.saturating_sub(of_others) < STREAMS
    {
        return Some(Check::wrong(
            Name::Limits,
            format!(
                "{of} may have {}, of which others use {of_others}, and the engine needs {STREAMS}",
                counted(max, "stream")
            ),
            section,
            "raise the limit of streams of the account, or remove streams of others from it",
        ));
    }
    (allowance.consumers_max == Some(0)).then(|| {
        Check::wrong(
            Name::Limits,
            format!("{of} may have no consumers, and the engine needs one"),
            section,
            "raise the limit of consumers of the account",
        )
    })
}

/// Too little storage in a tier of the account.
fn storage(tier: &str, allowance: Allowance) -> Option<Check> {
    let (of, section) = (of_account(tier), Section::NatsRequirements);
    let max = allowance.storage_max?;
    let percent = match max {
        0 => 100,
        max => allowance.storage.saturating_mul(100) / max,
    };
    let told = format!(
        "{of} stores or reserves {} of {} MiB ({percent} %)",
        allowance.storage >> 20,
        max >> 20
    );
    let advice = format!(
        "raise the storage of the account, or give the event stream a smaller size, with which it drops its oldest \
         events (half of the account: `nats stream edit PLANSYNC_EVENTS --max-bytes {}`); without space, durable \
         commands are refused and events wait",
        max / 2
    );
    if percent >= 100 {
        Some(Check::wrong(Name::Limits, told, section, advice))
    } else if percent >= STORAGE_PERCENT_MAX {
        Some(Check::warning(Name::Limits, told, section, advice))
    } else {
        None
    }
}

/// How soon the server flushes what it acknowledges.
pub(super) fn flush(found: &Answered<FlushFound>, who: Who<'_>) -> Check {
    let name = Name::Flush;
    match found {
        Ok(FlushFound::Always) => Check::ok(name, "the server flushes before it acknowledges"),
        Ok(FlushFound::Every(time)) if time.as_secs() <= FLUSH_SECONDS => Check::ok(
            name,
            format!("what the server acknowledges is on its disk within {time:?}"),
        ),
        Ok(FlushFound::Every(time)) => Check::warning(
            name,
            format!("what the server acknowledges may be lost with its power for {time:?}"),
            Section::NatsRequirements,
            "lower `sync_interval` in the block `jetstream` of the server's configuration; `always` is the safest",
        ),
        Err(NoAnswer::Nobody { .. } | NoAnswer::NotPermitted { .. }) => Check::not_checked(
            name,
            "a server tells it to users of its system account only",
            Section::NatsRequirements,
            "see `sync_interval` in the block `jetstream` of the server's configuration (without it: 2 minutes)",
        ),
        Err(error) => unanswered::not_checked(name, error, who),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    const ENGINE: Who<'_> = Who::Engine { tenant: None };

    fn server(release: Option<(u64, u64)>) -> ServerFound {
        ServerFound {
            version: "x".to_owned(),
            release,
            max_payload: 1 << 20,
            payload_needed: 1 << 20,
        }
    }

    #[test]
    fn an_old_server_is_told_of() {
        for (release, state) in [
            (Some((2, 14)), State::Ok),
            (Some((3, 0)), State::Ok),
            (Some((2, 13)), State::Warning),
            (Some((2, 9)), State::Wrong),
            (None, State::Warning),
        ] {
            assert_eq!(version(&server(release)).state, state, "{release:?}");
        }
    }

    #[test]
    fn an_account_that_is_nearly_full_is_told_of() {
        let allowance = |storage, storage_max| Allowance {
            storage,
            storage_max,
            streams: 2,
            streams_max: None,
            consumers_max: None,
        };
        let state_with = |own, allowance: Allowance| {
            let tiers = [(String::new(), allowance)];
            let checks = limits(&server(None), &tiers, own);
            let [check] = &*checks else {
                panic!("{checks:?}")
            };
            check.state
        };
        let states = |allowance| state_with(2, allowance);
        assert_eq!(states(allowance(1 << 40, None)), State::Ok);
        assert_eq!(states(allowance(89, Some(100))), State::Ok);
        assert_eq!(states(allowance(90, Some(100))), State::Warning);
        assert_eq!(states(allowance(100, Some(100))), State::Wrong);
        assert_eq!(states(allowance(0, Some(0))), State::Wrong);
        let one_stream = Allowance {
            streams_max: Some(1),
            ..allowance(0, None)
        };
        assert_eq!(states(one_stream), State::Wrong);
        let of_others = |streams| Allowance {
            streams,
            streams_max: Some(5),
            ..allowance(0, None)
        };
        assert_eq!(state_with(0, of_others(3)), State::Ok);
        assert_eq!(state_with(0, of_others(4)), State::Wrong);
        assert_eq!(state_with(2, of_others(5)), State::Ok);
    }

    #[test]
    fn a_server_that_flushes_late_is_told_of() {
        let state = |seconds| {
            let every = std::time::Duration::from_secs(seconds);
            flush(&Ok(FlushFound::Every(every)), ENGINE).state
        };
        assert_eq!([120, 121].map(state), [State::Ok, State::Warning]);
        assert_eq!(flush(&Ok(FlushFound::Always), ENGINE).state, State::Ok);
    }
}
