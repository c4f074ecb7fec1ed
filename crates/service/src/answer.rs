//! Reads: results of the engine as replies of the protocol.
//!
//! One file for each group of operations, with the handlers ([`Reads`](crate::catalogue::Reads)). Who
//! may see what has been decided by the engine. Functions that several files need are here.

mod affected;
mod audit;
mod changes;
mod choose;
mod engine;
mod explain;
mod history;
mod plan;
mod plan_change;
pub(crate) mod record;
mod reference;
mod sync;

use std::sync::Arc;

use plansync_domain::ids::version::Version;
use plansync_domain::values::attributes::AttributeMap;
use plansync_domain::values::raw::Raw;
use plansync_domain::values::value::Value;
use plansync_engine::read::{LastUpdated, Window};
use plansync_log::Recorded;
use plansync_protocol::{
    self as protocol, AttributeValue, Attributes, Page, PageNumber, PageSize, Search, Time,
};
use uuid::Uuid;

use crate::words::ToWire;

pub(crate) use history::plan_changes;
pub(crate) use sync::{sync_record, sync_request};

/// A count as a number of the protocol.
pub(crate) fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The version of a plan in the form of the protocol.
pub(crate) fn version(version: Version) -> protocol::Version {
    protocol::Version(u64::from(version))
}

fn time(at: Recorded) -> Time {
    Time::from_micros(at.get())
}

fn last_updated(header: LastUpdated) -> protocol::plan::LastUpdated {
    protocol::plan::LastUpdated {
        position: protocol::Position(header.position.get()),
        at: time(header.at),
        by: header.by,
    }
}

/// A page of the largest size fits into one read of the engine.
const _: () = assert!(PageSize::MAX.get() as usize == Window::TAKE_MAX);

fn window(number: Option<PageNumber>, size: Option<PageSize>) -> Window {
    let page = Page::of(number, size);
    Window {
        skip: page.skip(),
        take: page.take(),
    }
}

fn search(given: Option<Search>) -> String {
    given.map(Search::into_string).unwrap_or_default()
}

fn attributes(map: &AttributeMap) -> Attributes {
    let entries = map.iter();
    entries
        .map(|(attribute, given)| (attribute.wire(), value(given)))
        .collect()
}

fn value(given: &Value) -> AttributeValue {
    match given.to_raw() {
        Raw::Null => AttributeValue::Null,
        Raw::Bool(value) => AttributeValue::Bool(value),
        Raw::Integer(number) => AttributeValue::Integer(number),
        Raw::Text(text) => AttributeValue::Text(text),
        Raw::List(list) => AttributeValue::List(list),
        Raw::Bytes(bytes) => {
            Uuid::from_slice(&bytes).map_or(AttributeValue::Null, AttributeValue::Uuid)
        }
    }
}

fn texts(elements: &[Arc<str>]) -> Vec<String> {
    elements
        .iter()
        .map(|element| (**element).to_owned())
        .collect()
}
