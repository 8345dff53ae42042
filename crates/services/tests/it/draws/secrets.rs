//! Secrets of draws: in no copy of the database, and replaced where they are missing.

use super::*;
use data_encoding::HEXLOWER;
use std::fs;

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

async fn view(term: &Term) -> contract::draws::DrawView {
    run(&term.lab.ctx, &term.admins[0], ReadDraw { id: term.draw }, fields(&[])).await.unwrap()
}

async fn about_draws(term: &Term, person: i64) -> Vec<Kind> {
    let kinds = notices_of(&term.lab, person).await.into_iter();
    kinds.filter(|kind| *kind == Kind::DrawRenewed).collect()
}

#[tokio::test]
async fn copy_of_the_database_has_no_secret_of_a_draw() {
    let term = open().await;
    term.all_wish().await;
    for n in 0..9 {
        let name = format!("Draw {n}");
        run(&term.lab.ctx, &term.ken, AddDraw {}, terms(&[("name", &name), ("opens", "2027-01-17T08:00")]))
            .await
            .unwrap();
    }
    let listed = fs::read_to_string(term.lab.file().with_extension("draws")).unwrap();
    let secrets: Vec<_> = listed.split_whitespace().collect();
    assert_eq!(secrets.len(), 10, "or this shows nothing");
    let to = term.lab.file().with_extension("copy");
    services::copies::back_up(&term.lab.file(), &to, term.lab.now()).await.unwrap();
    let copy = fs::read(&to).unwrap();
    let commitment = HEXLOWER.decode(view(&term).await.commitment.as_bytes()).unwrap();
    assert!(has(&copy, &commitment), "or this shows nothing");
    for bytes in [copy, fs::read(term.lab.file()).unwrap()] {
        for secret in &secrets {
            assert!(!has(&bytes, secret.as_bytes()) && !has(&bytes, &HEXLOWER.decode(secret.as_bytes()).unwrap()));
        }
    }
}

#[tokio::test]
async fn open_draw_with_missing_secret_gets_and_shows_another() {
    let term = open().await;
    term.all_wish().await;
    let before = view(&term).await;
    assert!(before.renewed.is_none());
    jobs::run(&term.lab.ctx, Job::Draws).await;
    assert_eq!(view(&term).await, before, "its secret is here");
    fs::remove_file(term.lab.file().with_extension("draws")).unwrap();
    term.lab.pass(HOUR);
    jobs::run(&term.lab.ctx, Job::Draws).await;
    let after = view(&term).await;
    assert_ne!(after.commitment, before.commitment);
    assert_eq!(after.renewed, Some(after.published));
    assert!(after.published.at > before.published.at, "it is published now");
    assert_eq!(about_draws(&term, 1).await, [Kind::DrawRenewed]);
    assert_eq!(about_draws(&term, 11).await, [Kind::DrawRenewed], "who can take part");
    let detail = term.lab.text("SELECT detail FROM audit WHERE action = 'draw.renewed'").await;
    assert!(detail.contains(&before.commitment) && detail.contains(&after.commitment), "{detail}");
    assert!(!detail.contains(&term.secret()));
    term.close().await;
    term.run().await.unwrap();
    assert_eq!(verify(&term.proof().await).unwrap().commitment.to_string(), after.commitment);
    let page = run(&term.lab.ctx, &term.ken, ReadProof { id: term.draw }, fields(&[])).await.unwrap();
    assert_eq!((page.commitment, page.published), (after.commitment, after.published));
}

#[tokio::test]
async fn closed_draw_without_its_secret_runs_only_with_a_new_one() {
    let term = open().await;
    term.enter(&term.admins[0], &[("group", "1")]).await.unwrap();
    term.close().await;
    let before = view(&term).await;
    fs::remove_file(term.lab.file().with_extension("draws")).unwrap();
    let refused = term.run().await;
    assert!(matches!(refused, Err(DrawsError::NoSecret)), "{refused:?}");
    jobs::run(&term.lab.ctx, Job::Draws).await;
    assert_eq!(about_draws(&term, 1).await, [Kind::DrawRenewed], "who entered a wish");
    assert!(about_draws(&term, 2).await.is_empty(), "who entered none");
    term.run().await.unwrap();
    let after = view(&term).await;
    assert_ne!(after.commitment, before.commitment);
    // What has run is as it is, with or without the file.
    fs::remove_file(term.lab.file().with_extension("draws")).unwrap();
    jobs::run(&term.lab.ctx, Job::Draws).await;
    assert_eq!(view(&term).await.commitment, after.commitment);
    assert_eq!(verify(&term.proof().await).unwrap().commitment.to_string(), after.commitment);
}
