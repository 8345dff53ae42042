//! Payments: who is late, what differs from the processors, and what they were asked to do.
//!
//! Invariant: the filter is in the address and works without script. A processor that does not answer is shown with what that
//! means: nobody loses access.

mod differences;
mod ignored;

use super::{Tabs, called};
use crate::{
    call::{Call, Function, PageResource, load_query, page_resource},
    clock::use_clock,
    dues::{
        parts::{badge, command_icon, command_state, icon, pay_state, today, when},
        requests::requests,
    },
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        avatar::Avatar,
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Form, Summary, hidden},
        icon::Icon,
        table::{Cell, actions, always, cell, named, sorted, spare, table},
    },
};
use contract::dues::{self, CommandView, DuesLine, ListDues, Payments, ProcessorView};
use differences::{differences, has_differences, linked};
use domain::{
    dues::{CommandKind, CommandState, DuesStatus, Trouble},
    live::Noun,
    pictures::Subject,
    time::{Date, Moment},
};
use ignored::ignored;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

type Check = Function<dues::CheckProcessors>;
type Take = Function<dues::AskProcessor>;
type Retry = Function<dues::RetryDuesCommand>;
type Cancel = Function<dues::CancelDuesCommand>;
type Link = Function<dues::LinkDues>;
type LinkAll = Function<dues::LinkMatches>;

/// The calls of this page.
#[derive(Debug, Clone, Copy)]
struct Calls {
    check: Call<Check>,
    take: Call<Take>,
    retry: Call<Retry>,
    cancel: Call<Cancel>,
    link: Call<Link>,
    link_all: Call<LinkAll>,
}

impl Calls {
    fn new() -> Self {
        Self {
            check: Call::new(),
            take: Call::new(),
            retry: Call::new(),
            cancel: Call::new(),
            link: Call::new(),
            link_all: Call::new(),
        }
    }

    fn version(self) -> usize {
        self.check.version().get()
            + self.take.version().get()
            + self.retry.version().get()
            + self.cancel.version().get()
            + self.link.version().get()
            + self.link_all.version().get()
    }
}

/// The page at `/people/payments`.
pub fn payments_page() -> AnyView {
    let (live, query, calls) = (use_live(), use_query_map(), Calls::new());
    let status = Memo::new(move |_| query.with(|query| query.get_str("status").and_then(DuesStatus::parse)));
    let page: PageResource<Payments> = page_resource(
        move || (status.get(), live.version(Noun::Person), live.version(Noun::Space), calls.version()),
        move |(status, ..)| {
            let query = status.map(|status| format!("status={}", status.as_str())).unwrap_or_default();
            load_query(&ListDues {}, &query)
        },
    );
    live_page(lang::current().payments_title(), 6, page, move |page| {
        view! { <Page page status calls/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<Payments>, status: Memo<Option<DuesStatus>>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let may_change = Memo::new(move |_| page.with(|page| page.may_change));
    let done = answered(calls.link_all);
    view! {
        <header class="page-head">
            <h1>{t.people_heading()}</h1>
            <Tabs payments=true/>
            {dynamic(move || Some(page.with(|page| {
                page.processors.iter().map(|one| health(t, one, page.now)).collect_view()
            })))}
        </header>
        <div role="status">{dynamic(move || done.get().map(|done| linked(t, &done)))}</div>
        {dynamic(move || Some(whole(page.get(), status.get(), may_change.get(), calls)))}
    }
}

fn whole(page: Payments, status: Option<DuesStatus>, may_change: bool, calls: Calls) -> AnyView {
    let t = lang::current();
    let counts = page.counts;
    let has_dues = counts.current + counts.grace + counts.overdue + counts.ended > 0;
    if page.processors.is_empty() && !has_dues {
        return view! {
            <div class="card"><Empty icon="id-card">
                <h2>{t.payments_none()}</h2>
                <p>{t.payments_none_next()}</p>
                <p class="muted small">{t.payments_none_card()}</p>
            </Empty></div>
        }
        .into_any();
    }
    let now = page.now;
    let failing = page.processors.iter().any(|one| one.failing.is_some());
    let silent: Vec<_> =
        page.processors.iter().filter_map(|one| one.failing.map(|failing| (one.clone(), failing.0))).collect();
    let tries = failing.then(|| requests(t, &page));
    view! {
        {silent.into_iter().map(|(one, since)| silence(t, &one, since, now, may_change, calls)).collect_view()}
        {figures(t, &page, status, failing)}
        <div class="aside-cols">
            <div class="col">{tries}{late(t, &page, status, may_change)}</div>
            {commands(t, page.commands.clone(), now, may_change, calls)}
        </div>
        {has_differences(&page).then(|| differences(t, &page, may_change, calls))}
        {(!page.ignored.is_empty()).then(|| ignored(t, &page))}
    }
    .into_any()
}

/// One line about a processor.
fn health(t: Lang, one: &ProcessorView, now: Moment) -> AnyView {
    let name = one.processor.name();
    if let Some((since, trouble)) = one.failing {
        let since = when(t, since, now);
        let words = if trouble == Trouble::OtherAccount {
            t.payments_knows_nobody(name, &since)
        } else {
            t.payments_silent(name, &since)
        };
        return view! { <p class="health push" data-health="bad"><Icon name="octagon-alert"/><span>{words}</span></p> }
            .into_any();
    }
    let heard = one.heard.map(|at| t.payments_heard(&when(t, at, now)));
    let compared = one.compared.map(|at| t.payments_compared(&when(t, at, now)));
    let known: Vec<_> = heard.into_iter().chain(compared).collect();
    let (data, icon) = if known.is_empty() { ("off", "clock") } else { ("ok", "circle-check") };
    let words = if known.is_empty() { t.payments_not_asked().to_owned() } else { known.join(", ") };
    view! {
        <p class="health push" data-health=data><Icon name=icon/><span><b>{name}</b>" "{words}</span></p>
    }
    .into_any()
}

/// What it means that a processor does not answer.
fn silence(t: Lang, one: &ProcessorView, since: Moment, now: Moment, may_change: bool, calls: Calls) -> AnyView {
    let at = when(t, since, now);
    let name = one.processor.name();
    let trouble = one.failing.map(|(_, trouble)| trouble);
    let words = if trouble == Some(Trouble::OtherAccount) {
        format!("{} {}", t.payments_other_account(name), t.payments_other_account_next(&at))
    } else {
        let trouble = trouble.map(|trouble| format!("{name}: {}. ", t.dues_trouble(trouble))).unwrap_or_default();
        format!("{trouble}{}", t.payments_nobody_loses_next(&at))
    };
    view! {
        <Banner tone=Tone::Warn icon="triangle-alert" title=t.payments_nobody_loses().to_owned()>
            <p>{words}</p>
            {may_change.then(|| view! {
                <Form action=calls.check><Submit label=t.payments_try_now() busy=calls.check.pending()/></Form>
            })}
        </Banner>
    }
    .into_any()
}

/// The figures, each a link to its people.
fn figures(t: Lang, page: &Payments, chosen: Option<DuesStatus>, failing: bool) -> AnyView {
    let counts = page.counts;
    let from = page.next_hold.map(|day| t.payments_hold_from(&t.short_day(day)));
    let grace = if failing { t.payments_none_ends().to_owned() } else { from.unwrap_or_default() };
    let all = [
        (DuesStatus::Current, counts.current, t.payments_nothing_to_do().to_owned(), None),
        (DuesStatus::Grace, counts.grace, grace, Some("warn")),
        (DuesStatus::Overdue, counts.overdue, t.payments_on_hold().to_owned(), Some("bad")),
        (DuesStatus::Ended, counts.ended, t.payments_this_month().to_owned(), None),
    ];
    let figures = all.into_iter().map(|(status, count, second, tone)| {
        let is_chosen =
            chosen.map_or(matches!(status, DuesStatus::Grace | DuesStatus::Overdue), |one| one == status);
        // The chosen one leads back to those who are late.
        let href = if chosen == Some(status) {
            "/people/payments".to_owned()
        } else {
            format!("/people/payments?status={}", status.as_str())
        };
        view! {
            <a href=href data-noscroll data-tone=tone aria-current=is_chosen.then_some("true")>
                <span class="l">{icon(status).map(|name| view! { <Icon name/> })}{t.dues_status(status)}</span>
                <span class="v">{count}</span>
                <span class="s">{second}</span>
            </a>
        }
    });
    view! {
        <nav class="counts" aria-label=t.payments_counts() data-stale=failing.then_some("")>
            {figures.collect_view()}
            <div>
                <span class="l">{t.payments_without()}</span>
                <span class="v">{counts.without}</span>
                <span class="s">{t.payments_without_next()}</span>
            </div>
        </nav>
    }
    .into_any()
}

/// The people of the chosen status.
fn late(t: Lang, page: &Payments, status: Option<DuesStatus>, may_change: bool) -> AnyView {
    let title = status.map_or_else(|| t.payments_late().to_owned(), |status| t.dues_status(status).to_owned());
    let count = u32::try_from(page.dues.len()).unwrap_or(u32::MAX);
    let today = today(page.now);
    let inside = if page.dues.is_empty() {
        let (heading, next) = match status {
            None => (t.payments_nobody_late(), t.payments_nobody_late_next()),
            Some(_) => (t.payments_nobody_so(), ""),
        };
        view! { <div class="card"><Empty icon="circle-check"><h3>{heading}</h3><p>{next}</p></Empty></div> }
            .into_any()
    } else {
        let mut columns = vec![
            always(t.payments_person()),
            always(t.payments_state()),
            spare(t.payments_then(), 2),
            spare(t.payments_notified(), 3),
        ];
        columns.extend(may_change.then(actions));
        let rows = page.dues.iter().map(|one| row(t, one, today, may_change)).collect();
        view! { <div class="dues-table">{table("dues", t.payments_title(), columns, rows)}</div> }.into_any()
    };
    view! {
        <section class="group" aria-labelledby="late">
            <h2 class="group-head" id="late">{title}<span class="n">{t.payments_people(count)}</span></h2>
            {inside}
            {page.more.then(|| view! { <p class="why"><Icon name="info"/><span>{t.payments_more()}</span></p> })}
        </section>
    }
    .into_any()
}

fn row(t: Lang, one: &DuesLine, today: Date, may_change: bool) -> Vec<Cell> {
    let name = called(t, Some(one.name.clone()).filter(|name| !name.is_empty()), one.person);
    let picture = one.picture.map(|added| Subject::Person(one.person).src(added, true));
    let href = format!("/people/{}/membership", one.person);
    let then = match one.status {
        DuesStatus::Overdue => t.payments_on_hold().to_owned(),
        DuesStatus::Grace => t.payments_then_hold(&t.short_date(Date::from_days(one.last_day.days() + 1))),
        DuesStatus::Ended if today <= one.last_day => {
            t.payments_then_hold(&t.short_date(Date::from_days(one.last_day.days() + 1)))
        }
        DuesStatus::Current | DuesStatus::Ended => t.payments_then_renews(&t.dues_day(one.paid_until, today)),
    };
    let notices = if one.notices == 0 { "–".to_owned() } else { t.payments_times(one.notices) };
    let label = badge(t, one.status, (one.paid_until, one.last_day), today);
    let by_name = name.clone();
    let about = name.clone();
    let mut cells = vec![
        named(
            view! {
                <a class="name" href=href.clone()><Avatar name=name.clone() size="sm" picture/><span class="cut-off">{name}</span></a>
            }
            .into_any(),
            by_name,
        ),
        sorted(pay_state(one.status, label), one.last_day.days()),
        sorted(then, one.last_day.days()),
        sorted(notices, one.notices),
    ];
    let is_late = one.status != DuesStatus::Current;
    cells.extend(may_change.then(|| {
        cell(is_late.then(|| {
            let label = t.payments_more_time();
            view! { <a class="btn" href=format!("{href}?open=more-time#more-time") aria-label=format!("{label}: {about}")>{label}</a> }
        }))
    }));
    cells
}

fn commands(t: Lang, commands: Vec<CommandView>, now: Moment, may_change: bool, calls: Calls) -> AnyView {
    let waiting = commands.iter().filter(|one| one.state == CommandState::Waiting).count();
    let inside = if commands.is_empty() {
        view! { <p class="muted">{t.payments_commands_none()}</p> }.into_any()
    } else {
        let rows = commands.into_iter().map(|one| command(t, one, now, may_change, calls));
        view! { <div class="card"><ol class="commands">{rows.collect_view()}</ol></div> }.into_any()
    };
    view! {
        <section class="group" aria-labelledby="commands">
            <h2 class="group-head" id="commands">{t.payments_commands()}<span class="n">{waiting}</span></h2>
            <Summary action=calls.retry/>
            <Summary action=calls.cancel/>
            {inside}
            <p class="why"><Icon name="info"/><span>{t.payments_commands_why()}</span></p>
        </section>
    }
    .into_any()
}

fn command(t: Lang, one: CommandView, now: Moment, may_change: bool, calls: Calls) -> AnyView {
    let name = called(t, one.name.clone(), one.person);
    let title = t.dues_command(one.kind, &name);
    let is_waiting = one.state == CommandState::Waiting;
    let is_off = matches!(one.state, CommandState::Done | CommandState::Cancelled);
    let (id, retried, cancelled) = (one.id, title.clone(), title.clone());
    // The customer of a removal that failed goes on paying, until a manager retries or cancels it.
    let is_failed = matches!(one.state, CommandState::Refused | CommandState::GaveUp);
    let is_open = is_waiting || (is_failed && one.kind == CommandKind::Remove);
    let end = if is_open && may_change {
        view! {
            <div class="btn-row">
                <Form action=calls.retry beside=true>
                    {hidden("id", &id)}
                    <Submit label=t.payments_retry() about=retried busy=calls.retry.pending()/>
                </Form>
                <Form action=calls.cancel beside=true>
                    {hidden("id", &id)}
                    <Submit label=t.payments_cancel() about=cancelled kind=Press::Ghost busy=calls.cancel.pending()/>
                </Form>
            </div>
        }
        .into_any()
    } else {
        let at = one.settled.unwrap_or(one.queued);
        view! { <time datetime=time::iso(at)>{t.brief(at, now)}</time> }.into_any()
    };
    view! {
        <li data-off=is_off.then_some("")>
            <Icon name=command_icon(one.kind)/>
            <span><a href=format!("/people/{}/membership", one.person)>{title}</a><span class="s">{command_state(t, &one)}</span></span>
            {end}
        </li>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
#[expect(clippy::unwrap_used, reason = "a test fails by it")]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::dues::{DifferenceView, DuesCounts, IgnoredView, TryKind, TryView};
    use domain::{
        dues::{Processor, Reference},
        id::{DuesCommandId, DuesDifferenceId, PersonId},
    };

    fn line(id: i64, name: &str, status: DuesStatus, days_late: i64) -> DuesLine {
        let paid_until = Date::from_days(today(NOW).days() - days_late);
        DuesLine {
            person: PersonId(id),
            name: name.into(),
            picture: None,
            status,
            paid_until,
            last_day: Date::from_days(paid_until.days() + 10),
            notices: 2,
            version: 1,
        }
    }

    fn page() -> Payments {
        let command = CommandView {
            id: DuesCommandId(4),
            person: PersonId(9),
            name: Some("Anna von Mörl".into()),
            processor: Processor::Stripe,
            kind: CommandKind::Add,
            state: CommandState::Waiting,
            queued: ago(18),
            by: None,
            tries: 3,
            tried: Some(ago(1)),
            next: Some(NOW),
            trouble: Some(Trouble::Unavailable),
            settled: None,
        };
        Payments {
            now: NOW,
            processors: vec![ProcessorView {
                processor: Processor::Stripe,
                heard: Some(ago(14)),
                compared: Some(ago(60 * 11)),
                failing: None,
                next: None,
                unread: None,
            }],
            counts: DuesCounts { current: 203, grace: 6, overdue: 3, ended: 2, without: 2 },
            dues: vec![
                line(1, "Tomás Herrera", DuesStatus::Overdue, 29),
                line(2, "Priya Nair", DuesStatus::Grace, 7),
            ],
            more: false,
            differences: vec![
                DifferenceView {
                    matched: None,
                    matched_name: None,
                    id: DuesDifferenceId(1),
                    processor: Processor::Stripe,
                    reference: Reference::parse("cus_hannes").unwrap(),
                    person: Some(PersonId(3)),
                    name: Some("Hannes Gruber".into()),
                    here: Some(DuesStatus::Current),
                    there: Some(DuesStatus::Ended),
                    found: ago(60 * 11),
                },
                DifferenceView {
                    matched: Some(PersonId(6)),
                    matched_name: Some("Olga Stray".into()),
                    id: DuesDifferenceId(2),
                    processor: Processor::Stripe,
                    reference: Reference::parse("cus_stray").unwrap(),
                    person: None,
                    name: None,
                    here: None,
                    there: Some(DuesStatus::Current),
                    found: ago(60 * 11),
                },
            ],
            differences_left: 0,
            matches: 1,
            is_comparing: false,
            ignored: vec![IgnoredView {
                person: PersonId(5),
                name: Some("Greta Locker".into()),
                processor: Processor::Stripe,
                plan: "price_locker".into(),
            }],
            commands: vec![command],
            tries: vec![TryView {
                at: ago(1),
                processor: Processor::Stripe,
                request: TryKind::Add,
                status: Some(503),
                took: 420,
            }],
            next_hold: Some(Date::from_days(today(NOW).days() + 4)),
            may_change: true,
        }
    }

    fn render(lang: Lang, page: Payments, status: Option<DuesStatus>) -> String {
        html(visitor(lang), "/people/payments", move || {
            view! { <Page page=RwSignal::new(page) status=Memo::new(move |_| status) calls=Calls::new()/> }
        })
    }

    #[test]
    fn late_people_differences_and_commands_are_on_one_page() {
        let html = render(Lang::En, page(), None);
        let text = words(&html);
        for part in
            ["Overdue, 19 d", "Grace, 4 d left", "Hannes Gruber", "Use Stripe’s", "3 tries, next at 14:16", "203"]
        {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(html.contains(r#"href="/people/1/membership?open=more-time#more-time""#), "{html}");
        assert!(text.contains("Link 1 person by address") && text.contains("Olga Stray has its"), "{text}");
        assert!(text.contains("Ignored subscriptions") && text.contains("Stripe: price_locker"), "{text}");
        assert_eq!(html.matches(r#"aria-current="true""#).count(), 2, "grace and overdue: {html}");
        assert!(!text.contains("503"), "requests are shown while the processor is silent: {text}");
    }

    #[test]
    fn silent_processor_is_shown_with_consequence() {
        let mut silent = page();
        silent.processors[0].failing = Some((ago(96), Trouble::Unavailable));
        silent.processors[0].next = Some(NOW);
        let text = words(&render(Lang::En, silent.clone(), None));
        assert!(
            text.contains("Nobody loses access over this") && text.contains("503") && text.contains("Try now"),
            "{text}"
        );
        let text = words(&render(Lang::It, silent, None));
        assert!(text.contains("Nessuno perde l’accesso per questo"), "{text}");
    }

    #[test]
    fn key_of_another_account_is_named_as_the_likely_cause() {
        let mut other = page();
        other.processors[0].failing = Some((ago(96), Trouble::OtherAccount));
        let text = words(&render(Lang::En, other, None));
        for part in [
            "Stripe has found none of the linked customers since",
            "None of the linked customers is known to this account at Stripe. Is the key of another account?",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("has not answered"), "{text}");
    }

    #[test]
    fn differences_left_out_are_counted_and_explained() {
        let mut cut = Payments { differences_left: 9_800, matches: 9_950, is_comparing: true, ..page() };
        cut.processors[0].unread = Some(Trouble::NoAnswer);
        let text = words(&render(Lang::En, cut.clone(), None));
        for part in [
            "Link 9950 people by address",
            "9800 more are not shown.",
            "Not all customers of Stripe were compared by address: no answer.",
            "A comparison is under way.",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        let empty = Payments { differences: vec![], differences_left: 0, ..cut };
        assert!(words(&render(Lang::En, empty, None)).contains("Not all customers of Stripe"));
    }

    #[test]
    fn late_people_come_before_differences_and_many_matches_fold() {
        let stranger = |id: i64, person: i64| DifferenceView {
            matched: Some(PersonId(person)),
            matched_name: Some(format!("Member {person}")),
            id: DuesDifferenceId(id),
            reference: Reference::parse(&format!("cus_{id}")).unwrap(),
            ..page().differences.remove(1)
        };
        // The last two customers have one person's address.
        let of = |count: i64| {
            let mut differences: Vec<_> = (1..=count).map(|id| stranger(id, id)).collect();
            differences.extend([stranger(98, 99), stranger(99, 99)]);
            render(Lang::En, Payments { differences, ..page() }, None)
        };
        assert!(!of(10).contains("customers, each with the address"));
        let html = of(11);
        let at = |part: &str| html.find(part).unwrap_or_else(|| panic!("{part} is not in {html}"));
        let order = [
            at(r#"id="late""#),
            at(r#"id="differences""#),
            at("another customer has it too"),
            at("11 customers, each with the address of one person"),
            at("Link Member 11"),
        ];
        assert!(order.is_sorted(), "{order:?}");
        assert_eq!(html.matches("Member 99 has its e-mail address, but another").count(), 2, "{html}");
    }

    #[test]
    fn reader_without_permission_gets_no_buttons() {
        let html = render(Lang::En, Payments { may_change: false, ..page() }, None);
        assert!(!html.contains("<form") && !html.contains("more-time"), "{html}");
    }

    #[test]
    fn empty_page_shows_how_to_begin() {
        let none = Payments {
            processors: vec![],
            counts: DuesCounts::default(),
            dues: vec![],
            differences: vec![],
            ignored: vec![],
            commands: vec![],
            ..page()
        };
        assert!(
            words(&render(Lang::En, none, None)).contains("Start the server with the key of Stripe or GoCardless")
        );
        let nobody = Payments { dues: vec![], ..page() };
        assert!(words(&render(Lang::En, nobody, None)).contains("Nobody is late"));
    }
}
