//! A dense table: sortable, with a sticky head, selectable columns, and a CSV export.
//!
//! Invariant: complete as the server writes it; sorting, columns and export are `frontend/page/src/tables.ts`, by
//! data in the cells. On narrow screens the least useful columns are hidden. Not here: which rows there are, and
//! paging.
//!
//! The script moves rows and never rewrites them, so live updates still find their row.

use super::{icon::Icon, row_selection::RowSelection};
use crate::lang;
use domain::time::Moment;
use leptos::prelude::*;
use text::time;

#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub head: &'static str,
    /// 1 stays at any width; 2, 3 and 4 are hidden on narrow screens, 4 on all but large ones; 0 is the column of
    /// actions.
    pub use_of: u8,
    /// The checkboxes in its cells, which one in its head selects together.
    pub selection: Option<RowSelection>,
}

impl Column {
    /// With a checkbox in the head that selects all.
    #[must_use]
    pub fn ticked(self, selection: Option<RowSelection>) -> Self {
        Self { selection, ..self }
    }
}

/// The last column: actions on a row. It is neither sortable nor exported.
#[must_use]
pub fn actions() -> Column {
    Column { head: lang::current().table_actions(), use_of: 0, selection: None }
}

/// A column for any width.
#[must_use]
pub const fn always(head: &'static str) -> Column {
    Column { head, use_of: 1, selection: None }
}

/// A column hidden on narrow screens; `use_of` 4 before 3, and 3 before 2.
#[must_use]
pub const fn spare(head: &'static str, use_of: u8) -> Column {
    Column { head, use_of, selection: None }
}

pub struct Cell {
    view: AnyView,
    /// Its sort value, unless that is its text: a number, or an instant in milliseconds.
    value: Option<String>,
    /// Its exported value, unless that is its text.
    csv: Option<String>,
}

impl Cell {
    /// With an exported value, without initials and button labels.
    #[must_use]
    pub fn csv(self, message: impl Into<String>) -> Self {
        Self { csv: Some(message.into()), ..self }
    }
}

/// A cell sorted by its text.
pub fn cell(view: impl IntoView + 'static) -> Cell {
    Cell { view: view.into_any(), value: None, csv: None }
}

/// A cell sorted by `value`; an empty one comes last.
pub fn sorted(view: impl IntoView + 'static, value: impl ToString) -> Cell {
    Cell { view: view.into_any(), value: Some(value.to_string()), csv: None }
}

/// A cell sorted and exported by `name`, whatever else it shows.
pub fn named(view: AnyView, name: String) -> Cell {
    Cell { view, value: Some(name.clone()), csv: Some(name) }
}

/// An instant shown as `words`; exported in ISO format.
pub fn instant(at: Moment, words: String) -> Cell {
    let iso = time::iso(at);
    let view = view! { <time datetime=iso.clone()>{words}</time> };
    Cell { view: view.into_any(), value: Some(at.at.0.to_string()), csv: Some(iso) }
}

/// The table `name`, under which the browser stores its columns.
pub fn table(name: &'static str, caption: &'static str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> AnyView {
    let t = lang::current();
    let uses: Vec<_> =
        columns.iter().map(|column| (column.use_of > 1).then(|| column.use_of.to_string())).collect();
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let heads = columns.iter().zip(uses.clone()).map(|(column, data)| {
        let has_actions = column.use_of == 0;
        let head = if has_actions {
            view! { <span class="visually-hidden">{column.head}</span> }.into_any()
        } else {
            view! { <button type="button" class="sort">{column.head}<Icon name="chevron-right"/></button> }
                .into_any()
        };
        let all = column.selection.map(|selection| all_box(selection, count));
        view! { <th scope="col" data-p=data data-actions=has_actions.then_some("")>{all}{head}</th> }
    });
    // The first column and the actions cannot be hidden.
    let choices = columns.iter().enumerate().skip(1).filter(|(_, column)| column.use_of > 0).map(|(at, column)| {
        view! { <label class="tick"><input type="checkbox" data-column=at.to_string() checked=true/><span>{column.head}</span></label> }
    });
    let rows = rows.into_iter().map(|cells| {
        let cells = cells.into_iter().zip(uses.clone());
        view! { <tr>{cells.map(|(cell, data)| view! { <td data-p=data data-v=cell.value data-csv=cell.csv>{cell.view}</td> }).collect_view()}</tr> }
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

/// A checkbox for all `count` of them; it works with script only.
fn all_box(selection: RowSelection, count: u32) -> AnyView {
    let is_all = move || count > 0 && selection.count() == count;
    view! {
        <label class="pick scripted"><input type="checkbox" aria-label=lang::current().bulk_choose_all()
            prop:checked=Signal::derive(is_all) on:change=move |event| selection.set_all(event_target_checked(&event))/></label>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use text::Lang;

    #[test]
    fn table_columns_have_priority_and_sort_values() {
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

    #[test]
    fn csv_values_omit_buttons_and_use_iso_instants() {
        let html = html(visitor(Lang::En), "/boards", || {
            let row = vec![
                named(view! { <b>"Laser"</b><button>"Forget"</button> }.into_any(), "Laser".into()),
                instant(NOW, "just now".into()),
                cell("online"),
            ];
            table("boards", "Boards", vec![always("Machine"), always("Last"), always("State")], vec![row])
        });
        assert!(html.contains(r#"data-v="Laser" data-csv="Laser""#), "{html}");
        assert!(html.contains(&format!(r#"data-csv="{}""#, time::iso(NOW))), "{html}");
        assert!(words(&html).contains("just now") && html.matches("data-csv=").count() == 2, "{html}");
    }
}
