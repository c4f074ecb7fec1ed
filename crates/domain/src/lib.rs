//! The rules of learning plan synchronisation, and the state that they judge.
//!
//! The state of a tenant ([`Tenant`](state::tenant::Tenant)) is folded from events.
//! [`decide`](decide::decide) is a pure function from this state and a command to events or a rejection.
//! [`evolve`](state::evolve::evolve) folds events into the state; it is total and checks no rule.
//!
//! This crate uses no clock, no random source, no storage and no wire format: times and ids are passed in
//! as values. Therefore a decision can be repeated at any time from the log, and tested without an
//! environment.
//!
//! ```
//! use plansync_domain::command::Command;
//! use plansync_domain::command::context::Context;
//! use plansync_domain::command::decided::Decided;
//! use plansync_domain::command::limits::Limits;
//! use plansync_domain::decide::decide;
//! use plansync_domain::ids::Actor;
//! use plansync_domain::ids::position::Position;
//! use plansync_domain::reference::settings::{IdleHours, OwnerRule, TenantSettings};
//! use plansync_domain::state::evolve::evolve;
//! use plansync_domain::state::tenant::Tenant;
//! use plansync_domain::time::log_time::Stamp;
//!
//! let mut tenant = Tenant::default();
//! let command = Command::PutTenant(TenantSettings {
//!     marking_aid: true,
//!     owner_rule: OwnerRule::Keep,
//!     record_idle_hours: IdleHours::default(),
//! });
//! let context = Context {
//!     actor: &Actor::System,
//!     limits: &Limits::default(),
//!     position: Position::default(),
//!     digest: &|_: &_, _: &_| None,
//!     closed_session: None,
//! };
//!
//! let Ok(Decided::Events { stream, events }) = decide(&tenant, &context, &command) else {
//!     panic!("the settings are refused");
//! };
//! assert!(!tenant.marking_aid(), "deciding changes nothing");
//!
//! evolve(&mut tenant, (&stream, 1), Stamp::default(), &Actor::System, &events);
//! assert!(tenant.marking_aid());
//! ```
//!
//! # Modules
//!
//! A module imports only modules above it in this table. A test holds this order and the imports that each
//! module lists in its documentation. The rules and their ids are catalogued in `RULES.md`.
//!
//! | module | content |
//! | --- | --- |
//! | [`ids`] | ids, versions, positions, streams, digests |
//! | [`time`] | dates, moments, log time |
//! | [`text`] | bounds of texts, personal texts, searching by name |
//! | [`values`] | attributes, their values, and the table of a tenant's values |
//! | [`review`] | reviews and their calendar tasks |
//! | [`plan`] | a learner's plan |
//! | [`permission`] | what an administrator may do to components |
//! | [`mod@reference`] | settings, administrators, learners, programmes, templates |
//! | [`sync`] | requests, change sets and pair outcomes |
//! | [`event`] | the events that the log stores |
//! | [`progress`] | the progress of syncs |
//! | [`fold`] | what events and replays do to a plan |
//! | [`recent`] | record sessions and their recent changes |
//! | [`state`] | the state of a tenant, its images, and fetching of plans |
//! | [`command`] | commands, rejections, and the inputs of a decision |
//! | [`access`] | who may send a command, and whom an actor sees |
//! | [`selection`] | what a sync request selects |
//! | [`judging`] | what a sync does to one target |
//! | [`preview`] | what a sync would do |
//! | [`history`] | descriptions of commits |
//! | [`decide`] | the decision on each command |

pub mod access;
pub mod command;
pub mod decide;
pub mod event;
pub mod fold;
pub mod history;
pub mod ids;
pub mod judging;
pub mod permission;
pub mod plan;
pub mod preview;
pub mod progress;
pub mod recent;
pub mod reference;
pub mod review;
pub mod selection;
pub mod state;
pub mod sync;
#[cfg(test)]
mod test_support;
pub mod text;
pub mod time;
pub mod values;

pub use ids::version::{TemplateVersion, Version};
