//! The address of the page being shown: its parameters and its query.
//!
//! Not here: which page an address has ([`crate::pages`]), and addresses of the sign-in pages
//! ([`crate::sign_in_redirect`]).

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The numeric value of a parameter of this page's address: `id` or `plan`. Only numbers match there, and the page
/// is rebuilt by [`remount`] for another one.
pub fn number(parameter: &str) -> Option<i64> {
    use_params_map().with_untracked(|params| params.get_str(parameter)?.parse().ok())
}

/// The page's own query without a form target (`/…`), so that filters survive a submission.
#[must_use]
pub fn page_query(search: &str) -> String {
    let search = search.trim_start_matches('?');
    search
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with('/') && !pair.starts_with("%2F"))
        .collect::<Vec<_>>()
        .join("&")
}
