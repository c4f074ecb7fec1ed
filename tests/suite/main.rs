//! Every end-to-end test in one binary: one link, one set of servers at a time.

mod accounts;
mod crash;
mod durable;
mod houses;
mod main_path;
mod transport;
