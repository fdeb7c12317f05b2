//! The `trailhound` command.

use std::process::ExitCode;

use trailhound::cli;

fn main() -> ExitCode {
    match cli::run(cli::Args::from_command_line()) {
        Ok(cli::Outcome::Done) => ExitCode::SUCCESS,
        Ok(cli::Outcome::SomethingLost) => ExitCode::from(2),
        Err(error) => {
            cli::report(&error);
            ExitCode::from(2)
        }
    }
}
