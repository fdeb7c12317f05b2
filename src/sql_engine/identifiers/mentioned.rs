//! Which tables a statement mentions, which common table expressions hide one of them, which names it defines.

use std::collections::HashSet;
use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    self, Ident, ObjectName, ObjectNamePart, Query, Select, SelectItem, Visit, Visitor, VisitorMut, visit_relations_mut,
};

use super::spell;
use crate::sql_engine::names::{Names, TableNames};

/// The tables that a statement mentions, found in a first walk.
pub(in crate::sql_engine) fn mentioned_tables<'a>(statement: &Statement, names: &'a Names) -> Vec<&'a TableNames> {
    match statement {
        Statement::Statement(inner) => Mentioned::by(inner, names).tables,
        Statement::Explain(explain) => match &*explain.statement {
            Statement::Explain(_) => Vec::new(),
            statement => mentioned_tables(statement, names),
        },
        _ => Vec::new(),
    }
}

/// `with Sysmon as (select … from Sysmon)`: inside of its own definition the name is still that of the table.
pub(super) struct ShadowedTables<'a> {
    pub(super) names: &'a Names,
}

impl VisitorMut for ShadowedTables<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let Some(with) = query.with.as_mut().filter(|with| !with.recursive) else {
            return ControlFlow::Continue(());
        };
        for table in &mut with.cte_tables {
            let name = plain(&table.alias.name);
            let Some(shadowed) = self.names.table(&name) else {
                continue;
            };
            let _ = visit_relations_mut(&mut table.query, |relation| {
                if let [ObjectNamePart::Identifier(used)] = relation.0.as_mut_slice()
                    && used.quote_style.is_none()
                    && plain(used) == name
                {
                    spell(used, &shadowed.name);
                }
                ControlFlow::<()>::Continue(())
            });
        }
        ControlFlow::Continue(())
    }
}

/// What a statement mentions, found in a walk before its names are resolved.
pub(super) struct Mentioned<'a> {
    names: &'a Names,
    pub(super) tables: Vec<&'a TableNames>,
    /// New column names in quotes: they are spellings, too.
    pub(super) defined: Vec<String>,
    /// The names of common table expressions, as DataFusion will know them.
    queries: HashSet<String>,
}

impl<'a> Mentioned<'a> {
    pub(super) fn by(statement: &ast::Statement, names: &'a Names) -> Self {
        let mut found = Self { names, tables: Vec::new(), defined: Vec::new(), queries: HashSet::new() };
        let _ = Visit::visit(statement, &mut found);
        found
    }

    /// The known table that a relation's name means; `None` for a common table expression, too.
    pub(super) fn table(&self, relation: &ObjectName) -> Option<&'a TableNames> {
        let (last, outer) = relation.0.split_last()?;
        let last = last.as_ident()?;
        if let [.., schema] = outer
            && !schema.as_ident().is_some_and(|schema| schema.value.eq_ignore_ascii_case("public"))
        {
            return None;
        }
        if outer.is_empty() && self.queries.contains(&plain(last)) {
            return None;
        }
        match last.quote_style {
            Some(_) => self.names.tables.iter().find(|table| table.name == last.value),
            None => self.names.table(&last.value),
        }
    }
}

impl Visitor for Mentioned<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let tables = query.with.iter().flat_map(|with| &with.cte_tables);
        self.queries.extend(tables.map(|table| plain(&table.alias.name)));
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        for item in &select.projection {
            if let SelectItem::ExprWithAlias { alias, .. } = item
                && alias.quote_style.is_some()
            {
                self.defined.push(alias.value.clone());
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        if let Some(table) = self.table(relation)
            && !self.tables.iter().any(|known| known.name == table.name)
        {
            self.tables.push(table);
        }
        ControlFlow::Continue(())
    }
}

/// The name as DataFusion knows it.
pub(super) fn plain(name: &Ident) -> String {
    match name.quote_style {
        Some(_) => name.value.clone(),
        None => name.value.to_ascii_lowercase(),
    }
}
