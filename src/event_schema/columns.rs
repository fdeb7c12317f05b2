//! The one table of the columns of `process`: name, type, meaning, and the fields that feed it.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// How a column is kept in Arrow, and so in the Parquet files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Nanoseconds since 1970, UTC.
    Time,
    /// A signed number of 32 bits.
    Int32,
    /// A signed number of 64 bits. Keys and ids that Windows writes unsigned are kept by their bits.
    Int64,
    /// Text of few distinct values: `Dictionary(Int32, Utf8)`.
    Dictionary,
    /// Text of many distinct values: `Utf8`.
    Text,
}

/// One column of `process`.
#[derive(Debug)]
pub struct Column {
    /// The SQL name. A contract: never renamed.
    pub name: &'static str,
    /// The type.
    pub encoding: Encoding,
    /// The field of Security 4688 that feeds it, `-` for none.
    pub security: &'static str,
    /// The field of Sysmon 1 that feeds it, `-` for none.
    pub sysmon: &'static str,
    /// What it holds, and when it is NULL.
    pub description: &'static str,
}

impl Column {
    /// The Arrow type.
    pub fn data_type(&self) -> DataType {
        match self.encoding {
            Encoding::Time => DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
            Encoding::Int32 => DataType::Int32,
            Encoding::Int64 => DataType::Int64,
            Encoding::Dictionary => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Encoding::Text => DataType::Utf8,
        }
    }
}

const fn column_of(
    name: &'static str,
    encoding: Encoding,
    security: &'static str,
    sysmon: &'static str,
    description: &'static str,
) -> Column {
    Column { name, encoding, security, sysmon, description }
}

use Encoding::{Dictionary, Int32, Int64, Text, Time};

/// The columns of `process` in their order.
#[rustfmt::skip]
pub static COLUMNS: &[Column] = &[
    column_of("time", Time, "System/TimeCreated", "System/TimeCreated", "When the event was written, to 100 ns, UTC. NULL where the time is outside the years 1677 to 2262."),
    column_of("host", Dictionary, "System/Computer", "System/Computer", "The computer that wrote the event, as written."),
    column_of("source", Dictionary, "`security`", "`sysmon`", "Which of the two events the row comes from."),
    column_of("channel", Dictionary, "System/Channel", "System/Channel", "The log that the event was written to."),
    column_of("event_id", Int32, "System/EventID", "System/EventID", "4688 or 1."),
    column_of("event_version", Int32, "System/Version", "System/Version", "4688: 0 is Vista to 7, 1 is 8.1 and 2012 R2, 2 is 10, 2016 and later. It does not fix which fields are there."),
    column_of("record_id", Int64, "System/EventRecordID", "System/EventRecordID", "The number of the record in its channel on its host."),
    column_of("account", Dictionary, "SubjectUserName", "User, after the last `\\`", "4688: the account that started the process. Sysmon: the account that it runs as."),
    column_of("account_domain", Dictionary, "SubjectDomainName", "User, before the last `\\`", "The domain or computer of `account`."),
    column_of("account_sid", Dictionary, "SubjectUserSid", "-", "The security id of `account`."),
    column_of("logon_id", Int64, "SubjectLogonId", "LogonId", "The logon session that started the process."),
    column_of("target_account", Dictionary, "TargetUserName", "-", "The account that the process runs as, where it is another one."),
    column_of("target_domain", Dictionary, "TargetDomainName", "-", "The domain of `target_account`."),
    column_of("target_sid", Dictionary, "TargetUserSid", "-", "The security id of `target_account`."),
    column_of("target_logon_id", Int64, "TargetLogonId", "-", "The logon session of `target_account`."),
    column_of("new_process", Dictionary, "NewProcessName", "Image", "The full path of the program that was started, as written."),
    column_of("new_process_id", Int64, "NewProcessId", "ProcessId", "The id of the new process."),
    column_of("command_line", Text, "CommandLine", "CommandLine", "The command line. NULL: the record has no such field; empty: command lines are not audited."),
    column_of("creator_process", Dictionary, "ParentProcessName", "ParentImage", "The full path of the program that started it."),
    column_of("creator_process_id", Int64, "ProcessId", "ParentProcessId", "The id of the process that started it."),
    column_of("creator_command_line", Text, "-", "ParentCommandLine", "The command line of the process that started it."),
    column_of("creator_account", Dictionary, "-", "ParentUser", "The account of the process that started it."),
    column_of("token_elevation", Dictionary, "TokenElevationType", "-", "`default`, `full` or `limited` for %%1936, %%1937 and %%1938; any other value as written."),
    column_of("integrity_level", Dictionary, "MandatoryLabel", "IntegrityLevel", "`Untrusted`, `Low`, `Medium`, `Medium Plus`, `High`, `System`, `Protected`; any other value as written."),
    column_of("process_guid", Text, "-", "ProcessGuid", "Sysmon's key of the process, lower case in braces."),
    column_of("creator_guid", Text, "-", "ParentProcessGuid", "Sysmon's key of the process that started it, lower case in braces."),
    column_of("current_directory", Dictionary, "-", "CurrentDirectory", "The directory that the process started in."),
    column_of("terminal_session_id", Int64, "-", "TerminalSessionId", "The terminal session; 0 is that of the services."),
    column_of("original_file_name", Dictionary, "-", "OriginalFileName", "The file name in the program's version resource."),
    column_of("product", Dictionary, "-", "Product", "The product name in the version resource."),
    column_of("company", Dictionary, "-", "Company", "The company name in the version resource."),
    column_of("description", Dictionary, "-", "Description", "The description in the version resource."),
    column_of("file_version", Dictionary, "-", "FileVersion", "The file version in the version resource."),
    column_of("md5", Dictionary, "-", "Hashes, MD5", "The program's MD5, lower case hex."),
    column_of("sha1", Dictionary, "-", "Hashes, SHA1", "The program's SHA-1, lower case hex."),
    column_of("sha256", Dictionary, "-", "Hashes, SHA256", "The program's SHA-256, lower case hex."),
    column_of("imphash", Dictionary, "-", "Hashes, IMPHASH", "The hash of the program's imports, lower case hex."),
    column_of("rule_name", Dictionary, "-", "RuleName", "The rule in Sysmon's configuration that matched."),
    column_of("source_file", Dictionary, "the file", "the file", "The file that the record was read from."),
    column_of("record_offset", Int64, "the file", "the file", "Where the record stands in `source_file`, in bytes from its start."),
    column_of("chunk_checksum", Dictionary, "the file", "the file", "`good`, `bad` (values may have changed since they were written) or `none` for the checksum of the record's chunk."),
];

/// The column with that name.
pub fn column(name: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.name == name)
}

/// The Arrow schema of `process`. Every column may be NULL.
pub fn process_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let fields: Vec<Field> =
            COLUMNS.iter().map(|column| Field::new(column.name, column.data_type(), true)).collect();
        Arc::new(Schema::new(fields))
    });
    SCHEMA.clone()
}
