//! Sign-ins under way at a provider: sealed in the state that goes there and comes back, so that a beginning is stored nowhere.

use crate::{Ctx, sealed, token::Token};
use data_encoding::BASE64URL_NOPAD;
use domain::{
    id::{IdentityProviderId, SessionId},
    identity_providers::SignInPurpose,
    time::Millis,
};
use serde_json::json;
use std::time::Duration;

/// What the state of a sign-in is sealed for.
const SIGN_IN: &str = "provider sign-in";
/// A return after [`LASTS`] is refused as late; after this, it is unknown.
const KNOWN: Duration = Duration::from_hours(1);

/// A sign-in under way at a provider, as the browser carries it there and back. It has no `Debug`: it holds secrets.
pub(super) struct PendingSignIn {
    pub provider: IdentityProviderId,
    /// The hash of the browser's cookie.
    pub browser: [u8; 32],
    pub nonce: String,
    /// The verifier of PKCE.
    pub verifier: String,
    /// Where the provider sends the browser back to.
    pub redirect: String,
    /// The page to open then.
    pub destination: String,
    pub purpose: SignInPurpose,
    /// The session that links an account or proves something.
    pub session: Option<SessionId>,
    pub expires: Millis,
}

impl PendingSignIn {
    /// Seals it; `None` if it cannot be encrypted.
    pub(super) fn seal(&self, ctx: &Ctx) -> Option<Token> {
        let Self { provider, browser, nonce, verifier, redirect, destination, purpose, session, expires } = self;
        let value = json!([
            provider.0,
            BASE64URL_NOPAD.encode(browser),
            nonce,
            verifier,
            redirect,
            destination,
            purpose.as_str(),
            session.map(|session| session.0),
            expires.0,
        ]);
        sealed::seal(ctx, SIGN_IN, value.to_string().as_bytes(), KNOWN)
    }

    /// Opens a begun sign-in, with its sealed value, to be spent once it ended well.
    pub(super) fn open(ctx: &Ctx, state: &Token) -> Option<(Self, sealed::Opened)> {
        let opened = sealed::open(ctx, SIGN_IN, state)?;
        Some((Self::read(&opened.value)?, opened))
    }

    fn read(value: &[u8]) -> Option<Self> {
        type Parts = (i64, String, String, String, String, String, String, Option<i64>, i64);
        let (provider, browser, nonce, verifier, redirect, destination, purpose, session, expires): Parts =
            serde_json::from_slice(value).ok()?;
        Some(Self {
            provider: IdentityProviderId(provider),
            browser: BASE64URL_NOPAD.decode(browser.as_bytes()).ok()?.try_into().ok()?,
            nonce,
            verifier,
            redirect,
            destination,
            purpose: SignInPurpose::parse(&purpose)?,
            session: session.map(SessionId),
            expires: Millis(expires),
        })
    }
}
