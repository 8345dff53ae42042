//! What the coming days hold, rendered on the server: *Now* inserts the HTML as it is, so that the page that everybody loads
//! first carries neither its views nor its texts.
//!
//! Invariant: its forms are sent without script and lead back to the page. Not here: the reader's running use and next booking
//! ([`super::panels`]).

use contract::{
    coming::{Coming, ComingEntry, ComingKind, OfferedPlace},
    machines::NextCheckout,
};
use domain::time::{DAY, Moment};
use leptos::prelude::*;
use text::{Lang, time};

/// The sections; empty if nothing comes up.
pub(crate) fn sections(t: Lang, now: Moment, mut all: Coming, checkout: Option<NextCheckout>) -> String {
    all.entries.extend(checkout.map(|next| {
        let second = next.with.into_iter().chain([t.checkout_state(next.state).to_owned()]);
        ComingEntry {
            kind: ComingKind::Checkout,
            starts: next.starts,
            ends: next.ends,
            title: next.kind,
            second: Some(second.collect::<Vec<_>>().join(" · ")),
            href: format!("/checkouts/{}", next.id),
            skip: None,
        }
    }));
    all.entries.sort_by_key(|entry| entry.starts.at);
    let offer = all.offer.map(|offer| self::offer(t, now, offer)).unwrap_or_default();
    offer + &list(t, now, all.entries)
}

/// An invitation with its time left, answered in place.
fn offer(t: Lang, now: Moment, offer: OfferedPlace) -> String {
    let OfferedPlace { place, event, title, starts, at, sent, answer_by } = offer;
    let when = [Some(t.exact(starts, now)), at].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let (left, all) = (answer_by.at.since(now.at), answer_by.at.since(sent.at));
    let share = (left.as_secs() * 100).checked_div(all.as_secs()).unwrap_or_default().min(100);
    let answer = |path: &'static str, kind: Option<&'static str>, label: &'static str| {
        let about = format!("{label}: {title}");
        view! {
            <form method="post" action=path>
                <input type="hidden" name="id" value=place.to_string()/>
                <button class="btn" data-kind=kind aria-label=about>{label}</button>
            </form>
        }
    };
    let (yes, no) = (
        answer("?/invitations/accept", Some("primary"), t.invited_accept()),
        answer("?/invitations/decline", Some("ghost"), t.invited_decline()),
    );
    view! {
        <section class="offer" aria-labelledby="offer">
            <div class="top">
                <div>
                    <p>{t.coming_offer()}</p>
                    <h2 id="offer"><a href=format!("/events/{event}/invitation")>{title.clone()}</a></h2>
                    <p>{when}". "{t.coming_answer_by()}" "<b><time datetime=time::iso(answer_by)>{t.exact(answer_by, now)}</time></b>"."</p>
                </div>
                <p class="left-time" role="timer">
                    <svg viewBox="0 0 40 40" aria-hidden="true">
                        <circle cx="20" cy="20" r="17" pathLength="100"/>
                        <circle class="left" cx="20" cy="20" r="17" pathLength="100" stroke-dasharray=format!("{share} 100")/>
                    </svg>
                    <span aria-hidden="true">{t.attend_left_short(left)}</span>
                    <span class="visually-hidden">{t.invited_left_to_answer(&t.attend_left_words(left))}</span>
                </p>
            </div>
            <div class="pair">{yes}{no}</div>
        </section>
    }
    .to_html()
}

/// What comes up in 14 days, the next one first.
fn list(t: Lang, now: Moment, entries: Vec<ComingEntry>) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let rows = entries.into_iter().enumerate().map(|(n, entry)| row(t, now, entry, n == 0)).collect_view();
    view! {
        <section class="group" aria-labelledby="up">
            <h2 class="group-head" id="up">{t.coming_up()}" "<span class="n">{t.coming_count(count)}</span></h2>
            <ol class="list occ upnext" role="list">{rows}</ol>
        </section>
    }
    .to_html()
}

fn row(t: Lang, now: Moment, entry: ComingEntry, is_next: bool) -> impl IntoView {
    let ComingEntry { kind, starts, ends, title, second, href, skip } = entry;
    let sort = match kind {
        ComingKind::Event => t.coming_event(),
        ComingKind::Booking => t.coming_booking(),
        ComingKind::SeriesDate => t.coming_series(),
        ComingKind::Checkout => t.coming_checkout(),
    };
    let until = t.coming_until(&time::clock(ends));
    let second =
        [Some(sort.to_owned()), second, Some(until)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let left = starts.at.since(now.at);
    let is_near = is_next && !left.is_zero() && left < DAY;
    let tail = match skip {
        Some((series, date)) => {
            let about = format!("{}: {title}", t.coming_skip());
            view! {
                <form method="post" action="?/series/skip">
                    <input type="hidden" name="id" value=series.to_string()/>
                    <input type="hidden" name="date" value=date.to_string()/>
                    <button class="btn" data-size="sm" aria-label=about>{t.coming_skip()}</button>
                </form>
            }
            .into_any()
        }
        None => is_near.then(|| t.coming_in(&t.length(left))).into_any(),
    };
    view! {
        <li aria-current=is_next.then_some("date")>
            <time datetime=time::iso(starts)>{day(t, starts, now)}<b>{time::clock(starts)}</b></time>
            <div><a class="t" href=href>{title}</a><p class="s">{second}</p></div>
            <div class="tail">{tail}</div>
        </li>
    }
}

/// `today`, `tomorrow`, `Sat 21`.
fn day(t: Lang, starts: Moment, now: Moment) -> String {
    let day = starts.wall().date;
    let ahead = day.days() - now.wall().date.days();
    if (0..2).contains(&ahead) {
        return t.in_days(ahead);
    }
    let weekday: String = t.weekday(day.weekday()).chars().take(3).collect();
    format!("{weekday} {}", day.day)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, words};
    use domain::{
        id::{AppointmentId, EventPlaceId, SeriesId, TrainingEventId},
        time::{Date, HOUR, MINUTE},
    };

    #[test]
    fn offer_is_answered_in_place() {
        let offer = OfferedPlace {
            place: EventPlaceId(31),
            event: TrainingEventId(9),
            title: "Letterpress, first steps".into(),
            starts: NOW.shifted_to(NOW.at.after(DAY * 11)),
            at: Some("Studio B".into()),
            sent: ago(6 * 60),
            answer_by: NOW.shifted_to(NOW.at.after(DAY * 2 + HOUR * 18)),
        };
        let html = sections(Lang::En, NOW, Coming { offer: Some(offer), entries: Vec::new() }, None);
        assert!(words(&html).contains("Studio B. Answer by"), "{html}");
        assert!(html.contains("?/invitations/accept") && html.contains("?/invitations/decline"), "{html}");
        assert!(html.contains(r#"href="/events/9/invitation""#) && html.contains("66 h"), "{html}");
        assert_eq!(sections(Lang::En, NOW, Coming::default(), None), "");
    }

    #[test]
    fn checkout_soon_is_listed_in_order_of_time() {
        let checkout = NextCheckout {
            id: AppointmentId(3),
            kind: "CNC router".into(),
            with: Some("Sofia".into()),
            starts: NOW.shifted_to(NOW.at.after(DAY)),
            ends: NOW.shifted_to(NOW.at.after(DAY + HOUR)),
            state: domain::checkouts::State::Accepted,
        };
        let html = sections(Lang::En, NOW, Coming::default(), Some(checkout));
        assert!(words(&html).contains("CNC router") && words(&html).contains("checkout · Sofia"), "{html}");
        assert!(html.contains(r#"href="/checkouts/3""#), "{html}");
    }

    #[test]
    fn next_entry_shows_time_left_and_series_date_can_be_skipped() {
        let entry = |kind, hours: u32, title: &str, skip| ComingEntry {
            kind,
            starts: NOW.shifted_to(NOW.at.after(HOUR * hours + MINUTE * 44)),
            ends: NOW.shifted_to(NOW.at.after(HOUR * (hours + 2))),
            title: title.into(),
            second: Some("Studio B".into()),
            href: "/events/9".into(),
            skip,
        };
        let date = Some((SeriesId(4), Date { year: 2026, month: 11, day: 25 }));
        let entries = vec![
            entry(ComingKind::Event, 3, "Resin <b>printing", None),
            entry(ComingKind::SeriesDate, 144, "Bookbinders", date),
        ];
        let html = sections(Lang::En, NOW, Coming { offer: None, entries }, None);
        let content = words(&html);
        assert!(content.contains("Coming up 2 in 14 days") && content.contains("in 3 h 44"), "{content}");
        assert!(html.contains("Resin &lt;b&gt;printing") && html.contains("?/series/skip"), "{html}");
        assert!(html.contains(r#"name="date" value="2026-11-25""#), "{html}");
    }
}
