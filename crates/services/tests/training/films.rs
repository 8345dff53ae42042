//! Films in MP4: how long one is, wherever in the file that stands.

use super::*;

fn atom(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(8 + content.len()).unwrap().to_be_bytes();
    [&size[..], &name, content].concat()
}

/// A track of 24.5 seconds, of pictures (`vide`) or sound (`soun`).
fn track(handler: [u8; 4]) -> Vec<u8> {
    let numbers = |all: &[u32]| all.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<_>>();
    // Version, made, changed, ticks in a second, ticks, language.
    let header = atom(*b"mdhd", &numbers(&[0, 0, 0, 600, 14_700, 0]));
    let kind = atom(*b"hdlr", &[&numbers(&[0, 0]), &handler[..], &numbers(&[0, 0, 0]), b"\0"].concat());
    atom(*b"trak", &atom(*b"mdia", &[header, kind].concat()))
}

fn film(tracks: &[Vec<u8>], moov_first: bool) -> Vec<u8> {
    let head = atom(*b"ftyp", b"isom\0\0\x02\0isommp41");
    let (moov, data) = (atom(*b"moov", &tracks.concat()), atom(*b"mdat", &[7; 5000]));
    if moov_first { [head, moov, data].concat() } else { [head, data, moov].concat() }
}

#[tokio::test]
async fn the_length_of_an_mp4_is_read_from_the_track_with_pictures() {
    let (lab, max, id) = lab(0).await;
    let (sound, pictures) = (track(*b"soun"), track(*b"vide"));
    for moov_first in [true, false] {
        let whole = film(&[sound.clone(), pictures.clone()], moov_first);
        let file = uploaded(&lab, &max, &whole).await;
        training::keep(&lab.ctx, &max, id, file).await.unwrap();
        let kept = sheet(&lab.ctx, &max, id).await.unwrap().editions.remove(0);
        assert_eq!(kept.length, Some(24_500), "as the file says, for a manager too");
        assert_eq!(kept.bytes, i64::try_from(whole.len()).ok());
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
    assert_eq!(training::open(&lab.ctx, &bob, page.edition).await.unwrap().kind.word(), "video/mp4");
}
