//! The service as a transport sees it: bytes in, bytes out, over a log in memory.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod affected;
mod answers;
mod audience;
mod audit;
mod audit_plans;
mod audit_points;
mod audit_what_if;
mod audit_why;
mod changes;
mod college;
mod confirm;
mod corrections;
mod counts;
mod durable;
mod events;
mod explain;
mod finding;
mod first_refusal;
mod followed;
mod headers;
mod held;
mod kept;
mod ladder;
mod numbers;
mod one_form;
mod order;
mod pages;
mod paths;
mod plan_change;
mod plans;
mod records;
mod reference;
mod repeats;
mod reviews;
mod syncs;
mod typed;
mod warnings;
mod wizard;
mod world;
