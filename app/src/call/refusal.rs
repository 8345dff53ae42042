//! Refusals on the wire: JSON, so that a page of an older build understands a newer server.
//!
//! Invariant: the browser parses them with its own JSON reader. One compiled into the page for this alone would be
//! a twelfth of the first load.

use crate::{lang, problem::AppError};
use domain::problem::{Kind, Problem};
use leptos::{
    prelude::ServerFnErrorErr,
    server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, error::FromServerFnError},
};

#[derive(Debug)]
pub struct Refusals;

impl ContentType for Refusals {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for Refusals {
    const FORMAT_TYPE: Format = Format::Text;
}

#[cfg(feature = "ssr")]
impl Encodes<AppError> for Refusals {
    type Error = serde_json::Error;

    fn encode(refusal: &AppError) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(refusal).map(Bytes::from)
    }
}

#[cfg(feature = "ssr")]
impl Decodes<AppError> for Refusals {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<AppError, Self::Error> {
        serde_json::from_slice(&bytes)
    }
}

impl FromServerFnError for AppError {
    type Encoder = Refusals;

    /// Transport failures: offline, a proxy's page, arguments of another build.
    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        let t = lang::current();
        Self(match value {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Problem::new("request.outdated", Kind::Invalid, t.request_outdated())
            }
            _ => Problem::new("request.unavailable", Kind::Unavailable, t.request_failed()),
        })
    }
}

/// Service errors become problems in the reader's language.
#[cfg(feature = "ssr")]
impl<E: services::error::ServiceError> From<E> for AppError {
    fn from(error: E) -> Self {
        Self(error.problem(lang::current()))
    }
}

#[cfg(not(feature = "ssr"))]
const UNREADABLE: &str = "no refusal";

#[cfg(not(feature = "ssr"))]
impl Encodes<AppError> for Refusals {
    type Error = &'static str;

    /// A browser sends no refusals.
    fn encode(_: &AppError) -> Result<Bytes, Self::Error> {
        Err(UNREADABLE)
    }
}

#[cfg(not(feature = "ssr"))]
impl Decodes<AppError> for Refusals {
    type Error = &'static str;

    fn decode(bytes: Bytes) -> Result<AppError, Self::Error> {
        let text = std::str::from_utf8(&bytes).map_err(|_| UNREADABLE)?;
        let message = js_sys::JSON::parse(text).map_err(|_| UNREADABLE)?;
        browser::problem(&message).map(AppError).ok_or(UNREADABLE)
    }
}

#[cfg(not(feature = "ssr"))]
mod browser {
    use domain::{
        problem::{Kind, Problem},
        time::{Millis, Moment},
        versions::Saved,
    };
    use js_sys::{Array, Reflect};
    use wasm_bindgen::JsValue;

    pub(super) fn problem(message: &JsValue) -> Option<Problem> {
        let saved = of(message, "saved");
        Some(Problem {
            code: of(message, "code").as_string()?,
            kind: Kind::parse(&of(message, "kind").as_string()?)?,
            detail: of(message, "detail").as_string()?,
            fields: pairs(&of(message, "fields")),
            retry_after: integer(&of(message, "retry_after")).and_then(|seconds| seconds.try_into().ok()),
            saved: if saved.is_object() { Some(Box::new(what_was_saved(&saved)?)) } else { None },
        })
    }

    fn what_was_saved(message: &JsValue) -> Option<Saved> {
        let at = of(message, "at");
        let moment = || {
            let offset = integer(&of(&at, "offset"))?.try_into().ok()?;
            Some(Moment { at: Millis(integer(&of(&at, "at"))?), offset })
        };
        Some(Saved {
            version: integer(&of(message, "version"))?,
            fields: pairs(&of(message, "fields")),
            by: of(message, "by").as_string(),
            at: moment(),
        })
    }

    /// A property; `undefined` if missing.
    fn of(message: &JsValue, name: &str) -> JsValue {
        Reflect::get(message, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
    }

    fn pairs(message: &JsValue) -> Vec<(String, String)> {
        let pair = |pair: JsValue| {
            let pair = Array::from(&pair);
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        };
        if Array::is_array(message) { Array::from(message).iter().filter_map(pair).collect() } else { Vec::new() }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "instants and versions are whole, and far from where they would not be"
    )]
    fn integer(message: &JsValue) -> Option<i64> {
        message.as_f64().map(|number| number as i64)
    }
}
