//! A trainer's day: the current checkout, today's, and what waits for an answer.
//!
//! Invariant: the selected appointment is shown beside the list; it is in the address or selected by keyboard, and
//! keys only press visible buttons. Not here: which actions an appointment offers; its answer says so.

use super::{
    Act, StateWord,
    api::{self, DecideCheckout, UndoPass},
    called,
    evidence::{cells, figures, practice_cell, quiz_cell, videos_cell},
    one::{actions, who},
    undo::{Done, in_row},
    when,
};
use crate::{
    call::{Call, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        avatar::Avatar,
        button::{ButtonLink, Kind},
        changing::{dynamic, remount},
        empty::Empty,
        form::Summary,
        icon::Icon,
        keys,
        list::LinkItem,
    },
};
use contract::{
    checkouts::{Appointment, Candidate, Day, FreeSlot, TimeRequest},
    training_events::EventLine,
};
use domain::{checkouts::CheckoutAction, id::AppointmentId, live::Noun, time::Moment};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

#[derive(Debug, Clone, Copy)]
struct Calls {
    decide: Call<DecideCheckout>,
    undo: Call<UndoPass>,
}

/// The page at `/checkouts`.
pub fn checkouts_page() -> AnyView {
    let (live, calls) = (use_live(), Calls { decide: Call::new(), undo: Call::new() });
    let Calls { decide, undo } = calls;
    let decided = move || decide.version().get() + undo.version().get();
    let answers = page_resource(move || (live.version(Noun::Checkouts), decided()), |_| api::day(String::new()));
    view! {
        {live_page(lang::current().checkouts_title(), 4, answers, move |day| view! { <Page day calls/> }.into_any())}
        <Done decide undo/>
    }
    .into_any()
}

/// Keyboard shortcuts: j and k select another appointment of today, p passes and n opens the not-yet form, l opens
/// the checklist, z undoes. In the browser only.
fn listen(day: RwSignal<Day>, chosen: RwSignal<Option<AppointmentId>>, visible: Memo<Option<AppointmentId>>) {
    let step = move |by: isize| {
        let next = day.with_untracked(|day| {
            let at = day.today.iter().position(|one| Some(one.id) == visible.get_untracked());
            let next = at.map_or(Some(0), |at| at.checked_add_signed(by))?;
            day.today.get(next).map(|one| one.id)
        });
        if let Some(next) = next {
            chosen.set(Some(next));
            if let Some(link) = keys::find(&format!("[data-item=\"{next}\"] a")) {
                // Fails only on a detached element.
                drop(link.focus());
            }
        }
    };
    let list = move || {
        if let Some(id) = visible.get_untracked() {
            keys::click(&format!(".day-pane a[href=\"/checkouts/{id}\"]"));
        }
    };
    Effect::new(move |_| {
        let pressed = window_event_listener(leptos::ev::keydown, move |event| {
            if !keys::is_meant(&event) {
                return;
            }
            match event.key().as_str() {
                "j" => step(1),
                "k" => step(-1),
                "p" => keys::click(".day-pane .btn-row form:has(input[value=\"pass\"]) button"),
                "n" => keys::click(".day-pane details:has(input[value=\"fail\"]) > summary"),
                "l" => list(),
                "z" => keys::click(".toast form button"),
                _ => {}
            }
        });
        on_cleanup(move || pressed.remove());
    });
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(day: RwSignal<Day>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(day.with(|day| day.now)));
    let request = Memo::new(move |_| {
        query.with(|query| query.get_str("open").and_then(|id| id.parse().ok()).map(AppointmentId))
    });
    let chosen = RwSignal::new(request.get_untracked());
    Effect::new(move |_| {
        if let Some(one) = request.get() {
            chosen.set(Some(one));
        }
    });
    // The selected one, else the current one, else the next one.
    let visible = Memo::new(move |_| {
        let chosen = chosen.get();
        day.with(|day| {
            let known = chosen.filter(|id| day.today.iter().chain(&day.unfinished).any(|one| one.id == *id));
            let current = || current(day).or_else(|| day.today.iter().find(|one| one.state.is_open()));
            known.or_else(|| current().map(|one| one.id))
        })
    });
    listen(day, chosen, visible);
    let head = view! {
        <header class="page-head">
            <h1>{t.checkouts_title()}</h1>
            <span class="push btn-row">
                <ButtonLink href="/availability" label=t.checkouts_availability().to_owned() icon="clock"/>
                <ButtonLink href="/checkouts/new" label=t.checkouts_spot().to_owned() icon="plus"/>
            </span>
        </header>
        <div class="day-said"><Summary action=calls.decide/><Summary action=calls.undo/></div>
    };
    view! {
        {head}
        <div class="day-cols">
            // Input about one person must not stay under the next.
            {remount(move || {
                let id = visible.get()?;
                let explains = request.get() == Some(id);
                let settled = move || {
                    day.with(|day| {
                        let one = day.today.iter().chain(&day.unfinished).find(|one| one.id == id)?;
                        Some(pane(one, day.now, calls, explains))
                    })
                };
                Some(dynamic(settled).into_any())
            })}
            {dynamic(move || Some(day.with(|day| lists(day, calls, visible))))}
        </div>
    }
}

/// The checkout that can be passed now.
fn current(day: &Day) -> Option<&Appointment> {
    day.today.iter().find(|one| one.actions.contains(&CheckoutAction::Pass))
}

/// The selected appointment: the member's evidence, and the actions.
fn pane(one: &Appointment, now: Moment, calls: Calls, explains: bool) -> AnyView {
    let t = lang::current();
    let (actions, undo) = (actions(one, calls.decide, explains), in_row(one, calls.undo));
    let href = format!("/checkouts/{}", one.id);
    let key = |key: &'static str, name: &'static str| view! { <span><kbd>{key}</kbd>{name}</span> };
    view! {
        <section class="day-pane" aria-label=t.checkouts_chosen()>
            <div class="card checkout">
                <StateWord state=one.state/>
                {who(one, now)}
                {one.evidence.as_ref().map(|evidence| figures(evidence, now))}
                {actions}
                <div class="btn-row">{undo}<a class="btn" data-kind="ghost" href=href>{t.checkout_open_mine()}</a></div>
            </div>
            <p class="keys only-wide" role="group" aria-label=t.inbox_keys()>
                <span><kbd>"J"</kbd><kbd>"K"</kbd>{t.keys_move()}</span>
                {key("P", t.checkout_action(CheckoutAction::Pass))}
                {key("N", t.checkout_action(CheckoutAction::Fail))}
                {key("L", t.checkouts_key_list())}
                {key("Z", t.undo())}
            </p>
        </section>
    }
    .into_any()
}

/// Everything but the selected one.
fn lists(day: &Day, calls: Calls, visible: Memo<Option<AppointmentId>>) -> AnyView {
    let (t, now) = (lang::current(), day.now);
    let first = current(day).map(|one| one.id);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let free = (!day.free.is_empty()).then(|| t.checkouts_free_times(count(day.free.len())));
    let sum = [Some(t.checkouts_appointments(count(day.today.len()))), free].into_iter().flatten();
    let sum = sum.collect::<Vec<_>>().join(", ");
    let today = if day.today.is_empty() && day.free.is_empty() {
        view! {
            <div class="card"><Empty icon="graduation-cap">
                <h3>{t.checkouts_today_none()}</h3><p>{t.checkouts_today_none_next()}</p>
            </Empty></div>
        }
        .into_any()
    } else {
        let rows = day.today.iter().map(|one| (one.starts.at, row(one, now, true, first, visible, calls)));
        let mut rows: Vec<_> = rows.chain(day.free.iter().map(|slot| (slot.starts.at, gap(slot)))).collect();
        rows.sort_by_key(|(starts, _)| *starts);
        let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
        view! { <ul class="list appts">{rows}</ul> }.into_any()
    };
    let group = |id, title, rows: &[Appointment]| group(id, title, rows, now, visible, calls);
    view! {
        <div class="day-lists">
            <section class="group" aria-labelledby="today">
                <h2 class="group-head" id="today">{t.checkouts_today()}<span class="n" aria-hidden="true">{sum}</span></h2>
                {today}
            </section>
            {events(t, &day.events, now)}
            {group("waiting", t.checkouts_waiting(), &day.waiting)}
            {group("unfinished", t.checkouts_unfinished(), &day.unfinished)}
            {candidates(&day.candidates)}
            {wishes(&day.wishes, now)}
            {group("coming", t.checkouts_coming(), &day.coming)}
        </div>
    }
    .into_any()
}

/// The reader's training events. Those that have begun lead to their results.
fn events(t: Lang, events: &[EventLine], now: Moment) -> Option<AnyView> {
    let row = |event: &EventLine| {
        let has_begun = event.starts.at <= now.at;
        let href =
            if has_begun { format!("/events/{}/results", event.id) } else { format!("/events/{}", event.id) };
        let when = if has_begun { t.attend_results_due().to_owned() } else { t.exact(event.starts, now) };
        let second = [Some(when), event.place.clone(), Some(t.attend_held_of(event.held, event.capacity))];
        let second = second.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        view! { <LinkItem href icon="megaphone" title=event.title.clone() second/> }
    };
    (!events.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="events">
                <h2 class="group-head" id="events">{t.attend_own_events()}</h2>
                <ul class="list">{events.iter().map(row).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// A free slot.
fn gap(slot: &FreeSlot) -> AnyView {
    view! {
        <li data-gap><time datetime=time::iso(slot.starts)>{time::clock(slot.starts)}</time>
            <span>{lang::current().checkouts_free_time()}" · "{time::clocks(slot.starts, slot.ends)}</span></li>
    }
    .into_any()
}

/// Appointments of other days, if any.
fn group(
    id: &'static str,
    title: &'static str,
    rows: &[Appointment],
    now: Moment,
    visible: Memo<Option<AppointmentId>>,
    calls: Calls,
) -> Option<AnyView> {
    (!rows.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby=id>
                <h2 class="group-head" id=id>{title}<span class="n" aria-hidden="true">{rows.len()}</span></h2>
                <ul class="list appts">{rows.iter().map(|one| row(one, now, false, None, visible, calls)).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// One appointment: time, member, type, evidence, and the actions in place.
fn row(
    one: &Appointment,
    now: Moment,
    today: bool,
    current: Option<AppointmentId>,
    visible: Memo<Option<AppointmentId>>,
    calls: Calls,
) -> AnyView {
    let (t, id) = (lang::current(), one.id);
    let name = called(one.person_name.as_ref());
    let mut second = vec![one.machine_name.clone().unwrap_or_else(|| one.kind_name.clone())];
    if !today {
        second.push(when(t, one, now));
    }
    let evidence = one.evidence.as_ref();
    second.extend(
        evidence.filter(|evidence| evidence.failed > 0).map(|evidence| t.checkouts_tries(evidence.failed)),
    );
    let (past, is_now) = ((!one.state.is_open()).then_some(""), current == Some(id));
    let chosen = Signal::derive(move || (visible.get() == Some(id)).then_some("true"));
    view! {
        <li aria-current=chosen data-past=past data-item=id.to_string()>
            <time datetime=time::iso(one.starts)>{time::clock(one.starts)}{is_now.then(|| view! { <small>{t.checkouts_now()}</small> })}</time>
            <Avatar name=name.clone() size="sm"/>
            <div><a class="t" href=format!("/checkouts/{id}")>{name.clone()}</a><p class="s">{second.join(" · ")}</p>
                {evidence.filter(|_| one.state.is_open()).map(cells)}</div>
            <div class="tail">{tail(one, name, calls)}<Icon name="chevron-right"/></div>
        </li>
    }
    .into_any()
}

/// The actions in the row; without any, the state.
fn tail(one: &Appointment, name: String, calls: Calls) -> AnyView {
    let t = lang::current();
    let can = |action| one.actions.contains(&action);
    let id = one.id.to_string();
    // With a checklist, passing starts there.
    if one.listed && can(CheckoutAction::Pass) {
        let (href, named) = (format!("/checkouts/{id}"), format!("{}: {name}", t.checkout_open_list()));
        return view! { <a class="btn" href=href aria-label=named><Icon name="list-checks"/>{t.checkout_open_list()}</a> }.into_any();
    }
    if can(CheckoutAction::Pass) {
        let not_yet = can(CheckoutAction::Fail).then(|| {
            let (href, code) = (format!("/checkouts?open={id}"), t.checkout_action(CheckoutAction::Fail));
            let named = format!("{code}: {name}");
            view! { <a class="btn" href=href aria-label=named>{code}</a> }
        });
        return view! {
            <Act id action=CheckoutAction::Pass kind=Kind::Quiet decide=calls.decide about=name.clone()/>
            {not_yet}
        }
        .into_any();
    }
    if can(CheckoutAction::Accept) {
        return view! { <Act id action=CheckoutAction::Accept kind=Kind::Quiet decide=calls.decide about=name/> }
            .into_any();
    }
    view! { <StateWord state=one.state/>{in_row(one, calls.undo)} }.into_any()
}

/// Candidates for a checkout: ready or nearly, with evidence and missing requirements.
fn candidates(rows: &[Candidate]) -> Option<AnyView> {
    let t = lang::current();
    let (ready, nearly): (Vec<&Candidate>, Vec<_>) = rows.iter().partition(|one| one.missing.is_empty());
    let count =
        t.checkouts_candidates_count(u32::try_from(ready.len()).unwrap_or(u32::MAX), &nearly.len().to_string());
    let parts = [(t.checkouts_candidates_ready(), ready), (t.checkouts_candidates_nearly(), nearly)];
    let bodies = parts.into_iter().filter(|(_, rows)| !rows.is_empty()).map(|(title, rows)| {
        view! {
            <tbody><tr><th colspan="5" scope="rowgroup">{title}</th></tr>{rows.into_iter().map(candidate).collect_view()}</tbody>
        }
    });
    (!rows.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="candidates">
                <h2 class="group-head" id="candidates">{t.checkouts_candidates()}<span class="n" aria-hidden="true">{count}</span></h2>
                <div class="table-wrap"><table class="table cand" aria-labelledby="candidates">
                    <thead><tr>
                        <th scope="col">{t.checkouts_col_person()}</th>
                        <th scope="col">{t.checkouts_col_videos()}</th>
                        <th scope="col">{t.checkouts_col_quiz()}</th>
                        <th scope="col">{t.checkouts_col_practice()}</th>
                        <th scope="col"><span class="visually-hidden">{t.table_actions()}</span></th>
                    </tr></thead>
                    {bodies.collect_view()}
                </table></div>
            </section>
        }
        .into_any()
    })
}

fn candidate(one: &Candidate) -> AnyView {
    let t = lang::current();
    let name = called(one.person_name.as_ref());
    let missing = (!one.missing.is_empty()).then(|| t.checkouts_candidate_missing(&one.missing.join(", ")));
    let second = [Some(one.kind_name.clone()), missing].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let label = format!("{}: {name}, {}", t.checkouts_candidate_check(), one.kind_name);
    let href = format!("/checkouts/new?person={}&kind={}", one.person, one.kind);
    view! {
        <tr>
            <td><span class="person"><Avatar name=name.clone() size="sm"/>
                <span class="lines"><span class="t">{name}</span><span class="s">{second}</span></span></span></td>
            <td data-l=t.checkouts_col_videos()>{videos_cell(&one.modules)}</td>
            <td data-l=t.checkouts_col_quiz()>{quiz_cell(&one.modules)}</td>
            <td data-l=t.checkouts_col_practice()>{practice_cell(one.used_minutes)}</td>
            <td><a class="btn" href=href aria-label=label>{t.checkouts_candidate_check()}</a></td>
        </tr>
    }
    .into_any()
}

/// Members for whom no slot suits, with when they can come.
fn wishes(rows: &[TimeRequest], now: Moment) -> Option<AnyView> {
    let t = lang::current();
    (!rows.is_empty()).then(|| {
        let visible = rows.iter().map(|request| {
            let name = called(request.person_name.as_ref());
            let second = format!("{} · {}", request.kind_name, t.brief(request.asked, now));
            view! {
                <li><div class="item">
                    <Avatar name=name.clone() size="sm"/>
                    <span class="lines">
                        <span class="t">{name.clone()}</span>
                        <span class="s">{second}</span>
                        {request.note.clone().map(|note| view! { <span class="s">"“"{note}"”"</span> })}
                    </span>
                    <div class="acts"><ButtonLink href="/availability" label=t.checkouts_wish_offer().to_owned()/></div>
                </div></li>
            }
        });
        view! {
            <section class="group" aria-labelledby="wishes">
                <h2 class="group-head" id="wishes">{t.checkouts_wishes()}<span class="n" aria-hidden="true">{rows.len()}</span></h2>
                <ul class="list">{visible.collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, visitor, words},
        visitor::{Me, Visitor},
    };
    use contract::checkouts::{Evidence, ModuleEvidence};
    use domain::{
        actor::Rank,
        checkouts::State,
        id::{PersonId, TypeId},
    };
    use text::Lang;

    fn appointment(id: i64, name: &str, actions: Vec<CheckoutAction>, listed: bool) -> Appointment {
        let modules = vec![ModuleEvidence { title: "Clamping".into(), percent: 95, watched: true, quiz: None }];
        Appointment {
            id: AppointmentId(id),
            version: 1,
            person: PersonId(id + 100),
            person_name: Some(name.into()),
            trainer: PersonId(2),
            trainer_name: Some("Jonas Weber".into()),
            kind: TypeId(3),
            kind_name: "Saw".into(),
            machine: None,
            machine_name: None,
            starts: ago(10),
            ends: NOW,
            state: State::Accepted,
            decided: None,
            decided_by: None,
            note: None,
            retry: None,
            actions,
            evidence: Some(Evidence {
                modules,
                used_minutes: 100,
                since_minutes: None,
                last_used: None,
                failed: 0,
            }),
            listed,
            undo_until: None,
            mine: false,
        }
    }

    fn render(address: &str, today: Vec<Appointment>) -> String {
        let me = Me {
            id: PersonId(2),
            name: "Jonas Weber".into(),
            rank: Rank::Member,
            asleep: false,
            auditor: false,
            trains: true,
        };
        html(Visitor { who: Some(me), ..visitor(Lang::En) }, address, move || {
            let day = RwSignal::new(Day {
                now: NOW,
                today,
                free: vec![FreeSlot { starts: NOW, ends: NOW }],
                waiting: vec![],
                coming: vec![],
                events: vec![],
                unfinished: vec![],
                wishes: vec![],
                candidates: vec![],
                kinds: vec![],
                listed: vec![],
                names: vec![],
            });
            view! { <Page day calls=Calls { decide: Call::new(), undo: Call::new() }/> }
        })
    }

    /// The selected one, and the lists.
    fn parts(html: &str) -> (&str, &str) {
        html.split_once(r#"class="day-lists""#).unwrap_or((html, ""))
    }

    #[test]
    fn checkout_is_answered_in_row_or_by_its_checklist() {
        let actions = vec![CheckoutAction::Pass, CheckoutAction::Fail];
        let html = render(
            "/checkouts",
            vec![appointment(1, "Nils Berg", actions.clone(), false), appointment(2, "Ravi Menon", actions, true)],
        );
        let (pane, lists) = parts(&html);
        assert!(lists.contains(r#"aria-label="Pass: Nils Berg""#), "{lists}");
        assert!(lists.contains(r#"href="/checkouts?open=1" aria-label="Not yet: Nils Berg""#), "{lists}");
        assert!(lists.contains(r#"aria-label="Open the checklist: Ravi Menon""#), "{lists}");
        assert!(!lists.contains("Pass: Ravi Menon"), "what was seen is ticked first: {lists}");
        let content = words(lists);
        assert!(content.contains("2 appointments, 1 free slot") && content.contains("1 of 1"), "{content}");
        assert!(words(pane).contains("Nils Berg") && !words(&html).contains("With Jonas Weber"), "{pane}");
    }

    #[test]
    fn appointment_in_address_is_selected_with_form_open() {
        let actions = vec![CheckoutAction::Pass, CheckoutAction::Fail];
        let both = vec![
            appointment(1, "Nils Berg", actions.clone(), false),
            appointment(2, "Ravi Menon", actions, false),
        ];
        let html = render("/checkouts?open=2", both.clone());
        let (pane, _) = parts(&html);
        assert!(words(pane).contains("Ravi Menon") && pane.contains("<details open class=\"deed\""), "{pane}");
        let html = render("/checkouts", both);
        assert!(!parts(&html).0.contains("<details open class=\"deed\""), "{html}");
    }
}
