//! Times as people type them: `time >= '2024-05-14 10:00'` needs no seconds.
//!
//! DataFusion takes a text that is compared with a time for a time, but only with seconds. Here they are added, before
//! it looks.

use arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Between, BinaryExpr, Expr, ExprSchemable, LogicalPlan};

/// Adds the seconds to every time without that is compared with a time.
pub(super) fn complete(plan: LogicalPlan) -> Result<LogicalPlan> {
    let completed = plan.transform_down_with_subqueries(|node| {
        let mut schema = DFSchema::empty();
        for input in node.inputs() {
            schema.merge(input.schema());
        }
        // A column without a name of its own is called by its expression, as it was written.
        let names = NamePreserver::new(&node);
        node.map_expressions(|expression| {
            let name = names.save(&expression);
            let completed = expression.transform_down(|part| Ok(complete_comparison(part, &schema)))?;
            Ok(completed.update_data(|expression| name.restore(expression)))
        })
    })?;
    Ok(completed.data)
}

fn complete_comparison(expression: Expr, schema: &DFSchema) -> Transformed<Expr> {
    match expression {
        Expr::BinaryExpr(BinaryExpr { mut left, op, mut right }) => {
            let changed = if is_time(&left, schema) {
                add_seconds(&mut right)
            } else {
                is_time(&right, schema) && add_seconds(&mut left)
            };
            Transformed::new_transformed(Expr::BinaryExpr(BinaryExpr { left, op, right }), changed)
        }
        Expr::Between(mut between) if is_time(&between.expr, schema) => {
            let Between { low, high, .. } = &mut between;
            let changed = add_seconds(low) | add_seconds(high);
            Transformed::new_transformed(Expr::Between(between), changed)
        }
        Expr::InList(mut list) if is_time(&list.expr, schema) => {
            let InList { list: values, .. } = &mut list;
            let changed = values.iter_mut().fold(false, |changed, value| add_seconds(value) | changed);
            Transformed::new_transformed(Expr::InList(list), changed)
        }
        other => Transformed::no(other),
    }
}

fn is_time(expression: &Expr, schema: &DFSchema) -> bool {
    matches!(expression.get_type(schema), Ok(DataType::Timestamp(_, _)))
}

fn add_seconds(expression: &mut Expr) -> bool {
    let Expr::Literal(ScalarValue::Utf8(Some(text)), _) = expression else { return false };
    let is_without_seconds = is_date_and_minute(text.as_bytes());
    if is_without_seconds {
        text.push_str(":00");
    }
    is_without_seconds
}

/// `2024-05-14 10:00`, or with a `T` in the middle.
fn is_date_and_minute(text: &[u8]) -> bool {
    let digit = |place: usize| text[place].is_ascii_digit();
    text.len() == 16
        && [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15].into_iter().all(digit)
        && (text[4], text[7], text[13]) == (b'-', b'-', b':')
        && matches!(text[10], b' ' | b'T')
}
