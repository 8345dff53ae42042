//! Passkeys and the other ways in of the caller. Adding one and signing in by one need a browser, so they are no
//! operations.

use domain::{
    accounts::sign_in_methods::{MissingProof, SignInMethods},
    id::PasskeyId,
    names::Name,
    time::Moment,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Me;

    /// List passkeys
    ///
    /// Lists the caller's passkeys, oldest first.
    GET "me/passkeys" => ListPasskeys() -> Passkeys,
        page "passkeys/list", scope PeopleRead,
        lists passkeys by |passkey: &PasskeyView| -> i64 { passkey.id.0 };

    /// Rename a passkey
    ///
    /// Renames a passkey of the caller.
    PATCH "me/passkeys/{id}" => RenamePasskey(id: PasskeyId, form: PasskeyName) -> (),
        page "passkeys/rename", then "/me/security?done=renamed", scope PeopleWrite,
        errors ["passkey.unknown", "passkey.invalid"];

    /// Remove a passkey
    ///
    /// Removes a passkey of the caller and ends their other sessions and all tokens. It needs a session in which the
    /// caller proved who they are in the last ten minutes. The last way to sign in cannot be removed.
    DELETE "me/passkeys/{id}" => RemovePasskey(id: PasskeyId) -> (),
        page "passkeys/remove", then "/me/security?done=removed", scope PeopleWrite,
        errors ["passkey.unknown", "sign-in-method.last", "proof.needed", "second-factor.first"];

    /// Removes the caller's password, if they have another way in.
    CHANGE => RemovePassword() -> (), page "passkeys/remove-password", then "/me/security?done=password";
}

/// The name of a passkey.
#[derive(Debug, Clone, Form)]
pub struct PasskeyName {
    /// The name.
    #[field(example = "Laptop")]
    pub name: Name,
}

/// A passkey.
#[view]
pub struct PasskeyView {
    /// Its id.
    pub id: PasskeyId,
    /// Its name.
    #[field(example = "Laptop")]
    pub name: String,
    /// When it was added.
    pub added: Moment,
    /// When it was last used, if it was.
    pub used: Option<Moment>,
}

/// What a person can show as the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factors {
    /// A code of their authenticator.
    pub code: bool,
    pub passkey: bool,
}

/// The ways in of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkeys {
    pub now: Moment,
    /// Oldest first.
    pub passkeys: Vec<PasskeyView>,
    pub methods: SignInMethods,
    /// The site has an address at which passkeys work.
    pub possible: bool,
    /// What the reader must show before they change anything.
    pub missing: Option<MissingProof>,
    /// When the password was set; `None` if there is none.
    pub password_set: Option<Moment>,
}
