//! Empty, failed and forbidden states: one shape, one sentence, one next step.

use super::icon::Icon;
use leptos::prelude::*;

/// The shape; heading, sentence and next step are its children.
#[component]
pub fn Empty(icon: &'static str, children: Children) -> impl IntoView {
    view! { <div class="empty"><span class="tile"><Icon name=icon/></span>{children()}</div> }
}
