//! Adding people: one invitation, many at once, and by hand without one.

use super::api::{AddPerson, Invite, InviteMany};
use crate::{
    call::Call,
    lang,
    ui::delivery::{Delivered, handed},
    ui::{
        answered::answered,
        button::{Kind, Submit},
        changing::dynamic,
        form::{Field, Form, was_submitted},
        icon::Icon,
        refused::Refused,
        segmented::{Segment, Segmented},
        text_area::TextArea,
    },
    visitor::use_visitor,
};
use contract::{
    accounts::CAUGHT,
    people::{InviteOutcome, Invited},
};
use domain::{
    actor::Rank,
    problem::{Kind as Remedy, Problem},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use text::Lang;

/// The page at `/people/invite`.
pub fn inviting_page() -> AnyView {
    let t = lang::current();
    // The form would be refused anyway; this saves filling it in.
    let problem = match use_visitor().who {
        None => Problem::new("actor.unknown", Remedy::SignIn, t.forbidden_sign_in()),
        Some(me) if me.asleep => {
            Problem::new("actor.second-factor", Remedy::Forbidden, t.forbidden_second_factor())
        }
        Some(me) if me.rank < Rank::Inductor => {
            Problem::new("actor.not-allowed", Remedy::Forbidden, t.forbidden())
        }
        Some(_) => return view! { <Sheet/> }.into_any(),
    };
    view! { <Refused problem/> }.into_any()
}

#[component]
fn Sheet() -> impl IntoView {
    let t = lang::current();
    let invite = Call::<Invite>::new();
    let sent = answered(invite);
    let languages = Lang::ALL.map(|lang| Segment { value: lang.tag(), name: lang.name(), icon: None });
    view! {
        <Title text=t.people_invite()/>
        <a class="crumb" href="/people"><Icon name="chevron-left"/>{t.people_heading()}</a>
        <header class="page-head"><h1>{t.people_invite()}</h1><p class="sub">{t.people_invite_lead()}</p></header>
        <div role="status">{dynamic(move || sent.get().map(|delivery| view! { <Delivered delivery/> }))}</div>
        <section class="card" aria-label=t.people_invite()>
            <Form action=invite afresh=true>
                <Field name="name" label=t.people_their_name() autocomplete="off"/>
                <Field name="email" kind="email" label=t.people_their_email() autocomplete="off"/>
                <Segmented name="lang" legend=t.people_their_language() segments=languages.to_vec() chosen=t.tag()/>
                <div class="btn-row"><Submit label=t.people_invite() kind=Kind::Primary busy=invite.pending()/></div>
            </Form>
        </section>
        <Many/>
        <ByHand/>
    }
}

#[component]
fn Many() -> impl IntoView {
    let t = lang::current();
    let many = Call::<InviteMany>::new();
    let reported = answered(many);
    let open = was_submitted(InviteMany::PATH) || reported.with_untracked(Option::is_some);
    view! {
        <section class="card" aria-label=t.people_invite_many()>
            <div role="status">{dynamic(move || reported.get().map(|reported| outcomes(reported, t)))}</div>
            <details class="deed" open=open>
                <summary>{t.people_invite_many()}</summary>
                <p>{t.people_invite_many_lead()}</p>
                <Form action=many>
                    <TextArea name="addresses" label=t.people_addresses() hint=t.people_addresses_hint() value=String::new()/>
                    <div class="btn-row"><Submit label=t.people_invite_many() busy=many.pending()/></div>
                </Form>
            </details>
        </section>
    }
}

fn outcomes(reported: Vec<Invited>, t: Lang) -> impl IntoView {
    let invited = reported
        .iter()
        .filter(|one| {
            matches!(one.outcome, InviteOutcome::Mailed | InviteOutcome::Caught | InviteOutcome::ByHand { .. })
        })
        .count();
    let sum = t.invited_sum(u32::try_from(invited).unwrap_or(u32::MAX), &reported.len().to_string());
    let site = use_visitor().public_url;
    view! {
        <p class="t">{sum}</p>
        <ul class="list fates">
            {reported.into_iter().map(|one| {
                let icon = match one.outcome {
                    InviteOutcome::Mailed | InviteOutcome::Caught | InviteOutcome::ByHand { .. } => "circle-check",
                    InviteOutcome::NoAddress | InviteOutcome::Again | InviteOutcome::Duplicate { .. } | InviteOutcome::Failed => "octagon-alert",
                };
                let outcome = t.invited_outcome(&one.outcome);
                let link = match one.outcome {
                    InviteOutcome::ByHand { link } => Some(handed(site.as_deref(), link)),
                    InviteOutcome::Caught => Some(CAUGHT.to_owned()),
                    _ => None,
                };
                view! {
                    <li><div class="item">
                        <span class="tile"><Icon name=icon/></span>
                        <span class="lines">
                            <span class="t handed">{one.input}</span>
                            <span class="s">{t.invited_line(&one.line.to_string())}" · "{outcome}</span>
                            {link.map(|link| view! { <a class="link handed" href=link.clone() rel="external">{link.clone()}</a> })}
                        </span>
                    </div></li>
                }
            }).collect_view()}
        </ul>
    }
}

/// Adding a person without an invitation.
#[component]
fn ByHand() -> impl IntoView {
    let t = lang::current();
    let add = Call::<AddPerson>::new();
    view! {
        <section class="card" aria-label=t.people_add()>
            <details class="deed" open=was_submitted(AddPerson::PATH)>
                <summary>{t.people_add()}</summary>
                <p>{t.people_add_lead()}</p>
                <Form action=add>
                    <Field name="added_name" label=t.people_their_name() autocomplete="off"/>
                    <Field name="added_email" kind="email" label=t.people_their_email() autocomplete="off"/>
                    <Field name="added_phone" kind="tel" label=t.person_phone() autocomplete="off"/>
                    <div class="btn-row"><Submit label=t.people_add() busy=add.pending()/></div>
                </Form>
            </details>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};

    #[test]
    fn invitation_lines_show_their_outcome() {
        let line = |line, input: &str, outcome| Invited { line, input: input.into(), outcome };
        let reported = vec![
            line(1, "ada@example.org", InviteOutcome::Mailed),
            line(2, "nobody", InviteOutcome::NoAddress),
            line(4, "<b>eve@example.org", InviteOutcome::ByHand { link: "/link/x".into() }),
        ];
        let html = html(visitor(Lang::En), "/people/invite", move || outcomes(reported, Lang::En).into_any());
        let content = words(&html);
        assert!(
            content.contains("2 of 3 invited") && content.contains("Line 2 · Enter the line like Ada Lovelace"),
            "{content}"
        );
        assert!(html.contains(r#"href="/link/x""#) && !html.contains("<b>"), "{html}");
    }
}
