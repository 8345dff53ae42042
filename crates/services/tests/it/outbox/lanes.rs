//! Addresses that are refused or have no answer delay no other mail, and nothing about safety.

use super::*;
use std::{future::pending, time::Duration};

/// Like [`Smtp`], but mails to these addresses have no answer.
#[derive(Default)]
struct Hangs {
    silent: Vec<String>,
    smtp: Smtp,
}

impl Mailer for Hangs {
    fn send(&self, mail: Mail) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + '_>> {
        if self.silent.contains(&mail.to) {
            *self.smtp.requests.lock().unwrap() += 1;
            return Box::pin(pending());
        }
        self.smtp.send(mail)
    }
}

/// People from 100 to 119 with addresses, who all got a hold from the clock.
async fn crowd(lab: &Lab) {
    lab.sql(
        "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 119)
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO profile (person_id, name, email) SELECT id, 'P' || id, id || '@example.org' FROM person WHERE id >= 100;
         INSERT INTO hold (id, person_id, reason, placed_at) SELECT id, id, 'no-shows', 1800000000000 FROM person WHERE id >= 100;
         INSERT INTO notice (person_id, kind, subject, body, told_at)
             SELECT id, 'hold.placed', 'hold:' || id,
                    json_object('hold_placed', json_object('hold', id, 'reason', 'no-shows', 'until', NULL)), 1800000000000
               FROM person WHERE id >= 100",
    )
    .await;
}

fn recipients(smtp: &Smtp) -> Vec<String> {
    std::mem::take(&mut *smtp.taken.lock().unwrap()).into_iter().map(|mail| mail.to).collect()
}

#[tokio::test]
async fn addresses_that_are_refused_for_now_delay_no_other() {
    let (lab, smtp) = workshop().await;
    crowd(&lab).await;
    for person in 100..112 {
        smtp.refuses(&format!("{person}@example.org"), Some(Trouble::Later));
    }
    empty(&lab).await;
    assert_eq!(recipients(&smtp).len(), 8, "all the others");
    hold(&lab, ADA).await;
    empty(&lab).await;
    assert_eq!(recipients(&smtp), ["ada@example.org"], "at once");
}

#[tokio::test]
async fn mails_that_hang_delay_no_other() {
    let (lab, _) = workshop().await;
    crowd(&lab).await;
    let silent = (100..104).map(|person| format!("{person}@example.org")).collect();
    let mailer = Arc::new(Hangs { silent, ..Hangs::default() });
    let post = Post { carrier: Carrier::Mailer(mailer.clone()), site: Some(SITE.into()), ..Post::default() };
    mail::arrange(&lab.ctx, post);
    let stop = CancellationToken::new();
    let worker = tokio::spawn(outbox::run(lab.ctx.clone(), stop.clone()));
    let all = async {
        while mailer.smtp.taken().len() < 16 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), all).await.expect("the others leave while four hang");
    // What is written while they hang leaves as well.
    hold(&lab, ADA).await;
    people::readmit(&lab.ctx, &lab.signed_in(2).await, PersonId(3)).await.unwrap();
    let both = async {
        for address in ["ada@example.org", "zoe@example.org"] {
            while !mailer.smtp.taken().iter().any(|mail| mail.to == address) {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), both).await.expect("they leave while four hang");
    worker.abort();
}

#[tokio::test]
async fn mail_server_without_answer_rests_after_three_people_but_for_safety() {
    let (lab, smtp) = workshop().await;
    crowd(&lab).await;
    for person in 100..102 {
        smtp.refuses(&format!("{person}@example.org"), Some(Trouble::Silent));
    }
    empty(&lab).await;
    assert_eq!(recipients(&smtp).len(), 18, "two of them say nothing about the server");
    smtp.refuses("*", Some(Trouble::Silent));
    for person in [PersonId(105), PersonId(106), PersonId(107)] {
        hold(&lab, person).await;
    }
    empty(&lab).await;
    smtp.refuses("*", None);
    hold(&lab, ADA).await;
    empty(&lab).await;
    assert_eq!(recipients(&smtp), [] as [&str; 0], "it rests");
    people::suspend(&lab.ctx, &lab.signed_in(2).await, PersonId(110)).await.unwrap();
    empty(&lab).await;
    let taken = recipients(&smtp);
    assert_eq!(taken[0], "110@example.org", "safety waits for no rest");
    lab.pass(MINUTE);
    empty(&lab).await;
    assert!(taken.into_iter().chain(recipients(&smtp)).any(|to| to == "ada@example.org"), "within a minute");
}

#[tokio::test]
async fn safety_mail_overtakes_others_to_the_same_person() {
    let (lab, smtp) = workshop().await;
    hold(&lab, ADA).await;
    lab.pass(MINUTE);
    people::suspend(&lab.ctx, &lab.signed_in(2).await, ADA).await.unwrap();
    empty(&lab).await;
    let subjects: Vec<_> = smtp.taken().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects, ["Your account is suspended", "You are on hold: payment missing"]);
}
