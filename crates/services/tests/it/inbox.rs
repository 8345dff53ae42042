//! The inbox: visibility and decisions.

use crate::lab::{LASER, LASER_ID, Lab, ada, card, seconds};
use contract::inbox::{Detail, Item};
use domain::{
    actor::Actor,
    id::PersonId,
    inbox::{Matter, SHOWN, Verdict},
    problem::Kind,
    time::MINUTE,
};
use services::error::ServiceError;
use services::{
    access::check,
    bookings,
    inbox::{InboxError, count, decide, take_back, waiting},
    privacy, problems,
};
use text::Lang;

/// The lab, with Ken (11) and Lea (12) who manage, Ida who inducts (13), and Ann (15) and Ben (16) who applied.
async fn staffed() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES
             (11, 'active', 0), (12, 'active', 0), (13, 'active', 0), (15, 'applicant', 5), (16, 'applicant', 3);
         INSERT INTO profile (person_id, name) VALUES (11, 'Ken'), (12, 'Lea'), (13, 'Ida'), (15, 'Ann'), (16, 'Ben');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (11, 1, 'user', 'granted', 0, 'setup', 0), (11, 1, 'owner', 'granted', 0, 'setup', 0),
             (12, 1, 'user', 'granted', 0, 'setup', 0), (12, 1, 'owner', 'granted', 0, 'setup', 0),
             (13, 1, 'user', 'granted', 0, 'setup', 0), (13, 1, 'trainer', 'granted', 0, 'setup', 0);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at) VALUES
             (2, 3, 'user', 'granted', 0, 1800864000000, 'trainer', 0);
         INSERT INTO hold (person_id, reason, placed_at, until) VALUES (1, 'unpaid', 0, 1800086400000), (2, 'unpaid', 0, NULL)",
    )
    .await;
    lab
}

#[tokio::test]
async fn inbox_count_matches_items_for_its_readers() {
    let lab = staffed().await;
    lab.starts(LASER, &ada()).await;
    lab.sql("INSERT INTO problem_report (machine_id, severity, state, reported_at, resolved_at) VALUES (1, 'note', 'open', 0, NULL), (1, 'note', 'resolved', 0, 1)")
        .await;
    let (ken, ida, member) = (lab.signed_in(11).await, lab.signed_in(13).await, lab.signed_in(2).await);
    let items = waiting(&lab.ctx, &ken).await.unwrap().items;
    let waits = |item: &&Item| !matches!(item.matter, Matter::Hold | Matter::Qualification);
    let matters: Vec<_> = items.iter().filter(waits).map(|item| item.matter).collect();
    assert_eq!(matters, [Matter::Applicant, Matter::Applicant, Matter::Problem, Matter::Unauthorised]);
    assert_eq!(count(&lab.ctx, &ken).await.unwrap(), [0, 4]);
    assert_eq!(count(&lab.ctx, &ida).await.unwrap(), [0, 2], "she admits, and no more");
    lab.sql(
        "INSERT INTO notice (person_id, kind, subject, body, told_at) VALUES (2, 'hold.placed', 'x', '{}', 0)",
    )
    .await;
    assert_eq!(count(&lab.ctx, &member).await.unwrap(), [1, 0], "one notice, and no inbox");
}

#[tokio::test]
async fn booking_request_is_counted_for_those_who_may_answer() {
    let lab = staffed().await;
    lab.sql(
        "INSERT INTO booking (id, machine_id, person_id, starts_at, ends_at, state, asked_at) VALUES
             (7, 1, 2, 1800007200000, 1800010800000, 'pending', 1800000000000),
             (8, 1, 2, 1800014400000, 1800018000000, 'approved', 1800000000000)",
    )
    .await;
    let (ken, ida) = (lab.signed_in(11).await, lab.signed_in(13).await);
    let of = |items: Vec<Item>| {
        let request = items.into_iter().filter(|item| item.matter == Matter::Booking);
        request.map(|item| (item.id, item.name.clone(), item.page())).collect::<Vec<_>>()
    };
    let mine = of(waiting(&lab.ctx, &ken).await.unwrap().items);
    assert_eq!(mine, [(7, Some("Bob".to_owned()), "/bookings/requests?open=7".to_owned())]);
    assert_eq!(count(&lab.ctx, &ken).await.unwrap(), [0, 3], "two applicants, and the request");
    assert_eq!(of(waiting(&lab.ctx, &ida).await.unwrap().items), []);
    assert_eq!(count(&lab.ctx, &ida).await.unwrap(), [0, 2], "an inductor answers none");
}

#[tokio::test]
async fn request_on_owned_machine_counts_for_owner_and_not_for_trainer() {
    let lab = staffed().await;
    // Olga owns lasers, Otto the laser alone but not after a ban, Tim trains on lasers.
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (21, 'active', 0), (22, 'active', 0), (23, 'active', 0);
         INSERT INTO qualification (person_id, type_id, machine_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (21, 1, NULL, 'user', 'granted', 0, 'setup', 0), (21, 3, NULL, 'owner', 'granted', 0, 'setup', 0),
             (22, 1, NULL, 'user', 'granted', 0, 'setup', 0), (22, NULL, 1, 'owner', 'granted', 0, 'setup', 0),
             (23, 1, NULL, 'user', 'granted', 0, 'setup', 0), (23, 3, NULL, 'trainer', 'granted', 0, 'setup', 0);
         INSERT INTO booking (id, machine_id, person_id, starts_at, ends_at, state, asked_at) VALUES
             (7, 1, 2, 1800007200000, 1800010800000, 'pending', 1800000000000),
             (8, 2, 2, 1800014400000, 1800018000000, 'pending', 1800000000000)",
    )
    .await;
    for (person, counted) in [(21, 1), (22, 1), (23, 0), (11, 4)] {
        let actor = lab.signed_in(person).await;
        assert_eq!(count(&lab.ctx, &actor).await.unwrap(), [0, counted], "person {person}");
    }
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (22, 3, 'user', 'banned', 1, 'trainer', 1)",
    )
    .await;
    assert_eq!(count(&lab.ctx, &lab.signed_in(22).await).await.unwrap(), [0, 0], "banned from lasers");
}

#[tokio::test]
async fn own_or_expired_request_is_neither_listed_nor_counted() {
    let lab = staffed().await;
    lab.sql(
        "INSERT INTO booking (id, machine_id, person_id, starts_at, ends_at, state, asked_at) VALUES
             (7, 1, 11, 1800007200000, 1800010800000, 'pending', 1800000000000),
             (8, 1, 2, 1800014400000, 1800018000000, 'pending', 1799913600000),
             (9, 1, 2, 1800021600000, 1800025200000, 'pending', 1799913600001)",
    )
    .await;
    for (person, waits) in [(11, vec![9]), (12, vec![7, 9])] {
        let actor = lab.signed_in(person).await;
        let items = waiting(&lab.ctx, &actor).await.unwrap().items.into_iter();
        let mut listed: Vec<_> = items.filter(|item| item.matter == Matter::Booking).map(|item| item.id).collect();
        listed.sort_unstable();
        assert_eq!(listed, waits, "person {person}");
        let requests = bookings::requests(&lab.ctx, &actor, Lang::En).await.unwrap().requests;
        assert_eq!(requests.len(), waits.len(), "the page of requests lists the same");
        let [_, counted] = count(&lab.ctx, &actor).await.unwrap();
        assert_eq!(usize::try_from(counted).unwrap(), waits.len() + 2, "with two applicants");
    }
}

#[tokio::test]
async fn pictures_are_shown_to_permitted_readers_only() {
    let lab = staffed().await;
    lab.sql("INSERT INTO picture (person_id, body, small, added_at) VALUES (15, x'00', x'00', 7)").await;
    let (ken, ida) = (lab.signed_in(11).await, lab.signed_in(13).await);
    let seen = waiting(&lab.ctx, &ken).await.unwrap().pictures;
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(PersonId(15), 7)], "of those who have one");
    assert!(waiting(&lab.ctx, &ida).await.unwrap().pictures.is_empty(), "inductors see no profiles");
}

#[tokio::test]
async fn unauthorised_uses_are_shown_for_a_month() {
    let lab = staffed().await;
    lab.sql("DELETE FROM hold").await;
    let seen = async |lab: &Lab| {
        let items = waiting(&lab.ctx, &lab.signed_in(11).await).await.unwrap().items;
        items.into_iter().filter(|item| item.matter == Matter::Unauthorised).collect::<Vec<_>>()
    };
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(60));
    lab.stops(LASER, &ada(), 60).await;
    assert_eq!(seen(&lab).await, [], "she might");
    lab.sql("INSERT INTO hold (person_id, reason, placed_at) VALUES (1, 'unpaid', 0)").await;
    lab.pass(seconds(60));
    lab.starts(LASER, &ada()).await;
    let items = seen(&lab).await;
    assert_eq!(items.len(), 1);
    let who = Some("Ada".to_owned());
    assert_eq!(
        (&items[0].detail, items[0].person),
        (&Detail::Began { machine: LASER_ID, who }, Some(PersonId(1)))
    );
    assert_eq!(items[0].page(), "/machines/1/history");
    lab.sql("UPDATE use_session SET void = 1").await;
    assert_eq!(seen(&lab).await, [], "it was none");
    lab.sql("UPDATE use_session SET void = 0").await;
    lab.pass(seconds(29 * 86_400));
    assert_eq!(seen(&lab).await.len(), 1, "whoever cares for it may be away for weeks");
    lab.pass(seconds(86_400));
    assert_eq!(seen(&lab).await, []);
}

#[tokio::test]
async fn unauthorised_use_is_acknowledged_once_by_any_caretaker() {
    let lab = staffed().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(60));
    lab.stops(LASER, &ada(), 60).await;
    // Olga owns the lathe, Otto the laser cutters; neither manages.
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (17, 'active', 0), (18, 'active', 0), (19, 'active', 0);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (17, 1, 'user', 'granted', 0, 'setup', 0), (17, 4, 'owner', 'granted', 0, 'setup', 0),
             (18, 1, 'user', 'granted', 0, 'setup', 0), (18, 3, 'owner', 'granted', 0, 'setup', 0),
             (19, 1, 'user', 'granted', 0, 'setup', 0), (19, 2, 'user', 'granted', 0, 'setup', 0)",
    )
    .await;
    let (olga, otto, auditor) = (lab.signed_in(17).await, lab.signed_in(18).await, lab.signed_in(19).await);
    let (ken, member) = (lab.signed_in(11).await, lab.signed_in(2).await);
    let theirs = async |who: &Actor| problems::queue(&lab.ctx, who).await.unwrap().uses;
    let in_inbox = async || {
        let items = waiting(&lab.ctx, &ken).await.unwrap().items;
        items.into_iter().filter(|item| item.matter == Matter::Unauthorised).collect::<Vec<_>>()
    };
    assert_eq!((theirs(&olga).await, theirs(&member).await), (vec![], vec![]), "not their machine");
    let items = theirs(&otto).await;
    let who = Some("Ada".to_owned());
    assert_eq!(items.len(), 1);
    assert_eq!((&items[0].detail, items[0].person), (&Detail::Began { machine: LASER_ID, who }, None));
    assert_eq!(items[0].verdicts, [Verdict::Seen]);
    assert_eq!(theirs(&auditor).await[0].verdicts, [], "who reads everything changes nothing");
    assert_eq!(in_inbox().await[0].verdicts, [Verdict::Seen]);
    let id = items[0].id;
    let see = async |who: &Actor, id| {
        let seen = decide(&lab.ctx, who, Matter::Unauthorised, id, Verdict::Seen).await;
        seen.map(|seen| seen.name).map_err(|error| error.problem(Lang::En).kind)
    };
    for nobody in [&olga, &member, &auditor] {
        assert_eq!(see(nobody, id).await, Err(Kind::Forbidden));
    }
    assert_eq!(see(&otto, 999).await, Err(Kind::NotFound));
    assert_eq!(theirs(&otto).await.len(), 1);
    for again in [&otto, &otto, &ken] {
        assert_eq!(see(again, id).await, Ok("Laser".to_owned()), "said again, nothing changes");
    }
    assert_eq!((theirs(&otto).await, theirs(&auditor).await, in_inbox().await), (vec![], vec![], vec![]));
    let on_record = "SELECT count(*) || ' ' || a.person_id FROM audit e JOIN alias a ON a.id = e.alias
                      WHERE e.action = 'use.seen' AND e.subject = 'machine:1'";
    assert_eq!(lab.text(on_record).await, "1 18", "once, and who");
    let back = async |who: &Actor| {
        let back = take_back(&lab.ctx, who, Matter::Unauthorised, id).await;
        back.map(|back| back.verdict).map_err(|error| error.problem(Lang::En).kind)
    };
    assert_eq!((back(&member).await, back(&ken).await), (Err(Kind::Forbidden), Err(Kind::Conflict)), "not theirs");
    assert_eq!(back(&otto).await, Ok(None));
    assert_eq!((theirs(&otto).await.len(), in_inbox().await.len()), (1, 1), "it waits again");
    assert_eq!(back(&otto).await, Err(Kind::Conflict), "it does so already");
    see(&otto, id).await.unwrap();
    lab.pass(seconds(61));
    assert_eq!(back(&otto).await, Err(Kind::Conflict), "too late");
    lab.sql("UPDATE use_session SET authorised = 1, seen_at = NULL").await;
    assert_eq!(see(&otto, id).await, Err(Kind::NotFound), "it was allowed");
    assert_eq!(see(&member, id).await, Err(Kind::Forbidden), "which ones were not is nothing for everybody");
}

#[tokio::test]
async fn inbox_lists_decidable_items_longest_waiting_first() {
    let lab = staffed().await;
    check(&lab.ctx, LASER, &card("c0ffee05")).await.unwrap();
    let lab = lab.reopen().await;
    let items = waiting(&lab.ctx, &lab.signed_in(11).await).await.unwrap().items;
    let notices: Vec<_> = items.iter().map(|item| (item.matter, item.name.as_deref().unwrap())).collect();
    let expected = [
        (Matter::Applicant, "Ben"),
        (Matter::Applicant, "Ann"),
        (Matter::Card, "ee05"),
        (Matter::Hold, "Ada"),
        (Matter::Qualification, "Bob"),
    ];
    assert_eq!(notices, expected);
    assert!(matches!(&items[4].detail, Detail::Expires { on, .. } if on == "Laser cutter"));
    let inductor = waiting(&lab.ctx, &lab.signed_in(13).await).await.unwrap().items;
    assert!(inductor.iter().all(|item| item.matter == Matter::Applicant) && inductor.len() == 2);
    let member = waiting(&lab.ctx, &lab.signed_in(1).await).await.unwrap_err().problem(Lang::En);
    assert_eq!(member.kind, Kind::Forbidden);
}

// A3
#[tokio::test]
async fn second_decision_names_first_decider() {
    let lab = staffed().await;
    let (ken, lea) = (lab.signed_in(11).await, lab.signed_in(12).await);
    decide(&lab.ctx, &ken, Matter::Applicant, 15, Verdict::Approve).await.unwrap();
    for verdict in [Verdict::Reject, Verdict::Approve] {
        let second = decide(&lab.ctx, &lea, Matter::Applicant, 15, verdict).await.unwrap_err().problem(Lang::En);
        assert_eq!((second.kind, second.code.as_str()), (Kind::Conflict, "inbox.decided"));
        assert!(second.detail.contains("Ken approved an application"), "{}", second.detail);
    }
    assert_eq!(lab.text("SELECT status FROM person WHERE id = 15").await, "active");
    decide(&lab.ctx, &lea, Matter::Applicant, 16, Verdict::Reject).await.unwrap();
    let second = decide(&lab.ctx, &ken, Matter::Applicant, 16, Verdict::Approve).await.unwrap_err();
    assert!(second.problem(Lang::It).detail.contains("Lea ha rifiutato"), "{second:?}");
    assert!(waiting(&lab.ctx, &ken).await.unwrap().items.iter().all(|item| item.matter != Matter::Applicant));
}

#[tokio::test]
async fn decision_can_be_undone_by_its_author_within_a_minute() {
    let lab = staffed().await;
    let (ken, lea) = (lab.signed_in(11).await, lab.signed_in(12).await);
    for verdict in [Verdict::Approve, Verdict::Reject] {
        decide(&lab.ctx, &ken, Matter::Applicant, 15, verdict).await.unwrap();
        assert!(
            matches!(take_back(&lab.ctx, &lea, Matter::Applicant, 15).await, Err(InboxError::TooLate)),
            "not hers"
        );
        let undone = take_back(&lab.ctx, &ken, Matter::Applicant, 15).await.unwrap();
        assert_eq!((undone.name.as_str(), undone.verdict), ("Ann", None));
        assert_eq!(lab.text("SELECT status FROM person WHERE id = 15").await, "applicant", "{verdict:?}");
        assert!(take_back(&lab.ctx, &ken, Matter::Applicant, 15).await.is_err(), "once");
    }
    let standing = "SELECT kind FROM qualification WHERE person_id = 15 ORDER BY id DESC LIMIT 1";
    assert_eq!(lab.text(standing).await, "revoked", "no membership is left over");
    decide(&lab.ctx, &ken, Matter::Applicant, 15, Verdict::Reject).await.unwrap();
    lab.pass(MINUTE * 2);
    assert!(matches!(take_back(&lab.ctx, &ken, Matter::Applicant, 15).await, Err(InboxError::TooLate)));
    let wrong = decide(&lab.ctx, &ken, Matter::Hold, 1, Verdict::Approve).await.unwrap_err().problem(Lang::En);
    assert_eq!(wrong.kind, Kind::Invalid);
    assert!(decide(&lab.ctx, &lab.signed_in(1).await, Matter::Applicant, 16, Verdict::Approve).await.is_err());
    assert_eq!(lab.text("SELECT status FROM person WHERE id = 16").await, "applicant");
}

#[tokio::test]
async fn undo_does_not_restore_erased_applicant() {
    let lab = staffed().await;
    lab.grant(12, 2, "owner").await;
    let (ken, lea) = (lab.signed_in(11).await, lab.signed_in(12).await);
    decide(&lab.ctx, &ken, Matter::Applicant, 15, Verdict::Reject).await.unwrap();
    privacy::erase(&lab.ctx, &lea, PersonId(15)).await.unwrap();
    let late = take_back(&lab.ctx, &ken, Matter::Applicant, 15).await;
    assert!(matches!(late, Err(InboxError::TooLate)), "{late:?}");
    assert_eq!(lab.text("SELECT status FROM person WHERE id = 15").await, "left");
    let items = waiting(&lab.ctx, &ken).await.unwrap().items;
    assert!(items.iter().all(|item| item.id != 15), "{items:?}");
}

#[tokio::test]
async fn ending_grant_is_found_behind_many_renewed_ones() {
    let lab = staffed().await;
    // More than are shown at once, each with a grant that ends and does not count: renewed, revoked, banned,
    // outlasted by a higher relation, on what is put away. Behind them two whose grants end, and one whom a short
    // grant over a long one ends; of these the one with the highest number ends first.
    lab.sql(
        "INSERT INTO equipment_type (id, name, risk, archived_at) VALUES (9, 'Kiln', 'high', 1);
         WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 399)
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO person (id, status, created_at) VALUES (400, 'active', 0), (401, 'active', 0), (402, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (400, 'Uma'), (401, 'Vito'), (402, 'Wim');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at)
             SELECT id, iif(id % 5 = 4, 9, 3), 'user', 'granted', 0, 1800100000000, 'trainer', 0
               FROM person WHERE id BETWEEN 100 AND 399;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT id, 3, CASE id % 5 WHEN 3 THEN 'owner' ELSE 'user' END,
                    CASE id % 5 WHEN 1 THEN 'revoked' WHEN 2 THEN 'banned' ELSE 'granted' END, 1, 'trainer', 1
               FROM person WHERE id BETWEEN 100 AND 399 AND id % 5 <> 4;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at) VALUES
             (400, 3, 'user', 'granted', 0, 1800800000000, 'trainer', 0),
             (401, 3, 'user', 'granted', 0, 1800700000000, 'trainer', 0),
             (402, 3, 'user', 'granted', 0, NULL, 'trainer', 0),
             (402, 3, 'user', 'granted', 1, 1800600000000, 'trainer', 1)",
    )
    .await;
    let items = waiting(&lab.ctx, &lab.signed_in(11).await).await.unwrap().items;
    let ending = items.iter().filter(|item| item.matter == Matter::Qualification);
    let notices: Vec<_> = ending.map(|item| item.name.as_deref().unwrap_or("?")).collect();
    assert_eq!(notices, ["Wim", "Vito", "Uma", "Bob"]);
}

#[tokio::test]
async fn limited_list_shows_earliest_endings() {
    let lab = staffed().await;
    lab.sql(
        "INSERT INTO equipment_type (id, name, risk) VALUES (9, 'Kiln', 'high');
         WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at)
             SELECT person.id, kind.value, 'user', 'granted', 0, 1800100000000 - 10 * person.id - kind.value, 'trainer', 0
               FROM person, json_each('[3, 9]') kind WHERE person.id >= 100",
    )
    .await;
    let items = waiting(&lab.ctx, &lab.signed_in(11).await).await.unwrap().items;
    let ending = items.iter().filter(|item| item.matter == Matter::Qualification);
    let notices: Vec<_> = ending.map(|item| item.id).collect();
    let people = i64::from(SHOWN) / 2;
    let expected: Vec<_> = (200 - people..200).rev().flat_map(|person| [person, person]).collect();
    assert_eq!(notices, expected, "each of both grants once");
}
