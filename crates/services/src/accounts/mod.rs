//! Accounts: coming in, staying in, going out, and showing again who one is.
//!
//! **Invariants.** Whatever is wrong with a sign-in, the answer and the time it takes are the same. A token, a link and a
//! code work once or until they end, and are kept as hashes. Where a password is set anew, every other session ends. No
//! address is written into a log or a record.
//!
//! Deliberately absent: what somebody may do once they are in (`domain::actor`), and cookies, which are the server's.

pub(crate) mod guard;
pub(crate) mod links;
mod many;
mod own;
pub(crate) mod password;
mod queue;
mod second_factor;
mod sign_in;
mod totp;

pub use links::{Invite, accept, apply, follow, forgotten, help_in, invite, invite_again, link, sign_in_link};
pub use many::invite_many;
pub(crate) use own::show_password;
pub use own::{account, change_password, end_session, set_language, sign_out, sign_out_everywhere};
pub use second_factor::{begin_totp, confirm_totp, remove_totp, show_second_factor, take_off_second_factor};
pub use sign_in::sign_in;

use crate::{refusal, token::Token};
use domain::{
    accounts::Advice,
    actor::{Forbidden, Known},
    problem::{Kind, Problem},
};
use store::StoreError;
use text::Lang;

/// Somebody came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// For the cookie.
    pub token: Token,
    /// They are not in before they show their second factor.
    pub second_factor: bool,
}

/// One thing that is wrong with what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is no name, or it is too long.
    Name,
    /// The space has no name, or it is too long.
    SpaceName,
    /// Not one of the time zones.
    Zone,
    /// Not an address.
    Email,
    /// Somebody else's address.
    EmailTaken,
    /// That of somebody whom the asker may know of, by name.
    EmailTakenBy(String),
    /// No line was pasted.
    NoAddresses,
    /// Too many lines were pasted.
    ManyAddresses,
    /// The address of somebody who is kept out, has left, or was not admitted.
    EmailKeptOut,
    /// The password is refused, with what to do about it.
    Password(Vec<Advice>),
}

/// Why somebody is not invited once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotInvited {
    /// They are an applicant, or kept out.
    NoMember,
    /// They can sign in.
    HasPassword,
    /// Nobody knows where to write.
    NoAddress,
}

/// Why nobody comes in, or nothing is changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AccountsError {
    /// Address and password do not fit together; one of them, or both.
    #[error("address and password do not fit together")]
    Refused,
    /// The password that should show who asks is another.
    #[error("not the password")]
    WrongPassword,
    /// The code is another, or was used.
    #[error("not the code")]
    WrongCode,
    /// Too often; again after so many seconds.
    #[error("too many attempts")]
    TooMany(u32),
    /// Too many at once.
    #[error("too many at once")]
    Busy,
    /// There is no such link, or not any more.
    #[error("the link does not work")]
    Gone,
    /// What was typed does not fit.
    #[error("what was typed does not fit")]
    Invalid(Vec<Fault>),
    /// Nobody may apply here.
    #[error("nobody may apply here")]
    NoSignUp,
    /// There is a second factor already, or none.
    #[error("the second factor is not as thought")]
    SecondFactor,
    /// Somebody else has none that could be taken off.
    #[error("they have no second factor")]
    NoSecondFactor,
    /// There is no such person or session, or none that the asker may know of.
    #[error("there is no such thing")]
    Unknown,
    /// The way in of the other may not pass through the asker's hands.
    #[error("the other is not to be let in by the asker")]
    Outranked,
    /// They are not one who is invited once more.
    #[error("they are not to be invited: {0:?}")]
    NotInvited(NotInvited),
    /// Not allowed.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AccountsError {
    /// For the reader. Fields are called `name`, `email`, `password` (one that is chosen), `current_password`, `code`,
    /// `space` and `zone`.
    #[must_use]
    pub fn problem(&self, lang: Lang) -> Problem {
        match self {
            Self::Refused => Problem::new("sign-in.refused", Kind::Invalid, lang.sign_in_refused()),
            Self::WrongPassword => Problem::new("password.wrong", Kind::Invalid, lang.form_fix())
                .field("current_password", lang.password_wrong()),
            Self::WrongCode => {
                Problem::new("code.wrong", Kind::Invalid, lang.form_fix()).field("code", lang.code_wrong())
            }
            Self::TooMany(seconds) => {
                let minutes = seconds.div_ceil(60);
                Problem::new("attempts.too-many", Kind::TooMany, lang.attempts_too_many(minutes)).after(*seconds)
            }
            Self::Busy => Problem::new("accounts.busy", Kind::Unavailable, lang.accounts_busy()).after(5),
            Self::Gone => Problem::new("link.gone", Kind::NotFound, lang.link_gone()),
            Self::Invalid(faults) => {
                let problem = Problem::new("form.invalid", Kind::Invalid, lang.form_fix());
                faults.iter().fold(problem, |problem, fault| fault.tell(problem, lang))
            }
            Self::NoSignUp => Problem::new("sign-up.closed", Kind::NotFound, lang.sign_up_closed()),
            Self::SecondFactor => Problem::new("second-factor.other", Kind::Conflict, lang.second_factor_other()),
            Self::NoSecondFactor => Problem::new("second-factor.other", Kind::Conflict, lang.second_factor_none()),
            Self::Unknown => Problem::new("account.unknown", Kind::NotFound, lang.account_unknown()),
            Self::Outranked => Problem::new("account.outranked", Kind::Forbidden, lang.account_outranked()),
            Self::NotInvited(why) => {
                let said = match why {
                    NotInvited::NoMember => lang.not_invited_no_member(),
                    NotInvited::HasPassword => lang.not_invited_has_password(),
                    NotInvited::NoAddress => lang.not_invited_no_address(),
                };
                Problem::new("account.not-invited", Kind::Conflict, said)
            }
            Self::Forbidden(why) => refusal::forbidden(*why, lang),
            Self::Store(error) => refusal::storage(error, lang),
        }
    }
}

impl Fault {
    /// Somebody has that address.
    pub(crate) const fn is_taken(&self) -> bool {
        matches!(self, Self::EmailTaken | Self::EmailTakenBy(_))
    }

    fn tell(&self, problem: Problem, lang: Lang) -> Problem {
        match self {
            Self::Name => problem.field("name", lang.name_invalid()),
            Self::SpaceName => problem.field("space", lang.name_invalid()),
            Self::Zone => problem.field("zone", lang.zone_invalid()),
            Self::Email => problem.field("email", lang.email_invalid()),
            Self::EmailTaken => problem.field("email", lang.email_taken()),
            Self::EmailTakenBy(name) => problem.field("email", lang.email_taken_by(name)),
            Self::NoAddresses => problem.field("addresses", lang.invite_no_addresses()),
            Self::ManyAddresses => problem.field("addresses", lang.invite_many_addresses()),
            Self::EmailKeptOut => problem.field("email", lang.email_kept_out()),
            Self::Password(advice) => {
                let said: Vec<&str> = advice.iter().map(|advice| lang.password_advice(*advice)).collect();
                problem.field("password", said.join(" "))
            }
        }
    }
}

/// Who signed in; everybody else has no account to speak of.
fn known(actor: &domain::actor::Actor) -> Result<&Known, AccountsError> {
    actor.known().ok_or(AccountsError::Forbidden(Forbidden::SignIn))
}

/// What stands in a record about `person`.
fn about(person: domain::id::PersonId) -> String {
    format!("person:{person}")
}
