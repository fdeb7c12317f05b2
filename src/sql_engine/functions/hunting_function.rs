//! What one hunting function says of itself, and the plain Rust function that does its work.

use std::borrow::Cow;

/// Where a function stands in the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Functions over a command line.
    CommandLine,
    /// Functions over the path of a program.
    Path,
    /// Functions over the path of a process and that of its creator.
    Parent,
    /// Functions over any text.
    Text,
}

impl Group {
    /// The heading in the reference.
    pub fn label(self) -> &'static str {
        match self {
            Group::CommandLine => "Command lines",
            Group::Path => "Paths",
            Group::Parent => "Parent and child",
            Group::Text => "Text",
        }
    }
}

/// One argument of a function.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Argument {
    /// The name, as it stands in the reference.
    pub name: &'static str,
    /// What is to be given.
    pub description: &'static str,
}

/// A call and what it gives. A test runs every one of them.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Example {
    /// A SQL expression that needs no table.
    pub sql: &'static str,
    /// Its value as DataFusion prints it in a table; `NULL` for a missing value.
    pub result: &'static str,
}

/// The Rust function behind a SQL function. It never sees a NULL: a NULL argument gives NULL.
#[derive(Debug, Clone, Copy)]
pub enum Worker {
    /// One text to a yes or no.
    TextToBool(fn(&str) -> bool),
    /// One text to a text, or to NULL.
    TextToText(for<'a> fn(&'a str) -> Option<Cow<'a, str>>),
    /// One text to a list of texts.
    TextToList(fn(&str) -> Vec<String>),
    /// One text to a number.
    TextToNumber(fn(&str) -> f64),
    /// Two texts to a yes or no.
    TwoTextsToBool(fn(&str, &str) -> bool),
    /// Two texts to a text, or to NULL.
    TwoTextsToText(for<'a> fn(&'a str, &'a str) -> Option<Cow<'a, str>>),
}

/// A hunting function: its documentation and its worker.
#[derive(Debug)]
pub struct HuntingFunction {
    /// The SQL name.
    pub name: &'static str,
    /// Its place in the reference.
    pub group: Group,
    /// One sentence: what it tells.
    pub summary: &'static str,
    /// The arguments in their order.
    pub arguments: &'static [Argument],
    /// What comes back, and when it is NULL.
    pub result: &'static str,
    /// Where the rule comes from: an ATT&CK technique, a vendor's page.
    pub source: &'static str,
    /// At least one call with its value.
    pub examples: &'static [Example],
    /// What computes it.
    pub worker: Worker,
}

impl HuntingFunction {
    /// The call as the reference writes it, `basename(path)`.
    pub fn syntax(&self) -> String {
        let names: Vec<&str> = self.arguments.iter().map(|argument| argument.name).collect();
        format!("{}({})", self.name, names.join(", "))
    }
}
