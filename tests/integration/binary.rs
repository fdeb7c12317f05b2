//! The built binary, run as its users run it.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Longer than any command of these tests takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output of a run in which nothing was to be complained of.
    #[track_caller]
    pub(crate) fn succeeded(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{}", self.stdout);
        self.stdout
    }

    /// Standard error of a run that ended with exit code 2.
    #[track_caller]
    pub(crate) fn failed(self) -> String {
        assert_eq!(self.code, Some(2), "{}\n{}", self.stdout, self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self.stderr
    }
}

/// The folder of the checkout, in which commands run unless they are told another.
pub(crate) fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One of the example logs.
pub(crate) fn example_log(name: &str) -> PathBuf {
    checkout().join("examples/logs").join(name)
}

/// The command, run in the folder of the checkout, with nothing of the tester's own environment that it looks at.
pub(crate) fn command<S: AsRef<OsStr>>(arguments: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailhound"));
    command.args(arguments).current_dir(checkout()).env_remove("NO_COLOR").env("TRAILHOUND_HISTORY", "");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command to its end; one that hangs fails the test.
#[track_caller]
pub(crate) fn run_command(mut command: Command, input: Option<&str>) -> Run {
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let mut child = command.spawn().unwrap();
    let process = child.id();
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        // Who does not want all of it may leave.
        let _ = stdin.write_all(input.as_bytes());
    }
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = receiver.recv_timeout(PATIENCE) else {
        let _ = Command::new("kill").args(["-9", &process.to_string()]).status();
        panic!("{command:?} did not end within {PATIENCE:?}");
    };
    let Output { status, stdout, stderr } = output.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Run { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

/// Runs `trailhound` with these arguments in the folder of the checkout.
#[track_caller]
pub(crate) fn trailhound<S: AsRef<OsStr>>(arguments: &[S]) -> Run {
    run_command(command(arguments), None)
}

/// Runs `trailhound` in another folder.
#[track_caller]
pub(crate) fn trailhound_in<S: AsRef<OsStr>>(folder: &Path, arguments: &[S]) -> Run {
    let mut command = command(arguments);
    command.current_dir(folder);
    run_command(command, None)
}

/// All files below a folder with their bytes, by their paths in it.
pub(crate) fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap) {
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder).unwrap().to_owned();
            files.push((name, std::fs::read(entry.path()).unwrap()));
        }
    }
    files
}
