//! What the documentation says is true: generated pages are current, every command and query in it runs, and prints
//! what stands below it. `UPDATE_DOCS=1 cargo test documentation` writes what is found, to be read before it is
//! committed.
//!
//! A page's blocks run in their order in a folder of the page's own, in which `examples` leads to the example logs:
//!
//! - ```` ```sh ````: the whole block by `sh -e`. `trailhound` is the built binary, `cargo run -- …` is `trailhound …`, and
//!   other uses of `cargo` do nothing.
//! - ```` ```sql ````: `trailhound query examples/logs`.
//! - ```` ```text ```` with nothing but an empty line between it and one of those: what that prints.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

const TABLE_START: &str = "<!-- functions: written by UPDATE_DOCS=1 cargo test documentation -->\n";
const TABLE_END: &str = "<!-- end of functions -->\n";

/// Held by each test that may write pages: two of them have the README.
static PAGES: Mutex<()> = Mutex::new(());

fn pages_lock() -> MutexGuard<'static, ()> {
    PAGES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn updating() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some()
}

fn read(page: &Path) -> String {
    std::fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()))
}

/// Holds a page against what it should be, or writes it.
#[track_caller]
fn settle(page: &Path, found: &str, expected: &str) {
    if found == expected {
        return;
    }
    if updating() {
        std::fs::write(page, expected).unwrap();
        return;
    }
    let different = found.lines().zip(expected.lines()).position(|(one, two)| one != two);
    let line = different.unwrap_or_else(|| found.lines().count().min(expected.lines().count()));
    panic!(
        "{}, line {}:\n  there is  {:?}\n  should be {:?}\n`UPDATE_DOCS=1 cargo test documentation` writes it",
        page.display(),
        line + 1,
        found.lines().nth(line),
        expected.lines().nth(line)
    );
}

/// What the binary prints for a page of the reference.
fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_trailhound")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn generated_pages_are_current() {
    let _lock = pages_lock();
    for (page, argument) in [("cli.md", "commands"), ("columns.md", "columns"), ("functions.md", "functions")] {
        let page = root().join("docs").join(page);
        let expected = printed(&["reference", argument]);
        assert!(expected.len() > 1000);
        // A page that is not there yet is one to be written.
        settle(&page, &std::fs::read_to_string(&page).unwrap_or_default(), &expected);
    }
}

#[test]
fn the_table_of_functions_in_the_readme_is_current() {
    let _lock = pages_lock();
    let page = root().join("README.md");
    let text = read(&page);
    let (before, rest) = text.split_once(TABLE_START).expect("the mark of its start");
    let (_, after) = rest.split_once(TABLE_END).expect("the mark of its end");
    let table = printed(&["functions", "--markdown"]);
    settle(&page, &text, &format!("{before}{TABLE_START}{table}{TABLE_END}{after}"));
}

/// The pages that users read.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = std::fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    pages.sort();
    pages.insert(0, root().join("README.md"));
    pages
}

/// A fenced block of a page.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    language: String,
    text: String,
    /// The line of the fence, from 1.
    line: usize,
    /// The bytes of the page between the fences.
    place: std::ops::Range<usize>,
    /// Only empty lines stand between the block before and this one.
    follows: bool,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    let mut follows = false;
    let mut offset = 0;
    for (number, line) in page.split_inclusive('\n').enumerate() {
        let next = offset + line.len();
        match (&mut open, line.trim_end().strip_prefix("```")) {
            (None, Some(language)) => {
                open = Some(Block {
                    language: language.to_owned(),
                    text: String::new(),
                    line: number + 1,
                    place: next..next,
                    follows,
                });
            }
            (Some(block), None) => {
                block.text.push_str(line);
                block.place.end = next;
            }
            (Some(_), Some(_)) => {
                blocks.extend(open.take());
                follows = true;
            }
            (None, None) if line.trim().is_empty() => {}
            (None, None) => follows = false,
        }
        offset = next;
    }
    assert_eq!(open, None, "a block without an end");
    blocks
}

/// A folder with the examples in it, as a user's checkout has them.
fn folder_with_examples() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(root().join("examples"), folder.path().join("examples")).unwrap();
    folder
}

/// Standard error goes where standard output goes, as on a terminal.
const SHELL_START: &str = r#"exec 2>&1
cargo() {
    if [ "$1" = run ]; then
        while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
        shift
        trailhound "$@"
    fi
}
"#;

/// Runs a block of shell; gives what it printed and whether it succeeded.
fn run_shell(script: &str, folder: &Path) -> (String, bool) {
    let binary = Path::new(env!("CARGO_BIN_EXE_trailhound")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-ec", &format!("{SHELL_START}{script}")])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", binary.display()))
        .env("TRAILHOUND_HISTORY", "")
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success())
}

/// Runs a block of SQL.
fn run_sql(sql: &str, folder: &Path) -> (String, bool) {
    std::fs::write(folder.join("block.sql"), sql).unwrap();
    run_shell("trailhound query examples/logs -f block.sql", folder)
}

/// Durations, which no two runs share, become `…`. What is left is to be the same everywhere.
fn normalised(text: &str) -> String {
    let mut normal = String::new();
    for line in text.lines() {
        let mut words: Vec<&str> = line.trim_end().split(' ').collect();
        for place in 1..words.len() {
            let unit = words[place].trim_end_matches([')', ',', '.']);
            if matches!(unit, "s" | "ms" | "min") && words[place - 1].trim_start_matches('(').parse::<f64>().is_ok() {
                words[place - 1] = "…";
            }
        }
        let _ = writeln!(normal, "{}", words.join(" "));
    }
    normal
}

/// What was found on the pages.
#[derive(Debug, Default)]
struct Tally {
    shell: usize,
    sql: usize,
    outputs: usize,
    /// Blocks that ended with an error.
    failed: Vec<String>,
    /// Outputs that are not what is shown.
    outdated: Vec<String>,
}

/// Runs the blocks of a page; gives the page with the outputs that were found.
fn run_page(page: &Path, tally: &mut Tally) -> String {
    let text = read(page);
    let name = page.strip_prefix(root()).unwrap_or(page).display().to_string();
    let folder = folder_with_examples();
    let mut output: Option<String> = None;
    let mut changes = Vec::new();
    for block in blocks(&text) {
        let ran = match block.language.as_str() {
            "sh" => {
                tally.shell += 1;
                Some(run_shell(&block.text, folder.path()))
            }
            "sql" => {
                tally.sql += 1;
                Some(run_sql(&block.text, folder.path()))
            }
            "text" if block.follows => {
                if let Some(found) = output.take() {
                    tally.outputs += 1;
                    if normalised(&found) != normalised(&block.text) {
                        tally.outdated.push(format!("{name}, line {}: the output is\n{found}", block.line));
                        changes.push((block.place, found));
                    }
                }
                None
            }
            _ => None,
        };
        output = ran.map(|(printed, succeeded)| {
            if !succeeded {
                tally.failed.push(format!("{name}, line {}: fails with\n{printed}", block.line));
            }
            printed
        });
    }
    let mut renewed = text.clone();
    // From the end on, so that the places before keep their meaning.
    for (place, found) in changes.into_iter().rev() {
        renewed.replace_range(place, &found);
    }
    renewed
}

#[cfg(unix)]
#[test]
fn the_documentation_runs_and_prints_what_it_shows() {
    let _lock = pages_lock();
    let mut tally = Tally::default();
    for page in pages() {
        let renewed = run_page(&page, &mut tally);
        if updating() {
            std::fs::write(&page, renewed).unwrap();
        }
    }
    println!("{} blocks of shell, {} of SQL, {} outputs compared", tally.shell, tally.sql, tally.outputs);
    assert!(tally.shell >= 15 && tally.sql >= 50 && tally.outputs >= 10, "{tally:?}");
    let mut wrong = tally.failed;
    if !updating() {
        wrong.append(&mut tally.outdated);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn links_within_the_project_lead_somewhere() {
    let mut all = pages();
    all.extend(["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|page| root().join(page)));
    let mut checked = 0;
    for page in all {
        for piece in read(&page).split("](").skip(1) {
            let target = piece.split(')').next().unwrap_or_default();
            if target.contains("://") || target.starts_with('#') {
                continue;
            }
            let file = page.parent().unwrap().join(target.split('#').next().unwrap_or_default());
            assert!(file.exists(), "{}: nothing at {target}", page.display());
            checked += 1;
        }
    }
    assert!(checked >= 5, "{checked} links");
}

#[test]
fn a_block_is_found_with_what_follows_it() {
    let page = "a\n```sh\nls\n```\n\n```text\nx\n```\nwords\n```text\ny\n```\n";
    let found = blocks(page);
    let shape: Vec<(&str, &str, bool)> =
        found.iter().map(|block| (block.language.as_str(), block.text.as_str(), block.follows)).collect();
    assert_eq!(shape, [("sh", "ls\n", false), ("text", "x\n", true), ("text", "y\n", false)]);
    assert_eq!(&page[found[1].place.clone()], "x\n");
}

#[test]
fn only_durations_are_passed_over() {
    assert_eq!(normalised("time     0.13 s\n3 rows (0.012 s)  \n2 min 5 s"), "time     … s\n3 rows … s)\n… min … s\n");
    assert_eq!(normalised("3 files"), "3 files\n");
}
