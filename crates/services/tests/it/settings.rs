//! Settings and opening hours: set, removed and previewed, through the services.

use crate::lab::{LASER, LASER_ID, LATHE, Lab, ada, seconds};
use contract::equipment::{MachineInput, SettingsForm};
use domain::{
    actor::Forbidden,
    id::{MachineId, TypeId},
    problem::Kind,
    settings::{At, Key, Scope},
};
use services::error::ServiceError;
use services::{
    access, boards, equipment,
    hours::{self, HoursError, Proposal, SayDay},
    settings::{self, Say, SettingsError},
};
use text::Lang;

const LASERS: At = At::Type(TypeId(3));

/// Bob owns the laser cutters, Ada is a manager.
async fn staffed() -> Lab {
    let lab = Lab::open().await;
    lab.grant(1, 1, "owner").await;
    lab.grant(2, 3, "owner").await;
    lab
}

async fn say(
    lab: &Lab,
    who: i64,
    at: At,
    key: Key,
    value: Option<&str>,
    version: i64,
) -> Result<(), SettingsError> {
    let say = Say { at, key, value: value.map(ToOwned::to_owned), version };
    settings::say(&lab.ctx, &lab.signed_in(who).await, say).await
}

async fn row(lab: &Lab, at: At, key: Key) -> contract::settings::SettingRow {
    let page = settings::page(&lab.ctx, &lab.signed_in(1).await, at, None, None, Lang::En).await;
    let row = page.map(|page| page.rows.into_iter().find(|row| row.key == key));
    row.ok().flatten().unwrap_or_else(|| panic!("{key:?} is not on the page of {at}"))
}

#[tokio::test]
async fn nearest_scope_decides_and_author_is_shown() {
    let lab = staffed().await;
    say(&lab, 1, At::Space, Key::Grace, Some("5"), 0).await.unwrap();
    say(&lab, 2, LASERS, Key::Grace, Some(" 7 "), 0).await.unwrap();
    let machine = row(&lab, At::Machine(LASER_ID), Key::Grace).await;
    assert_eq!((machine.value.as_str(), machine.from, machine.own), ("7", Some(Scope::Type), None));
    let of_type = row(&lab, LASERS, Key::Grace).await;
    let (by, _) = of_type.changed.unwrap();
    assert_eq!((by.as_deref(), of_type.version, of_type.default.as_str()), (Some("Bob"), 1, "1"));
    assert_eq!(boards::settings(&lab.ctx, LASER).await.unwrap().grace, 7);
    say(&lab, 1, LASERS, Key::Grace, None, 1).await.unwrap();
    assert_eq!(boards::settings(&lab.ctx, LASER).await.unwrap().grace, 5);
    let notices = "SELECT group_concat(action || ' ' || subject, ', ') FROM audit WHERE action LIKE 'setting.%'";
    assert_eq!(lab.text(notices).await, "setting.changed space, setting.changed type:3, setting.cleared type:3");
}

// A14
#[tokio::test]
async fn removed_value_counts_as_newer_version() {
    let lab = staffed().await;
    say(&lab, 1, LASERS, Key::Grace, Some("5"), 0).await.unwrap();
    say(&lab, 1, LASERS, Key::Grace, None, 1).await.unwrap();
    let stale = say(&lab, 2, LASERS, Key::Grace, Some("9"), 0).await.unwrap_err().problem(Lang::En);
    let saved = stale.saved.unwrap();
    assert_eq!((stale.kind, saved.version, saved.value("value")), (Kind::Conflict, 2, ""));
    assert_eq!(saved.by.as_deref(), Some("Ada"));
    // And the machine's own form is notified.
    say(&lab, 1, At::Machine(LASER_ID), Key::Grace, Some("3"), 0).await.unwrap();
    let input = MachineInput { name: "X".into(), kind: "3".into(), ..MachineInput::default() };
    let stale = equipment::save(&lab.ctx, &lab.signed_in(2).await, LASER_ID, 1, input).await;
    assert!(matches!(stale, Err(equipment::EquipmentError::Stale(saved)) if saved.value("grace") == "3"));
}

#[tokio::test]
async fn value_saved_on_type_form_appears_in_settings() {
    let lab = staffed().await;
    let input = contract::equipment::TypeInput {
        groups: None,
        name: "Lasers".into(),
        risk: "high".into(),
        settings: SettingsForm { grace: "8".into(), ..SettingsForm::default() },
    };
    equipment::save_type(&lab.ctx, &lab.signed_in(2).await, TypeId(3), 1, input, vec![]).await.unwrap();
    let grace = row(&lab, LASERS, Key::Grace).await;
    assert_eq!((grace.own.as_deref(), grace.version), (Some("8"), 1));
    assert_eq!(row(&lab, LASERS, Key::AutoStop).await.version, 0, "what was not said did not change");
}

#[tokio::test]
async fn system_settings_require_administrator_and_valid_values() {
    let lab = staffed().await;
    let refused = say(&lab, 1, At::Space, Key::Zone, Some("Europe/Rome"), 0).await;
    assert!(matches!(refused, Err(SettingsError::Forbidden(Forbidden::NotAllowed))), "a manager");
    lab.grant(1, 2, "owner").await;
    assert!(matches!(
        say(&lab, 1, At::Space, Key::Zone, Some("Mars/Base"), 0).await,
        Err(SettingsError::Invalid(Key::Zone))
    ));
    say(&lab, 1, At::Space, Key::Zone, Some("Europe/Rome"), 0).await.unwrap();
    assert_eq!(lab.ctx.space().zone.name(), "Europe/Rome", "at once");
    for (at, key, value) in [
        (At::Space, Key::Simultaneous, "0"),
        (At::Space, Key::Simultaneous, "100"),
        (LASERS, Key::AutoStop, "65536"),
        (LASERS, Key::PeoplePresent, "10"),
        (LASERS, Key::Authorisation, "anybody"),
    ] {
        assert!(
            matches!(say(&lab, 1, at, key, Some(value), 0).await, Err(SettingsError::Invalid(_))),
            "{key:?} {value}"
        );
    }
    for (at, key) in
        [(LASERS, Key::Zone), (At::Type(TypeId(9)), Key::Grace), (At::Machine(MachineId(9)), Key::Grace)]
    {
        let nowhere = say(&lab, 1, at, key, Some("1"), 0).await;
        assert!(matches!(nowhere, Err(SettingsError::Unknown)), "{at:?} {key:?}");
    }
    let theirs = say(&lab, 2, At::Type(TypeId(4)), Key::Grace, Some("1"), 0).await;
    assert!(matches!(theirs, Err(SettingsError::Forbidden(_))), "an owner of another type");
}

#[tokio::test]
async fn contradicting_booking_rules_are_refused_in_their_scope_and_below() {
    let lab = staffed().await;
    let machine = At::Machine(LASER_ID);
    let refused = async |at: At, key: Key, value: Option<&str>, version: i64| {
        let refused = say(&lab, 1, at, key, value, version).await.unwrap_err().problem(Lang::En);
        assert_eq!((refused.code.as_str(), refused.kind), ("setting.contradicts", Kind::Invalid));
        refused.at("value").unwrap_or_default().to_owned()
    };
    let long = refused(At::Space, Key::BookingLeast, Some("300"), 0).await;
    assert!(long.contains("Shortest booking (5 hours)") && long.contains("Longest booking (4 hours)"), "{long}");
    assert_eq!(row(&lab, At::Space, Key::BookingLeast).await.own, None, "nothing is kept of it");
    refused(machine, Key::BookingLeast, Some("300"), 0).await;
    // The type's value applies to the machine, and cannot be removed below it.
    say(&lab, 1, LASERS, Key::BookingMost, Some("600"), 0).await.unwrap();
    say(&lab, 1, machine, Key::BookingLeast, Some("300"), 0).await.unwrap();
    let below = refused(LASERS, Key::BookingMost, None, 1).await;
    assert!(below.starts_with("At ") && below.contains("Longest booking (4 hours)"), "{below}");
    say(&lab, 1, LASERS, Key::BookingMost, Some("500"), 1).await.unwrap();
    say(&lab, 1, LASERS, Key::BookingLead, Some("4320"), 0).await.unwrap();
    refused(LASERS, Key::BookingHorizon, Some("2"), 0).await;
    refused(At::Space, Key::BookingHorizon, Some("2"), 0).await;
    say(&lab, 1, At::Space, Key::BookingHorizon, Some("3"), 0).await.unwrap();
}

/// The preview of a setting, in words.
async fn preview_of(lab: &Lab, at: At, key: Key, value: &str) -> Vec<String> {
    preview_lines(lab, at, key, settings::Proposal::Value(value)).await
}

/// The preview of removing it, in words.
async fn cleared(lab: &Lab, at: At, key: Key) -> Vec<String> {
    preview_lines(lab, at, key, settings::Proposal::Nothing).await
}

async fn preview_lines(lab: &Lab, at: At, key: Key, change: settings::Proposal<'_>) -> Vec<String> {
    let page = settings::page(&lab.ctx, &lab.signed_in(1).await, at, Some(key), Some(change), Lang::En).await;
    let notices = page.ok().and_then(|page| page.preview).map(|(_, notices)| notices.lines);
    notices.unwrap_or_else(|| panic!("{key:?}, {change:?} is not told at {at}"))
}

const NO_EFFECT: &str = "No effect today.";

#[tokio::test]
async fn denying_change_is_previewed_with_board_decision() {
    let lab = staffed().await;
    lab.mode(domain::machines::AuthorisationMode::Open).await;
    let before = lab.number("SELECT count(*) FROM audit").await;
    // Ada is qualified, Bob owns the type and so may use it, Zoe is suspended.
    assert_eq!(preview_of(&lab, LASERS, Key::Authorisation, "qualified").await, [NO_EFFECT]);
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (4, 1, 'user', 'granted', 0, 'setup', 0)",
    )
    .await;
    let newcomer = preview_of(&lab, LASERS, Key::Authorisation, "qualified").await;
    assert_eq!(newcomer, ["1 person would lose access today."], "a member and nothing more");
    assert_eq!(lab.number("SELECT count(*) FROM audit").await, before, "nothing is saved by looking");
    let manager = lab.signed_in(1).await;
    let page = settings::page(
        &lab.ctx,
        &manager,
        LASERS,
        Some(Key::Authorisation),
        Some(settings::Proposal::Value("x")),
        Lang::En,
    )
    .await;
    let (input, reported) = page.unwrap().preview.unwrap();
    assert_eq!(
        (input.as_deref(), reported.fits, reported.lines.len()),
        (Some("x"), false, 1),
        "it is said and the page stays"
    );
}

#[tokio::test]
async fn removing_value_is_previewed() {
    let lab = staffed().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (4, 1, 'user', 'granted', 0, 'setup', 0)",
    )
    .await;
    lab.mode(domain::machines::AuthorisationMode::Open).await;
    assert_eq!(cleared(&lab, LASERS, Key::Authorisation).await, ["1 person would lose access today."]);
    assert_eq!(
        cleared(&lab, At::Machine(LASER_ID), Key::Authorisation).await,
        [NO_EFFECT],
        "nothing is said there"
    );
    say(&lab, 1, At::Space, Key::Authorisation, Some("open"), 0).await.unwrap();
    assert_eq!(cleared(&lab, LASERS, Key::Authorisation).await, [NO_EFFECT], "the space says the same");
    say(&lab, 1, At::Space, Key::Grace, Some("5"), 0).await.unwrap();
    let one = "This would affect 1 machine.";
    say(&lab, 1, LASERS, Key::Grace, Some("9"), 0).await.unwrap();
    assert_eq!(cleared(&lab, LASERS, Key::Grace).await, [one]);
    assert_eq!(cleared(&lab, At::Space, Key::Grace).await, [one], "the lasers say so themselves");
    assert_eq!(row(&lab, LASERS, Key::Grace).await.own.as_deref(), Some("9"), "nothing is saved by looking");
}

#[tokio::test]
async fn auto_stop_preview_counts_recent_and_running_uses() {
    let lab = staffed().await;
    for minutes in [30, 90] {
        lab.starts(LASER, &ada()).await;
        lab.pass(seconds(60 * minutes));
        lab.stops(LASER, &ada(), 60 * minutes).await;
    }
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(60 * 70));
    let notices = preview_of(&lab, LASERS, Key::AutoStop, "60").await;
    let now = "1 use in progress is longer already: its board would log it out within a minute.";
    let one = "This would affect 1 machine.";
    assert_eq!(notices, [one, "In the last 4 weeks 1 use was longer than that.", now]);
    assert_eq!(preview_of(&lab, LASERS, Key::AutoStop, "0").await, [one], "0 is never");
    assert_eq!(preview_of(&lab, LASERS, Key::AutoStop, "720").await, [NO_EFFECT], "as it is");
    let lathes = At::Type(TypeId(4));
    assert_eq!(preview_of(&lab, lathes, Key::AutoStop, "60").await, [one], "nobody used those");
    let grace = preview_of(&lab, At::Space, Key::Grace, "5").await;
    assert_eq!(
        grace,
        ["This would affect 2 machines.", "One of them is in use: the change applies after log-out."]
    );
    say(&lab, 1, LASERS, Key::Grace, Some("5"), 0).await.unwrap();
    assert_eq!(preview_of(&lab, At::Space, Key::Grace, "7").await, [one], "the lasers say so themselves");
}

#[tokio::test]
async fn preview_counts_hidden_names_and_exceeded_limits() {
    let lab = staffed().await;
    lab.starts(LASER, &ada()).await;
    lab.starts(LATHE, &ada()).await;
    say(&lab, 1, At::Space, Key::ShownNames, Some("first-name"), 0).await.unwrap();
    let hide = preview_of(&lab, At::Space, Key::ShownNames, "nobody").await;
    assert_eq!(hide, ["1 name on a machine would be shown shortened."]);
    let show = preview_of(&lab, At::Machine(LASER_ID), Key::ShownNames, "name").await;
    assert_eq!(show, ["1 name on a machine would be shown in more detail."]);
    let over = preview_of(&lab, At::Space, Key::Simultaneous, "1").await;
    assert_eq!(over, ["1 person is using more than that now; they can finish."]);
    assert_eq!(preview_of(&lab, At::Space, Key::Simultaneous, "2").await, [NO_EFFECT]);
    let unseen = preview_of(&lab, At::Space, Key::PublicStatus, "no").await;
    assert_eq!(unseen, ["2 machines would no longer be shown without signing in."]);
}

#[tokio::test]
async fn preview_counts_lapsing_grants_and_deactivated_roles() {
    let lab = staffed().await;
    assert_eq!(preview_of(&lab, LASERS, Key::LapseUnused, "0").await, [NO_EFFECT]);
    // Ada was qualified long ago and never came; Bob's ownership lapses never.
    assert_eq!(
        preview_of(&lab, LASERS, Key::LapseNeverUsed, "30").await,
        ["1 qualification would expire immediately."]
    );
    lab.starts(LASER, &ada()).await;
    assert_eq!(preview_of(&lab, LASERS, Key::LapseNeverUsed, "30").await, [NO_EFFECT], "now she came");
    let asleep = preview_of(&lab, At::Space, Key::SecondFactor, "yes").await;
    assert_eq!(
        asleep,
        ["1 person with a role has no second factor, and couldn’t use the role until they set one up."]
    );
    lab.sql("INSERT INTO account (person_id, password, totp_secret, totp_confirmed_at) VALUES (1, 'x', x'00', 1)")
        .await;
    assert_eq!(preview_of(&lab, At::Space, Key::SecondFactor, "yes").await, [NO_EFFECT]);
}

#[tokio::test]
async fn hours_preview_counts_visits_outside_and_running_uses_continue() {
    let lab = staffed().await;
    let manager = lab.signed_in(1).await;
    let preview = async |at, change| {
        let page = hours::page(&lab.ctx, &manager, at, Some(change), Lang::En).await;
        page.unwrap().preview.unwrap().lines
    };
    let friday = |hours: &str| {
        Proposal::Week(
            ["", "", "", "", hours, "", ""].map(|day| if day.is_empty() { "0-24".into() } else { day.to_owned() }),
        )
    };
    // 15 January 2027, the day of the lab, is a Friday, and it is 08:00 in UTC.
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(3_600));
    lab.stops(LASER, &ada(), 3_600).await;
    assert_eq!(preview(At::Space, friday("8-20")).await, [NO_EFFECT], "nobody came earlier or later");
    let few = "In the last 4 weeks fewer than 5 people used machines here at hours that would then be closed.";
    let notices = preview(At::Space, friday("10-20")).await;
    assert_eq!(notices, [few, "2 machines would be closed from now on."]);
    let lathe = preview(At::Machine(MachineId(2)), friday("10-20")).await;
    assert_eq!(lathe, ["1 machine would be closed from now on."], "it was never used");
    lab.starts(LASER, &ada()).await;
    let notices = preview(At::Space, friday("10-20")).await;
    assert!(
        notices.iter().any(|line| line.starts_with("1 use there is in progress; it continues")),
        "{notices:?}"
    );
    let closed = |date: &str| Proposal::Day(SayDay { date: date.into(), hours: Some(String::new()), version: 0 });
    assert_eq!(preview(At::Space, closed("2027-01-22")).await, [few], "the next Friday");
    assert_eq!(preview(At::Space, closed("2027-01-23")).await, [NO_EFFECT], "nobody comes on Saturdays");
    hours::save_week(&lab.ctx, &manager, LASERS, 0, week("8-12", "8-20")).await.unwrap();
    let notices = preview(At::Space, friday("10-20")).await;
    assert_eq!(notices, ["1 machine would be closed from now on."], "the lasers have hours of their own");
    let invalid = preview(At::Space, friday("late")).await;
    assert!(invalid.len() == 1 && invalid[0].starts_with("Friday: Enter hours"), "{invalid:?}");
    assert_eq!(lab.number("SELECT count(*) FROM opening_exception").await, 0, "nothing is saved by looking");
}

fn week(monday: &str, friday: &str) -> [String; 7] {
    [monday, "", "", "", friday, "", ""].map(ToOwned::to_owned)
}

#[tokio::test]
async fn week_is_set_inherited_and_cleared() {
    let lab = staffed().await;
    let (manager, owner) = (lab.signed_in(1).await, lab.signed_in(2).await);
    hours::save_week(&lab.ctx, &manager, At::Space, 0, week("8-12, 14-18", "20-2")).await.unwrap();
    let page = hours::page(&lab.ctx, &owner, LASERS, None, Lang::En).await.unwrap();
    assert_eq!((page.from, page.own), (Some(Scope::Space), false));
    assert_eq!((page.holds[0].as_str(), page.holds[4].as_str()), ("08:00–12:00, 14:00–18:00", "20:00–02:00"));
    assert_eq!(page.holds[5], "", "the end of Friday's night is Friday's");
    let christmas = SayDay { date: "2027-12-24".into(), hours: Some("8-12".into()), version: 0 };
    hours::save_day(&lab.ctx, &manager, At::Space, christmas).await.unwrap();
    let far_days = async || {
        let page = hours::page(&lab.ctx, &manager, At::Machine(LASER_ID), None, Lang::En).await.unwrap();
        assert!(page.days.is_empty(), "nothing of its own");
        page.far_days.into_iter().map(|far| (far.hours, far.of)).collect::<Vec<_>>()
    };
    assert_eq!(far_days().await, [("08:00–12:00".to_owned(), Scope::Space)], "the day holds for its machines");
    hours::save_week(&lab.ctx, &owner, LASERS, 0, week("0-24", "")).await.unwrap();
    assert_eq!(far_days().await, [], "a nearer week replaces the days of the farther too");
    let machine = hours::page(&lab.ctx, &manager, At::Machine(LASER_ID), None, Lang::En).await.unwrap();
    assert_eq!((machine.from, machine.holds[4].as_str()), (Some(Scope::Type), ""));
    // 15 January 2027, the day of the lab, is a Friday: nobody may use the laser then.
    let request = access::check(&lab.ctx, LASER, &ada()).await.unwrap();
    assert!(matches!(request.decision, domain::access::Decision::Deny(_)), "{:?}", request.decision);
    hours::save_week(&lab.ctx, &owner, LASERS, 1, Default::default()).await.unwrap();
    assert_eq!(hours::page(&lab.ctx, &owner, LASERS, None, Lang::En).await.unwrap().from, Some(Scope::Space));
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'hours.week-changed'").await, 3);
}

// A14
#[tokio::test]
async fn week_and_day_have_separate_versions() {
    let lab = staffed().await;
    let manager = lab.signed_in(1).await;
    let day = |date: &str, hours: Option<&str>, version| SayDay {
        date: date.into(),
        hours: hours.map(ToOwned::to_owned),
        version,
    };
    let save = async |input| hours::save_day(&lab.ctx, &manager, At::Space, input).await;
    hours::save_week(&lab.ctx, &manager, At::Space, 0, week("8-12", "")).await.unwrap();
    let stale = hours::save_week(&lab.ctx, &manager, At::Space, 0, week("9-12", "")).await.unwrap_err();
    let HoursError::Stale(saved) = stale else { panic!("{stale}") };
    assert_eq!((saved.value("mon"), saved.version, saved.by.as_deref()), ("08:00–12:00", 1, Some("Ada")));
    save(day("2027-12-24", Some("8-12"), 0)).await.unwrap();
    let HoursError::Stale(saved) = save(day("2027-12-24", Some(""), 0)).await.unwrap_err() else {
        panic!("saved")
    };
    assert_eq!((saved.value("hours"), saved.value("date")), ("08:00–12:00", "2027-12-24"));
    save(day("2027-12-24", Some(""), 1)).await.unwrap();
    let days = hours::page(&lab.ctx, &manager, At::Space, None, Lang::En).await.unwrap().days;
    assert_eq!((days.len(), days[0].hours.as_str(), days[0].version), (1, "", 2));
    save(day("2027-12-24", None, 2)).await.unwrap();
    assert!(hours::page(&lab.ctx, &manager, At::Space, None, Lang::En).await.unwrap().days.is_empty());
    save(day("2027-12-24", Some("9-10"), 0)).await.unwrap();
}

#[tokio::test]
async fn invalid_hours_report_field() {
    let lab = staffed().await;
    let manager = lab.signed_in(1).await;
    let error = hours::save_week(&lab.ctx, &manager, At::Space, 0, week("8-12, 11-14", "late")).await.unwrap_err();
    let problem = error.problem(Lang::En);
    assert!(problem.at("mon").unwrap().contains("overlap") && problem.at("fri").unwrap().contains("8:00–12:00"));
    for (date, hours, field, name) in [
        ("2027-02-30", "8-12", "date", "Choose a date"),
        ("soon", "8-12", "date", "Choose a date"),
        ("2027-01-14", "8-12", "date", "from today on"),
        ("2029-03-27", "8-12", "date", "800 days"),
        ("2027-02-01", "20-2", "hours", "24:00"),
    ] {
        let input = SayDay { date: date.into(), hours: Some(hours.into()), version: 0 };
        let problem = hours::save_day(&lab.ctx, &manager, At::Space, input).await.unwrap_err().problem(Lang::En);
        let message = problem.at(field).unwrap_or_default();
        assert!(message.contains(name), "{date} {hours}: {message}");
    }
    let last = SayDay { date: "2029-03-25".into(), hours: Some(String::new()), version: 0 };
    hours::save_day(&lab.ctx, &manager, At::Space, last).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM opening_exception").await, 1, "nothing half-written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn former_type_owner_cannot_change_machine_settings() {
    const MACHINES: i64 = 40;
    let lab = staffed().await;
    lab.sql(
        "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 139)
         INSERT INTO machine (id, type_id, name) SELECT i, 3, 'Laser ' || i FROM n",
    )
    .await;
    let (manager, owner) = (lab.signed_in(1).await, lab.signed_in(2).await);
    for id in 100..100 + MACHINES {
        let (machine, at) = (MachineId(id), At::Machine(MachineId(id)));
        let moved = MachineInput { name: "Moved".into(), kind: "4".into(), ..MachineInput::default() };
        let grace = Say { at, key: Key::Grace, value: Some("5".into()), version: 0 };
        let friday = SayDay { date: "2027-01-22".into(), hours: Some(String::new()), version: 0 };
        // Either may come first; after the move it is refused.
        let _ = tokio::join!(
            equipment::save(&lab.ctx, &manager, machine, 1, moved),
            settings::say(&lab.ctx, &owner, grace),
            hours::save_week(&lab.ctx, &owner, at, 0, week("8-12", "")),
            hours::save_day(&lab.ctx, &owner, at, friday),
        );
    }
    let late = "SELECT coalesce(group_concat(DISTINCT said.action), '') FROM audit moved
                  JOIN audit said ON said.subject = moved.subject AND said.seq > moved.seq
                 WHERE moved.action = 'machine.changed' AND said.action <> 'machine.changed'";
    assert_eq!(lab.text(late).await, "", "said by whoever cares for the type that it was of before");
}

#[tokio::test]
async fn zone_change_previews_affected_times() {
    let lab = staffed().await;
    lab.sql(
        "INSERT OR REPLACE INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC');
         INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at)
             VALUES (1, 1, 1800000000000, 1800003600000, 'approved', 0), (1, 1, 1800007200000, 1800010800000, 'pending', 0),
                    (1, 1, 1799990000000, 1799993600000, 'completed', 0), (1, 1, 1800020000000, 1800023600000, 'cancelled', 0)",
    )
    .await;
    let rome = preview_of(&lab, At::Space, Key::Zone, "Europe/Rome").await;
    assert!(rome[0].starts_with("2 future bookings would show another time."), "{rome:?}");
    assert_eq!(rome.len(), 2, "and hours keep their time on the wall: {rome:?}");
    let reykjavik = preview_of(&lab, At::Space, Key::Zone, "Atlantic/Reykjavik").await;
    assert_eq!(reykjavik.len(), 1, "another name, the same time: {reykjavik:?}");
    assert_eq!(preview_of(&lab, At::Space, Key::Zone, "UTC").await, [NO_EFFECT]);
    let nowhere = preview_of(&lab, At::Space, Key::Zone, "Mars/Base").await;
    assert_eq!(nowhere, [Lang::En.setting_invalid(Key::Zone)], "there is no such zone");
}
