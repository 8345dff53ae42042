//! MP4 videos: the length, wherever it is in the file.

use super::*;
use services::error::ServiceError;
use text::Lang;

fn atom(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(8 + content.len()).unwrap().to_be_bytes();
    [&size[..], &name, content].concat()
}

/// A track of 24.5 seconds, of pictures (`vide`) or sound (`soun`), in this coding.
fn track(handler: [u8; 4], coding: [u8; 4]) -> Vec<u8> {
    let numbers = |all: &[u32]| all.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<_>>();
    // Version, made, changed, ticks in a second, ticks, language.
    let header = atom(*b"mdhd", &numbers(&[0, 0, 0, 600, 14_700, 0]));
    let kind = atom(*b"hdlr", &[&numbers(&[0, 0]), &handler[..], &numbers(&[0, 0, 0]), b"\0"].concat());
    let table = atom(*b"stsd", &[numbers(&[0, 1]), atom(coding, &[0; 78])].concat());
    let codings = atom(*b"minf", &atom(*b"stbl", &table));
    atom(*b"trak", &atom(*b"mdia", &[header, kind, codings].concat()))
}

fn film(tracks: &[Vec<u8>], moov_first: bool) -> Vec<u8> {
    // As an iPhone calls its own.
    let head = atom(*b"ftyp", b"qt  \0\0\0\0qt  ");
    let (moov, data) = (atom(*b"moov", &tracks.concat()), atom(*b"mdat", &[7; 5000]));
    if moov_first { [head, moov, data].concat() } else { [head, data, moov].concat() }
}

#[tokio::test]
async fn mp4_length_is_read_from_picture_track() {
    let (lab, max, id) = lab(0).await;
    let (sound, pictures) = (track(*b"soun", *b"mp4a"), track(*b"vide", *b"avc1"));
    for moov_first in [true, false] {
        let whole = film(&[sound.clone(), pictures.clone()], moov_first);
        let file = uploaded(&lab, &max, &whole).await;
        training::keep(&lab.ctx, &max, id, file).await.unwrap();
        let row = sheet(&lab.ctx, &max, id).await.unwrap().editions.remove(0);
        assert_eq!(row.length, Some(24_500), "as the file says, for a manager too");
        assert_eq!(row.bytes, i64::try_from(whole.len()).ok());
        // Half of it, and one that only sounds.
        let beheaded = film(std::slice::from_ref(&sound), moov_first);
        for nothing in [&whole[..whole.len() - 1], &beheaded] {
            let file = uploaded(&lab, &max, nothing).await;
            let refused = training::keep(&lab.ctx, &max, id, file).await;
            let Err(TrainingError::Invalid(errors)) = refused else { panic!("{refused:?}") };
            assert_eq!(errors, [ValidationError::NoFilm]);
        }
    }
    publish(&lab.ctx, &max, id, None).await.unwrap();
    let bob = lab.signed_in(2).await;
    let page = module(&lab.ctx, &bob, id, false).await.unwrap();
    assert_eq!(training::open(&lab.ctx, &bob, page.edition).await.unwrap().kind.as_str(), "video/mp4");
}

#[tokio::test]
async fn unplayable_video_is_refused_with_conversion_help() {
    let (lab, max, id) = lab(0).await;
    let refused = async |film: &[u8]| {
        let file = uploaded(&lab, &max, film).await;
        let refused = training::keep(&lab.ctx, &max, id, file).await;
        refused.unwrap_err().problem(Lang::En).at("video").unwrap().to_owned()
    };
    let of = |coding| film(&[track(*b"vide", coding)], false);
    let hevc = refused(&of(*b"hvc1")).await;
    assert!(hevc.contains("HEVC") && hevc.contains("HandBrake") && hevc.contains("Most Compatible"), "{hevc}");
    let old = refused(&of(*b"mp4v")).await;
    assert!(old.contains("MPEG-4 Part 2") && old.contains("ffmpeg -i"), "{old}");
    let sound = refused(&film(&[track(*b"vide", *b"avc1"), track(*b"soun", *b"ac-3")], true)).await;
    assert!(sound.contains("sound") && sound.contains("Dolby"), "{sound}");
    let container = refused(b"RIFF\0\0\0\0AVI LIST").await;
    assert!(container.contains("AVI") && container.contains("HandBrake"), "{container}");
}
