//! All members beside each other: NXLog, and the Security-Datasets (Mordor) project.

use super::gathered::Gathered;
use super::leaves::Leaves;
use super::times::{WrittenTime, nanoseconds, read_time, zone};
use crate::event_log::SystemField;

/// Fills in the fields. A JSON null counts as no value.
pub(super) fn gather(leaves: &Leaves, out: &mut Gathered) {
    for (path, text) in leaves.iter() {
        let Some(text) = text else { continue };
        let field = match path {
            "SourceName" | "ProviderName" | "Provider" => SystemField::Provider,
            "ProviderGuid" => SystemField::ProviderGuid,
            "EventID" => SystemField::EventId,
            "Version" => SystemField::Version,
            "RecordNumber" | "EventRecordID" | "RecordId" => SystemField::EventRecordId,
            "Channel" | "LogName" => SystemField::Channel,
            "Hostname" | "Computer" | "ComputerName" | "MachineName" => SystemField::Computer,
            name => {
                out.data(name, text);
                continue;
            }
        };
        out.system(field, text);
    }
    let times = ["TimeCreated", "SystemTime", "EventTime", "@timestamp"].map(|path| leaves.first(path));
    out.time(times, || collector_zone(leaves));
}

/// How far the collector's clock is ahead of UTC: NXLog writes when it received the event in its own time, and what
/// comes after it writes the same moment in UTC.
fn collector_zone(leaves: &Leaves) -> Option<i64> {
    let WrittenTime::Local(received) = read_time(leaves.first("EventReceivedTime")?)? else { return None };
    let WrittenTime::Utc(stamped) = read_time(leaves.first("@timestamp")?)? else { return None };
    zone(received, nanoseconds(&stamped)?)
}
