//! Every end-to-end test in one binary: one link, one set of servers at a time.

// Helpers of tests stand outside the functions that clippy knows for tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod attacks;
mod audit;
mod audit_of_plans;
mod by_name;
mod client;
mod cluster;
mod command_line;
mod connecting;
mod connecting_mistakes;
mod crash;
mod doctor;
mod durable;
mod encodings;
mod exports;
mod hostile_bytes;
mod houses;
mod main_path;
mod newcomers;
mod observing;
mod replicated_log;
mod setting_up;
mod settings;
mod subscribers;
mod supervised;
mod sync_command;
mod traces;
mod transport;
mod trust;
mod under_stress;
mod views;
