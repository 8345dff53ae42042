//! A stand-in provider in memory: it checks what it is sent as a real one does, and misbehaves on request.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use domain::outgoing::Failure;
use ring::{
    rand::SystemRandom,
    rsa,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256},
};
use serde_json::{Value, json};
use services::outgoing::{Method, Request, Response, Transport};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};
use tokio::sync::RwLock;
use url::{Url, form_urlencoded};

pub const ISSUER: &str = "https://id.example.org";
pub const CLIENT: &str = "toolgate";
/// With characters that a header needs encoded.
pub const SECRET: &str = "a:secret/with+signs%";
pub const SITE: &str = "https://lab.example";

/// How long its statements are valid, in seconds.
pub const LIFE: i64 = 300;

/// How it misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mischief {
    OtherAudience,
    /// Ours and another one.
    MoreAudiences,
    OtherParty,
    OtherIssuer,
    /// Signed by a key that it published before.
    OldKey,
    /// Signed by a key of its own under the id of the published one.
    ForgedKey,
    OtherNonce,
    NoNonce,
    Expired,
    /// Not signed.
    Unsigned,
    /// Signed with the public key as if it were a shared secret.
    PublicKeyAsSecret,
    /// Signed with our client secret.
    ClientSecretAsKey,
    OtherAccessToken,
    NoStatement,
    NoSubject,
    /// Details of another person.
    OtherDetails,
    NoDetails,
    /// An access token that breaks a header.
    BrokenAccessToken,
    BrokenTokens,
    RefusesClient,
    RefusesCode,
    RedirectsTokens,
}

/// A key to sign with.
enum Key {
    Ec(Box<EcdsaKeyPair>),
    Rsa(Box<rsa::KeyPair>),
}

struct Named {
    id: String,
    key: Key,
}

impl Named {
    fn ec(id: &str) -> Self {
        let rng = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &rng).unwrap();
        Self { id: id.to_owned(), key: Key::Ec(Box::new(pair)) }
    }

    /// A key made for these tests.
    fn rsa(id: &str) -> Self {
        let pem = include_str!("rsa.pem");
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let pair = rsa::KeyPair::from_pkcs8(&BASE64.decode(body.as_bytes()).unwrap()).unwrap();
        Self { id: id.to_owned(), key: Key::Rsa(Box::new(pair)) }
    }

    fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Ec(_) => "ES256",
            Key::Rsa(_) => "RS256",
        }
    }

    fn public(&self) -> Value {
        match &self.key {
            Key::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({
                    "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id,
                    "x": BASE64URL_NOPAD.encode(&point[1..33]), "y": BASE64URL_NOPAD.encode(&point[33..65]),
                })
            }
            Key::Rsa(pair) => {
                let parts = rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({
                    "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id,
                    "n": BASE64URL_NOPAD.encode(&parts.n), "e": BASE64URL_NOPAD.encode(&parts.e),
                })
            }
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let rng = SystemRandom::new();
        match &self.key {
            Key::Ec(pair) => pair.sign(&rng, message).unwrap().as_ref().to_vec(),
            Key::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &rng, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

/// The request at the authorization endpoint.
struct Grant {
    nonce: String,
    challenge: String,
    redirect: String,
    /// They had to sign in once more.
    asks_again: bool,
    person: Value,
}

struct State {
    published: Vec<Named>,
    old: Named,
    grants: HashMap<String, Grant>,
    mischief: Option<Mischief>,
    /// Changes of its discovery document.
    document: Value,
    failure: Option<Failure>,
    status: u16,
    requests: Vec<String>,
    /// Seconds since 1970.
    now: i64,
    /// By access token.
    people: HashMap<String, Value>,
}

/// The stand-in.
pub struct Provider {
    state: Mutex<State>,
    /// While it is held for writing, nothing is answered.
    pub door: RwLock<()>,
    /// Requests at the door, and the most there were.
    pub waiting: AtomicUsize,
    pub most_waiting: AtomicUsize,
}

fn b64(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

impl Provider {
    pub fn new(now: domain::time::Millis) -> Arc<Self> {
        let state = State {
            published: vec![Named::ec("first")],
            old: Named::ec("old"),
            grants: HashMap::new(),
            mischief: None,
            document: json!({}),
            failure: None,
            status: 200,
            requests: Vec::new(),
            now: now.0 / 1_000,
            people: HashMap::new(),
        };
        Arc::new(Self {
            state: Mutex::new(state),
            door: RwLock::default(),
            waiting: AtomicUsize::default(),
            most_waiting: AtomicUsize::default(),
        })
    }

    pub fn misbehave(&self, mischief: Option<Mischief>) {
        self.state.lock().unwrap().mischief = mischief;
    }

    /// Another key replaces the present one.
    pub fn rotate(&self, id: &str) {
        let mut state = self.state.lock().unwrap();
        let published = std::mem::replace(&mut state.published, vec![Named::ec(id)]);
        state.old = published.into_iter().next_back().unwrap();
    }

    pub fn sign_by_rsa(&self) {
        self.state.lock().unwrap().published = vec![Named::rsa("rsa")];
    }

    pub fn publish_no_key(&self) {
        self.state.lock().unwrap().published.clear();
    }

    /// It says this of itself instead.
    pub fn describe(&self, changes: Value) {
        self.state.lock().unwrap().document = changes;
    }

    pub fn fail(&self, failure: Option<Failure>) {
        self.state.lock().unwrap().failure = failure;
    }

    pub fn answer_with(&self, status: u16) {
        self.state.lock().unwrap().status = status;
    }

    pub fn pass(&self, seconds: i64) {
        self.state.lock().unwrap().now += seconds;
    }

    /// The paths that were asked, since this was called last.
    pub fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().requests)
    }

    /// The person signs in there and says yes: the code and the state with which the browser comes back.
    pub fn sign_in(&self, address: &str, person: Value) -> (String, String) {
        let url = Url::parse(address).unwrap();
        assert!(address.starts_with(&format!("{ISSUER}/auth?")), "{address}");
        let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!((asked["client_id"].as_str(), asked["response_type"].as_str()), (CLIENT, "code"));
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].starts_with("openid"), "{address}");
        let mut state = self.state.lock().unwrap();
        let code = format!("code-{}", state.grants.len());
        let grant = Grant {
            nonce: asked["nonce"].clone(),
            challenge: asked["code_challenge"].clone(),
            redirect: asked["redirect_uri"].clone(),
            asks_again: asked.get("prompt").is_some_and(|prompt| prompt == "login") && asked["max_age"] == "0",
            person,
        };
        assert_eq!(grant.redirect, format!("{SITE}/sign-in/provider/callback"));
        state.grants.insert(code.clone(), grant);
        (code, asked["state"].clone())
    }
}

impl State {
    fn document(&self) -> Value {
        let mut document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": format!("{ISSUER}/auth"),
            "token_endpoint": format!("{ISSUER}/token"),
            "userinfo_endpoint": format!("{ISSUER}/me"),
            "jwks_uri": format!("{ISSUER}/jwks"),
            "end_session_endpoint": format!("{ISSUER}/session/end"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256"],
            "scopes_supported": ["openid", "email", "profile"],
        });
        for (name, value) in self.document.as_object().unwrap() {
            document[name] = value.clone();
        }
        document
    }

    fn tokens(&mut self, headers: &[(&'static str, String)], body: &str) -> (u16, Value) {
        if self.mischief == Some(Mischief::RefusesClient) {
            return (401, json!({ "error": "invalid_client" }));
        }
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let basic = BASE64.encode(format!("{}:{}", encoded(CLIENT), encoded(SECRET)).as_bytes());
        let authorization = headers.iter().find(|(name, _)| *name == "authorization").map(|(_, value)| value);
        assert_eq!(authorization, Some(&format!("Basic {basic}")), "the client shows its secret");
        let sent: HashMap<_, _> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        // A code works once.
        let grant = self.grants.remove(&sent["code"]);
        let Some(grant) = grant.filter(|_| self.mischief != Some(Mischief::RefusesCode)) else {
            return (400, json!({ "error": "invalid_grant" }));
        };
        assert_eq!(sent["redirect_uri"], grant.redirect);
        let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(&sent["code_verifier"]));
        assert_eq!(challenge, grant.challenge, "the one who asked exchanges the code");
        let access = if self.mischief == Some(Mischief::BrokenAccessToken) { "a\nb" } else { "access" };
        let id_token = self.statement(&grant, access);
        self.people.insert(access.to_owned(), grant.person);
        let mut tokens = json!({ "access_token": access, "token_type": "Bearer", "expires_in": 60 });
        if self.mischief != Some(Mischief::NoStatement) {
            tokens["id_token"] = json!(id_token);
        }
        (200, tokens)
    }

    /// The statement about a person: what is signed of it, and by whom, depends on the mischief.
    fn statement(&self, grant: &Grant, access: &str) -> String {
        use Mischief as M;
        let mischief = self.mischief;
        let is = |one| mischief == Some(one);
        let hash = Sha256::digest(if is(M::OtherAccessToken) { "another" } else { access });
        let mut claims = json!({
            "iss": if is(M::OtherIssuer) { "https://id.example.com" } else { ISSUER },
            "aud": if is(M::OtherAudience) { json!("wiki") } else { json!(CLIENT) },
            "sub": grant.person["sub"],
            "nonce": if is(M::OtherNonce) { "another" } else { grant.nonce.as_str() },
            "iat": self.now,
            "exp": if is(M::Expired) { self.now - 121 } else { self.now + LIFE },
            "at_hash": BASE64URL_NOPAD.encode(&hash[..16]),
        });
        if grant.asks_again {
            claims["auth_time"] = json!(self.now);
        }
        for name in ["acr", "amr", "auth_time", "email", "email_verified"] {
            if let Some(value) = grant.person.get(name) {
                claims[name] = value.clone();
            }
        }
        match mischief {
            Some(M::MoreAudiences) => claims["aud"] = json!([CLIENT, "wiki"]),
            Some(M::OtherParty) => claims["azp"] = json!("wiki"),
            Some(M::NoNonce) => drop(claims.as_object_mut().unwrap().remove("nonce")),
            Some(M::NoSubject) => claims["sub"] = json!(""),
            _ => {}
        }
        let key = self.published.last().unwrap();
        let forged = Named { id: key.id.clone(), key: Named::ec("forged").key };
        let by = match mischief {
            Some(M::OldKey) => &self.old,
            Some(M::ForgedKey) => &forged,
            _ => key,
        };
        let secret = match mischief {
            Some(M::PublicKeyAsSecret) => Some(key.public().to_string()),
            Some(M::ClientSecretAsKey) => Some(SECRET.to_owned()),
            _ => None,
        };
        let algorithm = match (&secret, is(M::Unsigned)) {
            (_, true) => "none",
            (Some(_), _) => "HS256",
            (None, false) => by.algorithm(),
        };
        let header = json!({ "alg": algorithm, "kid": by.id, "typ": "JWT" });
        let signed = format!("{}.{}", b64(&header), b64(&claims));
        let signature = match secret {
            _ if is(M::Unsigned) => Vec::new(),
            Some(secret) => {
                use hmac::{Hmac, KeyInit, Mac};
                let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
                mac.update(signed.as_bytes());
                mac.finalize().into_bytes().to_vec()
            }
            None => by.sign(signed.as_bytes()),
        };
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    fn details(&self, headers: &[(&'static str, String)]) -> (u16, Value) {
        let token = headers.iter().find(|(name, _)| *name == "authorization").map(|(_, value)| value);
        let person = token.and_then(|token| self.people.get(token.strip_prefix("Bearer ")?));
        match (self.mischief, person) {
            (Some(Mischief::NoDetails), _) | (_, None) => (403, json!({})),
            (Some(Mischief::OtherDetails), Some(person)) => {
                let mut other = person.clone();
                other["sub"] = json!("another");
                (200, other)
            }
            (_, Some(person)) => (200, person.clone()),
        }
    }

    fn answer(&mut self, request: &Request) -> Result<Response, Failure> {
        let address = Url::parse(request.address.expose()).unwrap();
        assert_eq!(address.host_str(), Some("id.example.org"), "nobody else is asked");
        self.requests.push(address.path().to_owned());
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if self.status != 200 {
            let headers = vec![("location".to_owned(), "https://elsewhere.example/".to_owned())];
            return Ok(Response { status: self.status, headers, body: Vec::new() });
        }
        let body = String::from_utf8(request.body.clone()).unwrap();
        let (status, body) = match (request.method, address.path()) {
            (Method::Get, "/.well-known/openid-configuration") => (200, self.document()),
            (Method::Get, "/jwks") => {
                (200, json!({ "keys": self.published.iter().map(Named::public).collect::<Vec<_>>() }))
            }
            (Method::Post, "/token") if self.mischief == Some(Mischief::RedirectsTokens) => (307, json!({})),
            (Method::Post, "/token") if self.mischief == Some(Mischief::BrokenTokens) => (200, json!("?")),
            (Method::Post, "/token") => self.tokens(&request.headers, &body),
            (Method::Get, "/me") => self.details(&request.headers),
            other => panic!("{other:?} is not asked"),
        };
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Ok(Response { status, headers, body: body.to_string().into_bytes() })
    }
}

impl Transport for Provider {
    fn permits(&self, _: &str) -> bool {
        false
    }

    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + '_>> {
        Box::pin(async move {
            let waiting = self.waiting.fetch_add(1, Relaxed) + 1;
            self.most_waiting.fetch_max(waiting, Relaxed);
            let _through = self.door.read().await;
            self.waiting.fetch_sub(1, Relaxed);
            self.state.lock().unwrap().answer(&request)
        })
    }
}
