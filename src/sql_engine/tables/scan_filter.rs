//! The filters that a scan of EVTX files applies itself: on time, host and event id.

use std::collections::BTreeSet;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use crate::event_log::{FieldSet, SystemField, Time};
use crate::lake::LakeFile;

/// What a row must be, as far as the scan can tell before it makes one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ScanFilter {
    /// Earliest time in nanoseconds, inclusive.
    earliest: Option<i64>,
    /// Latest time, inclusive.
    latest: Option<i64>,
    hosts: Option<BTreeSet<String>>,
    event_ids: Option<BTreeSet<i64>>,
}

impl ScanFilter {
    /// Takes a condition in, and says whether it is applied to the letter. What it does not understand it leaves alone.
    pub(super) fn add(&mut self, condition: &Expr) -> bool {
        match condition {
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
                // Half of an AND may be taken: the whole is then still for others to check.
                let (left, right) = (self.add(left), self.add(right));
                left && right
            }
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => match (column_of(left), literal_of(right)) {
                (Some(column), Some(value)) => self.compare(column, *op, value),
                _ => match (column_of(right), literal_of(left), op.swap()) {
                    (Some(column), Some(value), Some(swapped)) => self.compare(column, swapped, value),
                    _ => false,
                },
            },
            Expr::Between(between) if !between.negated => {
                let (Some(column), Some(low), Some(high)) =
                    (column_of(&between.expr), literal_of(&between.low), literal_of(&between.high))
                else {
                    return false;
                };
                self.compare(column, Operator::GtEq, low) && self.compare(column, Operator::LtEq, high)
            }
            Expr::InList(list) if !list.negated => {
                let Some(column) = column_of(&list.expr) else { return false };
                let values: Option<Vec<&ScalarValue>> = list.list.iter().map(literal_of).collect();
                values.is_some_and(|values| self.one_of(column, &values))
            }
            _ => false,
        }
    }

    fn compare(&mut self, column: &str, operator: Operator, value: &ScalarValue) -> bool {
        if operator == Operator::Eq && column != "time" {
            return self.one_of(column, &[value]);
        }
        let ("time", Some(at)) = (column, time_of(value)) else { return false };
        match operator {
            Operator::Eq => {
                self.not_before(Some(at));
                self.not_after(Some(at));
            }
            Operator::GtEq => self.not_before(Some(at)),
            Operator::Gt => self.not_before(at.checked_add(1)),
            Operator::LtEq => self.not_after(Some(at)),
            Operator::Lt => self.not_after(at.checked_sub(1)),
            _ => return false,
        }
        true
    }

    // A bound beyond the type's range leaves no row.
    fn not_before(&mut self, at: Option<i64>) {
        match at {
            Some(at) => self.earliest = Some(self.earliest.map_or(at, |known| known.max(at))),
            None => self.event_ids = Some(BTreeSet::new()),
        }
    }

    fn not_after(&mut self, at: Option<i64>) {
        match at {
            Some(at) => self.latest = Some(self.latest.map_or(at, |known| known.min(at))),
            None => self.event_ids = Some(BTreeSet::new()),
        }
    }

    fn one_of(&mut self, column: &str, values: &[&ScalarValue]) -> bool {
        match column {
            "host" => {
                let Some(hosts) = values.iter().map(|value| text_of(value)).collect::<Option<BTreeSet<_>>>() else {
                    return false;
                };
                self.hosts = Some(match self.hosts.take() {
                    Some(known) => known.intersection(&hosts).cloned().collect(),
                    None => hosts,
                });
                true
            }
            "event_id" => {
                let Some(ids) = values.iter().map(|value| number_of(value)).collect::<Option<BTreeSet<_>>>() else {
                    return false;
                };
                self.event_ids = Some(match self.event_ids.take() {
                    Some(known) => known.intersection(&ids).copied().collect(),
                    None => ids,
                });
                true
            }
            _ => false,
        }
    }

    /// Whether a file may hold rows that pass, by what is known of it.
    pub(super) fn may_pass(&self, file: &LakeFile) -> bool {
        let needs_time = self.earliest.is_some() || self.latest.is_some();
        let in_time = match (file.earliest, file.latest) {
            (Some(first), Some(last)) => {
                self.earliest.is_none_or(|earliest| last >= earliest)
                    && self.latest.is_none_or(|latest| first <= latest)
            }
            // No row of the file has a time, and no comparison with NULL is true.
            _ => !needs_time,
        };
        let on_host = match (&self.hosts, &file.hosts) {
            (Some(wanted), Some(there)) => there.iter().any(|host| wanted.contains(host)),
            _ => true,
        };
        in_time && on_host && self.event_ids.as_ref().is_none_or(|ids| !ids.is_empty())
    }

    /// Whether an event passes.
    pub(super) fn passes(&self, fields: &FieldSet<'_>) -> bool {
        self.passes_time(fields) && self.passes_host(fields) && self.passes_event_id(fields)
    }

    fn passes_time(&self, fields: &FieldSet<'_>) -> bool {
        if self.earliest.is_none() && self.latest.is_none() {
            return true;
        }
        match fields.system(SystemField::TimeCreated).time() {
            Some(Time::At(at)) => {
                self.earliest.is_none_or(|earliest| at >= earliest) && self.latest.is_none_or(|latest| at <= latest)
            }
            // The row's time is NULL, and no comparison with NULL is true.
            _ => false,
        }
    }

    fn passes_host(&self, fields: &FieldSet<'_>) -> bool {
        let Some(hosts) = &self.hosts else { return true };
        let mut host = String::new();
        fields.system(SystemField::Computer).write_text(&mut host);
        hosts.contains(&host)
    }

    fn passes_event_id(&self, fields: &FieldSet<'_>) -> bool {
        let Some(ids) = &self.event_ids else { return true };
        fields.system(SystemField::EventId).number().is_some_and(|id| id.is_ok_and(|id| ids.contains(&id)))
    }
}

fn column_of(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Column(column) => Some(column.name.as_str()),
        // Text and dictionaries of text compare alike.
        Expr::Cast(cast) => match cast.expr.as_ref() {
            Expr::Column(column) if column.name == "host" => Some("host"),
            _ => None,
        },
        _ => None,
    }
}

fn literal_of(expression: &Expr) -> Option<&ScalarValue> {
    match expression {
        Expr::Literal(value, _) => Some(value),
        _ => None,
    }
}

fn time_of(value: &ScalarValue) -> Option<i64> {
    match value {
        ScalarValue::TimestampNanosecond(Some(at), _) => Some(*at),
        _ => None,
    }
}

fn text_of(value: &ScalarValue) -> Option<String> {
    match value {
        ScalarValue::Dictionary(_, value) => text_of(value),
        // `-` and the empty text are NULL in the table, so that no row can be equal to them.
        other => other.try_as_str().flatten().filter(|text| !text.is_empty() && *text != "-").map(str::to_owned),
    }
}

fn number_of(value: &ScalarValue) -> Option<i64> {
    match value {
        ScalarValue::Int32(Some(number)) => Some(i64::from(*number)),
        ScalarValue::Int64(Some(number)) => Some(*number),
        _ => None,
    }
}
