//! Problems on machines: reported by members, resolved by caretakers; and blocks, immediate or when idle.

use crate::lab::{LASER, LASER_ID, Lab, ada, seconds};
use domain::{
    access::{Decision, Reason},
    actor::{Actor, Channel, Forbidden},
    id::{BlockId, MachineId, ReportId},
    live::ChangeEvent,
    machines::MachineState,
    pictures::InvalidPicture,
    problems::{Severity, State, WORDS},
    requests::BoardCommand,
};
use services::{
    access, boards, inbox, machines,
    problems::{self, Field, ProblemsError, ReportProblem, ValidationError},
    requests::{self, Order},
};
use std::io::Cursor;

const ANYBODY: Actor = Actor::anybody(true, Channel::Web);
const ONLINE: &str = "INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000000000, 1)";

/// The lab with Ken (11), who manages, Olga (12), who owns the lasers, and Theo (13), who owns the lathes.
async fn cared_for() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0), (12, 'active', 0), (13, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (11, 'Ken'), (12, 'Olga'), (13, 'Theo')",
    )
    .await;
    for (person, kind, relation) in
        [(11, 1, "owner"), (12, 1, "user"), (12, 3, "owner"), (13, 1, "user"), (13, 4, "owner")]
    {
        lab.grant(person, kind, relation).await;
    }
    lab.sql(ONLINE).await;
    lab
}

async fn reports(lab: &Lab, person: i64, severity: Severity, words: &str) -> ReportId {
    let new = ReportProblem::read(Some(severity), words);
    problems::report(&lab.ctx, &lab.signed_in(person).await, LASER_ID, new).await.unwrap()
}

async fn resolves(lab: &Lab, person: i64, report: ReportId) {
    let who = lab.signed_in(person).await;
    let version = problems::one(&lab.ctx, &who, report).await.unwrap().version;
    problems::resolve(&lab.ctx, &who, report, version, "mended").await.unwrap();
}

/// Why the laser is blocked, if it is, as the actor sees it.
async fn blocked(lab: &Lab, actor: &Actor) -> Option<Option<String>> {
    let machine = machines::page(&lab.ctx, actor, LASER_ID).await.unwrap().machine;
    matches!(machine.state, MachineState::Blocked { .. }).then_some(machine.blocked_because)
}

/// The laser's settings as its board gets them: allowed, minutes to log-out, minutes to power-off.
async fn board_state(lab: &Lab) -> (bool, u16, u16) {
    let settings = boards::settings(&lab.ctx, LASER).await.unwrap();
    (settings.allowed, settings.auto_stop, settings.grace)
}

async fn actions(lab: &Lab) -> String {
    lab.text(
        "SELECT group_concat(action) FROM (SELECT action FROM audit WHERE action NOT LIKE 'use.%' ORDER BY seq)",
    )
    .await
}

#[tokio::test]
async fn unsafe_report_blocks_machine_and_ends_use_until_resolved() {
    let lab = cared_for().await;
    let before = board_state(&lab).await;
    lab.starts(LASER, &ada()).await;
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    let report = reports(&lab, 2, Severity::Unsafe, " the lid \u{202E}stays open\r\n").await;
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Machine(LASER_ID)), "open pages look again");
    let bob = lab.signed_in(2).await;
    assert_eq!(blocked(&lab, &bob).await, Some(Some("the lid stays open".into())));
    assert_eq!(blocked(&lab, &ANYBODY).await, Some(None), "passers-by do not read what a member wrote");
    assert_eq!(board_state(&lab).await, (false, 1, 0), "whoever is on it logs out");
    let order = Order { board: LASER, action: BoardCommand::Stop, uid: ada() };
    assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![order]);
    assert_eq!(lab.text("SELECT group_concat(cause) FROM machine_request").await, "unsafe");
    let swiped = access::check(&lab.ctx, LASER, &ada()).await.unwrap().decision;
    assert!(matches!(&swiped, Decision::Deny(why) if why.contains(&Reason::Blocked)), "{swiped:?}");
    lab.pass(seconds(2));
    lab.stops(LASER, &ada(), 2).await;
    assert!(!board_state(&lab).await.0, "nobody else gets in");
    assert!(problems::one(&lab.ctx, &bob, report).await.unwrap().blocks);

    resolves(&lab, 12, report).await;
    assert_eq!((blocked(&lab, &bob).await, board_state(&lab).await), (None, before));
    assert!(matches!(access::check(&lab.ctx, LASER, &ada()).await.unwrap().decision, Decision::Allow { .. }));
    let resolved = problems::one(&lab.ctx, &bob, report).await.unwrap();
    assert_eq!(
        (resolved.state, resolved.done.as_deref(), resolved.blocks),
        (State::Resolved, Some("mended"), false)
    );
    assert_eq!(
        actions(&lab).await,
        "problem.reported,machine.blocked,machine.stop-requested,machine.stop-sent,problem.resolved,machine.freed"
    );
    assert_eq!(
        lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%lid%' OR detail LIKE '%mended%'").await,
        0
    );
}

#[tokio::test]
async fn use_started_before_board_learns_of_unsafe_report_is_ended() {
    let lab = cared_for().await;
    reports(&lab, 2, Severity::Unsafe, "sparks").await;
    assert!(!board_state(&lab).await.0);
    lab.starts(LASER, &ada()).await;
    assert_eq!(board_state(&lab).await, (false, 1, 0), "switched on from what the board remembered");
    let lab = cared_for().await;
    let olga = lab.signed_in(12).await;
    problems::block(&lab.ctx, &olga, LASER_ID, "new tube", false).await.unwrap();
    lab.starts(LASER, &ada()).await;
    assert!(board_state(&lab).await.0, "what is not unsafe waits");
}

#[tokio::test]
async fn minor_report_leaves_machine_unchanged() {
    let lab = cared_for().await;
    for severity in [Severity::Note, Severity::Degraded] {
        reports(&lab, 2, severity, "squeaks").await;
        assert_eq!((blocked(&lab, &ANYBODY).await, board_state(&lab).await.0), (None, true), "{severity:?}");
    }
}

#[tokio::test]
async fn block_waits_for_current_user_unless_immediate() {
    let lab = cared_for().await;
    let olga = lab.signed_in(12).await;
    lab.starts(LASER, &ada()).await;
    let block = problems::block(&lab.ctx, &olga, LASER_ID, "new tube", false).await.unwrap();
    assert!(board_state(&lab).await.0, "not mid-cut");
    assert_eq!(lab.number("SELECT count(*) FROM machine_request").await, 0);
    assert_eq!(blocked(&lab, &ANYBODY).await, Some(Some("new tube".into())), "an owner says it to everybody");
    let twice = problems::block(&lab.ctx, &olga, LASER_ID, "again", false).await;
    assert!(matches!(twice, Err(ProblemsError::Blocked)), "{twice:?}");
    lab.pass(seconds(60));
    lab.stops(LASER, &ada(), 60).await;
    assert!(!board_state(&lab).await.0);
    let there = problems::blocked(&lab.ctx, &olga, LASER_ID).await.unwrap();
    assert_eq!((there.id, there.by.as_deref(), there.at_once, there.report), (block, Some("Olga"), false, None));
    problems::lift(&lab.ctx, &olga, block).await.unwrap();
    assert!(board_state(&lab).await.0);
    assert!(matches!(problems::lift(&lab.ctx, &olga, block).await, Err(ProblemsError::Lifted)));
    assert!(matches!(problems::blocked(&lab.ctx, &olga, LASER_ID).await, Err(ProblemsError::UnknownBlock)));

    lab.starts(LASER, &ada()).await;
    problems::block(&lab.ctx, &olga, LASER_ID, "smoke", true).await.unwrap();
    assert_eq!(board_state(&lab).await, (false, 1, 0));
    assert_eq!(lab.text("SELECT group_concat(cause) FROM machine_request").await, "unsafe");
}

#[tokio::test]
async fn machine_is_freed_when_last_unsafe_report_is_resolved() {
    let lab = cared_for().await;
    let bob = lab.signed_in(2).await;
    let (first, second) =
        (reports(&lab, 2, Severity::Unsafe, "first").await, reports(&lab, 1, Severity::Unsafe, "second").await);
    resolves(&lab, 12, first).await;
    assert_eq!(blocked(&lab, &bob).await, Some(Some("second".into())), "the other one still does");
    resolves(&lab, 12, second).await;
    assert_eq!(blocked(&lab, &bob).await, None);

    let olga = lab.signed_in(12).await;
    problems::block(&lab.ctx, &olga, LASER_ID, "new tube", false).await.unwrap();
    lab.starts(LASER, &ada()).await;
    let third = reports(&lab, 2, Severity::Unsafe, "third").await;
    assert_eq!(board_state(&lab).await, (false, 1, 0), "the block that waited does not wait any more");
    resolves(&lab, 12, third).await;
    assert_eq!(blocked(&lab, &bob).await, Some(Some("new tube".into())), "an owner's block is theirs to lift");
}

#[tokio::test]
async fn newly_unsafe_machine_notifies_and_still_unsafe_one_does_not() {
    let lab = cared_for().await;
    let notices =
        async || lab.number("SELECT count(*) FROM notice WHERE kind = 'machine.unsafe' AND person_id = 12").await;
    reports(&lab, 2, Severity::Unsafe, "sparks").await;
    assert_eq!(notices().await, 1);
    reports(&lab, 1, Severity::Unsafe, "it sparks").await;
    assert_eq!(notices().await, 1, "it is known");

    // Mended, without resolving the reports.
    let olga = lab.signed_in(12).await;
    let block = BlockId(lab.number("SELECT id FROM machine_block WHERE lifted_at IS NULL").await);
    problems::lift(&lab.ctx, &olga, block).await.unwrap();
    lab.pass(seconds(60));
    reports(&lab, 2, Severity::Unsafe, "fire").await;
    assert_eq!(notices().await, 2);
    reports(&lab, 1, Severity::Unsafe, "smoke").await;
    assert_eq!(notices().await, 2);

    // A block for another reason does not notify of an unsafe machine.
    let block = BlockId(lab.number("SELECT id FROM machine_block WHERE lifted_at IS NULL").await);
    problems::lift(&lab.ctx, &olga, block).await.unwrap();
    lab.pass(seconds(60));
    problems::block(&lab.ctx, &olga, LASER_ID, "new tube", true).await.unwrap();
    lab.pass(seconds(60));
    for _ in 0..2 {
        reports(&lab, 2, Severity::Unsafe, "sparks").await;
        assert_eq!(notices().await, 3);
    }
}

// A7
#[tokio::test]
async fn members_report_and_caretakers_resolve() {
    let lab = cared_for().await;
    let report = reports(&lab, 2, Severity::Degraded, "squeaks").await;
    let input = || ReportProblem::read(Some(Severity::Note), "x");
    for (who, why) in [(ANYBODY, Forbidden::SignIn), (lab.signed_in(3).await, Forbidden::NotAllowed)] {
        let reported = problems::report(&lab.ctx, &who, LASER_ID, input()).await;
        assert!(matches!(&reported, Err(ProblemsError::Forbidden(is)) if *is == why), "{reported:?}");
        assert!(matches!(problems::at(&lab.ctx, &who, LASER_ID).await, Err(ProblemsError::Forbidden(_))));
        assert!(matches!(problems::one(&lab.ctx, &who, report).await, Err(ProblemsError::Forbidden(_))));
        assert!(matches!(problems::photo(&lab.ctx, &who, report, true).await, Err(ProblemsError::Forbidden(_))));
    }
    for person in [1, 2, 13] {
        let who = lab.signed_in(person).await;
        let not_allowed = |done| matches!(done, Err(ProblemsError::Forbidden(Forbidden::NotAllowed)));
        assert!(not_allowed(problems::acknowledge(&lab.ctx, &who, report, 1).await), "{person}");
        assert!(not_allowed(problems::resolve(&lab.ctx, &who, report, 1, "x").await), "{person}");
        let block = problems::block(&lab.ctx, &who, LASER_ID, "x", true).await;
        assert!(not_allowed(block.map(|_| ())), "{person}");
        assert!(problems::queue(&lab.ctx, &who).await.unwrap().reports.is_empty(), "{person}: not theirs");
    }
    let named = async |person| {
        let who = lab.signed_in(person).await;
        problems::at(&lab.ctx, &who, LASER_ID).await.unwrap().reports.remove(0).by
    };
    assert_eq!(named(2).await.as_deref(), Some("Bob"), "their own");
    assert_eq!(named(1).await, None, "names are for those who care for it");
    assert_eq!(named(13).await, None, "of another type");
    assert_eq!(named(12).await.as_deref(), Some("Bob"));
    for person in [11, 12] {
        assert_eq!(problems::queue(&lab.ctx, &lab.signed_in(person).await).await.unwrap().reports.len(), 1);
    }
    let block = problems::block(&lab.ctx, &lab.signed_in(12).await, LASER_ID, "x", false).await.unwrap();
    let theo = problems::lift(&lab.ctx, &lab.signed_in(13).await, block).await;
    assert!(matches!(theo, Err(ProblemsError::Forbidden(Forbidden::NotAllowed))), "{theo:?}");
    assert!(matches!(
        problems::lift(&lab.ctx, &lab.signed_in(12).await, BlockId(99)).await,
        Err(ProblemsError::UnknownBlock)
    ));
    problems::lift(&lab.ctx, &lab.signed_in(11).await, block).await.unwrap();
}

// A14
#[tokio::test]
async fn stale_problem_edit_shows_saved_values() {
    let lab = cared_for().await;
    let report = reports(&lab, 2, Severity::Degraded, "squeaks").await;
    let (ken, olga) = (lab.signed_in(11).await, lab.signed_in(12).await);
    problems::acknowledge(&lab.ctx, &olga, report, 1).await.unwrap();
    let late = problems::resolve(&lab.ctx, &ken, report, 1, "oiled").await;
    let Err(ProblemsError::Stale(saved)) = late else { panic!("{late:?}") };
    assert_eq!((saved.version, saved.value("state"), saved.by.as_deref()), (2, "acknowledged", Some("Olga")));
    problems::acknowledge(&lab.ctx, &ken, report, 2).await.unwrap();
    assert_eq!(problems::one(&lab.ctx, &ken, report).await.unwrap().version, 2, "nothing changed");
    problems::resolve(&lab.ctx, &ken, report, 2, "oiled").await.unwrap();
    let late = problems::resolve(&lab.ctx, &olga, report, 2, "replaced").await;
    let Err(ProblemsError::Stale(saved)) = late else { panic!("{late:?}") };
    assert_eq!(
        (saved.value("state"), saved.value("done"), saved.by.as_deref()),
        ("resolved", "oiled", Some("Ken"))
    );
    for late in [
        problems::resolve(&lab.ctx, &olga, report, 3, "replaced").await,
        problems::acknowledge(&lab.ctx, &olga, report, 3).await,
    ] {
        assert!(matches!(late, Err(ProblemsError::Over)), "{late:?}");
    }
    let read = problems::one(&lab.ctx, &olga, report).await.unwrap();
    assert_eq!((read.done.as_deref(), read.resolved_by.as_deref()), (Some("oiled"), Some("Ken")));
    assert_eq!(read.acknowledged_by.as_deref(), Some("Olga"));
    assert!(problems::queue(&lab.ctx, &ken).await.unwrap().reports.is_empty());
}

#[tokio::test]
async fn trainers_see_problems_of_their_types_and_resolve_none() {
    let lab = cared_for().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (14, 'active', 0), (15, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (14, 'Tim'), (15, 'Lea')",
    )
    .await;
    for (person, kind, relation) in [(14, 1, "user"), (14, 3, "trainer"), (15, 1, "user"), (15, 4, "trainer")] {
        lab.grant(person, kind, relation).await;
    }
    let report = reports(&lab, 2, Severity::Degraded, "the lid sticks").await;
    let seen = async |person: i64| problems::queue(&lab.ctx, &lab.signed_in(person).await).await.unwrap().reports;
    let of_trainer = seen(14).await;
    assert_eq!(of_trainer.iter().map(|report| report.id).collect::<Vec<_>>(), [report], "a trainer of lasers");
    assert_eq!((of_trainer[0].may_handle, of_trainer[0].by.as_deref()), (false, None), "owners resolve, by name");
    assert_eq!((seen(15).await, seen(2).await), (vec![], vec![]), "a trainer of lathes, and a member");
    let tim = lab.signed_in(14).await;
    let resolved = problems::resolve(&lab.ctx, &tim, report, of_trainer[0].version, "mended").await;
    assert!(matches!(resolved, Err(ProblemsError::Forbidden(Forbidden::NotAllowed))), "{resolved:?}");
}

#[tokio::test]
async fn worst_problems_are_listed_first() {
    let lab = cared_for().await;
    for severity in [Severity::Note, Severity::Unsafe, Severity::Degraded, Severity::Unsafe] {
        reports(&lab, 2, severity, "x").await;
    }
    let ken = lab.signed_in(11).await;
    let queue = problems::queue(&lab.ctx, &ken).await.unwrap().reports;
    let order: Vec<_> = queue.iter().map(|report| report.id.0).collect();
    assert_eq!(order, [2, 4, 3, 1], "and of those the longest waiting");
    let waits = inbox::waiting(&lab.ctx, &ken).await.unwrap().items;
    assert_eq!(
        waits.iter().map(|item| item.id).collect::<Vec<_>>(),
        order,
        "in the inbox of who runs the space too"
    );
    assert_eq!((waits[0].page(), waits[0].name.as_deref()), ("/problems?problem=2".to_owned(), Some("Laser")));
}

#[tokio::test]
async fn problems_are_counted_by_week_reported_and_resolved() {
    let lab = cared_for().await;
    let mended = reports(&lab, 2, Severity::Note, "squeaks").await;
    reports(&lab, 2, Severity::Note, "smells").await;
    resolves(&lab, 12, mended).await;
    // One unresolved for four years, one resolved before, and one of an archived machine.
    lab.sql(
        "INSERT INTO problem_report (machine_id, severity, state, reported_at, resolved_at) VALUES
             (1, 'note', 'open', 0, NULL), (1, 'note', 'resolved', 0, 1);
         INSERT INTO machine (id, type_id, name, archived_at) VALUES (9, 3, 'Old', 1);
         INSERT INTO problem_report (machine_id, severity, state, reported_at) VALUES (9, 'note', 'open', 0)",
    )
    .await;
    let weeks = problems::by_week(&lab.ctx, &lab.signed_in(2).await).await.unwrap();
    let counts: Vec<_> = weeks.iter().map(|week| (week.reported, week.resolved, week.open)).collect();
    assert_eq!(counts.len(), 12);
    assert_eq!(counts[..11], [(0, 0, 1); 11]);
    assert_eq!(counts[11], (2, 1, 2));
    let refused = problems::by_week(&lab.ctx, &ANYBODY).await;
    assert!(matches!(refused, Err(ProblemsError::Forbidden(_))), "{refused:?}");
}

#[tokio::test]
async fn invalid_report_names_all_fields_and_stores_nothing() {
    let lab = cared_for().await;
    let bob = lab.signed_in(2).await;
    let nothing = ReportProblem::read(None, " \n ");
    let refused = problems::report(&lab.ctx, &bob, LASER_ID, nothing).await;
    let all = [ValidationError::Severity, ValidationError::Empty(Field::Words)];
    assert!(matches!(&refused, Err(ProblemsError::Invalid(errors)) if *errors == all), "{refused:?}");
    let long = ReportProblem::read(Some(Severity::Unsafe), &"x".repeat(WORDS + 1));
    let refused = problems::report(&lab.ctx, &bob, LASER_ID, long).await;
    assert!(
        matches!(&refused, Err(ProblemsError::Invalid(errors)) if *errors == [ValidationError::Long(Field::Words)])
    );
    lab.sql("UPDATE machine SET archived_at = 1 WHERE id = 2").await;
    for machine in [2, 99] {
        let fine = ReportProblem::read(Some(Severity::Unsafe), "x");
        let refused = problems::report(&lab.ctx, &bob, MachineId(machine), fine).await;
        assert!(matches!(refused, Err(ProblemsError::UnknownMachine)), "{machine}: {refused:?}");
    }
    let report = reports(&lab, 2, Severity::Note, "x").await;
    let olga = lab.signed_in(12).await;
    let unsaid = problems::resolve(&lab.ctx, &olga, report, 1, "").await;
    assert!(
        matches!(&unsaid, Err(ProblemsError::Invalid(errors)) if *errors == [ValidationError::Empty(Field::Done)])
    );
    let unsaid = problems::block(&lab.ctx, &olga, LASER_ID, "\t", true).await;
    assert!(
        matches!(&unsaid, Err(ProblemsError::Invalid(errors)) if *errors == [ValidationError::Empty(Field::Because)])
    );
    assert_eq!(actions(&lab).await, "problem.reported", "of all that, one was kept");
    assert!(board_state(&lab).await.0);
}

#[tokio::test]
async fn photo_is_reencoded_and_set_by_reporter_or_caretaker() {
    let lab = cared_for().await;
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::new(900, 600).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let png = png.into_inner();
    let (bob, olga) = (lab.signed_in(2).await, lab.signed_in(12).await);
    let input = ReportProblem::read(Some(Severity::Note), "x");
    let report = problems::report(&lab.ctx, &bob, LASER_ID, input).await.unwrap();
    let none = problems::set_photo(&lab.ctx, &bob, report, Cursor::new(b"no picture".to_vec())).await;
    assert!(
        matches!(&none, Err(ProblemsError::Invalid(errors)) if *errors == [ValidationError::Photo(InvalidPicture::NoPicture)])
    );
    problems::set_photo(&lab.ctx, &bob, report, Cursor::new(png.clone())).await.unwrap();
    let ada = lab.signed_in(1).await;
    let photo = problems::photo(&lab.ctx, &ada, report, false).await.unwrap();
    assert_eq!(image::load_from_memory(&photo.body).unwrap().width(), 512);
    let theirs = problems::set_photo(&lab.ctx, &ada, report, Cursor::new(png.clone())).await;
    assert!(matches!(theirs, Err(ProblemsError::NotTheirs)), "{theirs:?}");
    for who in [&bob, &olga] {
        problems::set_photo(&lab.ctx, who, report, Cursor::new(png.clone())).await.unwrap();
    }
    assert_eq!(actions(&lab).await, "problem.reported,problem.photo-set,problem.photo-set,problem.photo-set");
    resolves(&lab, 12, report).await;
    assert!(matches!(
        problems::set_photo(&lab.ctx, &bob, report, Cursor::new(png)).await,
        Err(ProblemsError::Over)
    ));
    let bare = reports(&lab, 2, Severity::Note, "without").await;
    assert!(matches!(problems::photo(&lab.ctx, &bob, bare, false).await, Err(ProblemsError::NoPhoto)));
}
