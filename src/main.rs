//! The `trailhound` command.

use std::process::ExitCode;

use clap::Parser;
use trailhound::cli;

fn main() -> ExitCode {
    match cli::run(cli::Args::parse()) {
        Ok(cli::Outcome::Done) => ExitCode::SUCCESS,
        Ok(cli::Outcome::SomethingLost) => ExitCode::from(2),
        Err(error) => {
            cli::report(&error);
            ExitCode::from(2)
        }
    }
}
