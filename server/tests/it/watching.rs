//! Live streams: anonymous where allowed, people as long as their session lasts, displays as long as their link
//! does.

use crate::{
    lab::displays,
    roles::{self, Space},
};
use axum::{
    body::{Body, BodyDataStream, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use contract::{form::Fields, holds::PlaceHold};
use domain::{
    actor::Actor,
    cards::CardAction,
    id::{CardId, PersonId},
};
use futures::StreamExt;
use services::{cards, people, serve};
use std::time::Duration;
use text::Lang;
use tokio::time::timeout;

/// How long a test waits; a machine under load is slow.
const SOON: Duration = Duration::from_secs(20);

/// An open stream, read piece by piece.
struct Events(BodyDataStream);

impl Events {
    async fn of(space: &Space, path: &str, last: Option<&str>) -> Self {
        let mut request = Request::get(path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = space.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        Self(answer.into_body().into_data_stream())
    }

    /// The next event except beats and greetings; `None` at the end of the stream.
    async fn next(&mut self) -> Option<String> {
        loop {
            let piece = timeout(SOON, self.0.next()).await.unwrap()?.unwrap();
            let text = String::from_utf8(piece.to_vec()).unwrap();
            if !text.contains("data: hello") && !text.contains("data: beat") {
                return Some(text);
            }
        }
    }

    async fn says(&mut self, data: &str) {
        let message = self.next().await.unwrap_or_else(|| panic!("the stream ended before {data}"));
        assert!(message.contains(&format!("data: {data}\n")), "{data} is not in {message}");
    }
}

async fn open(role: char) -> Space {
    let (_, person) = roles::ROLES.into_iter().find(|(letter, _)| *letter == role).unwrap();
    let space = Space::open(role, person).await;
    space.reset().await;
    space
}

/// Changes a person's status, as a manager would.
async fn suspend(space: &Space, person: i64) {
    people::suspend(&space.ctx, &Actor::TOOLGATE, PersonId(person)).await.unwrap();
}

/// Emits an event of the space, after everything committed before.
async fn mark(space: &Space) {
    let made = displays::make(&space.ctx, &Actor::TOOLGATE, "nobody's").await.unwrap();
    displays::revoke(&space.ctx, &Actor::TOOLGATE, made.id).await.unwrap();
}

async fn text(space: &Space, path: &str) -> (StatusCode, HeaderMap, String) {
    let answer = space.send(Request::get(path).body(Body::empty()).unwrap()).await;
    let (parts, body) = answer.into_parts();
    let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    (parts.status, parts.headers, body)
}

#[tokio::test]
async fn anonymous_stream_needs_public_status() {
    let view = open('x').await;
    Events::of(&view, "/live", None).await.says("resync").await;
    let hidden = open('n').await;
    assert_eq!(text(&hidden, "/live").await.0, StatusCode::UNAUTHORIZED);
    let cursor = hidden.ctx.live().cursor();
    assert!(!text(&hidden, "/").await.2.contains(&cursor), "its pages ask for no stream");
    assert!(text(&view, "/").await.2.contains(&view.ctx.live().cursor()));
}

// A8
#[tokio::test]
async fn ended_session_closes_stream_with_signed_out() {
    let space = open('m').await;
    let mut events = Events::of(&space, &format!("/live?after={}", space.ctx.live().cursor()), None).await;
    suspend(&space, 3).await;
    loop {
        let message = events.next().await.unwrap();
        if message.contains("signed-out") {
            break;
        }
        assert!(message.contains("machine") || message.contains("space"), "{message}");
    }
    assert_eq!(events.next().await, None, "and nothing after it");
    // A page that slept meanwhile learns it when it comes back.
    let mut late = Events::of(&space, "/live?known=1", None).await;
    late.says("signed-out").await;
    assert_eq!(late.next().await, None);
    // And so does a page rendered for a person who signed out at the same browser before this one signed in.
    let other = open('t').await;
    let mut late = Events::of(&other, "/live?known=3", None).await;
    late.says("signed-out").await;
    assert_eq!(late.next().await, None);
}

#[tokio::test]
async fn person_event_reaches_only_self_and_people_readers() {
    for (role, hears) in
        [('m', false), ('t', false), ('x', false), ('d', false), ('g', true), ('u', true), ('a', true)]
    {
        let space = open(role).await;
        let begin = space.ctx.live().cursor();
        let mut events = Events::of(&space, &format!("/live?after={begin}"), None).await;
        suspend(&space, 21).await;
        mark(&space).await;
        let mut heard = Vec::new();
        while !heard.last().is_some_and(|message: &String| message.contains("data: space\n")) {
            heard.push(events.next().await.unwrap());
        }
        assert_eq!(heard.concat().contains("person 21"), hears, "{role}: {heard:?}");
        // Events left out leave no gap: a reconnect with either id gets the same rest.
        let mut again = Events::of(&space, "/live?after=1-1", Some(&begin)).await;
        let mut replayed = Vec::new();
        while !replayed.last().is_some_and(|message: &String| message.contains("data: space\n")) {
            replayed.push(again.next().await.unwrap());
        }
        assert_eq!(replayed.concat(), heard.concat(), "{role}");
    }
}

#[tokio::test]
async fn changed_permissions_close_stream_for_reconnect() {
    let space = open('m').await;
    let mut events = Events::of(&space, &format!("/live?after={}", space.ctx.live().cursor()), None).await;
    suspend(&space, 21).await;
    // Their session lasts: the stream ends, so that the browser opens another.
    cards::mark(&space.ctx, &Actor::TOOLGATE, CardId(3), CardAction::Lose).await.unwrap();
    events.says("person 3").await;
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn display_link_admits_screen_until_revoked() {
    let stranger = open('x').await;
    let made = displays::make(&stranger.ctx, &Actor::TOOLGATE, "Entrance").await.unwrap();
    let (status, _, locked) = text(&stranger, "/kiosk").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(locked.contains("This screen has no link yet") && !locked.contains("Laser"), "{locked}");

    // Link scanners open links before people do.
    let (status, headers, page) = text(&stranger, &made.path()).await;
    assert_eq!((status, headers.get(header::SET_COOKIE)), (StatusCode::OK, None));
    assert!(page.contains("Show wall display") && page.contains("Entrance"), "{page}");
    let headers = use_link(&stranger, &made, "").await;
    assert_eq!(&headers[header::LOCATION], "/kiosk");
    let cookie = headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    for mark in ["display=", "; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age="] {
        assert!(cookie.contains(mark), "{cookie}");
    }
    assert!(!cookie.contains(made.link.expose()), "what the screen keeps is another secret");

    let mut wall = stranger;
    wall.cookie = cookie.split(';').next().map(ToOwned::to_owned);
    let (status, _, html) = text(&wall, "/kiosk").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("Laser") && !html.contains(made.link.expose()), "{html}");
    let (_, _, me) = text(&wall, "/displays").await;
    assert!(!me.contains("Entrance"), "a display is no manager");

    let mut events = Events::of(&wall, &format!("/live?after={}", wall.ctx.live().cursor()), None).await;
    displays::revoke(&wall.ctx, &Actor::TOOLGATE, made.id).await.unwrap();
    events.says("signed-out").await;
    assert_eq!(events.next().await, None);
    assert_eq!(text(&wall, "/kiosk").await.0, StatusCode::UNAUTHORIZED);
}

/// Presses the button of a link, as a browser without script does.
async fn use_link(space: &Space, made: &displays::Made, more: &str) -> HeaderMap {
    let request = Request::post("/api/link/open-screen")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::REFERER, made.path())
        .body(Body::from(format!("token={}{more}", made.link.expose())));
    space.send(request.unwrap()).await.into_parts().0.headers
}

#[tokio::test]
async fn display_link_works_once_and_newer_link_signs_out_previous_screen() {
    let mut first = open('x').await;
    let made = displays::make(&first.ctx, &Actor::TOOLGATE, "Entrance").await.unwrap();
    let cookie = |headers: &HeaderMap| {
        let line = headers.get(header::SET_COOKIE)?.to_str().unwrap();
        line.split(';').next().map(ToOwned::to_owned)
    };
    let stored = cookie(&use_link(&first, &made, "").await).unwrap();
    assert_eq!(cookie(&use_link(&first, &made, "").await), None, "a second time");
    first.cookie = Some(format!("display={}", made.link.expose()));
    assert_eq!(text(&first, "/kiosk").await.0, StatusCode::UNAUTHORIZED, "the link itself opens nothing");
    first.cookie = Some(stored.clone());
    assert_eq!(text(&first, "/kiosk").await.0, StatusCode::OK);

    let mut events = Events::of(&first, &format!("/live?after={}", first.ctx.live().cursor()), None).await;
    let renewed = displays::renew(&first.ctx, &Actor::TOOLGATE, made.id).await.unwrap();
    assert_eq!(text(&first, "/kiosk").await.0, StatusCode::OK, "until it is used");
    first.cookie = None;
    let other = cookie(&use_link(&first, &renewed, "").await).unwrap();
    events.says("signed-out").await;
    assert_eq!(events.next().await, None);
    for (cookie, status) in [(stored, StatusCode::UNAUTHORIZED), (other, StatusCode::OK)] {
        first.cookie = Some(cookie);
        assert_eq!(text(&first, "/kiosk").await.0, status);
    }
}

#[tokio::test]
async fn display_link_opens_entrance_sign_if_that_was_chosen() {
    let mut door = open('x').await;
    let locked = text(&door, "/kiosk/sign").await;
    assert_eq!(locked.0, StatusCode::UNAUTHORIZED);
    assert!(locked.2.contains("This screen has no link yet"), "{}", locked.2);
    let made = displays::make(&door.ctx, &Actor::TOOLGATE, "Entrance").await.unwrap();
    let headers = use_link(&door, &made, "&sign=yes").await;
    assert_eq!(&headers[header::LOCATION], "/kiosk/sign");
    let cookie = headers[header::SET_COOKIE].to_str().unwrap().split(';').next();
    door.cookie = cookie.map(ToOwned::to_owned);
    for path in ["/kiosk/sign", "/kiosk"] {
        assert_eq!(text(&door, path).await.0, StatusCode::OK, "a screen may show both: {path}");
    }
    let (_, _, sign) = text(&door, "/kiosk/sign").await;
    assert!(sign.contains("open-now") && sign.contains("wall-facts"), "without script too: {sign}");
}

/// The answer to a stream requested from `address`.
async fn watch_from(space: &Space, address: &str) -> axum::response::Response {
    let mut request = Request::get("/live").body(Body::empty()).unwrap();
    let client = std::net::SocketAddr::new(address.parse().unwrap(), 50_000);
    request.extensions_mut().insert(axum::extract::ConnectInfo(client));
    space.send(request).await
}

#[tokio::test]
async fn anonymous_streams_per_address_are_capped_without_blocking_members() {
    let mut space = open('m').await;
    let cookie = space.cookie.take();
    let mut streams = Vec::new();
    let refused = loop {
        let answer = watch_from(&space, "192.0.2.1").await;
        if answer.status() != StatusCode::OK {
            break answer;
        }
        streams.push(answer);
        assert!(streams.len() < 2_000, "no end of streams");
    };
    assert!(streams.len() >= 300, "a workshop full of phones");
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(watch_from(&space, "192.0.2.2").await.status(), StatusCode::OK, "another address");
    space.cookie = cookie;
    let mut own = Vec::new();
    while let answer = watch_from(&space, "192.0.2.1").await
        && answer.status() == StatusCode::OK
    {
        own.push(answer);
        assert!(own.len() < 100, "no end of streams of one person");
    }
    assert!(own.len() >= 8, "a few devices with a few tabs: {}", own.len());
    space.cookie = None;
    streams.pop();
    assert_eq!(watch_from(&space, "192.0.2.1").await.status(), StatusCode::OK, "a closed one makes place");
}

#[tokio::test]
async fn burst_of_events_reaches_every_stream_in_order() {
    let space = open('x').await;
    let path = format!("/live?after={}", space.ctx.live().cursor());
    let mut streams = Vec::new();
    for _ in 0..100 {
        let mut events = Events::of(&space, &path, None).await;
        // Opened and greeted, so that what follows is not replayed.
        assert!(timeout(SOON, events.0.next()).await.unwrap().is_some());
        streams.push(events);
    }
    mark(&space).await;
    mark(&space).await;
    for events in &mut streams {
        let mut ids = Vec::new();
        while ids.len() < 2 {
            let message = events.next().await.unwrap();
            ids.extend(message.lines().filter_map(|line| line.rsplit_once('-')?.1.parse::<u64>().ok()));
        }
        assert!(ids.is_sorted_by(|before, after| before + 1 == *after), "{ids:?}");
    }
}

#[tokio::test]
async fn notice_event_reaches_only_its_reader() {
    for (role, hears) in [('m', true), ('t', false), ('g', false), ('a', false), ('x', false)] {
        let space = open(role).await;
        let begin = space.ctx.live().cursor();
        let mut streams = Vec::new();
        for _ in 0..2 {
            let mut events = Events::of(&space, &format!("/live?after={begin}"), None).await;
            assert!(
                timeout(SOON, events.0.next()).await.unwrap().is_some(),
                "greeted, so that nothing is replayed"
            );
            streams.push(events);
        }
        let (hold, sent) = (PlaceHold { person: PersonId(3) }, Fields::urlencoded("reason=unpaid"));
        serve(&space.ctx, &Actor::TOOLGATE, hold, &sent, Lang::En).await.unwrap();
        mark(&space).await;
        for mut events in streams {
            let mut heard = String::new();
            while !heard.contains("data: space\n") {
                if let Some(message) = events.next().await {
                    heard.push_str(&message);
                } else {
                    // Their permissions have changed too: the browser reconnects after its last event.
                    let last = heard.lines().rev().find_map(|line| line.strip_prefix("id: "));
                    events = Events::of(&space, "/live?after=1-1", last).await;
                }
            }
            assert_eq!(heard.contains("data: notices 3\n"), hears, "{role}: {heard}");
        }
    }
}
