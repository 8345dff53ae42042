//! One draw: before it opens, while it takes wishes, until it is run, and its result.
//!
//! Invariant: forms are there only for those who may send them; the service checks it again. Not here: the result
//! ([`super::result`]).

use super::{
    form,
    in_words::{dates, grouped, renewed},
    result, when,
};
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, remount},
        facts::Facts,
        form::{Form, Summary, hidden, was_submitted},
        icon::Icon,
        versions::{VERSION, Versions, began},
    },
};
use contract::draws::{self, ActsFor, DrawEdit, DrawPage, DrawTrial, DrawView, ReadDrawPage, WishView};
use domain::{
    draws::{Obstacle, State},
    id::DrawId,
    live::Noun,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

type Save = Function<draws::SaveDraw>;
type Delete = Function<draws::DeleteDraw>;
type Run = Function<draws::RunDraw>;
type Try = Function<draws::TryDraw>;
type Withdraw = Function<draws::WithdrawWish>;

#[derive(Debug, Clone, Copy)]
pub(super) struct Calls {
    save: Call<Save>,
    delete: Call<Delete>,
    run: Call<Run>,
    attempt: Call<Try>,
    withdraw: Call<Withdraw>,
}

impl Calls {
    pub fn new() -> Self {
        Self {
            save: Call::new(),
            delete: Call::new(),
            run: Call::new(),
            attempt: Call::new(),
            withdraw: Call::new(),
        }
    }

    /// Number of submissions.
    fn sent(self) -> usize {
        let Self { save, delete, run, attempt: _, withdraw } = self;
        save.version().get() + delete.version().get() + run.version().get() + withdraw.version().get()
    }
}

/// The page at `/draws/{id}`.
pub fn draw_page(draw: DrawId) -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let page: PageResource<DrawPage> = page_resource(
        move || (live.version(Noun::Draws), calls.sent()),
        move |_| load(&ReadDrawPage { id: draw }),
    );
    live_page(lang::current().draws_title(), 6, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<DrawPage>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let round =
        Memo::new(move |_| query.with(|query| query.get_str("round").and_then(|round| round.parse().ok())));
    let fields = page.with_untracked(|page| page.edit.as_ref().map(|edit| form::versioned(t, &edit.rooms)));
    let tried = answered(calls.attempt);
    view! {
        <a class="crumb" href="/draws"><Icon name="chevron-left"/>{t.draws_title()}</a>
        {dynamic(move || Some(page.with(|page| head(t, page))))}
        {fields.map(|fields| view! { <Versions action=calls.save fields/> })}
        <Summary action=calls.withdraw/>
        <div class="draw-cols">
            // Not `dynamic`: an open form would stay where it is, and be that of another wish.
            <div>{remount(move || Some(page.with(|page| state_of(t, page, calls))))}</div>
            <div>
                {dynamic(move || page.with(|page| (page.draw.state == State::Completed).then(|| result::check(t, &page.draw))))}
                {dynamic(move || page.with(|page| (!page.turns.is_empty()).then(|| result::turns(t, page, round.get().unwrap_or(1)))))}
                {dynamic(move || page.with(|page| (page.draw.state != State::Completed).then(|| trust(t, &page.draw))))}
                {dynamic(move || page.with(|page| page.edit.as_ref().and_then(|edit| manage(t, &page.draw, edit, tried, calls))))}
            </div>
        </div>
    }
}

fn head(t: Lang, page: &DrawPage) -> AnyView {
    let draw = &page.draw;
    let entered = [t.draws_entrants(draw.entered), t.draws_wishes(draw.wishes)].join(", ");
    let second = match (draw.state, draw.ran) {
        (State::Planned, _) => t.draw_opens_on(&when(t, draw.opens)),
        (State::Completed, Some(ran)) => format!("{} · {entered}", t.draw_drawn_on(&when(t, ran))),
        _ => entered,
    };
    view! {
        <header class="machine-head"><h1>{draw.name.clone()}</h1><p>{second}</p></header>
        {stages(t, draw)}
    }
    .into_any()
}

fn stages(t: Lang, draw: &DrawView) -> AnyView {
    let (opens, closes) = (draw.opens.wall().date, draw.closes.wall().date);
    let window = format!("{}, {}", t.short_dates(opens, closes), time::clock(draw.closes));
    let texts = [
        t.draw_since(&t.short_day(draw.published.wall().date)),
        window,
        t.short_day(closes),
        when(t, draw.ran.unwrap_or(draw.draws)),
    ];
    let steps = State::ALL.iter().zip(texts).map(|(state, text)| {
        // A draw that has run is done with its last stage, too.
        let is_done = *state < draw.state || draw.state == State::Completed;
        let step = if is_done {
            "done"
        } else if *state == draw.state {
            "now"
        } else {
            "later"
        };
        let current = (step == "now").then_some("step");
        view! {
            <li data-step=step aria-current=current>
                <b>{is_done.then(|| view! { <Icon name="check"/> })}{t.draw_state(*state)}</b><span>{text}</span>
            </li>
        }
    });
    view! { <ol class="stages" aria-label=t.draw_stages()>{steps.collect_view()}</ol> }.into_any()
}

/// What the draw is about now.
fn state_of(t: Lang, page: &DrawPage, calls: Calls) -> AnyView {
    let draw = &page.draw;
    match draw.state {
        State::Planned => {
            let days = draw.opens.wall().date.days() - page.now.wall().date.days();
            let big = t.draw_opens_in(&t.in_days(days));
            view! {
                {answer("draw-answer", big, t.draw_opens_why(&when(t, draw.closes)))}
                {what(t, draw)}
                {acting(t, page)}
            }
            .into_any()
        }
        State::Open => view! {
            {own_wishes(t, page, calls)}
            <p class="why"><Icon name="info"/><span>{t.draw_hidden()}</span></p>
            {acting(t, page)}
            {what(t, draw)}
        }
        .into_any(),
        State::Closed => view! {
            {answer("draw-answer", t.draw_closed_answer(&when(t, draw.draws)), t.draw_closed_why().to_owned())}
            {own_wishes(t, page, calls)}
            {what(t, draw)}
        }
        .into_any(),
        State::Completed => view! { {result::own(t, page)}{what(t, draw)} }.into_any(),
    }
}

fn answer(id: &'static str, big: String, because: String) -> AnyView {
    view! {
        <section class="answer" data-answer="no" aria-labelledby=id>
            <div class="say"><h2 class="big" id=id>{big}</h2><p class="because">{because}</p></div>
        </section>
    }
    .into_any()
}

fn what(t: Lang, draw: &DrawView) -> AnyView {
    let rooms: Vec<_> = draw.rooms.iter().map(|room| room.name.as_str()).collect();
    let short = |day: &u16| {
        let name = t.weekday(u8::try_from(*day).unwrap_or_default());
        time::capitalised(&name.chars().take(3).collect::<String>())
    };
    let is_whole = draw.days.len() == 7 && draw.from == 0 && draw.to == 1_440;
    let times = if is_whole {
        t.draw_any_time().to_owned()
    } else {
        let days: Vec<_> = draw.days.iter().map(short).collect();
        format!("{} {}", days.join(", "), Lang::draw_clocks(u32::from(draw.from) * 60, u32::from(draw.to) * 60))
    };
    let range = format!(
        "{} {}, {}",
        t.short_dates(draw.first, draw.last),
        draw.last.year,
        t.draws_weeks(draw.weeks.into())
    );
    let facts = vec![
        (t.draw_rooms(), rooms.join(", ")),
        (t.draw_for(), range),
        (t.draw_times(), times),
        (t.draw_entrants(), t.draw_takes(draw.entrants).to_owned()),
        (t.draw_wishes(), t.draw_up_to(&draw.limit.to_string())),
        (t.draw_order(), t.draw_order_rule().to_owned()),
        (t.draw_you_win(), t.draw_prize(&t.draws_weeks(draw.weeks.into()))),
    ];
    view! {
        <section class="card" aria-labelledby="what"><div class="card-head"><h2 id="what">{t.draw_what()}</h2></div><Facts facts/></section>
    }
    .into_any()
}

/// For whom the reader can act.
fn acting(t: Lang, page: &DrawPage) -> AnyView {
    let names: Vec<_> = page.acts_for.iter().map(|one| name_of(t, one)).collect();
    let text = if names.is_empty() { t.draw_act_none().to_owned() } else { t.draw_act_for(&names.join(", ")) };
    view! { <p class="why"><Icon name="users-round"/><span>{text}</span></p> }.into_any()
}

pub(super) fn name_of(t: Lang, one: &ActsFor) -> String {
    one.name.clone().unwrap_or_else(|| t.draw_yourself().to_owned())
}

fn trust(t: Lang, draw: &DrawView) -> AnyView {
    let why = if draw.renewed.is_some() {
        t.draw_renewed_why().to_owned()
    } else {
        t.draw_trust_why(&t.short_day(draw.published.wall().date))
    };
    let wishes = draw.wishes_hash.clone().map(|hash| {
        view! { <p class="small">{t.draw_fingerprint_wishes()}</p><p class="hash" aria-label=t.draw_fingerprint_wishes()>{grouped(&hash)}</p> }
    });
    view! {
        <section class="card" aria-labelledby="trust">
            <div class="card-head"><h2 id="trust">{t.draw_trust()}</h2></div>
            <div class="draw-stack">
                {renewed(t, draw)}
                <p class="muted">{why}</p>
                <p class="hash" aria-label=t.draw_fingerprint()>{grouped(&draw.commitment)}</p>
                <p class="small muted">{t.draw_published(&when(t, draw.published))}</p>
                {wishes}
            </div>
        </section>
    }
    .into_any()
}

/// The wishes of each for whom the reader acts.
fn own_wishes(t: Lang, page: &DrawPage, calls: Calls) -> AnyView {
    let is_open = page.draw.state == State::Open;
    let mut sections = Vec::new();
    for (n, one) in page.acts_for.iter().enumerate() {
        let mine: Vec<_> = page.wishes.iter().filter(|wish| wish.mine && wish.group == one.group).collect();
        let heading = match &one.name {
            Some(name) => t.draw_wishes_of(name),
            None => t.draw_your_wishes().to_owned(),
        };
        let id = format!("wishes-{n}");
        let count = t.draw_n_of(&mine.len().to_string(), &page.draw.limit.to_string());
        let rows = mine.iter().map(|wish| wish_row(t, page.draw.id, wish, is_open.then_some(calls)));
        let list = if mine.is_empty() {
            view! { <p class="muted">{t.draw_no_wishes()}</p> }.into_any()
        } else {
            view! { <ul class="list">{rows.collect_view()}</ul> }.into_any()
        };
        let banners = mine.iter().filter(|wish| !wish.left_out.is_empty()).map(|wish| left_out(t, wish));
        let add = (is_open && mine.len() < usize::from(page.draw.limit)).then(|| {
            let label = one.name.as_ref().map_or_else(|| t.draw_add_wish().to_owned(), |name| t.draw_add_wish_for(name));
            let query = one.group.map_or_else(String::new, |group| format!("?for={group}"));
            let kind = if n == 0 { Press::Primary } else { Press::Quiet };
            view! { <div class="btn-row"><ButtonLink href=format!("/draws/{}/wish{query}", page.draw.id) label kind icon="plus"/></div> }
        });
        sections.push(view! {
            <section class="group" aria-labelledby=id.clone()>
                <h2 class="group-head" id=id.clone()>{heading}" "<span class="n">{count}</span></h2>
                {list}
                {banners.collect_view()}
                {add}
            </section>
        });
    }
    sections.collect_view().into_any()
}

fn wish_row(t: Lang, draw: DrawId, wish: &WishView, calls: Option<Calls>) -> AnyView {
    let times = t.draw_weekly(wish.from, wish.until);
    let about = format!("{}, {times}", wish.room_name);
    let id = wish.id;
    let actions = calls.map(|calls| {
        let label = format!("{}: {about}", t.draw_edit_wish());
        view! {
            <a class="btn" data-kind="ghost" data-icon="" href=format!("/draws/{draw}/wish?wish={id}") aria-label=label><Icon name="pencil"/></a>
            <Form action=calls.withdraw beside=true>
                {hidden("draw", &draw)}{hidden("wish", &id)}
                <Submit label=t.draw_withdraw() about kind=Press::Ghost busy=calls.withdraw.pending()/>
            </Form>
        }
    });
    view! {
        <li><div class="item" data-top="">
            <span class="tile"><Icon name="ticket"/></span>
            <span class="lines">
                <span class="t">{wish.room_name.clone()}</span>
                <span class="s">{time::capitalised(&times)}</span>
                <span class="s">{pips(t, wish.importance)}" "{wish.note.clone()}</span>
            </span>
            <div class="tail">{actions}</div>
        </div></li>
    }
    .into_any()
}

/// The importance as five pips.
fn pips(t: Lang, importance: u16) -> AnyView {
    let pips = (1..=5).map(|n| view! { <i data-on=(n <= importance).then_some("")></i> });
    view! { <span class="pips" role="img" aria-label=t.draw_importance_of(&importance.to_string())>{pips.collect_view()}</span> }
        .into_any()
}

fn left_out(t: Lang, wish: &WishView) -> AnyView {
    let count = u32::try_from(wish.left_out.len()).unwrap_or(u32::MAX);
    let about = format!("{}, {}", wish.room_name, t.draw_weekly(wish.from, wish.until));
    let text = t.draw_others_count(&about, &dates(t, wish));
    view! { <Banner tone=Tone::Warn icon="triangle-alert" title=t.draw_not_had(count)>{text}</Banner> }.into_any()
}

/// What managers do: run it, try it, change or delete it.
fn manage(
    t: Lang,
    draw: &DrawView,
    edit: &DrawEdit,
    tried: Signal<Option<DrawTrial>>,
    calls: Calls,
) -> Option<AnyView> {
    if draw.state == State::Completed {
        return None;
    }
    let id = draw.id;
    let run = (draw.state == State::Closed).then(|| {
        view! {
            <section class="card" aria-labelledby="run">
                <div class="card-head"><h2 id="run">{t.draw_run()}</h2></div>
                <Form action=calls.run>
                    {hidden("id", &id)}
                    <p class="muted">{t.draw_run_next()}</p>
                    <div class="btn-row"><Submit label=t.draw_run() kind=Press::Primary busy=calls.run.pending()/></div>
                </Form>
            </section>
        }
    });
    let attempt = (draw.state == State::Closed).then(|| {
        view! {
            <section class="card" aria-labelledby="try">
                <div class="card-head"><h2 id="try">{t.draw_try()}</h2></div>
                <Form action=calls.attempt>
                    {hidden("id", &id)}
                    <p class="muted">{t.draw_try_next()}</p>
                    <div class="btn-row"><Submit label=t.draw_try() busy=calls.attempt.pending()/></div>
                </Form>
                <div role="status">{dynamic(move || tried.get().map(|trial| outcome(t, &trial)))}</div>
            </section>
        }
    });
    let delete = (draw.state == State::Planned).then(|| {
        view! {
            <Form action=calls.delete>
                {hidden("id", &id)}
                <div class="btn-row"><Submit label=t.draw_delete() kind=Press::Danger busy=calls.delete.pending()/></div>
            </Form>
        }
    });
    let (saved, rooms) = (edit.saved.clone(), edit.rooms.clone());
    Some(
        view! {
            {run}{attempt}
            <details class="deed" open=was_submitted(Save::PATH)>
                <summary>{t.draw_edit()}</summary>
                <Form action=calls.save>
                    {hidden("id", &id)}{hidden(VERSION, &saved.version)}{began(&saved.fields)}
                    <p class="muted">{t.draw_edit_open()}</p>
                    {form::fields(t, &saved, &rooms)}
                    <div class="btn-row"><Submit label=t.equipment_save() kind=Press::Primary busy=calls.save.pending()/></div>
                </Form>
                {delete}
            </details>
        }
        .into_any(),
    )
}

/// The result of a trial.
fn outcome(t: Lang, trial: &DrawTrial) -> AnyView {
    let sum = t.draw_tried(&trial.won.to_string(), &t.draws_wishes(trial.wishes), &t.draws_rounds(trial.rounds));
    let count = u32::try_from(trial.obstacles.len()).unwrap_or(u32::MAX);
    let obstacles = trial.obstacles.iter().map(|one| {
        let why = Obstacle::parse(&one.reason).map_or("", |obstacle| t.draw_obstacle(obstacle));
        view! { <li>{one.room.clone()}": "{why}</li> }
    });
    view! {
        <p>{sum}</p>
        {(count > 0).then(|| view! { <p>{t.draw_tried_obstacles(count)}</p><ul>{obstacles.collect_view()}</ul> })}
        {(trial.left_out > 0).then(|| view! { <p class="muted">{t.draw_tried_left_out(trial.left_out)}</p> })}
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
pub(super) mod tests {
    use super::*;
    use crate::{
        draws::tests::draw,
        testing::{NOW, html, visitor, words},
    };
    use contract::draws::LeftOutView;
    use domain::{
        draws::LeftOut,
        id::{GroupId, RoomId, WishId},
        time::Date,
        versions::Saved,
    };

    pub(in crate::draws) fn wish_of(id: i64, group: i64, mine: bool) -> WishView {
        WishView {
            id: WishId(id),
            version: 1,
            group: Some(GroupId(group)),
            name: Some(if mine { "Bookbinders" } else { "Textile circle" }.into()),
            mine,
            room: RoomId(1),
            room_name: "Studio A".into(),
            from: 237_600,
            until: 248_400,
            importance: 4,
            note: mine.then(|| "presses are there".into()),
            outcome: None,
            round: None,
            turn: None,
            taken_by: None,
            series: None,
            booked: 0,
            left_out: Vec::new(),
        }
    }

    pub(in crate::draws) fn page(state: State) -> DrawPage {
        DrawPage {
            now: NOW,
            draw: draw(state),
            acts_for: vec![ActsFor { group: Some(GroupId(2)), name: Some("Bookbinders".into()) }],
            wishes: Vec::new(),
            entrants: Vec::new(),
            turns: Vec::new(),
            edit: None,
        }
    }

    pub(in crate::draws) fn render(address: &str, page: DrawPage) -> String {
        html(visitor(Lang::En), address, move || {
            let page = RwSignal::new(page);
            view! { <Page page calls=Calls::new()/> }
        })
    }

    #[test]
    fn planned_draw_shows_its_opening_and_the_fingerprint() {
        let html = render("/draws/7", page(State::Planned));
        let content = words(&html);
        assert!(content.contains("Opens in 3 days") && content.contains("75b324a6 71666e1e"), "{content}");
        assert!(content.contains("You act for Bookbinders"), "{content}");
        assert!(!html.contains("/draws/7/wish"), "{html}");
    }

    #[test]
    fn open_draw_shows_own_wishes_with_dates_that_cannot_be_had() {
        let left_out = vec![LeftOutView { day: Date { year: 2027, month: 2, day: 2 }, reason: LeftOut::Closed }];
        let wishes = vec![WishView { left_out, ..wish_of(17, 2, true) }];
        let html = render("/draws/7", DrawPage { wishes, ..page(State::Open) });
        let content = words(&html);
        assert!(content.contains("Wishes of Bookbinders 1 of 5"), "{content}");
        assert!(content.contains("Tuesdays 18:00–21:00") && content.contains("presses are there"), "{content}");
        assert!(content.contains("1 date can’t be had") && content.contains("2 Feb closed"), "{content}");
        for part in [
            r#"href="/draws/7/wish?wish=17""#,
            r#"href="/draws/7/wish?for=2""#,
            r#"aria-label="importance 4 of 5""#,
            "?/draws/withdraw",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(!html.contains("?/draws/run") && !html.contains("style="), "{html}");
    }

    #[test]
    fn only_managers_run_a_closed_draw() {
        assert!(!render("/draws/7", page(State::Closed)).contains("?/draws/run"));
        let edit = Some(DrawEdit {
            saved: Saved::new(2, vec![("name", "Studios".into())]),
            rooms: vec![(RoomId(1), "Studio A".into())],
        });
        let html = render("/draws/7", DrawPage { edit: edit.clone(), ..page(State::Closed) });
        assert!(html.contains("?/draws/run") && html.contains("?/draws/try"), "{html}");
        assert!(!html.contains("?/draws/delete"), "{html}");
        let html = render("/draws/7", DrawPage { edit: edit.clone(), ..page(State::Open) });
        assert!(html.contains("?/draws/save") && !html.contains("?/draws/try"), "wishes can still change: {html}");
        let html = render("/draws/7", DrawPage { edit, ..page(State::Planned) });
        assert!(html.contains("?/draws/delete") && !html.contains("?/draws/run"), "{html}");
    }
}
