//! Notifications pushed to browsers: which addresses are push services, the keys of a browser, and limits.
//!
//! **Invariant.** A subscription names an address to which this server sends, so it must be a push service of a browser, or a
//! host that the administrator allows; keys have the only length they can have. Not here: encryption and sending (`services`),
//! and when a notice is pushed ([`crate::deliveries`]).

use crate::{
    outgoing::Address,
    rate::Pace,
    time::{DAY, Millis},
};
use data_encoding::BASE64URL_NOPAD;
use std::{fmt, time::Duration};

/// Limit of devices of a person.
pub const DEVICES: usize = 10;
/// Rate of test messages per person.
pub const TESTS: Pace = Pace { burst: 5, every: Duration::from_mins(1) };
/// Bytes of a public key: an uncompressed point of P-256.
pub const PUBLIC_KEY: usize = 65;
/// Bytes of the secret that a browser shares with its senders.
pub const AUTH_SECRET: usize = 16;
/// Bytes of a message, so that with its encryption it fits into the 4096 that every push service takes.
pub const MESSAGE: usize = 4096 - 103;
/// How long a push service keeps a message for a browser that is off, at most.
pub const LONGEST: Duration = DAY;

/// Hosts of push services: Chrome and those built from it, Edge on Windows, Firefox, Safari.
const HOSTS: [&str; 3] = ["fcm.googleapis.com", "jmt17.google.com", "updates.push.services.mozilla.com"];
/// The same by the end of their names.
const DOMAINS: [&str; 3] = [".push.services.mozilla.com", ".notify.windows.com", ".push.apple.com"];

/// Whether a browser's push service has this host.
#[must_use]
pub fn is_push_service(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    HOSTS.contains(&host.as_str()) || DOMAINS.iter().any(|domain| host.ends_with(domain))
}

/// The address at a push service that stands for one browser. It grants sending there, so it has no `Debug` that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Address);

/// Not the address of a push service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPushService;

impl Endpoint {
    /// A web address, of any server.
    pub fn parse(text: &str) -> Result<Self, NoPushService> {
        Address::parse(text).map(Self).map_err(|_| NoPushService)
    }

    /// Itself, if it is a push service's. `permits`: hosts at which anything is allowed.
    pub fn permitted(self, permits: &dyn Fn(&str) -> bool) -> Result<Self, NoPushService> {
        let is_usual = self.0.is_secure() && self.0.port() == 443 && is_push_service(self.0.host());
        if is_usual || permits(self.0.host()) { Ok(self) } else { Err(NoPushService) }
    }

    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.0
    }

    /// Scheme, host and port, as the sender's token names them.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.0.is_secure() { "https" } else { "http" };
        format!("{scheme}://{}", self.0.authority())
    }
}

/// Bytes as browsers write them: base64 in either alphabet, with or without padding.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.trim().trim_end_matches('=').replace('+', "-").replace('/', "_");
    // No longer than it can be, before anything is decoded.
    if text.len() > N.div_ceil(3) * 4 {
        return None;
    }
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// The public key of a browser.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; PUBLIC_KEY]);

/// The secret that a browser shares with its senders.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AuthSecret(pub [u8; AUTH_SECRET]);

impl PublicKey {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // The first byte says that the point is not compressed.
        bytes(text).filter(|bytes: &[u8; PUBLIC_KEY]| bytes[0] == 4).map(Self)
    }
}

impl AuthSecret {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        bytes(text).map(Self)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(…)")
    }
}

impl fmt::Debug for AuthSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthSecret(…)")
    }
}

/// How long a push service may keep a message whose subject ends at `until`, in seconds.
#[must_use]
pub fn seconds_kept(until: Option<Millis>, now: Millis) -> u64 {
    until.map_or(LONGEST, |until| until.since(now).min(LONGEST)).as_secs()
}

/// The part of `text` that fits into `most` bytes of JSON, with an ellipsis if it is shortened.
#[must_use]
pub fn shortened(text: &str, most: usize) -> String {
    let size = |text: &str| serde_json::Value::from(text).to_string().len();
    if size(text) <= most {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut left = most.saturating_sub(size("…"));
    for letter in text.chars() {
        // Without the quotes.
        let needs = size(letter.encode_utf8(&mut [0; 4])).saturating_sub(2);
        if needs > left {
            break;
        }
        left -= needs;
        kept.push(letter);
    }
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn endpoint(text: &str) -> Result<Endpoint, NoPushService> {
        Endpoint::parse(text)?.permitted(&|host| host == "push.lab.example")
    }

    #[test]
    fn endpoint_must_be_a_push_service_by_https() {
        for fits in [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
            "https://wns2-par02p.notify.windows.com/w/?token=BQYA",
            "https://web.push.apple.com/QGo",
            "https://FCM.googleapis.com/x",
            "http://push.lab.example:8080/x",
        ] {
            assert!(endpoint(fits).is_ok(), "{fits}");
        }
        for other in [
            "https://example.org/x",
            "http://fcm.googleapis.com/x",
            "https://fcm.googleapis.com:8443/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://evilpush.apple.com.example/x",
            "https://notify.windows.com.evil.example/x",
            "https://xpush.apple.com/x",
            "https://user:pass@fcm.googleapis.com/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://localhost/x",
            "ftp://fcm.googleapis.com/x",
            "fcm.googleapis.com",
            "",
        ] {
            assert_eq!(endpoint(other), Err(NoPushService), "{other}");
        }
        let secret = endpoint("https://fcm.googleapis.com/fcm/send/secret").unwrap();
        assert!(!format!("{secret:?}").contains("secret"));
        assert_eq!(secret.origin(), "https://fcm.googleapis.com");
        assert_eq!(endpoint("http://push.lab.example:8080/x").unwrap().origin(), "http://push.lab.example:8080");
    }

    #[test]
    fn keys_have_one_length_in_any_base64() {
        let mut point = [0xFB; PUBLIC_KEY];
        point[0] = 4;
        let plain = BASE64URL_NOPAD.encode(&point);
        let other = plain.replace('-', "+").replace('_', "/");
        for text in [plain.clone(), format!("{plain}="), format!(" {other}== ")] {
            assert_eq!(PublicKey::parse(&text), Some(PublicKey(point)), "{text}");
        }
        let auth = BASE64URL_NOPAD.encode(&[0xFF; AUTH_SECRET]);
        assert_eq!(AuthSecret::parse(&format!("{auth}==")), Some(AuthSecret([0xFF; AUTH_SECRET])));
        for short in ["", "AAAA", &plain[1..], &auth, &format!("{plain}A"), &"A".repeat(1_000_000), "ñ"] {
            assert_eq!(PublicKey::parse(short), None);
        }
        assert_eq!(PublicKey::parse(&BASE64URL_NOPAD.encode(&[2; PUBLIC_KEY])), None, "a compressed point");
        assert_eq!(AuthSecret::parse(&plain), None);
    }

    #[test]
    fn message_is_stored_until_its_subject_ends_and_at_most_a_day() {
        let now = Millis(1_000_000);
        assert_eq!(seconds_kept(None, now), 86_400);
        assert_eq!(seconds_kept(Some(Millis(1_090_000)), now), 90);
        assert_eq!(seconds_kept(Some(now.after(DAY * 9)), now), 86_400);
        assert_eq!(seconds_kept(Some(Millis(0)), now), 0);
    }

    proptest! {
        #[test]
        fn shortened_text_fits_and_is_a_prefix(text in ".{0,80}", most in 8_usize..120) {
            let short = shortened(&text, most);
            let size = serde_json::Value::from(short.as_str()).to_string().len();
            prop_assert!(size <= most, "{size} > {most}");
            prop_assert!(short == text || text.starts_with(short.trim_end_matches('…')));
        }

        #[test]
        fn subscription_of_any_text_never_panics(text in "\\PC*") {
            let _ = (endpoint(&text), PublicKey::parse(&text), AuthSecret::parse(&text));
        }
    }
}
