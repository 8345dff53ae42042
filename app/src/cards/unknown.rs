//! The cards that nobody has claimed: where each was last seen; given to somebody, or put aside.

use super::api::{self, GiveUnknown, PutAside};
use crate::{
    call::{Asked, Call, asked},
    clock::use_clock,
    lang,
    live::{followed, use_live},
    manage::glossary::Glossary,
    people::api::MarkCard,
    ui::{
        answered::answered,
        button::{Kind, Submit},
        changing::part,
        empty::Empty,
        form::{Field, Form},
        icon::Icon,
        skeleton::SkeletonList,
        toast::{Toast, WayBack, refusals, taking_back},
    },
};
use domain::{
    cards::{CardDeed, Sorted, UnknownCard, UnknownCards},
    id::UnknownCardId,
    live::Noun,
    time::Moment,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_query_map, lazy_route};

/// The page at `/unknown-cards`.
#[derive(Debug)]
pub struct Unknown;

/// The calls of the page.
#[derive(Clone, Copy)]
struct Calls {
    give: Call<GiveUnknown>,
    aside: Call<PutAside>,
    mark: Call<MarkCard>,
}

impl Calls {
    fn new() -> Self {
        Self { give: Call::new(), aside: Call::new(), mark: Call::new() }
    }
}

/// What the page asks for. Made in the page's own chunk: whatever `data` does would lie in the first load of every page.
fn load(calls: Calls) -> Asked<UnknownCards> {
    let live = use_live();
    let changes = move || calls.give.version().get() + calls.aside.version().get() + calls.mark.version().get();
    let heard = move || (live.version(Noun::Machine), live.version(Noun::Person), live.version(Noun::Space));
    asked(move || (heard(), changes()), |_| api::unknown())
}

#[lazy_route]
impl LazyRoute for Unknown {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let Unknown = this;
        let calls = Calls::new();
        let answers = load(calls);
        view! {
            <Title text=lang::current().unknown_cards()/>
            <Transition fallback=|| view! { <SkeletonList rows=3/> }>
                {followed(answers, Box::new(move |page| view! { <Page page calls/> }.into_any()))}
            </Transition>
            <Glossary words=|t| vec![t.glossary_unknown(), t.glossary_card(), t.glossary_board(), t.glossary_expected()]/>
            <Done calls/>
        }
        .into_any()
    }
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(page: RwSignal<UnknownCards>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    // One card's form is open: by the address, so that it works without script.
    let open = Memo::new(move |_| query.with(|query| query.get_str("card")?.parse().ok().map(UnknownCardId)));
    let cards = Memo::new(move |_| page.with(|page| page.cards.clone()));
    view! {
        <header class="page-head"><h1>{t.unknown_cards()}</h1><p class="sub">{t.unknown_cards_sub()}</p></header>
        {part(move || {
            let (cards, now) = (cards.get(), page.with_untracked(|page| page.now));
            Some(if cards.is_empty() {
                view! {
                    <div class="card"><Empty icon="id-card"><h2>{t.unknown_none()}</h2><p>{t.unknown_none_next()}</p></Empty></div>
                }.into_any()
            } else {
                let names = page.with_untracked(|page| page.names.clone());
                let open = open.get();
                view! {
                    <ul class="list" aria-label=t.unknown_cards()>
                        {cards.into_iter().map(|card| {
                            let names = (open == Some(card.id)).then(|| names.clone());
                            view! { <li><Row card now names calls/></li> }
                        }).collect_view()}
                    </ul>
                }.into_any()
            })
        })}
    }
}

/// One card. `names` are there where the form to give it is open.
#[component]
fn Row(card: UnknownCard, now: Moment, names: Option<Vec<String>>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let name = t.card_ending(&card.ending);
    let seen = t.unknown_seen(card.times, &card.machine_name, &t.brief(card.seen, now));
    let (aside, word) = if card.ignored { ("no", t.unknown_take_up()) } else { ("yes", t.unknown_aside()) };
    let (about, to_whom, title) = (name.clone(), name.clone(), name.clone());
    let acts = if let Some(suggestions) = names {
        view! {
            <Form action=calls.give>
                <input type="hidden" name="card" value=card.id.to_string()/>
                <Field name="to" label=t.unknown_to() hint=t.unknown_to_hint() autocomplete="off" suggestions/>
                <div class="btn-row"><Submit label=t.unknown_give() about=to_whom kind=Kind::Primary busy=calls.give.pending()/></div>
            </Form>
        }
        .into_any()
    } else {
        view! {
            <div class="acts">
                <a class="btn" href=format!("/unknown-cards?card={}", card.id) aria-label=format!("{}: {name}", t.unknown_give())>{t.unknown_give()}</a>
                <Form action=calls.aside>
                    <input type="hidden" name="card" value=card.id.to_string()/>
                    <input type="hidden" name="aside" value=aside/>
                    <Submit label=word about kind=Kind::Ghost busy=calls.aside.pending()/>
                </Form>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="item">
            <span class="tile"><Icon name="id-card"/></span>
            <span class="lines">
                <span class="t">{title}</span>
                <span class="s">{seen}{card.ignored.then(|| format!(" · {}", t.unknown_is_aside()))}</span>
            </span>
            {acts}
        </div>
    }
}

/// What was done last, and the way back.
#[component]
fn Done(calls: Calls) -> impl IntoView {
    let t = lang::current();
    let (given, sorted, marked) = (answered(calls.give), answered(calls.aside), answered(calls.mark));
    let first = Signal::derive(move || given.get().filter(|_| marked.with(Option::is_none)));
    let said = Signal::derive(move || match (first.get(), sorted.get(), marked.get()) {
        (Some(Sorted::Given { ending, name, .. }), ..) => Some(t.unknown_given(&t.card_called(&ending), &name)),
        (_, _, Some(marked)) => Some(t.card_marked(marked.deed, &t.card_called(&marked.ending))),
        (_, Some(Sorted::Ignored { ending, aside, .. }), _) => {
            let card = t.card_called(&ending);
            Some(if aside { t.unknown_put_aside(&card) } else { t.unknown_taken_up(&card) })
        }
        _ => None,
    });
    let undo: WayBack = Box::new(move || match (first.get_untracked(), sorted.get_untracked()) {
        (Some(Sorted::Given { card, .. }), _) => Some(
            view! {
                <Form action=calls.mark>
                    <input type="hidden" name="card" value=card.to_string()/>
                    <input type="hidden" name="deed" value=CardDeed::Retire.word()/>
                    {taking_back()}
                    <Submit label=t.undo() kind=Kind::Ghost busy=calls.mark.pending()/>
                </Form>
            }
            .into_any(),
        ),
        (_, Some(Sorted::Ignored { card, aside, .. })) => Some(
            view! {
                <Form action=calls.aside>
                    <input type="hidden" name="card" value=card.to_string()/>
                    <input type="hidden" name="aside" value=if aside { "no" } else { "yes" }/>
                    {taking_back()}
                    <Submit label=t.undo() kind=Kind::Ghost busy=calls.aside.pending()/>
                </Form>
            }
            .into_any(),
        ),
        _ => None,
    });
    view! { <Toast said undo refused=vec![refusals(calls.mark), refusals(calls.aside)]/> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::id::MachineId;
    use text::Lang;

    fn page(address: &'static str, cards: Vec<UnknownCard>) -> String {
        html(visitor(Lang::En), address, move || {
            let names = vec!["Ada".to_owned()];
            let page = RwSignal::new(UnknownCards { now: NOW, cards, names });
            view! { <Page page calls=Calls::new()/> }
        })
    }

    fn card(id: i64, ignored: bool) -> UnknownCard {
        UnknownCard {
            id: UnknownCardId(id),
            ending: "3f".into(),
            machine: MachineId(1),
            machine_name: "Laser 1".into(),
            seen: ago(25),
            times: 2,
            ignored,
        }
    }

    #[test]
    fn each_card_says_where_it_was_seen_and_one_form_opens_by_its_address() {
        let html = page("/unknown-cards?card=4", vec![card(4, false), card(5, true)]);
        let said = words(&html);
        assert!(said.contains("Card ending 3f2 times, last at Laser 1"), "{said}");
        assert_eq!(html.matches(r#"action="?card=4&amp;/cards/give-unknown""#).count(), 1, "{html}");
        assert!(html.contains(r#"<option value="Ada""#) && said.contains("put aside"), "{html}");
    }

    #[test]
    fn an_empty_list_teaches_how_a_card_gets_here() {
        assert!(words(&page("/unknown-cards", vec![])).contains("Hold a new card to any reader"));
    }
}
