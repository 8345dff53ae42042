//! Authenticator codes by RFC 6238: SHA-1, 30 seconds, six digits, the only variant that every app supports.

use contract::accounts::TotpOffer;
use data_encoding::BASE32_NOPAD;
use domain::time::Millis;
use hmac::{Hmac, KeyInit, Mac};
use qrcode::{QrCode, render::svg};
use sha1::Sha1;

const STEP_MS: i64 = 30_000;
/// Clocks of phones differ, and typing takes a while.
const TOLERANCE: i64 = 1;

/// The time step whose code is `input`, around `at`. Spaces are ignored.
pub(super) fn step_of(secret: &[u8], input: &str, at: Millis) -> Option<i64> {
    let digits: String = input.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let input: u32 = digits.parse().ok()?;
    let now = at.0.div_euclid(STEP_MS);
    // Compares all of them, so that timing reveals nothing.
    let found = (now - TOLERANCE..=now + TOLERANCE).filter(|&step| code(secret, step) == Some(input));
    found.max()
}

fn code(secret: &[u8], step: i64) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last()? & 0x0f);
    let bytes: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
    Some((u32::from_be_bytes(bytes) & 0x7fff_ffff) % 1_000_000)
}

/// The setup data of an authenticator: for the account `account` in the space `issuer`.
pub(super) fn offer(secret: &[u8], issuer: &str, account: &str) -> Option<TotpOffer> {
    let letters = BASE32_NOPAD.encode(secret);
    let (issuer, account) = (encoded(issuer), encoded(account));
    let uri = format!("otpauth://totp/{issuer}:{account}?secret={letters}&issuer={issuer}");
    let qr = QrCode::new(&uri).ok()?.render::<svg::Color<'_>>().min_dimensions(200, 200).quiet_zone(true).build();
    // The XML declaration belongs into a file, not into a page.
    let qr = qr.find("<svg").and_then(|start| qr.get(start..)).map(str::to_owned)?;
    let groups: Vec<&str> = letters.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
    Some(TotpOffer { secret: groups.join(" "), uri, qr })
}

/// Percent-encodes everything but letters, digits and `-._~`.
fn encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            uri.push(byte.into());
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
        uri
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_match_rfc_6238() {
        // RFC 6238, appendix B, cut to six digits.
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let at = Millis(seconds * 1_000);
            assert_eq!(step_of(secret, expected, at), Some(seconds / 30), "{seconds}");
            let spaced = format!(" {} {} ", &expected[..3], &expected[3..]);
            assert_eq!(step_of(secret, &spaced, at), Some(seconds / 30));
        }
    }

    #[test]
    fn code_is_valid_one_step_before_and_after() {
        let secret = b"12345678901234567890";
        let valid = |seconds: i64| step_of(secret, "287082", Millis(seconds * 1_000)).is_some();
        assert_eq!((0..200).filter(|&seconds| valid(seconds)).collect::<Vec<_>>(), (0..90).collect::<Vec<_>>());
        for wrong in ["", "28708", "2870820", "28708a", "２８７０８２", "+87082", "-87082"] {
            assert_eq!(step_of(secret, wrong, Millis(59_000)), None, "{wrong}");
        }
    }

    #[test]
    fn enrollment_offer_has_secret_uri_and_qr_code() {
        let offer = offer(b"12345678901234567890", "Talvera & Co", "ada@engine.example").unwrap();
        assert_eq!(offer.secret, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            offer.uri,
            "otpauth://totp/Talvera%20%26%20Co:ada%40engine.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Talvera%20%26%20Co"
        );
        assert!(offer.qr.starts_with("<svg") && !offer.qr.contains("style="));
    }
}
