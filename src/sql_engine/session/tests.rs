//! Sessions: what runs, what is refused, what is listed.

use super::*;
use crate::sql_engine::sample::{printed, session_over, small_session, two_rows};

#[tokio::test]
async fn probe() {
    let session = small_session().await;
    for sql in [
        "select IMAGE, user from sysmon",
        "select now() > time, date_trunc('hour', time), time::date, time + interval '1 hour' from process",
        "create view mine as select image from sysmon",
        "select * from MINE",
        "create table T as select host, time from process",
        "select * from t",
        "show tables",
        "describe sysmon",
        "explain select image from sysmon limit 3",
        "set datafusion.execution.batch_size = 100",
        "show datafusion.execution.batch_size",
        "prepare p as select host from process",
        "execute p",
        "select basename(image) from sysmon",
        "select count(*), host from process group by host",
        "values (3), (1), (2)",
        "select 1",
    ] {
        match printed(&session, sql).await {
            Ok(text) => println!("{sql}\n{text}"),
            Err(error) => println!("{sql}\n{error}"),
        }
    }
    println!(
        "{}",
        session
            .explain("select decode(command_line, 'base64') from sysmon where image like '%a' limit 10")
            .await
            .unwrap_or_else(|e| e.to_string())
    );
    println!(
        "{}",
        session
            .explain("select upper(commandline) from sysmon where image like '%a' limit 10")
            .await
            .unwrap_or_else(|e| e.to_string())
    );
    println!(
        "{}",
        session
            .explain("select upper(commandline) from sysmon where image like '%a'")
            .await
            .unwrap_or_else(|e| e.to_string())
    );
}
