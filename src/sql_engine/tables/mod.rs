//! What `process` is: EVTX files read as they are queried, or a lake of Parquet.

mod combined_table;
mod event_log_scan;
mod event_log_table;
mod lake_table;
mod scan_filter;
mod scan_reports;
mod table_functions;

pub use combined_table::CombinedTable;
pub use event_log_table::{EventLogTable, ScanSettings};
pub use lake_table::LakeTable;
pub use scan_reports::{FileReport, ScanLog, ScanReports};
pub use table_functions::{EventLogFunction, LakeFunction};
