//! Secrets and signatures as Standard Webhooks describes them.
//!
//! Invariant: a signature covers id, time and the exact bytes of the body, so that none of them can be exchanged or replayed later.

use data_encoding::BASE64;
use domain::webhooks::{PREFIX, SECRET};
use ring::hmac;

/// A secret as its receiver gets it.
pub(super) fn to_text(secret: &[u8]) -> String {
    format!("{PREFIX}{}", BASE64.encode(secret))
}

/// The last characters of a secret, to tell it from others.
pub(super) fn end(secret: &[u8]) -> String {
    let text = BASE64.encode(secret);
    let text = text.trim_end_matches('=');
    text.get(text.len().saturating_sub(4)..).unwrap_or_default().to_owned()
}

/// The header `webhook-signature`: one signature by each secret.
pub(super) fn sign(secrets: &[[u8; SECRET]], id: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let signatures = secrets.iter().map(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        format!("v1,{}", BASE64.encode(hmac::sign(&key, signed.as_bytes()).as_ref()))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification, whose secret is 24 bytes long; signed as above.
    #[test]
    fn example_of_the_specification_is_signed_alike() {
        let secret = BASE64.decode(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let signed = r#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#;
        let signature = BASE64.encode(hmac::sign(&key, signed.as_bytes()).as_ref());
        assert_eq!(signature, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    /// Computed with another implementation (RFC 2104 over SHA-256, in Python's standard library).
    #[test]
    fn each_secret_signs_id_time_and_body() {
        let secrets = [[1; SECRET], [2; SECRET]];
        let header = sign(&secrets, "msg_1", 1_614_265_330, r#"{"type":"città"}"#);
        assert_eq!(
            header,
            "v1,a80lp26C7u+24KiXlyvz0a6mNw2/Thiza79+54uXNoA= v1,DaITGPzme7vhDQyM5cfO5KO+8Zv9tBx+LxUoIInyWQE="
        );
        for (id, timestamp, body) in [("msg_2", 1, "{}"), ("msg_1", 2, "{}"), ("msg_1", 1, "{} ")] {
            assert_ne!(sign(&secrets, id, timestamp, body), sign(&secrets, "msg_1", 1, "{}"));
        }
    }

    #[test]
    fn secret_is_recognised_by_prefix_and_last_characters() {
        let secret = [7; SECRET];
        assert!(to_text(&secret).starts_with("whsec_") && to_text(&secret).len() == 6 + 44);
        assert_eq!(end(&secret), "HBwc");
    }
}
