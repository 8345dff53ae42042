//! An authenticator in software, which answers as a browser passes it on (WebAuthn Level 3, attestation `none`).

use super::entrance::here;
use data_encoding::BASE64URL_NOPAD;
use domain::{actor::Actor, id::PasskeyId};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use services::{
    Ctx,
    accounts::Opened,
    passkeys::{self, Offer, PasskeysError},
    token::Token,
};
use sha2::{Digest, Sha256};

/// What the key of an authenticator is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Es256,
    Rs256,
}

/// One passkey and the browser around it. Its fields are what a faulty or foreign one does differently.
pub struct Authenticator {
    key: EcdsaKeyPair,
    credential_id: Vec<u8>,
    /// What the site calls its person; known once the passkey is made.
    pub handle: Option<String>,
    /// Signatures so far.
    pub counter: u32,
    /// The address of the page.
    pub origin: String,
    /// Client data of a page in a frame of another site, in place of `"crossOrigin": false`.
    pub embedding: Value,
    /// The name of the site.
    pub site: String,
    /// It checked a finger or a PIN.
    pub verifies: bool,
    pub algorithm: Algorithm,
}

impl Authenticator {
    /// One for the site at <https://lab.example>; `id` tells it from others.
    pub fn new(id: u8) -> Self {
        let rng = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng).unwrap();
        Self {
            key: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &rng).unwrap(),
            credential_id: vec![id; 32],
            handle: None,
            counter: 0,
            origin: "https://lab.example".into(),
            embedding: json!({ "crossOrigin": false }),
            site: "lab.example".into(),
            verifies: true,
            algorithm: Algorithm::Es256,
        }
    }

    /// Its public key in COSE.
    fn public_key(&self) -> Vec<u8> {
        match self.algorithm {
            Algorithm::Es256 => {
                // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
                let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
                [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], x, &[0x22, 0x58, 32], y].concat()
            }
            Algorithm::Rs256 => {
                // {1: 3, 3: -257, -1: n, -2: e}
                let n = [0xc3; 256];
                [&[0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59, 1, 0][..], &n, &[0x21, 0x43, 1, 0, 1]].concat()
            }
        }
    }

    /// The data that it signs; `key` is appended where one is made.
    fn data(&self, key: &[u8]) -> Vec<u8> {
        let flags = 1 | (u8::from(self.verifies) << 2) | (u8::from(!key.is_empty()) << 6);
        let site = Sha256::digest(&self.site);
        [&site[..], &[flags], &self.counter.to_be_bytes(), key].concat()
    }

    /// What its browser says of the page.
    fn client(&self, kind: &str, options: &Value) -> Vec<u8> {
        let mut client = json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin });
        for (name, value) in self.embedding.as_object().unwrap() {
            client[name] = value.clone();
        }
        client.to_string().into_bytes()
    }

    fn answer(&self, response: &Value) -> String {
        let id = BASE64URL_NOPAD.encode(&self.credential_id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "extensions": {} }).to_string()
    }

    /// Makes the passkey.
    pub fn create(&mut self, options: &Value) -> String {
        self.handle = options["user"]["id"].as_str().map(ToOwned::to_owned);
        let length = u16::try_from(self.credential_id.len()).unwrap();
        let key = [&[0; 16][..], &length.to_be_bytes(), &self.credential_id, &self.public_key()].concat();
        let data = self.data(&key);
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59";
        let object = [&head[..], &length, &data].concat();
        self.answer(&json!({
            "attestationObject": BASE64URL_NOPAD.encode(&object),
            "clientDataJSON": BASE64URL_NOPAD.encode(&self.client("webauthn.create", options)),
            "transports": ["internal"],
        }))
    }

    /// Uses the passkey.
    pub fn get(&mut self, options: &Value) -> String {
        self.counter += 1;
        let (data, client) = (self.data(&[]), self.client("webauthn.get", options));
        let signed = [&data[..], &Sha256::digest(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(&json!({
            "authenticatorData": BASE64URL_NOPAD.encode(&data),
            "clientDataJSON": BASE64URL_NOPAD.encode(&client),
            "signature": BASE64URL_NOPAD.encode(signature.as_ref()),
            "userHandle": self.handle,
        }))
    }

    /// Adds its passkey to the account of `actor`.
    pub async fn add(&mut self, ctx: &Ctx, actor: &Actor, name: &str) -> Result<PasskeyId, PasskeysError> {
        let Offer { ceremony, options } = passkeys::begin_adding(ctx, actor, name).await?;
        passkeys::add(ctx, actor, &ceremony, &self.create(&options), name).await
    }

    pub async fn sign_in(&mut self, ctx: &Ctx) -> Result<Opened, PasskeysError> {
        let Offer { ceremony, options } = passkeys::begin_sign_in(ctx)?;
        passkeys::sign_in(ctx, here(7), "Chrome on Android", &ceremony, &self.get(&options)).await
    }

    /// Confirms who the person of the session of `token` is.
    pub async fn confirm(&mut self, ctx: &Ctx, token: &Token) -> Result<Opened, PasskeysError> {
        let Offer { ceremony, options } = passkeys::begin_confirmation(ctx, token).await?;
        passkeys::confirm(ctx, token, here(7), &ceremony, &self.get(&options)).await
    }
}
