//! An invitation to a training event: what it is for, until when the place is held, and what each answer means.
//!
//! Invariant: both answers are one tap, and say before what they do. Not here: the event itself ([`super::one`]).

use super::{at, main_button, place_of, span};
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    problem::AppError,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, remount},
        empty::Empty,
        form::{Form, Summary, hidden},
        icon::Icon,
    },
};
use contract::training_events::{self, EventModule, InvitationPage, ReadInvitationPage};
use domain::{
    id::{EventPlaceId, TrainingEventId},
    live::Noun,
    time::Moment,
    training_events::{EventState, PlaceState},
};
use leptos::prelude::*;
use std::time::Duration;
use text::{Lang, time};

pub(super) type Accept = Function<training_events::AcceptInvitation>;
pub(super) type Decline = Function<training_events::DeclineInvitation>;

/// The two answers.
#[derive(Debug, Clone, Copy)]
pub struct Calls {
    pub(super) accept: Call<Accept>,
    pub(super) decline: Call<Decline>,
}

impl Calls {
    /// Calls without submissions.
    #[must_use]
    pub fn new() -> Self {
        Self { accept: Call::new(), decline: Call::new() }
    }

    /// Number of submissions.
    #[must_use]
    pub fn sent(self) -> usize {
        self.accept.version().get() + self.decline.version().get()
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self::new()
    }
}

/// The code of the refusal if the reader has none to this event.
const NO_INVITATION: &str = "event.no-invitation";

/// The page at `/events/{id}/invitation`.
pub fn invitation_page(event: TrainingEventId) -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    // Without an invitation the page has a next step of its own.
    let page: PageResource<Option<InvitationPage>> = page_resource(
        move || (live.version(Noun::TrainingEvents), live.version(Noun::Person), calls.sent()),
        move |_| {
            let answer = load(&ReadInvitationPage { id: event });
            async move {
                match answer.await {
                    Err(AppError(problem)) if problem.code == NO_INVITATION => Ok(None),
                    answer => answer.map(Some),
                }
            }
        },
    );
    live_page(lang::current().invited_title(), 5, page, move |page| view! { <Page event page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(event: TrainingEventId, page: RwSignal<Option<InvitationPage>>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| {
        if let Some(now) = page.with(|page| page.as_ref().map(|page| page.now)) {
            clock.hear(now);
        }
    });
    let open =
        Memo::new(move |_| page.with(|page| page.as_ref().filter(|page| is_open(page)).map(|page| page.place)));
    view! {
        <a class="crumb" href="/notices"><Icon name="chevron-left"/>{t.notices_title()}</a>
        <Summary action=calls.accept/>
        <Summary action=calls.decline/>
        {dynamic(move || Some(page.with(|page| match page {
            Some(page) if is_open(page) => content(t, page),
            Some(page) => state_of(t, page),
            None => ended("mail", t.invited_none(), t.invited_none_next().to_owned(), event, t),
        })))}
        {remount(move || open.get().map(|place| page.with_untracked(|page| page.as_ref().map(|page| dock(t, page, place, calls)))))}
    }
}

/// Whether it can be answered.
pub(super) fn is_open(page: &InvitationPage) -> bool {
    page.state == PlaceState::Sent
        && page.event.state == EventState::Announced
        && page.event.starts.at > page.now.at
}

pub(super) fn content(t: Lang, page: &InvitationPage) -> AnyView {
    let event = &page.event;
    let where_and_who =
        place_of(event).into_iter().chain(event.host_name.as_ref().map(|host| t.attend_with_host(host)));
    let until = page.answer_by.map(|by| {
        view! { <p class="small">{t.attend_answer_by(&at(t, by))}</p> }
    });
    let ring = page.answer_by.map(|by| view! { <Ring sent=page.sent by/> });
    view! {
        <section class="deep invite" aria-labelledby="ans">
            <div class="top">
                <div><p class="small">{t.attend_held()}</p><h1 id="ans">{event.title.clone()}</h1></div>
                {ring}
            </div>
            <p class="when"><b>{span(t, event.starts, event.ends)}</b><br/>{where_and_who.collect::<Vec<_>>().join(", ")}</p>
            {until}
        </section>
        <ul class="checks" aria-label=t.invited_fits()>{checks(t, page)}</ul>
        {consequences(t, page)}
    }
    .into_any()
}

/// The time left to answer, as a ring that runs out and in words.
#[component]
pub(super) fn Ring(
    sent: Moment,
    by: Moment,
    /// For a row: only the time, in its style.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    dynamic(move || {
        let now = clock.now();
        let left = by.at.since(now.at);
        let dash = format!("{} 100", percent(left, by.at.since(sent.at)));
        let message = t.invited_left_to_answer(&t.attend_left_words(left));
        let inside = if small {
            view! { <span aria-hidden="true">{t.attend_left_short(left)}</span> }.into_any()
        } else {
            view! { <span aria-hidden="true"><b>{t.attend_left(left)}</b><small>{t.invited_left()}</small></span> }
                .into_any()
        };
        Some(view! {
            <p class=if small { "left-time" } else { "countdown" } role="timer">
                <svg viewBox="0 0 40 40" aria-hidden="true">
                    <circle cx="20" cy="20" r="17" pathLength="100"/>
                    <circle class="left" cx="20" cy="20" r="17" pathLength="100" stroke-dasharray=dash/>
                </svg>
                {inside}
                <span class="visually-hidden">{message}</span>
            </p>
        })
    })
}

/// The share of the time that is left.
fn percent(left: Duration, all: Duration) -> u64 {
    (left.as_secs() * 100).checked_div(all.as_secs()).unwrap_or_default().min(100)
}

/// Whether the time fits, and the modules to complete before.
fn checks(t: Lang, page: &InvitationPage) -> AnyView {
    let check = |icon: &'static str, fits: bool, words: String| {
        view! { <li data-warn=(!fits).then_some("")><Icon name=icon/><span>{words}</span></li> }.into_any()
    };
    let asked = page.asked.map(|asked| {
        let day = t.date(asked, page.now);
        if page.suits {
            check("check", true, t.invited_asked(&day))
        } else {
            check("clock", false, t.invited_asked_other(&day))
        }
    });
    let busy = match page.busy {
        None => check("check", true, t.invited_free().to_owned()),
        Some((starts, ends)) => check("triangle-alert", false, t.invited_busy(&time::clocks(starts, ends))),
    };
    let open = page.modules.iter().filter(|module| !module.done).map(|module| watch(t, module));
    asked.into_iter().chain([busy]).chain(open).collect_view().into_any()
}

fn watch(t: Lang, module: &EventModule) -> AnyView {
    let words = match module.minutes {
        0 => t.invited_complete(&module.title),
        minutes => t.invited_watch(&module.title, &minutes.to_string()),
    };
    view! { <li data-warn=""><Icon name="play"/><span><a class="link" href=format!("/learn/{}", module.module)>{words}</a></span></li> }
        .into_any()
}

/// What each answer means.
fn consequences(t: Lang, page: &InvitationPage) -> AnyView {
    let accept = t.invited_accept_next(page.event.capacity.into(), &at(t, page.leave_until));
    let decline = if page.asked.is_some() { t.invited_decline_queue() } else { t.invited_decline_next() };
    view! {
        <section class="group" aria-labelledby="if">
            <h2 class="group-head" id="if">{t.invited_if()}</h2>
            <ul class="list">
                <li><div class="item" data-top="">
                    <span class="tile" data-status="free"><Icon name="check"/></span>
                    <span class="lines"><span class="t">{t.invited_if_accept()}</span><span class="s">{accept}</span></span>
                </div></li>
                <li><div class="item" data-top="">
                    <span class="tile"><Icon name="x"/></span>
                    <span class="lines"><span class="t">{t.invited_if_decline()}</span><span class="s">{decline}</span></span>
                </div></li>
            </ul>
        </section>
    }
    .into_any()
}

/// Both answers, under the thumb.
fn dock(t: Lang, page: &InvitationPage, place: EventPlaceId, calls: Calls) -> AnyView {
    let answered = if page.answered <= page.event.capacity {
        t.invited_answered_of(&page.answered.to_string(), &page.event.capacity.to_string())
    } else {
        t.invited_answered(page.answered.into())
    };
    view! {
        <div class="dock">
            <p class="sum"><b>{at(t, page.event.starts)}</b><span>{answered}</span></p>
            <div class="pair" data-ratio="lead">
                <Form action=calls.decline beside=true>
                    {hidden("id", &place)}
                    <Submit label=t.invited_decline() busy=calls.decline.pending()/>
                </Form>
                <Form action=calls.accept beside=true>
                    {hidden("id", &place)}
                    {main_button(t.invited_accept(), "check", calls.accept.pending().into())}
                </Form>
            </div>
        </div>
    }
    .into_any()
}

/// What became of an invitation that cannot be answered any more.
pub(super) fn state_of(t: Lang, page: &InvitationPage) -> AnyView {
    let event = &page.event;
    let when = format!("{}: {}.", event.title, span(t, event.starts, event.ends));
    let (icon, title, next) = match (event.state, page.state) {
        (EventState::Cancelled, _) => {
            let cause = event.cancelled.map_or("", |cause| t.attend_cause(cause));
            let next = [cause, t.attend_cancelled_next()].join(" ");
            return ended("x", t.attend_cancelled(), format!("{when} {next}"), event.id, t);
        }
        (EventState::Completed, _) => ("list-checks", t.attend_completed(), ""),
        (_, PlaceState::Accepted) => ("circle-check", t.attend_signed_up(), ""),
        (_, PlaceState::Waiting) => ("clock", t.attend_on_list(), t.attend_full_next()),
        (_, PlaceState::Declined) => ("x", t.invited_declined(), t.invited_declined_next()),
        (_, PlaceState::Expired | PlaceState::Sent) => ("clock", t.invited_expired(), t.invited_declined_next()),
        (_, PlaceState::Cancelled) => ("x", t.invited_lost(), t.invited_declined_next()),
    };
    ended(icon, title, format!("{when} {next}"), event.id, t)
}

pub(super) fn ended(
    icon: &'static str,
    title: &'static str,
    next: String,
    event: TrainingEventId,
    t: Lang,
) -> AnyView {
    view! {
        <div class="card"><Empty icon>
            <h1>{title}</h1>
            <p>{next}</p>
            <div class="btn-row"><ButtonLink href=format!("/events/{event}") label=t.invited_open_event().to_owned() kind=Press::Primary/></div>
        </Empty></div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, visitor, words},
        training_events::{one::tests::modules, tests::event},
    };
    use contract::training_events::TrainingEventView;
    use domain::time::{DAY, HOUR};

    fn page(state: PlaceState) -> InvitationPage {
        let after = |length| NOW.shifted_to(NOW.at.after(length));
        InvitationPage {
            now: NOW,
            event: event(),
            place: EventPlaceId(31),
            state,
            sent: ago(6 * 60),
            answer_by: (state == PlaceState::Sent).then(|| after(DAY * 2 + HOUR * 18)),
            asked: Some(ago(60 * 24 * 16)),
            suits: true,
            busy: None,
            modules: modules(),
            answered: 5,
            leave_until: after(DAY * 9),
        }
    }

    fn render(lang: Lang, page: Option<InvitationPage>) -> String {
        html(visitor(lang), "/events/9/invitation", move || {
            view! { <Page event=TrainingEventId(9) page=RwSignal::new(page) calls=Calls::new()/> }
        })
    }

    #[test]
    fn unanswered_invitation_shows_time_left_and_both_answers() {
        let html = render(Lang::En, Some(page(PlaceState::Sent)));
        let content = words(&html);
        for part in [
            "A place is held for you",
            "Board cutter, first steps",
            "2 d 18 h",
            "2 days 18 hours left to answer",
            "You asked on Tuesday 3 November, and this time suits you",
            "You have no booking at that time",
            "Watch “Guillotines and fingers” before, 12 min",
            "You’re one of 6. Free to cancel until Sat 28 Nov, 14:16.",
            "5 of 6 have answered",
        ] {
            assert!(content.contains(part), "{part} in {content}");
        }
        assert!(html.contains("?/invitations/accept") && html.contains("?/invitations/decline"), "{html}");
        assert!(html.contains(r#"stroke-dasharray="91 100""#) && !html.contains("style="), "{html}");
        let content = words(&render(Lang::It, Some(page(PlaceState::Sent))));
        assert!(content.contains("2 g 18 h") && content.contains("hanno risposto in 5 su 6"), "{content}");
    }

    #[test]
    fn invitation_that_cannot_be_answered_leads_to_the_event() {
        let cancelled = TrainingEventView { state: EventState::Cancelled, ..event() };
        let cancelled = InvitationPage { event: cancelled, ..page(PlaceState::Sent) };
        let cases = [
            (Some(page(PlaceState::Accepted)), "You’re signed up"),
            (Some(page(PlaceState::Declined)), "You declined"),
            (Some(page(PlaceState::Expired)), "The invitation has ended"),
            (Some(cancelled), "Cancelled"),
            (None, "No invitation"),
        ];
        for (page, title) in cases {
            let html = render(Lang::En, page);
            assert!(words(&html).contains(title) && html.contains(r#"href="/events/9""#), "{title} in {html}");
            assert!(!html.contains("?/invitations/"), "{html}");
        }
    }
}
