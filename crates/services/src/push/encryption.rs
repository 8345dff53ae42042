//! Encrypts push messages for one browser (RFC 8291), and signs the tokens by which push services know this server (RFC 8292).
//!
//! Invariant: every message has an ephemeral key and a salt of its own, so that nobody but the browser reads it and no two look
//! alike. Not here: where it is sent ([`super::delivery`]).

use data_encoding::BASE64URL_NOPAD as B64;
use domain::{
    push::{AuthSecret, Endpoint, MESSAGE, PublicKey},
    time::Millis,
};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    error::Unspecified,
    hkdf::{HKDF_SHA256, KeyType, Salt},
    rand::{SecureRandom, SystemRandom},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::json;

/// How long a token is valid; push services refuse those of more than a day.
const VALID: i64 = 12 * 3600;
/// The record size that the header states: one record holds the whole message.
const RECORD: u32 = 4096;
/// Marks the last record.
const LAST: u8 = 2;

/// It could not be encrypted or signed: the browser's key is no point of the curve, or the message is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotEncrypted;

impl From<Unspecified> for NotEncrypted {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

/// How many bytes to derive.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive(salt: &[u8], secret: &[u8], info: &[&[u8]], length: usize) -> Result<Vec<u8>, Unspecified> {
    let mut derived = vec![0; length];
    Salt::new(HKDF_SHA256, salt).extract(secret).expand(info, Length(length))?.fill(&mut derived)?;
    Ok(derived)
}

/// The body of a request: `message` in one record of `aes128gcm`.
pub fn encrypt(to: &PublicKey, auth: &AuthSecret, message: &[u8]) -> Result<Vec<u8>, NotEncrypted> {
    if message.len() > MESSAGE {
        return Err(NotEncrypted);
    }
    let random = SystemRandom::new();
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &random)?;
    let own_point = own.compute_public_key()?.as_ref().to_vec();
    let mut salt = [0; 16];
    random.fill(&mut salt)?;
    let secret = agree_ephemeral(own, &UnparsedPublicKey::new(&ECDH_P256, &to.0), |shared| {
        derive(&auth.0, shared, &[b"WebPush: info\0", &to.0, &own_point], 32)
    })??;
    let key = derive(&salt, &secret, &[b"Content-Encoding: aes128gcm\0"], 16)?;
    let nonce = derive(&salt, &secret, &[b"Content-Encoding: nonce\0"], 12)?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    let mut record = [message, &[LAST]].concat();
    key.seal_in_place_append_tag(Nonce::try_assume_unique_for_key(&nonce)?, Aad::empty(), &mut record)?;
    let length = u8::try_from(own_point.len()).map_err(|_| NotEncrypted)?;
    Ok([&salt[..], &RECORD.to_be_bytes(), &[length], &own_point, &record].concat())
}

/// The key of this server, by which push services know it (VAPID).
pub struct ServerKey(EcdsaKeyPair);

impl ServerKey {
    /// A new key, as it is stored.
    pub fn generate() -> Result<Vec<u8>, NotEncrypted> {
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())?;
        Ok(key.as_ref().to_vec())
    }

    pub fn read(stored: &[u8]) -> Result<Self, NotEncrypted> {
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, stored, &SystemRandom::new());
        key.map(Self).map_err(|_| NotEncrypted)
    }

    /// As browsers take it.
    pub fn public(&self) -> String {
        B64.encode(self.0.public_key().as_ref())
    }

    /// The `Authorization` of a request to `endpoint`. `contact` is where the administrators of a push service reach ours.
    pub fn authorization(
        &self,
        endpoint: &Endpoint,
        contact: Option<&str>,
        now: Millis,
    ) -> Result<String, NotEncrypted> {
        let mut claims = json!({ "aud": endpoint.origin(), "exp": now.0 / 1000 + VALID });
        if let (Some(contact), Some(claims)) = (contact, claims.as_object_mut()) {
            claims.insert("sub".to_owned(), contact.into());
        }
        let (head, claims) = (br#"{"typ":"JWT","alg":"ES256"}"#, claims.to_string());
        let signed = format!("{}.{}", B64.encode(head), B64.encode(claims.as_bytes()));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes())?;
        // No blank behind the comma: some push services refuse that.
        Ok(format!("vapid t={signed}.{},k={}", B64.encode(signature.as_ref()), self.public()))
    }
}
