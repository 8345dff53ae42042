//! Causes of notices: the user directory, and rules about groups.

use super::{Cause, reasons::SETTING};
use domain::notices::Kind;

/// Service functions of the directory that change something.
pub(super) const DIRECTORY: &[(&str, Cause)] = &[
    ("accounts::directory::link_directory", Cause::Tells(&[Kind::SignInMethodChanged])),
    ("group_mapping::rules::add", Cause::None(SETTING)),
    ("group_mapping::rules::remove", Cause::None(SETTING)),
    ("user_directory::settings::disconnect", Cause::None(SETTING)),
    ("user_directory::settings::save", Cause::None(SETTING)),
    ("user_directory::settings::unlink", Cause::None(SETTING)),
    (
        "user_directory::sync::apply_dry_run",
        Cause::TellsThrough(
            &[Kind::SignInMethodChanged, Kind::StatusChanged, Kind::Granted, Kind::Revoked, Kind::GroupChanged],
            &["user_directory/sync.rs", "group_mapping/mod.rs"],
        ),
    ),
    (
        "user_directory::sync::run_due",
        Cause::TellsThrough(
            &[Kind::DirectorySync, Kind::StatusChanged, Kind::Granted, Kind::Revoked, Kind::GroupChanged],
            &["user_directory/sync.rs", "group_mapping/mod.rs"],
        ),
    ),
];
