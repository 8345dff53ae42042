//! Rows on one surface: lead, two lines, tail.

use super::icon::Icon;
use leptos::prelude::*;

/// From this length on, names may be truncated in a list.
const LONG: usize = 40;

/// The full name as tooltip, if it may be truncated.
#[must_use]
pub fn whole(name: &str) -> Option<String> {
    (name.chars().count() > LONG).then(|| name.to_owned())
}

/// A row that is a link.
#[component]
pub fn LinkItem(
    href: String,
    icon: &'static str,
    #[prop(into)] title: String,
    #[prop(into)] second: String,
    #[prop(optional)] external: bool,
) -> impl IntoView {
    let whole = whole(&title);
    view! {
        <li>
            <a class="item" href=href rel=external.then_some("external noopener noreferrer")>
                <span class="tile"><Icon name=icon/></span>
                <span class="lines"><span class="t" title=whole>{title}</span><span class="s">{second}</span></span>
                <span class="tail"><Icon name="chevron-right"/></span>
            </a>
        </li>
    }
}
