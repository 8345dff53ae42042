//! One training event: whether the reader can come, what to complete and bring before, and where it is.
//!
//! Invariant: forms are there only for those who may send them; the service checks it again. Not here: what its host sees
//! beside that ([`super::host`]), and the invitation ([`super::invited`]).

use super::{at, before, calls::Calls, host, main_button, place_of, span};
use crate::{
    call::{PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    sign_in_redirect,
    training_hosting::written::WrittenToast,
    ui::{
        avatar::Avatar,
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, remount},
        form::{Form, Summary, hidden},
        icon::Icon,
        list::LinkItem,
    },
    visitor::use_visitor,
};
use contract::training_events::{EventPage, NoSignUp, ReadEventPage, TrainingEventView};
use domain::{
    id::TrainingEventId,
    live::Noun,
    training_events::{EventState, Outcome, PlaceState},
};
use leptos::prelude::*;
use text::{Lang, time};

/// More places than this are a number without a picture.
const DRAWN: u16 = 24;

/// The page at `/events/{id}`.
pub fn event_page(event: TrainingEventId) -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let page: PageResource<EventPage> = page_resource(
        move || (live.version(Noun::TrainingEvents), live.version(Noun::Person), calls.sent()),
        move |_| load(&ReadEventPage { id: event }),
    );
    live_page(lang::current().attend_title(), 6, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<EventPage>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    // Without the time of reading, so that news of other events close no sheet.
    let same = Memo::new(move |_| page.with(|page| EventPage { now: page.event.starts, ..page.clone() }));
    let is_cancellable = Memo::new(move |_| page.with(host::is_cancellable));
    let id = page.with_untracked(|page| page.event.id);
    view! {
        <a class="crumb" href="/events"><Icon name="chevron-left"/>{t.attend_title()}</a>
        {dynamic(move || Some(page.with(|page| head(t, &page.event))))}
        <Summary action=calls.leave/>
        <WrittenToast event=id/>
        <div class="pair-cols">
            <div>
                // Not `dynamic`: another form would take the place of one that was sent.
                {remount(move || {
                    same.track();
                    Some(page.with_untracked(|page| answer(t, page, calls)))
                })}
                {dynamic(move || page.with(|page| practise(t, page)))}
                {dynamic(move || page.with(|page| before::modules(t, &page.modules, t.attend_before(), page.now)))}
                {dynamic(move || page.with(|page| bring(t, &page.event)))}
            </div>
            <div>
                {dynamic(move || page.with(|page| page.may_hold.then(|| host::card(t, page))))}
                {dynamic(move || is_cancellable.get().then(|| host::cancel(t, id, calls)))}
                {dynamic(move || Some(page.with(|page| about(t, page))))}
                {dynamic(move || Some(page.with(|page| onward(t, page))))}
                {dynamic(move || page.with(|page| share(t, &page.event)))}
                {dynamic(move || page.with(|page| other_date(t, page)))}
            </div>
        </div>
    }
}

fn head(t: Lang, event: &TrainingEventView) -> AnyView {
    let (kind, length) = (t.attend_kind(event.relation), t.length(event.ends.at.since(event.starts.at)));
    let second = match &event.host_name {
        Some(host) => t.attend_with(kind, &length, host),
        None => format!("{kind}, {length}"),
    };
    view! { <header class="machine-head"><h1>{event.title.clone()}</h1><p>{second}</p></header> }.into_any()
}

/// What the event is to the reader.
enum Verdict<'a> {
    Cancelled,
    Completed(Option<Outcome>),
    Begun,
    Accepted,
    Invited,
    Waiting,
    No(&'a NoSignUp),
    Free(u16),
    Full,
}

fn verdict(page: &EventPage) -> Verdict<'_> {
    let event = &page.event;
    match (event.state, event.mine, &page.no_sign_up) {
        (EventState::Cancelled, ..) => Verdict::Cancelled,
        (EventState::Completed, ..) => Verdict::Completed(page.outcome),
        (_, Some(PlaceState::Accepted), _) if event.starts.at <= page.now.at => Verdict::Begun,
        (_, Some(PlaceState::Accepted), _) => Verdict::Accepted,
        (_, Some(PlaceState::Sent), _) if event.starts.at > page.now.at => Verdict::Invited,
        (_, Some(PlaceState::Waiting), _) if event.starts.at > page.now.at => Verdict::Waiting,
        (.., Some(why)) => Verdict::No(why),
        _ => match event.capacity.saturating_sub(event.held) {
            0 => Verdict::Full,
            left => Verdict::Free(left),
        },
    }
}

/// The largest sentence, its reason, and the way on.
fn answer(t: Lang, page: &EventPage, calls: Calls) -> AnyView {
    let event = &page.event;
    let begins = t.in_days(event.starts.wall().date.days() - page.now.wall().date.days());
    let verdict = verdict(page);
    let leaves = matches!(verdict, Verdict::Accepted | Verdict::Waiting);
    let (is_yes, big, because, action) = match verdict {
        Verdict::Cancelled => {
            let cause = event.cancelled.map_or("", |cause| t.attend_cause(cause));
            let note = event.note.as_ref().map(|note| format!("“{note}”")).unwrap_or_default();
            let because = [cause, &note, t.attend_cancelled_next()].join(" ");
            (false, t.attend_cancelled().to_owned(), because, None)
        }
        Verdict::Completed(outcome) => {
            let (big, because) = completed(t, outcome);
            (outcome == Some(Outcome::Passed), big.to_owned(), because.to_owned(), None)
        }
        Verdict::Begun => (true, t.attend_begun().to_owned(), t.attend_over_next().to_owned(), None),
        Verdict::Accepted => (true, t.attend_signed_up().to_owned(), t.attend_see_you(&begins), Some(leave(t))),
        Verdict::Invited => {
            let by = page.answer_by.map(|by| t.attend_answer_by(&at(t, by))).unwrap_or_default();
            let href = format!("/events/{}/invitation", event.id);
            let link = primary(href, t.attend_answer(), "mail");
            (true, t.attend_held().to_owned(), by, Some(link))
        }
        Verdict::Waiting => {
            let place = page.position.map(|n| t.attend_on_list_at(&t.attend_place(n)));
            let big = place.unwrap_or_else(|| t.attend_on_list().to_owned());
            (false, big, t.attend_full_next().to_owned(), Some(leave(t)))
        }
        Verdict::No(why) => {
            let (big, because, action) = no_sign_up(t, page, why);
            (false, big.to_owned(), because, action)
        }
        Verdict::Free(left) => {
            let form = sign_up(event.id, t.attend_sign_up(), calls);
            (true, t.attend_places_left(left.into()), t.attend_nothing_else().to_owned(), Some(form))
        }
        Verdict::Full => {
            let form = sign_up(event.id, t.attend_join_list(), calls);
            (false, t.attend_full().to_owned(), t.attend_full_next().to_owned(), Some(form))
        }
    };
    let is_coming = event.state == EventState::Announced && event.starts.at > page.now.at;
    view! {
        <section class="answer" data-answer=if is_yes { "yes" } else { "no" } aria-labelledby="ans">
            <div class="say">
                <h2 class="big" id="ans">{big}</h2>
                <p class="because"><b>{span(t, event.starts, event.ends)}</b>{place(t, event)}". "{because}</p>
            </div>
            {is_coming.then(|| seats(t, event))}
            {action}
            {is_coming.then(|| closes(t, page))}
        </section>
        {leaves.then(|| sheet(t, page, calls))}
    }
    .into_any()
}

/// ` in A-102`, or a machine after a comma.
fn place(t: Lang, event: &TrainingEventView) -> String {
    let is_room = event.resources.iter().any(|resource| resource.room.is_some());
    match place_of(event) {
        Some(name) if is_room => format!(" {}", t.attend_at(&name)),
        Some(name) => format!(", {name}"),
        None => String::new(),
    }
}

const fn completed(t: Lang, outcome: Option<Outcome>) -> (&'static str, &'static str) {
    match outcome {
        Some(Outcome::Passed) => (t.attend_passed(), ""),
        Some(Outcome::Failed) => (t.attend_failed(), t.attend_failed_next()),
        Some(Outcome::NoShow) => (t.attend_missed(), t.attend_missed_next()),
        None => (t.attend_completed(), t.attend_ended()),
    }
}

/// Why they cannot sign up, and what they can do about it.
fn no_sign_up(t: Lang, page: &EventPage, why: &NoSignUp) -> (&'static str, String, Option<AnyView>) {
    let event = &page.event;
    let ask = || primary(asking(event), t.attend_ask_other(), "hand");
    match why {
        NoSignUp::SignIn => {
            let href = sign_in_redirect::to("/sign-in", &format!("/events/{}", event.id));
            (t.attend_no_sign_in(), String::new(), Some(primary(href, t.nav_sign_in(), "user-round")))
        }
        NoSignUp::NoMember => (t.attend_no_member(), t.attend_no_member_next().to_owned(), None),
        NoSignUp::Own => (t.attend_no_own(), String::new(), None),
        NoSignUp::Qualified => (t.attend_no_qualified(), t.attend_no_qualified_next().to_owned(), None),
        NoSignUp::Banned => (t.attend_no_banned(), t.attend_no_banned_next().to_owned(), None),
        NoSignUp::Requires(types) => {
            let link = primary("/learn".to_owned(), t.attend_to_learn(), "graduation-cap");
            (t.attend_no_requires(), t.attend_no_requires_next(&types.join(", ")), Some(link))
        }
        NoSignUp::Closed => (t.attend_closed(), t.attend_no_closed_next().to_owned(), Some(ask())),
        NoSignUp::Elsewhere => {
            let link = view! { <div class="btn-row"><ButtonLink href="/events" label=t.attend_no_elsewhere_link().to_owned() icon="calendar-days"/></div> };
            (t.attend_no_elsewhere(), t.attend_no_elsewhere_next().to_owned(), Some(link.into_any()))
        }
        NoSignUp::Busy(starts, ends) => {
            let because = t.attend_no_busy_next(&time::clocks(*starts, *ends));
            let link = view! { <div class="btn-row"><ButtonLink href="/book/mine" label=t.attend_my_bookings().to_owned() icon="calendar-days"/></div> };
            (t.attend_no_busy(), because, Some(link.into_any()))
        }
        NoSignUp::Begun => (t.attend_begun(), t.attend_no_closed_next().to_owned(), Some(ask())),
        NoSignUp::Cancelled => (t.attend_cancelled(), String::new(), Some(ask())),
        NoSignUp::Completed => (t.attend_completed(), String::new(), Some(ask())),
    }
}

fn primary(href: String, label: &'static str, icon: &'static str) -> AnyView {
    view! { <div class="btn-row"><ButtonLink href label=label.to_owned() kind=Press::Primary icon/></div> }
        .into_any()
}

/// Where to ask for the same at another time.
fn asking(event: &TrainingEventView) -> String {
    format!("/training/ask/{}?aim={}", event.r#type, event.relation.as_str())
}

fn sign_up(id: TrainingEventId, label: &'static str, calls: Calls) -> AnyView {
    view! {
        <Form action=calls.sign_up>
            {hidden("id", &id)}
            {main_button(label, "check", calls.sign_up.pending().into())}
        </Form>
    }
    .into_any()
}

/// The button that opens the sheet, in which the place is given up.
fn leave(t: Lang) -> AnyView {
    view! { <div class="btn-row"><button class="btn" type="button" popovertarget="leave">{t.attend_leave()}</button></div> }
        .into_any()
}

/// The sheet; outside of the answer, whose colours it does not have.
fn sheet(t: Lang, page: &EventPage, calls: Calls) -> AnyView {
    let event = &page.event;
    let is_waiting = event.mine == Some(PlaceState::Waiting);
    let title = if is_waiting { t.attend_leave_list() } else { t.attend_leave_title() };
    let next = (!is_waiting).then(|| view! { <p>{t.attend_leave_next()}</p> });
    let (id, name, when) = (event.id, event.title.clone(), span(t, event.starts, event.ends));
    view! {
        <div class="sheet" popover="auto" id="leave" role="dialog" aria-labelledby="leave-title">
            <h2 id="leave-title">{title}</h2>
            <p><b>{name}</b>", "{when}</p>
            {next}
            <Form action=calls.leave beside=true>
                {hidden("id", &id)}
                <div class="pair">
                    <button class="btn" type="button" popovertarget="leave" popovertargetaction="hide">{t.attend_stay()}</button>
                    <Submit label=t.attend_leave_now() kind=Press::Danger busy=calls.leave.pending()/>
                </div>
            </Form>
        </div>
    }
    .into_any()
}

/// One shape a place: taken, held for an invited person, free, and the reader's own.
fn seats(t: Lang, event: &TrainingEventView) -> AnyView {
    let message = t.attend_seats(&event.held.to_string(), &event.capacity.to_string());
    if event.capacity > DRAWN {
        return view! { <p>{message}</p> }.into_any();
    }
    let own = match event.mine {
        Some(PlaceState::Accepted | PlaceState::Sent) => Some("mine"),
        _ => None,
    };
    // Theirs is drawn first, and counts as one of its kind.
    let own_accepted = u16::from(event.mine == Some(PlaceState::Accepted));
    let own_sent = u16::from(event.mine == Some(PlaceState::Sent));
    let taken = event.accepted.saturating_sub(own_accepted);
    let held = event.held.saturating_sub(event.accepted).saturating_sub(own_sent);
    let kinds = own.into_iter().chain((0..taken).map(|_| "taken")).chain((0..held).map(|_| "held"));
    let free = event.capacity.saturating_sub(event.held);
    let all = kinds.map(Some).chain((0..free).map(|_| None)).map(|kind| view! { <i data-k=kind></i> });
    view! { <span class="seats" role="img" aria-label=message>{all.collect_view()}</span> }.into_any()
}

/// Until when one can sign up, and with how many it takes place.
fn closes(t: Lang, page: &EventPage) -> AnyView {
    let event = &page.event;
    let deadline = (event.deadline.at > page.now.at).then(|| t.attend_closes(&at(t, event.deadline)));
    let minimum = (event.minimum > 1).then(|| t.attend_minimum(&event.minimum.to_string()));
    let words: Vec<_> = deadline.into_iter().chain(minimum).collect();
    let words = (!words.is_empty()).then(|| words.join(" "));
    words.map(|words| view! { <p class="why"><Icon name="clock"/><span>{words}</span></p> }).into_any()
}

/// What the reader is to practise.
fn practise(t: Lang, page: &EventPage) -> Option<AnyView> {
    let note = page.practise.clone()?;
    Some(
        view! {
            <section class="card" aria-labelledby="practise">
                <div class="card-head"><h2 id="practise">{t.attend_practise()}</h2></div>
                {lines(&note)}
            </section>
        }
        .into_any(),
    )
}

/// A list of the lines of `text`, each with a tick.
fn lines(text: &str) -> AnyView {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.map(|line| view! { <li><Icon name="check"/><span>{line.to_owned()}</span></li> });
    view! { <ul class="allows bring">{lines.collect_view()}</ul> }.into_any()
}

fn bring(t: Lang, event: &TrainingEventView) -> Option<AnyView> {
    let all: Vec<_> = event.bring.iter().chain(&event.fee).map(String::as_str).collect();
    (!all.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="bring">
                <div class="card-head"><h2 id="bring">{t.attend_bring()}</h2></div>
                {lines(&all.join("\n"))}
            </section>
        }
        .into_any()
    })
}

fn about(t: Lang, page: &EventPage) -> AnyView {
    let event = &page.event;
    let text = event.about.iter().flat_map(|about| about.lines()).filter(|line| !line.trim().is_empty());
    let text = text.map(|line| view! { <p>{line.to_owned()}</p> }).collect_view();
    let host = event.host_name.clone().map(|name| {
        view! {
            <div class="person-line">
                <Avatar name=name.clone() size="md"/>
                <div><p class="t">{name}</p><p class="s">{t.attend_host()}</p></div>
            </div>
        }
    });
    view! {
        <section class="card" aria-labelledby="about">
            <div class="card-head"><h2 id="about">{t.attend_about()}</h2></div>
            <div class="draw-stack">
                {text}
                <p>{t.attend_grants(event.relation, &event.type_name)}</p>
                {host}
            </div>
        </section>
    }
    .into_any()
}

/// Where it is, the machine, and the calendar.
fn onward(t: Lang, page: &EventPage) -> AnyView {
    let event = &page.event;
    let rooms = event.resources.iter().filter_map(|resource| Some((resource.room?, resource.name.clone())));
    let rooms = rooms.map(|(room, title)| {
        view! { <LinkItem href=format!("/rooms/{room}") icon="door-open" title second=t.attend_room_next()/> }
    });
    let machine = page.machine.clone().map(|(machine, title)| {
        view! { <LinkItem href=format!("/machines/{machine}") icon="wrench" title second=t.attend_machine_next()/> }
    });
    let calendar = (event.state == EventState::Announced).then(|| {
        let href = format!("/calendar/event-{}.ics", event.id);
        view! { <LinkItem href icon="calendar-days" title=t.attend_calendar() second=t.attend_calendar_next() external=true/> }
    });
    view! { <ul class="list">{rooms.collect_view()}{machine}{calendar}</ul> }.into_any()
}

/// The address of a public event, to be copied.
fn share(t: Lang, event: &TrainingEventView) -> Option<AnyView> {
    let address = use_visitor().public_url.filter(|_| event.public)?;
    let address = format!("{address}/events/{}", event.id);
    Some(
        view! {
            <details class="card wish">
                <summary class="item">
                    <span class="tile"><Icon name="network"/></span>
                    <span class="lines"><span class="t">{t.attend_share()}</span><span class="s">{t.attend_share_next()}</span></span>
                    <Icon name="chevron-right"/>
                </summary>
                <div class="form">
                    <input class="input" id="address" readonly value=address aria-label=t.attend_share() autocomplete="off" spellcheck="false"/>
                    <div class="btn-row"><button class="btn scripted" type="button" data-copy="address" data-copied=t.feeds_copied()>{t.attend_copy()}</button></div>
                </div>
            </details>
        }
        .into_any(),
    )
}

/// The way to another date, for those who could come to one.
fn other_date(t: Lang, page: &EventPage) -> Option<AnyView> {
    let event = &page.event;
    let is_for_them = match page.no_sign_up {
        Some(NoSignUp::SignIn | NoSignUp::NoMember | NoSignUp::Own | NoSignUp::Qualified | NoSignUp::Banned) => {
            false
        }
        _ => page.outcome != Some(Outcome::Passed),
    };
    is_for_them.then(|| {
        let second = match page.queue {
            0 => t.attend_no_closed_next().to_owned(),
            queue => t.attend_others_ask(queue, &event.type_name),
        };
        view! {
            <section class="group" aria-labelledby="other">
                <h2 class="group-head" id="other">{t.attend_cannot_come()}</h2>
                <ul class="list"><LinkItem href=asking(event) icon="hand" title=t.attend_ask_other() second/></ul>
            </section>
        }
        .into_any()
    })
}

#[cfg(all(test, feature = "ssr"))]
pub(super) mod tests;
