//! The product under fire, over a real nats-server: killed, without its bus, flooded, and asked by
//! many at once.

mod bus;
mod kills;
mod overload;
mod school;
mod stream;
