//! The program that is measured: plansync itself, built together with the benchmark.

use std::process::ExitCode;

fn main() -> ExitCode {
    plansync::run()
}
