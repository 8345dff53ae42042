//! Set-up, from an empty space to the first accepted tap: all steps at the side, and the form of one of them.
//!
//! Invariant: completed steps are computed from the data. After a step the next one opens, and what boards report
//! appears live.

use super::api::{self, AddFirstMachine, AddFirstMember, LetUse, STEPS};
use crate::{
    call::{Call, Function, PageResource, page_resource},
    lang,
    live::{beside, use_live},
    live_page::loaded,
    ui::delivery::Delivered,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind, Submit},
        changing::{dynamic, remount, text},
        form::{Field, Form, hidden},
        icon::{Icon, Mark},
        select::Select,
    },
};
use contract::{
    cards::UnknownCard,
    checklist::{FirstMachine, FirstStart},
    places,
};
use domain::{
    checklist::{Checklist, Step},
    id::UnknownCardId,
    live::Noun,
};
use leptos::{ev::Event, html, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

type AddFirstPlace = Function<places::AddFirstPlace>;

#[derive(Debug, Clone, Copy)]
struct Calls {
    place: Call<AddFirstPlace>,
    machine: Call<AddFirstMachine>,
    member: Call<AddFirstMember>,
    let_use: Call<LetUse>,
}

impl Calls {
    fn new() -> Self {
        Self { place: Call::new(), machine: Call::new(), member: Call::new(), let_use: Call::new() }
    }

    /// Number of submissions.
    fn sent(self) -> usize {
        let Self { place, machine, member, let_use } = self;
        place.version().get() + machine.version().get() + member.version().get() + let_use.version().get()
    }
}

/// Address of a step's page.
#[must_use]
pub fn page_of(step: Step) -> String {
    format!("{STEPS}?step={}", step.as_str())
}

fn load(calls: Calls) -> PageResource<FirstStart> {
    let live = use_live();
    let heard = move || (live.version(Noun::Machine), live.version(Noun::Person), live.version(Noun::Space));
    page_resource(move || (heard(), calls.sent()), |_| api::first_start())
}

/// The page at `/start`.
pub fn first_start_page() -> AnyView {
    let (t, calls) = (lang::current(), Calls::new());
    let answers = load(calls);
    let main = NodeRef::<html::Main>::new();
    view! {
        <Title text=t.checklist_title()/>
        <div class="start" data-steps="">
            <aside>
                <span class="brand"><Mark/><span>"Toolgate"</span></span>
                <div><p class="promise">{t.first_start_promise()}</p><p>{t.first_start_intro()}</p></div>
                <Transition fallback=|| ()>
                    {beside(answers, Box::new(move |page| {
                        let steps = Memo::new(move |_| page.with(|page| page.as_ref().map(|page| page.steps.clone())));
                        view! { <Side steps/> }.into_any()
                    }))}
                </Transition>
                <p><a class="link" href="/">{t.first_start_later()}</a></p>
            </aside>
            <main id="main" tabindex="-1" node_ref=main>
                {loaded(3, answers, move |page| view! { <Page page calls main/> }.into_any())}
            </main>
        </div>
    }
    .into_any()
}

/// The step in the address.
fn requested_step() -> Memo<Option<Step>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get_str("step").and_then(Step::parse)))
}

/// All steps in order, with their progress.
#[component]
fn Side(steps: Memo<Option<Checklist>>) -> impl IntoView {
    let (t, requested) = (lang::current(), requested_step());
    dynamic(move || {
        let list = steps.get()?;
        let visible = list.current_step(requested.get());
        let rows = list.steps.into_iter().zip(1..).map(|((step, done), number)| {
            let is_shown = visible == Some(step);
            let (state, name) = match (done, is_shown) {
                (true, _) => ("done", t.checklist_step_done()),
                (false, true) => ("now", t.checklist_step_open()),
                (false, false) => ("later", t.checklist_step_open()),
            };
            let dot =
                if done { view! { <Icon name="check"/> }.into_any() } else { view! { {number} }.into_any() };
            view! {
                <li data-step=state aria-current=is_shown.then_some("step")>
                    <span class="dot" aria-hidden="true">{dot}</span>
                    <div class="what">
                        <p class="t"><a href=page_of(step)>{t.checklist_step(step)}<span class="visually-hidden">", "{name}</span></a></p>
                        <p class="s">{t.checklist_why(step)}</p>
                    </div>
                </li>
            }
        });
        Some(view! { <ol class="path" aria-label=t.checklist_title()>{rows.collect_view()}</ol> })
    })
}

/// The current step, without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<FirstStart>, calls: Calls, main: NodeRef<html::Main>) -> impl IntoView {
    let (t, requested) = (lang::current(), requested_step());
    let visible = Memo::new(move |_| page.with(|page| page.steps.current_step(requested.get())));
    // After a submission, the focus goes to the top of the next step.
    Effect::new(move |before: Option<Option<Step>>| {
        let visible = visible.get();
        if before.is_some_and(|before| before != visible)
            && let Some(main) = main.get_untracked()
        {
            // Fails only on a detached element.
            drop(main.focus());
        }
        visible
    });
    let added = answered(calls.member);
    view! {
        <div role="status">{dynamic(move || added.get().map(|added| {
            let title = t.first_start_added(&added.name);
            match added.delivery {
                Some(delivery) => view! { <p>{title}</p><Delivered delivery/> }.into_any(),
                None => view! { <Banner tone=Tone::Go icon="circle-check" title>""</Banner> }.into_any(),
            }
        }))}</div>
        {dynamic(move || {
            let Some(step) = visible.get() else {
                return Some(view! { <Done page/> }.into_any());
            };
            let form = match step {
                Step::Places => places(page, calls),
                Step::Machines => machines(page, calls),
                Step::People => people(calls),
                Step::Card => card(page, calls),
                Step::Grant => grant(page, calls),
                Step::Swipe => swipe(page),
            };
            let (at, of) = page.with_untracked(|page| (page.steps.place(step), page.steps.count()));
            Some(view! {
                <div>
                    <p class="eyebrow">{t.first_start_step(&at.to_string(), &of.to_string())}</p>
                    <h1>{t.checklist_step(step)}</h1>
                </div>
                {form}
            }.into_any())
        })}
    }
}

fn places(page: RwSignal<FirstStart>, calls: Calls) -> AnyView {
    let t = lang::current();
    let there = page.with_untracked(|page| page.places.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>());
    view! {
        <p>{t.first_start_place_lead()}</p>
        {(!there.is_empty()).then(|| view! { <p class="muted">{there.join(" · ")}</p> })}
        <Form action=calls.place>
            <Field name="name" label=t.equipment_name() hint=t.first_start_place_hint() autocomplete="off"/>
            <div class="btn-row"><Submit label=t.places_add() kind=Kind::Primary busy=calls.place.pending()/></div>
        </Form>
    }
    .into_any()
}

fn machines(page: RwSignal<FirstStart>, calls: Calls) -> AnyView {
    let t = lang::current();
    let (kinds, places, number) =
        page.with_untracked(|page| (page.kinds.clone(), page.places.clone(), page.number));
    let number = if number == 0 { String::new() } else { number.to_string() };
    let lead = if kinds.is_empty() { t.first_start_machine_lead() } else { t.first_start_machine_lead_more() };
    // The latest location is the next machine's.
    let place = places.last().map(|(place, _)| place.to_string()).unwrap_or_default();
    let mut options: Vec<_> = places.into_iter().map(|(place, name)| (place.to_string(), name)).collect();
    options.push((String::new(), t.equipment_no_place().to_owned()));
    view! {
        <p>{lead}</p>
        <Form action=calls.machine>
            <Field name="name" label=t.equipment_name() hint=t.equipment_name_hint() autocomplete="off"/>
            {(!kinds.is_empty()).then(|| view! {
                <Field name="kind" label=t.equipment_type() hint=t.equipment_type_hint() suggestions=kinds/>
            })}
            {(options.len() > 1).then(|| view! { <Select name="place" label=t.equipment_place() options chosen=place/> })}
            <Field name="number" label=t.equipment_number() hint=t.equipment_number_hint() value=number/>
            <div class="btn-row"><Submit label=t.equipment_add() kind=Kind::Primary busy=calls.machine.pending()/></div>
        </Form>
    }
    .into_any()
}

fn people(calls: Calls) -> AnyView {
    let t = lang::current();
    view! {
        <p>{t.first_start_person_lead()}</p>
        <Form action=calls.member afresh=true>
            <Field name="name" label=t.people_their_name() autocomplete="off"/>
            <Field name="email" kind="email" label=t.first_start_email() hint=t.first_start_email_hint() autocomplete="off"/>
            <div class="btn-row">
                <Submit label=t.first_start_person_add() kind=Kind::Primary busy=calls.member.pending()/>
                <ButtonLink href="/people/invite" label=t.first_start_many().to_owned() kind=Kind::Ghost/>
            </div>
        </Form>
    }
    .into_any()
}

/// A first card: awaited, then assigned together with the qualification.
fn card(page: RwSignal<FirstStart>, calls: Calls) -> AnyView {
    let is_tapped = Memo::new(move |_| page.with(|page| !page.cards.is_empty()));
    let machine = Memo::new(move |_| page.with(|page| page.machine.clone()));
    let t = lang::current();
    dynamic(move || {
        let Some(machine) = machine.get() else { return Some(without_machine()) };
        Some(if is_tapped.get() {
            view! { <LetUseForm page calls machine with_card=true/> }.into_any()
        } else {
            waiting(machine, t.first_start_waiting_card().to_owned())
        })
    })
    .into_any()
}

fn grant(page: RwSignal<FirstStart>, calls: Calls) -> AnyView {
    match page.with_untracked(|page| page.machine.clone()) {
        Some(machine) => view! { <LetUseForm page calls machine with_card=false/> }.into_any(),
        None => without_machine(),
    }
}

fn swipe(page: RwSignal<FirstStart>) -> AnyView {
    let t = lang::current();
    let waited = Memo::new(move |_| {
        page.with(|page| {
            let name = page.people.iter().find(|(person, _)| Some(*person) == page.person);
            (page.machine.clone(), name.map(|(_, name)| name.clone()).unwrap_or_default())
        })
    });
    dynamic(move || {
        let (machine, name) = waited.get();
        Some(match machine {
            Some(machine) => waiting(machine, t.first_start_waiting_tap(&name)),
            None => without_machine(),
        })
    })
    .into_any()
}

fn without_machine() -> AnyView {
    let t = lang::current();
    view! { <p><a class="link" href=page_of(Step::Machines)>{t.first_start_no_machine()}</a></p> }.into_any()
}

/// Waiting for a tap on the reader of `machine`; or what prevents its board from reporting one.
fn waiting(machine: FirstMachine, next: String) -> AnyView {
    let t = lang::current();
    let FirstMachine { id, name, number, heard, .. } = machine;
    let Some(number) = number else {
        let href = format!("/machines/{id}/edit");
        return view! { <p><a class="link" href=href>{t.first_start_no_number()}</a></p> }.into_any();
    };
    if !heard {
        let title = t.machine_awaits_board(&number.to_string());
        return view! {
            <Banner tone=Tone::Warn icon="triangle-alert" title>
                <a class="link" href=format!("/boards?connect={id}#connect")>{t.board_how_to_connect()}</a>
            </Banner>
            {reload_link()}
        }
        .into_any();
    }
    let title = t.first_start_waiting(&name);
    view! { <Banner tone=Tone::Info icon="id-card" title>{next}</Banner>{reload_link()} }.into_any()
}

/// Without script the page must be reloaded.
fn reload_link() -> AnyView {
    view! { <noscript><a class="btn" href=STEPS>{lang::current().first_start_look()}</a></noscript> }.into_any()
}

/// The selected card while it is unknown, otherwise the last one tapped.
fn card_to_assign(stored: Option<UnknownCardId>, cards: &[UnknownCard]) -> Option<UnknownCardId> {
    let stored = cards.iter().find(|card| Some(card.id) == stored);
    stored.or(cards.first()).map(|card| card.id)
}

/// Whom to let use the type of `machine`, and who holds the tapped card.
#[component]
fn LetUseForm(page: RwSignal<FirstStart>, calls: Calls, machine: FirstMachine, with_card: bool) -> impl IntoView {
    let t = lang::current();
    let (people, person) = page.with_untracked(|page| (page.people.clone(), page.person));
    let options: Vec<_> = people.into_iter().map(|(person, name)| (person.to_string(), name)).collect();
    let person = person.map(|person| person.to_string()).unwrap_or_default();
    let cards = Memo::new(move |_| page.with(|page| page.cards.clone()));
    let FirstMachine { kind, kind_name, .. } = machine;
    let (whose, label) = if with_card {
        (t.first_start_whose(), t.first_start_assign(&kind_name))
    } else {
        (t.first_start_who(), t.first_start_let_use(&kind_name))
    };
    // The selection survives taps of other cards, including the card shown when a person is chosen.
    let visible = StoredValue::new(None::<UnknownCardId>);
    let stored = StoredValue::new(None::<UnknownCardId>);
    let keep_chosen =
        move |event: Event| stored.set_value(event_target_value(&event).parse().ok().map(UnknownCardId));
    let keep_shown = move |_| stored.update_value(|stored| *stored = stored.or(visible.get_value()));
    let tapped = move || {
        let cards = cards.get();
        let newest = cards.first()?;
        let message = t.first_start_tapped(&t.card_ending(&newest.ending), &newest.machine_name);
        let card = card_to_assign(stored.get_value(), &cards)?;
        visible.set_value(Some(card));
        let chosen = card.to_string();
        let one = (cards.len() == 1).then(|| hidden("card", &card));
        let options = cards.iter().map(|card| (card.id.to_string(), t.card_ending(&card.ending))).collect();
        let several = one.is_none().then(|| {
            let label = t.first_start_card();
            view! { <div on:change=keep_chosen><Select name="card" label options chosen/></div> }
        });
        Some(view! { <p class="t">{message}</p>{one}{several} })
    };
    view! {
        <Form action=calls.let_use>
            {hidden("kind", &kind)}
            // New elements, because a browser would keep the position of the selected option, not the card.
            {with_card.then(|| remount(tapped))}
            <div on:change=keep_shown><Select name="person" label=whose options chosen=person/></div>
            <div class="btn-row"><Submit label kind=Kind::Primary busy=calls.let_use.pending()/></div>
        </Form>
    }
}

/// All steps are done.
#[component]
fn Done(page: RwSignal<FirstStart>) -> impl IntoView {
    let t = lang::current();
    let message = text(move || {
        page.with(|page| page.accepted.as_ref().map(|(who, machine)| t.first_start_accepted(who, machine)))
            .unwrap_or_default()
    });
    view! {
        <h1>{t.first_start_done()}</h1>
        <div role="status"><p class="t">{message}</p></div>
        <div class="btn-row"><ButtonLink href="/" label=t.first_start_go().to_owned() kind=Kind::Primary/></div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::{
        checklist::Facts,
        id::{MachineId, PersonId, PlaceId, TypeId},
    };
    use text::Lang;

    fn first_start(facts: Facts) -> FirstStart {
        FirstStart {
            now: NOW,
            steps: facts.checklist(),
            places: vec![(PlaceId(1), "Hall".into()), (PlaceId(2), "Attic".into())],
            kinds: vec![],
            number: 1,
            machine: Some(FirstMachine {
                id: MachineId(7),
                name: "Laser".into(),
                number: Some(1),
                kind: TypeId(3),
                kind_name: "Laser cutter".into(),
                heard: true,
            }),
            people: vec![(PersonId(2), "Bob".into()), (PersonId(1), "Ada".into())],
            person: Some(PersonId(2)),
            cards: vec![],
            accepted: None,
        }
    }

    fn card(id: i64, ending: &str) -> UnknownCard {
        UnknownCard {
            id: UnknownCardId(id),
            ending: ending.into(),
            machine: MachineId(7),
            machine_name: "Laser".into(),
            seen: ago(1),
            times: 1,
            ignored: false,
        }
    }

    fn page(address: &'static str, start: FirstStart) -> String {
        html(visitor(Lang::En), address, move || {
            view! { <Page page=RwSignal::new(start) calls=Calls::new() main=NodeRef::new()/> }
        })
    }

    const BEFORE_CARD: Facts = Facts {
        place: true,
        machine: true,
        second_member: true,
        card_tapped: false,
        qualified: false,
        accepted: false,
    };

    #[test]
    fn next_step_has_form_with_new_location_selected() {
        let start = first_start(Facts { place: true, ..Facts::default() });
        let html = page("/start", start.clone());
        assert!(words(&html).contains("Step 2 of 6") && html.contains("/set-up/machine"), "{html}");
        assert!(html.contains(r#"value="2" selected"#) && html.contains(r#"name="number" value="1""#), "{html}");
        assert!(!html.contains(r#"name="kind""#), "the first type is called like the machine: {html}");
        let input = page("/start", FirstStart { kinds: vec!["Laser cutter".into()], ..start.clone() });
        assert!(input.contains(r#"name="kind""#), "{input}");
        assert!(page("/start?step=places", start).contains("/set-up/place"), "a step that is done is there too");
    }

    #[test]
    fn tapped_card_is_assigned_and_qualified_in_one_form() {
        let start = FirstStart { cards: vec![card(4, "3f")], ..first_start(BEFORE_CARD) };
        let html = page("/start", start.clone());
        assert!(words(&html).contains("Card ending 3f was tapped on Laser"), "{html}");
        assert!(html.contains(r#"name="card" value="4""#) && html.contains(r#"name="kind" value="3""#), "{html}");
        assert!(html.contains(r#"value="2" selected"#), "whoever was added last is meant: {html}");
        let several = page("/start", FirstStart { cards: vec![card(5, "07"), card(4, "3f")], ..start });
        assert_eq!(several.matches("<select").count(), 2, "which card, and whose: {several}");
    }

    #[test]
    fn later_tap_preserves_selected_card() {
        let [old, chosen, new] = [card(3, "11"), card(4, "3f"), card(5, "07")];
        let stored = Some(chosen.id);
        let of = |stored, cards: &[&UnknownCard]| {
            card_to_assign(stored, &cards.iter().copied().cloned().collect::<Vec<_>>())
        };
        assert_eq!(of(None, &[&chosen, &old]), stored, "the newest, as long as nobody chose");
        assert_eq!(of(stored, &[&new, &chosen, &old]), stored);
        assert_eq!(of(Some(old.id), &[&new, &chosen, &old]), Some(old.id));
        assert_eq!(of(stored, &[&new, &old]), Some(new.id), "somebody else assigned it");
        assert_eq!(of(stored, &[]), None);
    }

    #[test]
    fn card_step_without_tap_shows_missing_preconditions() {
        let start = first_start(BEFORE_CARD);
        assert!(words(&page("/start", start.clone())).contains("Waiting for a tap on Laser"));
        let unheard = start.machine.clone().map(|machine| FirstMachine { heard: false, ..machine });
        let html = page("/start", FirstStart { machine: unheard, ..start.clone() });
        assert!(words(&html).contains("Board 1 hasn’t connected yet"), "{html}");
        assert!(html.contains(r#"href="/boards?connect=7#connect""#), "{html}");
        let numberless = start.machine.clone().map(|machine| FirstMachine { number: None, ..machine });
        let html = page("/start", FirstStart { machine: numberless, ..start });
        assert!(html.contains(r#"href="/machines/7/edit""#), "{html}");
    }

    #[test]
    fn last_step_waits_for_accepted_card() {
        let facts = Facts { card_tapped: true, qualified: true, ..BEFORE_CARD };
        let html = page("/start", first_start(facts));
        assert!(words(&html).contains("Step 6 of 6") && words(&html).contains("Tap Bob’s card"), "{html}");
        let accepted = Some(("Bob".to_owned(), "Laser".to_owned()));
        let done = FirstStart { accepted, ..first_start(Facts { accepted: true, ..facts }) };
        assert!(words(&page("/start", done)).contains("Bob’s card was accepted at Laser."));
    }

    #[test]
    fn steps_are_listed_in_order_with_progress() {
        let html = html(visitor(Lang::En), "/start", || {
            let steps = Memo::new(|_| Some(Facts { place: true, ..Facts::default() }.checklist()));
            view! { <Side steps/> }
        });
        assert_eq!(html.matches("<li").count(), Step::ALL.len(), "{html}");
        assert_eq!(html.matches(r#"data-step="done""#).count(), 1, "{html}");
        assert_eq!(html.matches(r#"aria-current="step""#).count(), 1, "{html}");
        assert!(html.contains(r#"href="/start?step=machines""#), "{html}");
    }
}
