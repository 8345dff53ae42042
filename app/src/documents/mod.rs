//! Documents: a member signs them, managers write them, publish them, and see who signed.
//!
//! Not here: the answer at a machine that leads here ([`crate::answers`]).

mod done;
pub mod edit;
pub mod manage;
pub mod own;
pub mod person;
pub mod sign;
pub mod signers;

use domain::{
    documents::{DocumentKind, DocumentState, Gap},
    time::Moment,
};
use leptos::prelude::*;
use text::Lang;

/// A document's state as a badge.
fn state_badge(t: Lang, state: DocumentState) -> AnyView {
    let tone = match state {
        DocumentState::InForce => "go",
        DocumentState::Announced => "info",
        DocumentState::Draft | DocumentState::Archived => "off",
    };
    view! { <span class="badge" data-tone=tone>{t.document_state(state)}</span> }.into_any()
}

/// What a person's signature amounts to, in a few words.
struct Status {
    gap: Option<Gap>,
    to_sign: Option<Moment>,
    signed: Option<Moment>,
    until: Option<Moment>,
}

impl Status {
    fn words(&self, t: Lang, kind: DocumentKind, now: Moment) -> String {
        let Self { gap, to_sign, signed, until } = *self;
        let mut parts = Vec::new();
        parts.extend(gap.map(|gap| t.document_gap(gap).to_owned()));
        if gap.is_none() {
            parts.extend(to_sign.map(|by| match kind {
                DocumentKind::Text => t.document_by(&t.date(by, now)),
                DocumentKind::Paper => t.document_paper_by(&t.date(by, now)),
            }));
        }
        parts.extend(signed.map(|at| {
            let when = t.signed_when(at, now);
            match kind {
                DocumentKind::Text => t.document_signed_on(&when),
                DocumentKind::Paper => t.document_handed_in_on(&when),
            }
        }));
        parts.extend(until.filter(|_| gap.is_none()).map(|until| t.document_until(&t.until(until, now))));
        parts.join(" · ")
    }
}
