//! Whether other sites may read the status of the space, and at which addresses.
//!
//! **Invariant.** Nothing is published where the status is not public. SpaceAPI also needs a contact, which its format requires;
//! without one it is off.
//!
//! Not here: what they read ([`crate::spaceapi`], [`crate::space_status`]).

use crate::{Ctx, mail};
use contract::settings::Publication;
use domain::space_profile::SpaceProfile;
use macros::ServiceError;

/// The address of the SpaceAPI document on this site.
pub const SPACEAPI: &str = "/spaceapi.json";
/// The address of the status for a frame on another site.
pub const FRAME: &str = "/space/embed";
/// The logo where the space has none of its own.
const LOGO: &str = "/icon-512.png";

/// Why SpaceAPI is off.
#[derive(Debug, Clone, PartialEq, Eq, ServiceError)]
pub enum PublicationError {
    /// The space does not show its status to visitors.
    #[problem("spaceapi.not-public", NotFound, spaceapi_not_public)]
    NotPublic,
    /// The space publishes no contact.
    #[problem("spaceapi.no-contact", NotFound, spaceapi_no_contact)]
    NoContact,
    /// The address of this site is unknown, and with it that of the logo or the website.
    #[problem("spaceapi.no-address", NotFound, spaceapi_no_address)]
    NoAddress,
}

/// The addresses in the document.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    pub website: String,
    pub logo: String,
    /// Of this site, if it is known.
    pub site: Option<String>,
}

/// The addresses, if all is set up that the document needs.
pub(crate) fn addresses(ctx: &Ctx) -> Result<Addresses, PublicationError> {
    let space = ctx.space();
    let SpaceProfile { contact, website, logo, .. } = &space.settings.profile;
    if !space.settings.public_status {
        return Err(PublicationError::NotPublic);
    }
    if contact.is_empty() {
        return Err(PublicationError::NoContact);
    }
    let site = mail::memory(ctx).post().site.clone();
    let own = |address: &str| (!address.is_empty()).then(|| address.to_owned());
    let here = |path: &str| site.as_ref().map(|site| format!("{site}{path}"));
    let website = own(website).or_else(|| here("/")).ok_or(PublicationError::NoAddress)?;
    let logo = own(logo).or_else(|| here(LOGO)).ok_or(PublicationError::NoAddress)?;
    Ok(Addresses { website, logo, site })
}

/// The addresses for other sites, if the status is public and this site has an address.
pub(crate) fn publication(ctx: &Ctx) -> Option<Publication> {
    let is_public = ctx.space().settings.public_status;
    let site = mail::memory(ctx).post().site.clone().filter(|_| is_public)?;
    let spaceapi = addresses(ctx).is_ok().then(|| format!("{site}{SPACEAPI}"));
    Some(Publication { frame: format!("{site}{FRAME}"), spaceapi })
}
