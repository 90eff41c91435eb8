//! Collects spans as they end. Never waits: what the queue has no room for is let go of.

use super::{Message, Span};
use crate::clock::Clock;
use std::fmt::Debug;
use std::hash::{BuildHasher, RandomState};
use tokio::sync::mpsc;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The field that names a span where its own name isn't enough.
const NAME: &str = "otel.name";
/// Attributes of a span at most.
const MOST_ATTRIBUTES: usize = 16;
/// The longest text of one.
const LONGEST: usize = 1024;

/// The layer that collects.
pub struct Collector {
    clock: Clock,
    spans: mpsc::Sender<Message>,
}

impl Collector {
    /// Collects into this queue.
    pub(super) fn new(clock: Clock, spans: mpsc::Sender<Message>) -> Self {
        Self { clock, spans }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Collector {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let parent = span.parent().and_then(|parent| {
            let extensions = parent.extensions();
            extensions.get::<Span>().map(|parent| (parent.trace, parent.id))
        });
        let mut open = Span {
            trace: parent
                .map_or_else(|| u128::from(random()) << 64 | u128::from(random()), |(trace, _)| trace),
            id: random(),
            parent: parent.map(|(_, id)| id),
            name: attributes.metadata().name().to_owned(),
            start: self.clock.nanoseconds(),
            end: 0,
            attributes: Vec::new(),
            error: None,
        };
        attributes.record(&mut open);
        span.extensions_mut().insert(open);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<Span>() {
            values.record(open);
        }
    }

    /// A warning in a span is what went wrong in it.
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let bad = *event.metadata().level() <= Level::WARN;
        let Some(span) = context.event_span(event).filter(|_| bad) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<Span>().filter(|open| open.error.is_none()) {
            let mut words = Words::default();
            event.record(&mut words);
            open.error = Some(words.0);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(mut ended) = span.extensions_mut().remove::<Span>() else { return };
        ended.end = self.clock.nanoseconds();
        self.spans.try_send(Message::Span(Box::new(ended))).ok();
    }
}

impl Visit for Span {
    fn record_str(&mut self, field: &Field, value: &str) {
        let text: String = value.chars().take(LONGEST).collect();
        match field.name() {
            NAME => self.name = text,
            name if self.attributes.len() < MOST_ATTRIBUTES => self.attributes.push((name, text)),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// The text of an event: its error, or what it says.
#[derive(Default)]
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "error" || field.name() == "message" && self.0.is_empty() {
            self.0 = format!("{value:?}").chars().take(LONGEST).collect();
        }
    }
}

/// A number that nobody else has; never 0, which isn't an id.
fn random() -> u64 {
    RandomState::new().hash_one(()).max(1)
}
