//! Placeholder of a loading list: the same box as the content, shown only after 300 ms.

use crate::lang;
use leptos::prelude::*;

/// A list of `rows` rows.
#[component]
pub fn SkeletonList(rows: usize) -> impl IntoView {
    view! {
        <ul class="list skeleton" aria-busy="true" aria-label=lang::current().loading()>
            {std::iter::repeat_with(|| view! {
                <li>
                    <div class="item">
                        <span class="tile"></span>
                        <span class="lines"><span class="skel"></span><span class="skel"></span></span>
                    </div>
                </li>
            })
            .take(rows)
            .collect_view()}
        </ul>
    }
}
