//! Choosing a slot: the earliest is preselected, so one tap requests it.
//!
//! Invariant: a slot taken by another person in the meantime stays in place, struck through, so that nothing moves
//! under the finger; if it was the selected one, nothing is selected.

use super::{
    StateWord,
    api::{self, AskForCheckout, MoveCheckout, RequestTime},
    called, span, when,
};
use crate::{
    call::{Call, Posted, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        avatar::Avatar,
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Form, hidden, use_form, was_submitted},
        icon::Icon,
        text_area::TextArea,
    },
};
use contract::checkouts::{Appointment, NotReady, SlotDay, SlotView, Slots};
use domain::{
    id::{PersonId, TypeId},
    live::Noun,
    time::{Date, Moment},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

/// The page at `/checkouts/types/:id`.
pub fn slots_page(kind: TypeId) -> AnyView {
    let live = use_live();
    let (ask, moved, time_request) =
        (Call::<AskForCheckout>::new(), Call::<MoveCheckout>::new(), Call::<RequestTime>::new());
    // Bookings, closures and blocks take slots too.
    let taken = move || (live.version(Noun::Checkouts), live.version(Noun::Bookings), live.version(Noun::Machine));
    let source = move || (taken(), live.version(Noun::Person), time_request.version().get());
    let answers = page_resource(source, move |_| api::slots(kind));
    live_page(lang::current().checkout_slots_title(), 4, answers, move |slots| {
        view! { <Page slots ask moved time_request/> }.into_any()
    })
}

/// Form value of a slot.
fn value(slot: &SlotView) -> String {
    format!("{}@{}", slot.trainer, slot.starts.at.0)
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(
    slots: RwSignal<Slots>,
    ask: Call<AskForCheckout>,
    moved: Call<MoveCheckout>,
    time_request: Call<RequestTime>,
) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(slots.with(|slots| slots.now)));
    let with =
        Memo::new(move |_| query.with(|query| query.get_str("with").and_then(|id| id.parse().ok()).map(PersonId)));
    let kind = slots.with_untracked(|slots| slots.kind);
    let open = Memo::new(move |_| slots.with(|slots| slots.mine.clone().filter(|mine| mine.state.is_open())));
    let visible = Memo::new(move |_| slots.with(|slots| slots.not_ready.is_none() || open.with(Option::is_some)));
    view! {
        <a class="crumb" href="/learn"><Icon name="chevron-left"/>{t.nav_learn()}</a>
        <header class="page-head">
            <h1>{t.checkout_slots_title()}</h1>
            <p class="sub">{move || slots.with(|slots| t.checkout_slots_sub(&slots.kind_name))}</p>
        </header>
        {dynamic(move || slots.with(|slots| {
            slots.mine.clone().filter(|mine| mine.state.is_open() || mine.note.is_some()).map(|mine| last(&mine, slots.now))
        }))}
        {dynamic(move || slots.with(|slots| slots.not_ready.clone().map(|why| not_ready(t, &why, slots.now))))}
        {dynamic(move || visible.get().then(|| view! {
            <Faces slots with kind/>
            {dynamic(move || Some(match open.get() {
                Some(open) => view! {
                    <Choice slots with action=moved field="id" about=open.id.to_string() label=t.checkout_move() time_request kind/>
                }.into_any(),
                None => view! {
                    <Choice slots with action=ask field="kind" about=kind.to_string() label=t.checkout_request() time_request kind/>
                }.into_any(),
            }))}
        }))}
    }
}

/// The reader's open appointment, or the last result.
fn last(mine: &Appointment, now: Moment) -> AnyView {
    let t = lang::current();
    let title = if mine.state.is_open() { t.checkout_mine() } else { t.checkout_last() };
    let with = t.checkout_with(&called(mine.trainer_name.as_ref()));
    view! {
        <section class="card checkout" aria-label=title>
            <StateWord state=mine.state/>
            <p class="when">{when(t, mine, now)}</p>
            <p class="s">{with}</p>
            {mine.note.clone().map(|note| view! { <p>"“"{note}"”"</p> })}
            <div class="btn-row">
                <ButtonLink href=format!("/checkouts/{}", mine.id) label=t.checkout_open_mine().to_owned()/>
            </div>
        </section>
    }
    .into_any()
}

fn not_ready(t: Lang, why: &NotReady, now: Moment) -> AnyView {
    let message = match why {
        NotReady::Qualified => t.checkout_already().to_owned(),
        NotReady::Requires(types) => t.checkout_first(&types.join(", ")),
        NotReady::Training(modules) => t.checkout_training(*modules),
        NotReady::Retry(at) => t.checkout_again(&t.exact(*at, now)),
    };
    let (href, label, icon) = match why {
        NotReady::Training(_) => ("/learn", t.learn_title(), "play"),
        NotReady::Qualified => ("/book", t.book_find(), "calendar-days"),
        _ => ("/", t.nav_now(), "activity"),
    };
    view! {
        <div class="card"><Empty icon="info">
            <p>{message}</p>
            <div class="btn-row"><ButtonLink href label=label.to_owned() icon/></div>
        </Empty></div>
    }
    .into_any()
}

/// Whose slots are shown: everybody's, or one trainer's. Links, so that it works without script.
#[component]
fn Faces(slots: RwSignal<Slots>, with: Memo<Option<PersonId>>, kind: TypeId) -> impl IntoView {
    let t = lang::current();
    let page = format!("/checkouts/types/{kind}");
    dynamic(move || {
        let trainers = slots.with(|slots| slots.trainers.clone());
        let page = page.clone();
        (trainers.len() > 1).then(|| {
            let faces = trainers.into_iter().map(|trainer| {
                let chosen = with.get() == Some(trainer.id);
                let first = trainer.name.split_whitespace().next().unwrap_or_default().to_owned();
                view! {
                    <a href=format!("{page}?with={}", trainer.id) aria-current=chosen.then_some("true")>
                        <Avatar name=trainer.name size="md"/><span>{first}" "<span class="n">{trainer.slots}</span></span>
                    </a>
                }
            });
            view! {
                <nav class="faces" aria-label=t.checkout_trainer()>
                    <a href=page.clone() aria-current=with.get().is_none().then_some("true")>
                        <span class="all"><Icon name="users-round"/></span><span>{t.checkout_anyone()}</span>
                    </a>
                    {faces.collect_view()}
                </nav>
            }
        })
    })
}

/// The slots as radio buttons, and the button that requests the selected one.
#[component]
fn Choice<F: Posted>(
    slots: RwSignal<Slots>,
    with: Memo<Option<PersonId>>,
    action: Call<F>,
    /// Name and value of the field with the type or appointment.
    field: &'static str,
    about: String,
    label: &'static str,
    time_request: Call<RequestTime>,
    kind: TypeId,
) -> impl IntoView {
    let t = lang::current();
    // What was free when the page was opened.
    let seen = StoredValue::new(slots.with_untracked(|slots| slots.days.clone()));
    let theirs = move |slot: &SlotView| with.get().is_none_or(|with| with == slot.trainer);
    let offered = Memo::new(move |_| {
        slots.with(|slots| {
            let all: Vec<_> = slots.days.iter().flat_map(|day| day.slots.clone()).filter(&theirs).collect();
            all
        })
    });
    // The earliest, until another is selected.
    let chosen = RwSignal::new(offered.with_untracked(|offered| offered.first().map(value)));
    let current = Memo::new(move |_| {
        let requested = chosen.get();
        offered.with(|offered| slots.with(|slots| still_offered(slots, offered, requested.as_deref())))
    });
    let is_chosen = Memo::new(move |_| current.with(Option::is_some));
    let days = Memo::new(move |_| {
        slots.with(|slots| {
            slots
                .days
                .iter()
                .zip(seen.get_value())
                .map(|(day, before)| {
                    let mut visible: Vec<(SlotView, bool)> =
                        day.slots.iter().cloned().map(|slot| (slot, false)).collect();
                    let gone = before.slots.into_iter().filter(|slot| {
                        before.date == day.date && slot.starts.at > slots.now.at && !day.slots.contains(slot)
                    });
                    visible.extend(gone.map(|slot| (slot, true)));
                    visible.retain(|(slot, _)| theirs(slot));
                    visible.sort_by_key(|(slot, _)| (slot.starts.at, slot.trainer));
                    Row { day: SlotDay { slots: Vec::new(), ..day.clone() }, visible }
                })
                .collect::<Vec<_>>()
        })
    });
    let is_empty = Memo::new(move |_| offered.with(Vec::is_empty));
    view! {
        {dynamic(move || is_empty.get().then(|| slots.with(|slots| {
            let today = slots.now.wall().date;
            let last = slots.days.last().map(|day| t.weekday_date(day.date, today)).unwrap_or_default();
            let next = if slots.may_wish { t.checkout_none_ask() } else { t.checkout_none_next() };
            view! { <div class="card"><Empty icon="clock"><h2>{t.checkout_none_until(&last)}</h2><p>{next}</p></Empty></div> }
        })))}
        <Form action=action>
            {hidden(field, &about)}
            <Refusal/>
            {dynamic(move || Some({
                let (rows, today) = (days.get(), slots.with(|slots| slots.now).wall().date);
                let last = rows.last().map(|row| row.day.date);
                view! {
                    <h2 class="visually-hidden">{t.checkout_free_until(&last.map(|date| t.weekday_date(date, today)).unwrap_or_default())}</h2>
                    <ul class="slot-days">{groups(&rows).into_iter().map(|group| shown_group(t, &group, today, current, chosen)).collect_view()}</ul>
                }
            }))}
            {dynamic(move || (!is_empty.get()).then(|| view! {
                <div class="dock">
                    <p class="sum" role="status">{dynamic(move || Some(match current.get() {
                        Some(slot) => view! {
                            <b>{span(t, slot.starts, slot.ends, slots.with(|slots| slots.now))}</b>
                            <span>{t.checkout_with(&slot.trainer_name)}</span>
                        }.into_any(),
                        None => t.checkout_choice_gone().into_any(),
                    }))}</p>
                    {dynamic(move || is_chosen.get().then(|| view! { <Submit label kind=Kind::Primary busy=action.pending()/> }))}
                    <p class="small muted">{t.checkout_by_trainer()}</p>
                </div>
            }))}
        </Form>
        <Wished slots time_request kind is_empty/>
    }
}

/// The selected slot while it is free; the earliest if another trainer's slots are shown. `None` if another person took
/// it: nobody requests a slot they did not choose.
fn still_offered(slots: &Slots, offered: &[SlotView], requested: Option<&str>) -> Option<SlotView> {
    let is_wanted = |slot: &&SlotView| requested.is_none_or(|requested| value(slot) == requested);
    let is_free = slots.days.iter().flat_map(|day| &day.slots).any(|slot| is_wanted(&slot));
    offered.iter().find(is_wanted).or_else(|| offered.first().filter(|_| is_free)).cloned()
}

/// None suits: the form that tells trainers, or a note that it was sent.
#[component]
fn Wished(
    slots: RwSignal<Slots>,
    time_request: Call<RequestTime>,
    kind: TypeId,
    is_empty: Memo<bool>,
) -> impl IntoView {
    let t = lang::current();
    let reported = Memo::new(move |_| slots.with(|slots| slots.wished.map(|at| t.exact(at, slots.now))));
    let may = Memo::new(move |_| slots.with(|slots| slots.may_wish));
    view! {
        {dynamic(move || reported.get().map(|when| view! {
            <section class="banner" data-tone="info" role="status">
                <Icon name="mail"/>
                <div><p class="t">{t.checkout_wished()}</p><p>{t.checkout_wished_next(&when)}</p></div>
            </section>
        }))}
        {dynamic(move || may.get().then(|| view! {
            <details class="card wish" open=is_empty.get_untracked() || was_submitted(RequestTime::PATH)>
                <summary class="item">
                    <span class="tile"><Icon name="mail"/></span>
                    <span class="lines">
                        <span class="t">{if is_empty.get() { t.checkout_ask_for_time() } else { t.checkout_none_of_these() }}</span>
                        <span class="s">{t.checkout_none_of_these_next()}</span>
                    </span>
                    <Icon name="chevron-right"/>
                </summary>
                <Form action=time_request>
                    {hidden("kind", &kind)}
                    <TextArea name="note" label=t.checkout_when_label() value=String::new() hint=t.checkout_when_hint()/>
                    <div class="btn-row"><Submit label=t.checkout_wish_send() busy=time_request.pending()/></div>
                </Form>
            </details>
        }))}
    }
}

/// Why a slot was refused, beside the slots.
#[component]
fn Refusal() -> impl IntoView {
    let form = use_form();
    let message = Signal::derive(move || form.as_ref()?.message("starts"));
    view! {
        <p class="error" id="starts-problem">
            {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
        </p>
    }
}

/// A slot: free, or taken in the meantime.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    day: SlotDay,
    visible: Vec<(SlotView, bool)>,
}

/// Days with slots alone, and consecutive days without in one group.
fn groups(rows: &[Row]) -> Vec<Vec<Row>> {
    let mut groups: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        match groups.last_mut() {
            Some(group) if row.visible.is_empty() && group.iter().all(|other| other.visible.is_empty()) => {
                group.push(row.clone());
            }
            _ => groups.push(vec![row.clone()]),
        }
    }
    groups
}

/// `Thursday 19 November`, at the beginning of a line.
fn day_name(t: Lang, date: Date, today: Date) -> String {
    time::capitalised(&t.weekday_date(date, today))
}

fn shown_group(
    t: Lang,
    group: &[Row],
    today: Date,
    current: Memo<Option<SlotView>>,
    chosen: RwSignal<Option<String>>,
) -> AnyView {
    let [first, ..] = group else { return ().into_any() };
    if first.visible.is_empty() {
        let (from, to) = (&first.day, group.last().map_or(&first.day, |row| &row.day));
        let days = if from.date == to.date {
            day_name(t, from.date, today)
        } else {
            format!("{} – {}", day_name(t, from.date, today), t.weekday_date(to.date, today))
        };
        let why = group.iter().map(|row| {
            let why: Vec<_> = row.day.obstacles.iter().map(|&obstacle| t.checkout_obstacle(obstacle)).collect();
            let why = if why.is_empty() { t.checkout_obstacle_none().to_owned() } else { why.join(", ") };
            view! { <dt>{day_name(t, row.day.date, today)}</dt><dd>{why}</dd> }
        });
        return view! {
            <li data-none=""><details class="no-slots">
                <summary><span><b>{days}": "</b>{t.checkout_no_times()}</span><Icon name="chevron-right"/></summary>
                <dl>{why.collect_view()}</dl>
            </details></li>
        }
        .into_any();
    }
    let times = first.visible.iter().map(|(slot, gone)| {
        let first_name = slot.trainer_name.split_whitespace().next().unwrap_or_default().to_owned();
        let (clock, named) = (time::clock(slot.starts), value(slot));
        if *gone {
            return view! {
                <li><span class="gone"><Avatar name=slot.trainer_name.clone() size="sm"/><b>{clock}</b><span class="s">{t.checkout_just_taken()}</span></span></li>
            }
            .into_any();
        }
        let this = named.clone();
        let checked = Signal::derive(move || current.with(|current| current.as_ref().is_some_and(|slot| value(slot) == this)));
        let choose = named.clone();
        view! {
            <li><label>
                <input type="radio" name="starts" value=named checked=checked.get_untracked() prop:checked=checked
                    on:change=move |_| chosen.set(Some(choose.clone()))/>
                <Avatar name=slot.trainer_name.clone() size="sm"/><b>{clock}</b><span class="s">{first_name}</span>
            </label></li>
        }
        .into_any()
    });
    let near = t.in_days(first.day.date.days() - today.days());
    view! {
        <li><h3>{day_name(t, first.day.date, today)}<span class="n">{near}</span></h3>
            <ul class="times" data-who="" role="list">{times.collect_view()}</ul></li>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::NOW;

    #[test]
    fn taken_slot_clears_the_selection() {
        let slot = |trainer: i64| SlotView {
            starts: NOW,
            ends: NOW,
            trainer: PersonId(trainer),
            trainer_name: "Jonas".to_owned(),
        };
        let mut slots = Slots {
            now: NOW,
            kind: TypeId(7),
            kind_name: "Lathe".to_owned(),
            not_ready: None,
            trainers: Vec::new(),
            days: vec![SlotDay { date: NOW.wall().date, slots: vec![slot(2), slot(5)], obstacles: Vec::new() }],
            mine: None,
            wished: None,
            may_wish: false,
        };
        let requested = value(&slot(5));
        let all = [slot(2), slot(5)];
        assert_eq!(still_offered(&slots, &all, Some(&requested)), Some(slot(5)));
        assert_eq!(
            still_offered(&slots, &all[..1], Some(&requested)),
            Some(slot(2)),
            "of the trainer who is looked at"
        );
        slots.days[0].slots.truncate(1);
        assert_eq!(still_offered(&slots, &all[..1], Some(&requested)), None);
    }
}
