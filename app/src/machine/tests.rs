use super::*;
use crate::{
    testing::{NOW, ago, html, machine, visitor, words},
    visitor::{Me, Visitor},
};
use contract::{
    access::{Answers, Contact, TraceView},
    machines::{BookedToday, NextBooking},
    training::{OpenAppointment, PathView, Stage},
};
use domain::{
    access::{Decision, Level, Outcome, Reason, Rule, Step, Trace},
    checkouts::State,
    id::{AppointmentId, BlockId, BookingId, ModuleId, PlaceId, TypeId, UseId},
    maintenance::Urgency,
    time::HOUR,
    training::path,
};
use text::Lang;

fn page(state: MachineState) -> Page {
    let midnight = NOW.shifted_to(NOW.at.before(HOUR * 14 + HOUR / 60 * 16));
    let one = |id, start, end| UseToday { id: UseId(id), start, end, approximate: id == 2 };
    Page {
        now: NOW,
        machine: machine(1, "Laser 1", state),
        place: Some((PlaceId(1), "Laser room".into())),
        manual: Some("https://manuals.example/laser.pdf".into()),
        day: (midnight, midnight.shifted_to(midnight.at.after(HOUR * 24))),
        uses: vec![one(1, ago(300), Some(ago(180))), one(2, ago(120), Some(ago(90)))],
        booked: Vec::new(),
        mine: None,
        block: None,
        used: 1_204 * 3_600_000,
        broker_lost: None,
        picture: None,
        may_change: true,
        sees_maintenance: true,
        maintenance: Some(Urgency::Soon),
        claimable: false,
    }
}

fn nobody() -> Answers {
    Answers {
        cares: false,
        mine: None,
        on_it: false,
        starting: false,
        cardless: false,
        path: None,
        helpers: Vec::new(),
        other: None,
        people: None,
    }
}

fn render(lang: Lang, page: Page) -> String {
    answered(lang, page, nobody())
}

fn answered(lang: Lang, page: Page, answers: Answers) -> String {
    html(visitor(lang), "/machines/1", move || {
        let visible = RwSignal::new(OnPage { page, message: MachineAnswer::of(answers, lang) });
        let (decide, lift) = (Call::new(), Call::new());
        view! { <Machine on_page=visible other=Signal::stored(None) decide lift stop=().into_any() below=().into_any()/> }
    })
}

fn trace_of(decision: Decision) -> TraceView {
    let outcome = match &decision {
        Decision::Allow { .. } => Outcome::Passed,
        Decision::Deny(reasons) => Outcome::Failed(reasons.clone()),
    };
    let steps = vec![Step { rule: Rule::Authorised, outcome, facts: Vec::new() }];
    let trace = Trace { at: NOW.at, person: None, machine: Some(MachineId(1)), decision, steps };
    let types = vec![(TypeId(3), "Laser cutter".into())];
    TraceView {
        trace,
        name: Some("Ada".into()),
        kind: TypeId(3),
        types,
        modules: Vec::new(),
        quizzes: Vec::new(),
        documents: Vec::new(),
        moments: Vec::new(),
        now: NOW,
    }
}

fn mine(decision: Decision) -> Answers {
    Answers { mine: Some(trace_of(decision)), ..nobody() }
}

#[test]
fn missing_quiz_is_the_single_action() {
    let module = ModuleId(9);
    let answers = |quizzes| {
        let notices = trace_of(Decision::Deny(vec![Reason::TrainingMissing(module)]));
        Answers { mine: Some(TraceView { quizzes, ..notices }), ..nobody() }
    };
    let free = || page(MachineState::Free { since: None });
    let html = answered(Lang::En, free(), answers(Vec::new()));
    assert!(html.contains(r#"href="/learn/9""#) && words(&html).contains("Watch the video"), "{html}");
    let html = answered(Lang::En, free(), answers(vec![module]));
    assert!(html.contains(r#"href="/learn/9/quiz""#) && words(&html).contains("Take the quiz"), "{html}");
    assert!(!words(&html).contains("Watch the video"), "{html}");
}

/// The path of a member who watched the first of two videos, and half of the second, which has a quiz.
fn path(qualified: bool, appointment: Option<OpenAppointment>) -> PathView {
    let stage = |module, title: &str, percent, quiz| Stage {
        module: ModuleId(module),
        title: title.into(),
        percent,
        threshold: 90,
        length: 20 * 60_000,
        quiz,
        redo_by: None,
    };
    let watched = |module, watched, quiz| path::Stage { module: ModuleId(module), watched, quiz };
    PathView {
        on: domain::qualifications::Subject::Machine(MachineId(1)),
        kind: TypeId(3),
        name: String::new(),
        path: path::Path::new(&[watched(8, true, None), watched(9, qualified, Some(qualified))], false),
        stages: vec![
            stage(8, "Axes", 100, None),
            stage(9, "Clamping", if qualified { 100 } else { 55 }, Some(qualified)),
        ],
        qualified: false,
        appointment,
        together: None,
        lead: None,
    }
}

#[test]
fn own_path_has_one_button_and_other_reasons_one_line() {
    let reasons =
        || vec![Reason::MaintenanceDue, Reason::NeedsTrainer(TypeId(3)), Reason::TrainingMissing(ModuleId(9))];
    let answers = Answers { path: Some(path(false, None)), ..mine(Decision::Deny(reasons())) };
    let html = answered(Lang::En, page(MachineState::Free { since: None }), answers);
    let content = words(&html.replace("</span>", " </span>").replace("</a>", " </a>").replace("</p>", " </p>"));
    assert!(html.contains(r#"data-kind="primary" href="/learn/9""#), "{html}");
    assert_eq!(html.matches(r#"data-kind="primary""#).count(), 1, "{html}");
    let order = [
        "3 steps are left. About 9 min of training left.",
        "Video: Axes (done) Watched, 20 min",
        "Video: Clamping 55% watched · 9 min left",
        "Quiz: Clamping Opens after the video.",
        "Checkout in person with a trainer",
        "Continue the video, 9 min",
        "Only with a “Laser cutter” trainer present. Ask a trainer to tap first",
        "Maintenance must be done first.",
    ];
    let places: Vec<_> = order.iter().map(|words| content.find(words)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {content}");
    assert!(!html.contains("/book/"), "no booking that can’t succeed: {html}");
    assert_eq!(html.matches(r#"class="dock""#).count(), 1, "{html}");
}

#[test]
fn requested_checkout_is_a_state_without_button() {
    let starts = NOW.shifted_to(NOW.at.after(HOUR * 48));
    let agreed =
        OpenAppointment { id: AppointmentId(7), starts, with: Some("Jonas".into()), state: State::Pending };
    let denied = || mine(Decision::Deny(vec![Reason::NotQualified(TypeId(3))]));
    let free = || page(MachineState::Free { since: None });
    let html = answered(Lang::En, free(), Answers { path: Some(path(true, None)), ..denied() });
    assert!(html.contains(r#"data-kind="primary" href="/checkouts/types/3""#), "{html}");
    assert!(words(&html).contains("Choose a checkout time") && !words(&html).contains("of training"), "{html}");
    let html = answered(Lang::En, free(), Answers { path: Some(path(true, Some(agreed))), ..denied() });
    assert!(!html.contains(r#"data-kind="primary""#) && html.contains(r#"href="/checkouts/7""#), "{html}");
    assert!(words(&html).contains("Checkout requested, Saturday 21 November, 14:16"), "{html}");
}

const YES: Decision = Decision::Allow { level: Level::User, until: None };

#[test]
fn anonymous_visitor_gets_sign_in_link_with_return() {
    let html = render(Lang::En, page(MachineState::Free { since: None }));
    assert!(words(&html).contains("Sign in to see whether you may use it."), "{html}");
    assert!(html.contains(r#"href="/sign-in?to=/machines/1""#), "{html}");
}

#[test]
fn allowed_answer_comes_first_with_end() {
    let free = MachineState::Free { since: Some(ago(96)) };
    let html = answered(Lang::En, page(free), mine(YES));
    assert!(html.contains(r#"data-answer="yes""#) && html.contains("You can use it now"), "{html}");
    assert!(!html.contains("sign-in"), "{html}");
    let until = Some(NOW.at.after(HOUR));
    let html = answered(Lang::It, page(free), mine(Decision::Allow { level: Level::User, until }));
    assert!(words(&html).contains("Puoi usarla fino alle 15:16."), "{html}");
    let html = answered(Lang::En, page(MachineState::Offline { since: ago(74) }), mine(YES));
    assert!(words(&html).contains("You may use it"), "{html}");
    let on_it = Answers { on_it: true, ..mine(YES) };
    let html = answered(Lang::En, page(MachineState::InUse { since: ago(42), silent: None }), on_it);
    assert!(words(&html).contains("You’re using it"), "{html}");
    assert!(words(&html).contains("In use for 42 min. Tap your card again"), "{html}");
}

#[test]
fn allowed_person_without_card_gets_claim_instructions() {
    let free = MachineState::Free { since: Some(ago(96)) };
    let html = answered(Lang::En, page(free), Answers { cardless: true, ..mine(YES) });
    let content = words(&html);
    assert!(content.contains("have no working card") && !content.contains("You can use it now"), "{content}");
    assert!(html.contains(r#"data-answer="no""#) && html.contains(r#"href="/machines/1/claim""#), "{html}");
    let no_board = answered(Lang::En, page(MachineState::Unmanaged), Answers { cardless: true, ..mine(YES) });
    assert!(words(&no_board).contains("You may use it") && !no_board.contains("/claim"), "no reader: {no_board}");
    let offline = MachineState::Offline { since: ago(9) };
    let html = answered(Lang::En, page(offline), Answers { cardless: true, ..mine(YES) });
    assert!(
        words(&html).contains("Ask a manager for one") && !html.contains("/claim"),
        "no board to see it: {html}"
    );
    let barred = Answers { cardless: true, ..mine(Decision::Deny(vec![Reason::Blocked])) };
    let html = answered(Lang::En, page(free), barred);
    assert!(words(&html).contains("You can’t yet") && !html.contains("/claim"), "first things first: {html}");
}

#[test]
fn owner_of_blocked_machine_can_lift_block_in_header() {
    let blocked = MachineState::Blocked { since: ago(10) };
    let mine = mine(Decision::Deny(vec![Reason::Blocked]));
    let content = Page { block: Some(BlockId(9)), ..page(blocked) };
    let html = answered(Lang::En, content, Answers { cares: true, ..mine.clone() });
    assert!(html.contains(r#"action="?/problems/lift""#) && html.contains(r#"name="block" value="9""#), "{html}");
    assert!(!html.contains(r##"href="#help""##), "{html}");
    assert_eq!(html.matches(r#"data-kind="primary""#).count(), 1, "{html}");
    assert!(words(&html).contains("You look after this machine"), "{html}");
    assert!(!answered(Lang::En, page(blocked), mine).contains("/problems/lift"), "others ask");
}

#[test]
fn allowed_answer_offers_booking_or_check_in_as_single_primary_button() {
    let free = MachineState::Free { since: Some(ago(96)) };
    let as_member = |page: Page| {
        let me = Me {
            id: PersonId(1),
            name: "Ada".into(),
            rank: Rank::Member,
            asleep: false,
            auditor: false,
            trains: false,
        };
        html(Visitor { who: Some(me), ..visitor(Lang::En) }, "/machines/1", move || {
            let visible = RwSignal::new(OnPage { page, message: MachineAnswer::of(mine(YES), Lang::En) });
            let (decide, lift) = (Call::new(), Call::new());
            view! { <Machine on_page=visible other=Signal::stored(None) decide lift stop=().into_any() below=().into_any()/> }
        })
    };
    let html = as_member(page(free));
    assert_eq!(html.matches(r#"data-kind="primary""#).count(), 1, "{html}");
    assert_eq!(html.matches(r#"href="/book/machine:1""#).count(), 1, "{html}");
    let (id, name) = (BookingId(7), "Laser 1".to_owned());
    let (starts, ends, resource) = (ago(5), ago(0), domain::bookings::Resource::Machine(MachineId(1)));
    let booking = NextBooking { id, name, starts, ends, opens: true, runs: false, resource, extension: None };
    let html = as_member(Page { mine: Some(booking.clone()), ..page(free) });
    assert!(html.contains(r#"action="?/bookings/decide""#) && html.contains(r#"value="check-in""#), "{html}");
    assert_eq!(html.matches(r#"data-kind="primary""#).count(), 1, "{html}");
    let later = NextBooking { opens: false, ..booking };
    assert!(!as_member(Page { mine: Some(later), ..page(free) }).contains("/bookings/decide"), "not yet");
}

#[test]
fn contacts_link_to_checkout_mail_or_in_person() {
    let contact = |person, name: &str, checkout, mail: Option<&str>| Contact {
        person: PersonId(person),
        name: name.into(),
        checkout,
        mail: mail.map(str::to_owned),
    };
    let helpers = vec![
        contact(4, "Sofia", Some(TypeId(3)), None),
        contact(5, "Marta", None, Some("marta@lab.example")),
        contact(6, "Jonas", None, None),
    ];
    let no = mine(Decision::Deny(vec![Reason::NotQualified(TypeId(3))]));
    let html = answered(Lang::En, page(MachineState::Free { since: None }), Answers { helpers, ..no });
    assert!(html.contains(r#"href="/checkouts/types/3?with=4""#), "{html}");
    assert!(html.contains(r#"href="mailto:marta@lab.example""#), "{html}");
    assert!(words(&html).contains("JonasAsk them in the workshop."), "{html}");
}

#[test]
fn bookings_of_the_day_are_drawn_and_listed() {
    let at = |hours: u32| NOW.shifted_to(NOW.at.after(HOUR * hours));
    let booking = |id, mine, who: Option<&str>| BookedToday {
        id: BookingId(id),
        start: at(1),
        end: at(2),
        mine,
        who: who.map(str::to_owned),
    };
    let booked = vec![booking(1, true, None), booking(2, false, Some("Jonas")), booking(3, false, None)];
    let html = render(Lang::En, Page { booked, ..page(MachineState::Free { since: None }) });
    assert_eq!(html.matches(r#"<rect data-k="booked""#).count(), 2, "{html}");
    assert_eq!(html.matches(r#"<rect data-k="mine""#).count(), 1, "{html}");
    let content = words(&html);
    assert!(content.contains("2 uses today, 3 bookings"), "{content}");
    assert!(content.contains("15:16–16:16your booking") && content.contains("15:16–16:16Jonas"), "{content}");
}

#[test]
fn starting_machine_is_not_shown_as_free() {
    let free = MachineState::Free { since: Some(ago(96)) };
    let html = answered(Lang::En, page(free), Answers { starting: true, ..mine(YES) });
    let content = words(&html);
    assert!(content.contains("Starting") && content.contains("Check whether it started"), "{content}");
    assert!(!content.contains("You can use it now") && !content.contains("Tap your card"), "{content}");
}

#[test]
fn denied_answer_lists_all_reasons_with_one_action() {
    let reasons = vec![Reason::Blocked, Reason::NotQualified(TypeId(3)), Reason::Closed { opens: None }];
    let (person, name) = (PersonId(4), "Sofia Mair".to_owned());
    let helpers = vec![Contact { person, name, checkout: None, mail: None }];
    let answers = Answers { helpers, ..mine(Decision::Deny(reasons)) };
    let mut blocked = page(MachineState::Blocked { since: ago(30) });
    blocked.machine.blocked_because = Some("spindle noise".into());
    let html = answered(Lang::En, blocked, answers);
    assert!(html.contains(r#"data-answer="no""#), "{html}");
    let words = words(&html.replace("</span>", " </span>").replace("</h2>", " </h2>"));
    for reason in [
        "Out of service",
        "The machine is blocked. Ask the people who look after “Laser cutter”.",
        "Not trained on “Laser cutter” yet Ask a “Laser cutter” trainer.",
        "spindle noise",
        "Sofia Mair",
    ] {
        assert!(words.contains(reason), "{reason} in {words}");
    }
    assert_eq!(html.matches(r#"data-kind="primary""#).count(), 1, "{html}");
    assert!(html.contains(r#"data-kind="primary" href="/checkouts/types/3" class="btn""#), "{html}");
    assert!(words.find("Not trained on") < words.find("The machine is blocked"), "their own step first: {words}");
    assert!(html.contains(r#"id="help""#), "{html}");
    let waiting = mine(Decision::Deny(vec![Reason::InUse]));
    let in_use = MachineState::InUse { since: ago(42), silent: None };
    let html = answered(Lang::En, page(in_use), waiting);
    assert!(!html.contains(r#"data-kind="primary""#), "nothing to do but wait: {html}");
    assert!(html.contains("In use right now") && !html.contains("You can’t yet"), "{html}");
}

#[test]
fn trainer_can_check_another_person() {
    let people = Some(vec![(PersonId(1), "Ada".to_owned()), (PersonId(2), "Bob".to_owned())]);
    let other = Some(trace_of(Decision::Deny(vec![Reason::NotQualified(TypeId(3))])));
    let answers = Answers { people, other, ..mine(YES) };
    let html = answered(Lang::En, page(MachineState::Free { since: None }), answers);
    assert!(html.contains(r#"<option value="2""#) && html.contains(r#"method="get""#), "{html}");
    let words = words(&html.replace("</p>", " </p>").replace("</h2>", " </h2>").replace("</span>", " </span>"));
    assert!(words.contains("Ada can’t yet") && words.contains("The person is qualified failed"), "{words}");
    let alone = answered(Lang::En, page(MachineState::Free { since: None }), mine(YES));
    assert!(!alone.contains(r#"id="other""#), "{alone}");
}

#[test]
fn machine_answer_comes_first_with_reason() {
    for (state, answer, because) in [
        (MachineState::Free { since: Some(ago(96)) }, "yes", "Free Tap your card on the reader to start."),
        (MachineState::InUse { since: ago(42), silent: None }, "no", "In use for 42 min Since 13:34."),
        (MachineState::InUse { since: NOW, silent: None }, "no", "In use, just begun Since 14:16."),
        (
            MachineState::InUse { since: ago(42), silent: Some(ago(9)) },
            "no",
            "In use for 42 min Its board has been silent since 14:07",
        ),
        (MachineState::Offline { since: ago(74) }, "no", "Offline Since 13:02."),
        (MachineState::Unmanaged, "no", "No board It has no board"),
        (
            MachineState::Closed { until: NOW.shifted_to(NOW.at.after(HOUR * 2)) },
            "no",
            "Closed Until 16:16. Only trainers and owners may start it.",
        ),
    ] {
        let html = render(Lang::En, page(state)).replace("</p>", " </p>").replace("</h2>", " </h2>");
        assert!(html.contains(&format!(r#"data-answer="{answer}""#)), "{html}");
        assert!(words(&html).contains(because), "{because} in {}", words(&html));
    }
}

#[test]
fn unconnected_board_is_named_and_manager_gets_connect_link() {
    let mut awaiting = page(MachineState::Unmanaged);
    awaiting.machine.awaited_board = Some(1);
    let html = answered(Lang::En, awaiting.clone(), mine(YES));
    let content = words(&html);
    assert!(content.contains("Board 1 hasn’t connected yet") && !content.contains("You may use it"), "{content}");
    assert!(html.contains(r#"href="/boards?connect=1#connect""#), "{html}");
    assert!(!content.contains("It has no board"), "{content}");
    let member = answered(Lang::En, Page { may_change: false, ..awaiting.clone() }, mine(YES));
    assert!(
        !member.contains("/boards?connect") && words(&member).contains("A manager can connect it"),
        "{member}"
    );
    let stranger = render(Lang::En, awaiting);
    assert!(words(&stranger).contains("Board 1 not connected yet"), "{stranger}");
}

#[test]
fn block_shows_its_reason() {
    let mut page = page(MachineState::Blocked { since: ago(30) });
    page.machine.blocked_because = Some("spindle noise".into());
    let html = render(Lang::It, page).replace("</p>", " </p>").replace("</h2>", " </h2>");
    assert!(words(&html).contains("Bloccata spindle noise Dalle 13:46."), "{}", words(&html));
}

#[test]
fn day_chart_has_label_and_list() {
    let html = render(Lang::En, page(MachineState::Free { since: Some(ago(90)) }));
    assert!(html.contains(r#"aria-label="Today from 8 to 22: 2 uses today. Now 14:16.""#), "{html}");
    assert_eq!(html.matches(r#"<rect data-k="used""#).count(), 2, "{html}");
    let words = words(&html);
    assert!(words.contains("09:16–11:162 h"), "{words}");
    assert!(words.contains("about 12:16–12:4630 min"), "{words}");
}

#[test]
fn machine_facts_show_type_place_hours_and_manual() {
    let html = render(Lang::It, page(MachineState::Unmanaged));
    let words = words(&html);
    assert!(words.contains("TipoLaser cutterLuogoLaser roomUso totale1.204 h"), "{words}");
    assert!(html.contains(r#"href="https://manuals.example/laser.pdf""#), "{html}");
}

#[test]
fn picture_has_alt_text_and_size_and_is_omitted_if_missing() {
    let state = MachineState::Free { since: None };
    assert!(!render(Lang::En, page(state)).contains("<img"));
    let html = render(Lang::En, Page { picture: Some(44), ..page(state) });
    assert!(html.contains(r#"src="/pictures/machine/1?v=44""#), "{html}");
    assert!(html.contains(r#"alt="Photo of Laser 1""#) && html.contains(r#"loading="lazy""#), "{html}");
    assert!(html.contains(r#"width="96""#) && html.contains(r#"height="96""#), "{html}");
}

#[test]
fn maintenance_link_shows_urgency_to_permitted_people() {
    let html = render(Lang::En, page(MachineState::MaintenanceDue));
    assert!(html.contains(r#"href="/machines/1/maintenance""#), "{html}");
    let content = words(&html);
    assert!(
        content.contains("Maintenance · due soon")
            && content.contains("Maintenance is due; only trainers and owners may start it."),
        "{content}"
    );
    let passer_by = Page { sees_maintenance: false, maintenance: None, ..page(MachineState::Unmanaged) };
    assert!(!render(Lang::En, passer_by).contains("/maintenance"));
}

#[test]
fn machine_page_has_no_inline_styles() {
    let html = render(Lang::En, page(MachineState::Free { since: None }));
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn answer_reads_alike_across_minutes_until_its_end() {
    let until = NOW.at.after(HOUR);
    let now = mine(Decision::Allow { level: Level::User, until: Some(until) });
    let message = |answers: &Answers| MachineAnswer::of(answers.clone(), Lang::En);
    assert_eq!(message(&now).ends, Some(until));
    assert_eq!(message(&mine(YES)).ends, None);
    let mut later = now.clone();
    let pass = |answers: &mut Answers, time| {
        if let Some(notices) = &mut answers.mine {
            notices.now = NOW.shifted_to(NOW.at.after(time));
            notices.trace.at = notices.now.at;
        }
    };
    pass(&mut later, MINUTE);
    assert!(later != now && message(&later).reads_like(&message(&now)));
    pass(&mut later, HOUR * 24);
    assert!(!message(&later).reads_like(&message(&now)), "tomorrow it is said otherwise");
    assert!(!message(&mine(YES)).reads_like(&message(&now)));
    let other = |minutes| {
        let mut notices = trace_of(YES);
        notices.trace.at = NOW.at.before(MINUTE * minutes);
        message(&Answers { other: Some(notices), ..nobody() })
    };
    assert!(other(1) != other(9) && other(1).reads_like(&other(9)), "when it was asked is no other answer");
}
