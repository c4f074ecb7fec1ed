//! The program that is measured: plansync itself, built with the benchmark.

use std::process::ExitCode;

fn main() -> ExitCode {
    plansync::run()
}
