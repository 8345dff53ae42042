//! One machine: the answer first, then its day, then its facts.
//!
//! Invariant: a machine that does not exist answers 404 in place, with a way back. Deliberately absent: who uses it.

pub mod api;
mod day;
pub mod state;

use crate::{
    clock::use_clock,
    lang,
    live::{BrokerLost, followed, use_live},
    ui::{
        answer::Answer,
        changing::{part, text},
        clock::{Elapsed, TimeOfDay},
        facts::Facts,
        icon::Icon,
        list::LinkItem,
        skeleton::SkeletonList,
        status::{Badge, Status, word},
        strip::{Legend, Stretch, Strip},
    },
};
use day::Axis;
use domain::{
    id::MachineId,
    live::Noun,
    machines::{MachineNow, MachinePage as Page, MachineState, UseToday},
    time::{MINUTE, Moment},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use std::time::Duration;
use text::time;

/// The page at `/machines/:id`.
#[component]
pub fn MachinePage() -> impl IntoView {
    let (params, live) = (use_params_map(), use_live());
    // What is not a number names no machine, and neither does 0.
    let id = move || params.with(|params| params.get_str("id").and_then(|id| id.parse().ok()).unwrap_or(0));
    let answers = Resource::new_blocking(
        move || (id(), live.version(Noun::Machine), live.version(Noun::Space)),
        |(id, ..)| api::machine(MachineId(id)),
    );
    view! {
        <Crumb/>
        <Transition fallback=|| view! { <SkeletonList rows=3/> }>
            {followed(answers, Box::new(|page| view! { <Machine page/> }.into_any()))}
        </Transition>
    }
}

#[component]
fn Crumb() -> impl IntoView {
    view! { <a class="crumb" href="/"><Icon name="chevron-left"/>{lang::current().nav_now()}</a> }
}

/// The page of one machine: no request, so that a test can render it.
#[component]
fn Machine(page: RwSignal<Page>) -> impl IntoView {
    let (t, clock, live) = (lang::current(), use_clock(), use_live());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let machine = Memo::new(move |_| page.with(|page| page.machine.clone()));
    let name = move || machine.with(|machine| machine.name.clone());
    let lost = Memo::new(move |_| page.with(|page| page.broker_lost));
    let stands = text(move || {
        page.with(|page| {
            let place = page.place.as_deref().map_or_else(String::new, |place| format!("{place} · "));
            place + &page.machine.kind
        })
    });
    view! {
        <Title text=name/>
        <header class="machine-head">
            <h1>{text(name)}</h1>
            <p>{stands}</p>
        </header>
        // Said aloud only when the state itself changes, not with every minute that passes.
        <p class="visually-hidden" role="status">
            {text(move || machine.with(|machine| word(Status::of(&machine.state), t).to_owned()))}
        </p>
        <BrokerLost lost/>
        <div data-stale=Signal::derive(move || lost.get().is_some() || live.stale_since().is_some())>
            {part(move || Some(view! { <State machine=machine.get()/> }))}
        </div>
        <Today page/>
        <section class="card" aria-labelledby="facts">
            <div class="card-head"><h2 id="facts">{t.machine_facts()}</h2></div>
            {part(move || page.with(|page| {
                let used = Duration::from_millis(page.used.try_into().unwrap_or(0));
                let mut facts = vec![(t.machine_type(), page.machine.kind.clone())];
                facts.extend(page.place.clone().map(|place| (t.machine_place(), place)));
                facts.push((t.machine_hours(), t.hours(used)));
                Some(view! { <Facts facts/> })
            }))}
        </section>
        {part(move || page.with(|page| page.manual.clone()).map(|manual| {
            let second = manual.split("://").nth(1).unwrap_or_default().trim_end_matches('/').to_owned();
            view! {
                <ul class="list"><LinkItem href=manual icon="book-open" title=t.machine_manual() second external=true/></ul>
            }
        }))}
    }
}

/// The state as the answer to "can I use it".
#[component]
fn State(machine: MachineNow) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    let status = Status::of(&machine.state);
    // Since when, as a sentence, and what follows from it.
    let since = move |at: Moment, next: &'static str| {
        text(move || format!("{} {next}", time::sentence(&t.since(at, clock.now()))))
    };
    let sentence = match machine.state {
        MachineState::InUse { since, .. } => Signal::derive(move || match clock.now().at.since(since.at) {
            moment if moment < MINUTE => t.machine_in_use_new().to_owned(),
            length => t.machine_in_use_for(&t.length(length)),
        }),
        _ => Signal::stored(word(status, t).to_owned()),
    };
    let because = match machine.state {
        MachineState::InUse { silent: Some(silent), .. } => {
            view! { <p>{text(move || t.machine_silent_because(&t.since(silent, clock.now())))}</p> }.into_any()
        }
        MachineState::InUse { since: at, silent: None } => {
            view! { <p>{since(at, t.machine_in_use_because())}</p> }.into_any()
        }
        MachineState::Blocked { since: at } => view! {
            {machine.blocked_because.map(|reason| view! { <p><b>{reason}</b></p> })}
            <p>{since(at, t.machine_blocked_because())}</p>
        }
        .into_any(),
        MachineState::Offline { since: at } => {
            view! { <p>{since(at, t.machine_offline_because())}</p> }.into_any()
        }
        MachineState::Free { .. } => view! { <p>{t.machine_free_because()}</p> }.into_any(),
        MachineState::Unmanaged => view! { <p>{t.machine_unmanaged_because()}</p> }.into_any(),
    };
    view! { <Answer label=t.machine_answer() status sentence>{because}</Answer> }
}

/// Today: the strip, and the same as a list.
#[component]
fn Today(page: RwSignal<Page>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    let axis = Memo::new(move |_| page.with(Axis::of));
    let uses = Memo::new(move |_| page.with(|page| page.uses.clone()));
    let counted = move || t.machine_uses_today(uses.with(|uses| u32::try_from(uses.len()).unwrap_or(u32::MAX)));
    let is_free = Memo::new(move |_| page.with(|page| page.machine.state.is_free()));
    let blocks = Signal::derive(move || {
        // Read before the list is held: one that is computed meanwhile would wait for it for ever.
        let (axis, now, free) = (axis.get(), clock.now().at, is_free.get());
        uses.with(|uses| axis.blocks(uses, now, free))
    });
    let now = Signal::derive(move || axis.get().place(clock.now().at));
    let label = Signal::derive(move || {
        let axis = axis.get();
        let (from, to) = (axis.from.to_string(), axis.to.to_string());
        t.machine_strip(&from, &to, &counted(), &time::clock(clock.now()))
    });
    let free = move || {
        page.with(|page| match page.machine.state {
            MachineState::Free { since: Some(at) } => Some(at),
            _ => None,
        })
    };
    view! {
        <section class="card" aria-labelledby="today">
            <div class="card-head">
                <h2 id="today">{t.machine_today()}</h2>
                {part(move || free().map(|at| view! {
                    <Badge status=Status::Free pill=true>{text(move || t.since(at, clock.now()))}</Badge>
                }))}
            </div>
            {part(move || {
                let ticks = axis.get().ticks();
                Some(view! { <Strip blocks now ticks label/> })
            })}
            <Legend words=vec![
                ("free", t.legend_free()),
                (Stretch::Used.key(), t.legend_used()),
                (Stretch::Running.key(), t.legend_running()),
            ]/>
            <details class="uses">
                <summary>{text(counted)}<Icon name="chevron-right"/></summary>
                <ol>
                    <For each=move || uses.get() key=|one| (one.id, one.end.map(|end| end.at)) children=|one| view! { <Use one/> }/>
                </ol>
                {part(move || uses.with(|uses| uses.iter().any(|one| one.approximate)).then(|| view! {
                    <p class="small muted">{t.machine_use_about_why()}</p>
                }))}
            </details>
        </section>
    }
}

/// One use: `09:10–11:05 · 1 h 55`.
#[component]
fn Use(one: UseToday) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    let about = one.approximate.then(|| view! { {t.machine_use_about()}" " });
    let overnight = one.start.wall().date != now.wall().date;
    let day = overnight.then(|| view! { {t.day(one.start, now)}" " });
    let length = match one.end {
        Some(end) => {
            view! { "–"<TimeOfDay at=end/><span class="push">{t.length(end.at.since(one.start.at))}</span> }
        }
        None => {
            view! { {format!("· {}", t.machine_use_running())}<span class="push"><Elapsed since=one.start/></span> }
        }
    };
    view! { <li>{about}{day}<TimeOfDay at=one.start/>{length}</li> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, machine, visitor, words};
    use domain::{id::UseId, time::HOUR};
    use text::Lang;

    fn page(state: MachineState) -> Page {
        let midnight = NOW.shifted_to(NOW.at.before(HOUR * 14 + HOUR / 60 * 16));
        let one = |id, start, end| UseToday { id: UseId(id), start, end, approximate: id == 2 };
        Page {
            now: NOW,
            machine: machine(1, "Laser 1", state),
            place: Some("Laser room".into()),
            manual: Some("https://manuals.example/laser.pdf".into()),
            day: (midnight, midnight.shifted_to(midnight.at.after(HOUR * 24))),
            uses: vec![one(1, ago(300), Some(ago(180))), one(2, ago(120), Some(ago(90)))],
            used: 1_204 * 3_600_000,
            broker_lost: None,
        }
    }

    fn shown(lang: Lang, page: Page) -> String {
        html(visitor(lang), "/machines/1", move || view! { <Machine page=RwSignal::new(page)/> })
    }

    #[test]
    fn the_answer_comes_first_and_says_why() {
        for (state, answer, because) in [
            (MachineState::Free { since: Some(ago(96)) }, "yes", "Free Hold your card to the reader to start."),
            (MachineState::InUse { since: ago(42), silent: None }, "no", "In use for 42 min Since 13:34."),
            (MachineState::InUse { since: NOW, silent: None }, "no", "In use, just begun Since 14:16."),
            (
                MachineState::InUse { since: ago(42), silent: Some(ago(9)) },
                "no",
                "In use for 42 min Its board has been silent since 14:07",
            ),
            (MachineState::Offline { since: ago(74) }, "no", "Offline Since 13:02."),
            (MachineState::Unmanaged, "no", "No board It has no board"),
        ] {
            let html = shown(Lang::En, page(state)).replace("</p>", " </p>");
            assert!(html.contains(&format!(r#"data-answer="{answer}""#)), "{html}");
            assert!(words(&html).contains(because), "{because} in {}", words(&html));
        }
    }

    #[test]
    fn a_block_gives_its_reason() {
        let mut page = page(MachineState::Blocked { since: ago(30) });
        page.machine.blocked_because = Some("spindle noise".into());
        let html = shown(Lang::It, page).replace("</p>", " </p>");
        assert!(words(&html).contains("Bloccata spindle noise Dalle 13:46."), "{}", words(&html));
    }

    #[test]
    fn the_day_is_a_picture_with_words_and_a_list() {
        let html = shown(Lang::En, page(MachineState::Free { since: Some(ago(90)) }));
        assert!(html.contains(r#"aria-label="Today from 8 to 22: 2 uses today. Now 14:16.""#), "{html}");
        assert_eq!(html.matches(r#"<rect data-k="used""#).count(), 2, "{html}");
        let words = words(&html);
        assert!(words.contains("09:16–11:162 h"), "{words}");
        assert!(words.contains("about 12:16–12:4630 min"), "{words}");
    }

    #[test]
    fn facts_are_place_type_hours_and_the_manual() {
        let html = shown(Lang::It, page(MachineState::Unmanaged));
        let words = words(&html);
        assert!(words.contains("TipoLaser cutterPostoLaser roomUso totale1.204 h"), "{words}");
        assert!(html.contains(r#"href="https://manuals.example/laser.pdf""#), "{html}");
    }

    #[test]
    fn no_element_carries_an_inline_style() {
        let html = shown(Lang::En, page(MachineState::Free { since: None }));
        assert!(!html.contains("style="), "{html}");
    }
}
