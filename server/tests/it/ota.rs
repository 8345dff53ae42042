//! Firmware over the air against simulated boards: good ones, locked ones, and failing ones.

use data_encoding::HEXLOWER;
use domain::firmware::Failure;
use fabomatic::ota::proof::StoredAs;
use md5::{Digest, Md5};
use server::ota::{Delivery, Limits, deliver};
use services::firmware::image;
use sim::ota::{Lock, Manner, Mishap, Receiver};
use std::{
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::Mutex,
    time::Duration,
};
use tokio::net::UdpSocket;

/// Long for expected events, because a machine under load is slow.
const LONG: Duration = Duration::from_secs(20);
/// Short for events that never come.
const SHORT: Duration = Duration::from_millis(50);

fn limits() -> Limits {
    Limits { answer: LONG, invitations: 2, proof: LONG, connection: LONG, piece: LONG, verdict: LONG }
}

/// The result, the reported progress, and what the board received.
struct Outcome {
    result: Result<(), Failure>,
    progress: Vec<usize>,
    taken: Option<Vec<u8>>,
}

async fn sent(manner: Manner, password: Option<&str>, limits: Limits, image: &[u8]) -> Outcome {
    let mut board = Receiver::open(manner).unwrap();
    let to = board.address().unwrap();
    let md5 = HEXLOWER.encode(Md5::digest(image).as_slice());
    let progress = Mutex::new(Vec::new());
    let delivery = Delivery { to, image, md5: &md5, password, port: 0, limits: &limits };
    let sending = deliver(delivery, |bytes| {
        progress.lock().unwrap().push(bytes);
        std::future::ready(())
    });
    let taking = board.take(|| false);
    tokio::pin!(sending, taking);
    let mut taken = None;
    let result = loop {
        tokio::select! {
            result = &mut sending => break result,
            image = &mut taking, if taken.is_none() => taken = Some(image),
        }
    };
    if result.is_ok() && taken.is_none() {
        // It says so before it hangs up.
        taken = Some(taking.await);
    }
    let progress = progress.lock().unwrap().clone();
    Outcome { result, progress, taken }
}

fn locked(password: &str, digits: usize, stored: StoredAs) -> Manner {
    Manner { lock: Some(Lock { password: password.into(), digits, kept: stored }), mishap: None }
}

fn with(mishap: Mishap) -> Manner {
    Manner { lock: None, mishap: Some(mishap) }
}

#[tokio::test]
async fn board_receives_whole_image_with_progress() {
    let image = image::example("1.0.7", 10_000);
    let outcome = sent(Manner::default(), None, limits(), &image).await;
    assert_eq!(outcome.result, Ok(()));
    assert_eq!(outcome.taken.as_deref(), Some(&image[..]));
    assert_eq!(outcome.progress.first(), Some(&0));
    assert_eq!(outcome.progress.last(), Some(&image.len()));
    assert!(
        outcome.progress.is_sorted() && outcome.progress.len() == image.len().div_ceil(1024) + 1,
        "{:?}",
        outcome.progress
    );
}

#[tokio::test]
async fn lost_invitation_is_resent() {
    let limits = Limits { answer: SHORT * 4, invitations: 50, ..limits() };
    let outcome = sent(with(Mishap::Deaf), None, limits, &image::example("1.0.7", 100)).await;
    assert_eq!(outcome.result, Ok(()));
}

#[tokio::test]
async fn password_challenge_supports_md5_and_sha256() {
    let image = image::example("1.0.7", 100);
    for (digits, stored) in [(32, StoredAs::Md5), (64, StoredAs::Sha256), (64, StoredAs::Md5)] {
        let outcome = sent(locked("open sesame", digits, stored), Some("open sesame"), limits(), &image).await;
        assert_eq!(outcome.result, Ok(()), "{digits} {stored:?}");
        let outcome = sent(locked("open sesame", digits, stored), Some("open barley"), limits(), &image).await;
        assert_eq!(
            (outcome.result, outcome.progress),
            (Err(Failure::WrongPassword), vec![]),
            "{digits} {stored:?}"
        );
        let outcome = sent(locked("open sesame", digits, stored), None, limits(), &image).await;
        assert_eq!(outcome.result, Err(Failure::NeedsPassword), "{digits} {stored:?}");
    }
}

#[tokio::test]
async fn unrequested_password_is_ignored() {
    let outcome = sent(Manner::default(), Some("unasked"), limits(), &image::example("1.0.7", 100)).await;
    assert_eq!(outcome.result, Ok(()));
}

#[tokio::test]
async fn silent_or_refusing_address_fails_with_no_answer() {
    let image = image::example("1.0.7", 100);
    let short = Limits { answer: SHORT, ..limits() };
    let outcome = sent(with(Mishap::Silent), None, short.clone(), &image).await;
    assert_eq!(outcome.result, Err(Failure::NoAnswer));
    // A port that was in use a moment ago: this machine itself reports it as closed.
    let free = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let to = free.local_addr().unwrap();
    drop(free);
    let delivery = Delivery { to, image: &image, md5: &"0".repeat(32), password: None, port: 0, limits: &short };
    assert_eq!(deliver(delivery, |_| std::future::ready(())).await, Err(Failure::NoAnswer));
}

#[tokio::test]
async fn transfer_errors_map_to_distinct_failures() {
    let image = image::example("1.0.7", 10_000);
    let half = image.len() / 2;
    let short = |limits: fn(Limits) -> Limits| limits(self::limits());
    let patient = || short(|limits| limits);
    for (mishap, limits, failure) in [
        (Mishap::Babbles, patient(), Failure::Nonsense),
        (Mishap::Stays, short(|limits| Limits { connection: SHORT, ..limits }), Failure::NoConnection),
        (Mishap::HangsUp(half), patient(), Failure::Broken),
        (Mishap::Stalls(half), short(|limits| Limits { piece: SHORT, verdict: SHORT, ..limits }), Failure::Broken),
        (Mishap::Interrupts("<html>"), patient(), Failure::Board),
        (Mishap::Lies, patient(), Failure::Nonsense),
        (Mishap::Garbles, patient(), Failure::Damaged),
        (Mishap::Complains("Not Enough Space\r\n"), patient(), Failure::NoRoom),
        (Mishap::Complains("Could Not Activate The Firmware\r\n"), patient(), Failure::Unfit),
        (Mishap::Complains("Flash Write Failed\r\n"), patient(), Failure::Board),
        (Mishap::Complains(""), patient(), Failure::Broken),
    ] {
        let outcome = sent(with(mishap), None, limits, &image).await;
        assert_eq!(outcome.result, Err(failure), "{mishap:?}");
        assert_eq!(outcome.taken, None, "{mishap:?}");
    }
}

#[tokio::test]
async fn connection_from_another_address_is_dropped() {
    // Two addresses of this machine: the board's, and that of another client that finds the port.
    let board = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let image = image::example("1.0.7", 100);
    let limits = limits();
    let to = board.local_addr().unwrap();
    let delivery = Delivery { to, image: &image, md5: &"0".repeat(32), password: None, port: 0, limits: &limits };
    let progress = Mutex::new(Vec::new());
    let sending = deliver(delivery, |bytes| {
        progress.lock().unwrap().push(bytes);
        std::future::ready(())
    });
    let stranger = async {
        let mut datagram = [0; 256];
        let (count, from) = board.recv_from(&mut datagram).await.unwrap();
        let invitation = fabomatic::ota::Invitation::parse(&datagram[..count]).unwrap();
        board.send_to(b"OK", from).await.unwrap();
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::new(127, 0, 0, 2), 0).into()).unwrap();
        let mut stream = socket.connect(SocketAddr::new(from.ip(), invitation.port)).await.unwrap();
        let mut got = Vec::new();
        // Disconnected without a word.
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut got).await;
        assert!(got.is_empty());
        // The board itself comes second, and is admitted.
        let late = TcpStream::connect(SocketAddr::new(from.ip(), invitation.port)).unwrap();
        drop(late);
    };
    let (result, ()) = tokio::join!(sending, stranger);
    assert_eq!(result, Err(Failure::Broken));
    assert_eq!(*progress.lock().unwrap(), [0]);
}
