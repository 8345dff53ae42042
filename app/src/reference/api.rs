//! The call that reads the description of the API.

#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, reason = "a server function is awaited, whatever it does")
)]

use super::Reference;
use crate::problem::AppError;
use leptos::prelude::*;

/// The description, as its page shows it.
#[server(name = ReadReference, endpoint = "reference/read", protocol = crate::call::Wire)]
pub async fn read() -> Result<Reference, AppError> {
    let document = use_context::<super::Document>();
    Ok(document.map(|super::Document(document)| super::outline::outline(document)).unwrap_or_default())
}
