//! HTTP as seen by a browser without script, by monitoring, and by an attacker.

use crate::lab::Lab;
use crate::roles::Space;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::Response,
};
use data_encoding::BASE64;
use domain::{actor::Actor, time::Millis, zone::to_rfc3339};
use futures::StreamExt;
use server::{
    config::{Options, Secret},
    http::{Shared, router},
};
use services::{
    boards,
    clock::{Clock, SystemClock},
};
use sha2::{Digest, Sha256};
use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

struct Site {
    router: Router,
    stop: CancellationToken,
    lab: Lab,
}

impl Site {
    async fn open() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let lab = Lab::with(options).await;
        let stop = CancellationToken::new();
        let router = router(Shared::new(lab.running().ctx.clone(), &lab.config, stop.clone()));
        Self { router, stop, lab }
    }

    async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn page(&self, path: &str, headers: &[(&str, &str)]) -> String {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        text(self.send(request.body(Body::empty()).unwrap()).await).await
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)], body: &'static str) -> Response {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn paths_answer_with_their_status() {
    let site = Site::open().await;
    for (path, status) in [
        ("/", 200),
        ("/?show=free", 200),
        ("/?show=nonsense", 200),
        ("/machines/1", 200),
        ("/machines/999", 404),
        ("/machines/0", 404),
        ("/machines/-1", 404),
        ("/machines/abc", 404),
        ("/machines/01", 404),
        ("/machines/99999999999999999999", 404),
        ("/kiosk", 401),
        ("/me/sessions", 401),
        ("/me", 200),
        ("/no/such/page", 404),
        ("/assets.json", 404),
        ("/../Cargo.toml", 404),
        ("/pkg/0000/none.js", 404),
        ("/healthz", 200),
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status(), status, "{path}");
        let html = text(answer).await;
        assert!(!html.contains("Error:") && !html.contains("panicked"), "{path}: {html}");
    }
}

#[tokio::test]
async fn duplicate_slashes_redirect_to_canonical_address() {
    let site = Site::open().await;
    for (path, plain) in [
        ("/machines/1/", "/machines/1"),
        ("/machines//1?at=3", "/machines/1?at=3"),
        ("//attic.example/", "/attic.example"),
    ] {
        let answer = site.get(path).await;
        assert_eq!(
            (answer.status(), value(answer.headers(), "location")),
            (StatusCode::PERMANENT_REDIRECT, plain)
        );
    }
    // Read as another site by browsers.
    assert_eq!(site.get("/\\attic.example/").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn responses_name_language_and_vary() {
    let site = Site::open().await;
    for (path, kind, chosen) in [
        ("/", "text/html", "accept-language, cookie"),
        ("/no/such/page", "text/html", "accept-language, cookie"),
        ("/offline", "text/html", "accept-language, cookie"),
        ("/api/v1/nothing", "application/problem+json", "accept-language"),
    ] {
        let request = Request::get(path).header("accept-language", "it").body(Body::empty()).unwrap();
        let answer = site.send(request).await;
        assert!(value(answer.headers(), "content-type").starts_with(kind), "{path}");
        assert_eq!(value(answer.headers(), "content-language"), "it", "{path}");
        let vary: Vec<_> = answer.headers().get_all("vary").iter().map(|by| by.to_str().unwrap()).collect();
        assert!(vary.contains(&chosen), "{path}: {vary:?}");
    }
}

#[tokio::test]
async fn offline_page_reload_script_is_allowed_by_its_policy() {
    let site = Site::open().await;
    let answer = site.get("/offline").await;
    assert_eq!(answer.status(), StatusCode::OK, "at its own address it is what was asked for");
    let policy = value(answer.headers(), "content-security-policy").to_owned();
    let html = text(answer).await;
    let script = html.split_once("<script>").unwrap().1.split_once("</script>").unwrap().0;
    assert!(script.contains("location.reload()") && script.contains("/healthz"), "{script}");
    let sum = BASE64.encode(&Sha256::digest(script));
    assert!(
        policy.contains(&format!("script-src 'sha256-{sum}'")) && policy.contains("connect-src 'self'"),
        "{policy}"
    );
    // A stored page shows when it was rendered, by the clock of the space.
    let page = site.page("/", &[]).await;
    let message = page.split_once("data-kept=\"").unwrap().1.split_once('"').unwrap().0;
    assert!(
        message.starts_with("You’re offline. Saved ") && message.as_bytes()[message.len() - 4] == b':',
        "{message}"
    );
}

#[tokio::test]
async fn anonymous_pages_are_complete_without_script_and_name_no_one() {
    let site = Site::open().await;
    let english = site.page("/", &[("accept-language", "en-GB")]).await;
    assert!(english.contains("<html lang=\"en\""), "{english}");
    assert!(english.contains("Laser") && english.contains("Lathe"), "{english}");
    let italian = site.page("/", &[("accept-language", "de, it;q=0.8")]).await;
    assert!(italian.contains("<html lang=\"it\"") && italian.contains("Adesso"), "{italian}");
    let chosen = site.page("/", &[("accept-language", "en"), ("cookie", "a=b; lang=it;theme=dark")]).await;
    assert!(chosen.contains("<html lang=\"it\" data-theme=\"dark\""), "{chosen}");
    for path in ["/", "/machines/1", "/kiosk"] {
        let html = site.page(path, &[]).await;
        assert!(!html.contains("Ada") && !html.contains("0000ada1"), "a6: {path} names somebody");
        assert!(!html.contains(" style=\""), "the policy forbids inline styles: {path}");
    }
}

#[tokio::test]
async fn pages_carry_content_security_policy() {
    let site = Site::open().await;
    for path in ["/", "/machines/999", "/kiosk", "/no/such/page"] {
        let answer = site.get(path).await;
        let headers = answer.headers().clone();
        let policy = value(&headers, "content-security-policy");
        assert!(
            policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        assert_eq!(value(&headers, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(value(&headers, "cache-control"), "private, no-cache", "{path}");
    }
}

// A24
#[tokio::test]
async fn preferences_are_saved_without_script_and_refused_form_preserves_input() {
    let site = Site::open().await;
    let stored = site.post("/me?/me/prefer", &[], "lang=it&theme=dark").await;
    assert_eq!(stored.status(), StatusCode::SEE_OTHER);
    assert_eq!(stored.headers()[header::LOCATION], "/me?saved=1");
    let cookies: Vec<_> =
        stored.headers().get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap()).collect();
    assert!(cookies.iter().any(|it| it.starts_with("lang=it;") && it.contains("SameSite=Lax")), "{cookies:?}");
    assert!(cookies.iter().all(|it| it.contains("HttpOnly") && !it.contains("Secure")), "{cookies:?}");

    let refused = site.post("/me?/me/prefer", &[], "lang=xx&theme=dark").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = text(refused).await;
    assert!(html.contains("Choose one of the languages shown."), "{html}");
    assert_eq!(html.matches(" autofocus").count(), 1, "the focus is at what is to be put right: {html}");
}

#[tokio::test]
async fn https_site_sets_secure_cookies_unless_configured_otherwise() {
    for (insecure, secure) in [(None, true), (Some(true), false)] {
        let url = Some("https://toolgate.example/".into());
        let site = Site::with(Options { public_url: url, insecure_cookies: insecure, ..Options::default() }).await;
        let stored = site.post("/me?/me/prefer", &[], "lang=it&theme=dark").await;
        assert_eq!(stored.headers()[header::SET_COOKIE].to_str().unwrap().contains("; Secure"), secure);
    }
}

#[tokio::test]
async fn hsts_is_sent_only_with_https_and_other_policies_always() {
    for (url, reported) in [
        (Some("https://toolgate.example/"), "max-age=31536000"),
        (Some("http://toolgate.example/"), ""),
        (None, ""),
    ] {
        let site = Site::with(Options { public_url: url.map(Into::into), ..Options::default() }).await;
        for path in ["/", "/healthz", "/api/v1/openapi.json", "/me/password"] {
            let answer = site.get(path).await;
            assert_eq!(value(answer.headers(), "strict-transport-security"), reported, "{path}");
            assert_eq!(value(answer.headers(), "cross-origin-opener-policy"), "same-origin", "{path}");
            assert_eq!(value(answer.headers(), "cross-origin-resource-policy"), "same-origin", "{path}");
            let permissions = value(answer.headers(), "permissions-policy");
            assert!(permissions.contains("camera=()") && permissions.contains("geolocation=()"), "{path}");
        }
    }
}

#[tokio::test]
async fn well_known_paths_give_password_page_and_contact() {
    let site = Site::open().await;
    let led = site.get("/.well-known/change-password").await;
    assert_eq!((led.status().as_u16(), value(led.headers(), "location")), (303, "/me/password"));
    assert_eq!(site.get("/.well-known/security.txt").await.status(), 404, "nobody is named");
    let options = |from: &str| Options {
        public_url: Some("https://toolgate.example/".into()),
        smtp_url: Some(Secret::new("smtps://mail.example".into())),
        mail_from: Some(from.into()),
        ..Options::default()
    };
    let site = Site::with(options("Workshop <hello@toolgate.example>")).await;
    let answer = site.get("/.well-known/security.txt").await;
    assert_eq!(value(answer.headers(), "content-type"), "text/plain; charset=utf-8");
    let text = text(answer).await;
    assert!(text.starts_with("Contact: mailto:hello@toolgate.example\n"), "{text}");
    assert!(text.contains("\nCanonical: https://toolgate.example/.well-known/security.txt\n"), "{text}");
    let expires = text.lines().find_map(|line| line.strip_prefix("Expires: ")).unwrap();
    let now = to_rfc3339(SystemClock.now()).unwrap();
    assert!(expires > now.as_str(), "{expires} is not after {now}");
    let site = Site::with(options("no-reply@toolgate.example")).await;
    assert_eq!(site.get("/.well-known/security.txt").await.status(), 404, "nobody reads what is sent there");
}

#[tokio::test]
async fn favicon_is_served_and_linked() {
    let icon = include_bytes!("../../../public/favicon.ico");
    assert_eq!(icon[..6], [0, 0, 1, 0, 3, 0], "three pictures in an icon");
    let html = Site::open().await.page("/", &[]).await;
    assert!(html.contains(r#"<link rel="icon" href="/favicon.ico" sizes="32x32""#), "{html}");
}

#[tokio::test]
async fn cross_site_form_is_refused() {
    let site = Site::open().await;
    for header in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let headers = [header, ("host", "toolgate.example")];
        let answer = site.post("/me?/me/prefer", &headers, "lang=it&theme=dark").await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{header:?}");
        assert!(answer.headers().get(header::SET_COOKIE).is_none());
    }
}

#[tokio::test]
async fn get_changes_nothing_and_large_bodies_are_refused() {
    let site = Site::open().await;
    let got = site.get("/api/me/prefer?lang=it&theme=dark").await;
    assert!(!got.status().is_success(), "{}", got.status());
    let big: &'static str = Box::leak("x".repeat(1_100_000).into_boxed_str());
    assert_eq!(site.post("/me?/me/prefer", &[], big).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    for (path, allowed) in [("/", "GET,HEAD,POST,OPTIONS"), ("/export/people.csv", "POST,OPTIONS")] {
        let requested = site.send(Request::options(path).body(Body::empty()).unwrap()).await;
        assert_eq!(
            (requested.status(), value(requested.headers(), "allow")),
            (StatusCode::NO_CONTENT, allowed),
            "{path}"
        );
        assert!(!requested.headers().contains_key("content-type") && text(requested).await.is_empty(), "{path}");
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let request = Request::builder().method(method.clone()).uri("/").body(Body::empty()).unwrap();
        assert_eq!(site.send(request).await.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    assert_eq!(site.post("/me", &[], "").await.status(), StatusCode::METHOD_NOT_ALLOWED);
    for path in ["/data/1", "/import/upload", "/system/copy"] {
        let opened = site.get(path).await;
        assert_eq!(opened.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(opened.headers()[header::CONTENT_TYPE].as_bytes().starts_with(b"text/html"), "{path}: no page");
    }
    let unknown = site.post("/me?/no/such", &[], "a=b").await;
    assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn readiness_reports_lost_broker() {
    let site = Site::open().await;
    let mut board = site.lab.board(11).await;
    board.ask(11, r#"{"action":"checkmachine"}"#).await;
    let ready = site.get("/readyz").await;
    assert_eq!(ready.status(), StatusCode::OK);
    boards::broker_lost(&site.lab.running().ctx);
    let lost = site.get("/readyz").await;
    assert_eq!(lost.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(text(lost).await, r#"{"broker":false,"database":true,"disk":true}"#);
    assert!(site.page("/", &[]).await.contains("Boards not connected since"), "the page says so too");
}

// A15
#[tokio::test]
async fn live_stream_resumes_from_last_event_id_and_ends_on_shutdown() {
    let site = Site::open().await;
    // The server's own broker connection is up, so no event of it follows.
    site.lab.board(11).await;
    let ctx = &site.lab.running().ctx;
    let seen = ctx.live().cursor();
    boards::broker_lost(ctx);
    let stream = |path: String, last: Option<String>| {
        let mut request = Request::get(path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        site.send(request.body(Body::empty()).unwrap())
    };
    // The header wins over the address: a browser that reconnects repeats the old address.
    let answer = stream("/live?after=1-1".into(), Some(seen)).await;
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut events = answer.into_body().into_data_stream();
    let mut heard = String::new();
    while !heard.contains("data: space") {
        heard += std::str::from_utf8(&events.next().await.unwrap().unwrap()).unwrap();
    }
    assert!(heard.starts_with("retry: 1000\ndata: hello "), "{heard}");
    assert!(!heard.contains("resync"), "{heard}");

    boards::broker_found(ctx);
    let coming = std::str::from_utf8(&events.next().await.unwrap().unwrap()).unwrap().to_owned();
    assert!(coming.contains("id: ") && coming.contains("data: space"), "{coming}");

    let mut stranger = stream("/live?after=1-1".into(), None).await.into_body().into_data_stream();
    let mut heard = String::new();
    while !heard.contains("data: resync") {
        heard += std::str::from_utf8(&stranger.next().await.unwrap().unwrap()).unwrap();
    }
    site.stop.cancel();
    assert!(events.next().await.is_none() && stranger.next().await.is_none(), "streams end with the process");
}

#[tokio::test]
async fn rendered_page_carries_current_event_cursor() {
    let site = Site::open().await;
    let cursor = site.lab.running().ctx.live().cursor();
    let html = site.page("/", &[]).await;
    assert!(html.contains(&cursor), "{cursor} is not in the page");
    let floor = services::machines::floor(&site.lab.running().ctx, &Actor::TOOLGATE).await.unwrap();
    assert!(floor.now.at > Millis(0));
}

#[tokio::test]
async fn user_text_in_title_is_escaped() {
    let site = Site::open().await;
    let evil = services::equipment::AddMachine {
        name: "Laser</title><meta http-equiv=refresh content=0>&amp;".into(),
        kind: "Laser".into(),
        number: String::new(),
        place: String::new(),
    };
    let ctx = &site.lab.running().ctx;
    let machine = services::equipment::add_machine(ctx, &Actor::TOOLGATE, evil).await.unwrap();
    let page = site.page(&format!("/machines/{machine}"), &[]).await;
    let title = page.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).unwrap().0;
    assert_eq!(title, "Laser&lt;/title>&lt;meta http-equiv=refresh content=0>&amp;amp; · Toolgate");
    assert!(!page.contains("<meta http-equiv=refresh"), "{page}");
}

#[tokio::test]
async fn overlong_password_is_refused_at_its_field_and_oversized_form_with_a_page() {
    let site = Site::open().await;
    let body = format!("email=ada%40example.org&password={}", "x".repeat(60_000));
    let answer = site.post("/sign-in?/sign-in/enter", &[], Box::leak(body.into_boxed_str())).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(answer).await;
    assert!(page.contains("ada@example.org") && page.contains("</html>"), "{page}");
    for length in [70_000, 2 << 20] {
        let body = "x".repeat(length);
        let answer = site.post("/sign-in?/sign-in/enter", &[], Box::leak(body.into_boxed_str())).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(text(answer).await.contains("This is too large"), "still the page");
    }
}

/// Sends a form with a file of this many megabytes; returns the response, and how many bytes were read of how
/// many.
async fn send_file(space: &Space, path: &str, megabytes: usize, says_so: bool) -> (Response, usize, usize) {
    let begin = "--x1\r\nContent-Disposition: form-data; name=\"back\"\r\n\r\n/people/7/account\r\n\
                 --x1\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.jpg\"\r\n\r\n";
    let heard = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&heard);
    let pieces = std::iter::repeat_n(vec![b'x'; 1 << 20], megabytes);
    let pieces = std::iter::once(begin.as_bytes().to_vec()).chain(pieces).map(move |piece| {
        count.fetch_add(piece.len(), Relaxed);
        Ok::<_, Infallible>(piece)
    });
    let all = begin.len() + (megabytes << 20);
    let mut request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x1");
    if says_so {
        request = request.header(header::CONTENT_LENGTH, all);
    }
    let body = Body::from_stream(futures::stream::iter(pieces));
    let answer = space.send(request.body(body).unwrap()).await;
    (answer, heard.load(Relaxed), all)
}

#[tokio::test]
async fn oversized_file_is_drained_and_redirects_with_error() {
    let space = Space::open('g', Some(7)).await;
    space.reset().await;
    let cases = [
        ("/import/upload", 5, "/import?refused=import.too-large"),
        ("/pictures/person/7", 25, "/people/7/account?picture=picture.heavy"),
    ];
    for (path, megabytes, back) in cases {
        for says_so in [true, false] {
            let (answer, heard, all) = send_file(&space, path, megabytes, says_so).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path} {says_so}");
            assert_eq!(answer.headers()[header::LOCATION], back, "{path} {says_so}");
            assert_eq!(heard, all, "a browser that is cut off shows no answer");
        }
    }
}

#[tokio::test]
async fn forbidden_upload_is_drained_only_up_to_the_size_limit() {
    let (stranger, member) = (Space::open('n', None).await, Space::open('m', Some(3)).await);
    member.reset().await;
    for (space, path, status, most) in [
        (&stranger, "/pictures/person/7", 401, 20),
        (&stranger, "/pictures/machine/1", 401, 20),
        (&stranger, "/pictures/dog/1", 404, 20),
        (&member, "/pictures/person/7", 404, 20),
        (&member, "/pictures/machine/1", 403, 20),
        (&stranger, "/import/upload", 303, 4),
        (&member, "/import/upload", 303, 4),
    ] {
        let (answer, heard, all) = send_file(space, path, most - 1, true).await;
        assert_eq!((answer.status().as_u16(), heard), (status, all), "{path}: it is told that it may not");
        let (answer, heard, _) = send_file(space, path, 10 * most, false).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert!(heard <= (most + 2) << 20, "{path}: {heard} bytes were taken");
        if status == 303 {
            assert_eq!(answer.headers()[header::LOCATION], "/import", "nothing is said of its size");
        }
    }
}

/// One pixel.
const PNG: &str = "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f00\
                   050001ff89993d1d0000000049454e44ae426082";

/// Sends a picture as the form of a page does.
async fn send_picture(space: &Space, path: &str) -> (u16, HeaderMap, String) {
    let mut form = b"--x1\r\nContent-Disposition: form-data; name=\"back\"\r\n\r\n/machines/1/maintenance\r\n\
                     --x1\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\r\n"
        .to_vec();
    form.extend(data_encoding::HEXLOWER.decode(PNG.as_bytes()).unwrap());
    form.extend(b"\r\n--x1--\r\n");
    let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x1");
    let answer = space.send(request.body(Body::from(form)).unwrap()).await;
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status.as_u16(), parts.headers, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn refused_photo_returns_to_its_page_or_explains_why() {
    let (owner, member) = (Space::open('o', Some(5)).await, Space::open('m', Some(3)).await);
    owner.reset().await;
    member.reset().await;
    let (status, headers, _) = send_picture(&owner, "/pictures/intervention/1").await;
    assert_eq!(status, 303, "it has one already");
    let back = headers[header::LOCATION].to_str().unwrap();
    assert_eq!(back, "/machines/1/maintenance?photo=1&picture=intervention.photo-there#photo");
    let visible = owner.send(Request::get(back.trim_end_matches("#photo")).body(Body::empty()).unwrap()).await;
    let visible = to_bytes(visible.into_body(), usize::MAX).await.unwrap();
    assert!(
        String::from_utf8_lossy(&visible).contains("It has a photo already."),
        "told where it is to be mended"
    );
    for (space, path, status, message) in [
        (&member, "/pictures/intervention/1", 403, "You don’t have access"),
        (&member, "/pictures/machine/1", 403, "You don’t have access"),
        (&member, "/pictures/problem/1", 403, "Only the person who reported the problem"),
        (&owner, "/pictures/intervention/999", 404, "Entry not found"),
        (&owner, "/pictures/dog/1", 404, "Picture not found"),
    ] {
        let (is, headers, page) = send_picture(space, path).await;
        assert_eq!(is, status, "{path}");
        assert!(headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"), "{path}");
        assert!(page.contains("<nav") && page.contains(message), "{path}: {page}");
    }
}

/// Reports a problem on machine 2 as the form does, with `photo` as its file.
async fn reports(space: &Space, severity: &str, photo: &[u8]) -> (u16, HeaderMap, String) {
    let part = |name: &str, message: &str| {
        format!("--x1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{message}\r\n").into_bytes()
    };
    let head = "--x1\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a\"\r\n\r\n";
    let parts = [part("severity", severity), part("words", "The lid stays open."), head.into(), photo.into()];
    let form = [parts.concat(), b"\r\n--x1--\r\n".to_vec()].concat();
    let request = Request::post("/machines/2/report/upload");
    let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x1");
    let (parts, body) = space.send(request.body(Body::from(form)).unwrap()).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status.as_u16(), parts.headers, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn problem_report_is_saved_even_if_its_photo_is_unreadable() {
    let member = Space::open('m', Some(3)).await;
    member.reset().await;
    let pixel = data_encoding::HEXLOWER.decode(PNG.as_bytes()).unwrap();
    for (photo, has_photo, name) in
        [(&pixel[..], true, ""), (b"", false, ""), (b"no picture", false, "&picture=picture.")]
    {
        let (status, headers, page) = reports(&member, "degraded", photo).await;
        assert_eq!(status, 303, "{page}");
        let back = headers[header::LOCATION].to_str().unwrap();
        assert!(back.starts_with("/machines/2/report?sent=") && back.contains(name), "{back}");
        assert_eq!(back.contains("picture="), !name.is_empty(), "{back}");
        let visible = member.send(Request::get(back).body(Body::empty()).unwrap()).await;
        let visible =
            String::from_utf8(to_bytes(visible.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
        assert_eq!(visible.contains("src=\"/pictures/problem/"), has_photo, "{visible}");
        assert_eq!(visible.contains("The photo was not added"), !name.is_empty(), "{visible}");
    }
    let (status, _, page) = reports(&member, "", &pixel).await;
    assert_eq!(status, 422);
    assert!(page.contains("The lid stays open.") && page.contains("Choose a severity."), "{page}");
}
