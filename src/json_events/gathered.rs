//! The fields of one event, put together from what a dialect has of them.

use crate::event_log::Field;
use crate::event_log::{FieldId, FieldSet, SystemField};

use super::times::{WrittenTime, in_utc, nanoseconds, read_time};

const SECURITY: &str = "Microsoft-Windows-Security-Auditing";
const SYSMON: &str = "Microsoft-Windows-Sysmon";
const SYSMON_CHANNEL: &str = "Microsoft-Windows-Sysmon/Operational";
/// The ids of the security audit; other ids of the channel are the event log service's own.
const AUDIT_IDS: std::ops::RangeInclusive<i64> = 4608..=6423;
/// Sysmon takes its own time moments before the event is written.
const MOST_BETWEEN_CLOCKS: i64 = 600 * 1_000_000_000;

/// What is known of one event.
#[derive(Debug)]
pub(super) struct Gathered {
    /// The fields.
    pub(super) fields: FieldSet<'static>,
    /// The time has no zone and was taken for UTC.
    pub(super) zone_unknown: bool,
    /// What of the event could not be read, though it is there.
    pub(super) unread: Option<&'static str>,
    /// Sysmon's `UtcTime`.
    utc_time: Option<String>,
}

impl Gathered {
    pub(super) fn new() -> Self {
        Self { fields: FieldSet::new(), zone_unknown: false, unread: None, utc_time: None }
    }

    pub(super) fn clear(&mut self) {
        self.fields.clear();
        self.zone_unknown = false;
        self.unread = None;
        self.utc_time = None;
    }

    /// Sets an element of `System` that is not there yet.
    pub(super) fn system(&mut self, field: SystemField, text: &str) {
        let text = match field {
            SystemField::ProviderGuid => guid(text),
            _ => text.to_owned(),
        };
        self.fields.set_first(field.id(), Field::Text(text));
    }

    /// Sets a value of `EventData` that is not there yet. Values that feed no column are left out.
    pub(super) fn data(&mut self, name: &str, text: &str) {
        if let Some(id) = FieldId::of_data(name) {
            self.fields.set_first(id, Field::Text(text.to_owned()));
        } else if name == "UtcTime" && self.utc_time.is_none() {
            self.utc_time = Some(text.to_owned());
        }
    }

    /// The text of a field, empty where it is not there.
    pub(super) fn text(&self, field: SystemField) -> String {
        let mut text = String::new();
        self.fields.system(field).write_text(&mut text);
        text
    }

    /// The event's id, where it has one: digits and nothing else, in every dialect.
    pub(super) fn event_id(&self) -> Option<i64> {
        let text = self.text(SystemField::EventId);
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().ok() } else { None }
    }

    /// Whether the event is Sysmon's.
    pub(super) fn is_sysmon(&self) -> bool {
        self.text(SystemField::Provider) == SYSMON || self.text(SystemField::Channel) == SYSMON_CHANNEL
    }

    /// Whether the event is of the security audit.
    pub(super) fn is_security(&self) -> bool {
        self.text(SystemField::Provider) == SECURITY
            || (self.text(SystemField::Channel).eq_ignore_ascii_case("Security") && self.has_audit_id())
    }

    fn has_audit_id(&self) -> bool {
        self.event_id().is_some_and(|id| AUDIT_IDS.contains(&id))
    }

    /// Sets the event's time from the first of the texts that is a time. `zone` gives how far a clock without a zone is
    /// ahead of UTC.
    pub(super) fn time<'t>(
        &mut self,
        texts: impl IntoIterator<Item = Option<&'t str>>,
        zone: impl Fn() -> Option<i64>,
    ) {
        if self.fields.system(SystemField::TimeCreated).is_present() {
            return;
        }
        let mut unreadable = None;
        for text in texts.into_iter().flatten() {
            let utc = match read_time(text) {
                Some(WrittenTime::Utc(text)) => text,
                Some(WrittenTime::Local(local)) => {
                    let zone = zone();
                    self.zone_unknown = zone.is_none();
                    in_utc(local.saturating_sub(zone.unwrap_or(0)))
                }
                None => {
                    unreadable = unreadable.or(Some(text));
                    continue;
                }
            };
            return self.system(SystemField::TimeCreated, &utc);
        }
        // The row's time will be NULL, and its damage told.
        if let Some(text) = unreadable {
            self.system(SystemField::TimeCreated, text);
        }
    }

    /// Names the provider by the channel where an export names neither the provider nor its GUID: the two channels have
    /// one writer each.
    pub(super) fn name_provider_by_channel(&mut self) {
        let named = [SystemField::Provider, SystemField::ProviderGuid];
        if named.iter().any(|field| self.fields.system(*field).is_present()) {
            return;
        }
        let channel = self.text(SystemField::Channel);
        if channel.eq_ignore_ascii_case(SYSMON_CHANNEL) {
            self.system(SystemField::Provider, SYSMON);
        } else if channel.eq_ignore_ascii_case("Security") && self.has_audit_id() {
            self.system(SystemField::Provider, SECURITY);
        }
    }

    /// How far the event's time is from Sysmon's own, in words, where that is more than minutes: the export wrote
    /// another clock's time.
    pub(super) fn clock_difference(&self) -> Option<String> {
        let sysmon = match read_time(self.utc_time.as_deref()?)? {
            WrittenTime::Local(nanoseconds) => nanoseconds,
            WrittenTime::Utc(text) => nanoseconds(&text)?,
        };
        let time = nanoseconds(&self.text(SystemField::TimeCreated))?;
        let difference = time.checked_sub(sysmon)?;
        if difference.abs() <= MOST_BETWEEN_CLOCKS {
            return None;
        }
        let minutes = difference.abs() / 60_000_000_000;
        let side = if difference > 0 { "after" } else { "before" };
        Some(format!("{} h {} min {side} Sysmon's `UtcTime`", minutes / 60, minutes % 60))
    }
}

/// In braces, as the EVTX reader gives it: old versions of `evtx_dump` leave them out, and write upper case then. Within
/// braces it is kept as written, for logs have it in both cases.
fn guid(text: &str) -> String {
    let text = text.trim_matches('\'');
    let is_bare = text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if is_bare { format!("{{{}}}", text.to_ascii_lowercase()) } else { text.to_owned() }
}
