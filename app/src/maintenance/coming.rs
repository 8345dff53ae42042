//! Upcoming maintenance on all machines: due now, then by week; and below it problems reported and resolved by
//! week.

use super::{api, progress_text};
use crate::{
    call::page_resource,
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{changing::dynamic, empty::Empty},
};
use contract::maintenance::{Agenda, Coming};
use domain::{
    live::Noun,
    maintenance::Urgency,
    time::{DAY, Date, Moment},
};
use leptos::prelude::*;

use text::Lang;

/// The page at `/maintenance`.
pub fn coming_page() -> AnyView {
    let (t, live) = (lang::current(), use_live());
    let answers =
        page_resource(move || (live.version(Noun::Machine), live.version(Noun::Person)), |_| api::coming());
    live_page(t.maintenance_all(), 4, answers, move |agenda| view! { <Page agenda/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(agenda: RwSignal<(Agenda, String)>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(agenda.with(|(agenda, _)| agenda.now)));
    view! {
        <header class="page-head"><h1>{t.maintenance_all()}</h1><p class="sub">{t.maintenance_all_next()}</p></header>
        {dynamic(move || Some(agenda.with(|(agenda, _)| {
            if agenda.coming.is_empty() {
                return view! {
                    <div class="card"><Empty icon="circle-check"><h2>{t.maintenance_all_none()}</h2><p>{t.maintenance_all_none_next()}</p></Empty></div>
                }.into_any();
            }
            weeks(agenda).into_iter().map(|(week, coming)| section(t, week, &coming, agenda.now)).collect_view().into_any()
        })))}
        {dynamic(move || Some(view! { <div inner_html=agenda.with(|(_, weeks)| weeks.clone())></div> }))}
    }
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Now,
    /// In the week that begins on this Monday.
    Week(Date),
    Unknown,
}

/// Due maintenance by time, in order.
fn weeks(agenda: &Agenda) -> Vec<(When, Vec<Coming>)> {
    let mut weeks: Vec<(When, Vec<Coming>)> = Vec::new();
    for one in &agenda.coming {
        let when = match (one.what.progress.urgency, one.what.expected) {
            (Urgency::Due, _) => When::Now,
            (_, None) => When::Unknown,
            (_, Some(at)) => {
                let days = at.wall().date.days();
                // 1 January 1970 was a Thursday.
                When::Week(Date::from_days(days - (days + 3).rem_euclid(7)))
            }
        };
        match weeks.last_mut() {
            Some((last, coming)) if *last == when => coming.push(one.clone()),
            _ => weeks.push((when, vec![one.clone()])),
        }
    }
    weeks
}

fn section(t: Lang, when: When, coming: &[Coming], now: Moment) -> AnyView {
    let title = match when {
        When::Now => t.maintenance_now().to_owned(),
        When::Unknown => t.maintenance_no_day().to_owned(),
        When::Week(monday) => {
            let days = monday.days() - now.wall().date.days();
            let days = |more: i64| DAY * u32::try_from((days + more).unsigned_abs()).unwrap_or(u32::MAX);
            let at = |more: i64| {
                let ahead = monday.days() + more >= now.wall().date.days();
                now.shifted_to(if ahead { now.at.after(days(more)) } else { now.at.before(days(more)) })
            };
            t.maintenance_week(&t.day(at(0), now), &t.day(at(6), now))
        }
    };
    let rows: Vec<_> = coming
        .iter()
        .map(|one| {
            let elsewhere = Some((format!("/machines/{}/maintenance", one.machine), one.name.clone()));
            view! { <li><div class="item">{progress_text(&one.what, now, elsewhere)}</div></li> }
        })
        .collect();
    view! {
        <section class="card">
            <div class="card-head"><h2>{title.clone()}</h2></div>
            <ul class="list" aria-label=title>{rows}</ul>
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        maintenance::at_machine::tests::counted,
        testing::{NOW, html, visitor, words},
    };
    use contract::maintenance::Counted;
    use domain::id::MachineId;

    fn page(coming: Vec<Counted>) -> String {
        let coming = coming.into_iter().map(|what| Coming { machine: MachineId(7), name: "Saw".into(), what });
        let agenda = Agenda { now: NOW, coming: coming.collect() };
        html(
            visitor(Lang::En),
            "/maintenance",
            move || view! { <Page agenda=RwSignal::new((agenda, "<p>Weeks</p>".to_owned()))/> },
        )
    }

    #[test]
    fn upcoming_maintenance_is_grouped_by_week_after_due() {
        let in_days = |id, days: u32| Counted {
            expected: Some(NOW.shifted_to(NOW.at.after(DAY * days))),
            ..counted(id, 500, Urgency::Fine)
        };
        // Thursday 19 November 2026: the week ends with the 22nd.
        let html = page(vec![
            counted(1, 1_200, Urgency::Due),
            in_days(2, 3),
            in_days(3, 4),
            in_days(4, 10),
            in_days(5, 11),
            counted(6, 1, Urgency::Fine),
        ]);
        let content = words(&html);
        let order = [
            "Due now",
            "Clean lens 1",
            "Clean lens 2",
            "Clean lens 3",
            "Clean lens 5",
            "No estimate",
            "Clean lens 6",
        ];
        let places: Vec<_> = order.iter().map(|name| content.find(name).unwrap_or(usize::MAX)).collect();
        assert!(places.is_sorted() && !places.contains(&usize::MAX), "{places:?} {content}");
        assert_eq!(html.matches("<section").count(), 5, "{html}");
        assert!(html.contains(r#"href="/machines/7/maintenance""#), "{html}");
    }

    #[test]
    fn no_upcoming_maintenance_still_shows_problem_chart() {
        let html = page(Vec::new());
        assert!(words(&html).contains("No upcoming maintenance") && html.contains("<p>Weeks</p>"), "{html}");
    }
}
