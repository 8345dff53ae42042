//! Columns as SVG, for figures that are also in a table.
//!
//! Invariant: the figure is above its column, so no column needs colour.

use leptos::prelude::*;

/// Width of a column with its gap, and height of the tallest, in the units of the drawing.
const STEP: usize = 28;
const TALL: u64 = 60;

/// A column for each of `figures`: its height, the label above, and the label below if there is room.
pub fn columns(label: String, figures: &[(u64, String, String)]) -> AnyView {
    let most = figures.iter().map(|(figure, ..)| *figure).max().unwrap_or(0).max(1);
    let columns = figures.iter().enumerate().map(|(at, (figure, over, below))| {
        let (x, tall) = (at * STEP + 5, (figure * TALL / most).max(2));
        let (middle, top) = ((x + 9).to_string(), 16 + TALL - tall);
        // Every second one, from the newest back.
        let is_named = (figures.len() - at) % 2 == 1;
        let below = is_named.then(|| view! { <text class="tiny" x=middle.clone() y="92" text-anchor="middle">{below.clone()}</text> });
        view! {
            <rect class="bar-fill" x=x.to_string() y=top.to_string() width="18" height=tall.to_string() rx="3"/>
            <text class="strong" x=middle.clone() y=(top - 4).to_string() text-anchor="middle">{over.clone()}</text>
            {below}
        }
    });
    let width = figures.len() * STEP;
    view! {
        <svg class="chart" viewBox=format!("0 0 {width} 98") role="img" aria-label=label>
            <line class="grid" x1="0" x2=width.to_string() y1="76.5" y2="76.5"/>
            {columns.collect_view()}
        </svg>
    }
    .into_any()
}
