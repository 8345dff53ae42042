//! The ways in which a person can sign in, which of them may be removed, and what a change of them needs.
//!
//! **Invariants.** The last way in is never removed. A password that is switched off counts for nothing, except for
//! people who have nothing else: they keep it until they add another way in. Where a second factor protects an
//! account, a password alone changes no way in. Not here: links from a manager, which are help and no way in.

use crate::{
    string_enum::string_enum,
    time::{MINUTE, Millis},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a proof of identity is good for changes of the ways in.
pub const PROOF_LASTS: Duration = MINUTE.saturating_mul(10);

string_enum! {
    /// A way to sign in.
    SignInMethod {
        Password = "password",
        Passkey = "passkey",
        /// An account at an identity provider.
        Identity = "identity",
        /// The entry in the directory.
        Directory = "directory",
    }
}

string_enum! {
    /// What happened to a way in.
    MethodChange {
        PasskeyAdded = "passkey-added",
        PasskeyRemoved = "passkey-removed",
        /// It was refused, because a copy of it seems to exist.
        PasskeyRefused = "passkey-refused",
        PasswordRemoved = "password-removed",
        /// An account at an identity provider.
        IdentityLinked = "identity-linked",
        IdentityUnlinked = "identity-unlinked",
        /// The account of the user directory was linked, by a manager or by its owner.
        DirectoryLinked = "directory-linked",
    }
}

/// The ways in of one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInMethods {
    /// They have chosen a password.
    pub password: bool,
    /// Passwords are switched off for everybody.
    pub passwords_off: bool,
    pub passkeys: u32,
    /// Linked accounts at identity providers that are on.
    pub identities: u32,
    /// They have an entry in the directory, and it is on.
    pub directory: bool,
}

/// Why a way in is not removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRemovable {
    /// They do not have it.
    Absent,
    /// It is the last one.
    Last,
    /// The directory decides who is in it.
    Directory,
}

impl SignInMethods {
    /// The number of ways in without the password.
    #[must_use]
    pub const fn others(self) -> u32 {
        self.passkeys.saturating_add(self.identities).saturating_add(self.directory as u32)
    }

    /// Whether their password lets them in.
    #[must_use]
    pub const fn password_works(self) -> bool {
        self.password && (!self.passwords_off || self.others() == 0)
    }

    /// Whether they may choose a password, first or new, also by a link.
    #[must_use]
    pub const fn may_choose_password(self) -> bool {
        !self.passwords_off
    }

    /// Whether a forgotten password can be replaced by mail. People who have removed their password asked for no
    /// such link to exist; people without any way in have not chosen yet.
    #[must_use]
    pub const fn may_ask_for_link(self) -> bool {
        self.password_works() || self.others() == 0
    }

    /// The number of ways in.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.others().saturating_add(self.password_works() as u32)
    }

    /// Whether one way in of this kind may be removed.
    pub const fn may_remove(self, method: SignInMethod) -> Result<(), NotRemovable> {
        let counted = match method {
            SignInMethod::Directory if self.directory => return Err(NotRemovable::Directory),
            SignInMethod::Password if self.password => self.password_works(),
            SignInMethod::Passkey if self.passkeys > 0 => true,
            SignInMethod::Identity if self.identities > 0 => true,
            _ => return Err(NotRemovable::Absent),
        };
        // A password that is off does not come back because the others go.
        if counted && self.count() == 1 { Err(NotRemovable::Last) } else { Ok(()) }
    }
}

/// What the session proves that wants to change a way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proofs {
    /// When its person last proved who they are: by signing in, by their password or by a passkey.
    pub proved: Option<Millis>,
    /// When it passed a second factor.
    pub second_factor: Option<Millis>,
    /// A second factor protects the account: an authenticator, or passkeys where their role asks for one.
    pub protected: bool,
}

/// The missing proof for a change of a way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MissingProof {
    /// Their password or one of their passkeys.
    Recent,
    /// The second factor.
    SecondFactor,
}

impl Proofs {
    /// Whether the ways in may be changed at `now` by a person who has `methods`. People without any have nothing
    /// to show.
    pub fn allow_change(self, methods: SignInMethods, now: Millis) -> Result<(), MissingProof> {
        if self.protected && self.second_factor.is_none() {
            return Err(MissingProof::SecondFactor);
        }
        let recent = self.proved.is_some_and(|at| at.near(now, PROOF_LASTS));
        if recent || methods.count() == 0 { Ok(()) } else { Err(MissingProof::Recent) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NONE: SignInMethods =
        SignInMethods { password: false, passwords_off: false, passkeys: 0, identities: 0, directory: false };

    fn any_methods() -> impl Strategy<Value = SignInMethods> {
        (any::<bool>(), any::<bool>(), 0_u32..4, 0_u32..4, any::<bool>()).prop_map(
            |(password, passwords_off, passkeys, identities, directory)| SignInMethods {
                password,
                passwords_off,
                passkeys,
                identities,
                directory,
            },
        )
    }

    fn any_method() -> impl Strategy<Value = SignInMethod> {
        proptest::sample::select(SignInMethod::ALL)
    }

    fn without(mut methods: SignInMethods, method: SignInMethod) -> SignInMethods {
        match method {
            SignInMethod::Password => methods.password = false,
            SignInMethod::Passkey => methods.passkeys -= 1,
            SignInMethod::Identity => methods.identities -= 1,
            SignInMethod::Directory => methods.directory = false,
        }
        methods
    }

    #[test]
    fn last_method_is_not_removable() {
        let (password, passkey) =
            (SignInMethods { password: true, ..NONE }, SignInMethods { passkeys: 1, ..NONE });
        assert_eq!(password.may_remove(SignInMethod::Password), Err(NotRemovable::Last));
        assert_eq!(passkey.may_remove(SignInMethod::Passkey), Err(NotRemovable::Last));
        assert_eq!(passkey.may_remove(SignInMethod::Password), Err(NotRemovable::Absent));
        let both = SignInMethods { passkeys: 1, ..password };
        assert_eq!(both.may_remove(SignInMethod::Passkey), Ok(()));
        assert_eq!(both.may_remove(SignInMethod::Password), Ok(()));
    }

    #[test]
    fn password_that_is_off_counts_only_alone() {
        let off = SignInMethods { password: true, passwords_off: true, ..NONE };
        assert!(off.password_works() && off.count() == 1 && !off.may_choose_password());
        let both = SignInMethods { passkeys: 1, ..off };
        assert!(!both.password_works() && both.count() == 1 && !both.may_ask_for_link());
        assert_eq!(both.may_remove(SignInMethod::Passkey), Err(NotRemovable::Last));
        assert_eq!(both.may_remove(SignInMethod::Password), Ok(()), "it lets nobody in");
    }

    #[test]
    fn directory_entry_is_not_removable_here() {
        let methods = SignInMethods { directory: true, passkeys: 2, ..NONE };
        assert_eq!(methods.may_remove(SignInMethod::Directory), Err(NotRemovable::Directory));
        assert_eq!(NONE.may_remove(SignInMethod::Directory), Err(NotRemovable::Absent));
    }

    #[test]
    fn password_alone_changes_no_method_of_protected_account() {
        let now = Millis(1_800_000_000_000);
        let methods = SignInMethods { password: true, passkeys: 1, ..NONE };
        let stolen = Proofs { proved: Some(now), second_factor: None, protected: true };
        assert_eq!(stolen.allow_change(methods, now), Err(MissingProof::SecondFactor));
        let shown = Proofs { second_factor: Some(now), ..stolen };
        assert_eq!(shown.allow_change(methods, now), Ok(()));
        assert_eq!(shown.allow_change(methods, now.after(PROOF_LASTS + MINUTE)), Err(MissingProof::Recent));
        let unprotected = Proofs { protected: false, ..stolen };
        assert_eq!(unprotected.allow_change(methods, now), Ok(()));
    }

    #[test]
    fn person_without_methods_needs_no_proof_but_the_second_factor() {
        let now = Millis(1_800_000_000_000);
        let proofs = Proofs { proved: None, second_factor: None, protected: false };
        assert_eq!(proofs.allow_change(NONE, now), Ok(()));
        let protected = Proofs { protected: true, ..proofs };
        assert_eq!(protected.allow_change(NONE, now), Err(MissingProof::SecondFactor));
    }

    proptest! {
        #[test]
        fn allowed_removals_never_remove_the_last_method(
            mut methods in any_methods(),
            removals in proptest::collection::vec(any_method(), 0..20),
        ) {
            let had_one = methods.count() > 0;
            for method in removals {
                if methods.may_remove(method).is_ok() {
                    methods = without(methods, method);
                }
                prop_assert_eq!(methods.count() > 0, had_one, "{:?}", methods);
            }
        }

        #[test]
        fn one_of_two_methods_is_removable(methods in any_methods(), method in any_method()) {
            let refused = methods.may_remove(method);
            let ok = match refused {
                Ok(()) => true,
                Err(NotRemovable::Last) => methods.count() == 1,
                Err(NotRemovable::Directory) => method == SignInMethod::Directory && methods.directory,
                Err(NotRemovable::Absent) => match method {
                    SignInMethod::Password => !methods.password,
                    SignInMethod::Passkey => methods.passkeys == 0,
                    SignInMethod::Identity => methods.identities == 0,
                    SignInMethod::Directory => !methods.directory,
                },
            };
            prop_assert!(ok, "{refused:?} {methods:?} {method:?}");
        }

        #[test]
        fn removal_never_revives_a_password(methods in any_methods(), method in any_method()) {
            if methods.may_remove(method).is_ok() {
                let rest = without(methods, method);
                prop_assert!(methods.password_works() || !rest.password_works());
            }
        }

        #[test]
        fn switching_passwords_off_locks_nobody_out(methods in any_methods()) {
            let on = SignInMethods { passwords_off: false, ..methods };
            let off = SignInMethods { passwords_off: true, ..methods };
            prop_assert_eq!(on.count() > 0, off.count() > 0);
            prop_assert!(off.others() == 0 || !off.password_works());
        }

        #[test]
        fn old_proof_allows_no_change(methods in any_methods(), minutes in 11_u64..100_000) {
            let now = Millis(1_800_000_000_000);
            let proofs = Proofs {
                proved: Some(now.before(MINUTE.saturating_mul(minutes.try_into().unwrap_or(u32::MAX)))),
                second_factor: Some(now),
                protected: true,
            };
            prop_assert_eq!(proofs.allow_change(methods, now).is_ok(), methods.count() == 0);
        }
    }
}
