//! Permissions on question pictures.

use super::*;
use domain::pictures::InvalidPicture;
use services::training::{archive, question_picture, remove_picture, set_picture};
use std::io::Cursor;

#[tokio::test]
async fn unpublished_or_archived_question_pictures_are_for_editors_only() {
    let (lab, max, id) = lab(1).await;
    let bob = lab.signed_in(2).await;
    let draft = add(&lab.ctx, &max, DescribeModule::from_form("Draft", "", "")).await.unwrap();
    let hidden = add_question(&lab.ctx, &max, draft, &question("dust")).await.unwrap();
    lab.sql("INSERT INTO quiz_picture (question_id, body, small, added_at) SELECT id, x'01', x'02', 0 FROM quiz_question").await;
    let sees = async |actor: &Actor, question| match question_picture(&lab.ctx, actor, question, false).await {
        Ok(_) => true,
        Err(TrainingError::UnknownQuestion) => false,
        Err(why) => panic!("{why:?}"),
    };
    let visible = QuestionId(1);
    assert!(sees(&bob, visible).await && !sees(&bob, hidden).await && !sees(&bob, QuestionId(99)).await);
    archive(&lab.ctx, &max, id, true).await.unwrap();
    assert!(!sees(&bob, visible).await);
    assert!(sees(&max, visible).await && sees(&max, hidden).await);
}

/// A picture as a phone sends one.
fn photo() -> Cursor<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(40, 20).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.set_position(0);
    bytes
}

#[tokio::test]
async fn editor_adds_and_removes_question_picture() {
    let (lab, max, id) = lab(1).await;
    let bob = lab.signed_in(2).await;
    let question = QuestionId(1);
    assert!(matches!(set_picture(&lab.ctx, &bob, question, photo()).await, Err(TrainingError::Forbidden(_))));
    let unknown = set_picture(&lab.ctx, &max, QuestionId(99), photo()).await;
    assert!(matches!(unknown, Err(TrainingError::UnknownQuestion)), "{unknown:?}");
    let cases = [
        (b"no picture".to_vec(), InvalidPicture::NoPicture),
        (Vec::new(), InvalidPicture::Nothing),
        (lab::claims(60_000, 60_000), InvalidPicture::Large),
    ];
    for (bytes, invalid) in cases {
        let refused = set_picture(&lab.ctx, &max, question, Cursor::new(bytes)).await;
        assert!(
            matches!(&refused, Err(TrainingError::Invalid(errors)) if *errors == [ValidationError::Picture(invalid)]),
            "{refused:?}"
        );
    }
    assert!(question_picture(&lab.ctx, &bob, question, false).await.is_err(), "what does not fit is not kept");
    assert_eq!(set_picture(&lab.ctx, &max, question, photo()).await.unwrap(), id);
    let [large, small] = [false, true].map(|small| question_picture(&lab.ctx, &bob, question, small));
    assert!(
        large.await.unwrap().body.starts_with(&[0xff, 0xd8])
            && small.await.unwrap().body.starts_with(&[0xff, 0xd8])
    );
    assert!(sheet(&lab.ctx, &max, id).await.unwrap().questions[0].picture.is_some());
    assert!(matches!(remove_picture(&lab.ctx, &bob, question).await, Err(TrainingError::Forbidden(_))));
    remove_picture(&lab.ctx, &max, question).await.unwrap();
    assert!(matches!(
        question_picture(&lab.ctx, &bob, question, false).await,
        Err(TrainingError::UnknownQuestion)
    ));
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'module.picture-set'").await, 2);
}
