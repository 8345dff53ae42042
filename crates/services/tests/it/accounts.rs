//! Accounts: signing in and out, sessions, and re-authentication.

use crate::lab;
mod guesses;

use crate::lab::{
    displays,
    entrance::{
        ADA, OTHER, PASSWORD, actor, ada_is_in, catch, caught, here, link_in, open, session, sign_in, token_of,
    },
    holds, seconds,
};
use contract::accounts::Delivery;
use domain::{
    accounts::{Advice, Purpose},
    actor::{Actor, Channel, Forbidden, Rank},
    id::{DisplayId, HoldId, PersonId, SessionId},
    qualifications::{Relation, SPACE},
    time::{DAY, HOUR, MINUTE},
};
use services::error::ServiceError;
use services::{
    accounts::{self, AccountsError, Invite, Origin, ValidationError},
    cards,
    equipment::{self, AddMachine},
    people,
    qualifications::{self, Change},
    requests, sessions,
    token::Token,
};
use text::Lang;

#[tokio::test]
async fn sign_in_accepts_email_in_any_case() {
    let lab = open().await;
    for email in ["ada@lab.example", " ADA@Lab.Example "] {
        let opened = sign_in(&lab, email, PASSWORD).await.unwrap();
        assert!(!opened.second_factor);
        assert_eq!(actor(&lab, &opened.token).await.unwrap().person(), Some(ADA));
    }
    let (token, actor) = ada_is_in(&lab).await;
    assert_eq!(actor.known().unwrap().rank(), Rank::Administrator);
    let account = accounts::account(&lab.ctx, &actor).await.unwrap();
    assert_eq!((account.name.as_str(), account.rank), ("Ada", Rank::Administrator));
    assert_eq!(account.sessions.iter().filter(|session| session.here).count(), 1);
    assert_eq!(account.sessions[0].device, "Firefox on Linux");
    let remaining = lab.number("SELECT count(*) FROM session WHERE length(hash) = 32").await;
    assert_eq!(remaining, 4, "one by the link, three by password");
    let file = std::fs::read(lab.file()).unwrap();
    let wal = std::fs::read(lab.file().with_extension("sqlite-wal")).unwrap_or_default();
    for secret in [token.expose(), PASSWORD] {
        let found = |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found(&file) && !found(&wal), "a6: the file holds no secret");
    }
}

#[tokio::test]
async fn failed_sign_ins_return_same_answer() {
    let lab = open().await;
    lab.sql("UPDATE person SET status = 'left' WHERE id = 3").await;
    for (n, (email, password)) in [
        ("ada@lab.example", "seven owls fix a lath"),
        ("nobody@lab.example", PASSWORD),
        ("bob@lab.example", PASSWORD),
        ("zoe@lab.example", PASSWORD),
        ("no address", PASSWORD),
        ("", ""),
        ("ada@lab.example", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let refused = accounts::sign_in(&lab.ctx, here(u32::try_from(n).unwrap()), "", email, password).await;
        let refused = refused.unwrap_err();
        assert!(matches!(refused, AccountsError::Refused), "{email}: {refused:?}");
        assert_eq!(refused.problem(Lang::En).kind.status(), 422);
    }
    let long = "x".repeat(100_000);
    assert!(matches!(sign_in(&lab, "ada@lab.example", &long).await, Err(AccountsError::Refused)));
    assert!(matches!(sign_in(&lab, &long, PASSWORD).await, Err(AccountsError::Refused)));
}

#[tokio::test] // A17
async fn sign_out_ends_session_immediately() {
    let lab = open().await;
    let (one, here_now) = ada_is_in(&lab).await;
    let (other, _) = ada_is_in(&lab).await;
    accounts::sign_out(&lab.ctx, &here_now).await.unwrap();
    assert!(actor(&lab, &one).await.is_none());
    assert!(actor(&lab, &other).await.is_some(), "here means here");
    accounts::sign_out(&lab.ctx, &here_now).await.unwrap();
    let (_, here_now) = ada_is_in(&lab).await;
    accounts::sign_out_everywhere(&lab.ctx, &here_now).await.unwrap();
    assert!(actor(&lab, &other).await.is_none());
    assert_eq!(lab.number("SELECT count(*) FROM session").await, 0);
}

#[tokio::test]
async fn foreign_session_cannot_be_ended() {
    let lab = open().await;
    let (_, ada) = ada_is_in(&lab).await;
    lab.sql(
        "INSERT INTO session (id, hash, person_id, created_at, seen_at, expires_at, device)
         VALUES (77, zeroblob(32), 2, 0, 0, 9000000000000, '')",
    )
    .await;
    let foreign = accounts::end_session(&lab.ctx, &ada, SessionId(77)).await.unwrap_err();
    assert_eq!(foreign.problem(Lang::En).kind.status(), 404);
    let (other, own) = ada_is_in(&lab).await;
    accounts::end_session(&lab.ctx, &ada, session(&own)).await.unwrap();
    assert!(actor(&lab, &other).await.is_none());
    let stranger = Actor::anybody(true, Channel::Web);
    for refused in [
        accounts::sign_out(&lab.ctx, &stranger).await.err(),
        accounts::end_session(&lab.ctx, &stranger, SessionId(77)).await.err(),
        accounts::account(&lab.ctx, &stranger).await.err(),
        accounts::begin_totp(&lab.ctx, &stranger).await.err(),
    ] {
        assert!(matches!(refused, Some(AccountsError::Forbidden(Forbidden::SignIn))), "{refused:?}");
    }
}

#[tokio::test] // A17
async fn password_change_ends_other_sessions_and_old_cookie() {
    let lab = open().await;
    let (old, ada) = ada_is_in(&lab).await;
    let (elsewhere, _) = ada_is_in(&lab).await;
    let wrong = accounts::change_password(&lab.ctx, &ada, here(1), "wrong", OTHER).await.unwrap_err();
    assert!(wrong.problem(Lang::En).at("current_password").is_some());
    let weak = accounts::change_password(&lab.ctx, &ada, here(1), PASSWORD, "lovelace-ada").await.unwrap_err();
    assert!(weak.problem(Lang::En).at("password").is_some());
    assert!(actor(&lab, &elsewhere).await.is_some(), "a refused change changes nothing");

    let opened = accounts::change_password(&lab.ctx, &ada, here(1), PASSWORD, OTHER).await.unwrap();
    assert!(actor(&lab, &old).await.is_none() && actor(&lab, &elsewhere).await.is_none());
    let now = actor(&lab, &opened.token).await.unwrap();
    assert_eq!(session(&now), session(&ada), "this session goes on");
    assert!(matches!(sign_in(&lab, "ada@lab.example", PASSWORD).await, Err(AccountsError::Refused)));
    assert!(sign_in(&lab, "ada@lab.example", OTHER).await.is_ok());
}

#[tokio::test]
async fn session_ends_after_idle_week_or_thirty_days() {
    let lab = open().await;
    let (idle, _) = ada_is_in(&lab).await;
    let (weekly, _) = ada_is_in(&lab).await;
    let (used, _) = ada_is_in(&lab).await;
    let written = async || lab.number("SELECT count(*) FROM session WHERE seen_at > created_at").await;
    lab.pass(seconds(3_599));
    assert!(actor(&lab, &used).await.is_some());
    assert_eq!(written().await, 0, "not every use is written down");
    lab.pass(seconds(1));
    assert!(actor(&lab, &used).await.is_some());
    assert_eq!(written().await, 1);
    lab.pass(seconds(7 * 86_400 - 3_601));
    assert!(actor(&lab, &used).await.is_some() && actor(&lab, &weekly).await.is_some());
    lab.pass(seconds(1));
    assert!(actor(&lab, &idle).await.is_none(), "a week without use");
    for day in 7..29 {
        lab.pass(DAY);
        assert!(actor(&lab, &used).await.is_some() && actor(&lab, &weekly).await.is_some(), "day {day}");
    }
    lab.pass(seconds(86_399));
    assert!(actor(&lab, &used).await.is_some());
    lab.pass(seconds(1));
    assert!(actor(&lab, &used).await.is_none(), "thirty days are the end");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action LIKE '%slid%'").await, 0);
}

#[tokio::test]
async fn role_change_takes_effect_at_next_request() {
    let lab = open().await;
    let (token, _) = ada_is_in(&lab).await;
    let rank = async || actor(&lab, &token).await.map(|actor| actor.known().unwrap().rank());
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (1, 2, 'owner', 'revoked', 1, 'administrator', 1)",
    )
    .await;
    assert_eq!(rank().await, Some(Rank::Manager));
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 1").await;
    assert_eq!(rank().await, Some(Rank::Guest), "to see why, and nothing else");
    lab.sql("UPDATE person SET status = 'left' WHERE id = 1").await;
    assert_eq!(rank().await, None);
    for forged in ["", "x", &"A".repeat(43), &"A".repeat(100_000), "'; DROP TABLE session; --"] {
        assert!(actor(&lab, &Token::presented(forged)).await.is_none());
    }
}

#[tokio::test]
async fn invitation_works_once_within_week_and_creates_member() {
    let lab = open().await;
    let (_, ada) = ada_is_in(&lab).await;
    let new = |name: &str, email: &str| Invite { name: name.into(), email: email.into(), lang: Lang::It };
    let invite = async |name: &str, email: &str| {
        accounts::invite(&lab.ctx, &ada, new(name, email)).await.map(|(_, delivery)| delivery)
    };
    let faults = invite(" ", "nowhere").await.unwrap_err();
    assert!(
        matches!(&faults, AccountsError::Invalid(all) if *all == [ValidationError::Name, ValidationError::Email]),
        "{faults:?}"
    );
    let refused = invite("Bob again", "BOB@lab.example").await.unwrap_err();
    assert!(
        matches!(&refused, AccountsError::Invalid(all) if *all == [ValidationError::EmailTakenBy("Bob".into())]),
        "{refused:?}"
    );
    let Ok(Delivery::ByHand { link }) = invite("Eva", "Eva@lab.example").await else { panic!("mailed") };
    assert!(link.starts_with("/link/"), "nobody said where this site is: {link}");
    let token = token_of(&link);
    let view = accounts::link(&lab.ctx, here(1), &token).await.unwrap();
    assert_eq!((view.purpose, view.name.as_deref()), (Purpose::Invite, Some("Eva")));
    assert_eq!(view.email.as_deref(), Some("eva@lab.example"));
    let weak = accounts::accept(&lab.ctx, here(1), "", &token, "eva").await.unwrap_err();
    assert!(matches!(weak, AccountsError::Invalid(_)), "{weak:?}");
    let opened = accounts::accept(&lab.ctx, here(1), "", &token, OTHER).await.unwrap();
    assert_eq!(actor(&lab, &opened.token).await.unwrap().known().unwrap().rank(), Rank::Member);
    assert!(matches!(accounts::accept(&lab.ctx, here(1), "", &token, OTHER).await, Err(AccountsError::Gone)));
    assert!(matches!(accounts::link(&lab.ctx, here(1), &token).await, Err(AccountsError::Gone)));
    assert!(sign_in(&lab, "eva@lab.example", OTHER).await.is_ok());

    let Ok(Delivery::ByHand { link }) = invite("Kim", "kim@lab.example").await else { panic!("mailed") };
    lab.pass(DAY * 7);
    assert!(matches!(accounts::link(&lab.ctx, here(1), &token_of(&link)).await, Err(AccountsError::Gone)));
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%@%' OR subject LIKE '%@%'").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_link_uses_admit_one() {
    let lab = open().await;
    let token = accounts::sign_in_link(&lab.ctx, &Actor::TOOLGATE, ADA).await.unwrap();
    let follow = || {
        let (ctx, token) = (lab.ctx.clone(), token.clone());
        tokio::spawn(async move { accounts::follow(&ctx, here(1), "", &token).await })
    };
    let tries = [follow(), follow(), follow(), follow()];
    let mut entered = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Ok(_) => entered += 1,
            Err(AccountsError::Gone) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(entered, 1);
}

#[tokio::test]
async fn link_works_only_for_its_purpose() {
    let lab = open().await;
    let (_, ada) = ada_is_in(&lab).await;
    let refused = accounts::sign_in_link(&lab.ctx, &ada, ADA).await.unwrap_err();
    assert!(matches!(refused, AccountsError::Forbidden(Forbidden::NotAllowed)));
    let sign_in = accounts::sign_in_link(&lab.ctx, &Actor::TOOLGATE, ADA).await.unwrap();
    let reset = accounts::help_in(&lab.ctx, &Actor::TOOLGATE, ADA, Lang::En).await.unwrap();
    let Delivery::ByHand { link } = reset else { panic!("mailed") };
    assert!(matches!(accounts::accept(&lab.ctx, here(1), "", &sign_in, OTHER).await, Err(AccountsError::Gone)));
    assert!(matches!(accounts::follow(&lab.ctx, here(1), "", &token_of(&link)).await, Err(AccountsError::Gone)));
    assert!(accounts::follow(&lab.ctx, here(1), "", &sign_in).await.is_ok());
    assert!(
        matches!(accounts::accept(&lab.ctx, here(1), "", &token_of(&link), OTHER).await, Err(AccountsError::Gone)),
        "who came in by one needs no other"
    );
    for n in 0..300 {
        let forged = Token::presented(&format!("{n:043}"));
        assert!(matches!(accounts::link(&lab.ctx, here(2), &forged).await, Err(AccountsError::Gone)), "{n}");
    }
    assert_eq!(lab.rested(), seconds(0));
    let guessing = accounts::link(&lab.ctx, here(2), &sign_in).await;
    assert!(matches!(guessing, Err(AccountsError::Gone)) && lab.rested() > seconds(0), "slowed: {guessing:?}");
    let right = accounts::sign_in(&lab.ctx, here(2), "", "ada@lab.example", PASSWORD).await;
    assert!(right.is_ok(), "an old link that somebody opens keeps nobody beside them out");
}

#[tokio::test]
async fn forgotten_password_answers_alike_and_mails_known_address() {
    let lab = open().await;
    let catcher = catch(&lab);
    let (cookie, _) = ada_is_in(&lab).await;
    accounts::forgotten(&lab.ctx, here(1), "nobody@lab.example", Lang::En).await.unwrap();
    accounts::forgotten(&lab.ctx, here(1), "ADA@lab.example", Lang::En).await.unwrap();
    let sent = caught(&catcher, 1).await;
    assert_eq!(sent.to, "ada@lab.example");
    assert_eq!(sent.subject, Lang::En.mail_reset_subject("Toolgate"));
    assert!(!format!("{sent:?}").contains("ada"), "a mail does not show itself");
    let token = token_of(link_in(&sent));
    assert!(actor(&lab, &cookie).await.is_some(), "asking changes nothing");
    let devices = async || {
        let of_ada =
            "SELECT count(*) FROM known_device JOIN profile USING (person_id) WHERE email = 'ada@lab.example'";
        lab.number(of_ada).await
    };
    assert!(devices().await > 1);
    accounts::accept(&lab.ctx, here(1), "", &token, OTHER).await.unwrap();
    assert!(actor(&lab, &cookie).await.is_none(), "a17: a new password ends every session");
    assert_eq!(devices().await, 1, "and forgets every device but the one on which it was chosen");
    assert!(matches!(accounts::accept(&lab.ctx, here(1), "", &token, OTHER).await, Err(AccountsError::Gone)));

    accounts::forgotten(&lab.ctx, here(1), "ada@lab.example", Lang::En).await.unwrap();
    let sent = caught(&catcher, 2).await;
    lab.pass(HOUR);
    let late = accounts::accept(&lab.ctx, here(1), "", &token_of(link_in(&sent)), OTHER).await;
    assert!(matches!(late, Err(AccountsError::Gone)));
    for _ in 0..5 {
        accounts::forgotten(&lab.ctx, here(2), "nobody@lab.example", Lang::En).await.unwrap();
    }
    let often = accounts::forgotten(&lab.ctx, here(3), "nobody@lab.example", Lang::En).await;
    assert!(matches!(often, Err(AccountsError::TooMany(_))), "no mailbox is filled: {often:?}");
    lab.ctx.close().await;
    assert_eq!(catcher.mails().len(), 2, "nothing for who is not known");
}

#[tokio::test]
async fn helper_cannot_help_higher_rank_in() {
    let lab = open().await;
    lab.grant(2, 1, "owner").await;
    let token = accounts::sign_in_link(&lab.ctx, &Actor::TOOLGATE, PersonId(2)).await.unwrap();
    let bob = accounts::follow(&lab.ctx, here(1), "", &token).await.unwrap();
    let bob = actor(&lab, &bob.token).await.unwrap();
    assert_eq!(bob.known().unwrap().rank(), Rank::Manager);
    assert!(matches!(accounts::help_in(&lab.ctx, &bob, ADA, Lang::En).await, Err(AccountsError::Outranked)));
    assert!(matches!(accounts::take_off_second_factor(&lab.ctx, &bob, ADA).await, Err(AccountsError::Outranked)));
    assert!(accounts::help_in(&lab.ctx, &bob, PersonId(3), Lang::En).await.is_ok());
    assert!(matches!(
        accounts::help_in(&lab.ctx, &bob, PersonId(99), Lang::En).await,
        Err(AccountsError::Unknown)
    ));
    assert!(matches!(
        accounts::help_in(&lab.ctx, &bob, PersonId(2), Lang::En).await,
        Err(AccountsError::Outranked)
    ));
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 1").await;
    assert!(
        matches!(accounts::help_in(&lab.ctx, &bob, ADA, Lang::En).await, Err(AccountsError::Outranked)),
        "kept out"
    );
    assert!(matches!(accounts::take_off_second_factor(&lab.ctx, &bob, ADA).await, Err(AccountsError::Outranked)));
    lab.sql(
        "UPDATE person SET status = 'active' WHERE id = 1;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (3, 2, 'user', 'granted', 0, 'setup', 0)",
    )
    .await;
    let auditor = accounts::help_in(&lab.ctx, &bob, PersonId(3), Lang::En).await;
    assert!(matches!(auditor, Err(AccountsError::Outranked)), "who reads everything: {auditor:?}");
    let (_, ada) = ada_is_in(&lab).await;
    let catcher = catch(&lab);
    assert_eq!(accounts::help_in(&lab.ctx, &ada, PersonId(2), Lang::En).await.unwrap(), Delivery::Caught);
    assert!(link_in(&caught(&catcher, 1).await).starts_with("https://lab.example/link/"));
}

#[tokio::test]
async fn mail_uses_chosen_language_or_request_language() {
    let lab = open().await;
    let (_, ada) = ada_is_in(&lab).await;
    let catcher = catch(&lab);
    lab.sql("UPDATE profile SET language = NULL").await;
    accounts::help_in(&lab.ctx, &ada, PersonId(2), Lang::It).await.unwrap();
    let invited = caught(&catcher, 1).await;
    assert_eq!(invited.subject, Lang::It.mail_invite_subject("Toolgate"), "from a page in Italian");
    accounts::forgotten(&lab.ctx, here(1), "ada@lab.example", Lang::It).await.unwrap();
    assert_eq!(caught(&catcher, 2).await.subject, Lang::It.mail_reset_subject("Toolgate"));
    lab.sql("UPDATE profile SET language = 'en' WHERE person_id = 1").await;
    accounts::forgotten(&lab.ctx, here(1), "ada@lab.example", Lang::It).await.unwrap();
    assert_eq!(caught(&catcher, 3).await.subject, Lang::En.mail_reset_subject("Toolgate"), "chosen");
}

#[tokio::test]
async fn admitting_manager_gets_first_link_of_that_person_only() {
    let lab = open().await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (2, 1, 'trainer', 'granted', 0, 'setup', 0);
         INSERT INTO person (id, status, created_at) VALUES (20, 'applicant', 0), (21, 'applicant', 0);
         INSERT INTO profile (person_id, name, email) VALUES (20, 'Eva', NULL), (21, 'Kim', NULL)",
    )
    .await;
    let (bob, eva, kim) = (lab.signed_in(2).await, PersonId(20), PersonId(21));
    assert_eq!(bob.known().unwrap().rank(), Rank::Inductor);
    let refused = async |person| {
        let helped = accounts::help_in(&lab.ctx, &bob, person, Lang::En).await;
        assert!(matches!(helped, Err(AccountsError::Forbidden(Forbidden::NotAllowed))), "{person}: {helped:?}");
    };
    refused(eva).await;
    people::admit(&lab.ctx, &bob, eva).await.unwrap();
    people::admit(&lab.ctx, &Actor::TOOLGATE, kim).await.unwrap();
    let Ok(Delivery::ByHand { .. }) = accounts::help_in(&lab.ctx, &bob, eva, Lang::En).await else {
        panic!("mailed")
    };
    // Lost on the way: another, as long as none was used.
    let Ok(Delivery::ByHand { link }) = accounts::help_in(&lab.ctx, &bob, eva, Lang::En).await else {
        panic!("mailed")
    };
    for other in [kim, ADA, PersonId(3), PersonId(99)] {
        refused(other).await;
    }
    let opened = accounts::accept(&lab.ctx, here(1), "", &token_of(&link), OTHER).await.unwrap();
    assert!(actor(&lab, &opened.token).await.is_some());
    refused(eva).await;
    let taken_off = accounts::take_off_second_factor(&lab.ctx, &bob, eva).await;
    assert!(matches!(taken_off, Err(AccountsError::Forbidden(_))), "{taken_off:?}");
}

#[tokio::test]
async fn application_requires_open_sign_up_and_reveals_no_accounts() {
    let lab = open().await;
    let apply = async |email: &str| accounts::apply(&lab.ctx, here(1), "Eva", email).await;
    assert!(matches!(apply("eva@lab.example").await, Err(AccountsError::NoSignUp)));
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'accounts.sign-up', 'yes')")
        .await;
    let lab = lab.reopen().await;
    let apply = async |email: &str| accounts::apply(&lab.ctx, here(1), "Eva", email).await;
    apply("ada@lab.example").await.unwrap();
    assert!(sign_in(&lab, "ada@lab.example", PASSWORD).await.is_ok(), "an account stays as it is");
    apply("eva@lab.example").await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM person WHERE status = 'applicant'").await, 1);
    let account = "SELECT count(*) FROM account JOIN profile USING (person_id) WHERE email = 'eva@lab.example'";
    assert_eq!(lab.number(account).await, 0, "nothing that would let them in and so say who was known");
    let wrong = accounts::apply(&lab.ctx, here(1), "", "eva").await.unwrap_err();
    let problem = wrong.problem(Lang::It);
    for field in ["name", "email"] {
        assert!(problem.at(field).is_some(), "{field}: {problem:?}");
    }
    assert!(matches!(wrong, AccountsError::Invalid(faults) if faults.len() == 2));
}

#[tokio::test]
async fn readmitted_person_has_no_old_sessions_or_links() {
    let lab = open().await;
    let reset = accounts::help_in(&lab.ctx, &Actor::TOOLGATE, PersonId(3), Lang::En).await.unwrap();
    lab.sql(
        "INSERT INTO session (id, hash, person_id, created_at, seen_at, expires_at, device)
         VALUES (77, zeroblob(32), 3, 0, 0, 9000000000000, '')",
    )
    .await;
    people::readmit(&lab.ctx, &Actor::TOOLGATE, PersonId(3)).await.unwrap();
    let Delivery::ByHand { link } = reset else { panic!("mailed") };
    assert!(matches!(accounts::link(&lab.ctx, here(1), &token_of(&link)).await, Err(AccountsError::Gone)));
    assert_eq!(lab.number("SELECT count(*) FROM session WHERE person_id = 3").await, 0);
}

#[tokio::test]
async fn manager_issued_link_ends_when_person_is_promoted() {
    let lab = open().await;
    let (_, ada) = ada_is_in(&lab).await;
    let Delivery::ByHand { link } = accounts::help_in(&lab.ctx, &ada, PersonId(2), Lang::En).await.unwrap() else {
        panic!("mailed")
    };
    let to_manager = Change {
        person: PersonId(2),
        subject: SPACE,
        relation: Relation::Owner,
        from: None,
        until: None,
        remark: None,
    };
    qualifications::grant(&lab.ctx, &ada, to_manager).await.unwrap();
    assert!(matches!(accounts::link(&lab.ctx, here(1), &token_of(&link)).await, Err(AccountsError::Gone)));
}

#[tokio::test]
async fn permission_revoked_after_request_is_rechecked_in_job() {
    let lab = open().await;
    lab.grant(2, 1, "owner").await;
    let bob = lab.signed_in(2).await;
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 2").await;
    let ctx = &lab.ctx;
    let eva = Invite { name: "Eva".into(), email: "eva@lab.example".into(), lang: Lang::En };
    let machine =
        AddMachine { name: "Saw".into(), kind: "Saw".into(), number: String::new(), place: String::new() };
    let (name, lang) = ("Hall", Lang::En);
    lab.starts(lab::LASER, &lab::ada()).await;
    for (what, problem) in [
        ("invite", accounts::invite(ctx, &bob, eva).await.unwrap_err().problem(lang)),
        ("help", accounts::help_in(ctx, &bob, PersonId(3), lang).await.unwrap_err().problem(lang)),
        ("factor", accounts::take_off_second_factor(ctx, &bob, PersonId(3)).await.unwrap_err().problem(lang)),
        ("hold", holds::place(ctx, &bob, PersonId(3), holds::unpaid()).await.unwrap_err().problem(lang)),
        ("lift", holds::lift(ctx, &bob, HoldId(1)).await.unwrap_err().problem(lang)),
        ("display", displays::make(ctx, &bob, name).await.unwrap_err().problem(lang)),
        ("revoke", displays::revoke(ctx, &bob, DisplayId(1)).await.unwrap_err().problem(lang)),
        ("card", cards::give(ctx, &bob, PersonId(3), "12345678").await.unwrap_err().problem(lang)),
        ("machine", equipment::add_machine(ctx, &bob, machine).await.unwrap_err().problem(lang)),
        ("stop", requests::stop(ctx, &bob, lab::LASER_ID).await.unwrap_err().problem(lang)),
    ] {
        assert_eq!(problem.code, "actor.not-allowed", "{what}");
    }
}

#[tokio::test]
async fn expired_sessions_and_links_are_deleted() {
    let lab = open().await;
    ada_is_in(&lab).await;
    accounts::sign_in_link(&lab.ctx, &Actor::TOOLGATE, ADA).await.unwrap();
    assert_eq!(sessions::forget_run_out(&lab.ctx).await.unwrap(), 0, "what works stays");
    lab.pass(DAY * 7);
    assert!(sessions::forget_run_out(&lab.ctx).await.unwrap() >= 2);
    assert_eq!(lab.number("SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM link)").await, 0);
}

#[tokio::test]
async fn password_length_is_enforced() {
    let lab = open().await;
    let (_, ada) = ada_is_in(&lab).await;
    let long: String = "correct horse battery ".chars().cycle().take(128).collect();
    let advice = async |password: &str| match accounts::change_password(
        &lab.ctx,
        &ada,
        here(1),
        PASSWORD,
        password,
    )
    .await
    {
        Err(AccountsError::Invalid(faults)) => match faults.into_iter().next() {
            Some(ValidationError::Password(advice)) => advice,
            other => panic!("{other:?}"),
        },
        other => panic!("{password}: {other:?}"),
    };
    assert_eq!(advice("xK9$vQ2mé").await, [Advice::TooShort]);
    assert_eq!(advice(&format!("{long}x")).await, [Advice::TooLong]);
    assert_eq!(advice(&"x".repeat(100_000)).await, [Advice::TooLong]);
    accounts::change_password(&lab.ctx, &ada, here(1), PASSWORD, "🦉🔧🧵🪚🔩🪛🧲🪜🧪🔭").await.unwrap();
    assert!(sign_in(&lab, "ada@lab.example", "🦉🔧🧵🪚🔩🪛🧲🪜🧪🔭").await.is_ok());
}

#[tokio::test]
async fn account_actions_are_audited_without_addresses_or_secrets() {
    let lab = open().await;
    let (_, ada) = ada_is_in(&lab).await;
    accounts::change_password(&lab.ctx, &ada, here(1), PASSWORD, OTHER).await.unwrap();
    accounts::sign_out_everywhere(&lab.ctx, &ada).await.unwrap();
    let actions = lab.text("SELECT group_concat(action, ' ') FROM (SELECT action FROM audit ORDER BY seq)").await;
    assert_eq!(
        actions,
        "account.helped-in account.password-chosen account.signed-in account.password-changed \
         account.signed-out-everywhere"
    );
    let unnamed = "SELECT count(*) FROM audit WHERE alias IS NULL AND action <> 'account.helped-in'";
    assert_eq!(lab.number(unnamed).await, 0, "everything has its doer");
    let message = lab.text("SELECT group_concat(subject || detail, ' ') FROM audit").await;
    assert!(!message.contains('@') && !message.contains("Ada") && !message.contains("argon"), "{message}");
}
