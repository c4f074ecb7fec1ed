//! Nothing but the start of the program.

use std::process::ExitCode;

fn main() -> ExitCode {
    plansync::run()
}
