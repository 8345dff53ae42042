//! A person's membership: what their payment processor answers, and what managers do about it.
//!
//! Invariant: all that is stored about dues is on this page. Not here: a member's own view (`dues::own`).

use super::{Crumb, Tab, with_tabs};
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    dues::parts::{command_icon, command_state, grace, history, state_line, today, when},
    lang,
    live::use_live,
    live_page::loaded,
    people::called,
    ui::{
        button::{Kind as Press, Submit},
        changing::dynamic,
        facts::Facts,
        form::{Field, Form, hidden, is_open},
        icon::Icon,
        status::Status,
    },
};
use contract::dues::{self, CommandView, DuesSubscription, DuesView, Membership, PersonDues, ReadMembership};
use domain::{
    dues::{CommandKind, CommandState, DuesStatus, Processor},
    id::PersonId,
    time::Date,
};
use leptos::{prelude::*, server_fn::ServerFn};
use text::{Lang, time};

type Extend = Function<dues::ExtendDues>;
type Ask = Function<dues::AskProcessor>;
type Add = Function<dues::AddToProcessor>;
type Remove = Function<dues::RemoveFromProcessor>;
type Link = Function<dues::LinkDues>;
type Choose = Function<dues::ChooseSubscription>;
type Unlink = Function<dues::UnlinkDues>;
type Retry = Function<dues::RetryDuesCommand>;
type Cancel = Function<dues::CancelDuesCommand>;

/// The calls of this page.
#[derive(Debug, Clone, Copy)]
struct Calls {
    extend: Call<Extend>,
    ask: Call<Ask>,
    add: Call<Add>,
    remove: Call<Remove>,
    link: Call<Link>,
    choose: Call<Choose>,
    unlink: Call<Unlink>,
    retry: Call<Retry>,
    cancel: Call<Cancel>,
}

impl Calls {
    fn new() -> Self {
        Self {
            extend: Call::new(),
            ask: Call::new(),
            add: Call::new(),
            remove: Call::new(),
            link: Call::new(),
            choose: Call::new(),
            unlink: Call::new(),
            retry: Call::new(),
            cancel: Call::new(),
        }
    }

    fn version(self) -> usize {
        let first = self.extend.version().get() + self.ask.version().get() + self.add.version().get();
        let second = self.remove.version().get() + self.link.version().get() + self.unlink.version().get();
        let third = self.retry.version().get() + self.cancel.version().get() + self.choose.version().get();
        first + second + third
    }
}

/// The page at `/people/:id/membership`.
pub fn membership_page(person: PersonId) -> AnyView {
    let (live, calls) = (use_live(), Calls::new());
    let page: PageResource<Membership> =
        page_resource(move || (live.person(person), calls.version()), move |_| load(&ReadMembership { person }));
    view! {
        <Crumb/>
        {loaded(4, page, move |page| view! { <Page page calls/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<Membership>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let head = Memo::new(move |_| page.with(|page| page.head.clone()));
    let dues = Memo::new(move |_| page.with(|page| page.dues.clone()));
    let inside = view! {
        <div class="cols">
            <div class="col">{dynamic(move || Some(first(dues.get(), calls)))}</div>
            <div class="col">
                {dynamic(move || dues.with(|dues| dues.command.clone().map(|command| last_command(t, command, dues.now))))}
                <section class="group" aria-labelledby="history">
                    <h2 class="group-head" id="history">{t.dues_history()}</h2>
                    {dynamic(move || Some(dues.with(|dues| history(dues.history.clone(), dues.now))))}
                </section>
            </div>
        </div>
    };
    with_tabs(head, Tab::Membership, inside.into_any())
}

fn first(page: PersonDues, calls: Calls) -> AnyView {
    let t = lang::current();
    let waits = page.command.clone().filter(|command| command.state == CommandState::Waiting);
    match (page.dues.clone(), waits) {
        (Some(dues), waits) => linked(t, &page, &dues, waits, calls),
        (None, Some(command)) => waiting(t, &page, &command, calls),
        (None, None) => unlinked(t, &page, calls),
    }
}

/// An answer with its state above and its buttons below.
fn answer(t: Lang, state: AnyView, sentence: String, because: String, buttons: AnyView) -> AnyView {
    view! {
        <section class="answer" data-answer="no" data-dense="" aria-label=t.dues_answer()>
            <div class="dues-say">
                {state}
                <h2 class="big">{sentence}</h2>
                <p class="because">{because}</p>
            </div>
            {buttons}
        </section>
    }
    .into_any()
}

fn linked(t: Lang, page: &PersonDues, dues: &DuesView, waits: Option<CommandView>, calls: Calls) -> AnyView {
    let (name, person) = (dues.processor.name(), page.person);
    view! {
        {standing(t, page, dues, calls)}
        {stored(t, page, dues)}
        {is_to_choose(&page.subscriptions).then(|| subscriptions(t, page, calls))}
        {(page.may_change && waits.is_none() && dues.status != DuesStatus::Ended).then(|| removal(t, page.person, name, calls))}
        {page.may_change.then(|| view! {
            <section class="card remove-row">
                <div><h2>{t.person_dues_unlink_title()}</h2><p class="small muted">{t.person_dues_unlink_why()}</p></div>
                <Form action=calls.unlink>
                    {hidden("person", &person)}
                    <Submit label=t.person_dues_unlink_title() busy=calls.unlink.pending()/>
                </Form>
            </section>
        })}
    }
    .into_any()
}

/// The status, in words, with what to do about it.
fn standing(t: Lang, page: &PersonDues, dues: &DuesView, calls: Calls) -> AnyView {
    let (now, name, person) = (page.now, dues.processor.name(), page.person);
    let today = today(now);
    let day = |date: Date| t.dues_day(date, today);
    let since = day(self::today(dues.since));
    let notified =
        dues.notified.map(|at| t.person_dues_notified(&t.payments_times(dues.notices), &t.day(at, now)));
    let (state, sentence, because) = match dues.status {
        DuesStatus::Current => {
            let next = if dues.ending {
                t.dues_runs_out(&day(dues.paid_until))
            } else {
                t.dues_renews(&day(Date::from_days(dues.paid_until.days() + 1)))
            };
            (
                state_line(Status::Free, t.dues_status(dues.status).to_owned()),
                t.person_dues_all_well(&day(dues.paid_until)),
                next,
            )
        }
        DuesStatus::Grace => {
            let left = u32::try_from(dues.last_day.days() - today.days()).unwrap_or(0);
            let sentence = if left == 0 { t.dues_last_day().to_owned() } else { t.dues_days_left(left) };
            let due = day(Date::from_days(dues.paid_until.days() + 1));
            (
                state_line(Status::Maintenance, t.dues_late_since(&due)),
                sentence,
                t.person_dues_grace(&day(dues.last_day)),
            )
        }
        DuesStatus::Overdue => {
            let late = u32::try_from(today.days() - dues.last_day.days()).unwrap_or(0).max(1);
            let sentence =
                if dues.on_hold { t.dues_on_hold_since(&since) } else { t.person_dues_no_hold().to_owned() };
            (state_line(Status::Blocked, t.person_dues_overdue_for(late)), sentence, t.person_dues_lifts(name))
        }
        DuesStatus::Ended => {
            let paid = t.dues_ended_because(&day(dues.paid_until));
            let because = if dues.on_hold {
                let held = Date::from_days(dues.last_day.days() + 1);
                format!("{paid} {}.", t.dues_on_hold_since(&day(held)))
            } else if today <= dues.last_day {
                format!("{paid} {}", t.person_dues_grace(&day(dues.last_day)))
            } else {
                paid
            };
            (
                state_line(Status::Closed, t.dues_status(dues.status).to_owned()),
                t.dues_status(dues.status).to_owned(),
                because,
            )
        }
    };
    let is_late = dues.status != DuesStatus::Current;
    let because =
        [Some(because), notified.filter(|_| is_late)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let silent = dues.failing_since.map(|at| {
        view! { <p class="health" data-health="bad"><Icon name="octagon-alert"/><span>{t.payments_silent(name, &when(t, at, now))}</span></p> }
    });
    let open = dues.customer_page.clone().map(|href| {
        view! { <a class="btn" data-kind="ghost" href=href rel="external noopener noreferrer">{t.person_dues_open(name)}</a> }
    });
    let ask = page.may_change.then(|| {
        view! {
            <Form action=calls.ask>
                {hidden("person", &person)}
                <Submit label=t.person_dues_ask(name) busy=calls.ask.pending()/>
            </Form>
        }
    });
    let meter = (dues.status == DuesStatus::Grace).then(|| grace(dues.paid_until, dues.last_day, today));
    let time = (page.may_change && is_late).then(|| more_time(t, page, calls));
    let buttons = view! { {meter}{silent}<div class="btn-row">{ask}{open}</div>{time} };
    answer(t, state, sentence, because, buttons.into_any())
}

/// The form that gives more time.
fn more_time(t: Lang, page: &PersonDues, calls: Calls) -> AnyView {
    let (person, version) = (page.person, page.version);
    view! {
        <details class="deed" open=is_open("more-time", Extend::PATH)>
            <summary>{t.person_dues_more_time()}</summary>
            <p class="small muted" id="more-time">{t.person_dues_more_time_why()}</p>
            <Form action=calls.extend>
                {hidden("person", &person)}
                {hidden("version", &version)}
                <Field name="last_day" label=t.person_dues_until() kind="date"/>
                <div class="btn-row"><Submit label=t.person_dues_more_time() kind=Press::Primary busy=calls.extend.pending()/></div>
            </Form>
        </details>
    }
    .into_any()
}

fn stored(t: Lang, page: &PersonDues, dues: &DuesView) -> AnyView {
    let now = page.now;
    let at = |moment: Option<_>| moment.map_or_else(|| t.dues_never().to_owned(), |at| when(t, at, now));
    let until = t.dues_paid_until(&t.dues_day(dues.paid_until, today(now)));
    let hold = if dues.on_hold {
        t.person_dues_hold_since(&t.brief(dues.since, now))
    } else {
        t.person_dues_hold_none().to_owned()
    };
    let mut facts = vec![
        (t.dues_reference(), dues.reference.clone()),
        (t.dues_status_label(), format!("{} · {until}", t.dues_status(dues.status))),
        (t.person_dues_hold(), hold),
        (t.person_dues_answered(), at(dues.answered)),
        (
            t.person_dues_compared(),
            dues.compared.map_or_else(|| t.person_dues_not_compared().to_owned(), |at| when(t, at, now)),
        ),
    ];
    facts.extend(
        dues.more_time
            .map(|day| (t.person_dues_more_time(), t.person_dues_more_time_until(&t.dues_day(day, today(now))))),
    );
    view! {
        <section class="card" aria-labelledby="stored">
            <div class="card-head"><h2 id="stored">{t.dues_stored()}</h2><span class="muted small push">{t.dues_stored_all()}</span></div>
            <Facts facts/>
        </section>
    }
    .into_any()
}

/// Whether there is anything to see or to choose about subscriptions.
fn is_to_choose(all: &[DuesSubscription]) -> bool {
    all.len() > 1 || all.iter().any(|one| !one.counts || one.chosen)
}

/// The subscriptions: which are dues, and which are ignored.
fn subscriptions(t: Lang, page: &PersonDues, calls: Calls) -> AnyView {
    let (person, today) = (page.person, today(page.now));
    let may_change = page.may_change;
    let is_chosen = page.subscriptions.iter().any(|one| one.chosen);
    let rows = page.subscriptions.iter().cloned().map(|one| {
        let name = if one.name.is_empty() { t.person_dues_single().to_owned() } else { one.name };
        // One that is over pays nothing, whatever it counted as.
        let role = match (one.chosen, one.counts) {
            (true, _) => Some(t.person_dues_chosen()),
            (false, true) => (!one.ended).then(|| t.person_dues_counts()),
            (false, false) => Some(t.person_dues_ignored()),
        };
        let is_paying = one.counts && !one.ended;
        let ended = one.ended.then(|| t.dues_status(DuesStatus::Ended).to_owned());
        let until = one.paid_until.map(|day| t.dues_paid_until(&t.dues_day(day, today)));
        let second: Vec<_> = [role.map(str::to_owned), ended, until].into_iter().flatten().collect();
        let icon = if is_paying { "check" } else { "info" };
        let (id, about) = (one.id, name.clone());
        let act = (may_change && !one.chosen && !id.is_empty()).then(|| {
            view! {
                <Form action=calls.choose beside=true>
                    {hidden("person", &person)}
                    {hidden("subscription", &id)}
                    <Submit label=t.person_dues_choose() about busy=calls.choose.pending()/>
                </Form>
            }
        });
        view! {
            <li data-off=(!is_paying).then_some("")>
                <Icon name=icon/>
                <span>{name}<span class="s">{second.join(" · ")}</span></span>
                {act}
            </li>
        }
    });
    let none = (may_change && is_chosen).then(|| {
        view! {
            <Form action=calls.choose>
                {hidden("person", &person)}
                {hidden("subscription", &"")}
                <div class="btn-row"><Submit label=t.person_dues_choose_none() busy=calls.choose.pending()/></div>
            </Form>
        }
    });
    view! {
        <section class="group" aria-labelledby="subscriptions">
            <h2 class="group-head" id="subscriptions">{t.person_dues_subscriptions()}</h2>
            <div class="card"><ol class="commands">{rows.collect_view()}</ol></div>
            {none}
        </section>
    }
    .into_any()
}

fn removal(t: Lang, person: PersonId, name: &'static str, calls: Calls) -> AnyView {
    view! {
        <section class="card remove-row">
            <div><h2>{t.person_dues_remove_title(name)}</h2><p class="small muted">{t.person_dues_remove_why()}</p></div>
            <Form action=calls.remove>
                {hidden("person", &person)}
                <Submit label=t.person_dues_remove() kind=Press::Danger busy=calls.remove.pending()/>
            </Form>
        </section>
    }
    .into_any()
}

/// A command that waits, for a person without dues.
fn waiting(t: Lang, page: &PersonDues, command: &CommandView, calls: Calls) -> AnyView {
    let name = command.processor.name();
    let sentence = match command.kind {
        CommandKind::Add => t.person_dues_waiting(),
        CommandKind::Remove => t.person_dues_waiting_remove(),
    };
    let state = if command.trouble.is_some() {
        state_line(Status::Maintenance, t.person_dues_not_answering(name))
    } else {
        state_line(Status::Reserved, t.dues_command_state(command.state).to_owned())
    };
    let tries = match command.next.filter(|_| command.tries > 0) {
        Some(next) => t.person_dues_waiting_next(&t.payments_tries(command.tries), &time::clock(next)),
        None => format!("{}.", t.payments_queued()),
    };
    let because = match command.kind {
        CommandKind::Add => format!("{tries} {}", t.person_dues_first_days()),
        CommandKind::Remove => tries,
    };
    let id = command.id;
    let buttons = page.may_change.then(|| {
        view! {
            <div class="btn-row">
                <Form action=calls.retry>
                    {hidden("id", &id)}
                    <Submit label=t.payments_try_now() kind=Press::Primary busy=calls.retry.pending()/>
                </Form>
                <Form action=calls.cancel>
                    {hidden("id", &id)}
                    <Submit label=t.payments_cancel() kind=Press::Ghost busy=calls.cancel.pending()/>
                </Form>
            </div>
        }
    });
    view! {
        {answer(t, state, sentence.to_owned(), because, buttons.into_any())}
        {(command.kind == CommandKind::Add).then(|| gets(t, page, name))}
        {page.may_change.then(|| reference(t, page.person, calls))}
    }
    .into_any()
}

/// What a processor gets of a person: nothing else.
fn gets(t: Lang, page: &PersonDues, processor: &'static str) -> AnyView {
    let name = called(t, page.name.clone(), page.person);
    let facts =
        vec![(t.person_dues_email(), page.email.clone().unwrap_or_default()), (t.person_dues_name(), name)];
    view! {
        <section class="card" aria-labelledby="gets">
            <div class="card-head"><h2 id="gets">{t.person_dues_gets(processor)}</h2><span class="muted small push">{t.person_dues_gets_nothing_else()}</span></div>
            <Facts facts/>
        </section>
    }
    .into_any()
}

fn unlinked(t: Lang, page: &PersonDues, calls: Calls) -> AnyView {
    let because = if page.processors.is_empty() { t.person_dues_none_set_up() } else { t.person_dues_none_next() };
    let adds = page.processors.iter().map(|&processor| add(t, page, processor, calls)).collect_view();
    let can_add = page.may_change && page.email.is_some();
    let buttons = if can_add {
        view! { <div class="btn-row">{adds}</div> }.into_any()
    } else {
        (page.may_change && !page.processors.is_empty())
            .then(|| view! { <p class="why"><Icon name="info"/><span>{t.person_dues_no_email()}</span></p> })
            .into_any()
    };
    let state = state_line(Status::Closed, t.payments_without().to_owned());
    let first = page.processors.first().copied().filter(|_| can_add);
    view! {
        {answer(t, state, t.person_dues_none().to_owned(), because.to_owned(), buttons)}
        {first.map(|processor| gets(t, page, processor.name()))}
        {(page.may_change && !page.processors.is_empty()).then(|| reference(t, page.person, calls))}
    }
    .into_any()
}

fn add(t: Lang, page: &PersonDues, processor: Processor, calls: Calls) -> AnyView {
    let person = page.person;
    view! {
        <Form action=calls.add>
            {hidden("person", &person)}
            {hidden("processor", &processor.as_str())}
            <Submit label=t.person_dues_add(processor.name()) kind=Press::Primary busy=calls.add.pending()/>
        </Form>
    }
    .into_any()
}

/// The form that links a customer who exists already.
fn reference(t: Lang, person: PersonId, calls: Calls) -> AnyView {
    view! {
        <section class="card" aria-labelledby="link">
            <div class="card-head"><h2 id="link">{t.person_dues_enter()}</h2></div>
            <Form action=calls.link>
                {hidden("person", &person)}
                <Field name="reference" label=t.dues_reference() hint=t.person_dues_enter_hint() autocomplete="off"/>
                <div class="btn-row"><Submit label=t.person_dues_link() busy=calls.link.pending()/></div>
            </Form>
        </section>
    }
    .into_any()
}

fn last_command(t: Lang, command: CommandView, now: domain::time::Moment) -> AnyView {
    let name = called(t, command.name.clone(), command.person);
    let at = command.settled.or(command.tried).unwrap_or(command.queued);
    view! {
        <section class="group" aria-labelledby="command">
            <h2 class="group-head" id="command">{t.person_dues_command()}</h2>
            <div class="card"><ol class="commands"><li>
                <Icon name=command_icon(command.kind)/>
                <span>{t.dues_command(command.kind, &name)}<span class="s">{command_state(t, &command)}</span></span>
                <time datetime=time::iso(at)>{t.brief(at, now)}</time>
            </li></ol></div>
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        dues::own::tests::dues,
        people::person::tests::head,
        testing::{NOW, ago, html, visitor, words},
    };
    use domain::{dues::Trouble, id::DuesCommandId};

    fn render(lang: Lang, dues: PersonDues) -> String {
        html(visitor(lang), "/people/7/membership?open=more-time", move || {
            let page = RwSignal::new(Membership { head: head(), dues });
            view! { <Page page calls=Calls::new()/> }
        })
    }

    fn managed(status: DuesStatus, days_late: i64) -> PersonDues {
        let mut page =
            PersonDues { may_change: true, email: Some("nora@example.org".into()), ..dues(status, days_late) };
        if let Some(dues) = &mut page.dues {
            dues.reference = "cus_3Vb7QwX1mN".into();
            dues.customer_page = Some("https://dashboard.stripe.com/customers/cus_3Vb7QwX1mN".into());
        }
        page
    }

    fn command(kind: CommandKind) -> CommandView {
        CommandView {
            id: DuesCommandId(4),
            person: PersonId(7),
            name: Some("Nora".into()),
            processor: Processor::Stripe,
            kind,
            state: CommandState::Waiting,
            queued: ago(18),
            by: Some("Elisa Moser".into()),
            tries: 3,
            tried: Some(ago(1)),
            next: Some(NOW),
            trouble: Some(Trouble::Unavailable),
            settled: None,
        }
    }

    #[test]
    fn manager_of_overdue_member_gives_time_asks_or_removes() {
        let html = render(Lang::En, managed(DuesStatus::Overdue, 29));
        let text = words(&html);
        for part in [
            "Overdue for 19 days",
            "On hold since 18 November",
            "Notified 2 times",
            "cus_3Vb7QwX1mN",
            "Ask Stripe now",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(html.contains("<details open") || html.contains(r#"<details class="deed" open"#), "{html}");
        assert!(
            html.contains(r#"action="?open=more-time&amp;/dues/extend""#) && html.contains("/dues/remove"),
            "{html}"
        );
        assert!(html.contains(r#"/people/7/membership" aria-current="page""#), "{html}");
    }

    #[test]
    fn waiting_command_shows_tries_and_data_to_be_sent() {
        let page = PersonDues {
            dues: None,
            version: 0,
            command: Some(command(CommandKind::Add)),
            ..managed(DuesStatus::Current, 0)
        };
        let text = words(&render(Lang::En, page.clone()));
        for part in [
            "Waiting to be added",
            "3 tries so far, the next at 14:16",
            "What Stripe will get",
            "nora@example.org",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(words(&render(Lang::It, page)).contains("In attesa di essere aggiunta"));
    }

    #[test]
    fn ended_subscription_does_not_count_as_dues() {
        let one = |id: &str, ended| DuesSubscription {
            id: id.into(),
            name: id.into(),
            paid_until: None,
            ended,
            counts: true,
            chosen: false,
        };
        let subscriptions = vec![one("sub_new", false), one("sub_old", true)];
        let html = render(Lang::En, PersonDues { subscriptions, ..managed(DuesStatus::Current, 0) });
        let text = words(&html);
        assert_eq!(text.matches("counts as dues").count(), 1, "{text}");
        assert!(text.contains("Ended"), "{text}");
        assert_eq!(html.matches("data-off").count(), 1, "{html}");
    }

    #[test]
    fn unlinked_person_can_be_added_or_linked() {
        let page = PersonDues { dues: None, version: 0, ..managed(DuesStatus::Current, 0) };
        let html = render(Lang::En, page.clone());
        assert!(html.contains("/dues/add") && html.contains("/dues/link"), "{html}");
        let none = words(&render(Lang::En, PersonDues { processors: vec![], email: None, ..page.clone() }));
        assert!(none.contains("No payment processor is set up"), "{none}");
        let read = render(Lang::En, PersonDues { may_change: false, ..page });
        assert!(!read.contains("<form"), "{read}");
    }
}
