//! What charts, tables and figures share. The charts are SVG drawn on the server ([`super::drawn`]), so the
//! browser carries no drawing code.
//!
//! Invariant: every mark has its figure in or beside it, and hidden values are hatched and labelled; no chart
//! needs colour.

use contract::reports::UseReport;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use text::{Lang, time};

/// Shown instead of too few people.
pub const FEW: &str = "<5";
/// Shown for hours at which it is closed.
pub const CLOSED: &str = "–";

/// A report with its charts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    pub view: UseReport,
    pub busy: String,
    pub machines: String,
    pub rate: String,
    pub lead: String,
    pub waited: String,
    /// Empty for rooms.
    pub training: String,
}

/// Three letters of a weekday.
pub fn short_weekday(t: Lang, day: u8) -> String {
    time::capitalised(&t.weekday(day).chars().take(3).collect::<String>())
}

/// `6.8`, from thousandths.
pub fn percent(t: Lang, per_mille: u16) -> String {
    let point = if t == Lang::It { ',' } else { '.' };
    format!("{}{point}{}", per_mille / 10, per_mille % 10)
}

/// A share as a bar beside its figure.
pub fn bar(share: u8) -> AnyView {
    view! {
        <svg class="chart ubar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar-bg" width="100" height="10" rx="2"/>
            <rect class="bar-fill" width=share.to_string() height="10" rx="2"/>
        </svg>
    }
    .into_any()
}
