//! Log lines as JSON, each with the ids of the trace and the span in which it was written, if it was in one.

use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Json, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, format};
use tracing_subscriber::registry::LookupSpan;

/// The format of `tracing-subscriber`, with `trace_id` and `span_id` in front.
pub(super) struct JsonLines(Format<Json>);

impl Default for JsonLines {
    fn default() -> Self {
        Self(format().json())
    }
}

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        #[cfg(feature = "otlp")]
        if let Some((trace, span)) = crate::traces::current_ids() {
            let mut line = String::new();
            self.0
                .format_event(context, Writer::new(&mut line), event)?;
            let rest = line.strip_prefix('{').unwrap_or(&line);
            return write!(
                writer,
                r#"{{"trace_id":"{trace}","span_id":"{span}",{rest}"#
            );
        }
        self.0.format_event(context, writer.by_ref(), event)
    }
}
