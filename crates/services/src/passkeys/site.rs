//! The site as authenticators know it: the name of its host, its origin, and the name of the space.

use super::PasskeysError;
use crate::{Ctx, mail, passkey_site::origin};
use webauthn_rs::prelude::{Webauthn, WebauthnBuilder};

/// What answers are checked by.
pub(super) fn relying_party(ctx: &Ctx) -> Result<Webauthn, PasskeysError> {
    let (host, url) = mail::site(ctx).and_then(|address| origin(&address)).ok_or(PasskeysError::Impossible)?;
    let space = ctx.space();
    let name = if space.name.is_empty() { "Toolgate" } else { &space.name };
    let builder = WebauthnBuilder::new(&host, &url).map_err(|_| PasskeysError::Impossible)?;
    builder.rp_name(name).build().map_err(|_| PasskeysError::Impossible)
}
