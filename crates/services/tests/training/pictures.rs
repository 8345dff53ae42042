//! Who sees the pictures of questions.

use super::*;
use services::training::{archive, question_picture};

#[tokio::test]
async fn pictures_of_what_is_not_published_or_put_away_are_for_whoever_edits_it() {
    let (lab, max, id) = lab(1).await;
    let bob = lab.signed_in(2).await;
    let draft = add(&lab.ctx, &max, &Typed { title: "Draft".into(), ..Typed::default() }).await.unwrap();
    let hidden = add_question(&lab.ctx, &max, draft, &question("dust")).await.unwrap();
    lab.sql("INSERT INTO quiz_picture (question_id, body, small, added_at) SELECT id, x'01', x'02', 0 FROM quiz_question").await;
    let sees = async |actor: &Actor, question| match question_picture(&lab.ctx, actor, question, false).await {
        Ok(_) => true,
        Err(TrainingError::UnknownQuestion) => false,
        Err(why) => panic!("{why:?}"),
    };
    let shown = QuestionId(1);
    assert!(sees(&bob, shown).await && !sees(&bob, hidden).await && !sees(&bob, QuestionId(99)).await);
    archive(&lab.ctx, &max, id).await.unwrap();
    assert!(!sees(&bob, shown).await);
    assert!(sees(&max, shown).await && sees(&max, hidden).await);
}
