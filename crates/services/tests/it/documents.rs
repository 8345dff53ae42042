//! Documents: what bars people until they sign, which version they sign, and who is notified.

use crate::lab::{
    LASER, LASER_ID, LATHE, Lab, ada, bob,
    documents::{create, in_force, of, publish, sign, sign_as, signers, tick, withdraw},
    operations::{fields, run},
};
use contract::{
    documents::{
        ArchiveDocument, EditDocument, ListDocuments, ListSignatures, ReadDocument, ReadEdition, RestoreDocument,
        SaveDocument, ShowDocument, SignDocument,
    },
    form::{Fault, Fields},
};
use domain::{
    access::{Decision, Reason},
    actor::Forbidden,
    boards::MachineNumber,
    cards::CardUid,
    documents::{DocumentKind, DocumentState, Gap},
    id::{DocumentId, MachineId, PersonId},
    jobs::Job,
    machines::AuthorisationMode,
    time::DAY,
};
use services::{
    access::{self, check},
    documents::{self, DocumentsError},
    jobs,
};

const ADA: PersonId = PersonId(1);
const BOB: PersonId = PersonId(2);

/// Bob manages the space.
async fn managed() -> Lab {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    lab
}

/// Why the card is refused at the machine; empty if it is not.
async fn refused(lab: &Lab, machine: MachineNumber, uid: &CardUid) -> Vec<Reason> {
    match check(&lab.ctx, machine, uid).await.unwrap().decision {
        Decision::Allow { .. } => Vec::new(),
        Decision::Deny(reasons) => reasons,
    }
}

fn unsigned(document: DocumentId, kind: DocumentKind, gap: Gap) -> Vec<Reason> {
    vec![Reason::DocumentUnsigned { document, kind, gap }]
}

async fn notices(lab: &Lab) -> String {
    lab.text(
        "SELECT coalesce(group_concat(person_id || ' ' || kind, ', '), '')
           FROM (SELECT person_id, kind FROM notice WHERE kind LIKE 'document.%' ORDER BY id)",
    )
    .await
}

#[tokio::test]
async fn published_document_bars_swipe_until_signed() {
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let rules = create(&lab.ctx, &two, "text", "space", &[]).await;
    assert_eq!(refused(&lab, LASER, &ada()).await, [], "a draft asks nothing");
    assert!(matches!(sign(&lab.ctx, &one, rules).await, Err(DocumentsError::Unknown)), "nor can it be read");
    assert_eq!(publish(&lab.ctx, &two, rules, &[]).await.unwrap().to_sign, 2, "Zoe is suspended");
    assert_eq!(refused(&lab, LASER, &ada()).await, unsigned(rules, DocumentKind::Text, Gap::Missing));
    assert!(
        refused(&lab, LATHE, &bob()).await.contains(&unsigned(rules, DocumentKind::Text, Gap::Missing)[0]),
        "no manager is exempt"
    );
    let own = access::own_answers(&lab.ctx, &one, LASER_ID).await.unwrap().mine.unwrap();
    assert_eq!(own.document_title(rules), "House rules", "the page says which");
    assert!(!sign(&lab.ctx, &one, rules).await.unwrap().differs);
    assert_eq!(refused(&lab, LASER, &ada()).await, []);
    sign(&lab.ctx, &one, rules).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM document_signature").await, 1, "signed once");
    let actions = "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit ORDER BY seq)";
    assert_eq!(lab.text(actions).await, "document.created document.published document.signed");
}

#[tokio::test]
async fn signature_on_replaced_version_is_refused() {
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let rules = in_force(&lab.ctx, &two, "text", "space", &[]).await;
    publish(&lab.ctx, &two, rules, &[("minor", "yes")]).await.unwrap();
    for version in [1, 3, 0, i64::MIN] {
        let refused = sign_as(&lab.ctx, &one, rules, version, "Ada").await;
        assert!(matches!(refused, Err(DocumentsError::Replaced)), "{version}: {refused:?}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM document_signature").await, 0);
    sign_as(&lab.ctx, &one, rules, 2, "Ada").await.unwrap();
    assert_eq!(lab.number("SELECT edition FROM document_signature").await, 2);
}

#[tokio::test]
async fn publishing_while_people_sign_leaves_no_signature_of_an_unseen_version() {
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let rules = in_force(&lab.ctx, &two, "text", "space", &[("lapse", "9")]).await;
    for version in 1..6 {
        lab.pass(DAY);
        let signing = sign_as(&lab.ctx, &one, rules, version, "Ada");
        let (signed, published) = tokio::join!(signing, publish(&lab.ctx, &two, rules, &[]));
        assert_eq!(i64::from(published.unwrap().edition), version + 1);
        match signed {
            Ok(signed) => assert_eq!(i64::from(signed.edition), version, "the one that was shown"),
            Err(error) => assert!(matches!(error, DocumentsError::Replaced), "{error:?}"),
        }
    }
    let ahead = "SELECT count(*) FROM document_signature s JOIN document_edition e
                     ON e.document_id = s.document_id AND e.edition = s.edition + 1
                  WHERE s.signed_at > e.published_at";
    assert_eq!(lab.number(ahead).await, 0, "nobody signed a version that was replaced");
}

#[tokio::test]
async fn new_version_counts_from_its_day_and_minor_one_asks_nothing() {
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let rules = in_force(&lab.ctx, &two, "text", "space", &[]).await;
    sign(&lab.ctx, &one, rules).await.unwrap();
    publish(&lab.ctx, &two, rules, &[("minor", "yes")]).await.unwrap();
    assert_eq!(refused(&lab, LASER, &ada()).await, [], "minor");
    // 15 January 2027, noon by UTC.
    publish(&lab.ctx, &two, rules, &[("from", "2027-01-18")]).await.unwrap();
    assert_eq!(refused(&lab, LASER, &ada()).await, [], "not before its day");
    let due = of(&lab.ctx, &one, ADA).await.unwrap().documents.remove(0);
    assert!(due.to_sign.is_some_and(|at| at.at > lab.now()) && due.gap.is_none(), "{due:?}");
    lab.pass(DAY * 3);
    assert_eq!(refused(&lab, LASER, &ada()).await, unsigned(rules, DocumentKind::Text, Gap::Outdated));
    sign(&lab.ctx, &one, rules).await.unwrap();
    assert_eq!(refused(&lab, LASER, &ada()).await, []);
    let past = publish(&lab.ctx, &two, rules, &[("from", "2027-01-01")]).await;
    let Err(DocumentsError::Invalid(faults)) = past else { panic!("{past:?}") };
    assert_eq!(faults.0, [("from".to_owned(), Fault::DayPast)]);
}

#[tokio::test]
async fn lapsed_signature_is_reminded_and_given_again() {
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let rules = in_force(&lab.ctx, &two, "text", "type:3", &[("lapse", "30")]).await;
    sign(&lab.ctx, &one, rules).await.unwrap();
    lab.pass(DAY * 15);
    jobs::run(&lab.ctx, Job::Reminders).await;
    assert_eq!(notices(&lab).await, "1 document.to-sign");
    lab.pass(DAY);
    for _ in 0..2 {
        jobs::run(&lab.ctx, Job::Reminders).await;
    }
    assert_eq!(notices(&lab).await, "1 document.to-sign, 1 document.lapsing", "once");
    lab.pass(DAY * 14);
    assert_eq!(refused(&lab, LASER, &ada()).await, unsigned(rules, DocumentKind::Text, Gap::Lapsed));
    sign(&lab.ctx, &one, rules).await.unwrap();
    assert_eq!(refused(&lab, LASER, &ada()).await, []);
    assert_eq!(lab.number("SELECT count(*) FROM document_signature").await, 2);
}

#[tokio::test]
async fn door_asks_for_its_own_documents_but_not_for_those_of_the_space() {
    const DOOR: MachineNumber = MachineNumber(40);
    const DOOR_ID: MachineId = MachineId(30);
    let lab = managed().await;
    lab.sql(
        "INSERT INTO equipment_type (id, name, risk) VALUES (7, 'Door', 'low');
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 7, 'access.mode', 'open');
         INSERT INTO machine (id, number, type_id, name) VALUES (30, 40, 7, 'Main door');
         INSERT INTO door (machine_id, leaves) VALUES (30, 'both')",
    )
    .await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let paper = in_force(&lab.ctx, &two, "paper", "space", &[]).await;
    assert_eq!(refused(&lab, LASER, &ada()).await, unsigned(paper, DocumentKind::Paper, Gap::Missing));
    assert_eq!(refused(&lab, DOOR, &ada()).await, [], "she comes in to hand it in");
    let page = access::own_answers(&lab.ctx, &one, DOOR_ID).await.unwrap().mine.unwrap();
    let asked = page.reasons().into_iter().any(|reason| matches!(reason, Reason::DocumentUnsigned { .. }));
    assert!(!asked, "the page says the same");
    let rules = in_force(&lab.ctx, &two, "text", "type:7", &[]).await;
    assert_eq!(refused(&lab, DOOR, &ada()).await, unsigned(rules, DocumentKind::Text, Gap::Missing));
}

#[tokio::test]
async fn document_of_a_type_is_asked_of_its_users_only() {
    let lab = managed().await;
    let two = lab.signed_in(2).await;
    let waiver = in_force(&lab.ctx, &two, "text", "type:3", &[]).await;
    assert_eq!(refused(&lab, LASER, &ada()).await, unsigned(waiver, DocumentKind::Text, Gap::Missing));
    let on_lathe = refused(&lab, LATHE, &ada()).await;
    assert!(!on_lathe.iter().any(|reason| matches!(reason, Reason::DocumentUnsigned { .. })), "{on_lathe:?}");
    let who: Vec<_> =
        signers(&lab.ctx, &two, waiver).await.unwrap().people.into_iter().map(|one| one.person).collect();
    assert_eq!(who, [ADA]);
    assert!(of(&lab.ctx, &two, BOB).await.unwrap().documents.is_empty());
    lab.mode(AuthorisationMode::Open).await;
    let asked = signers(&lab.ctx, &two, waiver).await.unwrap().people.len();
    assert_eq!(asked, 2, "every member may use it");
}

#[tokio::test]
async fn papers_are_ticked_for_several_and_unticked() {
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let paper = in_force(&lab.ctx, &two, "paper", "space", &[]).await;
    assert_eq!(refused(&lab, LASER, &ada()).await, unsigned(paper, DocumentKind::Paper, Gap::Missing));
    assert!(matches!(sign(&lab.ctx, &one, paper).await, Err(DocumentsError::Paper)));
    assert!(matches!(tick(&lab.ctx, &one, paper, "1").await, Err(DocumentsError::Forbidden(_))));
    assert_eq!(tick(&lab.ctx, &two, paper, "1,2").await.unwrap().people, [ADA, BOB]);
    assert!(tick(&lab.ctx, &two, paper, "1,2").await.unwrap().people.is_empty(), "ticked already");
    assert_eq!(refused(&lab, LASER, &ada()).await, []);
    let entries = "SELECT group_concat(subject, ' ') FROM (SELECT subject FROM audit WHERE action = 'document.ticked' ORDER BY seq)";
    assert_eq!(lab.text(entries).await, "person:1 person:2", "an entry for each");
    assert!(withdraw(&lab.ctx, &two, paper, "1").await.unwrap().withdrawn);
    assert_eq!(refused(&lab, LASER, &ada()).await, unsigned(paper, DocumentKind::Paper, Gap::Missing));
    assert_eq!(notices(&lab).await, "1 document.to-sign, 2 document.to-sign", "of the publication alone");
    for people in ["", "99", "1,99"] {
        assert!(tick(&lab.ctx, &two, paper, people).await.is_err(), "{people}");
    }
    let text = in_force(&lab.ctx, &two, "text", "space", &[]).await;
    assert!(matches!(tick(&lab.ctx, &two, text, "1").await, Err(DocumentsError::Text)));
}

#[tokio::test]
async fn program_signs_nothing() {
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let rules = in_force(&lab.ctx, &two, "text", "space", &[]).await;
    lab.sql(
        "INSERT INTO session (id, hash, person_id, created_at, seen_at, expires_at, device)
              VALUES (1, zeroblob(32), 1, 0, 0, 9000000000000, '')",
    )
    .await;
    let sent = fields(&[("name", "Script"), ("scopes[]", "people:write"), ("lifetime", "month")]);
    let made = run(&lab.ctx, &one, contract::tokens::MakeToken {}, sent).await.unwrap();
    let program = services::tokens::recognise(&lab.ctx, &made.token).await.unwrap().unwrap();
    let refused = sign_as(&lab.ctx, &program.somebody.actor, rules, 1, "Ada").await;
    assert!(matches!(refused, Err(DocumentsError::Forbidden(Forbidden::NotAllowed))), "{refused:?}");
    assert_eq!(lab.number("SELECT count(*) FROM document_signature").await, 0);
    sign_as(&lab.ctx, &one, rules, 1, "Ada").await.unwrap();
}

#[tokio::test]
async fn withdrawn_signature_is_asked_again_with_a_notice() {
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let rules = in_force(&lab.ctx, &two, "text", "space", &[]).await;
    let signed = sign_as(&lab.ctx, &one, rules, 1, "Mickey Mouse").await.unwrap();
    assert!(signed.differs);
    let row = signers(&lab.ctx, &two, rules).await.unwrap().people.into_iter().find(|row| row.person == ADA);
    assert_eq!(row.and_then(|row| row.differs).as_deref(), Some("Mickey Mouse"), "managers see it");
    withdraw(&lab.ctx, &two, rules, "1").await.unwrap();
    assert_eq!(refused(&lab, LASER, &ada()).await, unsigned(rules, DocumentKind::Text, Gap::Missing));
    let of_ada = "SELECT count(*) FROM notice WHERE person_id = 1 AND kind = 'document.to-sign'";
    assert_eq!(lab.number(of_ada).await, 2, "published, withdrawn");
    sign(&lab.ctx, &one, rules).await.unwrap();
    assert_eq!(refused(&lab, LASER, &ada()).await, []);
    let all = run(&lab.ctx, &two, ListSignatures { id: rules }, Fields::default()).await.unwrap().signatures;
    let all: Vec<_> = all.iter().map(|one| (one.signed_as.as_deref().unwrap(), one.withdrawn.is_some())).collect();
    assert_eq!(all, [("Ada", false), ("Mickey Mouse", true)]);
    let table = documents::table(&lab.ctx, &two, rules).await.unwrap();
    assert!(table.contains("Mickey Mouse") && table.starts_with("person,name,version"), "{table}");
}

#[tokio::test]
async fn new_member_is_notified_by_the_timer_once() {
    let lab = managed().await;
    let two = lab.signed_in(2).await;
    in_force(&lab.ctx, &two, "text", "space", &[]).await;
    lab.sql("UPDATE person SET status = 'active' WHERE id = 3").await;
    for _ in 0..2 {
        jobs::run(&lab.ctx, Job::Reminders).await;
    }
    assert_eq!(notices(&lab).await, "1 document.to-sign, 2 document.to-sign, 3 document.to-sign");
}

#[tokio::test]
async fn signature_needs_a_name_and_a_tick() {
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let id = in_force(&lab.ctx, &two, "text", "space", &[]).await;
    let faults = async |sent: &[(&str, &str)]| {
        let refused = run(&lab.ctx, &one, SignDocument { id, version: 1 }, fields(sent)).await;
        let Err(DocumentsError::Invalid(faults)) = refused else { panic!("{refused:?}") };
        faults.0.into_iter().map(|(field, _)| field).collect::<Vec<_>>()
    };
    assert_eq!(faults(&[("name", " "), ("agreed", "yes")]).await, ["name"]);
    assert_eq!(faults(&[("name", "Ada")]).await, ["agreed"]);
}

#[tokio::test]
async fn signed_edition_stays_readable_after_a_new_version() {
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let id = in_force(&lab.ctx, &two, "text", "space", &[]).await;
    sign(&lab.ctx, &one, id).await.unwrap();
    let version = run(&lab.ctx, &two, ReadDocument { id }, Fields::default()).await.unwrap().version;
    let sent = [("title", "House rules"), ("on", "space"), ("text", "Sweep <b>too</b>.")];
    run(&lab.ctx, &two, SaveDocument { id, version }, fields(&sent)).await.unwrap();
    let stale = run(&lab.ctx, &two, SaveDocument { id, version }, fields(&sent)).await;
    assert!(matches!(stale, Err(DocumentsError::Stale(_))), "{stale:?}");
    let editor = run(&lab.ctx, &two, EditDocument { id }, Fields::default()).await.unwrap();
    assert!(editor.is_changed);
    assert_eq!((editor.document.to_sign, editor.document.to_sign_minor), (2, 1), "Ada has signed the first");
    publish(&lab.ctx, &two, id, &[]).await.unwrap();
    let show = async |sent: &[(&str, &str)]| run(&lab.ctx, &one, ShowDocument { id }, fields(sent)).await.unwrap();
    let (old, new) = (show(&[("edition", "1")]).await, show(&[]).await);
    assert!(old.html.contains("<strong>up</strong>") && old.signed_as.as_deref() == Some("Ada") && !old.may_sign);
    assert!(!new.html.contains("<b>") && new.signed.is_none() && new.may_sign && new.gap == Some(Gap::Outdated));
    let missing = run(&lab.ctx, &one, ReadEdition { id, edition: 3 }, Fields::default()).await;
    assert!(matches!(missing, Err(DocumentsError::Unknown)), "{missing:?}");
}

#[tokio::test]
async fn archived_document_asks_nothing_and_counts_again_when_restored() {
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let id = in_force(&lab.ctx, &two, "text", "space", &[]).await;
    run(&lab.ctx, &two, ArchiveDocument { id }, Fields::default()).await.unwrap();
    assert_eq!(refused(&lab, LASER, &ada()).await, []);
    assert!(matches!(sign(&lab.ctx, &one, id).await, Err(DocumentsError::Archived)));
    assert!(matches!(publish(&lab.ctx, &two, id, &[]).await, Err(DocumentsError::Archived)));
    let list = run(&lab.ctx, &two, ListDocuments {}, Fields::default()).await.unwrap().documents;
    assert_eq!((list[0].state, list[0].missing), (DocumentState::Archived, 0));
    run(&lab.ctx, &two, RestoreDocument { id }, Fields::default()).await.unwrap();
    assert_eq!(refused(&lab, LASER, &ada()).await, unsigned(id, DocumentKind::Text, Gap::Missing));
    let list = run(&lab.ctx, &two, ListDocuments {}, Fields::default()).await.unwrap().documents;
    assert_eq!((list[0].signed, list[0].missing), (0, 2));
}

#[tokio::test]
async fn empty_text_is_not_published_and_unknown_machine_not_chosen() {
    let lab = managed().await;
    let two = lab.signed_in(2).await;
    let id = create(&lab.ctx, &two, "text", "machine:1", &[("text", "")]).await;
    // The first field of a name counts, so the text above is the usual one.
    let version = run(&lab.ctx, &two, ReadDocument { id }, Fields::default()).await.unwrap().version;
    let sent = [("title", "House rules"), ("on", "machine:1")];
    run(&lab.ctx, &two, SaveDocument { id, version }, fields(&sent)).await.unwrap();
    assert!(matches!(publish(&lab.ctx, &two, id, &[]).await, Err(DocumentsError::Empty)));
    for on in ["machine:99", "type:1", "type:99"] {
        let sent = [("title", "House rules"), ("on", on)];
        let refused = run(&lab.ctx, &two, SaveDocument { id, version: version + 1 }, fields(&sent)).await;
        let Err(DocumentsError::Invalid(faults)) = refused else { panic!("{refused:?}") };
        assert_eq!(faults.0, [("on".to_owned(), Fault::Choice)], "{on}");
    }
}

#[tokio::test]
async fn signatures_and_editions_are_evidence() {
    use sqlx::Executor;
    let lab = managed().await;
    let (one, two) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let id = in_force(&lab.ctx, &two, "text", "space", &[]).await;
    sign(&lab.ctx, &one, id).await.unwrap();
    let mut conn = lab.raw().await;
    for change in [
        "DELETE FROM document_signature",
        "UPDATE document_signature SET edition = 2",
        "UPDATE document_signature SET signed_at = 0",
        "DELETE FROM document_edition",
        "UPDATE document_edition SET body = 'x'",
    ] {
        let refused = conn.execute(change).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("append_only")), "{change}");
    }
}
