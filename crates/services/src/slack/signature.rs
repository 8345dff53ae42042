//! The signature of a command, as Slack's own library verifies it: HMAC-SHA-256 over version, time and raw body.
//!
//! Invariant: verified over the bytes as they came, in constant time, before anything of them is read. Not here: whether the same
//! command came before.

use data_encoding::HEXLOWER_PERMISSIVE;
use domain::{
    slack::{SigningSecret, is_fresh},
    time::Millis,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The headers of a command.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// `X-Slack-Request-Timestamp`.
    pub timestamp: &'a str,
    /// `X-Slack-Signature`.
    pub signature: &'a str,
}

/// The sum and the time of a command that is signed with `secret` and arrives in time.
pub(super) fn verify(
    secret: &SigningSecret,
    signed: Signed<'_>,
    body: &[u8],
    now: Millis,
) -> Option<([u8; 32], Millis)> {
    let sum = signed.signature.strip_prefix("v0=").filter(|sum| sum.len() == 64)?;
    let sum: [u8; 32] = HEXLOWER_PERMISSIVE.decode(sum.as_bytes()).ok()?.try_into().ok()?;
    let is_digits = !signed.timestamp.is_empty() && signed.timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let at: i64 = is_digits.then(|| signed.timestamp.parse().ok()).flatten()?;
    if !is_fresh(at, now) {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    for part in [b"v0:".as_slice(), signed.timestamp.as_bytes(), b":", body] {
        mac.update(part);
    }
    mac.verify_slice(&sum).ok()?;
    Some((sum, Millis(at.saturating_mul(1_000))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::MINUTE;

    /// The example of Slack's documentation.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const TIMESTAMP: &str = "1531420618";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                        channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                        response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
                        trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const NOW: Millis = Millis(1_531_420_618_000);

    fn is_valid(timestamp: &str, signature: &str, body: &str, now: Millis) -> bool {
        let secret = SigningSecret::parse(SECRET).unwrap();
        verify(&secret, Signed { timestamp, signature }, body.as_bytes(), now).is_some()
    }

    #[test]
    fn documented_example_is_valid() {
        assert!(is_valid(TIMESTAMP, SIGNATURE, BODY, NOW));
        assert!(is_valid(TIMESTAMP, SIGNATURE, BODY, NOW.after(MINUTE * 5)));
    }

    #[test]
    fn anything_else_is_not() {
        assert!(
            !is_valid(TIMESTAMP, SIGNATURE, BODY, NOW.after(MINUTE * 5 + std::time::Duration::from_secs(1))),
            "late"
        );
        assert!(!is_valid(TIMESTAMP, SIGNATURE, BODY, NOW.before(MINUTE * 6)), "of the future");
        assert!(!is_valid(TIMESTAMP, SIGNATURE, &format!("{BODY}&x=1"), NOW), "another body");
        assert!(!is_valid(TIMESTAMP, SIGNATURE, &BODY.replace("%2F", "/"), NOW), "the same form in other bytes");
        assert!(!is_valid("1531420619", SIGNATURE, BODY, NOW), "another time");
        let odd =
            [&SIGNATURE[3..], "", "v0=", "v0=zz", "v1=a2114d57", &format!("{SIGNATURE}00"), &SIGNATURE[..40]];
        for signature in odd {
            assert!(!is_valid(TIMESTAMP, signature, BODY, NOW), "{signature}");
        }
        for timestamp in
            ["", "x", "-1531420618", "+1531420618", " 1531420618", "1531420618.0", "99999999999999999999"]
        {
            assert!(!is_valid(timestamp, SIGNATURE, BODY, NOW), "{timestamp}");
        }
        let other = SigningSecret::parse("0123456789abcdef0123456789abcdef").unwrap();
        let signed = Signed { timestamp: TIMESTAMP, signature: SIGNATURE };
        assert!(verify(&other, signed, BODY.as_bytes(), NOW).is_none(), "another secret");
    }
}
