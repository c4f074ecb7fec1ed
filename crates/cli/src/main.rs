//! Nothing but the start of the program.

fn main() {}
