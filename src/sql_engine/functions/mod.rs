//! The hunting functions: one file each, which holds its documentation, its rule and its tests.
//!
//! [`hunting_functions`] is the one list. The session registers from it, and `\functions`, completion, the README's
//! table and the tests of all functions at once walk it.

mod account_commands;
mod adapter;
mod args;
mod basename;
mod command_line_words;
mod command_template;
mod created_account;
mod decode_ps;
mod dirname;
mod entropy;
mod hunting_function;
mod is_account_creation;
mod is_encoded_ps;
mod lolbin;
mod masquerades;
mod name_table;
mod normalize_command_line;
mod powershell_arguments;
mod suspicious_parent;
mod suspicious_path;
mod text_column;
mod windows_path;

use datafusion::logical_expr::ScalarUDF;

pub use hunting_function::{Argument, Example, Group, HuntingFunction, Worker};

static HUNTING_FUNCTIONS: &[&HuntingFunction] = &[
    &args::ARGS,
    &command_template::COMMAND_TEMPLATE,
    &created_account::CREATED_ACCOUNT,
    &decode_ps::DECODE_PS,
    &is_account_creation::IS_ACCOUNT_CREATION,
    &is_encoded_ps::IS_ENCODED_PS,
    &normalize_command_line::NORMALIZE_COMMAND_LINE,
    &basename::BASENAME,
    &dirname::DIRNAME,
    &lolbin::LOLBIN,
    &masquerades::MASQUERADES,
    &masquerades::MASQUERADES_REASON,
    &suspicious_path::SUSPICIOUS_PATH,
    &suspicious_path::SUSPICIOUS_PATH_REASON,
    &suspicious_parent::SUSPICIOUS_PARENT,
    &suspicious_parent::SUSPICIOUS_PARENT_REASON,
    &entropy::ENTROPY,
];

/// Every hunting function, by group and then by name.
pub fn hunting_functions() -> &'static [&'static HuntingFunction] {
    HUNTING_FUNCTIONS
}

/// The hunting functions as DataFusion's scalar functions, ready to be registered.
pub fn scalar_functions() -> Vec<ScalarUDF> {
    hunting_functions().iter().map(|function| adapter::scalar_function(function)).collect()
}

#[cfg(test)]
mod tests;
