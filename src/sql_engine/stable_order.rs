//! The same input gives the same rows in the same order, whatever the number of threads and the size of batches.
//!
//! A query that runs on several threads hands its rows on as they come. So the plan of a query is given an order before
//! it is run:
//!
//! - Rows of `process`, filtered and projected in any way, directly or through a view, come in the order of time; ties
//!   are broken by host, record id, file and place in the file, which together are one row.
//! - A query's own `ORDER BY` stays, and its ties are broken in the same way, or by the other columns of the rows.
//! - Everything else (groups, joins, unions, …) is sorted by its columns from left to right.
//! - `array_agg` and its like, without an `ORDER BY` of their own, see rows of `process` in the order of time.
//! - What a `LIMIT` keeps, in a subquery too, is chosen from rows in that order, and so is the row that `DISTINCT ON`
//!   keeps.
//!
//! Not covered is what is computed on the way from rows in any order: `array_agg` and its like over joins, groups or
//! with `DISTINCT`, ties in the `ORDER BY` of a window, and the last digits of sums of floating-point numbers. Rows that differ only in columns that cannot be
//! sorted, such as maps, may change places where no row of `process` stands behind them.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::Column;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::logical_expr::{
    Aggregate, DdlStatement, Distinct, DistinctOn, Expr, LogicalPlan, Projection, Sort, SortExpr, TableScan,
};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, Partitioning, replace_children_if_necessary};

/// The columns of `process` that put its rows into one order.
const IDENTITY: [&str; 5] = ["time", "host", "record_id", "source_file", "record_offset"];
/// The aggregate functions whose result depends on the order of the rows.
const ORDERED: [&str; 5] = ["array_agg", "string_agg", "first_value", "last_value", "nth_value"];
/// How the columns are called that carry [`IDENTITY`] up through projections.
const CARRIED: &str = "__order_";

/// Gives the rows of a query their order. Statements that are no queries stay as they are, but for the queries in
/// `EXPLAIN` and `CREATE TABLE … AS`.
pub(super) fn apply(plan: LogicalPlan) -> Result<LogicalPlan> {
    match plan {
        LogicalPlan::Explain(mut explain) => {
            explain.plan = Arc::new(apply(Arc::unwrap_or_clone(explain.plan))?);
            Ok(LogicalPlan::Explain(explain))
        }
        LogicalPlan::Analyze(mut analyze) => {
            analyze.input = Arc::new(apply(Arc::unwrap_or_clone(analyze.input))?);
            Ok(LogicalPlan::Analyze(analyze))
        }
        LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(mut table)) => {
            table.input = Arc::new(apply(Arc::unwrap_or_clone(table.input))?);
            Ok(LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(table)))
        }
        LogicalPlan::Ddl(_)
        | LogicalPlan::Dml(_)
        | LogicalPlan::Copy(_)
        | LogicalPlan::Statement(_)
        | LogicalPlan::DescribeTable(_) => Ok(plan),
        query => order(choose_steadily(query)?, false),
    }
}

/// Orders the rows below every step that keeps some of them and drops others.
fn choose_steadily(plan: LogicalPlan) -> Result<LogicalPlan> {
    let chosen = plan.transform_down_with_subqueries(|node| match node {
        // A sort would keep a correlated subquery from being turned into a join.
        LogicalPlan::Subquery(subquery) if !subquery.outer_ref_columns.is_empty() => {
            Ok(Transformed::new(LogicalPlan::Subquery(subquery), false, TreeNodeRecursion::Jump))
        }
        LogicalPlan::Limit(mut limit) => {
            limit.input = Arc::new(order(Arc::unwrap_or_clone(limit.input), true)?);
            Ok(Transformed::yes(LogicalPlan::Limit(limit)))
        }
        LogicalPlan::Distinct(Distinct::On(distinct)) => {
            Ok(Transformed::yes(LogicalPlan::Distinct(Distinct::On(steady_distinct(distinct)?))))
        }
        LogicalPlan::Aggregate(aggregate) => steady_aggregate(aggregate),
        node => Ok(Transformed::no(node)),
    })?;
    Ok(chosen.data)
}

/// Lets the functions of [`ORDERED`] see the rows of `process` in the order of time.
fn steady_aggregate(aggregate: Aggregate) -> Result<Transformed<LogicalPlan>> {
    if !aggregate.aggr_expr.iter().any(wants_order) {
        return Ok(Transformed::no(LogicalPlan::Aggregate(aggregate)));
    }
    let Some((input, columns)) = carry_identity(&aggregate.input)? else {
        return Ok(Transformed::no(LogicalPlan::Aggregate(aggregate)));
    };
    let keys = ascending(columns);
    let in_order = |expr: &Expr| match expr {
        Expr::AggregateFunction(function) if wants_order(expr) => {
            let mut function = function.clone();
            function.params.order_by.clone_from(&keys);
            // The steps above know the column by the name that it had without the order.
            Expr::AggregateFunction(function).alias(expr.schema_name().to_string())
        }
        other => other.clone(),
    };
    let expressions = aggregate.aggr_expr.iter().map(in_order).collect();
    Aggregate::try_new(Arc::new(input), aggregate.group_expr, expressions)
        .map(|aggregate| Transformed::yes(LogicalPlan::Aggregate(aggregate)))
}

fn wants_order(expr: &Expr) -> bool {
    matches!(expr, Expr::AggregateFunction(function)
        if ORDERED.contains(&function.func.name()) && function.params.order_by.is_empty() && !function.params.distinct)
}

/// `is_limited` says that only the first rows will be kept, so that it pays to sort before anything is computed.
fn order(plan: LogicalPlan, is_limited: bool) -> Result<LogicalPlan> {
    match plan {
        LogicalPlan::Sort(sort) => break_ties(sort),
        LogicalPlan::Limit(_) => Ok(plan),
        // It sorts its rows by the expressions that no two of them share.
        LogicalPlan::Distinct(Distinct::On(_)) => Ok(plan),
        plan if has_order(&plan) => map_input(plan, |input| order(input, is_limited)),
        plan if is_fixed(&plan) => Ok(plan),
        plan if is_limited && reads_process_plainly(&plan) => sort_scan(plan),
        plan => sort_on_top(plan),
    }
}

/// Whether a step hands the rows of its one input on in their order.
fn passes_order(plan: &LogicalPlan) -> bool {
    // A subquery in an expression becomes a join, which keeps no order.
    matches!(plan, LogicalPlan::Projection(_) | LogicalPlan::Filter(_) | LogicalPlan::SubqueryAlias(_))
        && !has_subquery(plan)
}

fn has_subquery(plan: &LogicalPlan) -> bool {
    let is_subquery = |expr: &Expr| {
        Ok(matches!(expr, Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_) | Expr::SetComparison(_)))
    };
    plan.expressions().iter().any(|expr| expr.exists(is_subquery).unwrap_or(true))
}

fn map_input(plan: LogicalPlan, change: impl FnOnce(LogicalPlan) -> Result<LogicalPlan>) -> Result<LogicalPlan> {
    let mut inputs: Vec<LogicalPlan> = plan.inputs().into_iter().cloned().collect();
    match inputs.pop() {
        Some(input) => plan.with_new_exprs(plan.expressions(), vec![change(input)?]),
        None => Ok(plan),
    }
}

/// Whether the rows come in the order of a sort or a limit further down.
fn has_order(plan: &LogicalPlan) -> bool {
    let mut node = plan;
    while passes_order(node) {
        let inputs = node.inputs();
        let [input] = inputs[..] else {
            return false;
        };
        if matches!(input, LogicalPlan::Sort(_) | LogicalPlan::Limit(_) | LogicalPlan::Distinct(Distinct::On(_))) {
            return true;
        }
        node = input;
    }
    false
}

/// Whether there is only one order: that of a single row, of the items of its list, or the one in which values were
/// written down.
fn is_fixed(plan: &LogicalPlan) -> bool {
    let mut node = plan;
    loop {
        match node {
            LogicalPlan::EmptyRelation(_) | LogicalPlan::Values(_) => return true,
            LogicalPlan::Aggregate(aggregate) => return aggregate.group_expr.is_empty(),
            LogicalPlan::Projection(_)
            | LogicalPlan::Filter(_)
            | LogicalPlan::SubqueryAlias(_)
            | LogicalPlan::Unnest(_) => match node.inputs().as_slice() {
                [input] if !has_subquery(node) => node = input,
                _ => return false,
            },
            _ => return false,
        }
    }
}

/// Whether the rows are those of `process`, filtered and projected without subqueries.
fn reads_process_plainly(plan: &LogicalPlan) -> bool {
    let mut node = plan;
    while passes_order(node) {
        match node.inputs().as_slice() {
            [input] => node = input,
            _ => return false,
        }
    }
    matches!(node, LogicalPlan::TableScan(scan) if identity_of(scan).is_some())
}

/// Puts the sort right above the scan. The planner moves filters below it, and a limit into it.
fn sort_scan(plan: LogicalPlan) -> Result<LogicalPlan> {
    match plan {
        LogicalPlan::TableScan(scan) => match identity_of(&scan) {
            Some(columns) => Ok(sorted(LogicalPlan::TableScan(scan), ascending(columns), None)),
            None => Ok(LogicalPlan::TableScan(scan)),
        },
        plan => map_input(plan, sort_scan),
    }
}

/// Puts the sort above all other steps, which so can run on all threads.
fn sort_on_top(plan: LogicalPlan) -> Result<LogicalPlan> {
    if let Some((carrying, columns)) = carry_identity(&plan)? {
        return project_to(&plan, sorted(carrying, ascending(columns), None));
    }
    let keys = ascending(sortable_columns(&plan));
    Ok(if keys.is_empty() { plan } else { sorted(plan, keys, None) })
}

/// Adds keys to a sort, so that no two rows that look different are equal to it.
fn break_ties(sort: Sort) -> Result<LogicalPlan> {
    if sort.expr.iter().any(|key| is_carried(&key.expr)) {
        return Ok(LogicalPlan::Sort(sort));
    }
    let Sort { mut expr, input, fetch } = sort;
    let given: Vec<Expr> = expr.iter().map(|key| key.expr.clone()).collect();
    let is_new = |key: &SortExpr| !given.contains(&key.expr);
    if let Some((carrying, columns)) = carry_identity(&input)? {
        expr.extend(ascending(columns).into_iter().filter(is_new));
        return project_to(&input, sorted(carrying, expr, fetch));
    }
    expr.extend(ascending(sortable_columns(&input)).into_iter().filter(is_new));
    Ok(sorted(Arc::unwrap_or_clone(input), expr, fetch))
}

/// `DISTINCT ON` keeps the first row in its order, or any row where it has none.
fn steady_distinct(distinct: DistinctOn) -> Result<DistinctOn> {
    let DistinctOn { on_expr, select_expr, sort_expr, input, .. } = distinct;
    let mut keys = sort_expr.unwrap_or_else(|| on_expr.iter().map(|expr| expr.clone().sort(true, false)).collect());
    if keys.iter().any(|key| is_carried(&key.expr)) {
        return DistinctOn::try_new(on_expr, select_expr, Some(keys), input);
    }
    let (input, columns) = match carry_identity(&input)? {
        Some((carrying, columns)) => (Arc::new(carrying), columns),
        None => {
            let columns = sortable_columns(&input);
            (input, columns)
        }
    };
    let given: Vec<Expr> = keys.iter().map(|key| key.expr.clone()).collect();
    keys.extend(ascending(columns).into_iter().filter(|key| !given.contains(&key.expr)));
    DistinctOn::try_new(on_expr, select_expr, Some(keys), input)
}

fn sorted(input: LogicalPlan, expr: Vec<SortExpr>, fetch: Option<usize>) -> LogicalPlan {
    LogicalPlan::Sort(Sort { expr, input: Arc::new(input), fetch })
}

fn ascending(columns: Vec<Column>) -> Vec<SortExpr> {
    columns.into_iter().map(|column| Expr::Column(column).sort(true, false)).collect()
}

/// Leaves only the columns that `model` has.
fn project_to(model: &LogicalPlan, plan: LogicalPlan) -> Result<LogicalPlan> {
    if plan.schema().fields().len() == model.schema().fields().len() {
        return Ok(plan);
    }
    let columns = model.schema().columns().into_iter().map(Expr::Column).collect();
    Projection::try_new(columns, Arc::new(plan)).map(LogicalPlan::Projection)
}

/// The columns that identify a row of `process`, if that is what a scan reads.
fn identity_of(scan: &TableScan) -> Option<Vec<Column>> {
    let schema = &scan.projected_schema;
    IDENTITY
        .iter()
        .map(|name| schema.qualified_field_with_unqualified_name(name).ok().map(Column::from))
        .collect::<Option<Vec<_>>>()
}

/// The plan with [`IDENTITY`] among its columns, and what they are called there. `None` where no single row of
/// `process` stands behind each row.
fn carry_identity(plan: &LogicalPlan) -> Result<Option<(LogicalPlan, Vec<Column>)>> {
    match plan {
        LogicalPlan::TableScan(scan) => Ok(identity_of(scan).map(|columns| (plan.clone(), columns))),
        LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Window(_) => {
            let inputs = plan.inputs();
            let [input] = inputs[..] else {
                return Ok(None);
            };
            let Some((input, columns)) = carry_identity(input)? else {
                return Ok(None);
            };
            let mut expressions = plan.expressions();
            let mut carried = columns;
            if matches!(plan, LogicalPlan::Projection(_)) {
                let names = IDENTITY.map(|name| format!("{CARRIED}{name}"));
                expressions
                    .extend(carried.into_iter().zip(&names).map(|(column, name)| Expr::Column(column).alias(name)));
                carried = names.into_iter().map(Column::new_unqualified).collect();
            }
            if let LogicalPlan::SubqueryAlias(alias) = plan {
                carried =
                    carried.into_iter().map(|column| Column::new(Some(alias.alias.clone()), column.name)).collect();
            }
            Ok(Some((plan.with_new_exprs(expressions, vec![input])?, carried)))
        }
        _ => Ok(None),
    }
}

fn is_carried(expr: &Expr) -> bool {
    matches!(expr, Expr::Column(column) if column.name.starts_with(CARRIED))
}

fn sortable_columns(plan: &LogicalPlan) -> Vec<Column> {
    let schema = plan.schema();
    let is_sortable = |(_, field): &(_, &Arc<arrow::datatypes::Field>)| is_sortable(field.data_type());
    schema.iter().filter(is_sortable).map(Column::from).collect()
}

fn is_sortable(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_sortable(values),
        DataType::List(item) | DataType::LargeList(item) => is_sortable(item.data_type()),
        DataType::Boolean
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_)
        | DataType::Date32
        | DataType::Date64
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Timestamp(_, _)
        | DataType::Duration(_)
        | DataType::Interval(_)
        | DataType::Decimal32(_, _)
        | DataType::Decimal64(_, _)
        | DataType::Decimal128(_, _)
        | DataType::Decimal256(_, _) => true,
        other => other.is_numeric(),
    }
}

/// Keeps the order of a plan's last steps: DataFusion deals ordered rows out to several threads again for the sake of a
/// projection, which nothing in SQL forbids, and the order would be lost.
pub(super) fn keep(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let [child] = plan.children()[..] else {
        return Ok(plan);
    };
    let hands_on = plan.maintains_input_order() == [true] || plan.downcast_ref::<CoalescePartitionsExec>().is_some();
    if plan.downcast_ref::<SortExec>().is_some() || !hands_on {
        return Ok(plan);
    }
    let kept = match child.downcast_ref::<RepartitionExec>() {
        Some(dealt) if deals_out_ordered_rows(dealt) => keep(Arc::clone(dealt.input()))?,
        _ => keep(Arc::clone(child))?,
    };
    replace_children_if_necessary(plan, vec![kept])
}

fn deals_out_ordered_rows(repartition: &RepartitionExec) -> bool {
    let mut node = repartition.input();
    if !matches!(repartition.partitioning(), Partitioning::RoundRobinBatch(_))
        || node.output_partitioning().partition_count() != 1
    {
        return false;
    }
    // The columns of the order may have been dropped since, so the plan's own word on its order says too little.
    loop {
        if node.downcast_ref::<SortExec>().is_some() || node.downcast_ref::<SortPreservingMergeExec>().is_some() {
            return true;
        }
        match node.children()[..] {
            [child] if node.maintains_input_order() == [true] => node = child,
            _ => return node.output_ordering().is_some(),
        }
    }
}

#[cfg(test)]
mod tests;
