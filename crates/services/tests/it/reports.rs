//! Usage reports: figures for managers, and suppressed ones.

use crate::lab::{LASER_ID, Lab};
use contract::reports::UseReport;
use domain::{
    actor::{Actor, Forbidden},
    bookings::{BookingAction, Resource, ResourceFilter},
    id::{MachineId, RoomId, TypeId},
    meters::Amount,
    occupations::Span,
    reports::{Cell, EnergyFigures, MemberUse, MeteredFigure, Rates, Utilisation},
    time::{Date, HOUR, MINUTE, Millis},
};
use services::{
    bookings::{self, Ask as Book, Decide},
    reports::{self, Ask, Part, ReportForm, ReportsError},
};
use text::Lang;

const LASERS: ResourceFilter = ResourceFilter::Type(TypeId(3));
const LASER: ResourceFilter = ResourceFilter::One(Resource::Machine(LASER_ID));

/// The lab on Friday, 15 January 2027, nine o'clock in Rome; six members (31 to 36), Ken (11), who manages, and
/// Uma (12), an auditor. It is open from 8 to 18, Monday to Friday. From Monday to Thursday of this week, from ten
/// to eleven, one of four members had the laser and used it for half of the time, and on the Monday before the
/// fifth; the sixth did not come this Monday at noon.
async fn open() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0), (12, 'active', 0),
            (31, 'active', 0), (32, 'active', 0), (33, 'active', 0), (34, 'active', 0), (35, 'active', 0), (36, 'active', 0);
         INSERT INTO profile (person_id, name) SELECT id, 'Member ' || id FROM person WHERE id > 10;
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'Europe/Rome');
         INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min)
            VALUES ('space', 0, 0, 480, 1080), ('space', 0, 1, 480, 1080), ('space', 0, 2, 480, 1080), ('space', 0, 3, 480, 1080),
                   ('space', 0, 4, 480, 1080);
         UPDATE machine SET name = '=HYPERLINK(\"x\")' WHERE id = 2;
         CREATE TEMP TABLE used AS
            SELECT 31 + day AS person, unixepoch('2027-01-11 09:00') * 1000 + day * 86400000 AS at
              FROM (SELECT 0 AS day UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT -7);
         UPDATE used SET person = 35 WHERE person < 31;
         INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at, decided_at, checked_in_at)
            SELECT 1, person, at, at + 3600000, 'completed', at - 36 * 3600000, at + 3600000, at FROM used;
         INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at, decided_at)
            SELECT 1, 36, at + 7200000, at + 10800000, 'no-show', at, at + 8100000 FROM used WHERE person = 31;
         INSERT INTO alias (id, person_id, month) SELECT 100 + person, person, 202701 FROM used;
         INSERT INTO use_session (machine_id, alias_id, unknown_card_id, started_at, last_sign_at, ended_at, ending, source, approximate,
                provisional, other_card, twin_start, twin_stop, authorised)
            SELECT 1, 100 + person, 0, at, at, at + 1800000, 'logged-out', 'live', 0, 0, 0, 0, 0, 1 FROM used;",
    )
    .await;
    for (person, kind, relation) in [(11, 1, "user"), (11, 1, "owner"), (12, 1, "user"), (12, 2, "user")] {
        lab.grant(person, kind, relation).await;
    }
    for person in 31..=36 {
        lab.grant(person, 1, "user").await;
        lab.grant(person, 3, "user").await;
    }
    lab.reopen().await
}

async fn report(lab: &Lab, form: ReportForm) -> UseReport {
    let ken = lab.signed_in(11).await;
    reports::of_use(&lab.ctx, &ken, Lang::En, Ask::read(&form)).await.unwrap()
}

fn of(of: ResourceFilter) -> ReportForm {
    ReportForm { of: of.to_string(), weeks: "4".into(), ..ReportForm::default() }
}

#[tokio::test]
async fn report_shows_hours_no_shows_and_lead_times_in_space_zone() {
    let lab = open().await;
    let view = report(&lab, of(LASERS)).await;
    let date = |month, day| Date { year: if month == 12 { 2026 } else { 2027 }, month, day };
    assert_eq!((view.from, view.to), (date(12, 21), date(1, 15)));
    let figures = view.report.chosen;
    assert_eq!(figures.used.map(|used| used.minutes), Some(5 * 30));
    assert_eq!(figures.booked.map(|booked| booked.minutes), Some(6 * 60));
    assert_eq!(figures.rates, Some(Rates { bookings: 6, no_shows: 1, late: 0 }));
    let laser = (LASER, Some(5 * 30));
    assert_eq!(view.report.machines.iter().zip(&view.machine_names).next(), Some((&laser, &"Laser".to_owned())));
    // Six: one two hours before, the others a day and a half.
    assert_eq!((figures.lead, figures.waited), (Some(36 * 60), None));
    assert_eq!(view.report.hours, (8, 18));
    // No hour of the week has five people in it.
    let cells: Vec<Cell> = view.report.cells.concat();
    assert!(cells.iter().all(|cell| matches!(cell, Cell::Few | Cell::Closed)), "{cells:?}");
    // Everything happened on one laser: the figures of the type are its figures, and those of the other are
    // hidden.
    let alone = report(&lab, of(LASER)).await;
    assert_eq!(alone.report.chosen.rates, figures.rates);
    let lathe = report(&lab, of(ResourceFilter::One(Resource::Machine(MachineId(2))))).await;
    assert_eq!(lathe.report.chosen.used, None::<Utilisation>);
}

#[tokio::test]
async fn waiting_time_is_recorded_when_request_is_answered() {
    let lab = open().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'booking.mode', 'moderated')")
        .await;
    let lab = lab.reopen().await;
    let ken = lab.signed_in(11).await;
    let resource = Resource::Machine(LASER_ID);
    let mut request = Vec::new();
    for person in 31_u32..=35 {
        let about = lab.now().after(MINUTE * 90 * (person - 30));
        let starts = Millis(about.0 / 900_000 * 900_000);
        let span = Span { starts, ends: starts.after(MINUTE * 15) };
        let member: Actor = lab.signed_in(person.into()).await;
        let (id, _) = bookings::ask(&lab.ctx, &member, Ok(Book { resource, span, group: None, importance: None }))
            .await
            .unwrap();
        request.push(id);
        lab.pass(MINUTE * 10);
    }
    for id in request {
        bookings::decide(&lab.ctx, &ken, id, Decide::read(Some(BookingAction::Approve), "")).await.unwrap();
    }
    lab.pass(HOUR * 10);
    let view = report(&lab, of(LASERS)).await;
    // 50, 40, 30, 20 and 10 minutes.
    assert_eq!(view.report.chosen.waited, Some(30));
    let (step, share) = *view.report.waited.first().unwrap();
    assert_eq!((step.as_str(), share), ("under-1-h", Some(100)));
}

/// Six requests in December for the lathe (4), and 24 in this week for the laser (3): eight not invited, six invited and not
/// there, two failed and eight passed at an event two days after the invitation.
async fn trained() -> Lab {
    let lab = open().await;
    lab.sql(
        "WITH RECURSIVE member (id) AS (SELECT 50 UNION ALL SELECT id + 1 FROM member WHERE id < 79)
            INSERT INTO person (id, status, created_at) SELECT id, 'active', 0 FROM member;
         CREATE TEMP TABLE day AS SELECT unixepoch('2027-01-11 09:00') * 1000 AS monday, 86400000 AS length;
         INSERT INTO training_request (id, person_id, type_id, aim, state, asked_at, closed_at, windows, other)
            SELECT p.id, p.id, iif(p.id < 74, 3, 4), 'user', 'closed', iif(p.id < 74, monday, monday - 21 * length), monday, '', 0
              FROM person p, day WHERE p.id >= 50;
         INSERT INTO training_event (id, type_id, aim, title, starts_at, ends_at, capacity, minimum, deadline_at, public, state, made_at,
                changed_at, completed_at)
            SELECT 1, 3, 'user', 'Laser', monday + 3 * length, monday + 3 * length + 3600000, 30, 0, monday, 0, 'completed', 0, 0,
                   monday + 3 * length FROM day;
         INSERT INTO event_place (event_id, person_id, request_id, state, asked_at, invited_at, outcome)
            SELECT 1, id, id, 'accepted', 0, monday + length, CASE WHEN id < 64 THEN 'no-show' WHEN id < 66 THEN 'failed' ELSE 'passed' END
              FROM person, day WHERE id BETWEEN 58 AND 73;",
    )
    .await;
    lab
}

fn steps(report: &UseReport) -> Vec<(&str, Option<u32>, Option<u32>)> {
    report.report.training.iter().map(|one| (one.step.as_str(), one.requests, one.since_previous)).collect()
}

#[tokio::test]
async fn training_funnel_of_a_period_hides_steps_that_reveal_a_few() {
    let lab = trained().await;
    let day = 24 * 60;
    let week = |from: &str| ReportForm { from: from.into(), to: from.into(), ..ReportForm::default() };
    let this = report(&lab, week("2027-01-15")).await;
    // Two failed: how many came would reveal it.
    let expected = [
        ("asked", Some(24), None),
        ("invited", Some(16), Some(day)),
        ("came", None, None),
        ("passed", Some(8), Some(0)),
    ];
    assert_eq!(steps(&this), expected);
    let table = reports::table(&this, Some(Part::Training), Lang::En);
    assert!(table.contains("asked,24,\r\n") && table.contains("invited,16,24.00\r\n"), "{table}");
    assert!(table.contains("came,fewer than 5 people,fewer than 5 people\r\n"), "{table}");
    let before = report(&lab, week("2026-12-21")).await;
    assert_eq!(
        steps(&before),
        [("asked", Some(6), None), ("invited", None, None), ("came", None, None), ("passed", None, None)]
    );
    assert!(!before.report.is_empty);
    let whole = report(&lab, ReportForm::default()).await;
    assert_eq!(steps(&whole).first(), Some(&("asked", Some(30), None)));
    let lasers = report(&lab, of(LASERS)).await;
    assert_eq!(steps(&lasers), expected, "the period has no other requests for it");
    assert_eq!(steps(&report(&lab, of(LASER)).await), expected, "a machine has the requests of its type");
    assert_eq!(steps(&report(&lab, of(ResourceFilter::Rooms)).await), []);
    // Four people, however often they ask.
    lab.sql("UPDATE training_request SET person_id = 50 + id % 4 WHERE type_id = 4").await;
    assert_eq!(steps(&report(&lab, week("2026-12-21")).await).first(), Some(&("asked", None, None)));
}

#[tokio::test]
async fn csv_states_suppressed_figures_without_formulas() {
    let lab = open().await;
    let visible = report(&lab, ReportForm { by: "machine".into(), ..ReportForm::default() }).await;
    let groups = reports::table(&visible, Some(Part::Groups), Lang::En);
    let lines: Vec<&str> = groups.lines().collect();
    assert!(lines.first().unwrap().starts_with("of,name,open hours,"), "{groups}");
    assert!(
        groups.contains("\"'=HYPERLINK(\"\"x\"\")\"") || groups.contains("'=HYPERLINK(\"\"x\"\")"),
        "{groups}"
    );
    let laser = lines.iter().find(|line| line.starts_with("machine:1,")).unwrap();
    assert!(
        laser.contains(",6.00,") && laser.contains(",2.50,") && laser.ends_with(",36.00,fewer than 5 people"),
        "{laser}"
    );
    let other = lines.iter().find(|line| line.starts_with("machine:2,")).unwrap();
    assert_eq!(other.matches("fewer than 5 people").count(), 9, "{other}");
    let all = reports::table(&visible, None, Lang::It);
    assert!(all.starts_with("table,of,name,figure,value\r\n"), "{all}");
    assert!(all.lines().all(|line| line.matches(',').count() == 4), "one table, and no cell has a comma: {all}");
    for part in Part::ALL {
        assert!(all.contains(&format!("\r\n{},", part.as_str())), "{}: {all}", part.as_str());
    }
    assert!(all.contains("groups,machine:1,Laser,lead median hours,36.00\r\n"), "{all}");
    // One week was the fifth's alone: the other would give it away.
    for week in ["2027-01-11", "2027-01-04"] {
        assert!(all.contains(&format!("weeks,{week},,no-shows %,meno di 5 persone\r\n")), "{all}");
    }
}

/// The plug of the laser counted 0.2 kWh in each quarter of the five uses and 0.05 kWh in the quarter after.
async fn metered() -> Lab {
    let lab = open().await;
    lab.sql(
        "INSERT INTO building_device (id, name, dialect, topic, machine_id, user, hash, login_at, added_at)
             VALUES (1, 'Plug', 'tasmota', 'plug-1', 1, 'd-1', zeroblob(32), 0, 0);
         INSERT INTO meter (id, device_id, name, measure, unit) VALUES (1, 1, 'Laser', 'power', 'kWh');
         INSERT INTO meter_quarter (meter_id, at, amount, count)
             SELECT 1, started_at + n * 900000, iif(n = 2, 50000, 200000), 1
               FROM use_session, (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2) WHERE machine_id = 1;",
    )
    .await;
    lab
}

#[tokio::test]
async fn energy_is_reported_by_machine_and_member_where_a_plug_measures() {
    let lab = metered().await;
    let form = ReportForm { weeks: "4".into(), by: "machine".into(), ..ReportForm::default() };
    let view = report(&lab, form).await;
    let expected =
        EnergyFigures { used: Amount(2_000), rest: Amount(250), per_use: Amount(400), per_member: Amount(400) };
    assert_eq!(view.report.chosen.energy, MeteredFigure::Known(expected));
    assert_eq!(view.report.chosen.members, Some(MemberUse { members: 5, minutes: 30 }));
    let energy = reports::table(&view, Some(Part::Energy), Lang::En);
    assert!(energy.contains("machine:1,Laser,2,0.25,0.4,5,0.50,0.4\r\n"), "{energy}");
    let lathe = energy.lines().find(|line| line.starts_with("machine:2,")).unwrap();
    assert!(lathe.contains(",–,–,–,fewer than 5 people,") && lathe.ends_with(",–"), "unknown, not zero: {lathe}");
    let months = reports::table(&view, Some(Part::Months), Lang::En);
    assert!(months.contains("2027-01,no,5,0.50,0.4\r\n"), "{months}");
    assert!(months.contains("2026-12,no,fewer than 5 people,fewer than 5 people,–\r\n"), "{months}");
    // Two of the uses are by one person: four people are too few.
    lab.sql("UPDATE use_session SET alias_id = 131 WHERE alias_id = 135").await;
    let few = report(&lab, ReportForm { weeks: "4".into(), ..ReportForm::default() }).await;
    assert_eq!((few.report.chosen.energy, few.report.chosen.members), (MeteredFigure::Few, None));
}

#[tokio::test]
async fn reports_require_manager_or_auditor_and_valid_filter() {
    let lab = open().await;
    let ask = async |person, form: &ReportForm| {
        let actor = lab.signed_in(person).await;
        reports::of_use(&lab.ctx, &actor, Lang::En, Ask::read(form)).await
    };
    let usual = ReportForm::default();
    assert!(ask(11, &usual).await.is_ok() && ask(12, &usual).await.is_ok());
    let curious = ask(31, &usual).await;
    assert!(matches!(curious, Err(ReportsError::Forbidden(Forbidden::NotAllowed))), "{curious:?}");
    let none = ask(11, &of(ResourceFilter::One(Resource::Room(RoomId(9))))).await;
    assert!(matches!(none, Err(ReportsError::Unknown)), "{none:?}");
    let form = |from: &str, to: &str| ReportForm { from: from.into(), to: to.into(), ..ReportForm::default() };
    for (form, fields) in [
        (form("2027-01-05", ""), 1),
        (form("2027-01-05", "2027-01-04"), 1),
        (form("2025-01-05", "2027-01-04"), 1),
        (form("2028-01-05", "2028-01-09"), 1),
        (
            ReportForm {
                weeks: "0".into(),
                of: "tree".into(),
                by: "luck".into(),
                measure: "much".into(),
                ..form("soon", "late")
            },
            6,
        ),
    ] {
        let refused = ask(11, &form).await;
        assert!(
            matches!(&refused, Err(ReportsError::Invalid(wrong)) if wrong.len() == fields),
            "{form:?}: {refused:?}"
        );
    }
    // A Wednesday and a Friday: the whole of their week.
    let view = ask(11, &form("2027-01-06", "2027-01-08")).await.unwrap();
    assert_eq!((view.from.day, view.to.day, view.report.weeks.len()), (4, 10, 1));
}
