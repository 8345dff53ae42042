//! A table to look through: dense, with a head that stays and sorts, the columns one wants, and a file of what is shown.
//!
//! Invariant: complete as the server writes it; sorting, columns and the file are `frontend/page/src/tables.ts`, by what stands in the
//! cells. Narrow, the columns of the least use leave. Deliberately absent: which rows there are, and pages of them.

use super::icon::Icon;
use crate::lang;
use leptos::prelude::*;

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub head: &'static str,
    /// 1 stays at any width; 2 and 3 leave where there is no room.
    pub use_of: u8,
}

/// A column that stays at any width.
#[must_use]
pub const fn always(head: &'static str) -> Column {
    Column { head, use_of: 1 }
}

/// A column that leaves where there is no room; `use_of` 3 before 2.
#[must_use]
pub const fn spare(head: &'static str, use_of: u8) -> Column {
    Column { head, use_of }
}

/// What stands in a row under a column.
pub struct Cell {
    view: AnyView,
    /// What it is sorted by, where that is not its text: a number, or an instant in milliseconds.
    value: Option<String>,
}

/// A cell that is sorted by its text.
pub fn cell(view: impl IntoView + 'static) -> Cell {
    Cell { view: view.into_any(), value: None }
}

/// A cell that is sorted by `value`; an empty one comes last.
pub fn sorted(view: impl IntoView + 'static, value: impl ToString) -> Cell {
    Cell { view: view.into_any(), value: Some(value.to_string()) }
}

/// The table `name`, which the browser remembers the choice of columns by.
pub fn table(name: &'static str, caption: &'static str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> AnyView {
    let t = lang::current();
    let uses: Vec<_> =
        columns.iter().map(|column| (column.use_of > 1).then(|| column.use_of.to_string())).collect();
    let heads = columns.iter().zip(uses.clone()).map(|(column, data)| {
        view! { <th scope="col" data-p=data><button type="button" class="sort">{column.head}<Icon name="chevron-right"/></button></th> }
    });
    // The first says what a row is about.
    let choices = columns.iter().enumerate().skip(1).map(|(at, column)| {
        view! { <label class="tick"><input type="checkbox" data-column=at.to_string() checked=true/><span>{column.head}</span></label> }
    });
    let rows = rows.into_iter().map(|cells| {
        let cells = cells.into_iter().zip(uses.clone());
        view! { <tr>{cells.map(|(cell, data)| view! { <td data-p=data data-v=cell.value>{cell.view}</td> }).collect_view()}</tr> }
    });
    view! {
        <div class="table-box" data-table=name>
            <div class="table-tools">
                <details class="deed"><summary>{t.table_columns()}</summary><div class="columns">{choices.collect_view()}</div></details>
                <button class="btn" data-kind="ghost" type="button" data-csv-of="">{t.table_csv()}</button>
            </div>
            <div class="table-wrap">
                <table class="table">
                    <caption class="visually-hidden">{caption}</caption>
                    <thead><tr>{heads.collect_view()}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    #[test]
    fn a_table_says_what_its_columns_are_and_sorts_by_more_than_its_text() {
        let html = html(visitor(Lang::En), "/boards", || {
            let rows = vec![vec![cell("Laser"), sorted("3 min ago", 1_000)]];
            table("boards", "Boards", vec![always("Machine"), spare("Last heard", 2)], rows)
        });
        assert!(
            html.contains(r#"data-table="boards""#) && html.contains(r#"<td data-p="2" data-v="1000">"#),
            "{html}"
        );
        assert!(words(&html).contains("Last heard") && html.contains(r#"data-column="1""#), "{html}");
        assert!(!html.contains(r#"data-column="0""#), "what a row is about stays: {html}");
    }
}
