//! Draws: the list of all, with a form for another where managers plan them.
//!
//! Not here: one draw ([`one`]), the form of a wish ([`wish_form`]), and the verification ([`verify`]).

mod form;
mod in_words;
pub mod one;
mod result;
pub mod verify;
pub mod wish_form;

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{Kind as Press, Submit},
        changing::dynamic,
        empty::Empty,
        form::Form,
        list::LinkItem,
        register::NewEntry,
    },
};
use contract::draws::{self, DrawView, Draws, ListDraws};
use domain::{draws::State, live::Noun, time::Moment, versions::Saved};
use leptos::prelude::*;
use text::{Lang, time};

type AddDraw = Function<draws::AddDraw>;

/// The page at `/draws`.
pub fn draws_page() -> AnyView {
    let (live, add) = (use_live(), Call::<AddDraw>::new());
    let all: PageResource<Draws> =
        page_resource(move || (live.version(Noun::Draws), add.version().get()), |_| load(&ListDraws {}));
    live_page(lang::current().draws_title(), 4, all, move |all| view! { <Page all add/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(all: RwSignal<Draws>, add: Call<AddDraw>) -> impl IntoView {
    let t = lang::current();
    let section = move |state: State, id: &'static str, heading: &'static str| {
        dynamic(move || {
            let rows: Vec<_> = all.with(|all| {
                all.draws.iter().filter(|draw| draw.state == state).map(|draw| row(t, draw, all.now)).collect()
            });
            (!rows.is_empty()).then(|| {
                view! {
                    <section class="group" aria-labelledby=id>
                        <h2 class="group-head" id=id>{heading}</h2>
                        <ul class="list">{rows}</ul>
                    </section>
                }
            })
        })
    };
    let choices = all.with_untracked(|all| all.choices.clone());
    view! {
        <header class="page-head"><h1>{t.draws_title()}</h1><p class="sub">{t.draws_sub()}</p></header>
        {dynamic(move || all.with(|all| all.draws.is_empty()).then(|| view! {
            <div class="card"><Empty icon="ticket"><h2>{t.draws_none()}</h2><p>{t.draws_none_next()}</p></Empty></div>
        }))}
        {section(State::Open, "open", t.draws_open())}
        {section(State::Planned, "coming", t.draws_coming())}
        {section(State::Closed, "waiting", t.draws_waiting())}
        {section(State::Completed, "past", t.draws_past())}
        {choices.map(|rooms| view! {
            <NewEntry title=t.draw_new()>
                <Form action=add afresh=true>
                    {form::fields(t, &Saved::default(), &rooms)}
                    <div class="btn-row"><Submit label=t.draw_plan() kind=Press::Primary busy=add.pending()/></div>
                </Form>
            </NewEntry>
        })}
    }
}

fn row(t: Lang, draw: &DrawView, now: Moment) -> AnyView {
    let stage = match draw.state {
        State::Open => t.draws_until(&when(t, draw.closes)),
        State::Planned => t.draws_from(&when(t, draw.opens)),
        State::Closed => t.draws_on(&when(t, draw.draws)),
        State::Completed => t.draws_on(&draw.ran.map_or_else(String::new, |ran| t.brief(ran, now))),
    };
    let rooms = u32::try_from(draw.rooms.len()).unwrap_or(u32::MAX);
    let second = [t.draws_rooms(rooms), t.draws_weeks(draw.weeks.into()), stage].join(" · ");
    view! { <LinkItem href=format!("/draws/{}", draw.id) icon="ticket" title=draw.name.clone() second/> }
        .into_any()
}

/// `Sun 22 Nov, 22:00`.
fn when(t: Lang, moment: Moment) -> String {
    format!("{}, {}", t.short_date(moment.wall().date), time::clock(moment))
}

#[cfg(all(test, feature = "ssr"))]
pub(super) mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use contract::draws::DrawRoom;
    use domain::{
        draws::Entrants,
        id::{DrawId, RoomId},
        time::{DAY, Date},
    };

    pub(in crate::draws) fn draw(state: State) -> DrawView {
        let after = |days: u32| NOW.shifted_to(NOW.at.after(DAY * days));
        let before = |days: u32| NOW.shifted_to(NOW.at.before(DAY * days));
        let (opens, closes) = match state {
            State::Planned => (after(3), after(8)),
            State::Open => (before(2), after(3)),
            State::Closed | State::Completed => (before(7), before(2)),
        };
        DrawView {
            id: DrawId(7),
            version: 2,
            name: "Studios, spring 2027".into(),
            state,
            opens,
            closes,
            draws: after(9),
            first: Date { year: 2027, month: 1, day: 11 },
            last: Date { year: 2027, month: 4, day: 11 },
            weeks: 13,
            entrants: Entrants::Groups,
            limit: 5,
            rooms: vec![
                DrawRoom { id: RoomId(1), name: "Studio A".into(), capacity: 16 },
                DrawRoom { id: RoomId(2), name: "Studio B".into(), capacity: 12 },
            ],
            days: vec![0, 1, 2, 3, 4, 5],
            from: 480,
            to: 1_320,
            published: before(9),
            commitment: "75b324a671666e1ec91e4d87ea463b1ca95368a9b5689d20d11e5ab7cbc8e82a".into(),
            renewed: None,
            wishes_hash: (state >= State::Closed)
                .then(|| "0e4c91d27f30aa5861b2e9043dd7c1f688f2b30c19ae44d7f20c6b815a93d7ee".into()),
            entered: 3,
            wishes: 5,
            ran: (state == State::Completed).then(|| before(1)),
        }
    }

    fn page(draws: Vec<DrawView>, choices: Option<Vec<(RoomId, String)>>) -> String {
        html(visitor(Lang::En), "/draws", move || {
            let all = RwSignal::new(Draws { now: NOW, draws, choices });
            view! { <Page all add=Call::new()/> }
        })
    }

    #[test]
    fn draws_are_listed_by_state_and_planned_by_managers_alone() {
        let draws = [State::Open, State::Planned, State::Closed, State::Completed].map(draw).to_vec();
        let html = page(draws.clone(), None);
        let heads = ["Open for wishes", "Coming up", "Closed, to be drawn", "Drawn"];
        let places: Vec<_> = heads.iter().map(|head| html.find(head).expect(head)).collect();
        assert!(places.is_sorted(), "{html}");
        assert!(words(&html).contains("2 rooms · 13 weeks · until Sun 22 Nov, 14:16"), "{html}");
        assert!(!html.contains("?/draws/add"), "{html}");
        let html = page(draws, Some(vec![(RoomId(1), "Studio A".into())]));
        assert!(html.contains("?/draws/add") && html.contains(r#"name="rooms[]""#), "{html}");
    }

    #[test]
    fn no_draws_say_where_they_will_be_announced() {
        assert!(words(&page(vec![], None)).contains("When a room is drawn, it is announced here."));
    }
}
