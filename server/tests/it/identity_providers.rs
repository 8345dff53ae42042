//! Signing in at a provider over HTTP: the way there, the cookies, the way back, and signing out.

use crate::lab::{
    Lab,
    operations::{fields, run},
};
use contract::identity_providers::AddIdentityProvider;
use data_encoding::BASE64URL_NOPAD;
use domain::{actor::Actor, id::IdentityProviderId};
use rcgen::{KeyPair, PublicKeyData, SigningKey};
use serde_json::{Value, json};
use server::config::Options;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

/// The stand-in: one key, and what was asked by code.
struct House {
    issuer: String,
    key: KeyPair,
    asked: Mutex<HashMap<String, HashMap<String, String>>>,
    person: Value,
}

/// The two numbers of a signature in DER, each in 32 bytes, as JSON Web Signatures have them.
fn fixed(der: &[u8]) -> Vec<u8> {
    let number = |at: usize| {
        let length = usize::from(der[at + 1]);
        let bytes = &der[at + 2..at + 2 + length];
        let bytes = &bytes[bytes.len().saturating_sub(32)..];
        let mut fixed = vec![0; 32 - bytes.len()];
        fixed.extend_from_slice(bytes);
        (fixed, at + 2 + length)
    };
    let (mut both, next) = number(2);
    both.extend(number(next).0);
    both
}

impl House {
    fn answer(&self, head: &str, body: &str) -> Value {
        let path = head.split(' ').nth(1).unwrap_or_default();
        let issuer = &self.issuer;
        match path {
            "/.well-known/openid-configuration" => json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/auth"),
                "token_endpoint": format!("{issuer}/token"),
                "userinfo_endpoint": format!("{issuer}/me"),
                "jwks_uri": format!("{issuer}/jwks"),
                "end_session_endpoint": format!("{issuer}/end"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
            }),
            "/jwks" => {
                let info = self.key.subject_public_key_info();
                let point = &info[info.len() - 64..];
                let (x, y) = (BASE64URL_NOPAD.encode(&point[..32]), BASE64URL_NOPAD.encode(&point[32..]));
                json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "kid": "1", "x": x, "y": y }] })
            }
            "/token" => {
                let sent: HashMap<_, _> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
                let asked = self.asked.lock().unwrap().remove(&sent["code"]).unwrap();
                let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(&sent["code_verifier"]));
                assert_eq!(challenge, asked["code_challenge"]);
                let now = seconds();
                let claims = json!({
                    "iss": issuer, "aud": "toolgate", "sub": self.person["sub"], "nonce": asked["nonce"],
                    "iat": now, "exp": now + 300,
                });
                let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
                let signed = format!("{}.{}", part(&json!({ "alg": "ES256", "kid": "1" })), part(&claims));
                let signature = BASE64URL_NOPAD.encode(&fixed(&self.key.sign(signed.as_bytes()).unwrap()));
                json!({ "access_token": "a", "token_type": "Bearer", "id_token": format!("{signed}.{signature}") })
            }
            "/me" => self.person.clone(),
            other => panic!("{other} is not asked"),
        }
    }

    /// The person signs in there: the address that the browser is sent back to, below the site.
    fn sign_in(&self, address: &str) -> String {
        let url = Url::parse(address).unwrap();
        let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
        let back = Url::parse(&asked["redirect_uri"]).unwrap();
        let path = format!("{}?code=c-1&state={}", back.path(), asked["state"]);
        self.asked.lock().unwrap().insert("c-1".to_owned(), asked);
        path
    }
}

async fn house(person: Value) -> Arc<House> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let house = Arc::new(House { issuer, key: KeyPair::generate().unwrap(), asked: Mutex::default(), person });
    let serving = Arc::clone(&house);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let house = Arc::clone(&serving);
            tokio::spawn(async move {
                let (head, body) = request(&mut stream).await;
                let body = house.answer(&head, &body).to_string();
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                drop(stream.write_all(answer.as_bytes()).await);
            });
        }
    });
    house
}

async fn request(stream: &mut TcpStream) -> (String, String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    drop(stream.read_exact(&mut body).await);
    (head, String::from_utf8_lossy(&body).into_owned())
}

/// A server with the stand-in as its provider.
async fn open(person: Value, admission: &str) -> (Lab, Arc<House>, IdentityProviderId) {
    let house = house(person).await;
    let lab = Lab::with(Options { allow_host: Some(vec!["127.0.0.1".into()]), ..Options::default() }).await;
    // Nobody signs in before somebody is administrator.
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (70, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (70, 'Root');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (70, 2, 'owner', 'granted', 0, 'setup', 0)",
    )
    .await;
    let form = [
        ("name", "University account"),
        ("issuer", house.issuer.as_str()),
        ("client_id", "toolgate"),
        ("client_secret", "secret"),
        ("scopes", "email profile"),
        ("second_factor", "ignored"),
        ("admission", admission),
        ("active", "yes"),
        ("signs_out", "yes"),
    ];
    let add = AddIdentityProvider {};
    let added = run(&lab.running().ctx, &Actor::TOOLGATE, add, fields(&form)).await.unwrap();
    (lab, house, added.id)
}

/// A browser with its cookies.
struct Browser {
    at: SocketAddr,
    cookies: HashMap<String, String>,
}

/// What it got.
struct Got {
    status: u16,
    head: String,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        let name = format!("{name}: ");
        self.head
            .lines()
            .find_map(|line| line.get(..name.len())?.eq_ignore_ascii_case(&name).then(|| &line[name.len()..]))
    }

    /// Where the browser goes from a page that sends it on.
    fn sent_on(&self) -> String {
        assert_eq!(self.status, 200, "{}{}", self.head, self.body);
        self.header("refresh").unwrap().strip_prefix("0;url=").unwrap().to_owned()
    }
}

impl Browser {
    fn new(lab: &Lab) -> Self {
        Self { at: lab.running().http, cookies: HashMap::new() }
    }

    async fn send(&mut self, method: &str, path: &str, more: &str, body: &str) -> Got {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nAccept-Language: en\r\nConnection: close\r\n{more}\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.at,
            cookies.join("; "),
            body.len()
        );
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        for line in head.lines() {
            let Some((name, value)) = line.split_once(": ") else { continue };
            if name.eq_ignore_ascii_case("set-cookie") {
                let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                if value.is_empty() {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        let status = crate::serving::status(head);
        Got { status, head: head.to_owned(), body: body.to_owned() }
    }

    async fn get(&mut self, path: &str) -> Got {
        self.send("GET", path, "", "").await
    }

    async fn post(&mut self, path: &str, body: &str) -> Got {
        self.send("POST", path, "", body).await
    }
}

fn ada() -> Value {
    json!({ "sub": "ada-there", "name": "Ada Lovelace", "email": "ada@uni.example", "email_verified": true })
}

/// The time, in seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the server under test goes by the system’s clock")]
fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

#[tokio::test]
async fn sign_in_leads_to_the_provider_and_back_to_the_page() {
    let (lab, house, id) = open(ada(), "existing").await;
    lab.sql(
        "INSERT INTO identity_link (provider_id, subject, person_id, linked_at)
         SELECT id, 'ada-there', 1, 0 FROM identity_provider",
    )
    .await;
    let mut browser = Browser::new(&lab);
    let page = browser.get("/sign-in?to=/me").await;
    let start = format!("/sign-in/provider/{id}/start");
    assert!(page.body.contains(&format!(r#"action="{start}""#)), "{}", page.body);
    let left = browser.post(&start, "to=/me").await;
    let there = left.sent_on();
    assert!(there.starts_with(&format!("{}/auth?", house.issuer)), "{there}");
    assert!(left.body.contains("University account: one moment"), "{}", left.body);
    assert!(left.body.contains("href=\""), "without Refresh there is a link: {}", left.body);
    assert!(left.header("content-security-policy").unwrap().contains("form-action 'none'"));
    assert_eq!(left.header("referrer-policy"), Some("no-referrer"));
    let cookie = left.header("set-cookie").unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=600"),
        "{cookie}"
    );

    let path = house.sign_in(&there);
    let mut other = Browser::new(&lab);
    let stolen = other.get(&path).await;
    assert_eq!(
        stolen.header("location"),
        Some(format!("/sign-in/provider?why=other-browser&provider={id}").as_str())
    );
    assert!(!other.cookies.contains_key("session"));

    let there = browser.post(&start, "to=/me").await.sent_on();
    let path = house.sign_in(&there);
    let back = browser.get(&path).await;
    assert_eq!((back.status, back.header("location")), (303, Some("/me")), "{}", back.head);
    let me = browser.get("/me").await;
    assert!(me.status == 200 && me.body.contains("Ada Lovelace"), "{}", me.body);
    let again = browser.get(&path).await;
    assert_eq!(again.header("location"), Some("/sign-in/provider?why=other-browser"));
    let why = browser.get("/sign-in/provider?why=other-browser").await;
    assert!(why.body.contains("Start over in this one."), "{}", why.body);

    let left = browser.post("/sign-in/provider/sign-out", "").await;
    let there = Url::parse(&left.sent_on()).unwrap();
    let asked: HashMap<_, _> = there.query_pairs().into_owned().collect();
    assert_eq!(there.path(), "/end");
    assert_eq!(asked["post_logout_redirect_uri"], format!("http://{}/sign-in", lab.running().http));
    assert_eq!(asked["id_token_hint"].split('.').count(), 3);
    assert!(!browser.cookies.contains_key("session"));
    let me = browser.get("/me/sessions").await;
    assert!(!me.body.contains("Ada Lovelace"), "signed out: {}", me.body);
}

#[tokio::test]
async fn stranger_sees_who_the_provider_thinks_they_are_and_asks_to_join() {
    let person =
        json!({ "sub": "emre", "name": "Emre Demir", "email": "emre@uni.example", "email_verified": true });
    let (lab, house, id) = open(person, "applicants").await;
    let mut browser = Browser::new(&lab);
    let there = browser.post(&format!("/sign-in/provider/{id}/start"), "").await.sent_on();
    let back = browser.get(&house.sign_in(&there)).await;
    assert_eq!(back.header("location"), Some("/sign-in/provider"), "{}", back.head);
    let page = browser.get("/sign-in/provider").await;
    assert!(page.body.contains("Ask to join as Emre Demir"), "{}", page.body);
    let asked = browser.post("/sign-in/provider?/sign-in/ask-to-join", "").await;
    assert_eq!((asked.status, asked.header("location")), (303, Some("/me")), "{}", asked.head);
    let me = browser.get("/me").await;
    assert!(me.body.contains("Emre Demir"), "{}", me.body);
    assert!(!browser.cookies.contains_key("arrival"), "used");
    assert_eq!(lab.number("SELECT count(*) FROM person WHERE status = 'applicant'").await, 1);
}

#[tokio::test]
async fn stranger_whose_address_belongs_to_a_person_meanwhile_is_led_to_their_account() {
    let person =
        json!({ "sub": "emre", "name": "Emre Demir", "email": "emre@uni.example", "email_verified": true });
    let (lab, house, id) = open(person, "applicants").await;
    let mut browser = Browser::new(&lab);
    let there = browser.post(&format!("/sign-in/provider/{id}/start"), "").await.sent_on();
    browser.get(&house.sign_in(&there)).await;
    let page = browser.get("/sign-in/provider").await;
    assert!(page.body.contains("Ask to join as Emre Demir"), "{}", page.body);
    lab.sql("UPDATE profile SET email = 'emre@uni.example' WHERE person_id = 1").await;
    let asked = browser.post("/sign-in/provider?/sign-in/ask-to-join", "").await;
    assert_eq!((asked.status, asked.header("location")), (303, Some("/sign-in/provider")), "{}", asked.head);
    let page = browser.get("/sign-in/provider").await;
    assert!(page.body.contains("There is an account here with emre@uni.example."), "{}", page.body);
    assert!(!page.body.contains("Ask to join"), "{}", page.body);
    assert_eq!(lab.number("SELECT count(*) FROM person WHERE status = 'applicant'").await, 0);
}

#[tokio::test]
async fn nothing_begins_by_link_or_from_another_site() {
    let (lab, _, id) = open(ada(), "existing").await;
    let mut browser = Browser::new(&lab);
    let start = format!("/sign-in/provider/{id}/start");
    assert_eq!(browser.get(&start).await.status, 404);
    let foreign = browser.send("POST", &start, "Sec-Fetch-Site: cross-site\r\n", "").await;
    assert_eq!(foreign.status, 403, "{}", foreign.head);
    let stranger = browser.post(&format!("/sign-in/provider/{id}/connect"), "").await;
    assert_eq!(stranger.header("location"), Some("/sign-in?to=/me/security"));
}
