//! Rows on one surface: lead, two lines, tail.

use super::icon::Icon;
use leptos::prelude::*;

/// A row that leads somewhere.
#[component]
pub fn LinkItem(
    /// Where.
    href: String,
    /// The icon in front.
    icon: &'static str,
    /// The first line.
    #[prop(into)]
    title: String,
    /// The second line.
    #[prop(into)]
    second: String,
    /// It leaves this site.
    #[prop(optional)]
    external: bool,
) -> impl IntoView {
    view! {
        <li>
            <a class="item" href=href rel=external.then_some("external noopener noreferrer")>
                <span class="tile"><Icon name=icon/></span>
                <span class="lines"><span class="t">{title}</span><span class="s">{second}</span></span>
                <span class="tail"><Icon name="chevron-right"/></span>
            </a>
        </li>
    }
}
