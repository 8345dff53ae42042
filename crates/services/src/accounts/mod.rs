//! Accounts: signing in, sessions, signing out, and confirming one's identity.
//!
//! **Invariants.** Whatever is wrong with a sign-in, the answer and the time it takes are the same. Tokens, links
//! and codes work once or until they expire, and are stored as hashes. Setting a new password ends every other
//! session. No address is written to a log or a record.
//!
//! Not here: permissions after sign-in (`domain::actor`), and cookies, which are the server's.

mod directory;
pub(crate) mod guard;
pub(crate) mod linking;
pub(crate) mod links;
mod many;
pub(crate) mod methods;
mod own;
mod own_password;
pub(crate) mod password;
pub(crate) mod proof;
mod second_factor;
mod sign_in;
mod totp;

pub use directory::link_directory;
pub use links::{
    Invite, accept, accept_without_password, apply, follow, forgotten, help_in, invite, invite_again, link,
    sign_in_link,
};
pub use many::invite_many;
pub use own::{account, change_password, end_session, set_language, sign_out, sign_out_everywhere};
pub(crate) use own_password::show_password;
pub use proof::prove_by_password;
pub use second_factor::{begin_totp, confirm_totp, remove_totp, show_second_factor, take_off_second_factor};
pub use sign_in::sign_in;

use crate::{Ctx, token::Token};
use domain::{
    accounts::Advice,
    actor::{Forbidden, Principal},
};
use macros::{FieldError, ServiceError};
use std::net::IpAddr;
use store::StoreError;

/// Where a request comes from: network address, and the device as far as it identifies itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub address: IpAddr,
    /// The device cookie, which survives signing out.
    pub device: Option<Token>,
}

impl Origin {
    fn device_hash(&self) -> Option<[u8; 32]> {
        self.device.as_ref().and_then(Token::hash)
    }

    /// The token that identifies the device from now on: the existing one, or a new one.
    pub(crate) fn known_as(&self, ctx: &Ctx) -> (Token, [u8; 32]) {
        let known = self.device.clone().and_then(|device| Some((device.clone(), device.hash()?)));
        known.unwrap_or_else(|| ctx.rng().new_token())
    }
}

impl From<IpAddr> for Origin {
    /// A device without a cookie.
    fn from(address: IpAddr) -> Self {
        Self { address, device: None }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub token: Token,
    /// For the cookie that identifies the device for the account after its session; `None` before sign-in, or if
    /// it is unchanged.
    pub device: Option<Token>,
    /// They are not in before they show their second factor.
    pub second_factor: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, FieldError)]
pub enum ValidationError {
    /// There is no name, or it is too long.
    #[field("name", name_invalid)]
    Name,
    /// The space has no name, or it is too long.
    #[field("space", name_invalid)]
    SpaceName,
    /// Not one of the time zones.
    #[field("zone", zone_invalid)]
    Zone,
    #[field("email", email_invalid)]
    Email,
    #[field("email", email_taken)]
    EmailTaken,
    /// The address of a person the caller may see, by name.
    #[field("email", email_taken_by(_0))]
    EmailTakenBy(String),
    /// No line was pasted.
    #[field("addresses", invite_no_addresses)]
    NoAddresses,
    /// Too many lines were pasted.
    #[field("addresses", invite_many_addresses)]
    ManyAddresses,
    /// The address belongs to a person who is suspended, has left, or was not admitted.
    #[field("email", email_kept_out)]
    EmailKeptOut,
    /// The password is refused, with advice.
    #[field("password", password_advised(_0))]
    Password(Vec<Advice>),
}

/// Why a person is not invited again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ServiceError)]
pub enum NotInvited {
    /// They are an applicant, or suspended.
    #[problem("account.not-invited", Conflict, not_invited_no_member)]
    NoMember,
    /// They can sign in.
    #[problem("account.not-invited", Conflict, not_invited_has_password)]
    HasPassword,
    #[problem("account.not-invited", Conflict, not_invited_no_address)]
    NoAddress,
}

/// Why signing in or a change failed.
#[derive(Debug, Clone, ServiceError)]
pub enum AccountsError {
    /// Address and password do not fit together; one of them, or both.
    #[problem("sign-in.refused", Invalid, sign_in_refused)]
    Refused,
    /// The directory does not answer, and no account here fits.
    #[problem("sign-in.directory-down", Unavailable, sign_in_directory_down)]
    DirectoryDown,
    /// The answer of the directory cannot be read, and no account here fits.
    #[problem("sign-in.directory-unclear", Unavailable, sign_in_directory_unclear)]
    DirectoryUnclear,
    /// A person here has the address of this account of the directory or of a provider.
    #[problem("sign-in.link-first", Conflict, sign_in_link_first)]
    LinkFirst,
    /// The name and password are not those of an account of the directory.
    #[problem("directory.refused", Invalid, at("password", directory_refused))]
    DirectoryRefused,
    #[problem("directory.linked", Conflict, directory_linked_already)]
    LinkedAlready,
    /// People do not sign in with a directory here.
    #[problem("directory.not-connected", Conflict, directory_not_connected)]
    NoDirectory,
    /// The password that should show who asks is another.
    #[problem("password.wrong", Invalid, at("current_password", password_wrong))]
    WrongPassword,
    /// The code is another, or was used.
    #[problem("code.wrong", Invalid, at("code", code_wrong))]
    WrongCode,
    /// The code that was mailed to prove an address is another, was used, or was tried too often.
    #[problem("code.wrong", Invalid, at("code", address_code_wrong))]
    WrongAddressCode,
    /// The code that proves an address could not be mailed.
    #[problem("code.not-sent", Unavailable, address_code_not_sent)]
    CodeNotSent,
    /// Too many attempts; retry after this many seconds.
    #[problem("attempts.too-many", TooMany, attempts_too_many(_0.div_ceil(60)), after = *_0)]
    TooMany(u32),
    /// Too many at once.
    #[problem("accounts.busy", Unavailable, accounts_busy, after = 5)]
    Busy,
    /// Unknown or expired link.
    #[problem("link.gone", NotFound, link_gone)]
    Gone,
    #[problem("form.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    #[problem("sign-up.closed", NotFound, sign_up_closed)]
    NoSignUp,
    /// A second factor already exists, or none does.
    #[problem("second-factor.other", Conflict, second_factor_other)]
    SecondFactor,
    /// The other person has no second factor to remove.
    #[problem("second-factor.other", Conflict, second_factor_none)]
    NoSecondFactor,
    /// Unknown person or session, or one hidden from the caller.
    #[problem("account.unknown", NotFound, account_unknown)]
    Unknown,
    /// The other person outranks the caller.
    #[problem("account.outranked", Forbidden, account_outranked)]
    Outranked,
    /// It is the only way in.
    #[problem("sign-in-method.last", Conflict, sign_in_method_last)]
    LastMethod,
    /// The directory decides who is in it.
    #[problem("sign-in-method.directory", Conflict, sign_in_method_directory)]
    DirectoryMethod,
    /// Their password or a passkey has to show first who they are.
    #[problem("proof.needed", Conflict, proof_needed)]
    ProofNeeded,
    /// The session has not passed the second factor.
    #[problem("second-factor.first", Conflict, second_factor_first)]
    SecondFactorFirst,
    /// Passwords are switched off.
    #[problem("passwords.off", Conflict, passwords_off)]
    PasswordsOff,
    /// They are not one who is invited once more.
    #[problem(transparent)]
    NotInvited(NotInvited),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl ValidationError {
    /// Whether the address is taken.
    pub(crate) const fn is_taken(&self) -> bool {
        matches!(self, Self::EmailTaken | Self::EmailTakenBy(_))
    }
}

/// The signed-in person; others have no account.
fn known(actor: &domain::actor::Actor) -> Result<&Principal, AccountsError> {
    actor.known().ok_or(AccountsError::Forbidden(Forbidden::SignIn))
}
