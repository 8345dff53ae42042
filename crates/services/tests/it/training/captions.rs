//! Captions: shown in the editor, replaced by text or a file, and removed only explicitly.

use super::{TrainingError, ValidationError, lab, publish, sheet, uploaded};
use domain::{id::EditionId, training::captions::CaptionsFault};
use services::training::{self, keep_captions, remove_captions, set_captions};

const CAPTIONS: &str = "WEBVTT\n\n00:01.000 --> 00:04.000\nHold it tight";

fn fault(done: Result<(), TrainingError>) -> Option<CaptionsFault> {
    match done {
        Err(TrainingError::Invalid(errors)) => match errors[..] {
            [ValidationError::Captions(fault)] => Some(fault),
            _ => None,
        },
        _ => None,
    }
}

#[tokio::test]
async fn captions_remain_until_replaced_or_removed() {
    let (lab, max, id) = lab(0).await;
    let visible = async || sheet(&lab.ctx, &max, id).await.unwrap().captions;
    assert_eq!(visible().await, "");
    set_captions(&lab.ctx, &max, id, CAPTIONS).await.unwrap();
    assert_eq!(visible().await, CAPTIONS);
    assert_eq!(fault(set_captions(&lab.ctx, &max, id, " ").await), Some(CaptionsFault::Nothing));
    let wrong = CAPTIONS.replace("00:04.000", "00:04,000");
    assert_eq!(fault(set_captions(&lab.ctx, &max, id, &wrong).await), Some(CaptionsFault::Times(3)));
    assert_eq!(visible().await, CAPTIONS, "what is wrong changes nothing");
    publish(&lab.ctx, &max, id, None).await.unwrap();
    set_captions(&lab.ctx, &max, id, CAPTIONS).await.unwrap();
    assert_eq!(
        sheet(&lab.ctx, &max, id).await.unwrap().editions.len(),
        2,
        "nothing is new, so nothing is to publish"
    );

    let bob = lab.signed_in(2).await;
    let refused = remove_captions(&lab.ctx, &bob, id).await;
    assert!(matches!(refused, Err(TrainingError::Forbidden(_))), "{refused:?}");
    remove_captions(&lab.ctx, &max, id).await.unwrap();
    assert_eq!(visible().await, "");
    assert_eq!(
        training::captions(&lab.ctx, &bob, EditionId(2)).await.unwrap(),
        CAPTIONS,
        "until that is published"
    );
    remove_captions(&lab.ctx, &max, id).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'module.captioned'").await, 2);
}

#[tokio::test]
async fn captions_file_is_parsed_like_pasted_text() {
    let (lab, max, id) = lab(0).await;
    let stored = async |bytes: &[u8]| {
        let file = uploaded(&lab, &max, bytes).await;
        keep_captions(&lab.ctx, &max, id, file).await
    };
    for (bytes, expected) in [
        (&b""[..], CaptionsFault::Nothing),
        (b"WEBVTT\n\n00:01.000 --> 00:04.000\n\xff", CaptionsFault::NoText),
        (b"1\n00:00:01,000 --> 00:00:04,000\nSubRip", CaptionsFault::Beginning),
        (b"WEBVTT\n\n00:04.000 --> 00:01.000\nx", CaptionsFault::Backwards(3)),
        (&vec![b'x'; 600 * 1024], CaptionsFault::Large),
    ] {
        assert_eq!(fault(stored(bytes).await), Some(expected));
    }
    stored(format!("\u{feff}{}\r\n", CAPTIONS.replace('\n', "\r\n")).as_bytes()).await.unwrap();
    assert_eq!(sheet(&lab.ctx, &max, id).await.unwrap().captions, CAPTIONS);
    let bob = lab.signed_in(2).await;
    let file = uploaded(&lab, &bob, CAPTIONS.as_bytes()).await;
    assert!(matches!(keep_captions(&lab.ctx, &bob, id, file).await, Err(TrainingError::Forbidden(_))));
}
