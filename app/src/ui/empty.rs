//! Nothing here, failed, forbidden: one shape, one sentence, one next step.

use super::icon::Icon;
use leptos::prelude::*;

/// The shape; its heading, its sentence and its next step are the children.
#[component]
pub fn Empty(icon: &'static str, children: Children) -> impl IntoView {
    view! { <div class="empty"><span class="tile"><Icon name=icon/></span>{children()}</div> }
}
