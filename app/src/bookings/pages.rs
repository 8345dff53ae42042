//! Links to the other pages of a long list of machines and rooms.

use crate::ui::button::ButtonLink;
use domain::paging::PageRange;
use leptos::prelude::*;
use text::Lang;

/// The pages before and after the one that is shown, at the address that `to` makes of a number; nothing if there is one page only.
pub(super) fn links(t: Lang, pages: PageRange, to: impl Fn(u32) -> String) -> Option<AnyView> {
    let (before, after) = (pages.previous().map(&to), pages.next().map(&to));
    (before.is_some() || after.is_some()).then(|| {
        let shown = t.pages_shown(&pages.first.to_string(), &pages.last.to_string(), &pages.all.to_string());
        view! {
            <nav class="btn-row noprint" aria-label=t.pages_label()>
                {before.map(|href| view! { <ButtonLink href label=t.pages_before().to_owned() icon="chevron-left"/> })}
                <span class="sub">{shown}</span>
                {after.map(|href| view! { <ButtonLink href label=t.pages_after().to_owned() icon="chevron-right"/> })}
            </nav>
        }
        .into_any()
    })
}
