//! What a form brought back that is shown once: a link to hand over, recovery codes.
//!
//! Invariant: the same with and without script. With script the answer is the action's; without, the server puts it into
//! the page that answers the form. Neither is kept anywhere.

use crate::{problem::AppError, visitor::use_visitor};
use leptos::{
    prelude::*,
    server_fn::{Http, ServerFn, codec::PostUrl},
};
use serde::de::DeserializeOwned;

/// What `action` answered last, if it did.
#[must_use]
pub fn answered<F, O>(action: ServerAction<F>) -> Signal<Option<F::Output>>
where
    F: ServerFn<Protocol = Http<PostUrl, O>, Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let first = use_visitor()
        .answer
        .filter(|answer| answer.function == F::PATH)
        .and_then(|answer| serde_json::from_str(&answer.json).ok());
    let value = action.value();
    Signal::derive(move || {
        value.with(|value| match value {
            None => first.clone(),
            Some(answer) => answer.as_ref().ok().cloned(),
        })
    })
}
