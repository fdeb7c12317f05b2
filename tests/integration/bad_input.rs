//! What is broken, missing or strange among the input: said by name, counted as lost, and nothing else suffers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;

use super::binary::{Run, command, example_log, files_below, trailhound, trailhound_in};

const COUNT: &str = "SELECT source_file, count(*) AS n FROM process GROUP BY source_file ORDER BY source_file";

/// Rows of the small log that stands for a healthy one.
const HEALTHY_ROWS: usize = 5;

fn healthy() -> Vec<u8> {
    fs::read(example_log("SRV-APP-01_Security.evtx")).unwrap()
}

/// A folder with one healthy log in it.
fn folder_with_a_log() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.evtx"), healthy()).unwrap();
    folder
}

fn count(folder: &Path, source: &str) -> Run {
    trailhound_in(folder, &["query", source, COUNT, "--format", "csv"])
}

/// A file beside a healthy log: told by name once, with the reason, and the healthy log is read; the same in a
/// conversion.
#[track_caller]
fn check_bad_file(name: &str, write: impl FnOnce(&Path), reason: &str) {
    let folder = folder_with_a_log();
    write(&folder.path().join(name));
    let run = count(folder.path(), ".");
    assert_eq!(run.stdout, format!("source_file,n\n./good.evtx,{HEALTHY_ROWS}\n"));
    let error = run.failed();
    assert_eq!(error.matches(name).count(), 1, "{error}");
    assert!(error.starts_with(&format!("warning: ./{name}")) && error.contains(reason), "{error}");

    let error = trailhound_in(folder.path(), &["convert", ".", "--to", "lake", "-q"]).failed();
    assert_eq!(error.matches(name).count(), 1, "{error}");
    let rows = trailhound_in(folder.path(), &["query", "lake", COUNT, "--format", "csv"]).succeeded();
    assert_eq!(rows, format!("source_file,n\n./good.evtx,{HEALTHY_ROWS}\n"));

    // Alone it is an error, and no lake is begun for it.
    let run = trailhound_in(folder.path(), &["query", name, COUNT, "--format", "csv"]);
    assert_eq!(run.stdout, "source_file,n\n");
    assert!(run.failed().contains(reason));
}

#[test]
fn what_is_called_a_log_and_is_none_is_named() {
    check_bad_file("empty.evtx", |path| fs::write(path, "").unwrap(), "is no EVTX file: the file is empty");
    check_bad_file("text.evtx", |path| fs::write(path, "hello").unwrap(), "it does not begin with `ElfFile` (5 bytes)");
    let noise: Vec<u8> = (0..200_000u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    check_bad_file("noise.evtx", |path| fs::write(path, noise).unwrap(), "it does not begin with `ElfFile`");
    check_bad_file(
        "head.evtx",
        |path| fs::write(path, &healthy()[..3000]).unwrap(),
        "ends within its header, after 3000",
    );
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_named_and_never_waited_for() {
    let link_to = |target: &'static str| move |path: &Path| std::os::unix::fs::symlink(target, path).unwrap();
    check_bad_file("dangling.evtx", link_to("nowhere"), "could not be read: No such file or directory");
    check_bad_file("self.evtx", link_to("self.evtx"), "could not be read: Too many levels of symbolic links");
    let pipe = |path: &Path| {
        let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
    };
    check_bad_file("pipe.evtx", pipe, "could not be read: it is no regular file");
}

#[test]
fn a_conversion_of_nothing_readable_begins_no_lake() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("text.evtx"), "hello").unwrap();
    let error = trailhound_in(folder.path(), &["convert", "text.evtx", "--to", "lake"]).failed();
    assert_eq!(
        error,
        "warning: text.evtx is no EVTX file: it does not begin with `ElfFile` (5 bytes)\n\
         error: there is no EVTX file that could be read in `text.evtx`\n"
    );
    assert!(!folder.path().join("lake").exists());
}

#[test]
fn a_log_that_is_cut_off_gives_the_records_before_the_cut() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(example_log("WKS-FIN-07_Sysmon.evtx")).unwrap();
    fs::write(folder.path().join("cut.evtx"), &whole[..100_000]).unwrap();
    let run = count(folder.path(), "cut.evtx");
    assert_eq!(run.stdout, "source_file,n\ncut.evtx,42\n");
    let error = run.failed();
    assert_eq!(error.matches("cut.evtx").count(), 1, "{error}");
    assert!(error.contains("cut off within a chunk, at byte 69632: 30368 of 65536 bytes are there"), "{error}");

    // A query that reads the log twice tells of it once.
    let twice =
        "SELECT count(*) FROM process; SELECT count(*) FROM process AS one JOIN process AS two USING (record_id)";
    let error = trailhound_in(folder.path(), &["query", "cut.evtx", twice]).failed();
    assert_eq!(error.matches("cut.evtx").count(), 1, "{error}");
}

#[test]
fn a_name_that_leads_nowhere_is_an_error() {
    let folder = folder_with_a_log();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (source, message) in [
        ("nothing.evtx", "error: there is no file or folder `nothing.evtx`\n"),
        ("good.evtx/within", "error: there is no file or folder `good.evtx/within`\n"),
        ("*.log", "error: no file matches `*.log`\n"),
        ("a[b", "error: `a[b` is no pattern for file names: invalid range pattern\n"),
        ("empty", "error: there is no EVTX file and no lake in `empty`\n"),
    ] {
        let run = count(folder.path(), source);
        assert_eq!(run.stdout, "");
        assert_eq!(run.failed(), message);
        let error = trailhound_in(folder.path(), &["convert", source, "--to", "lake"]).failed();
        assert!(error.contains(&format!("`{source}`")), "{error}");
        assert!(!folder.path().join("lake").exists());
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_contains_itself_is_read_once() {
    let folder = folder_with_a_log();
    fs::create_dir(folder.path().join("sub")).unwrap();
    std::os::unix::fs::symlink("..", folder.path().join("sub/up")).unwrap();
    for source in [".", "**/*", "sub/**/*", "./**/*.evtx"] {
        let rows = count(folder.path(), source).succeeded();
        assert_eq!(rows.lines().count(), 2, "{source}: {rows}");
        assert!(rows.ends_with(&format!("good.evtx,{HEALTHY_ROWS}\n")), "{source}: {rows}");
    }
    // A link that leads out of the folder that was named, to where it stands, is not followed, and that is said.
    fs::write(folder.path().join("sub/inner.evtx"), healthy()).unwrap();
    let run = count(folder.path(), "sub");
    assert_eq!(run.stdout, format!("source_file,n\nsub/inner.evtx,{HEALTHY_ROWS}\n"));
    let message = "warning: sub/up could not be read: it is a link to a folder above `sub`, which is not followed\n";
    assert_eq!(run.failed(), message);
}

#[test]
fn a_log_is_known_by_its_bytes_and_not_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["log", "log.txt", "Security.evtx.bak"] {
        fs::write(folder.path().join(name), healthy()).unwrap();
    }
    fs::write(folder.path().join("readme.txt"), "hello").unwrap();
    assert_eq!(count(folder.path(), ".").succeeded().lines().count(), 4);
    assert_eq!(count(folder.path(), "log").succeeded(), format!("source_file,n\nlog,{HEALTHY_ROWS}\n"));
}

/// Names that mean something to a shell, to SQL, to CSV, to a URL or to a pattern.
const ODD_NAMES: &[&str] =
    &["a b", "c,d", "e&f", "g%41h", "i#j", "k'l", "[1]", "ü-é", "~m", "n;o", "{p}", "$q", "r=s", "日本", "t..u"];

#[cfg(unix)]
#[test]
fn any_file_name_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["m\"n", "new\nline", "q?r*", "back\\slash", "-dash"];
    for name in ODD_NAMES.iter().chain(&more) {
        let log = format!("./{name}.evtx");
        fs::write(folder.path().join(&log), healthy()).unwrap();
        let sql = "SELECT DISTINCT source_file FROM process";
        let rows = trailhound_in(folder.path(), &["query", &log, sql, "--format", "ndjson"]).succeeded();
        let row: serde_json::Value = serde_json::from_str(&rows).unwrap();
        assert_eq!(row["source_file"], log.as_str());

        let sql = format!("SELECT count(command_line) AS n FROM evtx('{}')", log.replace('\'', "''"));
        assert_eq!(trailhound_in(folder.path(), &["query", &log, &sql, "--format", "csv"]).succeeded(), "n\n5\n");
        let output = format!("{name}.csv");
        trailhound_in(folder.path(), &["query", &log, "SELECT 1 AS n", &format!("--output={output}")]).succeeded();
        assert_eq!(fs::read_to_string(folder.path().join(output)).unwrap(), "n\n1\n");
    }
    let all = ODD_NAMES.len() + more.len();
    assert_eq!(count(folder.path(), ".").stdout.matches(&format!(",{HEALTHY_ROWS}\n")).count(), all);
}

#[test]
fn any_name_of_a_lake_will_do() {
    let folder = folder_with_a_log();
    for name in ODD_NAMES {
        trailhound_in(folder.path(), &["convert", "good.evtx", "--to", name, "-q"]).succeeded();
        let sql = format!("SELECT count(command_line) AS n FROM lake('{}')", name.replace('\'', "''"));
        for sql in ["SELECT count(command_line) AS n FROM process", &sql] {
            let line = ["query", name, sql, "--format", "csv"];
            assert_eq!(trailhound_in(folder.path(), &line).succeeded(), "n\n5\n", "{name}");
        }
    }
    fs::create_dir(folder.path().join("inner")).unwrap();
    let sql = "SELECT count(command_line) AS n FROM process";
    let line = ["query", "../a b", sql, "--format", "csv"];
    assert_eq!(trailhound_in(&folder.path().join("inner"), &line).succeeded(), "n\n5\n");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_read_and_shown_as_far_as_they_go() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let log = OsStr::from_bytes(b"caf\xe9.evtx");
    fs::write(folder.path().join(log), healthy()).unwrap();
    let expected = format!("source_file,n\ncaf\u{fffd}.evtx,{HEALTHY_ROWS}\n");
    let line = [OsStr::new("query"), log, OsStr::new(COUNT), OsStr::new("--format"), OsStr::new("csv")];
    assert_eq!(trailhound_in(folder.path(), &line).succeeded(), expected);
    let line = [OsStr::new("convert"), log, OsStr::new("--to"), OsStr::new("lake"), OsStr::new("-q")];
    trailhound_in(folder.path(), &line).succeeded();
    assert_eq!(count(folder.path(), "lake").succeeded(), expected);

    // What could be written and then not be read is refused at once.
    let lake = OsStr::from_bytes(b"lak\xe9");
    let line = [OsStr::new("convert"), log, OsStr::new("--to"), lake];
    let error = trailhound_in(folder.path(), &line).failed();
    assert!(error.starts_with("error: the path of a lake is to be UTF-8 without control characters"), "{error}");
    assert!(!folder.path().join(lake).exists());
}

#[test]
fn a_lake_is_made_in_a_folder_of_its_own() {
    let folder = folder_with_a_log();
    fs::create_dir(folder.path().join("other")).unwrap();
    fs::write(folder.path().join("other/notes.txt"), "mine").unwrap();
    let before = files_below(folder.path());
    for (lake, message) in [
        ("other", "error: `other` is no lake and not empty: name a new folder, so that nothing in it is mixed up\n"),
        ("good.evtx", "error: could not look into `good.evtx`: Not a directory (os error 20)\n"),
        ("good.evtx/lake", "error: could not make `good.evtx/lake/_trailhound`: Not a directory (os error 20)\n"),
    ] {
        let error = trailhound_in(folder.path(), &["convert", "good.evtx", "--to", lake]).failed();
        if cfg!(target_os = "linux") {
            assert_eq!(error, message);
        }
        assert!(error.contains(lake), "{error}");
    }
    assert!(files_below(folder.path()) == before);
}

/// A lake of a healthy log, and its one Parquet file.
fn folder_with_a_lake() -> (TempDir, PathBuf) {
    let folder = folder_with_a_log();
    trailhound_in(folder.path(), &["convert", "good.evtx", "--to", "lake", "-q"]).succeeded();
    let files = files_below(&folder.path().join("lake"));
    let parquet = files.iter().find(|(path, _)| path.extension().is_some_and(|end| end == "parquet")).unwrap();
    let path = folder.path().join("lake").join(&parquet.0);
    (folder, path)
}

#[test]
fn a_damaged_manifest_is_told_and_left_as_it_is() {
    let (folder, _) = folder_with_a_lake();
    let manifest = folder.path().join("lake/_trailhound/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let newer = text.replacen("\"format\": 1", "\"format\": 99", 1);
    for (damaged, reason) in [("", "EOF"), (&text[..text.len() / 2], "EOF"), (&newer, "it has form 99")] {
        fs::write(&manifest, damaged).unwrap();
        let before = files_below(folder.path());
        for line in [
            &["query", "lake", "SELECT 1"][..],
            &["query", "good.evtx", "SELECT 1 FROM lake('lake')"],
            &["convert", "good.evtx", "--to", "lake"],
        ] {
            let error = trailhound_in(folder.path(), line).failed();
            assert!(error.starts_with("error: the manifest of the lake `lake` cannot be read: "), "{error}");
            assert!(error.contains(reason), "{error}");
        }
        assert!(files_below(folder.path()) == before);
    }
}

#[test]
fn a_lake_that_lacks_a_file_says_which_and_gives_the_others() {
    let (folder, parquet) = folder_with_a_lake();
    fs::copy(example_log("WKS-DEV-02_Security.evtx"), folder.path().join("more.evtx")).unwrap();
    trailhound_in(folder.path(), &["convert", "more.evtx", "--to", "lake", "-q"]).succeeded();
    let damages: [(&dyn Fn(), &str); 2] = [
        (
            &|| fs::OpenOptions::new().write(true).open(&parquet).unwrap().set_len(2000).unwrap(),
            "it has 2000 bytes, and",
        ),
        (&|| fs::remove_file(&parquet).unwrap(), "No such file or directory"),
    ];
    let name = parquet.strip_prefix(folder.path()).unwrap().to_str().unwrap();
    for (damage, reason) in damages {
        damage();
        for sql in ["SELECT count(*) AS n FROM process", "SELECT count(command_line) AS n FROM lake('lake')"] {
            let run = trailhound_in(folder.path(), &["query", "lake", sql, "--format", "csv"]);
            assert_eq!(run.stdout, "n\n205\n");
            let error = run.failed();
            assert!(error.starts_with(&format!("warning: {name} could not be read: {reason}")), "{error}");
            assert_eq!(error.matches(name).count(), 1, "{error}");
        }
        let error = trailhound_in(folder.path(), &["convert", "good.evtx", "--to", "lake", "-q"]).failed();
        assert!(error.contains(name) && error.contains("the lake lacks files that it had"), "{error}");
    }
}

#[test]
fn changed_bytes_in_a_lake_are_an_error_that_names_the_file() {
    let (folder, parquet) = folder_with_a_lake();
    let mut bytes = fs::read(&parquet).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[64..middle] {
        *byte ^= 0x5a;
    }
    fs::write(&parquet, bytes).unwrap();
    let error = trailhound_in(folder.path(), &["query", "lake", "SELECT * FROM process"]).failed();
    let name = parquet.strip_prefix(folder.path()).unwrap().to_str().unwrap();
    assert!(error.contains(name), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let rows = "SELECT command_line FROM process";
    for format in ["csv", "json", "table", "parquet", "vertical"] {
        let line = ["query", "examples/logs", rows, "--format", format, "-o", "/dev/full"];
        let error = trailhound(&line).failed();
        assert!(error.contains("No space left on device"), "{format}: {error}");
    }
    for line in [&["query", "examples/logs", rows][..], &["functions"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(line).stdout(full).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains("No space left on device"), "{error}");
    }
}

/// A file system of one mebibyte; it goes away with the value.
#[cfg(target_os = "linux")]
struct SmallDisk(TempDir);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(options: &str) -> Option<SmallDisk> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder.path());
        let mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("skipped: this user may not mount a small disk");
        }
        mounted.then_some(SmallDisk(folder))
    }

    fn remount(&self, options: &str) {
        let mut mount = std::process::Command::new("mount");
        mount.args(["-o", &format!("remount,{options}")]).arg(self.0.path());
        assert!(mount.status().unwrap().success());
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(self.0.path()).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_leaves_the_lake_as_it_was() {
    let Some(disk) = SmallDisk::mount("size=1m") else { return };
    let lake = disk.0.path().join("lake");
    let lake = lake.to_str().unwrap();
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("Security.evtx");
    trailhound(&["convert", "examples/logs", "--to", lake, "-q"]).succeeded();
    let before = files_below(Path::new(lake));
    trailhound(&["generate", logs.path().to_str().unwrap(), "--events", "200000"]).succeeded();
    let error = trailhound(&["convert", log.to_str().unwrap(), "--to", lake, "-q"]).failed();
    assert!(error.contains("No space left on device") && error.contains(lake), "{error}");
    assert!(files_below(Path::new(lake)) == before, "the lake changed");

    let output = disk.0.path().join("all.csv");
    let line = ["query", log.to_str().unwrap(), "SELECT * FROM process", "-o", output.to_str().unwrap()];
    let error = trailhound(&line).failed();
    assert!(error.contains("all.csv") && error.contains("No space left on device"), "{error}");
    assert!(!output.exists());
    assert!(files_below(disk.0.path()).len() == before.len(), "something was left behind");
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_may_not_be_written_to_is_told() {
    let Some(disk) = SmallDisk::mount("size=1m") else { return };
    let lake = disk.0.path().join("lake");
    trailhound(&["convert", "examples/logs", "--to", lake.to_str().unwrap(), "-q"]).succeeded();
    disk.remount("ro");
    let count = "SELECT count(command_line) AS n FROM process";
    let rows = trailhound(&["query", lake.to_str().unwrap(), count, "--format", "csv"]).succeeded();
    assert_eq!(rows, "n\n549\n");
    for line in [
        ["convert", "examples/logs", "--to", lake.to_str().unwrap()],
        ["convert", "examples/logs", "--to", disk.0.path().join("new").to_str().unwrap()],
        ["query", "examples/logs", count, &format!("--output={}", disk.0.path().join("n.csv").display())],
    ] {
        let error = trailhound(&line).failed();
        assert!(error.contains("Read-only file system"), "{error}");
        assert!(error.contains(disk.0.path().to_str().unwrap()), "{error}");
    }
}

#[test]
fn an_output_that_cannot_be_is_told() {
    let folder = folder_with_a_log();
    for (output, message) in [
        ("no/hits.csv", "error: could not write 'no/hits.csv': there is no folder 'no'\n"),
        ("good.evtx/hits.csv", "error: could not write 'good.evtx/hits.csv': there is no folder 'good.evtx'\n"),
        (".", "error: could not write '.': is a directory\n"),
    ] {
        let error = trailhound_in(folder.path(), &["query", "good.evtx", "SELECT 1", "-o", output]).failed();
        assert_eq!(error, message);
    }
}

#[test]
fn little_memory_is_enough_to_sort_or_is_told() {
    let folder = tempfile::tempdir().unwrap();
    trailhound(&["generate", folder.path().to_str().unwrap(), "--events", "30000"]).succeeded();
    let sorted = "SELECT * FROM process ORDER BY command_line DESC, record_id";
    let line = |memory| ["query", folder.path().to_str().unwrap(), sorted, "--format", "csv", "--memory", memory];
    let little = trailhound(&line("1MiB"));
    if little.code == Some(0) {
        assert!(little.stdout == trailhound(&line("1GiB")).succeeded(), "other rows with little memory");
    } else {
        let error = little.failed();
        assert!(error.starts_with("error: the query needs more memory than it may use\n"), "{error}");
    }
    let lake = folder.path().join("lake");
    for memory in ["1MiB", "1GiB"] {
        let to = lake.with_extension(memory);
        let line = ["convert", folder.path().join("Security.evtx").to_str().unwrap(), "--to", to.to_str().unwrap()]
            .map(str::to_owned);
        trailhound(&[&line[..], &["-q".to_owned(), "--memory".to_owned(), memory.to_owned()]].concat()).succeeded();
    }
    assert!(files_below(&lake.with_extension("1MiB")) == files_below(&lake.with_extension("1GiB")));
}

#[cfg(unix)]
#[test]
fn a_conversion_that_is_killed_can_be_done_again() {
    let folder = tempfile::tempdir().unwrap();
    trailhound(&["generate", folder.path().to_str().unwrap(), "--events", "60000"]).succeeded();
    let convert = |lake: &str| ["convert", "Security.evtx", "--to", lake, "-q"].map(str::to_owned).to_vec();
    trailhound_in(folder.path(), &convert("clean")).succeeded();
    let clean = files_below(&folder.path().join("clean"));
    let mut interrupted = 0;
    // At different stages: while it reads, while it sorts, while it writes.
    for milliseconds in [20, 150, 400, 900, 1800] {
        let mut child = command(&convert("lake")).current_dir(folder.path()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let ended = child.try_wait().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        if ended.is_some() {
            break;
        }
        interrupted += 1;
        let run = trailhound_in(folder.path(), &["query", "lake", "SELECT count(*) FROM process"]);
        let error = run.failed();
        assert!(error.contains("no lake") || error.contains("there is no file or folder `lake`"), "{error}");
    }
    assert!(interrupted > 0);
    trailhound_in(folder.path(), &convert("lake")).succeeded();
    assert!(files_below(&folder.path().join("lake")) == clean, "another lake than that of a clean run");
}

#[test]
fn the_same_file_by_two_names_is_read_once() {
    let folder = folder_with_a_log();
    let line = ["query", "good.evtx", "./good.evtx", ".", "*.evtx", COUNT, "--format", "csv"];
    let rows = trailhound_in(folder.path(), &line).succeeded();
    assert_eq!(rows, format!("source_file,n\ngood.evtx,{HEALTHY_ROWS}\n"));
}
