//! Finding and closing the dialogs over a page. Not here: their content ([`super::palette`], [`super::keys`]).

use leptos::{ev::MouseEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

/// The dialog, once it is created.
pub(super) fn by_id(id: &str) -> Option<HtmlDialogElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

pub(super) fn close(id: &str) {
    if let Some(dialog) = by_id(id) {
        dialog.close();
    }
}

/// A click on the dimmed page beside the dialog closes it.
pub(super) fn close_beside(event: MouseEvent) {
    if let Some(dialog) = event.target().and_then(|target| target.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
}
