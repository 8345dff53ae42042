//! Board logins: created, shown once, revoked. Beside the page's main content.
//!
//! Invariant: a password is shown once, in the answer to its creation, and is in no address.

use super::api::{self, MakeBoardLogin, RevokeBoardLogin};
use crate::{
    call::{Call, page_resource},
    lang,
    live::{beside, use_live},
    ui::{
        answered::answered,
        button::{Kind, Submit},
        changing::dynamic,
        form::Form,
        register::{Issued, NoEntries, entry, row_action},
        select::Select,
        toast::{Toast, refusals},
    },
};
use contract::boards::{BoardLogin, BoardLogins, NewBoardLogin};
use domain::{live::Noun, time::Moment};
use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Calls {
    make: Call<MakeBoardLogin>,
    revoke: Call<RevokeBoardLogin>,
}

/// The section; left out if it cannot be loaded, because the page reports errors elsewhere.
#[component]
pub fn Logins() -> impl IntoView {
    let (t, live) = (lang::current(), use_live());
    let calls = Calls { make: Call::new(), revoke: Call::new() };
    let changes = move || calls.make.version().get() + calls.revoke.version().get();
    let answers = page_resource(move || (live.version(Noun::Machine), changes()), |_| api::logins());
    let revoked = answered(calls.revoke);
    let message = Signal::derive(move || revoked.with(Option::is_some).then(|| t.login_revoked().to_owned()));
    view! {
        <Transition fallback=|| ()>
            {beside(answers, Box::new(move |newest| view! { <Section newest calls/> }.into_any()))}
        </Transition>
        // A revoked login is replaced by a new one, so there is no undo.
        <Toast message undo=Box::new(|| None) refused=vec![refusals(calls.revoke)]/>
    }
}

/// The section without requests, so that tests can render it.
#[component]
fn Section(#[prop(into)] newest: Signal<Option<BoardLogins>>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let made = answered(calls.make);
    let is_there = Memo::new(move |_| newest.with(Option::is_some));
    let inside = Memo::new(move |_| newest.with(|newest| newest.as_ref().is_some_and(|newest| newest.inside)));
    let machines = Memo::new(move |_| {
        let machines =
            newest.with(|newest| newest.as_ref().map(|newest| newest.machines.clone()).unwrap_or_default());
        machines.into_iter().map(|(id, name)| (id.to_string(), name)).collect::<Vec<_>>()
    });
    let none = NoEntries { icon: "lock", heading: t.logins_none(), next: t.logins_none_next() };
    let logins = Memo::new(move |_| {
        newest.with(|newest| newest.as_ref().map(|newest| (newest.logins.clone(), newest.now)))
    });
    dynamic(move || {
        is_there.get().then(|| view! {
            <section class="group" aria-labelledby="logins">
                <h2 class="group-head" id="logins">{t.logins_title()}</h2>
                <p class="muted">{if inside.get() { t.logins_lead() } else { t.logins_outside() }}</p>
                <div role="status">{dynamic(move || made.get().map(|made| view! { <Made made/> }))}</div>
                {dynamic(move || {
                    let (logins, now) = logins.get()?;
                    if logins.is_empty() {
                        return inside.get().then(|| none.card());
                    }
                    let rows = logins.into_iter().map(|login| row(login, now, calls));
                    Some(view! { <ul class="list">{rows.collect_view()}</ul> }.into_any())
                })}
                {dynamic(move || {
                    let options = machines.get();
                    let chosen = options.first().map(|(id, _)| id.clone()).unwrap_or_default();
                    (inside.get() && !options.is_empty()).then(|| view! {
                        <div class="card">
                            <Form action=calls.make>
                                <Select name="machine" label=t.login_machine() options chosen/>
                                <div class="btn-row"><Submit label=t.login_make() busy=calls.make.pending()/></div>
                            </Form>
                        </div>
                    })
                })}
            </section>
        })
    })
}

fn row(login: BoardLogin, now: Moment, calls: Calls) -> AnyView {
    let t = lang::current();
    let BoardLogin { id, user, name, number, strayed, made, by, used, may_revoke, .. } = login;
    let made = t.day(made, now);
    let mut about = vec![name, t.boards_number(&number.to_string())];
    about.push(used.map_or_else(|| t.login_unused().to_owned(), |used| t.login_used(&t.brief(used, now))));
    about.push(by.map_or_else(|| t.login_made_on(&made), |by| t.login_made_by(&made, &by)));
    about.extend(strayed.then(|| t.login_strayed().to_owned()));
    let button = may_revoke.then(|| row_action(calls.revoke, &id, t.login_revoke(), user.clone(), Kind::Danger));
    let icon = if strayed { "triangle-alert" } else { "lock" };
    entry(icon, user, vec![about.join(" · ")], button.into_any())
}

/// A new login.
#[component]
fn Made(made: NewBoardLogin) -> impl IntoView {
    let t = lang::current();
    let NewBoardLogin { name, user, password, .. } = made;
    let fields = vec![("login-user", t.login_user(), user), ("login-password", t.login_password(), password)];
    view! { <Issued icon="lock" title=t.login_made(&name) next=t.login_made_next() fields/> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, sent, visitor, words},
        visitor::{Answer, Visitor},
    };
    use domain::id::{BoardLoginId, MachineId};
    use text::Lang;

    fn login(id: i64, strayed: bool, may_revoke: bool) -> BoardLogin {
        BoardLogin {
            id: BoardLoginId(id),
            user: format!("m11-{id}"),
            machine: MachineId(1),
            name: "Laser <1>".into(),
            number: 11,
            strayed,
            made: ago(60 * 24),
            by: Some("Olga".into()),
            used: None,
            may_revoke,
        }
    }

    fn render(
        visitor: Visitor,
        logins: Vec<BoardLogin>,
        machines: Vec<(MachineId, String)>,
        inside: bool,
    ) -> String {
        let all = Some(BoardLogins { now: NOW, inside, logins, machines });
        html(visitor, "/boards", move || {
            view! { <Section newest=Signal::stored(all) calls=Calls { make: Call::new(), revoke: Call::new() }/> }
        })
    }

    #[test]
    fn board_logins_are_managed_by_machine_editors_only() {
        let laser = || vec![(MachineId(1), "Laser <1>".into())];
        let changes = render(visitor(Lang::En), vec![login(3, false, true), login(4, true, true)], laser(), true);
        assert_eq!(changes.matches("/boards/revoke-login\"").count(), 2, "{changes}");
        assert_eq!(changes.matches("/boards/make-login\"").count(), 1, "{changes}");
        let content = words(&changes);
        assert!(
            content.contains("not used yet · created yesterday by Olga") && content.contains("doesn’t work"),
            "{content}"
        );
        let reads = render(visitor(Lang::En), vec![login(3, false, false)], vec![], true);
        assert!(reads.contains("m11-3") && !reads.contains("<form"), "{reads}");
        let outside = render(visitor(Lang::En), vec![], laser(), false);
        assert!(words(&outside).contains("another broker") && !outside.contains("make-login"), "{outside}");
        assert!(!words(&outside).contains("No board logins"), "{outside}");
        let none = render(visitor(Lang::En), vec![], laser(), true);
        assert!(words(&none).contains("No board logins yet") && none.contains("make-login"), "{none}");
    }

    #[test]
    fn new_board_login_is_shown_once_without_script() {
        let made: contract::boards::NewBoardLogin =
            serde_json::from_str(r#"{"id":3,"name":"Laser","number":11,"user":"m11-abcd","password":"sesame"}"#)
                .unwrap();
        let answer = Some(Answer { function: "/api/boards/make-login".into(), text: sent(&made) });
        let html = render(Visitor { answer, ..visitor(Lang::It) }, vec![], vec![], true);
        assert!(html.contains(r#"value="sesame""#) && words(&html).contains("non viene più mostrata"), "{html}");
        assert!(!render(visitor(Lang::It), vec![], vec![], true).contains("login-password"));
    }
}
