//! What every adapter of the port must hold.
