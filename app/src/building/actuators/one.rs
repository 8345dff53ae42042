//! One actuator: the answer with its lease, wanted above held on one axis, its leases, its limits and the test of its fallback.
//!
//! Not here: its rules ([`super::rules`]).

use super::{failsafe, is_on, log, sheet, table::ring, temperature, until, wanted_by};
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        form::{Form, hidden},
        icon::Icon,
        status::{Glyph, Status},
    },
};
use contract::actuators::{
    ActuatorPage, ActuatorView, Quarters, ReadActuatorPage, StartTest, StopTest, TestView, TurnOff, TurnOn,
};
use domain::{
    actuators::{ActuatorState, TestOutcome},
    id::ActuatorId,
    leases::{LONGEST, Load, ReportedLimits, minutes},
    live::Noun,
    time::MINUTE,
};
use leptos::prelude::*;
use leptos_meta::Title;
use text::{Lang, time};

#[derive(Debug, Clone, Copy)]
struct Calls {
    on: Call<Function<TurnOn>>,
    off: Call<Function<TurnOff>>,
    start_test: Call<Function<StartTest>>,
    stop_test: Call<Function<StopTest>>,
}

impl Calls {
    fn new() -> Self {
        Self { on: Call::new(), off: Call::new(), start_test: Call::new(), stop_test: Call::new() }
    }

    /// Number of submissions.
    fn sent(self) -> usize {
        let Self { on, off, start_test, stop_test } = self;
        on.version().get() + off.version().get() + start_test.version().get() + stop_test.version().get()
    }
}

/// The page at `/building/actuators/{id}`.
pub fn actuator_page(id: ActuatorId) -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let versions = move || (live.version(Noun::Building) + live.version(Noun::Bookings), calls.sent());
    let page: PageResource<ActuatorPage> = page_resource(versions, move |_| load(&ReadActuatorPage { id }));
    live_page(lang::current().actuator_title(), 5, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<ActuatorPage>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let name = page.with_untracked(|page| page.actuator.name.clone());
    view! {
        <Title text=name/>
        <a class="crumb" href="/building"><Icon name="chevron-left"/>{t.actuator_building()}</a>
        {dynamic(move || Some(page.with(|page| head(t, page, calls))))}
        <div class="aside-cols">
            <div class="cluster">
                {dynamic(move || Some(page.with(|page| answer(t, page))))}
                {dynamic(move || Some(page.with(|page| today(t, page, calls))))}
                {dynamic(move || Some(page.with(log::log)))}
            </div>
            <div class="cluster">
                {dynamic(move || Some(page.with(|page| hard_limit(t, page))))}
                {dynamic(move || Some(page.with(|page| limits(t, page))))}
                {dynamic(move || page.with(|page| page.may_manage.then(|| fallback(t, page, calls))))}
            </div>
        </div>
    }
}

/// Its name, when its device was last heard, and the button that changes it.
fn head(t: Lang, page: &ActuatorPage, calls: Calls) -> AnyView {
    let one = &page.actuator;
    let is_silent = one.state == ActuatorState::Silent;
    let heard = match one.heard {
        // A device with one output often has its name.
        Some(heard) if one.device_name == one.name => t.devices_heard(&time::lowered(&t.recent(heard, page.now))),
        Some(heard) => t.actuator_heard(&one.device_name, &time::lowered(&t.recent(heard, page.now))),
        None => t.actuator_not_heard(&one.device_name),
    };
    let icon = if is_silent { "circle-dashed" } else { "circle-check" };
    view! {
        <header class="page-head device-head">
            <h1>{one.name.clone()}</h1>
            <span class="health" data-health=if is_silent { "off" } else { "ok" }><Icon name=icon/><span>{heard}</span></span>
            <div class="push btn-row">{switch(t, page, calls)}</div>
        </header>
    }
    .into_any()
}

fn switch(t: Lang, page: &ActuatorPage, calls: Calls) -> AnyView {
    let one = &page.actuator;
    if !one.may_switch {
        return view! { <span class="may" data-no=""><Icon name="lock"/>{t.actuator_manager_only()}</span> }
            .into_any();
    }
    if let Some(machine) = &one.interlock {
        return view! {
            <button class="btn" type="button" aria-disabled="true" aria-describedby="interlock"><Icon name="power-off"/>{t.actuators_turn_off()}</button>
            <p class="why" id="interlock"><Icon name="link"/><span>{t.actuators_interlock(machine)}</span></p>
        }
        .into_any();
    }
    if one.why.is_none() && !is_on(one) {
        return sheet::turn_on(page, calls.on, t.actuators_turn_on());
    }
    let label = if page.test.is_some() { t.actuators_turn_off_now() } else { t.actuators_turn_off() };
    let (id, about) = (hidden("id", &one.id), one.name.clone());
    view! { <Form action=calls.off>{id}<Submit label about busy=calls.off.pending()/></Form> }.into_any()
}

/// On until when, or off; with what its lease promises.
fn answer(t: Lang, page: &ActuatorPage) -> AnyView {
    let one = &page.actuator;
    let ring = ring(t, one, page.now, true);
    let (status, big, because) = match &page.test {
        Some(test) => test_answer(t, page, test),
        None => (None, headline(t, one), because(t, page)),
    };
    let tripped = one.tripped.then(|| {
        view! { <div class="status" data-status="blocked"><Glyph status=Status::Blocked/>{t.actuator_tripped()}</div> }
    });
    view! {
        <section class="answer device-answer" data-answer="no" aria-labelledby="answer" role="status">
            {ring}
            <div class="say">{tripped}{status}<h2 class="big" id="answer">{big}</h2><p class="because">{because}</p></div>
        </section>
    }
    .into_any()
}

fn headline(t: Lang, one: &ActuatorView) -> String {
    match (one.state, one.until) {
        (ActuatorState::On | ActuatorState::Test, Some(until)) => t.actuator_on_until(&time::clock(until)),
        (ActuatorState::On | ActuatorState::Test, None) => t.actuator_on().to_owned(),
        (ActuatorState::Silent, _) => t.actuator_no_word().to_owned(),
        (ActuatorState::Off, _) => match one.next {
            Some(next) => t.actuator_off_next(&time::clock(next)),
            None => t.actuator_off().to_owned(),
        },
    }
}

/// Who wants it, how warm it is, and by when it is off without us.
fn because(t: Lang, page: &ActuatorPage) -> String {
    let one = &page.actuator;
    let who = match wanted_by(t, one) {
        Some(who) => text::time::sentence(&format!("{}, {}", time::capitalised(&who), until(t, one))),
        None => match one.off_until {
            Some(off) => text::time::sentence(&t.actuators_off_until(&time::clock(off))),
            None => t.actuator_nothing_wants().to_owned(),
        },
    };
    let warm = temperature(one).map(|read| match one.target.filter(|_| one.why.is_some()) {
        Some(target) => t.actuator_reads_wanted(&t.degrees(read), &t.degrees(target)),
        None => t.actuator_reads(&t.degrees(read)),
    });
    let silent = match (one.state, one.heard, one.lease_ends) {
        (ActuatorState::Silent, Some(heard), ends) => {
            let ends = ends.unwrap_or_else(|| heard.shifted_to(heard.at.after(LONGEST)));
            Some(t.actuators_no_word(&time::clock(heard), &time::clock(ends)))
        }
        (ActuatorState::Silent, None, _) => Some(t.actuators_never_heard().to_owned()),
        (_, _, Some(ends)) if ends.at > page.now.at => Some(t.actuator_fall_silent(&time::clock(ends))),
        _ => None,
    };
    std::iter::once(who).chain(warm).chain(silent).collect::<Vec<_>>().join(" ")
}

fn test_answer(t: Lang, page: &ActuatorPage, test: &TestView) -> (Option<AnyView>, String, String) {
    let since = view! {
        <div class="status" data-status="maint"><Glyph status=Status::Maintenance/>{t.actuator_test_since(&time::clock(test.started))}</div>
    };
    let left = test.ends.at.since(page.now.at).as_secs().div_ceil(MINUTE.as_secs());
    let big = match test.off {
        Some(_) => t.actuator_test_now_off().to_owned(),
        None => t.actuator_test_within(&left.to_string()),
    };
    (Some(since.into_any()), big, t.actuator_test_watch(&time::clock(test.ends)))
}

/// When it was wanted and on today, on one axis.
fn today(t: Lang, page: &ActuatorPage, calls: Calls) -> AnyView {
    let words = |spans: &mut dyn Iterator<Item = Quarters>| {
        let all: Vec<_> = spans.map(|(from, to)| format!("{}–{}", quarter(from), quarter(to))).collect();
        if all.is_empty() { t.actuator_never_today().to_owned() } else { all.join(", ") }
    };
    let wanted = t.actuator_wanted_words(&words(&mut page.wanted.iter().map(|(span, _)| *span)));
    let held = t.actuator_held_words(&words(&mut page.held.iter().copied()));
    let rules = page.rules.iter().map(|rule| super::rules::in_words(t, rule)).collect::<Vec<_>>().join(" · ");
    let rules = if rules.is_empty() { t.actuator_rules_none().to_owned() } else { rules };
    let has_out = !page.out.is_empty();
    let edit = page.may_manage.then(|| {
        let href = format!("/building/rules?edit={}", page.actuator.id);
        view! { <ButtonLink href label=t.actuator_edit_rules().to_owned() icon="pencil"/> }
    });
    let extra = (page.actuator.may_switch
        && page.test.is_none()
        && (page.actuator.why.is_some() || is_on(&page.actuator)))
    .then(|| sheet::turn_on(page, calls.on, t.actuator_just_today()));
    view! {
        <section class="card" aria-labelledby="today">
            <div class="card-head"><h2 id="today">{t.actuator_today()}</h2><span class="muted small push">{rules}</span></div>
            <div class="lanes day-lanes">
                <b class="l">{t.actuator_wanted()}</b>{lane(&[("wanted", page.wanted.iter().map(|(span, _)| *span).collect())], None, wanted)}
                <b class="l">{t.actuator_held()}</b>{lane(&[("on", page.held.clone()), ("out", page.out.clone())], Some(page.quarter), held)}
                <span class="axis" aria-hidden="true">{(0..=8).map(|at| view! { <span>{at * 3}</span> }).collect_view()}</span>
            </div>
            <ul class="legend">
                <li><i class="key-want"></i>{t.actuator_key_wanted()}</li>
                <li><i class="key-on"></i>{t.actuator_key_on()}</li>
                {has_out.then(|| view! { <li><i class="key-out"></i>{t.actuator_key_out()}</li> })}
            </ul>
            <div class="btn-row">{edit}{extra}</div>
        </section>
    }
    .into_any()
}

/// A quarter of the day as a time.
fn quarter(at: u8) -> String {
    format!("{}:{:02}", at / 4, u16::from(at % 4) * 15)
}

fn lane(parts: &[(&'static str, Vec<Quarters>)], now: Option<u8>, label: String) -> AnyView {
    let blocks = parts.iter().flat_map(|(kind, spans)| {
        spans.iter().map(|(from, to)| {
            let width = to.saturating_sub(*from).max(1);
            view! { <rect data-k=*kind x=from.to_string() y="0" width=width.to_string() height="1"/> }
        })
    });
    let now = now.map(|now| view! { <rect class="now" x=now.to_string() y="0" width="0.5" height="1"/> });
    view! {
        <svg class="quarters" viewBox="0 0 96 1" preserveAspectRatio="none" role="img" aria-label=label>{blocks.collect_view()}{now}</svg>
    }
    .into_any()
}

fn hard_limit(t: Lang, page: &ActuatorPage) -> AnyView {
    let limit = page.limits.filter(|_| page.actuator.load == Load::Heat).map(|limits| t.degrees(limits.above));
    failsafe(limit, t.actuators_failsafe_next().to_owned())
}

/// What Toolgate refuses, and what the device does by itself.
fn limits(t: Lang, page: &ActuatorPage) -> AnyView {
    let heats = page.actuator.load == Load::Heat;
    let hours = |minutes: u16| t.actuator_hours(&(minutes / 60).to_string());
    let reported = page.limits;
    let dash = || "–".to_owned();
    let warm = heats.then(|| {
        let back = reported.map(|limits| t.actuator_back_at(&t.degrees(limits.back)));
        row(
            t.actuator_warm(),
            page.warmest.map_or_else(dash, |one| t.degrees(one)),
            reported.map(|limits| t.degrees(limits.above)),
            back,
        )
    });
    let cold = heats.then(|| {
        let below = reported.map(|limits| t.actuator_on_below(&t.degrees(limits.frost)));
        row(t.actuator_cold(), dash(), below, Some(t.actuator_frost().to_owned()))
    });
    let longest = t.actuator_minutes(&minutes(LONGEST).to_string());
    let own_lease = |limits: ReportedLimits| t.actuator_minutes(&(limits.lease / 60).to_string());
    let own_day = |limits: ReportedLimits| t.actuator_hours(&(limits.day / 3_600).to_string());
    let note = match (heats, reported) {
        (_, Some(_)) => t.actuator_limits_read(),
        (true, None) => t.actuator_limits_unread(),
        (false, None) => t.actuator_limits_own_timer(),
    };
    view! {
        <section class="card" aria-labelledby="limits">
            <h2 id="limits">{t.actuator_limits()}</h2>
            <table class="limits">
                <caption class="visually-hidden">{t.actuator_limits()}</caption>
                <thead><tr>
                    <th scope="col"><span class="visually-hidden">{t.actuator_limit()}</span></th>
                    <th scope="col">{t.actuator_refuses()}</th>
                    <th scope="col"><Icon name="lock"/>" "{t.actuator_cuts_off()}</th>
                </tr></thead>
                <tbody>
                    {warm}{cold}
                    {row(t.actuator_at_a_time(), longest.clone(), Some(reported.map_or(longest, own_lease)), None)}
                    {row(t.actuator_on_a_day(), hours(page.daily), reported.map(own_day), None)}
                </tbody>
            </table>
            <p class="why"><Icon name="info"/><span>{note}</span></p>
        </section>
    }
    .into_any()
}

fn row(name: &'static str, refused: String, own: Option<String>, more: Option<String>) -> AnyView {
    let more = more.filter(|_| own.is_some());
    view! {
        <tr><th scope="row">{name}</th><td><b>{refused}</b></td>
            <td><b>{own.unwrap_or_else(|| "–".to_owned())}</b>{more.map(|more| view! { <span class="s">{more}</span> })}</td></tr>
    }
    .into_any()
}

/// The test of the fallback: its last result and its button, or its steps while it runs.
fn fallback(t: Lang, page: &ActuatorPage, calls: Calls) -> AnyView {
    let id = page.actuator.id;
    let content = if let Some(test) = &page.test {
        view! {
            {steps(t, page, test)}
            <Form action=calls.stop_test>
                {hidden("id", &id)}
                <Submit label=t.actuator_test_stop() kind=Press::Primary busy=calls.stop_test.pending()/>
            </Form>
        }
        .into_any()
    } else {
        let last = match &page.last_test {
            Some(test) => last_test(t, page, test),
            None => t.actuator_fallback_untested().to_owned(),
        };
        let can_start = page.actuator.lease_ends.is_some_and(|ends| ends.at > page.now.at);
        let button = if can_start {
            view! {
                <Form action=calls.start_test>
                    {hidden("id", &id)}
                    <Submit label=t.actuator_test_now() kind=Press::Primary busy=calls.start_test.pending()/>
                </Form>
                <p class="why"><Icon name="clock"/><span>{t.actuator_test_takes()}</span></p>
            }
            .into_any()
        } else {
            view! {
                <button class="btn" type="button" aria-disabled="true" aria-describedby="test-why">{t.actuator_test_now()}</button>
                <p class="why" id="test-why"><Icon name="info"/><span>{t.actuator_test_when_on()}</span></p>
            }
            .into_any()
        };
        view! { <p class="small muted">{last}</p>{button} }.into_any()
    };
    view! { <section class="card" aria-labelledby="fallback"><h2 id="fallback">{t.actuator_fallback()}</h2>{content}</section> }
        .into_any()
}

fn last_test(t: Lang, page: &ActuatorPage, test: &TestView) -> String {
    let day = time::lowered(&t.day(test.started, page.now));
    let when = match &test.by {
        Some(name) => t.actuator_fallback_by(&day, name),
        None => t.actuator_fallback_on(&day),
    };
    let outcome = match (test.outcome, test.off) {
        (Some(TestOutcome::Off), Some((_, after))) => {
            let after = format!("{} min {} s", after / 60, after % 60);
            t.actuator_fallback_off(&after)
        }
        (Some(outcome), _) => t.test_outcome(outcome).to_owned(),
        (None, _) => String::new(),
    };
    format!("{when}: {outcome}.")
}

/// The steps of a running test: the last lease, the silence, and what follows.
fn steps(t: Lang, page: &ActuatorPage, test: &TestView) -> AnyView {
    let silent = page.now.at.since(test.started.at).as_secs() / 60;
    let is_off = test.off.is_some();
    let off = match test.off {
        Some((at, _)) => time::clock(at),
        None => t.actuator_test_by(&time::clock(test.ends)),
    };
    let step = |is_now: bool, icon: &'static str, title: &'static str, second: Option<String>| {
        view! {
            <li data-now=is_now.then_some("") data-off=(!is_now).then_some("")><Icon name=icon/>
                <span><span class="t">{title}</span>{second.map(|second| view! { <span class="s">{second}</span> })}</span></li>
        }
    };
    view! {
        <ol class="chain">
            {step(false, "check", t.actuator_test_last_sent(), Some(time::clock(test.started)))}
            {step(!is_off, "hourglass", t.actuator_test_silent(), Some(t.actuator_test_silent_for(&silent.to_string())))}
            {step(is_off, if is_off { "check" } else { "circle-dashed" }, t.actuator_test_off(), Some(off))}
            {step(false, "circle-dashed", t.actuator_test_after(), None)}
        </ol>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, actuator, ago, html, later, visitor, words};
    use contract::actuators::{LeaseView, TimeChoice};
    use domain::{
        actuators::Why,
        leases::{RefusedCommand, Tenths},
        time::HOUR,
    };

    fn lease(id: i64, minutes: u32) -> LeaseView {
        LeaseView {
            id,
            sent: ago(minutes),
            ends: NOW.shifted_to(NOW.at.after(LONGEST).before(MINUTE * minutes)),
            on: true,
            target: Some(Tenths(210)),
            why: Some(Why::Hours),
            by: None,
            refused: Vec::new(),
            answer: Some(true),
            answered_after: Some(340),
            off: None,
        }
    }

    /// The heating of the hall, on for the opening hours.
    fn heating() -> ActuatorPage {
        let limits =
            ReportedLimits { above: Tenths(270), back: Tenths(250), frost: Tenths(50), lease: 900, day: 57_600 };
        ActuatorPage {
            now: NOW,
            actuator: ActuatorView {
                load: Load::Heat,
                device_name: "Heater".into(),
                why: Some(Why::Hours),
                until: Some(later(434)),
                lease_ends: Some(later(11)),
                target: Some(Tenths(210)),
                temperature: Some(Tenths(214)),
                cut_off: Some(Tenths(270)),
                ..actuator(3, "Heating, hall", ActuatorState::On)
            },
            quarter: 57,
            wanted: vec![((34, 86), Why::Hours)],
            held: vec![(34, 45), (48, 57)],
            out: vec![(45, 48)],
            rules: Vec::new(),
            leases: vec![lease(52, 4), LeaseView { refused: vec!["too-warm".into()], ..lease(51, 105) }],
            sent_today: 52,
            refused_today: 1,
            usual: Some(Tenths(210)),
            warmest: Some(Tenths(250)),
            daily: 840,
            on_today: 320,
            limits: Some(limits),
            refusals: Vec::new(),
            times: vec![(120, NOW.shifted_to(NOW.at.after(HOUR * 2)), TimeChoice::Hours(2))],
            test: None,
            last_test: None,
            may_manage: true,
        }
    }

    fn render(lang: Lang, address: &str, page: ActuatorPage) -> String {
        html(visitor(lang), address, move || {
            let page = RwSignal::new(page);
            view! { <Page page calls=Calls::new()/> }
        })
    }

    #[test]
    fn running_actuator_shows_its_reason_its_end_and_its_fallback() {
        let html = render(Lang::En, "/building/actuators/3", heating());
        let text = words(&html);
        for part in [
            "On until 21:30",
            "Opening hours, until 21:30. 21.4 °C, 21 °C wanted. If we fall silent now, it is off by 14:27.",
            "52 today, 1 refused",
            "not sent: above its limit",
            "The heater cuts itself off above 27 °C, whatever we send.",
            "on below 5 °C",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(html.contains(r#"aria-label="Lease: 11 min left""#), "{html}");
        assert!(html.contains("?/actuators/turn-off") && html.contains("?/actuators/test"), "{html}");
        let italian = words(&render(Lang::It, "/building/actuators/3", heating()));
        assert!(italian.contains("Acceso fino alle 21:30") && italian.contains("21,4 °C"), "{italian}");
    }

    #[test]
    fn member_sees_neither_test_nor_rules() {
        let mut page = heating();
        page.may_manage = false;
        page.actuator.may_switch = false;
        let html = render(Lang::En, "/building/actuators/3", page);
        assert!(words(&html).contains("Managers only"));
        assert!(!html.contains("/building/rules") && !html.contains("?/actuators/"), "{html}");
    }

    #[test]
    fn off_actuator_opens_its_sheet_or_all_reasons_against() {
        let mut page = heating();
        page.actuator =
            ActuatorView { state: ActuatorState::Off, why: None, until: None, lease_ends: None, ..page.actuator };
        let open = render(Lang::En, "/building/actuators/3?open=turn-on", page.clone());
        assert!(
            open.contains(r#"name="minutes" value="120" checked"#) && open.contains(r#"value="21" checked"#),
            "{open}"
        );
        assert!(words(&open).contains("For 2 hours"));
        page.refusals = vec![RefusedCommand::Hot(Tenths(255)), RefusedCommand::Daily(840)];
        let refused = render(Lang::En, "/building/actuators/3?open=turn-on", page);
        let text = words(&refused);
        assert!(
            text.contains("Not now: Heating, hall")
                && text.contains("25.5 °C already")
                && text.contains("14 h today"),
            "{text}"
        );
        assert!(!refused.contains("?/actuators/turn-on"), "{refused}");
    }

    #[test]
    fn usual_temperature_is_offered_beside_an_extreme_in_force() {
        let mut page = heating();
        page.warmest = Some(Tenths(350));
        page.limits = None;
        page.actuator = ActuatorView { why: Some(Why::Person), target: Some(Tenths(350)), ..page.actuator };
        let html = render(Lang::En, "/building/actuators/3?open=turn-on", page);
        assert!(html.contains(r#"name="target" value="21""#), "{html}");
        assert!(html.contains(r#"name="target" value="35" checked"#), "{html}");
    }

    #[test]
    fn running_test_asks_its_question_and_silent_device_promises_its_end() {
        let mut page = heating();
        page.test = Some(TestView {
            started: ago(9),
            ends: later(6),
            off: None,
            warmest: None,
            outcome: None,
            by: Some("Elisa".into()),
        });
        page.actuator = ActuatorView { state: ActuatorState::Test, lease_ends: Some(later(6)), ..page.actuator };
        let text = words(&render(Lang::En, "/building/actuators/3", page.clone()));
        assert!(text.contains("Off within 6 min?") && text.contains("Test, silent since 14:07"), "{text}");
        assert!(text.contains("last one, test") && text.contains("9 min so far"), "{text}");
        page.test = None;
        page.actuator = ActuatorView { state: ActuatorState::Silent, heard: Some(ago(18)), ..page.actuator };
        let text = words(&render(Lang::En, "/building/actuators/3", page));
        assert!(text.contains("No word since 13:58. It turned itself off by 14:22"), "{text}");
    }
}
