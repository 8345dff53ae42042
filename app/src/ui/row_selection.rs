//! Row selection in a list that changes during the selection.
//!
//! Invariant: selected rows stay selected, in a newer list and in a refused form without script, until the action
//! succeeds. A row is identified by the part of its value before the colon; behind it may be its version, which
//! differs in a newer row. In the browser the checkboxes hold the selection.

use crate::visitor::use_visitor;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The selection of one list.
#[derive(Debug, Clone, Copy)]
pub struct RowSelection {
    name: &'static str,
    ticked: RwSignal<Vec<String>>,
}

impl RowSelection {
    /// The checkboxes called `name` in the form for `function`, given as an address like `/api/people/bulk`.
    #[must_use]
    pub fn of(function: &str, name: &'static str) -> Self {
        let sent = use_visitor().echo.filter(|echo| echo.function == function).map(|echo| echo.values);
        let sent = sent.into_iter().flatten().filter(|(field, _)| field == name);
        Self { name, ticked: RwSignal::new(sent.map(|(_, value)| key(&value).to_owned()).collect()) }
    }

    /// Whether the checkbox with this value is selected, for a row being built.
    #[must_use]
    pub fn has(self, value: &str) -> bool {
        self.ticked.with_untracked(|ticked| ticked.iter().any(|one| one == key(value)))
    }

    #[must_use]
    pub fn count(self) -> u32 {
        self.ticked.with(|ticked| u32::try_from(ticked.len()).unwrap_or(u32::MAX))
    }

    pub fn hear(self) {
        let boxes = self.boxes().into_iter().filter(HtmlInputElement::checked);
        self.ticked.set(boxes.map(|one| key(&one.value()).to_owned()).collect());
    }

    /// Limits the selection to these rows, identified by the part before the colon.
    pub fn keep(self, rows: &[String]) {
        if self.ticked.with_untracked(|ticked| ticked.iter().any(|one| !rows.contains(one))) {
            self.ticked.update(|ticked| ticked.retain(|one| rows.contains(one)));
        }
    }

    /// Selects or deselects all.
    pub fn set_all(self, is_ticked: bool) {
        self.boxes().iter().for_each(|one| one.set_checked(is_ticked));
        self.hear();
    }

    pub fn clear(self) {
        self.boxes().iter().for_each(|one| one.set_checked(false));
        self.ticked.set(Vec::new());
    }

    fn boxes(self) -> Vec<HtmlInputElement> {
        let Ok(found) = document().query_selector_all(&format!("input[name=\"{}\"]", self.name)) else {
            return Vec::new();
        };
        (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
    }
}

fn key(value: &str) -> &str {
    value.split(':').next().unwrap_or_default()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, visitor},
        visitor::{Echo, Visitor},
    };
    use domain::problem::{Kind, Problem};
    use text::Lang;

    // A24
    #[test]
    fn selected_rows_stay_selected_across_versions() {
        let values = [("machines[]", "7:4"), ("machines[]", "12:1"), ("what", "7")];
        let echo = Echo {
            function: "/api/equipment/change-many".into(),
            values: values.map(|(name, value)| (name.into(), value.into())).to_vec(),
            problem: Problem::new("machines.stale", Kind::Conflict, "Changed."),
        };
        html(Visitor { echo: Some(echo), ..visitor(Lang::En) }, "/machines", || {
            let selection = RowSelection::of("/api/equipment/change-many", "machines[]");
            assert!(selection.has("7:5") && selection.has("12:1") && !selection.has("1:2"));
            selection.keep(&["12".to_owned()]);
            assert!(!selection.has("7:5"));
            assert_eq!(untrack(|| selection.count()), 1);
            assert!(!RowSelection::of("/api/people/bulk", "machines[]").has("7:5"), "of another form");
        });
    }
}
