//! Somebody's page: what keeps them out first, then figures, what they may and where it came from, and what may be done.
//!
//! Invariant: somebody the asker may not see answers as one who does not exist. Deliberately absent: what others see of
//! their own account (`me`).

use super::{
    Standing,
    api::{self, HelpIn, MarkCard, TakeOffSecondFactor, TakeStep},
    called,
    cards::Cards,
    help::Help,
    steps::Steps,
};
use crate::{
    call::{Asked, Call, asked},
    cards::marked::Marked,
    clock::use_clock,
    holds::Holds,
    lang,
    live::{followed, use_live},
    qualifications::{
        deeds::{Acts, DeedForms, any},
        standing::{Bans, HeldTable, History},
    },
    ui::{
        avatar::Avatar,
        changing::part,
        empty::Empty,
        icon::Icon,
        list::{LinkItem, whole},
        skeleton::SkeletonList,
    },
    visitor::use_visitor,
};
use domain::{actor::Rank, id::PersonId, live::Noun, people::PersonPage};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_params_map, lazy_route};
use std::time::Duration;

/// The calls of the page, and how often they were made.
#[derive(Clone, Copy)]
struct Calls {
    acts: Acts,
    take: Call<TakeStep>,
    mark: Call<MarkCard>,
    help: Call<HelpIn>,
    take_off: Call<TakeOffSecondFactor>,
}

impl std::fmt::Debug for Calls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Calls").finish_non_exhaustive()
    }
}

/// The page at `/people/:id`.
#[derive(Debug)]
pub struct Person;

/// What the page asks for. Made in the page's own chunk: whatever `data` does would lie in the first load of every page.
#[derive(Debug)]
struct Loaded {
    page: Asked<PersonPage>,
    calls: Calls,
}

impl Loaded {
    fn load() -> Self {
        let (params, live) = (use_params_map(), use_live());
        let calls = Calls {
            acts: Acts::new(),
            take: Call::new(),
            mark: Call::new(),
            help: Call::new(),
            take_off: Call::new(),
        };
        // What is not a number names nobody, and neither does 0.
        let id = move || params.with(|params| params.get_str("id").and_then(|id| id.parse().ok()).unwrap_or(0));
        let changes = move || {
            let more = calls.mark.version().get() + calls.take_off.version().get();
            calls.acts.version() + calls.take.version().get() + more
        };
        let page =
            asked(move || (id(), live.version(Noun::Person), changes()), |(id, ..)| api::person(PersonId(id)));
        Self { page, calls }
    }
}

#[lazy_route]
impl LazyRoute for Person {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let Person = this;
        let Loaded { page, calls } = Loaded::load();
        view! {
            <Crumb/>
            <Transition fallback=|| view! { <SkeletonList rows=4/> }>
                {followed(page, Box::new(move |page| {
                    let person = page.with_untracked(|page| page.id);
                    let (holds, mark) = (Holds::on(person), calls.mark);
                    view! { <Page page calls in_force=holds.in_force() holds=holds.card()/><Marked mark/><ul class="list"><LinkItem href=format!("/people/{person}/decisions") icon="scroll-text" title=lang::current().access_attempts()
                        second=lang::current().access_attempts_second()/></ul> }.into_any()
                }))}
            </Transition>
        }
        .into_any()
    }
}

/// Back to the list, or to one's own page for whoever has no list.
#[component]
fn Crumb() -> impl IntoView {
    let t = lang::current();
    let lists = use_visitor().who.is_some_and(|me| me.rank >= Rank::Manager || me.auditor);
    let (href, word) = if lists { ("/people", t.people_heading()) } else { ("/me", t.nav_me()) };
    view! { <a class="crumb" href=href><Icon name="chevron-left"/>{word}</a> }
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(
    page: RwSignal<PersonPage>,
    calls: Calls,
    /// What keeps them out now, which is asked for by itself.
    in_force: AnyView,
    /// The card to place a hold with.
    holds: AnyView,
) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.standing.now)));
    let id = page.with_untracked(|page| page.id);
    let name = Memo::new(move |_| page.with(|page| called(t, page.name.clone(), page.id)));
    // The server writes the title last, when what belongs to this page may be gone already.
    let first = name.get_untracked();
    let title = move || name.try_get().unwrap_or_else(|| first.clone());
    // Each part follows what it shows alone: an answer that says the same must not take away what is being typed.
    let bans = Memo::new(move |_| page.with(|page| page.standing.bans.clone()));
    let held = Memo::new(move |_| page.with(|page| page.standing.held.clone()));
    let history = Memo::new(move |_| page.with(|page| page.standing.history.clone()));
    let deeds = Memo::new(move |_| page.with(|page| page.standing.deeds.clone()));
    let steps = Memo::new(move |_| page.with(|page| (page.steps.clone(), page.refusals.clone())));
    let membership =
        Memo::new(move |_| steps.with(|(steps, refusals)| !(steps.is_empty() && refusals.is_empty())));
    let cards = Memo::new(move |_| page.with(|page| (page.cards.clone(), page.may_give_card)));
    let may_help_in = Memo::new(move |_| page.with(|page| page.may_help_in));
    let factor = Memo::new(move |_| page.with(|page| page.may_take_off_second_factor));
    view! {
        <Title text=title/>
        {part(move || Some(view! { <Head page=page.get()/> }))}
        {in_force}
        {part(move || Some(view! { <Bans bans=bans.get()/> }))}
        <nav class="tabs" aria-label=t.person_parts()>
            <Tab to="#standing" word=t.standing_heading() count=Signal::derive(move || Some(held.with(Vec::len)))/>
            <Tab to="#cards" word=t.person_cards() count=Signal::derive(move || Some(cards.with(|(cards, _)| cards.len())))/>
            {part(move || membership.get().then(|| view! {
                <Tab to="#membership" word=t.person_standing() count=Signal::stored(None)/>
            }))}
            <Tab to="#history" word=t.standing_history() count=Signal::derive(move || Some(history.with(Vec::len)))/>
        </nav>
        <div class="cols">
            <div class="col">
                {part(move || Some(view! { <Figures page=page.get()/> }))}
                <section class="group" aria-labelledby="standing">
                    <h2 class="group-head" id="standing">{t.standing_heading()}</h2>
                    {part(move || {
                        let held = held.get();
                        Some(if held.is_empty() {
                            view! {
                                <div class="card"><Empty icon="shield-check">
                                    <h3>{t.standing_none()}</h3><p>{t.standing_none_next()}</p>
                                </Empty></div>
                            }.into_any()
                        } else {
                            view! { <HeldTable held/> }.into_any()
                        })
                    })}
                    {part(move || Some(deeds.get()).filter(any).map(|deeds| view! {
                        <div class="card"><DeedForms person=id deeds acts=calls.acts back=None/></div>
                    }))}
                </section>
                {part(move || {
                    let (cards, may_give) = cards.get();
                    Some(view! { <Cards person=id cards may_give mark=calls.mark/> })
                })}
                {part(move || {
                    let (steps, refusals) = steps.get();
                    membership.get().then(|| view! {
                        <section class="card" aria-labelledby="membership">
                            <div class="card-head"><h2 id="membership">{t.person_standing()}</h2></div>
                            <Steps person=id name=name.get_untracked() steps refusals take=calls.take/>
                        </section>
                    })
                })}
                {holds}
                {part(move || may_help_in.get().then(|| view! {
                    <Help person=id factor help=calls.help take_off=calls.take_off/>
                }))}
            </div>
            <section class="group" aria-labelledby="history">
                <h2 class="group-head" id="history">{t.standing_history()}</h2>
                {part(move || {
                    let history = history.get();
                    Some(if history.is_empty() {
                        view! { <p class="muted">{t.standing_none()}</p> }.into_any()
                    } else {
                        view! { <div class="card"><History history/></div> }.into_any()
                    })
                })}
            </section>
        </div>
    }
}

/// Who this is.
#[component]
fn Head(page: PersonPage) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    let name = called(t, page.name, page.id);
    let mut about = vec![t.person_since(&t.month_and_year(page.since))];
    about.extend(page.left.map(|left| t.person_left(&t.date(left, now))));
    about.extend(page.email);
    let long = whole(&name).map(|_| "");
    let may_grant = !page.standing.deeds.grant.is_empty();
    view! {
        <header class="person-head">
            <Avatar name=name.clone()/>
            <div class="who">
                <h1 data-long=long>{name}</h1>
                <p class="marks">
                    <Standing status=page.status on_hold=false/>
                    {t.rank(page.rank).map(|rank| view! { " "<span class="badge" data-tone="info">{rank}</span> })}
                </p>
                <p class="muted">{about.join(" · ")}</p>
            </div>
            {(may_grant || page.may_hold).then(|| view! {
                <div class="btn-row">
                    {may_grant.then(|| view! { <Reach id="deed-grant" label=t.deed_grant() icon="shield-check"/> })}
                    {page.may_hold.then(|| view! { <Reach id="deed-hold" label=t.holds_place() icon="hand"/> })}
                </div>
            })}
        </header>
    }
}

/// The way to a part of the page.
#[component]
fn Tab(to: &'static str, word: &'static str, count: Signal<Option<usize>>) -> impl IntoView {
    // The router would only scroll; the browser moves the focus too.
    view! {
        <a href=to rel="external">{word}{part(move || count.get().map(|count| view! { " "<span class="n">{count}</span> }))}</a>
    }
}

/// The way to a form further down, which unfolds: by the browser, or by script where the browser does not.
#[component]
fn Reach(id: &'static str, label: &'static str, icon: &'static str) -> impl IntoView {
    let unfold = move |_| {
        let fold = document().get_element_by_id(id).and_then(|form| form.closest("details").ok().flatten());
        // Fails only for an invalid attribute name.
        drop(fold.map(|fold| fold.set_attribute("open", "")));
    };
    view! { <a class="btn" href=format!("#{id}") rel="external" on:click=unfold><Icon name=icon/>{label}</a> }
}

/// What they did lately.
#[component]
fn Figures(page: PersonPage) -> impl IntoView {
    let t = lang::current();
    let used = Duration::from_millis(page.used.try_into().unwrap_or(0));
    let mut learned: Vec<_> =
        page.standing.held.iter().map(|held| held.on.subject).filter(|on| on.is_learned()).collect();
    learned.dedup();
    view! {
        <dl class="kpis">
            <div><dt>{t.person_hours()}</dt><dd>{t.hours(used)}</dd></div>
            <div><dt>{t.person_uses()}</dt><dd>{page.uses}</dd></div>
            <div><dt>{t.person_may_use()}</dt><dd>{learned.len()}</dd></div>
        </dl>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use domain::{
        cards::CardState,
        id::{CardId, TypeId},
        people::{CardView, PersonStatus, Step},
        problem::{Kind, Problem},
        qualifications::{
            Relation, Subject,
            standing::{Deeds, Named, Standing as Stands},
        },
    };
    use text::Lang;

    fn somebody() -> PersonPage {
        let laser = Named {
            subject: Subject::Type(TypeId(3)),
            kind: TypeId(3),
            name: "Laser cutter".into(),
            built_in: None,
        };
        let deeds = Deeds { grant: vec![(laser, Relation::User)], ..Deeds::default() };
        PersonPage {
            id: PersonId(7),
            name: Some("Tomás Herrera".into()),
            email: Some("tomas@example.org".into()),
            status: PersonStatus::Active,
            rank: Rank::Member,
            since: ago(60 * 24 * 40),
            left: None,
            uses: 4,
            used: 7_200_000,
            cards: vec![CardView {
                id: CardId(5),
                ending: "0f".into(),
                state: CardState::Active,
                given: ago(60),
                may_lose: true,
            }],
            standing: Stands { now: NOW, held: vec![], bans: vec![], history: vec![], deeds },
            steps: vec![Step::Suspend],
            refusals: vec![],
            may_help_in: true,
            may_take_off_second_factor: false,
            may_give_card: false,
            may_hold: true,
        }
    }

    fn shown(lang: Lang, page: PersonPage) -> String {
        seen_by(visitor(lang), page)
    }

    fn seen_by(visitor: Visitor, page: PersonPage) -> String {
        html(visitor, "/people/7", move || {
            let calls = Calls {
                acts: Acts::new(),
                take: Call::new(),
                mark: Call::new(),
                help: Call::new(),
                take_off: Call::new(),
            };
            view! { <Page page=RwSignal::new(page) calls in_force=().into_any() holds=().into_any()/> }
        })
    }

    #[test]
    fn what_may_be_done_is_offered_and_names_the_person() {
        let html = shown(Lang::En, somebody());
        let said = words(&html);
        for line in ["Hours, 30 days2.0 h", "Card ending 0f", "Suspend: Tomás Herrera", "Help them in"] {
            assert!(said.contains(line), "{line} is not in {said}");
        }
        assert!(html.contains(r#"value="type:3/user" selected"#), "the only choice is chosen: {html}");
        assert!(!said.contains("Ban"), "what may not be done is not offered: {said}");
    }

    #[test]
    fn a_second_factor_is_taken_off_only_where_there_is_one() {
        let offered = |may| {
            let html = shown(Lang::En, PersonPage { may_take_off_second_factor: may, ..somebody() });
            html.contains("/people/take-off-second-factor")
                && words(&html).contains("Take off their second factor")
        };
        assert!(offered(true) && !offered(false));
    }

    #[test]
    fn a24_a_form_that_came_back_refused_is_open_with_what_was_typed() {
        let problem =
            Problem::new("qualification.ends-too-early", Kind::Invalid, "Please correct what is marked.")
                .field("grant_until", "Choose a day from today on.");
        let values =
            vec![("grant_until".into(), "2020-01-01".into()), ("grant_note".into(), "for the fair".into())];
        let echo = Some(Echo { function: "/api/qualifications/grant".into(), values, problem });
        let html = seen_by(Visitor { echo, ..visitor(Lang::En) }, somebody());
        assert_eq!(html.matches("<details open").count(), 1, "{html}");
        assert!(html.contains(r#"value="for the fair""#) && html.contains(r#"value="2020-01-01""#), "{html}");
        assert!(words(&html).contains("Choose a day from today on."), "{html}");
    }

    #[test]
    fn an_auditor_sees_and_changes_nothing() {
        let mut page = somebody();
        (page.steps, page.standing.deeds, page.may_help_in) = (vec![], Deeds::default(), false);
        page.cards[0] = CardView { ending: String::new(), may_lose: false, ..page.cards[0].clone() };
        let html = shown(Lang::It, page);
        assert!(!html.contains("<form"), "{html}");
        assert!(words(&html).contains("Tessera"), "{html}");
    }
}
