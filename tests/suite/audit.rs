//! The audit end to end: the log read as events while others write it, and handed over to the stream.

mod handing_over;
mod projecting;
mod waiting;
mod world;
