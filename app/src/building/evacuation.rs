//! The list for an evacuation: everyone inside, to be ticked off outside on a phone without a network.
//!
//! Invariant: the list does not change while it is open, so no row moves under a finger. Not here: ticks, and names that are
//! typed outside; `frontend/page/src/roster.ts` stores them on the device, and `frontend/page/worker` stores the page.

use super::marks::{DoorMarks, door_mark};
use crate::{
    call::{PageResource, load, page_resource},
    lang,
    live_page::live_page,
    ui::{
        icon::Icon,
        status::{Glyph, Status},
    },
};
use contract::doors::{EvacuationList, ReadEvacuation, VisitView};
use domain::time::Moment;
use leptos::prelude::*;
use text::{Lang, time};

/// The page at `/building/evacuate`.
pub fn evacuation_page() -> AnyView {
    // Loaded once: neither a change nor a returning network redraws it.
    let list: PageResource<EvacuationList> = page_resource(|| (), |()| load(&ReadEvacuation {}));
    live_page(lang::current().evacuation_title(), 8, list, move |list| {
        view! { <Page list=list.get_untracked()/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: EvacuationList) -> impl IntoView {
    let t = lang::current();
    let rows: Vec<_> = list.inside.iter().flat_map(|visit| rows_of(t, visit, list.now)).collect();
    let count = rows.len().to_string();
    let nobody = rows.is_empty().then(|| {
        view! { <p class="why"><Icon name="info"/><span>{t.evacuation_nobody()}</span></p> }
    });
    view! {
        <div class="evac" data-roster="">
            <DoorMarks/>
            <a class="crumb" href="/building/doors" rel="external"><Icon name="chevron-left"/>{t.doors_title()}</a>
            // For the script: when the list was made, the zone of its times, and the sentences that change.
            <header class="evac-head" data-list=list.now.at.0.to_string() data-offset=list.now.offset.to_string()
                data-outside=t.evacuation_outside("{n}", "{all}") data-at=t.evacuation_at("{time}") data-by-hand=t.evacuation_by_hand()>
                <div class="inside">
                    <h1><span class="n" data-missing="">{count.clone()}</span>" "<span class="visually-hidden">{t.evacuation_missing()}</span></h1>
                    <p class="of" aria-live="polite">
                        <b aria-hidden="true">{t.evacuation_missing()}</b>
                        <span data-outside-count="">{t.evacuation_outside("0", &count)}</span>
                    </p>
                </div>
                <p class="status" data-status="maint"><Glyph status=Status::Maintenance/>
                    <span>{t.evacuation_list_of(&time::clock(list.now))}" "
                        <span data-stored="" hidden>{t.evacuation_stored()}</span>
                        <span data-unstored="" hidden>{t.evacuation_unstored()}</span>
                    </span>
                </p>
            </header>
            {nobody}
            <ul class="roster" role="list">{rows}</ul>
            // Filled by the script.
            <ul class="roster" role="list" data-added=""></ul>
            <form class="roster-add" hidden>
                <input class="input" type="text" maxlength="80" autocomplete="off" aria-label=t.evacuation_name() placeholder=t.evacuation_name()/>
                <button class="btn">{t.evacuation_add_now()}</button>
            </form>
            {longer(t, &list)}
            <div class="btn-row">
                <a class="btn" href="/building/evacuate" rel="external"><Icon name="refresh-cw"/>{t.evacuation_again()}</a>
                <button class="btn" type="button" data-script="" data-print="" hidden>{door_mark("printer")}{t.doors_print()}</button>
                <button class="btn" data-kind="ghost" type="button" data-clear="" hidden>{t.evacuation_clear()}</button>
            </div>
            <div class="dock"><div class="two-btn">
                <a class="btn" data-kind="danger-solid" href="tel:112">{door_mark("phone")}"112"</a>
                <button class="btn" type="button" data-script="" data-add="" hidden><Icon name="plus"/>{t.evacuation_add()}</button>
            </div></div>
        </div>
    }
}

/// A person and their guests, each to be ticked off.
fn rows_of(t: Lang, visit: &VisitView, now: Moment) -> Vec<AnyView> {
    let name = visit.name.clone().unwrap_or_else(|| t.doors_former().to_owned());
    let (first, last) = name.split_once(' ').map_or((name.as_str(), None), |(first, last)| (first, Some(last)));
    let second = [last.map(str::to_owned), visit.seen_at.clone()].into_iter().flatten().collect::<Vec<_>>();
    let seen = when(t, visit.seen, now);
    let person = row(format!("person-{}", visit.person), first.to_owned(), second.join(" · "), seen.clone());
    let guest = |number: u32| {
        let key = format!("guest-{}-{number}", visit.person);
        row(key, t.evacuation_guest_of(first), t.evacuation_no_name().to_owned(), seen.clone())
    };
    std::iter::once(person).chain((0..visit.guests).map(guest)).collect()
}

/// `13:02`, with the day if that is not today.
pub(super) fn when(t: Lang, at: Moment, now: Moment) -> String {
    if at.wall().date == now.wall().date {
        time::clock(at)
    } else {
        format!("{}, {}", t.brief(at, now), time::clock(at))
    }
}

fn row(key: String, first: String, second: String, tag: String) -> AnyView {
    view! {
        <li><label>
            <input type="checkbox" value=key autocomplete="off"/>
            <span><span class="t">{first}</span><span class="s">{second}</span></span>
            <span class="tag">{tag}</span>
        </label></li>
    }
    .into_any()
}

/// Those who left a short time ago, apart, because nobody waits for them.
fn longer(t: Lang, list: &EvacuationList) -> Option<AnyView> {
    let left = u32::try_from(list.left.len()).unwrap_or(u32::MAX);
    let rows = list.left.iter().map(|visit| {
        let name = visit.name.clone().unwrap_or_else(|| t.doors_former().to_owned());
        let at = when(t, visit.left.unwrap_or(visit.seen), list.now);
        let place = visit.seen_at.clone().unwrap_or_default();
        // They may have left more than once.
        let visit = visit.id.map_or(visit.person.0, |id| id.0);
        row(format!("left-{visit}"), name, place, t.evacuation_left_at(&at))
    });
    (left > 0).then(|| {
        view! {
            <details class="longer" data-left="">
                <summary><Icon name="info"/><span>{t.evacuation_left(left)}" "<b>{t.evacuation_longer()}</b></span></summary>
                <ul class="roster" role="list">{rows.collect_view()}</ul>
            </details>
        }
        .into_any()
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{self, NOW, ago, html, visitor, words};
    use domain::doors::VisitEnding;

    fn visit(id: i64, name: &str, guests: u32) -> VisitView {
        VisitView { seen: ago(26), ..testing::visit(id, name, guests) }
    }

    fn list() -> EvacuationList {
        let gone =
            VisitView { left: Some(ago(60)), ended_by: Some(VisitEnding::Swipe), ..visit(9, "Tomás Herrera", 0) };
        EvacuationList { now: NOW, inside: vec![visit(3, "Sofia Mair", 1), visit(4, "Cher", 0)], left: vec![gone] }
    }

    fn render(lang: Lang, list: EvacuationList) -> String {
        html(visitor(lang), "/building/evacuate", move || view! { <Page list/> })
    }

    #[test]
    fn list_has_a_row_for_each_person_and_guest_and_counts_them() {
        let html = render(Lang::En, list());
        let text = words(&html);
        for part in
            ["Outside: 0 of 3", "List of 14:16.", "SofiaMair · Main door", "13:50", "Guest of Sofia", "112"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
        for key in ["person-3", "guest-3-0", "person-4"] {
            assert!(html.contains(&format!(r#"value="{key}""#)), "{key} in {html}");
        }
        assert!(text.contains("1 person left") && html.contains(r#"value="left-9""#), "{text}");
        let italian = words(&render(Lang::It, list()));
        assert!(italian.contains("Fuori: 0 su 3") && italian.contains("Ospite di Sofia"), "{italian}");
    }

    #[test]
    fn script_finds_the_time_of_the_list_and_its_sentences() {
        let html = render(Lang::En, list());
        for part in [
            r#"data-list="1795094160000""#,
            r#"data-offset="60""#,
            r#"data-outside="Outside: {n} of {all}""#,
            r#"data-at="outside {time}""#,
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn empty_list_has_a_sentence_and_erased_people_stay_countable() {
        let nobody = EvacuationList { now: NOW, inside: vec![], left: vec![] };
        let text = words(&render(Lang::En, nobody));
        assert!(text.contains("Nobody is inside") && !text.contains("longer"), "{text}");
        let erased = EvacuationList { inside: vec![VisitView { name: None, ..visit(3, "", 0) }], ..list() };
        assert!(words(&render(Lang::En, erased)).contains("Former"));
    }
}
