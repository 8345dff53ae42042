use super::{drawn::drawn, *};
use crate::testing::{NOW, html, visitor, words as read};
use domain::{
    bookings::{Resource, ResourceFilter},
    id::{MachineId, TypeId},
    meters::Amount,
    reports::{
        EnergyFigures, Figures, FunnelStep, Lead, MemberUse, MeteredFigure, Rates, Report, Row, TrainingStep,
        UseMonth, Utilisation, Waited,
    },
    time::Date,
};

const LASERS: ResourceFilter = ResourceFilter::Type(TypeId(3));
const LASER: ResourceFilter = ResourceFilter::One(Resource::Machine(MachineId(1)));

fn figures() -> Figures {
    Figures {
        open: 20_040,
        booked: Some(Utilisation { minutes: 14_000, share: 70 }),
        used: Some(Utilisation { minutes: 12_240, share: 61 }),
        rates: Some(Rates { bookings: 194, no_shows: 6, late: 5 }),
        lead: Some(2_592),
        waited: Some(130),
        members: Some(MemberUse { members: 34, minutes: 360 }),
        energy: MeteredFigure::Known(EnergyFigures {
            used: Amount(412_300),
            rest: Amount(38_100),
            per_use: Amount(640),
            per_member: Amount(12_120),
        }),
    }
}

/// Nobody sees how many came: it would reveal a few who failed.
fn training() -> Vec<FunnelStep> {
    let step = |step, requests, since_previous| FunnelStep { step, requests, since_previous };
    vec![
        step(TrainingStep::Asked, Some(64), None),
        step(TrainingStep::Invited, Some(49), Some(2_592)),
        step(TrainingStep::Came, None, None),
        step(TrainingStep::Passed, Some(33), Some(130)),
    ]
}

const HIDDEN: Figures = Figures {
    open: 600,
    booked: None,
    used: None,
    rates: None,
    lead: None,
    waited: None,
    members: None,
    energy: MeteredFigure::Unknown,
};

/// Open from 8 to 11, not on Sunday; Saturday at nine is the busiest.
fn report() -> UseReport {
    let mut cells = vec![vec![Cell::Closed; 24]; 7];
    for day in cells.iter_mut().take(6) {
        for (hour, cell) in [(8, Cell::Few), (9, Cell::Share(22)), (10, Cell::Share(61))] {
            day.splice(hour..=hour, [cell]);
        }
    }
    if let Some(saturday) = cells.get_mut(5) {
        saturday.splice(9..=9, [Cell::Share(97)]);
    }
    let date = |month, day| Date { year: 2026, month, day };
    UseReport {
        now: NOW,
        from: date(10, 26),
        to: date(11, 19),
        weeks: Some(4),
        of: Some(LASERS),
        by: GroupBy::Type,
        measure: Measure::Used,
        choices: vec![
            (LASERS, "Laser cutters".into()),
            (LASER, "Laser <1>".into()),
            (ResourceFilter::Rooms, "Rooms".into()),
        ],
        names: vec!["Laser cutters".into(), "Laser <1>".into(), "Rooms".into()],
        machine_names: vec!["Laser <1>".into(), "A machine with a long name".into()],
        report: Report {
            is_empty: false,
            chosen: figures(),
            rows: vec![
                Row { of: LASERS, figures: figures() },
                Row { of: LASER, figures: Figures { used: None, energy: MeteredFigure::Few, ..figures() } },
                Row { of: ResourceFilter::Rooms, figures: HIDDEN },
            ],
            machines: vec![(LASER, Some(12_240)), (ResourceFilter::One(Resource::Machine(MachineId(2))), None)],
            hours: (8, 11),
            cells,
            weeks: vec![
                (date(10, 26), Some(68)),
                (date(11, 2), None),
                (date(11, 9), Some(43)),
                (date(11, 16), Some(34)),
            ],
            lead: Lead::ALL.iter().map(|lead| (*lead, (*lead != Lead::Longer).then_some(20))).collect(),
            waited: Waited::ALL.iter().map(|waited| (*waited, Some(20))).collect(),
            training: training(),
            months: vec![
                UseMonth {
                    month: date(10, 1),
                    is_whole: false,
                    members: Some(MemberUse { members: 27, minutes: 390 }),
                    per_member: MeteredFigure::Known(Amount(11_340)),
                },
                UseMonth { month: date(11, 1), is_whole: false, members: None, per_member: MeteredFigure::Few },
            ],
        },
    }
}

fn page(lang: Lang, report: UseReport) -> String {
    // Without the marks between text nodes.
    html(visitor(lang), "/reports", move || view! { <Page report=RwSignal::new(drawn(lang, report))/> })
        .replace("<!>", "")
}

#[test]
fn charts_have_figures_tables_and_csv_links() {
    let html = page(Lang::En, report());
    let text = read(&html);
    for figure in ["61%", "204 h of 334 h open", "3.1%", "6 of 194", "2.6%", "5 of 194", "1.8 days", "2 h 10"] {
        assert!(text.contains(figure), "{figure} is missing: {text}");
    }
    // Both maps, the machines, the weeks, two scales and the funnel; the phone's map is transposed.
    assert_eq!(html.matches(r#"role="img""#).count(), 7, "{html}");
    assert!(html.contains("Busiest on Saturday at 09:00, 97%"), "{html}");
    assert_eq!(html.matches("<caption").count(), 9, "{html}");
    for part in ["hours", "groups", "weeks", "lead", "waited", "training", "energy", "months"] {
        let file =
            format!("/api/v1/reports/use.csv?of=type:3&amp;weeks=4&amp;measure=used&amp;by=type&amp;part={part}");
        assert!(html.contains(&file), "{file}: {html}");
    }
    assert!(html.contains("measure=used&amp;by=machine&amp;part=groups"), "{html}");
    assert!(!html.contains("style="), "the content policy forbids styles in the document: {html}");
}

#[test]
fn small_groups_are_hatched_and_explained() {
    let html = page(Lang::En, report());
    // Six mornings on each map, a machine, a week, a step, Sundays, and a step of training.
    assert_eq!(html.matches("url(#hatch)").count(), 6 * 2 + 2 + 1 + 1 + 1 + 1, "{html}");
    assert!(html.contains(">&lt;5</text>") && html.contains(">closed</text>"), "{html}");
    let rooms = html.split_once(r#"<th scope="row">Rooms</th>"#).and_then(|(_, after)| after.split_once("</tr>"));
    assert!(rooms.is_some_and(|(row, _)| row.contains("fewer than 5 people: not shown")), "{html}");
    let nothing = UseReport { report: Report { chosen: HIDDEN, ..report().report }, ..report() };
    assert_eq!(read(&page(Lang::En, nothing)).matches("– fewer than 5 people: not shown").count(), 6);
}

#[test]
fn training_funnel_shows_steps_and_times_between_and_hides_a_few() {
    let html = page(Lang::En, report());
    let (_, funnel) = html.split_once(r#"aria-label="From training request to passed: "#).unwrap_or_default();
    let (chart, behind) = funnel.split_once("</svg>").unwrap_or_default();
    let text = read(&format!("<i>{chart}"));
    assert!(chart.contains(">Asked</text>") && chart.contains(">64</text>"), "{chart}");
    assert!(text.contains("↓ 1.8 days later, median") && text.contains("↓ 2 h 10 later, median"), "{text}");
    assert!(chart.contains(">Came</text>") && chart.contains(">&lt;5</text>"), "{chart}");
    let (table, _) = behind.split_once("</table>").unwrap_or_default();
    assert_eq!(table.matches("fewer than 5 people: not shown").count(), 2, "the number and its time: {table}");
    assert!(table.contains(">49</td>") && table.contains(">1.8 days</td>"), "{table}");
    let rooms = UseReport { report: Report { training: Vec::new(), ..report().report }, ..report() };
    let html = page(Lang::En, rooms);
    assert!(!html.contains("From training request") && html.contains(r#"data-span="12""#), "{html}");
}

#[test]
fn energy_is_a_dash_without_a_meter_and_months_have_means_of_members() {
    let html = page(Lang::En, report());
    let line = |table: &str, name: &str| {
        let (_, table) = html.split_once(&format!(">{table}</caption>")).unwrap_or_default();
        let (table, _) = table.split_once("</table>").unwrap_or_default();
        let (_, row) = table.split_once(&format!(r#"<th scope="row">{name}"#)).unwrap_or_default();
        read(row.split_once("</tr>").unwrap_or_default().0)
    };
    let lasers = line("Energy of uses", "Laser cutters");
    assert!(lasers.contains("412") && lasers.contains("38.1") && lasers.contains("0.64"), "{lasers}");
    let hidden = line("Energy of uses", "Laser &lt;1&gt;");
    assert_eq!(hidden.matches("fewer than 5 people: not shown").count(), 3, "{hidden}");
    let rooms = line("Energy of uses", "Rooms");
    assert!(rooms.matches("no meter").count() == 3 && !rooms.contains('0'), "{rooms}");
    let october = line("Use per member and month", "October 2026");
    assert!(october.contains("in part") && october.contains("27"), "{october}");
    assert!(october.contains("6.5 h") && october.contains("11.3"), "{october}");
    assert!(line("Use per member and month", "November 2026").contains("fewer than 5 people"), "{html}");
    let without = Figures { energy: MeteredFigure::Unknown, ..figures() };
    let rows = vec![Row { of: LASERS, figures: without }];
    let unmetered = UseReport { report: Report { rows, ..report().report }, ..report() };
    assert!(!page(Lang::En, unmetered).contains("Energy of uses"), "nothing to compare");
}

#[test]
fn machine_bars_are_sorted_by_hours() {
    let html = page(Lang::En, report());
    let chart = html
        .split_once("Hours per machine and room: Hours used.")
        .and_then(|(_, after)| after.split_once("</svg>"));
    let Some((chart, _)) = chart else { panic!("{html}") };
    assert!(chart.contains(">Laser &lt;1&gt;</text>") && chart.contains(">204 h</text>"), "{chart}");
    assert!(chart.contains(">A machine with a…</text>") && chart.contains(">&lt;5</text>"), "{chart}");
    assert!(read(&html).contains("A machine with a long namefewer than 5 people"), "the table has the whole name");
}

#[test]
fn names_are_escaped_and_form_works_without_script() {
    let html = page(Lang::En, report());
    assert!(html.contains("Laser &lt;1&gt;") && !html.contains("Laser <1>"), "{html}");
    assert!(html.contains(r#"<form method="get" action="/reports""#), "{html}");
    assert!(html.contains(r#"<button class="btn">Show"#), "{html}");
    for (chosen, not) in [
        (r#"value="type:3" selected"#, r#"value="machine:1" selected"#),
        (r#"value="4" selected"#, r#"value="12" selected"#),
    ] {
        assert!(html.contains(chosen) && !html.contains(not), "{html}");
    }
}

#[test]
fn empty_report_draws_no_charts() {
    let empty = Report { is_empty: true, chosen: HIDDEN, rows: Vec::new(), ..report().report };
    let html = page(Lang::En, UseReport { report: empty, of: None, ..report() });
    assert!(read(&html).contains("No bookings, uses or training requests in this period"), "{html}");
    assert!(!html.contains("chart ") && html.contains(r#"name="weeks""#), "{html}");
}

#[test]
fn italian_report_has_no_english() {
    let text = read(&page(Lang::It, report()));
    for name in [
        "Statistiche",
        "Quando è occupato",
        "Ore per macchina",
        "61 %",
        "3,1 %",
        "6 su 194",
        "1,8 giorni",
        "meno di 5 persone: non mostrato",
        "Tratteggiato",
        "Dalla richiesta di formazione al superamento",
        "dopo 1,8 giorni, mediana",
        "Uso per membro e mese",
        "Ottobre 2026",
    ] {
        assert!(text.contains(name), "{name} is missing: {text}");
    }
    for name in ["fewer", "Show", "closed", "weeks", "Late"] {
        assert!(!text.contains(name), "{name}: {text}");
    }
}
