//! One input in many forms gives one output.

use arrow::array::RecordBatch;

use crate::sql_engine::Session;
use crate::sql_engine::sample::{Row, batch, printed, session_over};

/// How many rows the input has; ties are many, since there are few times and hosts.
const ROWS: usize = 200;

fn rows() -> Vec<RecordBatch> {
    let texts: Vec<[String; 8]> = (0..ROWS)
        .map(|number| {
            [
                (1_714_521_600 + number % 7).to_string(),
                format!("PC-{}", number % 3),
                (number / 2).to_string(),
                format!("C:\\dir{}\\tool{}.exe", number % 5, number % 11),
                format!("tool --number {}", number % 13),
                format!("user{}", number % 4),
                format!("file{}.evtx", number % 2),
                number.to_string(),
            ]
        })
        .collect();
    let names = ["time", "host", "record_id", "new_process", "command_line", "account", "source_file", "record_offset"];
    texts
        .iter()
        .enumerate()
        .map(|(number, texts)| {
            let mut row: Row<'_> = names.into_iter().zip(texts.iter().map(String::as_str)).collect();
            if number % 17 == 0 {
                row.retain(|(name, _)| *name != "account" && *name != "time");
            }
            batch(&[row])
        })
        .collect()
}

/// Sessions over the same rows: in one batch and in many, in the files' order and mixed, on 1, 2, 3 and 7 threads.
async fn sessions() -> Vec<Session> {
    let single = rows();
    let schema = single[0].schema();
    let whole = arrow::compute::concat_batches(&schema, &single).unwrap();
    let mut sessions = vec![session_over(vec![vec![whole]], 1).await];
    for (threads, partitions, step) in [(2, 2, 7), (3, 5, 11), (7, 3, 1), (7, 9, 13)] {
        let mut parts = vec![Vec::new(); partitions];
        for number in 0..ROWS {
            // The steps share no factor with the number of rows, so each row is taken once.
            parts[number % partitions].push(single[number * step % ROWS].clone());
        }
        let session = session_over(parts, threads).await;
        printed(&session, "set datafusion.execution.batch_size = 16").await.unwrap();
        sessions.push(session);
    }
    sessions
}

const QUERIES: [&str; 44] = [
    "select * exclude (time) from process",
    "select new_process from process",
    "select upper(new_process) from process where host = 'PC-1'",
    "select upper(new_process), command_line from process limit 50",
    "select upper(new_process) from process where command_line like '%1%' limit 20 offset 5",
    "select user, image from sysmon",
    "select image || 'x' from sysmon where user like '%2' limit 30",
    "select process.name, process.args from ecs where host.name = 'PC-2' limit 25",
    "select host from process order by host",
    "select host, account, record_id from process order by account desc nulls last",
    "select record_offset from process order by time desc limit 20",
    "select upper(image), processid from sysmon order by utctime limit 33",
    "select lower(command_line) from (select command_line from process order by time desc, host limit 40) t",
    "select lower(command_line) as l from (select command_line, host from process order by host) t where host <> 'PC-0'",
    "select host, count(*) from process group by host",
    "select account, min(record_id), count(distinct new_process) from process group by account limit 2",
    "select account, count(*) as n from process group by account order by n desc limit 3",
    "select distinct new_process from process",
    "select distinct new_process from process limit 7",
    "select distinct on (host) host, record_offset, command_line from process",
    "select distinct on (host) host, record_offset from process order by host desc, time",
    "select a.record_offset, b.record_offset from process a join process b on a.record_id = b.record_id where a.host = 'PC-1'",
    "select a.record_offset from process a left join sysmon b on a.new_process = b.image and a.host = 'x' limit 9",
    "select host from process where account in (select account from process where host = 'PC-1' limit 40)",
    "select upper(host), record_offset from process where account in (select account from process where record_id < 9) limit 12",
    "select host, (select max(record_id) from process) from process limit 15",
    "select host, (select count(*) from process q where q.host = p.host) from process p limit 15",
    "select host from process where exists (select 1 from process q where q.record_id = process.record_id + 1 limit 1)",
    "select new_process from process where host = 'PC-1' union all select command_line from process limit 60",
    "select host from process union select account from process",
    "select host from process intersect select host from process where host > 'PC-0'",
    "with a as (select * from process limit 31) select host, count(*) from a group by host",
    "with a as (select host, time from process) select * from a where host = 'PC-1' limit 10",
    "select record_offset, row_number() over (partition by host order by time, record_offset) as n from process where host = 'PC-1'",
    "select host, lag(command_line) over (order by record_offset) from process limit 44",
    "select unnest(make_array(host, account)) from process limit 21",
    "select host, unnest(string_to_array(command_line, ' ')) as word from process",
    "select count(*), max(time), min(command_line) from process",
    "select host, date_trunc('minute', time) as minute, count(*) from process group by 1, 2 order by 2",
    "select array_agg(host order by record_offset) from process where host <> 'PC-1' group by account",
    "select account, array_agg(command_line) as lines, string_agg(host, ',') from process group by account",
    "select user, first_value(commandline), last_value(image) filter (where image like '%1%'), count(*) from sysmon group by user",
    "select upper(array_to_string(array_agg(host), '-')) as all_hosts, array_agg(distinct host) is null from process",
    "select host, array_agg(command_line)[1] from process group by host having array_length(array_agg(command_line)) > 3 order by host desc",
];

#[tokio::test]
async fn the_same_rows_in_the_same_order_whatever_the_threads() {
    let sessions = sessions().await;
    for sql in QUERIES {
        let want = printed(&sessions[0], sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert!(want.lines().count() > 4, "{sql}\n{want}");
        for session in &sessions[1..] {
            for _ in 0..2 {
                let got = printed(session, sql).await.unwrap();
                assert!(got == want, "{sql}\n{want}\n{got}\n{:?}", session);
            }
        }
    }
}

#[tokio::test]
async fn rows_of_process_come_in_the_order_of_time() {
    let sessions = sessions().await;
    let sql = "select time, host, record_id, source_file, record_offset from process";
    let rows = printed(&sessions[3], sql).await.unwrap();
    let sorted = printed(&sessions[3], &format!("{sql} order by 1, 2, 3, 4, 5")).await.unwrap();
    assert_eq!(rows, sorted);
}

#[tokio::test]
async fn a_query_has_the_columns_that_it_asked_for() {
    let session = &sessions().await[1];
    for sql in ["select host from process order by time", "select upper(host) from process", "select user from sysmon"]
    {
        let answer = session.run(sql).await.unwrap();
        assert_eq!(answer.schema.fields().len(), 1, "{sql}");
    }
}

#[tokio::test]
async fn what_has_an_order_of_its_own_keeps_it() {
    let session = &sessions().await[2];
    for (sql, want) in [
        ("values (3), (1), (2)", ["3", "1", "2"]),
        ("select * from (values (3), (1), (2)) as t(n)", ["3", "1", "2"]),
        ("select record_offset from process order by record_offset desc limit 3", ["199", "198", "197"]),
        ("select * from (select record_offset from process order by 1 desc limit 9) limit 3", ["199", "198", "197"]),
    ] {
        let printed = printed(session, sql).await.unwrap();
        let values: Vec<&str> =
            printed.lines().skip(3).filter_map(|line| Some(line.strip_prefix('|')?.trim_matches(['|', ' ']))).collect();
        assert_eq!(values, want, "{sql}");
    }
}

#[tokio::test]
async fn a_limit_sorts_before_it_computes_and_keeps_only_the_first_rows() {
    let session = &sessions().await[3];
    let plan =
        session.explain("select upper(commandline) from sysmon where image like '%1.exe' limit 10").await.unwrap();
    let physical = plan.split("Physical plan").nth(1).unwrap();
    let place = |word: &str| physical.find(word).unwrap_or_else(|| panic!("no {word} in\n{plan}"));
    assert!(place("upper") < place("TopK(fetch=10)"), "{plan}");
    assert!(place("TopK(fetch=10)") < place("LIKE %1.exe"), "{plan}");
}
