//! Asking for training: the place in the queue first, then for what, and when one can come.
//!
//! Invariants: the aim is in the address, so that each has its own queue without script; an event with a free place is offered
//! before the queue. Not here: the queues as their hosts see them.

use crate::{
    call::{Call, Function, PageResource, load_query, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    training_events::{before, line::EventRow, main_button},
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, remount, text},
        facts::Facts,
        form::{Form, Summary, hidden, use_form},
        icon::Icon,
        text_area::TextArea,
    },
};
use contract::training_requests::{
    self, NotAskable, ReadTrainingForm, TrainingFormPage, TrainingRequestView, UsualEvent, WindowChoice,
};
use domain::{
    id::TypeId,
    live::Noun,
    time::{DAY, Moment},
    training_events::{Aim, DayWindow},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

type Ask = Function<training_requests::AskForTraining>;
type Withdraw = Function<training_requests::WithdrawTrainingRequest>;

/// The name of the field with the parts of the day.
const WINDOWS: &str = "windows[]";

#[derive(Debug, Clone, Copy)]
struct Calls {
    ask: Call<Ask>,
    withdraw: Call<Withdraw>,
}

/// The page at `/training/ask/{id}`.
pub fn ask_page(kind: TypeId) -> AnyView {
    let (calls, live, query) = (Calls { ask: Call::new(), withdraw: Call::new() }, use_live(), use_query_map());
    let aim = Memo::new(move |_| query.with(|query| query.get_str("aim").and_then(Aim::parse)));
    let sent = move || calls.ask.version().get() + calls.withdraw.version().get();
    let page: PageResource<TrainingFormPage> = page_resource(
        move || (live.version(Noun::TrainingEvents), live.version(Noun::Person), sent(), aim.get()),
        move |(.., aim)| {
            let query = aim.map(|aim| format!("aim={}", aim.as_str())).unwrap_or_default();
            load_query(&ReadTrainingForm { kind }, &query)
        },
    );
    live_page(lang::current().ask_training(), 5, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<TrainingFormPage>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    // A form is not replaced under the hand because the queue grew.
    let subject = Memo::new(move |_| page.with(|page| (page.aim, page.mine.clone(), page.not_askable.clone())));
    view! {
        <a class="crumb" href="/learn"><Icon name="chevron-left"/>{t.nav_learn()}</a>
        <header class="page-head">
            <h1>{t.ask_training()}</h1><p class="sub">{text(move || page.with(|page| page.kind_name.clone()))}</p>
        </header>
        <Summary action=calls.withdraw/>
        {dynamic(move || Some(page.with(|page| verdict(t, page))))}
        {dynamic(move || page.with(|page| free(t, page)))}
        {dynamic(move || page.with(|page| aims(t, page)))}
        {remount(move || {
            subject.track();
            Some(page.with_untracked(|page| match (&page.mine, &page.not_askable) {
                (Some(mine), _) => own(t, page, mine, calls),
                (None, Some(why)) => way_on(t, why),
                (None, None) => form(t, page, calls),
            }))
        })}
    }
}

/// The place in the queue, or why there is none.
fn verdict(t: Lang, page: &TrainingFormPage) -> AnyView {
    let (big, because) = match (&page.mine, &page.not_askable) {
        (Some(TrainingRequestView { event: Some(_), .. }), _) => (t.attend_held().to_owned(), String::new()),
        (Some(mine), _) => {
            let place = mine.position.unwrap_or(page.queue);
            (t.ask_training_are(&t.attend_place(place)), usual(t, page))
        }
        (None, Some(why)) => (t.ask_training_no().to_owned(), reason(t, page, why)),
        (None, None) => (t.ask_training_would_be(&t.attend_place(page.queue.saturating_add(1))), usual(t, page)),
    };
    view! {
        <section class="verdict-line" aria-labelledby="ans">
            <h2 class="big" id="ans">{big}</h2><p class="because">{because}</p>
        </section>
    }
    .into_any()
}

/// How long people usually wait, and the last event.
fn usual(t: Lang, page: &TrainingFormPage) -> String {
    let wait = page.usual_days.map(|days| t.ask_training_usually(&t.ask_training_wait(days)));
    let last = page.usual.as_ref().map(|UsualEvent { host, capacity, held }| {
        let (places, day) = (capacity.to_string(), t.date(*held, page.now));
        match host {
            Some(host) => t.ask_training_last(host, &places, &day),
            None => t.ask_training_last_day(&places, &day),
        }
    });
    wait.into_iter().chain(last).collect::<Vec<_>>().join(" ")
}

fn reason(t: Lang, page: &TrainingFormPage, why: &NotAskable) -> String {
    match why {
        NotAskable::Limit => t.ask_training_no_limit(&page.open.0.to_string()),
        NotAskable::Qualified => t.ask_training_no_qualified().to_owned(),
        NotAskable::Banned => t.attend_no_banned_next().to_owned(),
        NotAskable::Requires(types) => t.attend_no_requires_next(&types.join(", ")),
        NotAskable::Barred => t.ask_training_no_barred().to_owned(),
        NotAskable::NotOffered => t.ask_training_no_offer().to_owned(),
    }
}

/// The next step of those who cannot ask.
fn way_on(t: Lang, why: &NotAskable) -> AnyView {
    let (href, label, icon) = match why {
        NotAskable::Qualified => ("/book", t.ask_training_book(), "calendar-days"),
        NotAskable::Requires(_) => ("/learn", t.attend_to_learn(), "graduation-cap"),
        NotAskable::NotOffered => ("/events", t.attend_title(), "megaphone"),
        NotAskable::Limit | NotAskable::Banned | NotAskable::Barred => ("/learn", t.nav_learn(), "graduation-cap"),
    };
    view! { <div class="btn-row"><ButtonLink href label=label.to_owned() icon/></div> }.into_any()
}

/// Events with a free place, for those who can take one.
fn free(t: Lang, page: &TrainingFormPage) -> Option<AnyView> {
    let may = match (&page.mine, &page.not_askable) {
        (Some(mine), _) => mine.event.is_none(),
        (None, why) => matches!(why, None | Some(NotAskable::Limit)),
    };
    let rows = page.events.iter().cloned().map(|line| view! { <EventRow line/> });
    (may && !page.events.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="free">
                <h2 class="group-head" id="free">{t.ask_training_free()}" "<span class="n">{t.ask_training_free_next()}</span></h2>
                <ol class="list occ events">{rows.collect_view()}</ol>
            </section>
        }
        .into_any()
    })
}

/// What for: links, because each aim has its own queue.
fn aims(t: Lang, page: &TrainingFormPage) -> Option<AnyView> {
    let links = page.aims.iter().map(|aim| {
        let href = format!("/training/ask/{}?aim={}", page.kind, aim.as_str());
        view! { <a href=href data-noscroll aria-current=(*aim == page.aim).then_some("true")>{t.attend_aim(*aim)}</a> }
    });
    let links = links.collect_view();
    (page.aims.len() > 1).then(|| {
        view! {
            <div class="field">
                <p class="label" id="what-for">{t.ask_training_what()}</p>
                <nav class="segmented" aria-labelledby="what-for">{links}</nav>
            </div>
        }
        .into_any()
    })
}

/// The request that they have, and how it is withdrawn.
fn own(t: Lang, page: &TrainingFormPage, mine: &TrainingRequestView, calls: Calls) -> AnyView {
    let windows = mine.windows.iter().map(|window| format!("{} {window}", t.ask_training_window(*window)));
    let other = mine.other.then(|| t.ask_training_other().to_owned());
    let windows: Vec<_> = windows.chain(other).collect();
    let when = if windows.is_empty() { t.ask_training_any().to_owned() } else { windows.join(", ") };
    let mut facts =
        vec![(t.ask_training_what(), t.attend_aim(mine.relation).to_owned()), (t.ask_training_when(), when)];
    facts.extend(mine.note.clone().map(|note| (t.ask_training_note(), note)));
    let event = mine.event.map(|event| {
        let href = format!("/events/{event}");
        view! { <ButtonLink href label=t.invited_open_event().to_owned() kind=Press::Primary icon="megaphone"/> }
    });
    let (id, since) = (mine.id, t.ask_training_since(&t.recent(mine.asked, page.now)));
    view! {
        <section class="card" aria-label=t.ask_training()>
            <Facts facts/>
            <p class="small muted">{since}</p>
            <div class="btn-row">
                {event}
                <button class="btn" type="button" popovertarget="withdraw">{t.ask_training_withdraw()}" …"</button>
            </div>
        </section>
        <div class="sheet" popover="auto" id="withdraw" role="dialog" aria-labelledby="withdraw-title">
            <h2 id="withdraw-title">{format!("{}?", t.ask_training_withdraw())}</h2>
            <p>{t.ask_training_withdraw_next()}</p>
            <Form action=calls.withdraw beside=true>
                {hidden("id", &id)}
                <div class="pair">
                    <button class="btn" type="button" popovertarget="withdraw" popovertargetaction="hide">{t.attend_stay()}</button>
                    <Submit label=t.ask_training_withdraw() kind=Press::Danger busy=calls.withdraw.pending()/>
                </div>
            </Form>
        </div>
        {before::modules(t, &page.modules, t.ask_training_meanwhile(), page.now)}
    }
    .into_any()
}

fn form(t: Lang, page: &TrainingFormPage, calls: Calls) -> AnyView {
    let picked = RwSignal::new(Vec::new());
    let (kind, aim, windows, other) = (page.kind, page.aim, page.windows.clone(), page.other);
    let modules = before::modules(t, &page.modules, t.ask_training_meanwhile(), page.now);
    let (open, most) = page.open;
    let limit = t.ask_training_limit(&t.attend_nth(open.saturating_add(1)), &most.to_string());
    let why = [limit.as_str(), t.ask_training_rules()].join(" ");
    let dock = dock(t, page, picked, calls);
    view! {
        <Form action=calls.ask>
            {hidden("kind", &kind)}{hidden("aim", &aim.as_str())}
            <Windows windows other picked/>
            <TextArea name="note" label=t.ask_training_note() value=String::new() hint=t.ask_training_note_hint()/>
            {modules}
            <p class="why"><Icon name="info"/><span>{why}</span></p>
            {dock}
        </Form>
    }
    .into_any()
}

/// When they can come, with how many others can come then.
#[component]
fn Windows(windows: Vec<WindowChoice>, other: u32, picked: RwSignal<Vec<DayWindow>>) -> impl IntoView {
    let (t, form) = (lang::current(), use_form());
    let ticked = |field: &str| form.as_ref().and_then(|form| form.ticked(field)).unwrap_or_default();
    let (ticks, other_ticked) = (ticked(WINDOWS), !ticked("other").is_empty());
    picked.set(
        windows.iter().map(|choice| choice.window).filter(|window| ticks.contains(&window.to_string())).collect(),
    );
    let most = windows.iter().map(|choice| choice.others).max().filter(|most| *most > 0);
    let rows = windows.into_iter().map(|WindowChoice { window, others }| {
        let value = window.to_string();
        let pick = move |event| picked.update(|picked| {
            picked.retain(|other| *other != window);
            if event_target_checked(&event) {
                picked.push(window);
            }
        });
        view! {
            <label>
                <input type="checkbox" name=WINDOWS value=value.clone() checked=ticks.contains(&value) on:change=pick/>
                <span><b>{t.ask_training_window(window)}</b><span class="s">{value}</span></span>
                <span class="n">{others_count(t, others, most == Some(others))}</span>
            </label>
        }
    });
    let message = Signal::derive(move || form.as_ref()?.message("windows"));
    view! {
        <fieldset class="field" aria-describedby="windows-problem">
            <legend class="label">{t.ask_training_when()}</legend>
            <div class="prefer">
                {rows.collect_view()}
                <label>
                    <input type="checkbox" name="other" value="yes" checked=other_ticked/>
                    <span><b>{t.ask_training_other()}</b><span class="s">{t.ask_training_other_next()}</span></span>
                    <span class="n">{(other > 0).then(|| t.ask_training_others(other))}</span>
                </label>
            </div>
            <p class="error" id="windows-problem">
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </fieldset>
    }
}

fn others_count(t: Lang, others: u32, is_most: bool) -> String {
    match others {
        0 => t.ask_training_nobody().to_owned(),
        others if is_most => t.ask_training_soonest(&t.ask_training_others(others)),
        others => t.ask_training_others(others),
    }
}

/// The choice in words, and the button.
fn dock(t: Lang, page: &TrainingFormPage, picked: RwSignal<Vec<DayWindow>>, calls: Calls) -> AnyView {
    let place = page.queue.saturating_add(1);
    let sum = t.ask_training_sum(&t.attend_place(place), &place.to_string());
    let after = |days: u32| -> Moment { page.now.shifted_to(page.now.at.after(DAY * days)) };
    let sum = match page.usual_days {
        Some(days) => t.ask_training_about(&sum, &t.short_day(after(days).wall().date)),
        None => sum,
    };
    let name = page.kind_name.clone();
    let choice = move || {
        let windows = picked.with(|picked| {
            picked.iter().map(|window| time::lowered(t.ask_training_window(*window))).collect::<Vec<_>>()
        });
        [vec![name.clone()], windows].concat().join(", ")
    };
    view! {
        <div class="dock">
            <p class="sum"><b>{text(choice)}</b><span>{sum}</span></p>
            {main_button(t.ask_training(), "hand", calls.ask.pending().into())}
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, visitor, words},
        training_events::{line_of, tests::event},
    };
    use domain::{
        id::{TrainingEventId, TrainingRequestId},
        training_events::{RequestState, Windows},
    };

    fn page() -> TrainingFormPage {
        let windows = Windows::default();
        let others = [1, 0, 3];
        let windows = windows.as_slice().iter().zip(others);
        TrainingFormPage {
            now: NOW,
            kind: TypeId(3),
            kind_name: "TIG welder".into(),
            aims: vec![Aim::Use, Aim::Train, Aim::Own],
            aim: Aim::Use,
            mine: None,
            not_askable: None,
            queue: 3,
            usual_days: Some(14),
            usual: Some(UsualEvent { host: Some("Jonas Pichler".into()), capacity: 6, held: ago(60 * 24 * 14) }),
            windows: windows.map(|(window, others)| WindowChoice { window: *window, others }).collect(),
            other: 0,
            open: (1, 3),
            modules: Vec::new(),
            events: Vec::new(),
        }
    }

    fn mine(event: Option<TrainingEventId>) -> TrainingRequestView {
        TrainingRequestView {
            id: TrainingRequestId(12),
            person: None,
            person_name: None,
            mine: true,
            r#type: TypeId(3),
            type_name: "TIG welder".into(),
            relation: Aim::Use,
            state: RequestState::Open,
            asked: ago(30),
            position: event.is_none().then_some(2),
            windows: Windows::default().as_slice()[2..].to_vec(),
            other: false,
            note: Some("Not on Thursdays, please.".into()),
            event,
        }
    }

    fn render(page: TrainingFormPage) -> String {
        html(visitor(Lang::En), "/training/ask/3", move || {
            let calls = Calls { ask: Call::new(), withdraw: Call::new() };
            view! { <Page page=RwSignal::new(page) calls/> }
        })
    }

    #[test]
    fn place_in_queue_comes_before_the_form() {
        let html = render(page());
        let content = words(&html);
        for part in [
            "You’d be 4th in line",
            "Usually 2 weeks. Jonas Pichler trained up to 6 people on Thursday 5 November.",
            "Evenings18:30–22:003 others, soonest",
            "nobody yet",
            "This is your 2nd of 3 open requests.",
            "4th of 4, about 3 Dec",
        ] {
            assert!(content.contains(part), "{part} in {content}");
        }
        for part in [
            "?/training-requests/add",
            r#"name="windows[]" value="18:30–22:00""#,
            r#"name="aim" value="user""#,
            r#"href="/training/ask/3?aim=trainer""#,
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn own_request_shows_place_and_is_withdrawn() {
        let html = render(TrainingFormPage { mine: Some(mine(None)), ..page() });
        let content = words(&html);
        assert!(content.contains("You’re 2nd in line") && content.contains("Not on Thursdays"), "{content}");
        assert!(
            html.contains("?/training-requests/withdraw") && !html.contains("?/training-requests/add"),
            "{html}"
        );
        let html = render(TrainingFormPage { mine: Some(mine(Some(TrainingEventId(9)))), ..page() });
        assert!(
            words(&html).contains("A place is held for you") && html.contains(r#"href="/events/9""#),
            "{html}"
        );
    }

    #[test]
    fn free_place_is_offered_first_and_refusal_has_a_way_on() {
        let html = render(TrainingFormPage { events: vec![line_of(&event())], ..page() });
        let places = [r#"href="/events/9""#, "?/training-requests/add"].map(|part| html.find(part).expect(part));
        assert!(places.is_sorted(), "{html}");
        let no = Some(NotAskable::Requires(vec!["Metal shop".into()]));
        let html = render(TrainingFormPage { not_askable: no, events: vec![line_of(&event())], ..page() });
        assert!(
            words(&html).contains("Required first: Metal shop.") && html.contains(r#"href="/learn""#),
            "{html}"
        );
        assert!(!html.contains("?/training-requests/") && !html.contains("/events/9"), "{html}");
    }
}
