//! What each name becomes, as SQL text.

use super::*;
use crate::sql_engine::statement::parse;

fn names() -> Names {
    let table = |name: &str, columns: &[&str]| TableNames {
        name: name.to_owned(),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
    };
    Names {
        tables: vec![
            table("process", &["time", "host", "product", "command_line", "parent"]),
            table("Sysmon", &["UtcTime", "Computer", "User", "Image", "CommandLine", "Product"]),
            table("SecurityEvent", &["TimeGenerated", "Computer", "NewProcessName", "CommandLine"]),
            table(
                "ecs",
                &["@timestamp", "host.name", "user.name", "process.name", "process.args", "process.pe.company"],
            ),
        ],
        functions: Vec::new(),
    }
}

#[track_caller]
fn check(sql: &str, want: &str) {
    let mut statement = parse(sql).unwrap();
    resolve(&mut statement, &names());
    assert_eq!(statement.to_string(), want);
}

#[test]
fn columns_and_tables_in_any_case() {
    check("select IMAGE, commandline from SYSMON", "SELECT \"Image\", \"CommandLine\" FROM \"Sysmon\"");
    check("select Host from PROCESS where Time > 1", "SELECT Host FROM PROCESS WHERE Time > 1");
    check(
        "select upper(newprocessname) from securityevent where COMMANDLINE ilike '%a%' order by timegenerated",
        "SELECT upper(\"NewProcessName\") FROM \"SecurityEvent\" WHERE \"CommandLine\" ILIKE '%a%' ORDER BY \"TimeGenerated\"",
    );
}

#[test]
fn names_in_quotes_stay() {
    check("select \"image\" from \"sysmon\"", "SELECT \"image\" FROM \"sysmon\"");
}

#[test]
fn columns_of_tables_that_are_not_mentioned_stay() {
    check("select Image from process", "SELECT Image FROM process");
}

#[test]
fn user_is_a_column_where_a_table_has_it() {
    check("select User from Sysmon", "SELECT \"User\" FROM \"Sysmon\"");
    check("select user from process", "SELECT user FROM process");
}

#[test]
fn aliases_of_tables_keep_their_names() {
    check(
        "select S.image, sysmon.IMAGE from sysmon S, sysmon",
        "SELECT S.\"Image\", \"Sysmon\".\"Image\" FROM \"Sysmon\" S, \"Sysmon\"",
    );
    check("select sysmon.Host from process as sysmon", "SELECT sysmon.Host FROM process AS sysmon");
}

#[test]
fn each_table_has_its_own_spelling() {
    check(
        "select s.product, p.product, s.PRODUCT, p.PRODUCT from sysmon s join process p on true",
        "SELECT s.\"Product\", p.product, s.\"Product\", p.PRODUCT FROM \"Sysmon\" s JOIN process p ON true",
    );
    check(
        "select PRODUCT from sysmon union all select PRODUCT from process",
        "SELECT \"Product\" FROM \"Sysmon\" UNION ALL SELECT PRODUCT FROM process",
    );
}

#[test]
fn subqueries_see_their_own_tables_first_and_then_those_around() {
    check(
        "select host from process where exists (select 1 from sysmon where PRODUCT = process.product and computer = HOST)",
        "SELECT host FROM process WHERE EXISTS (SELECT 1 FROM \"Sysmon\" WHERE \"Product\" = process.product AND \"Computer\" = HOST)",
    );
}

#[test]
fn common_table_expressions_hand_names_on() {
    check(
        "with A as (select image, USER from sysmon) select a.IMAGE, user from A",
        "WITH A AS (SELECT \"Image\", \"User\" FROM \"Sysmon\") SELECT a.\"Image\", \"User\" FROM A",
    );
    check(
        "with sysmon as (select host from process) select image from Sysmon",
        "WITH sysmon AS (SELECT host FROM process) SELECT image FROM Sysmon",
    );
    check(
        "with sysmon as (select image from Sysmon) select image from sysmon",
        "WITH sysmon AS (SELECT \"Image\" FROM \"Sysmon\") SELECT \"Image\" FROM sysmon",
    );
    check(
        "with a(IMAGE, n) as (select image, 1 from sysmon) select image, N from a",
        "WITH a (\"Image\", n) AS (SELECT \"Image\", 1 FROM \"Sysmon\") SELECT \"Image\", N FROM a",
    );
}

#[test]
fn new_names_and_their_uses_agree() {
    check(
        "select image from (select Image as image from sysmon) t order by IMAGE",
        "SELECT \"Image\" FROM (SELECT \"Image\" AS \"Image\" FROM \"Sysmon\") t ORDER BY \"Image\"",
    );
    check(
        "select count(*) as \"Number\" from sysmon group by image order by number",
        "SELECT count(*) AS \"Number\" FROM \"Sysmon\" GROUP BY \"Image\" ORDER BY \"Number\"",
    );
    check("select host as Computer from process", "SELECT host AS Computer FROM process");
}

#[test]
fn dotted_names_are_columns_of_ecs() {
    check(
        "select process.name, Host.Name, process.pe.company, \"@timestamp\", user.name from ECS",
        "SELECT \"process.name\", \"host.name\", \"process.pe.company\", \"@timestamp\", \"user.name\" FROM ECS",
    );
    check(
        "select e.process.name, ecs.host.name from ecs e, ecs",
        "SELECT e.\"process.name\", ecs.\"host.name\" FROM ecs e, ecs",
    );
    check(
        "select process.args[1] from ecs where process.name = 'a' group by host.name",
        "SELECT \"process.args\"[1] FROM ecs WHERE \"process.name\" = 'a' GROUP BY \"host.name\"",
    );
    check("select process.name from process", "SELECT process.name FROM process");
}

#[test]
fn a_table_of_the_query_comes_before_a_dotted_name() {
    check(
        "select process.host, process.name from ecs join process on host.name = process.host",
        "SELECT process.host, \"process.name\" FROM ecs JOIN process ON \"host.name\" = process.host",
    );
}

#[test]
fn stars_and_using_have_names_too() {
    check(
        "select sysmon.* exclude (image), s.* except (USER) from sysmon s join securityevent using (computer, commandline)",
        "SELECT \"Sysmon\".* EXCLUDE (\"Image\"), s.* EXCEPT (\"User\") FROM \"Sysmon\" s JOIN \"SecurityEvent\" USING(\"Computer\", \"CommandLine\")",
    );
    check("select * exclude process.name from ecs", "SELECT * EXCLUDE \"process.name\" FROM ecs");
}

#[test]
fn other_statements_have_tables_too() {
    check("describe sysmon", "DESCRIBE \"Sysmon\"");
    check("explain select image from sysmon", "EXPLAIN SELECT \"Image\" FROM \"Sysmon\"");
    check("create view Mine as select image from sysmon", "CREATE VIEW Mine AS SELECT \"Image\" FROM \"Sysmon\"");
    check("select TABLE_NAME from information_schema.tables", "SELECT TABLE_NAME FROM information_schema.tables");
    check("select image from public.sysmon", "SELECT \"Image\" FROM public.\"Sysmon\"");
}

#[test]
fn everything_else_stays() {
    for sql in [
        "SELECT list_filter([1, 2], x -> x > 1), make_array(1)[1], CAST('1' AS INT), a ~* 'B', a ILIKE 'C' FROM process",
        "SELECT EXTRACT(HOUR FROM time), INTERVAL '1' HOUR FROM process",
        "SELECT count(*) FILTER (WHERE host = 'A') OVER (PARTITION BY host ORDER BY time) FROM process",
    ] {
        check(sql, sql);
    }
}

#[test]
fn a_name_keeps_its_place() {
    let mut statement = parse("select  IMAGE from sysmon").unwrap();
    resolve(&mut statement, &names());
    let Statement::Statement(statement) = statement else { panic!("a plain statement") };
    let mut found = Vec::new();
    let _ = datafusion::sql::sqlparser::ast::visit_expressions(&*statement, |expr| {
        if let Expr::Identifier(name) = expr {
            found.push((name.value.clone(), name.span.start.column, name.span.end.column));
        }
        ControlFlow::<()>::Continue(())
    });
    assert_eq!(found, [("Image".to_owned(), 9, 14)]);
}
