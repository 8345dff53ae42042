//! Uploads: limited per person, unnamed on disk, and deleted at the end.

use crate::lab::Lab;
use services::error::ServiceError;
use services::uploads::{PER_PERSON, UploadError, begin};
use std::io::Read;
use text::Lang;

#[tokio::test]
async fn uploads_are_limited_per_person() {
    let lab = Lab::open().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let mut under_way = Vec::new();
    for _ in 0..PER_PERSON {
        under_way.push(begin(&lab.ctx, &ada).await.unwrap());
    }
    let refused = begin(&lab.ctx, &ada).await.err().unwrap();
    assert!(matches!(refused, UploadError::TooMany), "{refused:?}");
    let problem = refused.problem(Lang::En);
    assert!(problem.kind.status() == 429 && problem.retry_after.is_some(), "{problem:?}");
    assert!(begin(&lab.ctx, &bob).await.is_ok());
    drop(under_way.pop());
    let arrived = begin(&lab.ctx, &ada).await.unwrap().finish().await.unwrap();
    assert!(begin(&lab.ctx, &ada).await.is_err(), "one that is being read is under way still");
    drop(arrived);
    assert!(begin(&lab.ctx, &ada).await.is_ok());
}

#[tokio::test]
async fn finished_upload_is_read_from_start_and_unnamed() {
    let lab = Lab::open().await;
    let ada = lab.signed_in(1).await;
    let mut arriving = begin(&lab.ctx, &ada).await.unwrap();
    for piece in [&b"half of "[..], b"it"] {
        arriving.write(piece).await.unwrap();
    }
    let names = std::fs::read_dir(lab.file().parent().unwrap()).unwrap();
    assert!(names.flatten().all(|entry| entry.file_name().to_string_lossy().starts_with("lab.sqlite")));
    let mut content = String::new();
    arriving.finish().await.unwrap().read_to_string(&mut content).unwrap();
    assert_eq!(content, "half of it");
    let mut arriving = begin(&lab.ctx, &ada).await.unwrap();
    arriving.write(b"half of").await.unwrap();
    arriving.discard().await.unwrap();
    assert_eq!(arriving.finish().await.unwrap().into_bytes().await.unwrap(), b"");
}
