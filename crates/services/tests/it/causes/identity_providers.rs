//! Causes of notices: identity providers, and signing in by one.

use super::{
    Cause,
    reasons::{OWN, SETTING},
};
use domain::notices::Kind;

/// What linking an account tells, and what the groups there give and take.
const LINKED: &[Kind] = &[Kind::SignInMethodChanged, Kind::Granted, Kind::Revoked, Kind::GroupChanged];

/// Service functions of identity providers that change something.
pub(super) const IDENTITY_PROVIDERS: &[(&str, Cause)] = &[
    ("identity_providers::add", Cause::None(SETTING)),
    ("identity_providers::addresses::confirm_address", Cause::None(OWN)),
    ("identity_providers::addresses::send_code", Cause::None(OWN)),
    (
        "identity_providers::arrivals::apply",
        Cause::None(
            "managers find applications in their inbox; there is no notice of one yet, and none to new members",
        ),
    ),
    (
        "identity_providers::arrivals::prove",
        Cause::TellsThrough(LINKED, &["identity_providers/arrivals.rs", "group_mapping/mod.rs"]),
    ),
    ("identity_providers::own::sign_out", Cause::None(OWN)),
    ("identity_providers::own::unlink", Cause::Tells(&[Kind::SignInMethodChanged])),
    ("identity_providers::remove", Cause::None(SETTING)),
    ("identity_providers::save", Cause::None(SETTING)),
    ("identity_providers::sign_in::begin", Cause::None(OWN)),
    (
        "identity_providers::sign_in::finish",
        Cause::TellsThrough(LINKED, &["identity_providers/sign_in.rs", "group_mapping/mod.rs"]),
    ),
    ("identity_providers::test", Cause::None(SETTING)),
];
