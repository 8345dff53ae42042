//! Preview of a board's display: two lines of 16 characters, by the same rule as on the wire.
//!
//! Invariant: computed from the input, in the browser and on the server alike, without requests.

use super::changing::text;
use crate::lang;
use fabomatic::lcd::Screen;
use leptos::prelude::*;

#[component]
pub fn Lcd(
    /// The first line.
    upper: Signal<String>,
    /// The second line.
    lower: Signal<String>,
) -> impl IntoView {
    let t = lang::current();
    let screen = Memo::new(move |_| {
        let screen = upper.with(|upper| lower.with(|lower| Screen::of(upper, lower)));
        screen.lines().map(|line| line.trim_end().to_owned())
    });
    let [first, second] =
        [0, 1].map(|at| move || screen.with(|[upper, lower]| if at == 0 { upper.clone() } else { lower.clone() }));
    let label = Signal::derive(move || screen.with(|[upper, lower]| t.lcd_says(upper, lower)));
    view! {
        <figure class="lcd">
            <figcaption class="small muted">{t.lcd_title()}</figcaption>
            <div class="lcd-screen" role="img" aria-label=label>
                <span aria-hidden="true">{text(first)}</span>
                <span aria-hidden="true">{text(second)}</span>
            </div>
        </figure>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    #[test]
    fn lcd_preview_shows_board_text_cut_to_width() {
        let html = html(visitor(Lang::En), "/", || {
            let (upper, lower) = ("Tischkreissäge groß hinten", "Absaugung!");
            view! { <Lcd upper=Signal::stored(upper.to_owned()) lower=Signal::stored(lower.to_owned())/> }
        });
        assert!(
            words(&html).contains("Tischkreissage gAbsaugung!")
                || words(&html).contains("Tischkreissage g Absaugung!"),
            "{html}"
        );
    }
}
