//! The page of an invitation for people who come from its mail, who need not be signed in.
//!
//! Invariant: it needs no script, and so nothing of it is in the browser's program. Not here: the signature of the
//! link (`services::outbox::invitations`).

use super::{
    at,
    invited::{content, ended, is_open, state_of},
};
use crate::{
    ui::icon::{Icon, Mark, SPRITE},
    visitor::Visitor,
};
use contract::training_events::InvitationPage;
use domain::id::TrainingEventId;
use leptos::prelude::*;

/// The body of the page. `refusal`: why an answer was not taken, or why there is nothing to answer.
#[must_use]
pub fn mailed_invitation(
    visitor: Visitor,
    event: TrainingEventId,
    page: Option<&InvitationPage>,
    refusal: Option<String>,
) -> String {
    let t = visitor.lang;
    let space = visitor.space.clone();
    let html = |view: AnyView| {
        let view = view! {
            <main class="sign" id="main"><a class="brand" href="/"><Mark/><span>{space}</span></a>{view}</main>
        };
        format!(
            "<svg class=\"sprite\" width=\"0\" height=\"0\" aria-hidden=\"true\">{SPRITE}</svg>{}",
            view.to_html()
        )
    };
    Owner::new().with(|| {
        provide_context(visitor);
        let Some(page) = page else {
            let next = refusal.unwrap_or_else(|| t.invited_none_next().to_owned());
            return html(ended("mail", t.invited_none(), next, event, t));
        };
        if !is_open(page) {
            return html(state_of(t, page));
        }
        let alert = refusal.map(|why| {
            view! { <p class="form-summary" role="alert"><Icon name="octagon-alert"/><span>{why}</span></p> }
        });
        let button = |answer: &'static str, label: &'static str, kind: Option<&'static str>| {
            view! {
                <form method="post"><input type="hidden" name="answer" value=answer/>
                    <button class="btn" data-kind=kind>{label}</button></form>
            }
        };
        html(
            view! {
                {alert}
                {content(t, page)}
                <div class="dock">
                    <p class="sum"><b>{at(t, page.event.starts)}</b></p>
                    <div class="pair" data-ratio="lead">
                        {button("decline", t.invited_decline(), None)}
                        {button("accept", t.invited_accept(), Some("primary"))}
                    </div>
                </div>
            }
            .into_any(),
        )
    })
}
