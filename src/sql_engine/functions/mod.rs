//! The hunting functions: one file each, which holds its documentation, its rule and its tests.
//!
//! [`hunting_functions`] is the one list. The session registers from it, and `\functions`, completion, the README's
//! table and the tests of all functions at once walk it.

mod adapter;
mod hunting_function;
mod text_column;

mod name_table;
mod windows_path;

mod basename;
mod dirname;
mod lolbin;
mod masquerades;
mod suspicious_parent;
mod suspicious_path;

use datafusion::logical_expr::ScalarUDF;

pub use hunting_function::{Argument, Example, Group, HuntingFunction, Worker};

/// Every hunting function, by group and then by name.
pub fn hunting_functions() -> &'static [&'static HuntingFunction] {
    HUNTING_FUNCTIONS
}

static HUNTING_FUNCTIONS: &[&HuntingFunction] = &[
    // Paths.
    &basename::BASENAME,
    &dirname::DIRNAME,
    &lolbin::LOLBIN,
    &masquerades::MASQUERADES,
    &masquerades::MASQUERADES_REASON,
    &suspicious_path::SUSPICIOUS_PATH,
    &suspicious_path::SUSPICIOUS_PATH_REASON,
    // Parent and child.
    &suspicious_parent::SUSPICIOUS_PARENT,
    &suspicious_parent::SUSPICIOUS_PARENT_REASON,
];

/// The hunting functions as DataFusion's scalar functions, ready to be registered.
pub fn scalar_functions() -> Vec<ScalarUDF> {
    hunting_functions().iter().map(|function| adapter::scalar_function(function)).collect()
}
