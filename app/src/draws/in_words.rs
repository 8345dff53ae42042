//! Hashes, left-out dates and a replaced secret of a draw, as its pages write them. Not here: the pages.

use super::when;
use crate::ui::icon::Icon;
use contract::draws::{DrawView, WishView};
use leptos::prelude::*;
use text::Lang;

/// A hash in groups of eight, so that eyes can compare it.
pub(super) fn grouped(hash: &str) -> String {
    let digits: Vec<char> = hash.chars().collect();
    digits.chunks(8).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Notes that the secret was replaced.
pub(super) fn renewed(t: Lang, draw: &DrawView) -> Option<AnyView> {
    let text = t.draw_renewed(&when(t, draw.renewed?));
    Some(view! { <p class="why"><Icon name="triangle-alert"/><span>{text}</span></p> }.into_any())
}

/// The dates that cannot be had, with the reason of each: the first ones, and how many more.
pub(super) fn dates(t: Lang, wish: &WishView) -> String {
    const SHOWN: usize = 6;
    let one = |left: &contract::draws::LeftOutView| {
        format!("{} {}", t.short_day(left.day), t.draw_left_out_reason(left.reason))
    };
    let mut dates: Vec<_> = wish.left_out.iter().take(SHOWN).map(one).collect();
    let more = wish.left_out.len().saturating_sub(SHOWN);
    dates.extend((more > 0).then(|| format!("+{more}")));
    dates.join(", ")
}
