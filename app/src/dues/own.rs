//! A member's own dues: paid until when, what happens if they are late, and where to pay.
//!
//! Invariant: card and invoices are at the processor; this page leads there and shows all that is stored here.

use super::parts::{grace, history, state_line, today, when};
use crate::{
    call::{PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answer::Answer,
        changing::dynamic,
        empty::Empty,
        facts::Facts,
        icon::Icon,
        path::{Path, Step},
        status::Status,
    },
    visitor::use_visitor,
};
use contract::dues::{DuesView, PersonDues, ReadDues};
use domain::{dues::DuesStatus, id::PersonId, live::Noun, time::Date, training::path::Progress};
use leptos::prelude::*;
use text::Lang;

/// The page at `/membership`.
pub fn membership_page() -> AnyView {
    let live = use_live();
    // Anonymous visitors are asked to sign in.
    let person = use_visitor().who.map_or(PersonId(0), |me| me.id);
    let page: PageResource<PersonDues> =
        page_resource(move || live.version(Noun::Person), move |_| load(&ReadDues { person }));
    live_page(lang::current().dues_title(), 4, page, move |page| view! { <Page page/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<PersonDues>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    view! {
        <div class="dues-own">
            <a class="crumb" href="/me"><Icon name="chevron-left"/>{t.nav_me()}</a>
            {dynamic(move || Some(whole(page.get())))}
        </div>
    }
}

fn whole(page: PersonDues) -> AnyView {
    let t = lang::current();
    let Some(dues) = page.dues.clone() else {
        return view! {
            <header class="page-head"><h1>{t.dues_title()}</h1></header>
            <div class="card"><Empty icon="id-card"><h2>{t.dues_none()}</h2><p>{t.dues_none_next()}</p></Empty></div>
            {past(&page)}
        }
        .into_any();
    };
    let since = t.dues_member_since(&t.month_and_year(dues.linked));
    let inside = match dues.status {
        DuesStatus::Current => current(t, &dues, &page),
        DuesStatus::Grace => late(t, &dues, &page),
        DuesStatus::Overdue => held(t, &dues, &page),
        DuesStatus::Ended => ended(t, &dues, &page),
    };
    view! {
        <header class="page-head"><h1>{t.dues_title()}</h1><p class="sub">{since}</p></header>
        {inside}
        <section class="group" aria-labelledby="stored">
            <h2 class="group-head" id="stored">{t.dues_stored()}<span class="n">{t.dues_stored_all()}</span></h2>
            <div class="card"><Facts facts=vec![
                (t.dues_reference(), dues.reference.clone()),
                (t.dues_status_label(), stored(t, &dues, today(page.now))),
                (t.dues_card_bank(), t.dues_never_here().to_owned()),
            ]/></div>
        </section>
        {past(&page)}
    }
    .into_any()
}

fn stored(t: Lang, dues: &DuesView, today: Date) -> String {
    let until = t.dues_paid_until(&t.dues_day(dues.paid_until, today));
    format!("{} · {until}", t.dues_status(dues.status))
}

fn past(page: &PersonDues) -> AnyView {
    let t = lang::current();
    let (changes, now) = (page.history.clone(), page.now);
    (!changes.is_empty())
        .then(|| {
            view! {
                <section class="group" aria-labelledby="history">
                    <h2 class="group-head" id="history">{t.dues_history()}</h2>
                    {history(changes, now)}
                </section>
            }
        })
        .into_any()
}

/// The link to the page where they pay, or how to find it.
fn portal(t: Lang, dues: &DuesView, label: String, why: &'static str) -> AnyView {
    match dues.portal.clone() {
        Some(href) => view! {
            <a class="btn" data-kind="primary" href=href rel="external noopener noreferrer">{label}</a>
            <p class="why"><Icon name="info"/><span>{why}</span></p>
        }
        .into_any(),
        None => {
            view! { <p class="why"><Icon name="info"/><span>{t.dues_pay_there(dues.processor.name())}</span></p> }
                .into_any()
        }
    }
}

fn current(t: Lang, dues: &DuesView, page: &PersonDues) -> AnyView {
    let now = today(page.now);
    let next = Date::from_days(dues.paid_until.days() + 1);
    let hold = Date::from_days(next.days() + i64::from(page.grace));
    let because = if dues.ending {
        t.dues_runs_out(&t.dues_day(dues.paid_until, now))
    } else {
        t.dues_renews(&t.dues_day(next, now))
    };
    let sentence = t.dues_paid_until(&t.dues_day(dues.paid_until, now));
    let more = portal(t, dues, t.dues_manage(dues.processor.name()), t.dues_manage_why());
    let step = |title: String, second: &str| Step {
        title,
        second: second.to_owned(),
        href: None,
        progress: Progress::Later,
    };
    let steps = vec![
        step(t.dues_step_due(&t.dues_day(next, now)), t.dues_step_due_next()),
        step(t.dues_step_grace(page.grace.into()), t.dues_step_grace_next()),
        step(t.dues_step_hold(&t.dues_day(hold, now)), t.dues_step_hold_next()),
        step(t.dues_step_paid().to_owned(), t.dues_step_paid_next()),
    ];
    let path = (!dues.ending).then(|| {
        view! {
            <section class="card" aria-labelledby="late">
                <div class="card-head"><h2 id="late">{t.dues_if_late()}</h2></div>
                <Path label=t.dues_if_late() steps/>
            </section>
        }
    });
    view! {
        <Answer label=t.dues_answer() status=Some(Status::Free) sentence more=more><p>{because}</p></Answer>
        {path}
    }
    .into_any()
}

/// An answer that is no yes, with its state above it.
fn no(t: Lang, state: AnyView, sentence: String, because: &str, more: AnyView) -> AnyView {
    view! {
        <section class="answer" data-answer="no" aria-label=t.dues_answer()>
            <div class="dues-say">
                {state}
                <h2 class="big">{sentence}</h2>
                <p class="because">{because.to_owned()}</p>
            </div>
            {more}
        </section>
    }
    .into_any()
}

fn item(icon: &'static str, title: String, second: String) -> AnyView {
    view! {
        <li><div class="item">
            <span class="tile"><Icon name=icon/></span>
            <span class="lines"><span class="t">{title}</span><span class="s">{second}</span></span>
        </div></li>
    }
    .into_any()
}

fn late(t: Lang, dues: &DuesView, page: &PersonDues) -> AnyView {
    let now = today(page.now);
    let day = |date| t.dues_day(date, now);
    let left = dues.last_day.days() - now.days();
    let sentence = match u32::try_from(left) {
        Ok(left) if left > 0 => t.dues_days_left(left),
        _ => t.dues_last_day().to_owned(),
    };
    let due = Date::from_days(dues.paid_until.days() + 1);
    let state = state_line(Status::Maintenance, t.dues_late_since(&day(due)));
    let because = t.dues_works_until(&day(dues.last_day));
    view! {
        {no(t, state, sentence, &because, grace(dues.paid_until, dues.last_day, now))}
        <ul class="list">
            {item("mail", t.dues_cannot_pay().to_owned(), t.dues_cannot_pay_next().to_owned())}
            {(page.bookings > 0).then(|| item("calendar-days", t.dues_bookings(page.bookings), t.dues_bookings_next().to_owned()))}
        </ul>
        {pay(t, dues)}
    }
    .into_any()
}

/// The button under the thumb.
fn pay(t: Lang, dues: &DuesView) -> AnyView {
    view! { <div class="dock">{portal(t, dues, t.dues_pay(dues.processor.name()), t.dues_pay_why())}</div> }
        .into_any()
}

fn held(t: Lang, dues: &DuesView, page: &PersonDues) -> AnyView {
    let now = today(page.now);
    let due = Date::from_days(dues.paid_until.days() + 1);
    let since = t.dues_day(today(dues.since), now);
    let sentence = t.dues_unpaid_since(&t.dues_day(due, now));
    let heard = dues.answered.map_or_else(|| t.dues_never().to_owned(), |at| when(t, at, page.now));
    if !dues.on_hold {
        let state = state_line(Status::Maintenance, t.dues_status(dues.status).to_owned());
        return view! { {no(t, state, sentence, t.dues_hold_lifted_by_hand(), ().into_any())}{pay(t, dues)} }
            .into_any();
    }
    let state = state_line(Status::Blocked, t.dues_on_hold_since(&since));
    view! {
        {no(t, state, sentence, t.dues_hold_because(), ().into_any())}
        <section class="group" aria-labelledby="touches">
            <h2 class="group-head" id="touches">{t.dues_touches()}</h2>
            <ul class="list">
                {item("lock", t.dues_touches_machines().to_owned(), t.dues_touches_machines_next().to_owned())}
                {(page.bookings > 0).then(|| {
                    item("calendar-days", t.dues_bookings(page.bookings), t.dues_touches_bookings_next().to_owned())
                })}
                {item("shield-check", t.dues_touches_qualifications().to_owned(), t.dues_touches_qualifications_next().to_owned())}
            </ul>
        </section>
        <ul class="list">
            {item("info", t.dues_paid_already().to_owned(), t.dues_paid_already_next(dues.processor.name(), &heard))}
        </ul>
        {pay(t, dues)}
    }
    .into_any()
}

fn ended(t: Lang, dues: &DuesView, page: &PersonDues) -> AnyView {
    let now = today(page.now);
    let state = state_line(Status::Closed, t.dues_status(dues.status).to_owned());
    let paid = t.dues_ended_because(&t.dues_day(dues.paid_until, now));
    let because = match ended_access(t, dues, now) {
        Some(access) => format!("{paid} {access}"),
        None => paid,
    };
    no(t, state, t.dues_ended_title().to_owned(), &because, ().into_any())
}

/// Until when machines let in a member whose membership ended; `None` if a manager lifted the hold.
fn ended_access(t: Lang, dues: &DuesView, today: Date) -> Option<String> {
    if dues.on_hold {
        return Some(t.dues_ended_held().to_owned());
    }
    (today <= dues.last_day).then(|| t.dues_ended_until(&t.dues_day(dues.last_day, today)))
}

#[cfg(all(test, feature = "ssr"))]
pub(crate) mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::dues::Processor;

    /// Dues of this status on 19 November 2026, paid until some days before.
    pub fn dues(status: DuesStatus, days_late: i64) -> PersonDues {
        let paid_until = Date::from_days(today(NOW).days() - days_late);
        let view = DuesView {
            processor: Processor::Stripe,
            reference: "cus_8Qx…4Rt".into(),
            customer_page: None,
            portal: Some("https://billing.example/login".into()),
            status,
            since: ago(60 * 24),
            paid_until,
            ending: false,
            last_day: Date::from_days(paid_until.days() + 10),
            more_time: None,
            on_hold: status == DuesStatus::Overdue,
            linked: ago(60 * 24 * 400),
            answered: Some(ago(14)),
            compared: Some(ago(60 * 11)),
            failing_since: None,
            notices: 2,
            notified: Some(ago(60 * 24)),
        };
        PersonDues {
            person: PersonId(7),
            now: NOW,
            version: 1,
            dues: Some(view),
            command: None,
            history: Vec::new(),
            subscriptions: Vec::new(),
            grace: 10,
            bookings: 2,
            processors: vec![Processor::Stripe],
            email: None,
            name: Some("Nora".into()),
            may_change: false,
        }
    }

    fn render(lang: Lang, page: PersonDues) -> String {
        html(visitor(lang), "/membership", move || view! { <Page page=RwSignal::new(page)/> })
    }

    #[test]
    fn paid_member_sees_last_paid_day_and_steps_if_late() {
        let html = render(Lang::En, dues(DuesStatus::Current, -11));
        let text = words(&html);
        assert!(
            text.contains("Paid until 30 November") && text.contains("renews automatically on 1 December"),
            "{text}"
        );
        assert!(text.contains("10 days of grace") && text.contains("11 December: hold"), "{text}");
        assert!(html.contains(r#"href="https://billing.example/login""#) && html.contains("noreferrer"), "{html}");
        let text = words(&render(Lang::It, dues(DuesStatus::Current, -11)));
        assert!(text.contains("Pagata fino al 30 novembre") && text.contains("1º dicembre: scadenza"), "{text}");
    }

    #[test]
    fn late_member_sees_days_left_and_where_to_pay() {
        let html = render(Lang::En, dues(DuesStatus::Grace, 4));
        let text = words(&html);
        assert!(text.contains("6 days left") && text.contains("until 25 November"), "{text}");
        assert!(text.contains("Pay at Stripe") && text.contains("2 bookings ahead"), "{text}");
        assert_eq!(
            (html.matches(r#"class="gone""#).count(), html.matches(r#"class="left""#).count()),
            (3, 7),
            "{html}"
        );
        let last = words(&render(Lang::En, dues(DuesStatus::Grace, 10)));
        assert!(last.contains("Last day today"), "{last}");
    }

    #[test]
    fn held_member_sees_effects_of_the_hold() {
        let text = words(&render(Lang::En, dues(DuesStatus::Overdue, 19)));
        assert!(text.contains("On hold since 18 November") && text.contains("What the hold touches"), "{text}");
        assert!(text.contains("Stripe last answered today at 14:02"), "{text}");
        let mut lifted = dues(DuesStatus::Overdue, 19);
        lifted.dues.as_mut().expect("dues").on_hold = false;
        let text = words(&render(Lang::En, lifted));
        assert!(!text.contains("On hold since") && text.contains("A manager lifted your hold"), "{text}");
    }

    #[test]
    fn member_without_dues_or_portal_is_shown_next_step() {
        let none = PersonDues { dues: None, version: 0, ..dues(DuesStatus::Current, 0) };
        assert!(words(&render(Lang::En, none)).contains("No dues linked to you"));
        let mut without = dues(DuesStatus::Grace, 4);
        without.dues.as_mut().expect("dues").portal = None;
        assert!(words(&render(Lang::En, without)).contains("Pay with the link in the e-mail from Stripe."));
        assert!(
            words(&render(Lang::It, dues(DuesStatus::Ended, 30)))
                .contains("La tua iscrizione a pagamento è terminata")
        );
    }

    #[test]
    fn member_whose_membership_ended_sees_until_when_machines_work() {
        let text = words(&render(Lang::En, dues(DuesStatus::Ended, 4)));
        assert!(
            text.contains("It was paid until 15 November") && text.contains("let you in until 25 November"),
            "{text}"
        );
        let mut held = dues(DuesStatus::Ended, 30);
        held.dues.as_mut().expect("dues").on_hold = true;
        let text = words(&render(Lang::En, held));
        assert!(text.contains("No machine lets you in") && !text.contains("let you in until"), "{text}");
        let lifted = words(&render(Lang::En, dues(DuesStatus::Ended, 30)));
        assert!(!lifted.contains("lets you in"), "{lifted}");
    }
}
