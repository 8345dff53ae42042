//! A sheet with the keyboard shortcuts of all pages, opened by `?` over any page. In the palette's chunk.
//!
//! Not here: handling the keys. Each page handles its own, and this sheet lists them.

use super::dialog::{close, close_beside};
use crate::lang;
use leptos::prelude::*;
use text::Lang;

pub(super) const DIALOG: &str = "keys";
const TITLE: &str = "keys-title";

type Words = fn(Lang) -> &'static str;

/// Keys, and their action.
type Shortcut = (&'static [&'static str], Words);

/// By page.
static KEYS: [(Words, &[Shortcut]); 5] = [
    (Lang::keys_everywhere, &[(&["Ctrl K"], Lang::find_title), (&["?"], Lang::keys_title)]),
    (
        Lang::nav_inbox,
        &[
            (&["J", "K"], Lang::keys_move),
            (&["A"], Lang::inbox_approve),
            (&["R"], Lang::inbox_reject),
            (&["S"], Lang::inbox_see),
            (&["Z"], Lang::inbox_key_undo),
        ],
    ),
    (
        Lang::requests_title,
        &[
            (&["J", "K"], Lang::keys_move),
            (&["A"], Lang::inbox_approve),
            (&["R"], Lang::inbox_reject),
            (&["O"], Lang::requests_other),
        ],
    ),
    (
        Lang::notices_title,
        &[
            (&["J", "K"], Lang::keys_move),
            (&["O"], Lang::find_open),
            (&["E"], Lang::keys_archive),
            (&["Z"], Lang::inbox_key_undo),
        ],
    ),
    (
        Lang::availability_title,
        &[
            (&["↑", "↓"], Lang::availability_key_move),
            (&["Shift ↑↓"], Lang::availability_key_resize),
            (&["Del"], Lang::availability_key_remove),
            (&["Ctrl S"], Lang::me_save),
        ],
    ),
];

/// The dialog.
pub(super) fn dialog() -> AnyView {
    let t = lang::current();
    let pages = KEYS.iter().map(|(page, keys)| {
        let keys = keys.iter().map(|(keys, action)| {
            view! { <li><span>{action(t)}</span><span class="push">{keys.iter().map(|key| view! { <kbd>{*key}</kbd>" " }).collect_view()}</span></li> }
        });
        view! { <h3 class="head">{page(t)}</h3><ul role="list">{keys.collect_view()}</ul> }
    });
    view! {
        <dialog class="palette" id=DIALOG aria-labelledby=TITLE on:click=close_beside>
            <div class="q"><h2 id=TITLE>{t.keys_title()}</h2>
                <button class="btn push" data-kind="ghost" type="button" autofocus on:click=|_| close(DIALOG)>{t.find_close()}</button>
            </div>
            <div class="sheet-of-keys">{pages.collect_view()}</div>
        </dialog>
    }
    .into_any()
}
