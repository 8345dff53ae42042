//! Pictures: accepted files, re-encoding, and permissions.

use crate::lab;
use crate::lab::{Lab, claims};
use domain::{
    actor::{Actor, Channel},
    id::{MachineId, PersonId},
    pictures::{BYTES, InvalidPicture, SIDE, SMALL, Subject},
};
use image::{DynamicImage, ImageFormat, RgbaImage};
use services::error::ServiceError;
use services::{
    equipment, machines,
    pictures::{self, PicturesError},
};
use std::io::Cursor;
use text::Lang;

const ADA: Subject = Subject::Person(PersonId(1));
const LASER: Subject = Subject::Machine(MachineId(1));

pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = DynamicImage::from(RgbaImage::from_pixel(width, height, image::Rgba([200, 10, 10, 128])));
    image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

async fn invalid(lab: &Lab, actor: &Actor, given: Vec<u8>) -> InvalidPicture {
    match pictures::set(&lab.ctx, actor, ADA, Cursor::new(given)).await {
        Err(PicturesError::Invalid(invalid)) => invalid,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn stored_picture_is_reencoded_without_metadata() {
    let lab = Lab::open().await;
    let me = lab.signed_in(1).await;
    let mut given = png(1_200, 600);
    given.extend_from_slice(b"<svg onload=alert(1)>GPS 46.4983");
    pictures::set(&lab.ctx, &me, ADA, Cursor::new(given)).await.unwrap();
    for (small, side) in [(false, SIDE), (true, SMALL)] {
        let stored = pictures::get(&lab.ctx, &me, ADA, small).await.unwrap().body;
        assert_eq!(image::guess_format(&stored).unwrap(), ImageFormat::Jpeg);
        assert!(!stored.windows(3).any(|piece| piece == b"GPS" || piece == b"svg"));
        let seen = image::load_from_memory(&stored).unwrap().to_rgb8();
        assert_eq!((seen.width(), seen.height()), (side, side / 2));
        let [red, green, _] = seen.get_pixel(5, 5).0;
        assert!(red > 200 && (100..170).contains(&green), "half of it is white: {red} {green}");
    }
    pictures::set(&lab.ctx, &me, ADA, Cursor::new(png(30, 40))).await.unwrap();
    let stored = pictures::get(&lab.ctx, &me, ADA, false).await.unwrap().body;
    let read = image::load_from_memory(&stored).unwrap();
    assert_eq!((read.width(), read.height()), (30, 40), "a small one is not made larger");
    assert_eq!(lab.number("SELECT count(*) FROM picture").await, 1, "instead of the one before");
    pictures::remove(&lab.ctx, &me, ADA).await.unwrap();
    pictures::remove(&lab.ctx, &me, ADA).await.unwrap();
    assert!(matches!(pictures::get(&lab.ctx, &me, ADA, false).await, Err(PicturesError::Unknown)));
}

#[tokio::test]
async fn invalid_or_oversized_picture_is_refused_with_message() {
    let lab = Lab::open().await;
    let me = lab.signed_in(1).await;
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec();
    let mut cut = png(300, 300);
    cut.truncate(60);
    let mut cut_jpeg = Vec::new();
    let noise = image::RgbImage::from_fn(200, 150, |x, y| image::Rgb([x, y, x ^ y].map(|n| n.to_le_bytes()[0])));
    noise.write_to(&mut Cursor::new(&mut cut_jpeg), ImageFormat::Jpeg).unwrap();
    cut_jpeg.truncate(cut_jpeg.len() / 2);
    let mut polyglot = b"GIF89a/*".to_vec();
    polyglot.extend_from_slice(&svg);
    for (given, expected) in [
        (Vec::new(), InvalidPicture::Nothing),
        (svg, InvalidPicture::NoPicture),
        (polyglot, InvalidPicture::NoPicture),
        (b"hello".to_vec(), InvalidPicture::NoPicture),
        (cut, InvalidPicture::Cut),
        (vec![0xFF, 0xD8, 0xFF, 0xE0], InvalidPicture::Cut),
        (cut_jpeg, InvalidPicture::Cut),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), InvalidPicture::Heic),
        (vec![0; BYTES + 1], InvalidPicture::Heavy),
        (claims(10_000, 5_000), InvalidPicture::Large),
        (claims(32_000, 100), InvalidPicture::Large),
        (claims(u32::MAX / 2, u32::MAX / 2), InvalidPicture::Large),
    ] {
        let length = given.len();
        assert_eq!(invalid(&lab, &me, given).await, expected, "{length} bytes");
        let notices = PicturesError::Invalid(expected).problem(Lang::It);
        assert!(notices.at("picture").is_some_and(|message| message.len() > 20), "{notices:?}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM picture").await, 0);
}

// A7
#[tokio::test]
async fn person_pictures_are_hidden_from_others_and_machine_pictures_public() {
    let lab = Lab::open().await;
    let (me, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    pictures::set(&lab.ctx, &me, ADA, Cursor::new(png(10, 10))).await.unwrap();
    assert!(matches!(pictures::get(&lab.ctx, &bob, ADA, false).await, Err(PicturesError::Unknown)));
    assert!(matches!(
        pictures::set(&lab.ctx, &bob, ADA, Cursor::new(png(10, 10))).await,
        Err(PicturesError::Unknown)
    ));
    assert!(matches!(pictures::remove(&lab.ctx, &bob, ADA).await, Err(PicturesError::Unknown)));
    let refused = pictures::set(&lab.ctx, &bob, LASER, Cursor::new(png(10, 10))).await;
    assert!(matches!(refused, Err(PicturesError::Forbidden(_))), "{refused:?}");
    lab.grant(2, 1, "owner").await;
    let manager = lab.signed_in(2).await;
    pictures::set(&lab.ctx, &manager, LASER, Cursor::new(png(10, 10))).await.unwrap();
    let passer_by = Actor::anybody(true, Channel::Web);
    assert!(pictures::get(&lab.ctx, &passer_by, LASER, true).await.is_ok());
    assert_eq!(machines::page(&lab.ctx, &passer_by, MachineId(1)).await.unwrap().picture, Some(lab::NOON.0));
    assert!(pictures::get(&lab.ctx, &Actor::anybody(false, Channel::Web), LASER, true).await.is_err());
    let nobody =
        pictures::set(&lab.ctx, &manager, Subject::Machine(MachineId(99)), Cursor::new(png(10, 10))).await;
    assert!(matches!(nobody, Err(PicturesError::Unknown)), "{nobody:?}");
}

#[tokio::test]
async fn picture_change_requires_permission_to_rename() {
    let lab = Lab::open().await;
    lab.grant(1, 2, "owner").await;
    lab.grant(2, 1, "owner").await;
    let (administrator, manager) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let refused =
        pictures::set(&lab.ctx, &manager, ADA, Cursor::new(png(10, 10))).await.unwrap_err().problem(Lang::En);
    assert_eq!(refused.code, "person.outranked");
    pictures::set(&lab.ctx, &administrator, ADA, Cursor::new(png(10, 10))).await.unwrap();
    let refused = pictures::remove(&lab.ctx, &manager, ADA).await;
    assert!(matches!(refused, Err(PicturesError::Outranked)), "{refused:?}");
    assert!(pictures::get(&lab.ctx, &administrator, ADA, false).await.is_ok(), "it is there still");
    pictures::set(&lab.ctx, &manager, Subject::Person(PersonId(2)), Cursor::new(png(10, 10))).await.unwrap();
    pictures::set(&lab.ctx, &manager, Subject::Person(PersonId(3)), Cursor::new(png(10, 10))).await.unwrap();
}

#[tokio::test]
async fn owner_changes_pictures_of_own_type_and_archived_ones_are_private() {
    let lab = Lab::open().await;
    lab.grant(2, 3, "owner").await;
    let (member, owner) = (lab.signed_in(1).await, lab.signed_in(2).await);
    pictures::set(&lab.ctx, &owner, LASER, Cursor::new(png(10, 10))).await.unwrap();
    let lathe = pictures::set(&lab.ctx, &owner, Subject::Machine(MachineId(2)), Cursor::new(png(10, 10))).await;
    assert!(matches!(lathe, Err(PicturesError::Forbidden(_))), "of another type: {lathe:?}");
    assert!(pictures::get(&lab.ctx, &member, LASER, false).await.is_ok());
    equipment::archive(&lab.ctx, &owner, MachineId(1), true).await.unwrap();
    assert!(matches!(pictures::get(&lab.ctx, &member, LASER, false).await, Err(PicturesError::Unknown)));
    assert!(pictures::get(&lab.ctx, &owner, LASER, false).await.is_ok());
    let form = equipment::sheet(&lab.ctx, &owner, MachineId(1)).await.unwrap();
    assert_eq!(form.picture, Some(lab::NOON.0));
    pictures::remove(&lab.ctx, &owner, LASER).await.unwrap();
    assert!(equipment::sheet(&lab.ctx, &owner, MachineId(1)).await.unwrap().picture.is_none());
}
