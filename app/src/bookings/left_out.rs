//! Events of external calendars that were left out because they could not be read, with the reason.
//!
//! Invariant: only people who look after the machine or room get them. Not here: everything else about a calendar
//! ([`crate::external_calendars`]).

use crate::ui::banner::{Banner, Tone};
use contract::external_calendars::LeftOutEventView;
use domain::time::Date;
use leptos::prelude::*;
use text::{Lang, time};

/// One line per event.
pub(crate) fn lines(t: Lang, left_out: &[LeftOutEventView], today: Date) -> AnyView {
    let lines = left_out.iter().map(|one| {
        let day = one.date.map_or_else(
            || t.external_no_day().to_owned(),
            |date| time::capitalised(&t.weekday_date(date, today)),
        );
        let title = if one.title.is_empty() { t.external_no_title() } else { &one.title };
        view! { <li>{t.external_left_out(&day, title, t.external_skip(one.reason))}</li> }
    });
    view! { <ul class="small" role="list">{lines.collect_view()}</ul> }.into_any()
}

/// A banner on the page of the machine or room; empty if none were left out.
pub(super) fn banner(t: Lang, left_out: &[LeftOutEventView], today: Date) -> Option<AnyView> {
    (!left_out.is_empty()).then(|| {
        let lines = lines(t, left_out, today);
        let title = t.external_left_out_title().to_owned();
        view! {
            <Banner tone=Tone::Warn icon="triangle-alert" title>
                <p>{t.external_left_out_next()}</p>
                {lines}
                <p><a class="link" href="/external-calendars">{t.external_title()}</a></p>
            </Banner>
        }
        .into_any()
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use domain::external_calendars::Skipped;

    #[test]
    fn left_out_events_show_day_title_and_reason() {
        let today = Date { year: 2026, month: 11, day: 25 };
        let lecture = LeftOutEventView {
            date: Some(Date { day: 30, ..today }),
            title: "Statics <b>II</b>".into(),
            reason: Skipped::Zone,
        };
        let nameless = LeftOutEventView { date: None, title: String::new(), reason: Skipped::Time };
        let message = |lang: Lang, left_out: Vec<LeftOutEventView>| {
            words(&html(visitor(lang), "/", move || banner(lang, &left_out, today)))
        };
        let english = message(Lang::En, vec![lecture.clone(), nameless]);
        for part in ["Monday 30 November: Statics", "unknown time zone", "No day: without a title"] {
            assert!(english.contains(part), "{part} in {english}");
        }
        assert!(message(Lang::It, vec![lecture]).contains("Lunedì 30 novembre"));
        assert!(!message(Lang::En, vec![]).contains("Left out"));
    }
}
