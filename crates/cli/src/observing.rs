//! Observing the engine: health, metrics and status.
//!
//! The parts of the engine count while they work ([`Observer`] names them); nobody asks them more than that. Here, and
//! only here, the numbers become a status for people, answers to probes, and an exposition for Prometheus.
//!
//! | file | contents |
//! | --- | --- |
//! | `address` | where the HTTP port is |
//! | `disk` | how much of a disk is free, and when that is told of |
//! | `sample` | what only the operating system knows: disk, memory, files; taken once a second |
//! | `pulse` | what is seen only by comparing samples: commits that wait for long, overload |
//! | `observer` | everything that is observed, and one observation of it |
//! | `health` | which part is not ready, what else is wrong, and what to do |
//! | `status` | the reply of `engine.status` |
//! | `metrics` | the metrics, by name, type, unit, labels and meaning |
//! | `exposition` | the metrics in the formats of Prometheus |
//! | `http` | the HTTP port |

pub(crate) mod address;
pub(crate) mod disk;
mod exposition;
mod health;
pub(crate) mod http;
mod metrics;
pub(crate) mod observer;
mod pulse;
mod sample;
mod status;
