//! A form's answer that is shown once: a link to hand over, recovery codes.
//!
//! Invariant: the same with and without script. With script the answer is the action's; without, the server puts
//! it into the page that answers the form. Neither is stored.

use crate::{
    call::{Call, Posted, Reply, Sent},
    codec,
    visitor::use_visitor,
};
use leptos::{
    prelude::*,
    server_fn::{Bytes, ServerFn},
};
use serde::de::DeserializeOwned;

/// The last answer of `call`, if any.
#[must_use]
pub fn answered<F>(call: Call<F>) -> Signal<Option<F::Output>>
where
    F: Posted,
    F::Output: DeserializeOwned + Send + Sync + 'static,
{
    let bytes = answer(F::PATH, *call);
    Signal::derive(move || bytes.with(|bytes| codec::decode(bytes.as_ref()?).ok()))
}

/// The later answer of two calls: the same thing may be done, undone and done again.
#[must_use]
pub fn later<F, G, T>(one: Call<F>, other: Call<G>) -> Signal<Option<T>>
where
    F: Posted + ServerFn<Output = T>,
    G: Posted,
    G::Output: Into<T> + Clone + DeserializeOwned + Send + Sync + 'static,
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
{
    let (first, second) = (answered(one), answered(other));
    let last = Memo::new(move |before: Option<&(usize, usize, Option<T>)>| {
        let (ones, others) = (one.version().get(), other.version().get());
        let last = match before {
            Some((before, ..)) if *before != ones => first.get(),
            Some((_, before, _)) if *before != others => second.get().map(Into::into),
            Some((.., last)) => last.clone(),
            None => first.get().or_else(|| second.get().map(Into::into)),
        };
        (ones, others, last)
    });
    Signal::derive(move || last.with(|(.., last)| last.clone()))
}

/// The undecoded answer.
fn answer(path: &str, call: Action<Sent, Reply>) -> Signal<Option<Bytes>> {
    let first = use_visitor().answer.filter(|answer| answer.function == path);
    let first = first.map(|answer| Bytes::from(codec::from_text(&answer.text)));
    let value = call.value();
    Signal::derive(move || {
        value.with(|value| match value {
            None => first.clone(),
            Some(answer) => answer.as_ref().ok().cloned(),
        })
    })
}
