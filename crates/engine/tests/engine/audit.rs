//! The audit against the log itself: whatever a request finds by index, in halves or page by page is what a look at
//! every commit finds.

mod history;
mod lists;
mod reader;
mod replay;
mod trace;
