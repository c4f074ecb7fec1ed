//! Collects the spans of this process: from `tracing`, into the queue of what is sent.

use std::time::Duration;

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{
    Protocol, RetryPolicy, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use plansync_traces::{Listener, State, TraceContext};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::{OpenTelemetrySpanExt as _, get_otel_context};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::address::CollectorAddress;
use super::client::{Client, LastAnswer};
use super::sending::{ANSWERED_WITHIN, queue};

/// How long the process waits at its end for the collector to take the last spans.
const FAREWELL: Duration = Duration::from_secs(2);
/// The variable with the name under which a collector shows the spans.
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
/// The targets of the spans.
const SPANS: &str = "plansync_traces";

/// The collecting of spans, from the start of the log output to the end of the process.
pub(crate) struct Collecting {
    provider: SdkTracerProvider,
    ratio: f64,
    stop: oneshot::Sender<()>,
    sending: JoinHandle<()>,
}

impl Collecting {
    /// Begins, within a runtime.
    ///
    /// # Errors
    /// If the variables of OpenTelemetry ask for what this program does not have.
    pub(super) fn begin(address: &CollectorAddress, ratio: f64) -> anyhow::Result<Self> {
        let last = LastAnswer::default();
        let client = Client { last: last.clone() };
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_retry_policy(RetryPolicy::disabled())
            .with_endpoint(address.traces())
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(ANSWERED_WITHIN)
            .build()?;
        opentelemetry_sdk::trace::SpanExporter::set_resource(&mut exporter, &resource());
        let (entrance, sending) = queue(exporter, last);
        let provider = SdkTracerProvider::builder()
            // Whether a trace is sampled is decided before its first span is made.
            .with_sampler(Sampler::AlwaysOn)
            .with_resource(resource())
            .with_span_processor(entrance)
            .build();
        let (stop, stopped) = oneshot::channel();
        Ok(Self {
            provider,
            ratio,
            stop,
            sending: tokio::spawn(sending.run(stopped)),
        })
    }

    /// What takes the spans from `tracing`.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("plansync"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(filter_fn(|of| {
                of.is_span() && of.target().starts_with(SPANS)
            }))
    }

    /// Has spans made from now on.
    pub(crate) fn listen(&self) {
        plansync_traces::listen(Box::new(Sampling { ratio: self.ratio }));
    }

    /// Sends what waits, for as long as that may take.
    pub(crate) async fn end(self) {
        // The task may have ended.
        let _ = self.stop.send(());
        let _ = timeout(FAREWELL, self.sending).await;
    }
}

/// What a collector is told of this process.
fn resource() -> Resource {
    let known = Resource::builder()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    if std::env::var_os(SERVICE_NAME).is_some() {
        return known.build();
    }
    known.with_service_name("plansync").build()
}

/// Decides which traces are sampled, and sets the parents of their spans.
struct Sampling {
    ratio: f64,
}

impl Listener for Sampling {
    fn begins_a_trace(&self) -> bool {
        self.ratio > 0.0 && fastrand::f64() < self.ratio
    }

    fn continues(&self, span: &Span, parent: &TraceContext, state: Option<State<'_>>) {
        let state = state.and_then(|state| state.as_str().parse::<TraceState>().ok());
        let context = SpanContext::new(
            TraceId::from(parent.trace_id()),
            SpanId::from(parent.span_id()),
            TraceFlags::new(parent.flags()),
            true,
            state.unwrap_or_default(),
        );
        // If the span is not collected, it has no parent, either.
        let _ = span.set_parent(Context::new().with_remote_span_context(context));
    }
}

/// The ids of the trace and of the span in which this thread is, if it is in one.
pub(crate) fn current_ids() -> Option<(TraceId, SpanId)> {
    let current = Span::current();
    let context = current.with_subscriber(|(id, dispatch)| get_otel_context(id, dispatch))??;
    let context = context.span().span_context().clone();
    context
        .is_valid()
        .then(|| (context.trace_id(), context.span_id()))
}
