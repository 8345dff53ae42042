//! Identity providers: servers of others that vouch for people by OpenID Connect, and who may come in by them.
//!
//! **Invariants.** An account here is reached by a link alone, whose key is the issuer and its name for the person. An e-mail
//! address opens no account: it only says whom to ask for a proof. What cannot be decided lets nobody in.
//!
//! Not here: the protocol (`services::identity_providers`), and what groups there give here ([`crate::group_mapping`]).

mod admission;
mod fields;
mod issuer;

pub use admission::{Admission, Arrival, Standing, admit};
pub use fields::{ClientSecret, InvalidTokens, TOKEN, TOKENS, TokenList};
pub use issuer::{ISSUER, InvalidIssuer, Issuer, may_be_asked};

use crate::{
    connections::Trouble,
    string_enum::string_enum,
    time::{MINUTE, Millis},
};
use std::time::Duration;

/// Providers of a space, at most.
pub const MOST: usize = 20;
/// How long a sign-in may take at the provider, and its page here afterwards.
pub const LASTS: Duration = MINUTE.saturating_mul(10);
/// How long a sign-in at the provider proves who a person is.
pub const RECENT: Duration = MINUTE.saturating_mul(5);
/// How far the clock of a provider may be behind ours: statements are accepted for so long after they expire (RFC 7519, 4.1.4).
pub const LEEWAY: Duration = MINUTE.saturating_mul(2);
/// Tries with one code that proves an address.
pub const CODE_TRIES: u32 = 5;
/// Keys of a provider are read again at most this often.
pub const KEYS_EVERY: Duration = MINUTE;
/// What a provider says about itself is read again after this time.
pub const METADATA_LASTS: Duration = MINUTE.saturating_mul(60);
/// The longest name of a person at a provider (OpenID Connect Core, 2).
pub const SUBJECT: usize = 255;
/// Groups of one person that are read, at most.
pub const GROUPS: usize = 500;

string_enum! {
    /// What a second factor at the provider is worth here.
    SecondFactorUse {
        /// Nothing: an authenticator here is asked as after a password.
        Ignored = "ignored",
        /// It counts as the second factor here.
        Counts = "counts",
        /// It counts, and without it nobody comes in.
        Required = "required",
    }
}

impl SecondFactorUse {
    /// Whether the provider asserts a second factor that counts: its class (`acr`) or one of its methods (`amr`) is among `values`.
    #[must_use]
    pub fn is_asserted(self, values: &TokenList, class: Option<&str>, methods: &[String]) -> bool {
        let counts = |value: &str| values.as_slice().iter().any(|known| known == value);
        self != Self::Ignored && (class.is_some_and(counts) || methods.iter().any(|method| counts(method)))
    }
}

string_enum! {
    /// What a person goes to a provider for.
    SignInPurpose {
        /// To come in.
        SignIn = "sign-in",
        /// To link their account there.
        Link = "link",
        /// To prove who they are, by signing in there once more.
        Prove = "prove",
    }
}

string_enum! {
    /// Why a person who comes from a provider is not let in.
    Refusal {
        /// They declined there, or the provider did.
        Denied = "denied",
        /// It began in another browser, or was finished already.
        OtherBrowser = "other-browser",
        /// It took longer than [`LASTS`].
        Expired = "expired",
        /// What the provider says cannot be verified.
        Unverified = "unverified",
        /// The provider does not answer, or with an error.
        Unreachable = "unreachable",
        /// The provider answers, and its answer cannot be read or used.
        Unreadable = "unreadable",
        /// It is switched off here, or gone.
        Off = "off",
        /// They have no account here, and the provider brings in nobody new.
        NotAdmitted = "not-admitted",
        Suspended = "suspended",
        /// They are no longer a member.
        Left = "left",
        /// They came without the second factor that is required.
        SecondFactor = "second-factor",
        /// Their account there is linked to another person here.
        LinkedElsewhere = "linked-elsewhere",
        /// The person here has linked another account of that provider.
        AlreadyLinked = "already-linked",
        /// They signed in there by an account that is not theirs here, so it proves nothing.
        OtherAccount = "other-account",
        /// The provider does not say that they signed in there just now.
        NotRecent = "not-recent",
        /// Too many attempts.
        TooMany = "too-many",
    }
}

string_enum! {
    /// The fault of a provider.
    Failure {
        /// No server was found, or none answered.
        Unreachable = "unreachable",
        Slow = "slow",
        /// Its certificate is not valid.
        Certificate = "certificate",
        /// Its address is in a private network.
        Private = "private",
        /// There is no discovery document at the address.
        Missing = "missing",
        /// It answers with an error.
        Unavailable = "unavailable",
        /// Its answer cannot be read.
        Unclear = "unclear",
        /// It calls itself by another issuer.
        OtherIssuer = "other-issuer",
        /// It has no key that signatures can be checked with.
        Keys = "keys",
        /// It signs neither by RS256 nor by ES256.
        Algorithm = "algorithm",
        /// An address that it names is missing or not secure.
        Endpoint = "endpoint",
        /// It does not accept our client id or secret.
        Client = "client",
        /// Its statement about a person is not valid.
        Statement = "statement",
    }
}

impl Failure {
    /// The same on the page of all connections.
    #[must_use]
    pub const fn trouble(self) -> Trouble {
        match self {
            Self::Unreachable => Trouble::Unreachable,
            Self::Slow => Trouble::Slow,
            Self::Certificate => Trouble::Certificate,
            Self::Private => Trouble::Private,
            Self::Missing => Trouble::Missing,
            Self::Unavailable => Trouble::Unavailable,
            Self::Client => Trouble::Denied,
            Self::Unclear
            | Self::OtherIssuer
            | Self::Keys
            | Self::Algorithm
            | Self::Endpoint
            | Self::Statement => Trouble::Unclear,
        }
    }

    /// The message to the person who comes in.
    #[must_use]
    pub const fn refusal(self) -> Refusal {
        match self {
            Self::Statement | Self::Keys | Self::OtherIssuer | Self::Algorithm => Refusal::Unverified,
            Self::Unclear | Self::Missing | Self::Endpoint => Refusal::Unreadable,
            Self::Unreachable
            | Self::Slow
            | Self::Certificate
            | Self::Private
            | Self::Unavailable
            | Self::Client => Refusal::Unreachable,
        }
    }
}

/// Whether a sign-in at the provider, at `authenticated` as it says, proves at `now` who the person is. One that it only remembers
/// does not: with a phone that lies around unlocked, anybody would pass.
#[must_use]
pub fn is_recent(authenticated: Option<Millis>, now: Millis) -> bool {
    authenticated.is_some_and(|at| at.near(now, RECENT))
}

/// Whether something that was read at `read` may be read again at `now`.
#[must_use]
pub fn may_read_again(read: Millis, now: Millis) -> bool {
    !read.near(now, KEYS_EVERY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(text: &str) -> TokenList {
        TokenList::parse(text).unwrap()
    }

    #[test]
    fn second_factor_is_asserted_by_class_or_method() {
        let known = values("mfa urn:example:gold");
        let counts = |class: Option<&str>, methods: &[&str]| {
            let methods: Vec<_> = methods.iter().map(|&method| method.to_owned()).collect();
            SecondFactorUse::Counts.is_asserted(&known, class, &methods)
        };
        assert!(counts(Some("urn:example:gold"), &[]) && counts(None, &["pwd", "mfa"]));
        assert!(!counts(None, &[]) && !counts(Some("urn:example:silver"), &["pwd"]));
        // Values are compared as they are: another case is another value.
        assert!(!counts(Some("MFA"), &[]));
    }

    proptest! {
        #[test]
        fn ignored_second_factor_is_never_asserted(class in "[a-z]{1,8}", method in "[a-z]{1,8}") {
            let known = values(&format!("{class} {method}"));
            prop_assert!(!SecondFactorUse::Ignored.is_asserted(&known, Some(&class), &[method]));
        }
    }

    #[test]
    fn unreadable_answer_is_not_a_missing_one() {
        for failure in [Failure::Unclear, Failure::Missing, Failure::Endpoint] {
            assert_eq!(failure.refusal(), Refusal::Unreadable, "{failure:?}");
        }
        for failure in [Failure::Unreachable, Failure::Slow, Failure::Unavailable] {
            assert_eq!(failure.refusal(), Refusal::Unreachable, "{failure:?}");
        }
    }

    #[test]
    fn only_a_sign_in_of_the_last_minutes_is_a_proof() {
        let now = Millis(1_000_000_000);
        assert!(is_recent(Some(now), now) && is_recent(Some(now.before(RECENT)), now));
        assert!(!is_recent(Some(now.before(RECENT + MINUTE)), now) && !is_recent(None, now));
    }

    #[test]
    fn keys_are_read_again_after_a_minute_at_the_earliest() {
        let read = Millis(1_000_000);
        assert!(!may_read_again(read, read) && !may_read_again(read, read.after(KEYS_EVERY / 2)));
        assert!(may_read_again(read, read.after(KEYS_EVERY * 2)));
    }
}
