//! Invitations that are answered from their mail, without signing in.

use crate::lab::{
    Lab,
    entrance::catch,
    events::{announced, open, places, requested, tick},
};
use domain::{
    id::{PersonId, TrainingEventId},
    time::DAY,
};
use services::{
    mail::Mail,
    outbox::{
        self, SendOutcome,
        invitations::{Answer, InvitationLink, MailedInvitationError, answer, find},
    },
};
use tokio_util::sync::CancellationToken;

/// Member 20 and Member 21 asked, one place is announced, and the mails are sent.
async fn invited() -> (Lab, TrainingEventId, Vec<Mail>) {
    let lab = open().await;
    lab.sql("UPDATE profile SET email = 'p' || person_id || '@example.org' WHERE person_id BETWEEN 20 AND 21")
        .await;
    let catcher = catch(&lab);
    for person in [20, 21] {
        let member = lab.signed_in(person).await;
        requested(&lab, &member).await.unwrap();
    }
    let tess = lab.signed_in(6).await;
    let event = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    while outbox::send_due(&lab.ctx, &CancellationToken::new()).await.unwrap() == SendOutcome::Busy {}
    (lab, event, catcher.mails())
}

/// The link in the mail to `person`.
fn link(event: TrainingEventId, person: i64, mails: &[Mail]) -> InvitationLink {
    let mail = mails.iter().find(|mail| mail.to == format!("p{person}@example.org")).unwrap();
    let (_, query) = mail.body.split_once(&format!("/events/{event}/answer?who={person}&sign=")).unwrap();
    let sign = query.split_whitespace().next().unwrap().to_owned();
    InvitationLink { person: PersonId(person), event, sign }
}

#[tokio::test]
async fn mailed_invitation_is_accepted_by_its_link_once() {
    let (lab, event, mails) = invited().await;
    let link = link(event, 20, &mails);
    // What a scanner does that opens every link.
    for _ in 0..3 {
        assert_eq!(find(&lab.ctx, &link).await.unwrap().event.title, "Lathe, first steps");
    }
    assert_eq!(places(&lab).await, [(20, "sent".to_owned())]);
    answer(&lab.ctx, &link, Answer::Accept).await.unwrap();
    assert_eq!(places(&lab).await, [(20, "accepted".to_owned())]);
    let again = answer(&lab.ctx, &link, Answer::Decline).await;
    assert!(matches!(again, Err(MailedInvitationError::Event(_))), "{again:?}");
    assert_eq!(places(&lab).await, [(20, "accepted".to_owned())]);
}

#[tokio::test]
async fn lapsed_invitation_is_cancelled_in_calendar_with_higher_sequence() {
    let (lab, _, mails) = invited().await;
    // Newest first.
    let entry = |mails: &[Mail]| {
        let mut theirs = mails.iter().filter(|mail| mail.to == "p20@example.org");
        theirs.find_map(|mail| mail.calendar.first()).unwrap().text.clone()
    };
    let first = entry(&mails);
    assert!(first.contains("\r\nMETHOD:REQUEST\r\n") && first.contains("\r\nSEQUENCE:0\r\n"), "{first}");
    let catcher = catch(&lab);
    for _ in 0..5 {
        lab.pass(DAY);
        tick(&lab).await;
        while outbox::send_due(&lab.ctx, &CancellationToken::new()).await.unwrap() == SendOutcome::Busy {}
    }
    assert_eq!(places(&lab).await[0], (20, "expired".to_owned()));
    let last = entry(&catcher.mails());
    assert!(last.contains("\r\nMETHOD:CANCEL\r\n") && last.contains("\r\nSEQUENCE:1\r\n"), "{last}");
}

#[tokio::test]
async fn mailed_invitation_declined_by_its_link_goes_to_next() {
    let (lab, event, mails) = invited().await;
    answer(&lab.ctx, &link(event, 20, &mails), Answer::Decline).await.unwrap();
    assert_eq!(places(&lab).await, [(20, "declined".to_owned()), (21, "sent".to_owned())]);
}

#[tokio::test]
async fn changed_link_of_invitation_answers_nothing() {
    let (lab, event, mails) = invited().await;
    let good = link(event, 20, &mails);
    let forged = [
        InvitationLink { person: PersonId(21), ..good.clone() },
        InvitationLink { event: TrainingEventId(event.0 + 1), ..good.clone() },
        InvitationLink { sign: good.sign.to_lowercase(), ..good.clone() },
        InvitationLink { sign: String::new(), ..good.clone() },
    ];
    for link in forged {
        let refused = answer(&lab.ctx, &link, Answer::Accept).await;
        assert!(matches!(refused, Err(MailedInvitationError::Unknown)), "{refused:?}");
    }
    // People who have left have no links any more; those who are suspended may not come.
    lab.sql("UPDATE person SET status = 'left' WHERE id = 20").await;
    let gone = find(&lab.ctx, &good).await;
    assert!(matches!(gone, Err(MailedInvitationError::Unknown)), "{gone:?}");
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 20").await;
    let suspended = answer(&lab.ctx, &good, Answer::Accept).await;
    assert!(matches!(suspended, Err(MailedInvitationError::Event(_))), "{suspended:?}");
    assert_eq!(places(&lab).await, [(20, "sent".to_owned())]);
}
