//! The prompt, driven through a terminal as a person drives it.
//!
//! The answers are waited for by what they end with, never by the clock. `[rows] in [time]` ends each result.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rexpect::reader::Options;
use rexpect::session::{PtySession, spawn_with_options};

use super::binary::checkout;

/// Longer than any answer of these tests takes on a slow machine.
const PATIENCE: u64 = 90_000;
const PROMPT: &str = "trailhound> ";
/// Wide enough that no statement wraps and no cell is cut.
const COLUMNS: u16 = 600;

struct Prompt {
    session: PtySession,
}

impl Prompt {
    /// Opens the prompt on sources; what stands before its first line is the banner.
    fn open(sources: &[&str], columns: u16, history: &Path) -> (Prompt, String) {
        let mut command = Command::new("sh");
        // A terminal of a known width, which a new one has not.
        command.args(["-c", &format!("stty rows 50 cols {columns}; exec \"$0\" \"$@\"")]);
        command.arg(env!("CARGO_BIN_EXE_trailhound")).args(sources).current_dir(checkout());
        command.env("TERM", "xterm").env("NO_COLOR", "1").env("TRAILHOUND_HISTORY", history);
        let options = Options::new().timeout_ms(Some(PATIENCE)).strip_ansi_escape_codes(true);
        let mut session = spawn_with_options(command, options).unwrap();
        let banner = session.exp_string(PROMPT).unwrap();
        (Prompt { session }, text(&banner))
    }

    fn on_examples() -> Prompt {
        Prompt::open(&["examples/logs"], COLUMNS, Path::new("")).0
    }

    /// Types a statement and gives its result with the count of rows, without the time.
    #[track_caller]
    fn ask(&mut self, statement: &str) -> String {
        self.session.send_line(statement).unwrap();
        self.answer()
    }

    #[track_caller]
    fn answer(&mut self) -> String {
        let (before, end) = self.session.exp_regex(r"(\d+ rows?|done) in \d+\.\d{3} s\r\n").unwrap();
        self.session.exp_string(PROMPT).unwrap();
        let rows = end.split(" in ").next().unwrap();
        format!("{}{rows}\n", after_echo(&text(&before)))
    }

    /// Types something and gives what is shown up to the next prompt. Each line but the last brings a prompt of its own,
    /// with which the lines so far are drawn anew.
    #[track_caller]
    fn tell(&mut self, input: &str) -> String {
        self.session.send_line(input).unwrap();
        for _ in input.matches('\n') {
            self.session.exp_string(PROMPT).unwrap();
        }
        after_echo(&text(&self.session.exp_string(PROMPT).unwrap()))
    }

    /// Types without Enter.
    #[track_caller]
    fn keys(&mut self, keys: &str) {
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
    }

    #[track_caller]
    fn quit(mut self) {
        self.session.send_line(r"\quit").unwrap();
        self.session.exp_eof().unwrap();
    }
}

/// What a terminal shows comes byte by byte.
fn text(shown: &str) -> String {
    let bytes: Vec<u8> = shown.chars().map(|byte| u8::try_from(u32::from(byte)).unwrap()).collect();
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n").replace('\r', "")
}

/// What was typed is shown up to the end of its line.
fn after_echo(shown: &str) -> String {
    shown.split_once('\n').map_or(shown, |(_, rest)| rest).to_owned()
}

fn rows(answer: &str) -> usize {
    answer.lines().last().unwrap().split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn the_banner_says_what_is_held_and_its_three_questions_have_answers() {
    let (mut prompt, banner) = Prompt::open(&["examples/logs"], COLUMNS, Path::new(""));
    insta::assert_snapshot!("banner", banner.trim_end());
    let questions: Vec<&str> = banner.lines().map(str::trim).filter(|line| line.starts_with("SELECT")).collect();
    assert_eq!(questions.len(), 3);
    let answers: Vec<String> = questions.iter().map(|question| prompt.ask(question)).collect();
    assert!(answers[0].contains("net user Supp0rt LetsDefendEventLogs /add"), "{}", answers[0]);
    assert_eq!(rows(&answers[0]), 14);
    assert!(answers[1].contains("IEX (New-Object Net.WebClient).DownloadString("), "{}", answers[1]);
    assert_eq!(rows(&answers[1]), 2);
    assert!(
        answers[2].contains("the Office application WINWORD.EXE started the shell powershell.exe"),
        "{}",
        answers[2]
    );
    assert_eq!(rows(&answers[2]), 8);
    prompt.quit();
}

#[test]
fn the_questions_of_the_scene_are_answered() {
    let mut prompt = Prompt::on_examples();
    // Rows of Security 4688 alone: the finance workstation's Sysmon log has its events a second time.
    let who = prompt.ask(
        "SELECT host, account, command_line FROM process WHERE source = 'security' \
         AND command_line ILIKE 'net user % /add' ORDER BY time;",
    );
    insta::assert_snapshot!("who_ran_net_user_add", who);
    let word = prompt.ask(
        "SELECT host, account, basename(new_process) AS started, count(*) AS times FROM process \
         WHERE source = 'security' AND basename(creator_process) ILIKE 'winword.exe' GROUP BY ALL ORDER BY started;",
    );
    insta::assert_snapshot!("what_word_started", word);
    let places = prompt.ask(
        "SELECT host, account, new_process, suspicious_path_reason(new_process) AS why FROM process \
         WHERE source = 'security' AND new_process ILIKE '%AppData%' AND suspicious_path(new_process) ORDER BY time;",
    );
    insta::assert_snapshot!("what_ran_from_temp_and_appdata", places);
    prompt.quit();
}

#[test]
fn a_statement_may_take_several_lines() {
    let mut prompt = Prompt::on_examples();
    prompt.session.send_line("SELECT count(*) AS n -- the whole").unwrap();
    prompt.session.send_line("FROM process").unwrap();
    let answer = prompt.ask(";");
    assert!(answer.contains("│ 549 │") && answer.ends_with("1 row\n"), "{answer}");

    let done = prompt.ask("CREATE VIEW night AS SELECT * FROM process WHERE date_part('hour', time) < 6;");
    assert!(done.ends_with("done\n"), "{done}");
    let none = prompt.ask("SELECT host FROM night;");
    assert!(none.contains("│ host │") && none.ends_with("0 rows\n"), "{none}");
    prompt.quit();
}

#[test]
fn commands_say_what_there_is() {
    let mut prompt = Prompt::open(&["examples/logs"], 100, Path::new("")).0;
    for (name, command) in [
        ("help", r"\help"),
        ("tables", r"\tables"),
        ("schema", r"\schema process"),
        ("function", r"\functions suspicious_path"),
        ("functions", r"\functions"),
        ("unknown", r"\tabels"),
        ("unknown_table", r"\schema proces"),
    ] {
        insta::assert_snapshot!(format!("command_{name}"), prompt.tell(command));
    }
    let plan = prompt.tell(r"\explain SELECT host FROM process WHERE event_id = 1;");
    assert!(plan.starts_with("Logical plan\n") && plan.contains("\nPhysical plan\n"), "{plan}");
    prompt.quit();
}

#[test]
fn format_and_timing_hold_from_then_on() {
    let mut prompt = Prompt::on_examples();
    assert_eq!(prompt.tell(r"\timing"), "timing is off\n");
    assert!(prompt.tell("SELECT 1 AS one;").ends_with("\n1 row\n"));
    assert_eq!(prompt.tell(r"\timing on"), "timing is on\n");
    assert_eq!(prompt.tell(r"\format csv"), "");
    assert_eq!(prompt.ask("SELECT 'a,b' AS x, NULL AS y;"), "x,y\n\"a,b\",\n1 row\n");
    assert_eq!(prompt.tell(r"\format parquet"), "error: parquet is written to a file: `\\export FILE.parquet`\n");
    prompt.quit();
}

#[test]
fn a_result_is_exported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my hits.csv");
    let mut prompt = Prompt::on_examples();
    prompt.ask("SELECT created_account(command_line) AS who, count(*) AS n FROM process GROUP BY 1 ORDER BY 1;");
    let said = prompt.tell(&format!(r"\export '{}'", file.display()));
    assert!(said.starts_with(&format!("wrote 2 rows to '{}' in 0.", file.display())), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "who,n\nSupp0rt,14\n,535\n");
    let said = prompt.tell(r"\export no-such-folder/hits.csv SELECT 1");
    assert_eq!(said, "error: could not write 'no-such-folder/hits.csv': there is no folder 'no-such-folder'\n");
    prompt.quit();
}

#[test]
fn tab_completes_tables_columns_and_functions() {
    let mut prompt = Prompt::on_examples();
    prompt.keys("SELECT is_enc\t");
    prompt.session.exp_string("is_encoded_ps(").unwrap();
    prompt.keys("command_l\t");
    prompt.session.exp_string("command_line").unwrap();
    prompt.keys(") AS hit, count(*) AS n FROM proc\t");
    prompt.session.exp_string("process").unwrap();
    let answer = prompt.ask(" GROUP BY 1 ORDER BY 1;");
    assert!(answer.contains("│ false │ 547 │") && answer.contains("│ true  │   2 │"), "{answer}");
    prompt.keys("\\sch\t");
    prompt.session.exp_string("\\schema").unwrap();
    let schema = prompt.tell(" ecs");
    assert!(schema.contains("process.command_line"), "{schema}");
    prompt.quit();
}

#[test]
fn a_wrong_statement_is_explained_and_the_session_goes_on() {
    let mut prompt = Prompt::on_examples();
    insta::assert_snapshot!("wrong_statement", prompt.tell("SELECT host,\n       comand_line FROM process;"));
    assert_eq!(rows(&prompt.ask("SELECT 1;")), 1);
    prompt.quit();
}

#[test]
fn ctrl_c_stops_the_query_and_keeps_the_session() {
    let mut prompt = Prompt::on_examples();
    prompt.ask("CREATE VIEW kept AS SELECT 7 AS seven;");
    let long = "SELECT count(*) FROM process AS a, process AS b, process AS c \
                WHERE a.command_line || b.command_line = c.command_line || reverse(a.command_line);";
    prompt.session.send_line(long).unwrap();
    // While the line is edited Ctrl-C is a key that clears it, so the query gets time to start.
    std::thread::sleep(Duration::from_secs(2));
    prompt.session.send_control('c').unwrap();
    prompt.session.exp_regex(r"cancelled after \d+\.\d{3} s\r\n").unwrap();
    prompt.session.exp_string(PROMPT).unwrap();
    assert!(prompt.ask("SELECT seven FROM kept;").contains("│     7 │"));

    // At the prompt it clears what was typed.
    prompt.keys("SELECT not_to_be_run");
    prompt.session.exp_string("not_to_be_run").unwrap();
    prompt.session.send_control('c').unwrap();
    prompt.session.exp_string(PROMPT).unwrap();
    assert!(prompt.ask("SELECT seven + 1 AS eight FROM kept;").contains("│     8 │"));
    prompt.quit();
}

#[test]
fn ctrl_d_leaves() {
    let mut prompt = Prompt::on_examples();
    prompt.session.send_control('d').unwrap();
    prompt.session.exp_eof().unwrap();
}

#[test]
fn what_was_typed_is_there_in_the_next_session() {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("of mine/history");
    let mut prompt = Prompt::open(&["examples/logs/SRV-APP-01_Security.evtx"], COLUMNS, &history).0;
    prompt.ask("SELECT 'remembered' AS word;");
    prompt.quit();
    let kept = std::fs::read_to_string(&history).unwrap();
    assert!(kept.contains("SELECT 'remembered' AS word;"), "{kept}");

    let mut prompt = Prompt::open(&["examples/logs/SRV-APP-01_Security.evtx"], COLUMNS, &history).0;
    // Twice up: over `\quit` to the query.
    prompt.keys("\x1b[A\x1b[A");
    prompt.session.exp_string("SELECT 'remembered' AS word;").unwrap();
    let answer = prompt.ask("");
    assert!(answer.contains("│ remembered │") && answer.ends_with("1 row\n"), "{answer}");
    prompt.quit();
}

#[test]
fn a_narrow_terminal_cuts_visibly() {
    let mut prompt = Prompt::open(&["examples/logs"], 100, Path::new("")).0;
    let answer = prompt.ask("SELECT host, command_line FROM process WHERE is_encoded_ps(command_line);");
    let table: Vec<&str> = answer.lines().filter(|line| line.starts_with(['│', '┌', '├', '└'])).collect();
    assert_eq!(table.len(), 6, "{answer}");
    assert!(table.iter().all(|line| line.chars().count() <= 100), "{answer}");
    assert!(table[3].contains('…'), "{answer}");
    prompt.quit();
}

#[test]
fn damage_is_told_once_in_a_session() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(checkout().join("examples/logs/WKS-FIN-07_Sysmon.evtx")).unwrap();
    let cut = folder.path().join("cut.evtx");
    std::fs::write(&cut, &whole[..100_000]).unwrap();
    let (mut prompt, banner) = Prompt::open(&[cut.to_str().unwrap()], COLUMNS, Path::new(""));
    assert!(banner.contains("42 process creations on 1 host"), "{banner}");
    assert_eq!(banner.matches("warning: ").count(), 1, "{banner}");
    let said = prompt.tell("SELECT count(*) FROM process;");
    assert!(!said.contains("warning"), "{said}");

    std::fs::write(folder.path().join("empty.evtx"), "").unwrap();
    let said = prompt.tell(&format!("SELECT count(*) FROM evtx('{}');", folder.path().display()));
    assert_eq!(said.matches("warning: ").count(), 1, "{said}");
    assert!(said.contains("empty.evtx is no EVTX file: the file is empty"), "{said}");
    prompt.quit();
}
