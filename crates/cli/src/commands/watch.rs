//! `plansync watch`: shows events as they arrive.

use std::time::Duration;

use clap::Args;
use plansync_nats::Event;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::connecting::ClientArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::service::Service;
use crate::settings::setting;
use crate::signals::Signals;
use crate::watching::{self, ALL_TENANTS, Item, Missing, WatchFrom, Watched};
use crate::{ask_error, asking, plain, terminal};

/// Show events as they arrive, until Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "\
Events are read from the event stream, so that a slow reader misses none. NATS
users who may not read the stream receive events as they are published. If
events were missed, this is reported on standard error, or with `--output json`
as a line
{\"missing\": {\"at_least\": N or null, \"why\": …}}.

With `--output json`, an event is {\"subject\": …, \"headers\": {…}, \"body\": {…}}.
The body is the same for events in MessagePack and JSON. If it cannot be
decoded, it is null, and \"undecodable\": {\"bytes\": N, \"base64\": …, \"why\": …} is
added.

With `--output tsv` or `csv`, the columns are time, position, type, actor,
subject and body (as JSON).

Examples:
  plansync watch --tenant northgate
  plansync watch --tenant northgate --events 'sync.*.*' --from-start")]
pub(crate) struct Watch {
    /// Tenant, or `*` for all tenants.
    #[arg(
        long,
        env = "PLANSYNC_TENANT",
        value_parser = tenant,
        add = setting("client.tenant")
    )]
    tenant: String,
    /// Events to show: the end of their subject, `<kind>.<id>.<what>`; NATS wildcards are allowed, as in `sync.>`.
    #[arg(long, default_value = ">", value_name = "TAIL", value_parser = tail)]
    events: String,
    /// Show the events in the stream first.
    #[arg(long)]
    from_start: bool,
    #[command(flatten)]
    client: ClientArguments,
}

/// A tenant, or all.
fn tenant(given: &str) -> Result<String, &'static str> {
    match given {
        ALL_TENANTS => Ok(given.to_owned()),
        _ => asking::name(given).map_err(|_| "give 1 to 64 letters, digits, `_` or `-`, or `*`"),
    }
}

/// The rest of a subject that events can have.
fn tail(given: &str) -> Result<String, &'static str> {
    let tokens: Vec<_> = given.split('.').collect();
    let is_token = |token: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        *token == "*" || (!token.is_empty() && token.bytes().all(plain))
    };
    let (last, before) = tokens.split_last().unwrap_or((&"", &[]));
    let is_one = before.iter().all(is_token) && (*last == ">" || is_token(last));
    if is_one && tokens.len() <= 3 {
        Ok(given.to_owned())
    } else {
        Err("give up to three parts separated by dots; each is a word or `*`, the last may be `>`")
    }
}

impl Watch {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let service = self.client.connect().await?;
        let mut signals = Signals::listen()?;
        let from = if self.from_start {
            WatchFrom::Start
        } else {
            WatchFrom::Now
        };
        let watched = Watched {
            tenant: &self.tenant,
            tail: &self.events,
            from,
        };
        let mut events = watching::Watch::begin(&service, watched).await?;
        // Beside the watch, which does not wait for the answer.
        tokio::spawn(say_if_no_service(output, service));
        if output.is_rows() {
            output.row(COLUMNS.into_iter(), true)?;
        }
        loop {
            let item = tokio::select! {
                item = events.next() => item?,
                () = signals.asked_to_end() => return Ok(Exit::Done),
            };
            show(output, &item)?;
            if output::is_unread() {
                return Ok(Exit::Done);
            }
        }
    }
}

fn show(output: Output, item: &Item) -> std::io::Result<()> {
    match item {
        Item::Event(event) => show_event(output, event),
        Item::Missing(missing) => show_missing(output, *missing),
    }
}

fn show_missing(output: Output, missing: Missing) -> std::io::Result<()> {
    let (at_least, why) = match missing {
        Missing::Removed(count) => (
            Some(count),
            "events were removed from the stream before they were read; read faster, or enlarge the stream",
        ),
        Missing::Unknown => (
            None,
            "events may be missing here: the connection was lost or too slow, and this NATS user may not read \
             the event stream",
        ),
    };
    if output.is_json() {
        return output.value(&json!({ "missing": { "at_least": at_least, "why": why } }));
    }
    let count = at_least.map_or(String::new(), |count| format!("{count} or more "));
    output::aside(&format!("plansync: {count}{why}"));
    Ok(())
}

/// The beginning of the types of our events.
const OUR_EVENTS: &str = "plansync.v1.";

/// How long an answer to a ping is awaited. Where no service listens, NATS says so at once; no answer at all
/// tells nothing, because this NATS user may not be allowed to ping.
const PING_PATIENCE: Duration = Duration::from_millis(800);

/// Says so if no engine runs that could publish events.
async fn say_if_no_service(output: Output, service: Service) {
    let pinged = service.connection().is_service_ready(Duration::ZERO);
    if !output.is_json() && matches!(timeout(PING_PATIENCE, pinged).await, Ok(false)) {
        output::aside(
            "plansync: no plansync service runs at this NATS now; events are shown when one publishes them \
             (`plansync serve` or `plansync dev` starts one)",
        );
    }
}

/// The columns of events in tables.
const COLUMNS: [&str; 6] = ["time", "position", "type", "actor", "subject", "body"];

/// An event as a row of `COLUMNS`; a body that cannot be decoded is none.
fn show_row(output: Output, event: &Event, body: Option<&Value>) -> std::io::Result<()> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let header = |name| event.header(name).unwrap_or_default();
    let row = [
        header("ce-time"),
        header("ce-position"),
        header("ce-type"),
        header("ce-actor"),
        &event.subject,
        &body,
    ];
    output.row(row.into_iter(), false)
}

fn show_event(output: Output, event: &Event) -> std::io::Result<()> {
    let is_ours = event
        .header("ce-type")
        .is_some_and(|kind| kind.starts_with(OUR_EVENTS));
    let decode = if is_ours {
        plain::decode
    } else {
        plain::decode_foreign
    };
    let body = decode(event.header("content-type"), &event.body);
    let bytes = event.body.len();
    if output.is_rows() {
        return show_row(output, event, body.as_ref().ok());
    }
    if output.is_for_people() {
        let said = match body {
            Ok(body) => said(&terminal::value(body)),
            Err(error) => {
                let error = error.to_string();
                let error = terminal::line(&error);
                format!("a body of {bytes} bytes that cannot be decoded ({error})")
            }
        };
        return output::line(&line(event, &said));
    }
    let headers: Map<_, _> = event
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Value::String(value.clone())))
        .collect();
    let mut shown = json!({ "subject": event.subject, "headers": headers, "body": null });
    match body {
        Ok(body) => shown["body"] = body,
        Err(error) => {
            shown["undecodable"] = json!({
                "bytes": bytes,
                "base64": plain::base64(&event.body),
                "why": error.to_string(),
            });
        }
    }
    output.value(&shown)
}

/// One event in a line: time, actor, type, and the body.
fn line(event: &Event, said: &str) -> String {
    let header = |name| terminal::line(event.header(name).unwrap_or("–"));
    let kind = header("ce-type");
    // A message of another publisher is shown by its subject only.
    let subject = terminal::line(&event.subject);
    let kind = kind.strip_prefix(OUR_EVENTS).unwrap_or(&subject);
    format!(
        "{}  {:>8}  {:<18} {:<16} {said}",
        header("ce-time"),
        header("ce-position"),
        kind,
        header("ce-actor"),
    )
}

/// What a body says of an error, the single values of it, and the lengths of its lists. Bytes that are
/// kept of a message are for programs.
fn said(body: &Value) -> String {
    let why = refusal(body);
    let is_refused = why.is_some();
    let fields = body.as_object().into_iter().flatten();
    let fields = fields.filter(|(name, _)| !is_refused || *name != plain::BYTES);
    let said = fields.filter_map(|(name, value)| match value {
        Value::Null | Value::Object(_) => None,
        Value::Array(items) => Some(format!("{name}: {}", items.len())),
        Value::String(text) => Some(format!("{name}: {text}")),
        Value::Bool(_) | Value::Number(_) => Some(format!("{name}: {value}")),
    });
    why.clone()
        .into_iter()
        .chain(said)
        .collect::<Vec<_>>()
        .join("  ")
}

/// Why a command was rejected, where that is what a body tells.
fn refusal(body: &Value) -> Option<String> {
    let error = serde_json::from_value(body.get("error")?.clone()).ok()?;
    Some(ask_error::said(&error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Event, line, said, tail, tenant};

    #[test]
    fn an_event_that_is_none_of_ours_is_shown_by_its_subject() {
        let event = |kind: &str| Event {
            subject: "plansync.v1.evt.t.a.b\u{7}".to_owned(),
            headers: vec![("ce-type".to_owned(), kind.to_owned())],
            body: bytes::Bytes::new(),
        };
        let shown = line(&event("other"), "x");
        assert!(shown.contains("  plansync.v1.evt.t.a.b\\u{7} "), "{shown}");
        let shown = line(&event("plansync.v1.plan.edited"), "x");
        assert!(shown.contains("  plan.edited "), "{shown}");
        assert!(!shown.contains("evt"), "{shown}");
    }

    #[test]
    fn a_rejected_command_says_why_first_and_shows_no_bytes() {
        let body = json!({
            "bytes": "AAAA",
            "command_id": "x",
            "error": {
                "code": "invalid_request",
                "message": "no date",
                "details": {"path": "edits[0].due_date"},
            },
        });
        let expected = "invalid_request: at edits[0].due_date: no date  command_id: x";
        assert_eq!(said(&body), expected);
        let expected = "bytes: AAAA  items: 2";
        assert_eq!(said(&json!({"bytes": "AAAA", "items": [1, 2]})), expected);
    }

    #[test]
    fn only_what_events_can_match_is_waited_for() {
        for good in [">", "sync.>", "sync.*.*", "command.0a-1.accepted", "*"] {
            assert_eq!(tail(good).as_deref(), Ok(good));
        }
        for bad in ["", "a..b", ">.x", "a.b.c.d", "a b", "x*", "é", "a.\n"] {
            assert!(tail(bad).is_err(), "{bad}");
        }
        assert_eq!(tenant("*").as_deref(), Ok("*"));
        for bad in ["a.b", "", ">", "a b", "**"] {
            assert!(tenant(bad).is_err(), "{bad}");
        }
    }
}
