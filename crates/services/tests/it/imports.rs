//! Imports through the services: previewed, applied once, repeated; and exports.

mod exchanges;
mod spreadsheets;
mod trainings;
mod turns;

use crate::lab::{LASER, LASER_ID, LATHE, Lab, ada, bob, seconds};
use domain::{
    actor::{Actor, Who},
    id::{MachineId, PlanId, SessionId},
    imports::{Column, LINES, LineAction, LineError, Note, Sum, dates::DateOrder},
    people::PersonStatus,
    problem::Kind,
    qualifications::{Relation, Subject},
    time::{Date, MINUTE},
};
use futures::FutureExt;
use services::error::ServiceError;
use services::{
    Ctx,
    imports::{self, Book, Happened, HistoryForm, ImportsError, LineQuery, What, Whose, keep, preview},
    maintenance::{self, RegisterDone},
};
use std::fmt::Write;
use std::io::{Cursor, Read};
use text::Lang;

/// The lab, with Eve who administers (10) and Ken who manages (11).
async fn staffed() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (10, 'active', 0), (11, 'active', 0);
         INSERT INTO profile (person_id, name, email) VALUES (10, 'Eve', 'eve@example.org'), (11, 'Ken', NULL);
         UPDATE profile SET email = 'ada@example.org' WHERE person_id = 1;
         UPDATE profile SET email = 'bob@example.org' WHERE person_id = 2;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (10, 1, 'user', 'granted', 0, 'setup', 0), (10, 2, 'owner', 'granted', 0, 'setup', 0),
             (11, 1, 'user', 'granted', 0, 'setup', 0), (11, 1, 'owner', 'granted', 0, 'setup', 0)",
    )
    .await;
    lab
}

async fn run(lab: &Lab, actor: &Actor, token: &str) -> contract::imports::DryRun {
    preview(&lab.ctx, actor, token, LineQuery { page: 1, only_faulty: false }).await.unwrap()
}

/// Applies it as it is shown now.
async fn apply(ctx: &Ctx, actor: &Actor, token: &str) -> Result<Sum, ImportsError> {
    let visible = preview(ctx, actor, token, LineQuery::default()).await?.digest;
    imports::apply(ctx, actor, token, &visible).await
}

const LIST: &str = "key;nome;email;tessera;tipo\n\
    N1;Nina;nina@example.org;0F:BE:AD:DE;laser cutter\n\
    N2;Nora;nora@example.org;;\n\
    ;Ada;ada@example.org;;Lathe\n\
    N3;Nils;ada@example.org;;\n";

#[tokio::test]
async fn list_is_previewed_applied_entirely_and_repeat_changes_nothing() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let before = lab.number("SELECT count(*) FROM audit").await;
    let token = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    let dry = run(&lab, &ken, &token).await;
    assert_eq!((dry.sum.added, dry.sum.cards, dry.sum.grants, dry.sum.faulty), (2, 1, 2, 1));
    let faults = [LineError::EmailTwice(4), LineError::Otherwise(Column::Name, 4)];
    assert_eq!(dry.shown[0].faults, faults, "{:?}", dry.shown);
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 5, "looking changes nothing");
    assert_eq!(lab.number("SELECT count(*) FROM audit").await, before);

    let done = apply(&lab.ctx, &ken, &token).await.unwrap();
    assert_eq!((done.added, done.cards, done.grants), (2, 1, 2));
    assert_eq!(lab.number("SELECT count(*) FROM person WHERE status = 'active'").await, 6);
    let members =
        "SELECT count(*) FROM qualification WHERE type_id = 1 AND cause = 'import' AND by_alias IS NOT NULL";
    assert_eq!(lab.number(members).await, 2);
    assert_eq!(lab.text("SELECT uid FROM card WHERE person_id > 11").await, "deadbe0f");
    for (action, times) in [("import.applied", 1), ("import.added", 2), ("import.changed", 1), ("card.given", 1)] {
        let counted = match action {
            "import.applied" => "SELECT count(*) FROM audit WHERE action = 'import.applied'",
            "import.added" => "SELECT count(*) FROM audit WHERE action = 'import.added'",
            "import.changed" => "SELECT count(*) FROM audit WHERE action = 'import.changed'",
            _ => "SELECT count(*) FROM audit WHERE action = 'card.given'",
        };
        assert_eq!(lab.number(counted).await, times, "{action}");
    }
    let message =
        "SELECT count(*) FROM audit WHERE detail LIKE '%Nina%' OR detail LIKE '%deadbe0f%' OR detail LIKE '%@%'";
    assert_eq!(lab.number(message).await, 0, "a6");

    let sought = "SELECT folded FROM profile WHERE name = 'Nina'";
    assert_eq!(lab.text(sought).await, "nina\nnina@example.org");
    assert_eq!(lab.number("SELECT count(*) FROM profile WHERE folded IS NULL").await, 0, "all can be searched");

    let twice = apply(&lab.ctx, &ken, &token).await.unwrap_err();
    assert_eq!(
        (twice.problem(Lang::En).kind, twice.problem(Lang::En).code.as_str()),
        (Kind::Conflict, "import.applied")
    );
    let again = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    assert!(!run(&lab, &ken, &again).await.sum.does_something(), "{:?}", run(&lab, &ken, &again).await);
    assert!(matches!(apply(&lab.ctx, &ken, &again).await, Err(ImportsError::Nothing)));
}

#[tokio::test]
async fn manually_revoked_grant_is_not_regranted() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let token = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    apply(&lab.ctx, &ken, &token).await.unwrap();
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
              SELECT person_id, 3, 'user', 'revoked', 1800000000000, 'trainer', 1800000000000 FROM profile WHERE name = 'Nina';
         UPDATE card SET state = 'retired' WHERE uid = 'deadbe0f'",
    )
    .await;
    let again = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    let dry = run(&lab, &ken, &again).await;
    let nina = dry.shown.iter().find(|line| line.name == "Nina").unwrap();
    assert_eq!(nina.notes, [Note::CardRetired, Note::Revoked("Laser cutter".into())]);
    assert!(!dry.sum.does_something());
}

#[tokio::test]
async fn columns_can_be_assigned_once_each() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let token = keep(&lab.ctx, &ken, b"Wer,Wohin\nNina,nina@example.org").await.unwrap();
    assert_eq!(run(&lab, &ken, &token).await.sum.faulty, 1, "nobody knows who that is");
    let say = |words: [&str; 2]| imports::say_columns(&lab.ctx, &ken, &token, &words.map(str::to_owned), None);
    assert!(matches!(say(["email", "email"]), Err(ImportsError::Twice)));
    say(["name", "email"]).unwrap();
    let dry = run(&lab, &ken, &token).await;
    assert_eq!((dry.sum.added, dry.shown[0].actions.as_slice()), (1, &[LineAction::Add][..]));
}

#[tokio::test]
async fn uploaded_list_is_stored_half_an_hour_for_its_uploader() {
    let lab = staffed().await;
    let (ken, eve) = (lab.signed_in(11).await, lab.signed_in(10).await);
    let token = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    let mut elsewhere = ken.clone();
    if let Who::Person(known) = &mut elsewhere.who {
        known.session = SessionId(99);
    }
    // Programs have no session of their own.
    let mut program = eve.clone();
    if let Who::Person(known) = &mut program.who {
        known.session = SessionId(11);
    }
    for other in [&eve, &elsewhere, &program] {
        assert!(matches!(preview(&lab.ctx, other, &token, LineQuery::default()).await, Err(ImportsError::Gone)));
        assert!(matches!(imports::apply(&lab.ctx, other, &token, "").await, Err(ImportsError::Gone)));
    }
    assert!(
        preview(&lab.ctx, &lab.signed_in(1).await, &token, LineQuery::default()).await.is_err(),
        "not for members"
    );
    lab.pass(MINUTE * 29);
    assert!(preview(&lab.ctx, &ken, &token, LineQuery::default()).await.is_ok());
    let lab = lab.reopen().await;
    let gone = imports::apply(&lab.ctx, &ken, &token, "").await.unwrap_err().problem(Lang::En);
    assert_eq!(gone.kind, Kind::NotFound);
    assert!(gone.detail.contains("restart"), "{}", gone.detail);
    let token = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    lab.pass(MINUTE * 30);
    assert!(matches!(preview(&lab.ctx, &ken, &token, LineQuery::default()).await, Err(ImportsError::Gone)));
}

#[tokio::test]
async fn email_of_higher_rank_cannot_be_changed() {
    let lab = staffed().await;
    lab.sql("UPDATE profile SET external_key = 'E' WHERE person_id = 10").await;
    let ken = lab.signed_in(11).await;
    let token = keep(&lab.ctx, &ken, b"key,email\nE,ken@example.org").await.unwrap();
    let dry = run(&lab, &ken, &token).await;
    assert_eq!(dry.shown[0].faults, [LineError::NotYours("Eve".into())]);
    assert!(matches!(apply(&lab.ctx, &ken, &token).await, Err(ImportsError::Nothing)));
    assert_eq!(lab.text("SELECT email FROM profile WHERE person_id = 10").await, "eve@example.org");
}

#[tokio::test]
async fn conflicting_lines_of_one_person_are_rejected_until_resolved() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let list = b"key,name,email,type\nK1,Zoe B,k@example.org,Laser cutter\nK1,Ada B,k@example.org,Lathe";
    for changed in [1, 0] {
        let token = keep(&lab.ctx, &ken, list).await.unwrap();
        let dry = run(&lab, &ken, &token).await;
        assert_eq!(dry.shown[0].faults, [LineError::Otherwise(Column::Name, 2)]);
        assert_eq!((dry.sum.added, dry.sum.changed), (changed, 0), "{:?}", dry.shown);
        assert_eq!(apply(&lab.ctx, &ken, &token).await.is_ok(), changed == 1);
        assert_eq!(lab.text("SELECT name FROM profile WHERE external_key = 'K1'").await, "Zoe B");
    }
}

#[tokio::test]
async fn machine_grant_round_trips_as_machine_grant() {
    // There is a type of the same name, and another machine that is called so too.
    let (lab, other) = (staffed().await, staffed().await);
    for lab in [&lab, &other] {
        lab.sql("INSERT INTO machine (id, number, type_id, name) VALUES (3, 13, 4, 'Lathe')").await;
    }
    lab.sql(
        "INSERT INTO qualification (person_id, machine_id, relation, kind, effective_from, cause, recorded_at)
              VALUES (2, 2, 'user', 'granted', 0, 'setup', 0)",
    )
    .await;
    let eve = lab.signed_in(10).await;
    let list: String =
        imports::export(&lab.ctx, &eve, What::Qualifications, &Whose::default()).await.unwrap().collect();
    assert!(list.contains("Bob,bob@example.org,machine:2 Lathe,user,1970-01-01,"), "{list}");
    let again = keep(&lab.ctx, &eve, list.as_bytes()).await.unwrap();
    let dry = run(&lab, &eve, &again).await;
    assert!(!dry.sum.does_something(), "{:?}", dry.shown);

    let eve = other.signed_in(10).await;
    let there = keep(&other.ctx, &eve, list.as_bytes()).await.unwrap();
    let dry = run(&other, &eve, &there).await;
    let bob = dry.shown.iter().find(|line| line.name == "Bob").unwrap();
    let grant = LineAction::Grant {
        subject: Subject::Machine(MachineId(2)),
        name: "Lathe".into(),
        relation: Relation::User,
        from: Date::from_iso("1970-01-01"),
        by: None,
    };
    assert_eq!(bob.actions, [grant], "that machine and no other, and not the type");
}

#[tokio::test]
async fn changed_email_invalidates_links_sent_to_old_one() {
    let lab = staffed().await;
    lab.sql(
        "UPDATE profile SET external_key = 'A' WHERE person_id = 1;
         INSERT INTO link (hash, purpose, person_id, created_at, expires_at) VALUES
             (randomblob(32), 'reset', 1, 0, 9000000000000), (randomblob(32), 'reset', 2, 0, 9000000000000)",
    )
    .await;
    let ken = lab.signed_in(11).await;
    let token = keep(&lab.ctx, &ken, b"key,email\nA,ada@example.com").await.unwrap();
    apply(&lab.ctx, &ken, &token).await.unwrap();
    assert_eq!(lab.number("SELECT person_id FROM link").await, 2);
}

#[tokio::test]
async fn list_cannot_change_email_of_auditor() {
    let lab = staffed().await;
    // Ada is a member who reads everything: no matter of rank.
    lab.grant(1, 2, "user").await;
    let (ken, eve) = (lab.signed_in(11).await, lab.signed_in(10).await);
    let key = b"key,email\nA,ada@example.org";
    let token = keep(&lab.ctx, &ken, key).await.unwrap();
    assert_eq!(run(&lab, &ken, &token).await.shown[0].faults, [LineError::NotYours("Ada".into())]);
    lab.sql("UPDATE profile SET external_key = 'A' WHERE person_id = 1").await;
    let token = keep(&lab.ctx, &ken, b"key,email\nA,ken@example.org").await.unwrap();
    assert_eq!(run(&lab, &ken, &token).await.shown[0].faults, [LineError::NotYours("Ada".into())]);
    let token = keep(&lab.ctx, &ken, b"key,phone\nA,0471 1").await.unwrap();
    assert_eq!(run(&lab, &ken, &token).await.shown[0].faults, [], "a telephone number lets nobody in");
    let token = keep(&lab.ctx, &eve, b"key,email\nA,ada@example.com").await.unwrap();
    assert_eq!(run(&lab, &eve, &token).await.shown[0].faults, [], "an administrator may");
}

#[tokio::test]
async fn only_previewed_changes_are_applied() {
    let lab = staffed().await;
    lab.sql("UPDATE profile SET external_key = 'A' WHERE person_id = 1").await;
    let ken = lab.signed_in(11).await;
    let token = keep(&lab.ctx, &ken, b"key,email,Tel\nA,ada@example.com,0471 1").await.unwrap();
    let view = run(&lab, &ken, &token).await;
    let refused = async |view: &str| {
        let error = imports::apply(&lab.ctx, &ken, &token, view).await.unwrap_err();
        assert!(matches!(error, ImportsError::Changed), "{error:?}");
        assert_eq!(error.problem(Lang::En).kind, Kind::Conflict);
    };
    refused("").await;
    // The address is corrected by hand: the list would change the same column, but from another value.
    lab.sql("UPDATE profile SET email = 'right@example.org' WHERE person_id = 1").await;
    refused(&view.digest).await;
    assert_eq!(lab.text("SELECT email FROM profile WHERE person_id = 1").await, "right@example.org");
    let again = run(&lab, &ken, &token).await;
    assert_eq!((&again.shown, again.applied), (&view.shown, None), "what is shown looks the same");
    // In another tab, a column is left out.
    let words = ["key", "email", ""].map(str::to_owned);
    imports::say_columns(&lab.ctx, &ken, &token, &words, None).unwrap();
    refused(&again.digest).await;
    let again = run(&lab, &ken, &token).await;
    // Changes by others elsewhere require no new preview.
    lab.sql("UPDATE profile SET phone = '0471 2', email = 'bob@example.com' WHERE person_id = 2").await;
    imports::apply(&lab.ctx, &ken, &token, &again.digest).await.unwrap();
    assert_eq!(lab.text("SELECT email FROM profile WHERE person_id = 1").await, "ada@example.com");
}

#[tokio::test]
async fn apply_completes_after_client_disconnects() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let token = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    let visible = run(&lab, &ken, &token).await.digest;
    // The browser goes away at once.
    assert!(imports::apply(&lab.ctx, &ken, &token, &visible).now_or_never().is_none());
    let lab = lab.reopen().await;
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 7);
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'import.applied'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_applies_run_once() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let token = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    let press = || {
        let (ctx, ken, token) = (lab.ctx.clone(), ken.clone(), token.clone());
        tokio::spawn(async move { apply(&ctx, &ken, &token).await })
    };
    let (one, other) = (press(), press());
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 7);
}

#[tokio::test]
async fn apply_during_writing_reports_it_is_in_progress() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let token = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    let visible = run(&lab, &ken, &token).await.digest;
    // Another writer locks the file for a while.
    let mut other = lab.raw().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let meanwhile = async {
        let second = imports::apply(&lab.ctx, &ken, &token, &visible).await;
        assert!(matches!(second, Err(ImportsError::Writing)), "{second:?}");
        assert!(matches!(imports::say_columns(&lab.ctx, &ken, &token, &[], None), Err(ImportsError::Writing)));
        assert_eq!(run(&lab, &ken, &token).await.applied, None, "it may fail yet");
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    };
    let (first, ()) = tokio::join!(imports::apply(&lab.ctx, &ken, &token, &visible), meanwhile);
    assert_eq!(first.unwrap().added, 2);
    assert!(run(&lab, &ken, &token).await.applied.is_some());
}

#[tokio::test]
async fn ten_thousand_lines_are_applied_in_one_commit() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let mut list = "name,email,type\n".to_owned();
    for n in 0..LINES {
        writeln!(list, "Member {n},m{n}@example.org,Laser cutter").unwrap();
    }
    let token = keep(&lab.ctx, &ken, list.as_bytes()).await.unwrap();
    let dry = run(&lab, &ken, &token).await;
    assert_eq!((dry.sum.added, dry.pages, dry.shown.len()), (10_000, 200, 50));
    apply(&lab.ctx, &ken, &token).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 10_005);
    list.push_str("One more,one@example.org,\n");
    let more = keep(&lab.ctx, &ken, list.as_bytes()).await.unwrap_err().problem(Lang::It);
    assert_eq!((more.kind, more.code.as_str()), (Kind::Invalid, "import.too-many-lines"));
}

#[tokio::test]
async fn export_filters_rows() {
    let lab = staffed().await;
    let eve = lab.signed_in(10).await;
    lab.grant(2, 4, "user").await;
    let out = async |what, status, on: &str| {
        let whose = Whose { status, on: on.into() };
        imports::export(&lab.ctx, &eve, what, &whose).await.map(Iterator::collect::<String>).unwrap()
    };
    let suspended = Some(PersonStatus::Suspended);
    // Nobody is in a group here.
    for what in What::ALL.into_iter().filter(|what| *what != What::Groups) {
        let list = out(what, suspended, "").await;
        assert!(list.contains("Zoe") && !list.contains("Ada"), "{list}");
    }
    let lasers = out(What::Qualifications, None, "LASÉR").await;
    let all = out(What::Qualifications, None, "").await;
    assert!(lasers.lines().skip(1).all(|line| line.contains("Laser")), "{lasers}");
    assert!(lasers.contains("Ada,") && all.lines().count() > lasers.lines().count(), "{all}");
    assert!(out(What::People, None, "laser").await.contains("Bob"), "whoever is here is, on nothing");
}

#[tokio::test]
async fn export_is_audited_without_formulas_and_can_be_reimported() {
    let lab = staffed().await;
    let (ken, eve) = (lab.signed_in(11).await, lab.signed_in(10).await);
    lab.sql("UPDATE profile SET name = '=HYPERLINK(\"x\")' WHERE person_id = 2").await;
    let out = async |actor: &Actor, what| {
        imports::export(&lab.ctx, actor, what, &Whose::default()).await.map(Iterator::collect::<String>)
    };
    let people = out(&ken, What::People).await.unwrap();
    assert!(people.contains("\"'=HYPERLINK(\"\"x\"\")\",bob@example.org"), "{people}");
    assert!(
        matches!(out(&ken, What::Cards).await, Err(ImportsError::Forbidden(_))),
        "numbers are not for managers"
    );
    let cards = out(&eve, What::Cards).await.unwrap();
    assert!(cards.contains("0000ada1"), "{cards}");
    let qualifications = out(&eve, What::Qualifications).await.unwrap();
    assert!(qualifications.contains("Ada,ada@example.org,Laser cutter,user,1970-01-01,"), "{qualifications}");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action LIKE 'export.%'").await, 3);
    for list in [people, cards, qualifications] {
        let token = keep(&lab.ctx, &eve, list.as_bytes()).await.unwrap();
        let dry = run(&lab, &eve, &token).await;
        assert!(!dry.sum.does_something(), "{list}: {:?}", dry.shown);
        // Zoe and Ken have neither key nor address, and are known all the same.
        assert_eq!((dry.sum.faulty, dry.sum.noted), (0, 0), "{:?}", dry.shown);
    }
}

/// The one sheet of a workbook.
async fn sheet(mut book: Book) -> String {
    let mut workbook = Vec::new();
    while let Some((piece, rest)) = book.piece().await.unwrap() {
        assert!(piece.len() <= 65_536, "never more of it in memory");
        (workbook, book) = ([workbook, piece].concat(), rest);
    }
    let mut all = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut sheet = String::new();
    all.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    sheet
}

#[tokio::test]
async fn workbook_matches_csv_without_formulas() {
    let lab = staffed().await;
    let eve = lab.signed_in(10).await;
    lab.sql("UPDATE profile SET name = '=HYPERLINK(\"x\")' WHERE person_id = 2").await;
    for (what, says) in [
        (What::People, "<t>=HYPERLINK(\"x\")</t>"),
        (What::Cards, "<t>0000ada1</t>"),
        (What::Qualifications, "<t>Laser cutter</t>"),
    ] {
        let list = imports::export(&lab.ctx, &eve, what, &Whose::default()).await.unwrap();
        let sheet = sheet(list.workbook().await.unwrap()).await;
        assert!(sheet.contains(says), "{sheet}");
        assert!(!sheet.contains("<f>"), "nothing is computed: {sheet}");
        let lines = imports::export(&lab.ctx, &eve, what, &Whose::default())
            .await
            .unwrap()
            .collect::<String>()
            .lines()
            .count();
        assert_eq!(sheet.matches("<row ").count(), lines, "{what:?}");
    }
}

#[tokio::test]
async fn uses_export_is_filtered_and_audited() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(90));
    lab.stops(LASER, &ada(), 90).await;
    lab.pass(seconds(48 * 3600));
    lab.starts(LATHE, &bob()).await;
    let whole = async |form: &HistoryForm| {
        let mut history = imports::history(&lab.ctx, &ken, Happened::Uses, form).await?;
        let mut text = String::new();
        while let Some(piece) = history.piece().await? {
            text.push_str(&piece);
        }
        Ok::<_, ImportsError>(text)
    };
    let all = whole(&HistoryForm::default()).await.unwrap();
    assert_eq!(
        all,
        "\u{feff}start,end,minutes,number,machine,type,person,ending,source,approximate,unauthorised,other-card,void\r\n\
         2027-01-15 08:00,2027-01-15 08:01,1.5,11,Laser,Laser cutter,Ada,logged-out,live,,,,\r\n\
         2027-01-17 08:01,,,12,Lathe,Lathe,Bob,,live,,yes,,\r\n"
    );
    let forbidden = HistoryForm { unauthorised: true, ..HistoryForm::default() };
    assert!(whole(&forbidden).await.unwrap().lines().skip(1).all(|line| line.contains(",Bob,")));
    lab.sql("UPDATE use_session SET approximate = 1, other_card = 1, void = 1, authorised = 1").await;
    let flagged = whole(&HistoryForm::default()).await.unwrap();
    assert_eq!(flagged.matches("live,yes,,yes,yes\r\n").count(), 2, "{flagged}");
    assert_eq!(whole(&forbidden).await.unwrap().lines().count(), 1);
    let request = async |from: &str, to: &str, machine: &str, person: &str| {
        let [from, to, machine, person] = [from, to, machine, person].map(ToOwned::to_owned);
        let text = whole(&HistoryForm { from, to, machine, person, unauthorised: false }).await.unwrap();
        text.lines().skip(1).map(|line| line.split(',').nth(4).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(request("", "2027-01-15", "", "").await, ["Laser"]);
    assert_eq!(request("2027-01-16", "", "", "").await, ["Lathe"], "one that goes on is in it");
    assert_eq!(request("", "", "LATH", "").await, ["Lathe"]);
    assert_eq!(request("", "", " 11 ", "").await, ["Laser"]);
    assert!(request("", "", "1", "").await.is_empty(), "a number is no piece of a name");
    assert_eq!(request("", "", "", "ada").await, ["Laser"]);
    assert!(request("", "", "laser", "bob").await.is_empty());
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'export.uses'").await, 11);

    let history = imports::history(&lab.ctx, &ken, Happened::Uses, &HistoryForm::default()).await.unwrap();
    let sheet = sheet(history.workbook().await.unwrap()).await;
    assert!(sheet.contains("<v>1.5</v>") && sheet.contains("<t>Ada</t>") && !sheet.contains("<f>"), "{sheet}");
    assert_eq!(sheet.matches("<row ").count(), 3);

    for (form, field) in [
        (HistoryForm { from: "yesterday".into(), ..HistoryForm::default() }, "from"),
        (HistoryForm { from: "2027-01-16".into(), to: "2027-01-15".into(), ..HistoryForm::default() }, "to"),
        (HistoryForm { person: "x".repeat(201), ..HistoryForm::default() }, "person"),
    ] {
        let problem = whole(&form).await.unwrap_err().problem(Lang::En);
        assert!(problem.at(field).is_some(), "{problem:?}");
    }
    let bob = lab.signed_in(2).await;
    let refused = imports::history(&lab.ctx, &bob, Happened::Uses, &HistoryForm::default()).await;
    assert!(matches!(refused, Err(ImportsError::Forbidden(_))));
}

#[tokio::test]
async fn maintenance_export_is_filtered_without_formulas() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    lab.sql(
        "INSERT INTO maintenance_plan (id, type_id, machine_id, words, every_days, doer, blocking, begun_at) VALUES
             (1, NULL, 1, '=1+1', 30, 'trainer', 0, 0);
         INSERT INTO machine_total (machine_id, used_ms) VALUES (1, 5400000)
             ON CONFLICT (machine_id) DO UPDATE SET used_ms = excluded.used_ms",
    )
    .await;
    let done = RegisterDone::read(Ok(vec![PlanId(1)]), "@cmd, \"new\" lens");
    maintenance::register(&lab.ctx, &ken, LASER_ID, done).await.unwrap();
    lab.pass(seconds(48 * 3600));
    lab.sql(
        "INSERT INTO intervention (machine_id, at, used_ms, door, replay) VALUES (2, 1800172800000, 0, 'board', 1)",
    )
    .await;
    let whole = async |form: &HistoryForm| {
        let mut history = imports::history(&lab.ctx, &ken, Happened::Interventions, form).await?;
        let mut text = String::new();
        while let Some(piece) = history.piece().await? {
            text.push_str(&piece);
        }
        Ok::<_, ImportsError>(text)
    };
    assert_eq!(
        whole(&HistoryForm::default()).await.unwrap(),
        "\u{feff}at,number,machine,type,task,note,hours,person,door,later\r\n\
         2027-01-15 08:00,11,Laser,Laser cutter,'=1+1,\"'@cmd, \"\"new\"\" lens\",1.5,Ken,web,\r\n\
         2027-01-17 08:00,12,Lathe,Lathe,,,0.0,,board,yes\r\n"
    );
    let request = async |from: &str, to: &str, machine: &str, person: &str| {
        let [from, to, machine, person] = [from, to, machine, person].map(ToOwned::to_owned);
        let text = whole(&HistoryForm { from, to, machine, person, unauthorised: false }).await.unwrap();
        text.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(request("", "2027-01-15", "", "").await, ["Laser"]);
    assert_eq!(request("2027-01-16", "", "", "").await, ["Lathe"]);
    assert_eq!(request("2027-01-17", "2027-01-17", "", "").await, ["Lathe"], "both days are in it");
    assert_eq!(request("", "", "12", "").await, ["Lathe"]);
    assert_eq!(request("", "", "", "ken").await, ["Laser"]);
    assert!(request("", "", "lathe", "ken").await.is_empty());
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'export.interventions'").await, 7);

    let book = imports::history(&lab.ctx, &ken, Happened::Interventions, &HistoryForm::default()).await.unwrap();
    let sheet = sheet(book.workbook().await.unwrap()).await;
    assert!(sheet.contains("<t>=1+1</t>") && sheet.contains("<v>1.5</v>") && !sheet.contains("<f>"), "{sheet}");
    assert_eq!(sheet.matches("<row ").count(), 3);
    let problem =
        whole(&HistoryForm { to: "soon".into(), ..HistoryForm::default() }).await.unwrap_err().problem(Lang::En);
    assert!(problem.at("to").is_some(), "{problem:?}");
    let bob = lab.signed_in(2).await;
    let refused = imports::history(&lab.ctx, &bob, Happened::Interventions, &HistoryForm::default()).await;
    assert!(matches!(refused, Err(ImportsError::Forbidden(_))));
}

#[tokio::test]
async fn long_history_is_exported_completely() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    lab.sql(
        "WITH RECURSIVE n (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM n WHERE n < 49999)
         INSERT INTO use_session (machine_id, card_id, started_at, last_sign_at, ended_at, ending, source, approximate,
                                  provisional, other_card, twin_start, twin_stop, authorised)
         SELECT 1 + n % 2, 1, n * 100000, n * 100000, n * 100000 + 60000, 'logged-out', 'live', 0, 0, 0, 0, 0, 1 FROM n",
    )
    .await;
    let lines = async |machine: &str| {
        let input = HistoryForm { machine: machine.into(), ..HistoryForm::default() };
        let mut history = imports::history(&lab.ctx, &ken, Happened::Uses, &input).await.unwrap();
        let (mut pieces, mut lines) = (0, 0);
        while let Some(piece) = history.piece().await.unwrap() {
            (pieces, lines) = (pieces + 1, lines + piece.lines().count());
        }
        (pieces, lines)
    };
    assert_eq!(lines("").await, (50, 50_001));
    assert_eq!(lines("lathe").await, (50, 25_001));
    assert_eq!(lines("no such").await.1, 1, "the headings alone");
    let files = || std::fs::read_dir(lab.file().parent().unwrap()).unwrap().count();
    let before = files();
    let history = imports::history(&lab.ctx, &ken, Happened::Uses, &HistoryForm::default()).await.unwrap();
    let book = history.workbook().await.unwrap();
    assert_eq!(files(), before, "nothing of it has a name on the disk");
    assert_eq!(sheet(book).await.matches("<row ").count(), 50_001);
}
