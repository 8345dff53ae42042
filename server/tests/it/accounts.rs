//! Accounts over HTTP: cookies, links, limits, and what never leaves the server.

use crate::lab::Lab;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
    response::Response,
};
use domain::{actor::Actor, id::PersonId};
use server::{
    config::Options,
    http::{Shared, router},
};
use services::{
    accounts,
    setup::{self, Administrator},
};
use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Command, Stdio},
};
use text::Lang;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

const PASSWORD: &str = "seven owls fix a lathe";
/// The text of `forgotten_no_mail`.
const NO_MAIL: &str = "This workshop sends no e-mail. Ask a manager for a link";
const INPUT: &str = "email=eva%40lab.example&password=seven+owls+fix+a+lathe";

struct Site {
    router: Router,
    lab: Lab,
}

impl Site {
    /// Eva is an administrator.
    async fn open(options: Options) -> Self {
        let lab = Lab::with(options).await;
        let ctx = lab.running().ctx.clone();
        let eva = Administrator {
            name: "Eva".into(),
            email: "eva@lab.example".into(),
            password: PASSWORD.into(),
            recover: false,
            space: None,
        };
        setup::create_administrator(&ctx, eva).await.unwrap();
        let router = router(Shared::new(ctx, &lab.config, CancellationToken::new()));
        Self { router, lab }
    }

    async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let request =
            headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Eva's cookie, as her browser sends it.
    async fn cookie(&self) -> String {
        let answer = self.post("/sign-in?/sign-in/enter", &[], INPUT).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", text(answer).await);
        session_cookie(&answer).split(';').next().unwrap().to_owned()
    }
}

fn session_cookie(answer: &Response) -> String {
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap().to_owned());
    cookies.into_iter().find(|cookie| cookie.contains("session=")).unwrap()
}

fn location(answer: &Response) -> &str {
    answer.headers()[header::LOCATION].to_str().unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn sign_in_sets_http_only_cookie_and_redirects_to_requested_page() {
    let site = Site::open(Options::default()).await;
    let answer = site.post("/sign-in?/sign-in/enter", &[], &format!("{INPUT}&to=%2Fmachines%2F1")).await;
    assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, "/machines/1"));
    let cookie = session_cookie(&answer);
    for mark in ["session=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(mark), "{mark} is not in {cookie}");
    }
    for outside in
        ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", "%2F%09%2Fevil.example"]
    {
        let answer = site.post("/sign-in?/sign-in/enter", &[], &format!("{INPUT}&to={outside}")).await;
        assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, "/"), "{outside}");
    }
}

#[tokio::test]
async fn https_site_accepts_only_host_prefixed_cookie() {
    let url = Some("https://toolgate.example".into());
    let site = Site::open(Options { public_url: url, ..Options::default() }).await;
    let answer = site.post("/sign-in?/sign-in/enter", &[], INPUT).await;
    let cookie = session_cookie(&answer);
    assert!(cookie.starts_with("__Host-session=") && cookie.contains("; Secure"), "{cookie}");
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    let known = site.get("/me", &[("cookie", &format!("__Host-session={token}"))]).await;
    assert!(text(known).await.contains("Eva"));
    let planted = site.get("/me", &[("cookie", &format!("session={token}"))]).await;
    assert!(!text(planted).await.contains("Eva"), "a neighbouring host can set a cookie of this name");
}

// A17
#[tokio::test]
async fn ended_session_or_left_person_invalidates_cookie() {
    let site = Site::open(Options::default()).await;
    let (cookie, other) = (site.cookie().await, site.cookie().await);
    let here = [("cookie", cookie.as_str())];
    assert!(text(site.get("/me", &here).await).await.contains("Eva"));
    let out = site.post("/me?/me/sign-out", &here, "").await;
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    assert!(session_cookie(&out).contains("Max-Age=0"));
    assert!(!text(site.get("/me", &here).await).await.contains("Eva"));
    let other = [("cookie", other.as_str())];
    assert!(text(site.get("/me", &other).await).await.contains("Eva"));
    site.lab.sql("UPDATE person SET status = 'left'").await;
    assert!(!text(site.get("/me", &other).await).await.contains("Eva"));
}

#[tokio::test]
async fn sign_out_requires_same_site_post() {
    let site = Site::open(Options::default()).await;
    let cookie = site.cookie().await;
    let here = [("cookie", cookie.as_str())];
    for path in ["/api/me/sign-out", "/sign-out", "/me?/me/sign-out"] {
        let _answer = site.get(path, &here).await;
        assert!(text(site.get("/me", &here).await).await.contains("Eva"), "{path}");
    }
    for evil in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let headers = [here[0], evil, ("host", "toolgate.example")];
        assert_eq!(site.post("/me?/me/sign-out", &headers, "").await.status(), StatusCode::FORBIDDEN);
        let entered = site.post("/sign-in?/sign-in/enter", &[evil, ("host", "toolgate.example")], INPUT).await;
        assert_eq!(
            entered.status(),
            StatusCode::FORBIDDEN,
            "nobody is signed in as somebody else by a foreign page"
        );
    }
    assert!(text(site.get("/me", &here).await).await.contains("Eva"));
}

#[tokio::test]
async fn repeated_failed_sign_in_gets_retry_after() {
    let site = Site::open(Options::default()).await;
    for _ in 0..5 {
        let answer =
            site.post("/sign-in?/sign-in/enter", &[], "email=eva%40lab.example&password=hunter2hunter2").await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = text(answer).await;
        assert!(page.contains("don’t match") && page.contains("eva@lab.example"), "{page}");
        assert!(!page.contains("hunter2"), "what was typed is kept, but for secrets");
    }
    for (path, headers) in
        [("/sign-in?/sign-in/enter", vec![]), ("/api/sign-in/enter", vec![("accept", "application/json")])]
    {
        let answer = site.post(path, &headers, INPUT).await;
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
        let wait: u32 = answer.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert!((1..=900).contains(&wait), "{wait}");
    }
}

#[tokio::test]
async fn viewing_a_sign_in_link_does_not_consume_it() {
    let site = Site::open(Options::default()).await;
    let ctx = &site.lab.running().ctx;
    let token = accounts::sign_in_link(ctx, &Actor::TOOLGATE, PersonId(1)).await.unwrap();
    for _ in 0..3 {
        let page = site.get(&format!("/enter/{}", token.expose()), &[]).await;
        assert_eq!(page.status(), StatusCode::OK);
        assert!(page.headers().get(header::SET_COOKIE).is_none());
        assert!(text(page).await.contains("Ada Lovelace"));
    }
    let body = format!("token={}", token.expose());
    let path = format!("/enter/{}?/link/follow", token.expose());
    let entered = site.post(&path, &[], &body).await;
    assert_eq!(entered.status(), StatusCode::SEE_OTHER);
    let _ = session_cookie(&entered);
    let again = site.post(&path, &[], &body).await;
    assert_eq!(again.status(), StatusCode::NOT_FOUND, "once");
    assert_eq!(site.get(&format!("/enter/{}", token.expose()), &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn signed_in_language_overrides_browser_language() {
    let site = Site::open(Options::default()).await;
    let cookie = site.cookie().await;
    site.lab.sql("UPDATE profile SET language = 'it' WHERE name = 'Eva'").await;
    let english = ("accept-language", "en");
    assert!(text(site.get("/", &[english]).await).await.contains("<html lang=\"en\""));
    let theirs = text(site.get("/", &[english, ("cookie", &cookie)]).await).await;
    assert!(theirs.contains("<html lang=\"it\""));
    // The message beside a restored form; for anonymous visitors nothing is stored.
    assert!(
        theirs.contains(" data-who=\"") && theirs.contains(" data-news=\"Modificato nel frattempo."),
        "{theirs}"
    );
    let nobodys = text(site.get("/", &[english]).await).await;
    assert!(!nobodys.contains(" data-who") && !nobodys.contains(" data-news"), "{nobodys}");
    let chosen = format!("{cookie}; lang=en");
    assert!(
        text(site.get("/", &[("cookie", &chosen)]).await).await.contains("<html lang=\"en\""),
        "this device's"
    );
}

#[tokio::test]
async fn caught_mails_are_served_only_to_loopback() {
    let site = Site::open(Options::default()).await;
    let from = async |address: &str, host: &str| {
        let mut request = Request::get("/demo/mail").header(header::HOST, host).body(Body::empty()).unwrap();
        let address: SocketAddr = format!("{address}:4711").parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(address));
        site.send(request).await
    };
    site.lab.sql("UPDATE profile SET email = 'ada@lab.example', name = '<b>Ada</b>' WHERE person_id = 1").await;
    accounts::help_in(&site.lab.running().ctx, &Actor::TOOLGATE, PersonId(1), Lang::En).await.unwrap();
    let page = from("127.0.0.1", "localhost:3000").await;
    assert_eq!(page.status(), StatusCode::OK);
    let page = text(page).await;
    let link = format!("{}/link/", site.lab.running().url());
    assert!(page.contains("ada@lab.example") && page.contains(&link), "{page}");
    assert!(page.contains("&lt;b&gt;Ada") && !page.contains("<b>Ada"), "{page}");
    assert_eq!(from("127.0.0.1", "[::1]:3000").await.status(), StatusCode::OK);
    assert_eq!(from("192.0.2.7", "localhost:3000").await.status(), StatusCode::NOT_FOUND);
    let rebound = from("127.0.0.1", "attic.example:3000").await;
    assert_eq!(rebound.status(), StatusCode::NOT_FOUND, "a name that another site has pointed here");
    assert_eq!(site.get("/demo/mail", &[]).await.status(), StatusCode::NOT_FOUND, "from nowhere");

    let public = Options { public_url: Some("https://toolgate.example".into()), ..Options::default() };
    let site = Site::open(public).await;
    let mut request = Request::get("/demo/mail").header(header::HOST, "localhost").body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
    assert_eq!(site.send(request).await.status(), StatusCode::NOT_FOUND, "a proxy on this machine is the world");
}

#[test]
fn set_up_link_is_printed_only_to_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let unread = announced(dir.path());
    assert!(unread.contains("toolgate admin create") && !unread.contains("/set-up/"), "no terminal: {unread}");
    let options =
        ["--listen", "127.0.0.1:0", "--mqtt-listen", "127.0.0.1:0", "--log", "trace", "--print-set-up-link"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_toolgate"))
        .args(options)
        .arg("--data")
        .arg(dir.path())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(dir.path().join("log")).unwrap())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let link = lines.find(|line| line.contains("/set-up/")).unwrap();
    let token = link.rsplit('/').next().unwrap().to_owned();
    assert_eq!(token.len(), 43, "256 bits: {link}");
    let run = std::fs::read_to_string(dir.path().join("run.json")).unwrap();
    let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
    let file = std::fs::read(dir.path().join("toolgate.sqlite-wal")).unwrap();
    assert!(!run.contains(&token) && !log.contains(&token) && !log.is_empty());
    assert!(!file.windows(token.len()).any(|window| window == token.as_bytes()));
    let held = create(dir.path(), "eva@lab.example", &[]);
    assert!(held.contains("another Toolgate runs"), "{held}");
    child.kill().unwrap();
    child.wait().unwrap();

    let unsaid = create(dir.path(), "eva@lab.example", &[]);
    assert!(unsaid.contains("say --space"), "{unsaid}");
    let made = create(dir.path(), "eva@lab.example", &["--space", "Lab", "--zone", "Europe/Rome"]);
    assert!(made.contains("eva@lab.example is an administrator now"), "{made}");
    let again = create(dir.path(), "kim@lab.example", &[]);
    assert!(again.contains("--recover"), "{again}");
    assert!(create(dir.path(), "kim@lab.example", &["--recover"]).contains("is an administrator now"));
    let mistyped = dir.path().join("mistyped");
    for (more, says) in [(&[][..], "begin one there with --new"), (&["--recover"], "nobody to help in")] {
        let message = create(&mistyped, "eva@lab.example", more);
        assert!(message.contains("there is no space in") && message.contains(says), "{message}");
        assert!(!mistyped.exists(), "{more:?}");
    }
    let begun = create(&mistyped, "eva@lab.example", &["--new", "--space", "Lab"]);
    assert!(begun.contains("is an administrator now"), "{begun}");
    let weak = create(dir.path(), "nowhere", &["--recover"]);
    assert!(weak.contains("email:"), "{weak}");
}

/// The output of a start without a terminal, up to how the space gets an administrator.
fn announced(data: &std::path::Path) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_toolgate"))
        .args(["--listen", "127.0.0.1:0", "--mqtt-listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let message = lines.find(|line| line.contains("admin create") || line.contains("/set-up/")).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    message
}

/// Output of `toolgate admin create`.
fn create(data: &std::path::Path, email: &str, more: &[&str]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_toolgate"))
        .args(["admin", "create", "--name", "Eva", "--email", email, "--password-stdin", "--data"])
        .arg(data)
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    let message = child.wait_with_output().unwrap();
    String::from_utf8(message.stdout).unwrap() + &String::from_utf8(message.stderr).unwrap()
}

#[tokio::test]
async fn reset_without_smtp_promises_no_link_for_any_address() {
    let site = Site::open(Options { public_url: Some("https://lab.example".into()), ..Options::default() }).await;
    for email in ["eva", "nobody"] {
        let request = site.post("/forgotten?/forgotten/ask", &[], &format!("email={email}%40lab.example")).await;
        assert_eq!(request.status(), StatusCode::SEE_OTHER);
        assert_eq!(request.headers()[header::LOCATION], "/forgotten?sent=1", "{email}");
    }
    for path in ["/forgotten", "/forgotten?sent=1"] {
        let page = text(site.get(path, &[]).await).await;
        assert!(page.contains(NO_MAIL), "{path}: {page}");
        assert!(!page.contains("on its way") && !page.contains("forgotten/ask"), "{path}: {page}");
    }
    assert_eq!(site.lab.number("SELECT count(*) FROM link").await, 0);
}

#[tokio::test]
async fn browser_is_asked_for_a_passkey_of_this_site() {
    let site = Site::open(Options { public_url: Some("https://lab.example".into()), ..Options::default() }).await;
    let begun = site.post("/passkeys/sign-in", &[("sec-fetch-site", "same-origin")], "").await;
    assert_eq!(begun.status(), StatusCode::OK);
    assert_eq!(begun.headers()[header::CACHE_CONTROL], "no-store");
    let begun: serde_json::Value = serde_json::from_str(&text(begun).await).unwrap();
    assert_eq!(begun["options"]["rpId"], "lab.example");
    let challenge = begun["options"]["challenge"].as_str().unwrap();
    assert!(!begun["ceremony"].as_str().unwrap().contains(challenge), "{begun}");
    let ceremonies = "SELECT count(*) FROM passkey_ceremony";
    assert_eq!(site.lab.number(ceremonies).await, 0, "the browser carries it");
    let foreign = site.post("/passkeys/sign-in", &[("sec-fetch-site", "cross-site")], "").await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert_eq!(site.get("/passkeys/sign-in", &[]).await.status(), StatusCode::NOT_FOUND);
    let anonymous = site.post("/passkeys/add", &[], "").await;
    assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED);
    let eva = site.cookie().await;
    let long = site.post("/passkeys/add", &[("cookie", eva.as_str())], &format!("name={}", "x".repeat(300))).await;
    assert_eq!(long.status(), StatusCode::UNPROCESSABLE_ENTITY, "before the device makes one");
    let added = site.post("/passkeys/add", &[("cookie", eva.as_str())], "name=").await;
    let added: serde_json::Value = serde_json::from_str(&text(added).await).unwrap();
    assert_eq!(added["options"]["user"]["name"], "eva@lab.example");
    assert_eq!(site.lab.number(ceremonies).await, 1, "of a session");
}

#[tokio::test]
async fn passkey_form_without_script_shows_which_is_missing() {
    let site = Site::open(Options { public_url: Some("https://lab.example".into()), ..Options::default() }).await;
    let page = text(site.get("/sign-in", &[]).await).await;
    assert!(page.contains(r#"data-passkey="sign-in""#), "{page}");
    let sent = site.post("/sign-in?/sign-in/passkey", &[], "ceremony=&answer=").await;
    assert_eq!(sent.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(sent).await;
    assert!(page.contains("Passkeys need JavaScript"), "{page}");
    let forged =
        site.post("/sign-in?/sign-in/passkey", &[], "ceremony=forged&answer=%7B%22leaked%22%3A1%7D").await;
    let page = text(forged).await;
    assert!(page.contains("This passkey doesn’t work here") && !page.contains("leaked"), "{page}");
    let plain = Site::open(Options::default()).await;
    let page = text(plain.get("/sign-in", &[]).await).await;
    assert!(!page.contains("data-passkey"), "browsers would refuse: {page}");
}
