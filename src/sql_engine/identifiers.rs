//! Names in any case: `select commandline from SYSMON` means `Sysmon."CommandLine"`.
//!
//! DataFusion lower-cases every name without quotes, but the views have columns of mixed case. So the parsed statement
//! is walked before it is planned, and a name that means a known table or column in another spelling is replaced by
//! that spelling, in quotes. All other names stay as they are, and DataFusion lower-cases them. Names in quotes are
//! never touched, and every name keeps its place in the text, so that errors point at what was typed.
//!
//! A column's name is looked up in the tables of the query that it stands in, then in the queries around that one, then
//! in all tables that the statement mentions, since a common table expression or a subquery hands their names on. New
//! names, after `AS`, are looked up in the same way, so that a new name and its uses always agree.
//!
//! A dotted name is one column where a table has such a column: `process.parent.name` of `ecs`.

mod mentioned;

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    AccessExpr, ExcludeSelectItem, Expr, Ident, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, Query,
    RenameSelectItem, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, TableAlias, TableFactor,
    TableWithJoins, VisitMut, VisitorMut, WildcardAdditionalOptions,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use super::names::{Names, TableNames, meant};
use mentioned::{Mentioned, ShadowedTables, plain};

pub(super) use mentioned::mentioned_tables;

/// How far statements inside statements, `EXPLAIN EXPLAIN …`, are followed.
const NESTING: usize = 8;

/// Replaces the names of a statement by the spellings that they mean.
pub(super) fn resolve(statement: &mut Statement, names: &Names) {
    resolve_nested(statement, names, NESTING);
}

fn resolve_nested(statement: &mut Statement, names: &Names, depth: usize) {
    match statement {
        Statement::Statement(inner) => {
            let _ = VisitMut::visit(inner.as_mut(), &mut ShadowedTables { names });
            let mentioned = Mentioned::by(inner, names);
            let mut resolver = Resolver { names, mentioned, scopes: Vec::new() };
            let _ = VisitMut::visit(inner.as_mut(), &mut resolver);
        }
        Statement::Explain(explain) if depth > 0 => resolve_nested(&mut explain.statement, names, depth - 1),
        _ => {}
    }
}

/// One relation of a `FROM`: the name that it has in the query, and its columns where it is a known table.
struct Relation<'a> {
    name: String,
    is_alias: bool,
    table: Option<&'a TableNames>,
}

struct Resolver<'a> {
    names: &'a Names,
    mentioned: Mentioned<'a>,
    /// The relations of the queries that are open, innermost last.
    scopes: Vec<Vec<Relation<'a>>>,
}

impl<'a> Resolver<'a> {
    fn column(&self, typed: &str) -> Option<&str> {
        let in_scope = self.scopes.iter().rev().find_map(|scope| {
            let tables = scope.iter().filter_map(|relation| relation.table);
            meant(typed, tables.flat_map(|table| table.columns.iter().map(String::as_str)))
        });
        in_scope.or_else(|| {
            let known = self.mentioned.tables.iter().flat_map(|table| &table.columns);
            meant(typed, known.chain(&self.mentioned.defined).map(String::as_str))
        })
    }

    fn relation(&self, name: &Ident) -> Option<&Relation<'a>> {
        let typed = plain(name);
        let same = |relation: &&Relation<'a>| match name.quote_style {
            Some(_) => relation.name == typed,
            None => relation.name.eq_ignore_ascii_case(&typed),
        };
        self.scopes.iter().rev().find_map(|scope| scope.iter().find(same))
    }

    fn resolve_column(&self, name: &mut Ident) {
        if name.quote_style.is_none()
            && let Some(spelling) = self.column(&name.value)
        {
            spell(name, spelling);
        }
    }

    fn resolve_relation_name(&self, name: &mut Ident) {
        if name.quote_style.is_some() {
            return;
        }
        match self.relation(name) {
            Some(Relation { is_alias: false, table: Some(table), .. }) => spell(name, &table.name),
            Some(_) => {}
            None => {
                if let Some(table) = self.names.table(&name.value) {
                    spell(name, &table.name);
                }
            }
        }
    }

    fn resolve_object(&self, relation: &mut ObjectName) {
        let spelling = self.mentioned.table(relation).map(|table| table.name.as_str());
        if let (Some(spelling), Some(ObjectNamePart::Identifier(last))) = (spelling, relation.0.last_mut())
            && last.quote_style.is_none()
        {
            spell(last, spelling);
        }
    }

    /// The single column that a dotted name is, `process.parent.name`, or such a column behind a relation's name.
    fn dotted_column(&self, parts: &[Ident]) -> Option<Expr> {
        let [first, rest @ ..] = parts else {
            return None;
        };
        let relation = self.relation(first);
        if let (Some(table), [column]) = (relation.and_then(|relation| relation.table), rest)
            && table.column(&column.value).is_some()
        {
            return None;
        }
        if let Some(column) = self.joined_column(parts, None) {
            return Some(Expr::Identifier(column));
        }
        let table = relation?.table?;
        let column = self.joined_column(rest, Some(table))?;
        let mut qualifier = first.clone();
        self.resolve_relation_name(&mut qualifier);
        Some(Expr::CompoundIdentifier(vec![qualifier, column]))
    }

    fn joined_column(&self, parts: &[Ident], table: Option<&TableNames>) -> Option<Ident> {
        if parts.len() < 2 || parts.iter().any(|part| part.quote_style.is_some()) {
            return None;
        }
        let words: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
        let typed = words.join(".");
        let spelling = match table {
            Some(table) => table.column(&typed)?,
            None => self.column(&typed)?,
        };
        let span = Span::union_iter(parts.iter().map(|part| part.span));
        Some(Ident { value: spelling.to_owned(), quote_style: Some('"'), span })
    }

    fn resolve_compound(&self, parts: &mut [Ident]) {
        let [qualifiers @ .., column] = parts else {
            return;
        };
        let Some(qualifier) = qualifiers.last_mut() else {
            return;
        };
        match self.relation(qualifier) {
            Some(Relation { table: Some(table), .. }) => {
                if let (None, Some(spelling)) = (column.quote_style, table.column(&column.value)) {
                    spell(column, spelling);
                }
            }
            _ => self.resolve_column(column),
        }
        // The first part of a field of a structure is a column, not a relation.
        let is_column = self.relation(qualifier).is_none() && self.column(&qualifier.value).is_some();
        if is_column { self.resolve_column(qualifier) } else { self.resolve_relation_name(qualifier) }
    }

    /// `process.args[1]`: the leading names of an access path are treated as a dotted name.
    fn resolve_access(&self, root: &mut Expr, chain: &mut Vec<AccessExpr>) {
        let mut parts = match root {
            Expr::Identifier(name) => vec![name.clone()],
            Expr::CompoundIdentifier(names) => names.clone(),
            _ => return,
        };
        let in_root = parts.len();
        let dotted = chain.iter().map_while(|access| match access {
            AccessExpr::Dot(Expr::Identifier(name)) => Some(name.clone()),
            _ => None,
        });
        parts.extend(dotted);
        for length in (2..=parts.len()).rev() {
            if let Some(column) = self.dotted_column(&parts[..length]) {
                *root = column;
                chain.drain(..length - in_root.min(length));
                return;
            }
        }
        if let (Expr::Identifier(first), Some(AccessExpr::Dot(Expr::Identifier(second)))) = (root, chain.first_mut()) {
            let mut pair = [first.clone(), second.clone()];
            self.resolve_compound(&mut pair);
            [*first, *second] = pair;
        }
    }

    fn scope_of_select(&self, select: &Select) -> Vec<Relation<'a>> {
        let mut scope = Vec::new();
        for item in &select.from {
            self.add_joined(item, &mut scope);
        }
        scope
    }

    fn scope_of_body(&self, body: &SetExpr, scope: &mut Vec<Relation<'a>>) {
        let mut open = vec![body];
        while let Some(body) = open.pop() {
            match body {
                SetExpr::Select(select) => scope.extend(self.scope_of_select(select)),
                SetExpr::Query(query) => open.push(&query.body),
                SetExpr::SetOperation { left, right, .. } => open.extend([left.as_ref(), right.as_ref()]),
                _ => {}
            }
        }
    }

    fn add_joined(&self, joined: &TableWithJoins, scope: &mut Vec<Relation<'a>>) {
        self.add_factor(&joined.relation, scope);
        for join in &joined.joins {
            self.add_factor(&join.relation, scope);
        }
    }

    fn add_factor(&self, factor: &TableFactor, scope: &mut Vec<Relation<'a>>) {
        match factor {
            TableFactor::Table { name, alias, args, .. } => {
                let table = if args.is_none() { self.mentioned.table(name) } else { None };
                let own_name = name.0.last().and_then(ObjectNamePart::as_ident);
                let Some(known_as) = alias.as_ref().map(|alias| &alias.name).or(own_name) else {
                    return;
                };
                scope.push(Relation { name: plain(known_as), is_alias: alias.is_some(), table });
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => self.add_joined(table_with_joins, scope),
            other => {
                if let Some(alias) = alias_of(other) {
                    scope.push(Relation { name: plain(&alias.name), is_alias: true, table: None });
                }
            }
        }
    }

    fn resolve_projection(&self, select: &mut Select) {
        for item in &mut select.projection {
            match item {
                SelectItem::ExprWithAlias { alias, .. } => self.resolve_column(alias),
                SelectItem::QualifiedWildcard(kind, options) => {
                    if let SelectItemQualifiedWildcardKind::ObjectName(name) = kind
                        && let [ObjectNamePart::Identifier(name)] = name.0.as_mut_slice()
                    {
                        self.resolve_relation_name(name);
                    }
                    self.resolve_wildcard(options);
                }
                SelectItem::Wildcard(options) => self.resolve_wildcard(options),
                SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAliases { .. } => {}
            }
        }
        if let Some(exclude) = &mut select.exclude {
            self.resolve_exclude(exclude);
        }
    }

    fn resolve_wildcard(&self, options: &mut WildcardAdditionalOptions) {
        if let Some(exclude) = &mut options.opt_exclude {
            self.resolve_exclude(exclude);
        }
        if let Some(except) = &mut options.opt_except {
            self.resolve_column(&mut except.first_element);
            except.additional_elements.iter_mut().for_each(|name| self.resolve_column(name));
        }
        if let Some(replace) = &mut options.opt_replace {
            replace.items.iter_mut().for_each(|item| self.resolve_column(&mut item.column_name));
        }
        match &mut options.opt_rename {
            Some(RenameSelectItem::Single(item)) => self.resolve_column(&mut item.ident),
            Some(RenameSelectItem::Multiple(items)) => {
                items.iter_mut().for_each(|item| self.resolve_column(&mut item.ident));
            }
            None => {}
        }
    }

    fn resolve_exclude(&self, exclude: &mut ExcludeSelectItem) {
        match exclude {
            ExcludeSelectItem::Single(name) => self.resolve_column_object(name),
            ExcludeSelectItem::Multiple(names) => names.iter_mut().for_each(|name| self.resolve_column_object(name)),
        }
    }

    /// A column that the parser keeps as a list of names, which may be a dotted one.
    fn resolve_column_object(&self, name: &mut ObjectName) {
        let parts: Option<Vec<Ident>> = name.0.iter().map(|part| part.as_ident().cloned()).collect();
        if let Some(column) = parts.and_then(|parts| self.joined_column(&parts, None)) {
            name.0 = vec![ObjectNamePart::Identifier(column)];
        } else if let [ObjectNamePart::Identifier(name)] = name.0.as_mut_slice() {
            self.resolve_column(name);
        }
    }

    fn resolve_using(&self, joined: &mut TableWithJoins) {
        for join in &mut joined.joins {
            if let Some(JoinConstraint::Using(columns)) = constraint_of(&mut join.join_operator) {
                columns.iter_mut().for_each(|column| self.resolve_column_object(column));
            }
        }
    }

    fn resolve_alias_columns(&self, alias: &mut TableAlias) {
        alias.columns.iter_mut().for_each(|column| self.resolve_column(&mut column.name));
    }
}

impl VisitorMut for Resolver<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        // `ORDER BY` stands outside of the `SELECT`, but uses its tables.
        let mut scope = Vec::new();
        self.scope_of_body(&query.body, &mut scope);
        self.scopes.push(scope);
        for table in query.with.iter_mut().flat_map(|with| &mut with.cte_tables) {
            self.resolve_alias_columns(&mut table.alias);
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &mut Query) -> ControlFlow<()> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        self.scopes.push(self.scope_of_select(select));
        self.resolve_projection(select);
        select.from.iter_mut().for_each(|joined| self.resolve_using(joined));
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _select: &mut Select) -> ControlFlow<()> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        if let TableFactor::NestedJoin { table_with_joins, .. } = factor {
            self.resolve_using(table_with_joins);
        }
        if let Some(alias) = alias_of_mut(factor) {
            self.resolve_alias_columns(alias);
        }
        ControlFlow::Continue(())
    }

    fn post_visit_relation(&mut self, relation: &mut ObjectName) -> ControlFlow<()> {
        self.resolve_object(relation);
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        match expr {
            Expr::Identifier(name) => self.resolve_column(name),
            Expr::CompoundIdentifier(parts) => match self.dotted_column(parts) {
                Some(column) => *expr = column,
                None => self.resolve_compound(parts),
            },
            Expr::CompoundFieldAccess { root, access_chain } => self.resolve_access(root, access_chain),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// Writes a known spelling over a name. One that DataFusion would come to itself stays without quotes.
fn spell(name: &mut Ident, spelling: &str) {
    if name.value.to_ascii_lowercase() != spelling {
        spelling.clone_into(&mut name.value);
        name.quote_style = Some('"');
    }
}

fn alias_of(factor: &TableFactor) -> Option<&TableAlias> {
    match factor {
        TableFactor::Table { alias, .. }
        | TableFactor::Derived { alias, .. }
        | TableFactor::TableFunction { alias, .. }
        | TableFactor::Function { alias, .. }
        | TableFactor::UNNEST { alias, .. }
        | TableFactor::NestedJoin { alias, .. } => alias.as_ref(),
        _ => None,
    }
}

fn alias_of_mut(factor: &mut TableFactor) -> Option<&mut TableAlias> {
    match factor {
        TableFactor::Table { alias, .. }
        | TableFactor::Derived { alias, .. }
        | TableFactor::TableFunction { alias, .. }
        | TableFactor::Function { alias, .. }
        | TableFactor::UNNEST { alias, .. }
        | TableFactor::NestedJoin { alias, .. } => alias.as_mut(),
        _ => None,
    }
}

fn constraint_of(operator: &mut JoinOperator) -> Option<&mut JoinConstraint> {
    match operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint)
        | JoinOperator::CrossJoin(constraint)
        | JoinOperator::Semi(constraint)
        | JoinOperator::LeftSemi(constraint)
        | JoinOperator::RightSemi(constraint)
        | JoinOperator::Anti(constraint)
        | JoinOperator::LeftAnti(constraint)
        | JoinOperator::RightAnti(constraint) => Some(constraint),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
