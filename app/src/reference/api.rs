//! Server function for the API reference.

#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, reason = "a server function is awaited, whatever it does")
)]

use super::Reference;
use crate::problem::AppError;
use leptos::prelude::*;

/// The API description for the page of `group`, or its index.
#[server(name = ReadReference, endpoint = "reference/read", protocol = crate::call::Wire)]
pub async fn read(#[server(default)] group: String) -> Result<Reference, AppError> {
    use crate::lang;
    use domain::problem::{Kind, Problem};

    let Some(super::Document(document)) = use_context() else { return Ok(Reference::default()) };
    let unknown = || Problem::new("page.unknown", Kind::NotFound, lang::current().page_unknown());
    Ok(super::outline::outline(document, &group).ok_or_else(unknown)?)
}
