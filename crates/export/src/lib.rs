//! The log as related tables, for people who analyse: SQLite, CSV and JSON lines.
//!
//! Whoever reads the log (the command line) hands over replies of the wire protocol; this crate turns them into rows
//! ([`Workspace`]), checks that the rows refer to each other, and writes them ([`write`](mod@write)). It opens no
//! connection and no log, and it decides nothing: every row is made of what a reply says.
//!
//! - [`model`] says what a table and a column are; [`tables`] lists them all. The definition of tables in SQLite, the
//!   headings of CSV files, the keys of JSON lines and `docs/export.md` are made from that list.
//! - [`load`] has, for each kind of reply, the rows that it gives.
//! - [`query`](mod@query) runs one `SELECT` on an export, and nothing else.
//! - [`dossier`] copies an export of one learner without anything that names somebody else.

pub mod document;
pub mod dossier;
mod error;
pub mod load;
pub mod model;
pub mod query;
mod stop;
pub mod tables;
mod views;
mod workspace;
pub mod write;

pub use error::ExportError;
pub use stop::Stop;
pub use workspace::{FORM, Workspace};
