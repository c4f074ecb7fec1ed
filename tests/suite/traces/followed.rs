//! One trace, followed from the sender of a command through a collector to the event.

use std::collections::BTreeMap;

use plansync_tests::collector::{Collector, Manners, Span};
use plansync_tests::college::{PROGRAMME, SOURCE, component, found, open_source};
use plansync_tests::http::{HttpPort, Metrics};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{World, body, header, named, names, of_trace, sampled};

/// The sender's span in every trace.
const SENDER: u64 = 0x00f0_67aa_0ba9_02b7;
/// The id of the command in every trace.
const COMMAND: Uuid = Uuid::from_u128(0xc001);
/// The spans of a message that changed something, without those of publishing its events.
const STEPS: [&str; 4] = ["answered", "decided", "durable", "queued"];

/// A collector, and an engine with a college that sends its spans there.
async fn collected(more: &[&str]) -> (Collector, World) {
    let collector = Collector::start(Manners::Takes);
    let url = collector.url();
    let world = World::start(&[&["--otlp", &url], more].concat()).await;
    found(&world.client, 2, 3).await;
    (collector, world)
}

fn attributes(all: &[(&str, &str)]) -> BTreeMap<String, String> {
    let all = all.iter();
    all.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn rename(name: &str, command: Uuid) -> Value {
    let edits = json!([{"op": "change", "component": component(0), "set": {"name": name}}]);
    json!({"learner": SOURCE, "edits": edits, "command_id": command})
}

/// The spans of a trace, once so many of its events were published and a span has this name; those of publishing come
/// apart, because events may be published together or not.
async fn complete(
    collector: &Collector,
    trace: u128,
    events: usize,
    name: &str,
) -> (Vec<Span>, Vec<Span>) {
    let spans = collector.until(|spans| {
        let spans = of_trace(spans, trace);
        let published = spans
            .iter()
            .filter_map(|span| span.attributes.get("events"));
        let published = published.map(|count| count.parse::<usize>().unwrap());
        published.sum::<usize>() >= events && spans.iter().any(|span| span.name == name)
    });
    let spans = of_trace(&spans.await, trace);
    spans.into_iter().partition(|span| span.name != "published")
}

/// The steps are children of the message, within its time and one after the other.
fn assert_steps(spans: &[Span], message: &Span) {
    let mut expected = [&STEPS[..], &[&message.name]].concat();
    expected.sort_unstable();
    assert_eq!(names(spans), expected);
    let mut last = message.started;
    for step in ["queued", "decided", "durable", "answered"] {
        let step = named(spans, step);
        assert_eq!(step.parent, message.id);
        assert!(
            last <= step.started && step.started <= step.ended,
            "{spans:#?}"
        );
        last = step.ended;
    }
    assert!(last <= message.ended, "{spans:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_leads_from_the_sender_of_a_request_through_the_engine_to_the_event() {
    let (collector, world) = collected(&[]).await;
    let context = sampled(1, SENDER);
    let headers = [
        ("traceparent", &*context),
        ("tracestate", "vendor=1,other=a:b"),
    ];
    let reply = world
        .ask("alice", "plan.edit", &rename("Renamed", COMMAND), &headers)
        .await;
    assert_eq!(body(&reply)["changed"], true);
    assert_eq!(header(&reply, "traceparent"), Some(&*context));
    let events = world.events_of(&context, 1).await;
    assert_eq!(
        header(&events[0], "ce-correlationid"),
        Some(&*COMMAND.to_string())
    );

    let (spans, published) = complete(&collector, 1, 1, "request").await;
    let (request, sender) = (named(&spans, "request"), format!("{SENDER:016x}"));
    assert_eq!(
        (&*request.parent, &*request.state),
        (&*sender, "vendor=1,other=a:b")
    );
    let command = COMMAND.to_string();
    let told = [
        ("operation", "plan.edit"),
        ("tenant", "northgate"),
        ("command", &*command),
        ("outcome", "done"),
    ];
    assert_eq!(request.attributes, attributes(&told));
    assert_steps(&spans, request);
    let position = header(&events[0], "ce-position").unwrap();
    let told = [
        ("events", "1"),
        ("first", position),
        ("last", position),
        ("outcome", "done"),
    ];
    assert_eq!((published.len(), &*published[0].parent), (1, &*sender));
    assert_eq!(published[0].attributes, attributes(&told));
    assert!(
        request.started <= published[0].started,
        "{request:#?} {published:#?}"
    );
    // Nothing else had spans: the college came without contexts.
    let all = collector.spans();
    assert_eq!(all.len(), spans.len() + published.len(), "{all:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_leads_through_a_durable_command_to_its_change_and_its_outcome() {
    let (collector, world) = collected(&[]).await;
    let context = sampled(2, SENDER);
    world
        .send(
            "plan.edit",
            &rename("Renamed", COMMAND),
            &[("traceparent", &context)],
        )
        .await;
    let (spans, published) = complete(&collector, 2, 2, "command").await;
    let (span, command) = (named(&spans, "command"), COMMAND.to_string());
    assert_eq!(span.parent, format!("{SENDER:016x}"));
    let told = [
        ("operation", "plan.edit"),
        ("tenant", "northgate"),
        ("command", &*command),
        ("outcome", "accepted"),
    ];
    assert_eq!(span.attributes, attributes(&told));
    assert_steps(&spans, span);
    assert!(
        published
            .iter()
            .all(|span| span.attributes["outcome"] == "done"),
        "{published:#?}"
    );
    assert_eq!(world.events_of(&context, 2).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronisation_has_one_span_whatever_the_number_of_learners() {
    let (collector, world) = collected(&[]).await;
    let session = open_source(&world.client, "alice").await;
    world
        .client
        .get("alice", "plan.edit", rename("For all", COMMAND))
        .await;
    let start = json!({
        "session": session, "programme": PROGRAMME, "components": "recent", "learners": "all",
    });
    let context = sampled(3, SENDER);
    let reply = world
        .ask("alice", "sync.start", &start, &[("traceparent", &context)])
        .await;
    let started = body(&reply);
    world.client.finished("alice", &started["sync"]).await;
    // Acceptance, three learners, completion.
    let count = world.events_of(&context, 5).await.len();
    let (spans, published) = complete(&collector, 3, count, "sync").await;
    assert!(published.len() <= count, "{published:#?}");
    let (request, sync) = (named(&spans, "request"), named(&spans, "sync"));
    assert_eq!(sync.parent, request.id);
    let told = [
        ("tenant", "northgate"),
        ("sync", started["sync"].as_str().unwrap()),
        ("command", &request.attributes["command"]),
        ("outcome", "completed"),
        ("targets", "3"),
        ("applied", "3"),
        ("unchanged", "0"),
        ("skipped", "0"),
    ];
    assert_eq!(sync.attributes, attributes(&told));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_have_their_codes_and_nothing_of_what_was_asked() {
    let (collector, world) = collected(&[]).await;
    let context = sampled(4, SENDER);
    let headers = [("traceparent", &*context)];
    let reply = world
        .ask("ed", "plan.edit", &json!({"learner": "nobody"}), &headers)
        .await;
    assert_eq!(header(&reply, "traceparent"), Some(&*context));
    world.ask("alice", "no.such", &json!({}), &headers).await;
    let spans = collector.until(|spans| of_trace(spans, 4).len() >= 8).await;
    let requests = spans.iter().filter(|span| span.name == "request");
    let mut told: Vec<_> = requests.map(|span| span.attributes.clone()).collect();
    told.sort();
    let expected = [
        [
            ("operation", "plan.edit"),
            ("tenant", "northgate"),
            ("outcome", "invalid_request"),
        ],
        [
            ("operation", "unknown"),
            ("tenant", "northgate"),
            ("outcome", "unknown_operation"),
        ],
    ];
    assert_eq!(told, expected.map(|one| attributes(&one)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_output_has_the_ids_of_the_spans_and_metrics_count_them() {
    let port = HttpPort::free();
    let number = port.0.to_string();
    let more = [
        "--http",
        &number,
        "--log-format",
        "json",
        "--log-level",
        "debug",
    ];
    let (collector, mut world) = collected(&more).await;
    let headers = [("traceparent", &*sampled(5, SENDER))];
    world
        .ask("alice", "plan.edit", &rename("Renamed", COMMAND), &headers)
        .await;
    let (spans, _) = complete(&collector, 5, 1, "request").await;
    let resource = collector.resource();
    assert_eq!(resource["service.name"], "plansync");
    assert_eq!(resource["service.version"], env!("CARGO_PKG_VERSION"));
    let heads = collector.heads();
    assert!(
        heads
            .iter()
            .all(|head| head.starts_with("POST /v1/traces HTTP/1.1\r\n")),
        "{heads:?}"
    );
    let name = "plansync_trace_spans_total";
    let count = u32::try_from(collector.spans().len()).unwrap();
    let are_counted = |metrics: &Metrics| metrics.number(name, &["sent"]) == f64::from(count);
    let metrics = port.until(HttpPort::metrics, are_counted).await;
    assert_eq!(metrics.number(name, &["dropped"]), 0.0);
    world.end();
    let log = world.log();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (within, outside): (Vec<_>, Vec<_>) = lines
        .iter()
        .partition(|line| line.get("trace_id").is_some());
    let request = named(&spans, "request");
    let [decided] = within.as_slice() else {
        panic!("{within:#?}")
    };
    assert_eq!(decided["trace_id"], *request.trace);
    assert_eq!(decided["span_id"], *request.id);
    assert_eq!(decided["fields"]["message"], "a request was decided");
    assert_eq!(decided["fields"]["command"], COMMAND.to_string());
    assert!(
        outside
            .iter()
            .any(|line| line["fields"]["message"] == "a request was decided")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_that_is_not_sampled_is_passed_on_without_spans_and_one_that_is_malformed_is_not()
{
    let collector = Collector::start(Manners::Takes);
    let world = World::start(&["--otlp", &collector.url()]).await;
    found(&world.client, 1, 0).await;
    let good = sampled(7, SENDER);
    let not_sampled = good.replace("-01", "-00");
    let later = format!("cc{}-more", &good[2..]);
    let other = sampled(8, SENDER);
    let long = format!("{later}{}", "x".repeat(2_000));
    let cases: [(&[&str], Option<&str>); 9] = [
        (&[&not_sampled], Some(&not_sampled)),
        (&[&not_sampled, &not_sampled], Some(&not_sampled)),
        (&[], None),
        (&[&good, &other], None),
        (&[&good[..54]], None),
        (&[&good.to_uppercase()], None),
        (
            &["00-00000000000000000000000000000000-00f067aa0ba902b7-01"],
            None,
        ),
        (&["Ann Lee"], None),
        (&[&long], None),
    ];
    for (number, (values, expected)) in cases.into_iter().enumerate() {
        let headers: Vec<_> = values.iter().map(|value| ("traceparent", *value)).collect();
        let edit = rename(
            &format!("Name {number}"),
            Uuid::from_u128(number as u128 + 1),
        );
        let reply = world.ask("alice", "plan.edit", &edit, &headers).await;
        assert_eq!(body(&reply)["changed"], true, "{values:?}");
        assert_eq!(header(&reply, "traceparent"), expected, "{values:?}");
    }
    assert_eq!(world.events_of(&not_sampled, 2).await.len(), 2);
    // One that is sampled comes last: spans before it would be there with its own.
    let reply = world
        .ask(
            "alice",
            "plan.get",
            &json!({"learner": SOURCE}),
            &[("traceparent", &later)],
        )
        .await;
    assert_eq!(header(&reply, "traceparent"), Some(&*good));
    let spans = collector.until(|spans| spans.len() >= 4).await;
    assert_eq!(of_trace(&spans, 7).len(), spans.len(), "{spans:#?}");
    assert_eq!(names(&spans), ["answered", "decided", "queued", "request"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_ratio_messages_without_a_context_get_traces_of_their_own_which_do_not_leave_the_engine()
 {
    let collector = Collector::start(Manners::Takes);
    let world = World::start(&["--otlp", &collector.url(), "--trace-ratio", "1"]).await;
    found(&world.client, 1, 0).await;
    let command = Uuid::from_u128(0xc009);
    let reply = world
        .ask("alice", "plan.edit", &rename("Renamed", command), &[])
        .await;
    assert_eq!(header(&reply, "traceparent"), None);
    let is_edit = |span: &&Span| {
        span.name == "request" && span.attributes.get("command") == Some(&command.to_string())
    };
    let spans = collector
        .until(|spans| spans.iter().any(|span| is_edit(&span)))
        .await;
    let edit = spans.iter().find(is_edit).unwrap();
    assert_eq!(edit.parent, "");
    let roots = spans.iter().filter(|span| span.name == "request");
    let mut traces: Vec<_> = roots.clone().map(|span| span.trace.as_str()).collect();
    traces.sort_unstable();
    traces.dedup();
    assert_eq!(traces.len(), roots.count());
    assert!(
        spans.iter().all(|span| span.name != "published"),
        "{spans:#?}"
    );
}
