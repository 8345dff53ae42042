//! Passwords: which are accepted, how they are stored, how they are verified.
//!
//! Invariant: every function here is slow on purpose and runs under [`slowly`]. Verifying a password for an
//! unknown account takes as long as for a known one.

use super::{AccountsError, ValidationError, guard::Guard, guard::slowly};
use crate::{Ctx, turns::Turn};
use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{PasswordHash, SaltString},
};
use domain::accounts::{Advice, PASSWORD_CHARS, PASSWORD_STRENGTH};
use std::net::IpAddr;
use unicode_normalization::UnicodeNormalization;
use zxcvbn::feedback::Warning;

/// Memory in KiB, passes, lanes: the OWASP minimum for argon2id.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// A hash that no password matches, compared when there is none: of equal cost.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// More than 128 characters can ever need; longer input is rejected unread.
const BYTES: usize = 8_192;

/// A valid password in composed Unicode form.
pub(super) struct Chosen(String);

/// `password` if it is long and strong enough for a person with these names and addresses, or all that is wrong
/// with it.
pub(super) fn choose(password: &str, about: &[String]) -> Result<Chosen, Vec<Advice>> {
    if password.len() > BYTES {
        return Err(vec![Advice::TooLong]);
    }
    let password: String = password.nfc().collect();
    let length = password.chars().count();
    if length > *PASSWORD_CHARS.end() {
        return Err(vec![Advice::TooLong]);
    }
    let too_short = (length < *PASSWORD_CHARS.start()).then_some(Advice::TooShort);
    // The parts as well: an attacker who knows the name tries the surname.
    let words = about.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([text.as_str()]));
    let words: Vec<&str> = words.filter(|name| name.chars().count() > 2).collect();
    let rated = zxcvbn::zxcvbn(&password, &words);
    let weak = u8::from(rated.score()) < PASSWORD_STRENGTH;
    let lower = password.to_lowercase();
    let personal = weak && words.iter().any(|name| lower.contains(&name.to_lowercase()));
    let mut advice: Vec<Advice> = too_short.into_iter().collect();
    if personal {
        advice.push(Advice::Personal);
    } else if weak {
        advice.extend(rated.feedback().and_then(zxcvbn::feedback::Feedback::warning).map(advice_on));
    }
    if weak && too_short.is_none() && advice.iter().all(|found| *found != Advice::Longer) {
        advice.push(Advice::Longer);
    }
    if advice.is_empty() { Ok(Chosen(password)) } else { Err(advice) }
}

fn advice_on(warning: Warning) -> Advice {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            Advice::Keyboard
        }
        Warning::RepeatsLikeAaaAreEasyToGuess
        | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess
        | Warning::SequencesLikeAbcAreEasyToGuess => Advice::Pattern,
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => Advice::Date,
        Warning::AWordByItselfIsEasyToGuess
        | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => Advice::Word,
        // The lists of common passwords.
        _ => Advice::Common,
    }
}

/// The hash to store for a chosen password.
pub(super) fn hash(password: &Chosen, salt: [u8; 16]) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::encode_b64(&salt)?;
    Ok(slow()?.hash_password(password.0.as_bytes(), &salt)?.to_string())
}

/// Whether `password` matches `hash`. Takes equally long without a hash.
pub(super) fn matches(password: &str, hash: Option<&str>) -> bool {
    // No password is that long, but the answer must not come sooner.
    let (password, hash) = if password.len() > BYTES { ("", None) } else { (password, hash) };
    let password: String = password.nfc().collect();
    let same = |hash: &str| {
        let hash = PasswordHash::new(hash).ok()?;
        slow().ok()?.verify_password(password.as_bytes(), &hash).ok()
    };
    same(hash.unwrap_or(NOBODYS)).is_some() && hash.is_some()
}

fn slow() -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let (memory, passes, lanes) = COST;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, passes, lanes, None)?))
}

/// The hash to store for a password chosen by a person with these names and addresses, or what is wrong with it.
pub(crate) async fn prepare(
    ctx: &Ctx,
    from: IpAddr,
    password: &str,
    about: Vec<String>,
) -> Result<Result<String, ValidationError>, AccountsError> {
    if password.len() > BYTES {
        return Ok(Err(ValidationError::Password(vec![Advice::TooLong])));
    }
    let (password, salt) = (password.to_owned(), ctx.rng().bytes());
    let turn = Guard::of(ctx).turn(from).await?;
    let prepared = slowly(turn, move || choose(&password, &about).map(|chosen| hash(&chosen, salt)));
    match prepared.await? {
        Ok(Ok(hash)) => Ok(Ok(hash)),
        Ok(Err(error)) => {
            tracing::error!(%error, "a password could not be hashed");
            Err(AccountsError::Busy)
        }
        Err(advice) => Ok(Err(ValidationError::Password(advice))),
    }
}

/// Whether `password` matches the stored `hash`.
pub(super) async fn check(turn: Turn, password: &str, hash: Option<String>) -> Result<bool, AccountsError> {
    // Copy only passwords of valid length: the input may be huge.
    let password = if password.len() > BYTES { None } else { Some(password.to_owned()) };
    let compared = slowly(turn, move || match password {
        Some(password) => matches(&password, hash.as_deref()),
        None => matches("", None),
    });
    compared.await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> Vec<Advice> {
        choose(password, &["Ada Lovelace".into(), "ada@engine.example".into()]).err().unwrap_or_default()
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(refused("xK9$vQ2mé"), [Advice::TooShort], "9 characters, 10 bytes");
        assert_eq!(refused("xK9$vQ2mé!"), []);
        let long: String = "correct horse battery ".chars().cycle().take(128).collect();
        assert_eq!(refused(&long), []);
        assert_eq!(refused(&format!("{long}x")), [Advice::TooLong]);
        assert_eq!(refused(&"x".repeat(100_000)), [Advice::TooLong]);
        assert_eq!(refused("пароль для мастерской"), [], "any script");
        assert_eq!(refused("🦉🔧🧵🪚🔩🪛🧲🪜🧪🔭"), []);
    }

    #[test]
    fn guessable_password_is_refused_with_reason() {
        for (password, reason) in [
            ("password1234", Advice::Common),
            ("qwertyuiop", Advice::Common),
            ("aaaaaaaaaaaa", Advice::Pattern),
            ("lovelace-ada", Advice::Personal),
            ("ada@engine.example", Advice::Personal),
        ] {
            let advice = refused(password);
            assert!(advice.contains(&reason), "{password}: {advice:?}");
            assert!(advice.contains(&Advice::Longer), "{password}: {advice:?}");
        }
    }

    #[test]
    fn password_matches_across_unicode_normal_forms() {
        let Ok(composed) = choose("caf\u{e9} sul molo 42", &[]) else { panic!("refused") };
        let stored = hash(&composed, [7; 16]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(matches("cafe\u{301} sul molo 42", Some(&stored)));
        assert!(!matches("cafe sul molo 42", Some(&stored)));
        assert!(!matches("caf\u{e9} sul molo 42", None));
        assert!(!matches(&"x".repeat(100_000), Some(&stored)));
        assert!(PasswordHash::new(NOBODYS).is_ok(), "or comparing with it would cost nothing");
    }
}
