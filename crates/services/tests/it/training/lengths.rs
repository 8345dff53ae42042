//! The length of a video: read from its file, or set by an administrator.

use super::{ShowVideo, TrainingError, ValidationError, lab, module, publish, set_video, sheet};
use domain::actor::{Actor, Forbidden};

#[tokio::test]
async fn manager_saves_everything_except_length() {
    let (lab, max, id) = lab(0).await;
    let ida = lab.administrator().await;
    let set = async |actor: &Actor, youtube: &str, length: &str| {
        let input = ShowVideo::from_form(youtube, length);
        set_video(&lab.ctx, actor, id, input).await
    };
    for youtube in ["", "aaaaaaaaaaa"] {
        let refused = set(&max, youtube, "4:00").await;
        assert!(matches!(refused, Err(TrainingError::Forbidden(Forbidden::NotAllowed))), "{refused:?}");
    }
    let row = sheet(&lab.ctx, &max, id).await.unwrap();
    assert!(row.editions.len() == 1 && !row.sets_length, "nothing was begun: {row:?}");
    assert!(sheet(&lab.ctx, &ida, id).await.unwrap().sets_length);

    set(&max, "aaaaaaaaaaa", "").await.unwrap();
    assert_eq!(sheet(&lab.ctx, &max, id).await.unwrap().editions[0].length, None);
    for early in [publish(&lab.ctx, &max, id, None).await, module(&lab.ctx, &max, id, true).await.map(drop)] {
        assert!(matches!(early, Err(TrainingError::NoLength)), "{early:?}");
    }
    let nothing = set(&ida, "bbbbbbbbbbb", "").await;
    assert!(matches!(nothing, Err(TrainingError::Invalid(errors)) if errors == [ValidationError::Length]));
    set(&ida, "", "3:00").await.unwrap();
    publish(&lab.ctx, &max, id, None).await.unwrap();
    assert_eq!(module(&lab.ctx, &max, id, false).await.unwrap().length, 180_000);

    set(&max, "dQw4w9WgXcQ", "").await.unwrap();
    publish(&lab.ctx, &max, id, None).await.unwrap();
    assert_eq!(module(&lab.ctx, &max, id, false).await.unwrap().length, 120_000, "as it was known before");
}
