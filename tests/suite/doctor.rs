//! `plansync doctor`: each fault is made, and found with what to do and the section of the runbook.

mod clients;
mod engines;
mod folders;
mod formats;
mod healthy;
mod hostile;
mod limits;
mod mounts;
mod reaching;
mod streams;
mod world;
