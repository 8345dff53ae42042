//! The result of a draw: what each got, why a wish was not won, all turns, and where it can be checked.

use super::in_words::{dates, grouped, renewed};
use crate::ui::{button::ButtonLink, icon::Icon};
use contract::draws::{ActsFor, DrawPage, DrawView, EntrantView, TurnView, WishView};
use domain::{draws::Obstacle, id::WishId};
use leptos::prelude::*;
use text::Lang;

/// What those got for whom the reader acts, with the reason for each wish that was not won.
pub fn own(t: Lang, page: &DrawPage) -> AnyView {
    let mut acts_for = page.acts_for.clone();
    // Also wishes of groups that the reader administered when the draw took only groups, or themselves.
    for wish in page.wishes.iter().filter(|wish| wish.mine) {
        if !acts_for.iter().any(|one| one.group == wish.group) {
            acts_for.push(ActsFor { group: wish.group, name: wish.group.and(wish.name.clone()) });
        }
    }
    let cards = acts_for.iter().enumerate().filter_map(|(n, one)| {
        let mine: Vec<_> = page.wishes.iter().filter(|wish| wish.mine && wish.group == one.group).collect();
        (!mine.is_empty()).then(|| card(t, page, one, &mine, format!("result-{n}")))
    });
    cards.collect_view().into_any()
}

fn card(t: Lang, page: &DrawPage, one: &ActsFor, mine: &[&WishView], id: String) -> AnyView {
    let won = mine.iter().filter(|wish| is_won(wish)).count().to_string();
    let all = mine.len().to_string();
    let heading =
        one.name.as_ref().map_or_else(|| t.draw_you_got(&won, &all), |name| t.draw_got(name, &won, &all));
    // Won ones first, in the order of their rounds.
    let mut sorted = mine.to_vec();
    sorted.sort_by_key(|wish| (!is_won(wish), wish.round, wish.turn, wish.id));
    let rows =
        sorted.into_iter().map(|wish| if is_won(wish) { won_row(t, wish) } else { lost_row(t, page, wish) });
    view! {
        <section class="card" data-flush="" aria-labelledby=id.clone()>
            <div class="card-head big-head"><h2 id=id.clone()>{heading}</h2></div>
            {rows.collect_view()}
        </section>
    }
    .into_any()
}

fn is_won(wish: &WishView) -> bool {
    wish.outcome.as_deref() == Some("won")
}

fn name_of(t: Lang, wish: &WishView) -> String {
    format!("{}, {}", wish.room_name, t.draw_weekly(wish.from, wish.until))
}

fn won_row(t: Lang, wish: &WishView) -> AnyView {
    let round = wish.round.unwrap_or_default().to_string();
    let booked = t.draw_round_booked(&round, &t.draws_dates(wish.booked));
    let series = wish
        .series
        .map(|series| view! { <a class="link" href=format!("/series/{series}")>{t.draw_open_series()}</a> });
    let left_out = (!wish.left_out.is_empty()).then(|| view! { <p>{t.draw_left_out(&dates(t, wish))}</p> });
    view! {
        <div class="result"><div class="head">
            <span class="tile" data-tone="go"><Icon name="check"/></span>
            <div><h3>{name_of(t, wish)}</h3><p>{booked}" "{series}</p>{left_out}</div>
        </div></div>
    }
    .into_any()
}

fn lost_row(t: Lang, page: &DrawPage, wish: &WishView) -> AnyView {
    let importance = t.draw_importance(&wish.importance.to_string());
    let steps = reasons(t, page, wish).into_iter().enumerate().map(|(n, reason)| {
        view! { <li><span class="n">{format!("{}.", n + 1)}</span><span>{reason}</span></li> }
    });
    view! {
        <div class="result">
            <div class="head">
                <span class="tile"><Icon name="x"/></span>
                <div><h3>{name_of(t, wish)}</h3><p>{t.draw_not_this_time()}" · "{importance}</p></div>
            </div>
            <div class="why-not"><h4>{t.draw_why_not()}</h4><ol class="because-steps">{steps.collect_view()}</ol></div>
        </div>
    }
    .into_any()
}

/// Why a wish was not won, step by step.
fn reasons(t: Lang, page: &DrawPage, wish: &WishView) -> Vec<String> {
    if let Some(obstacle) = wish.outcome.as_deref().and_then(Obstacle::parse) {
        return vec![t.draw_obstacle(obstacle).to_owned()];
    }
    let find = |id: Option<WishId>| page.wishes.iter().find(|other| Some(other.id) == id);
    let Some(winner) = find(wish.taken_by) else { return Vec::new() };
    if winner.mine && winner.group == wish.group {
        return vec![t.draw_took_own(&name_of(t, winner))];
    }
    let collides = |other: &&WishView| {
        let is_own = other.mine && other.group == wish.group;
        !is_own && other.room == wish.room && other.from < wish.until && wish.from < other.until
    };
    let others = page.wishes.iter().filter(collides).count();
    let other = winner.name.clone().unwrap_or_else(|| t.draw_somebody().to_owned());
    let round = winner.round.unwrap_or_default();
    let is_mine = |turn: &&TurnView| {
        let entrant = page.entrants.get(turn.entrant as usize);
        turn.round == round && entrant.is_some_and(|entrant| entrant.mine && entrant.group == wish.group)
    };
    let place = winner.turn.unwrap_or_default().to_string();
    let lot = match page.turns.iter().find(is_mine) {
        Some(mine) => t.draw_lot(&round.to_string(), &other, &place, &mine.turn.to_string()),
        None => t.draw_lot_first(&round.to_string(), &other, &place),
    };
    vec![t.draw_wished(u32::try_from(others).unwrap_or(u32::MAX)), lot, t.draw_took(&other)]
}

/// Where the result can be checked.
pub fn check(t: Lang, draw: &DrawView) -> AnyView {
    let id = draw.id;
    let (file, table) = (format!("/api/v1/draws/{id}/proof"), format!("/api/v1/draws/{id}/wishes.csv"));
    let wishes = draw.wishes_hash.clone().unwrap_or_default();
    view! {
        <section class="card" aria-labelledby="check">
            <div class="card-head"><h2 id="check">{t.draw_check()}</h2></div>
            <div class="draw-stack">
                <p class="muted">{t.draw_check_next()}</p>
                <div class="btn-row">
                    <ButtonLink href=format!("/draws/{id}/verify") label=t.draw_verify().to_owned() icon="shield-check"/>
                    <a class="btn" data-kind="ghost" href=file rel="external" download=format!("draw-{id}.json")><Icon name="download"/>{t.draw_file()}</a>
                    <a class="btn" data-kind="ghost" href=table rel="external" download=format!("draw-{id}.csv")><Icon name="download"/>{t.draw_table()}</a>
                </div>
                {renewed(t, draw)}
                <p class="small">{t.draw_fingerprint()}</p>
                <p class="hash" aria-label=t.draw_fingerprint()>{grouped(&draw.commitment)}</p>
                <p class="small">{t.draw_fingerprint_wishes()}</p>
                <p class="hash" aria-label=t.draw_fingerprint_wishes()>{grouped(&wishes)}</p>
            </div>
        </section>
    }
    .into_any()
}

/// The turns of one round, with links to the others.
pub fn turns(t: Lang, page: &DrawPage, round: u32) -> AnyView {
    let rounds = page.turns.last().map_or(1, |turn| turn.round);
    let round = if (1..=rounds).contains(&round) { round } else { 1 };
    let links = (1..=rounds).map(|n| {
        let (label, current) = (t.draw_round_n(&n.to_string()), (n == round).then_some("true"));
        view! { <a href=format!("/draws/{}?round={n}", page.draw.id) aria-label=label aria-current=current>{n}</a> }
    });
    let rows = page.turns.iter().filter(|turn| turn.round == round).map(|turn| {
        let entrant = page.entrants.get(turn.entrant as usize);
        let is_mine = entrant.is_some_and(|entrant| entrant.mine);
        let won = page.wishes.iter().find(|wish| Some(wish.id) == turn.won);
        let got = won.map_or_else(
            || t.draw_nothing_left().to_owned(),
            |wish| format!("{}, {}", wish.room_name, t.draw_weekly_short(wish.from, wish.until)),
        );
        view! {
            <tr aria-selected=is_mine.then_some("true")>
                <td data-num="">{turn.turn}</td><td>{called(t, entrant)}</td><td>{got}</td>
            </tr>
        }
    });
    let caption = t.draw_round_n(&round.to_string());
    let region = caption.clone();
    view! {
        <section class="draw-stack" aria-labelledby="turns">
            <div class="head-row">
                <h2 class="title-lite" id="turns">{t.draw_all_turns()}</h2>
                <nav class="rounds" aria-label=t.draw_round()>{links.collect_view()}</nav>
            </div>
            <div class="table-wrap" tabindex="0" role="region" aria-label=region>
                <table class="table draw-table">
                    <caption class="visually-hidden">{caption}</caption>
                    <thead><tr>
                        <th scope="col" data-num="">{t.draw_turn()}</th>
                        <th scope="col">{t.draw_who()}</th>
                        <th scope="col">{t.draw_got_what()}</th>
                    </tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn called(t: Lang, entrant: Option<&EntrantView>) -> String {
    entrant.and_then(|entrant| entrant.name.clone()).unwrap_or_else(|| t.draw_somebody().to_owned())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        draws::one::tests::{page, render, wish_of},
        testing::words,
    };
    use contract::draws::LeftOutView;
    use domain::{
        draws::{LeftOut, State},
        id::{GroupId, SeriesId},
        time::Date,
    };

    fn entrant(group: i64, name: &str, mine: bool) -> EntrantView {
        EntrantView { group: Some(GroupId(group)), name: Some(name.into()), mine }
    }

    /// Textile circle took the studio in the first round before Bookbinders, who won another time.
    fn completed() -> DrawPage {
        let won = |round, turn, wish: WishView| WishView {
            outcome: Some("won".into()),
            round: Some(round),
            turn: Some(turn),
            series: Some(SeriesId(5)),
            booked: 12,
            ..wish
        };
        let theirs = won(1, 1, wish_of(4, 3, false));
        let lost = WishView { outcome: Some("taken".into()), taken_by: Some(theirs.id), ..wish_of(1, 2, true) };
        let left_out = vec![LeftOutView { day: Date { year: 2027, month: 2, day: 3 }, reason: LeftOut::Occupied }];
        let mine = won(1, 2, WishView { from: 324_000, until: 334_800, left_out, ..wish_of(2, 2, true) });
        let gone = WishView { outcome: Some("archived".into()), ..wish_of(3, 2, true) };
        let turn = |turn, entrant, won| TurnView { round: 1, turn, entrant, won: Some(won) };
        DrawPage {
            turns: vec![turn(1, 1, theirs.id), turn(2, 0, mine.id)],
            entrants: vec![entrant(2, "Bookbinders", true), entrant(3, "Textile circle", false)],
            wishes: vec![lost, mine, gone, theirs],
            ..page(State::Completed)
        }
    }

    #[test]
    fn every_lost_wish_has_its_reason_and_every_won_one_its_dates() {
        let html = render("/draws/7", completed());
        let content = words(&html);
        assert!(content.contains("Bookbinders got 1 of 3"), "{content}");
        assert!(content.contains("Round 1 · 12 dates booked") && content.contains("3 Feb taken"), "{content}");
        assert!(content.contains("1 other wish was for the same time."), "{content}");
        assert!(content.contains("In round 1 the lot put Textile circle at place 1 and you at 2."), "{content}");
        assert!(content.contains("The room was archived before the draw."), "{content}");
        assert!(html.contains(r#"href="/series/5""#), "{html}");
        assert!(html.contains(r#"href="/draws/7/verify""#) && html.contains("/api/v1/draws/7/proof"), "{html}");
    }

    #[test]
    fn turns_are_shown_in_their_order_also_for_a_round_that_does_not_exist() {
        let html = render("/draws/7?round=9", completed());
        let (first, second) = (html.rfind("Textile circle").unwrap(), html.rfind("Bookbinders").unwrap());
        assert!(first < second, "{html}");
        assert!(html.contains(r#"href="/draws/7?round=1""#), "{html}");
    }
}
