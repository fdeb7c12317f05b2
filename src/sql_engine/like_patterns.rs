//! A backslash in a `LIKE` pattern is a backslash: `new_process LIKE '%\Temp\%'` means what it says.
//!
//! Some engines take it for an escape, as DataFusion does, and then a pattern with a Windows path quietly matches
//! nothing. As the SQL standard has it, only `ESCAPE` makes a character one.

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::Result;
use datafusion::functions::string::expr_fn::replace;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Expr, Like, LogicalPlan, lit};

/// Writes every pattern so that DataFusion, whose escape is the backslash, understands it as it was meant.
pub(super) fn translate(plan: LogicalPlan) -> Result<LogicalPlan> {
    let translated = plan.transform_down_with_subqueries(|node| {
        // A column without a name of its own is called by its expression, as it was written.
        let names = NamePreserver::new(&node);
        node.map_expressions(|expression| {
            let name = names.save(&expression);
            let translated = expression.transform_down(|part| match part {
                Expr::Like(like) => translate_like(like),
                other => Ok(Transformed::no(other)),
            })?;
            Ok(translated.update_data(|expression| name.restore(expression)))
        })
    })?;
    Ok(translated.data)
}

fn translate_like(mut like: Like) -> Result<Transformed<Expr>> {
    let escape = like.escape_char.take();
    if let Expr::Literal(value, _) = like.pattern.as_mut()
        && let ScalarValue::Utf8(Some(pattern)) | ScalarValue::Utf8View(Some(pattern)) = value
    {
        *pattern = with_backslash_escape(pattern, escape)?;
    } else {
        match escape {
            None => *like.pattern = replace(*like.pattern, lit("\\"), lit("\\\\")),
            Some('\\') => {}
            Some(_) => {
                return plan_err!("`ESCAPE` needs a pattern that is written down, not one that is computed");
            }
        }
    }
    // Else the function above would be looked into again.
    Ok(Transformed::new(Expr::Like(like), true, TreeNodeRecursion::Jump))
}

fn with_backslash_escape(pattern: &str, escape: Option<char>) -> Result<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if Some(character) == escape {
            match characters.next() {
                Some(escaped) => out.extend(['\\', escaped]),
                None => return plan_err!("the `LIKE` pattern '{pattern}' ends with its escape character"),
            }
        } else if character == '\\' {
            out.push_str("\\\\");
        } else {
            out.push(character);
        }
    }
    Ok(out)
}
