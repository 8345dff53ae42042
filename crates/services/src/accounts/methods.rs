//! The ways in of a person, with the setting that switches passwords off.

use crate::Ctx;
use domain::{
    accounts::sign_in_methods::{NotRemovable, SignInMethod, SignInMethods},
    id::PersonId,
};
use store::{SqliteConnection, StoreError, sign_in_methods};

use super::AccountsError;

/// The ways in of `person`. Inside a job, with its connection.
pub(crate) async fn of(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<SignInMethods, StoreError> {
    let methods = sign_in_methods::of_person(conn, person).await?;
    Ok(SignInMethods { passwords_off: !ctx.space().settings.passwords, ..methods })
}

/// Refuses to remove the last way in.
pub(crate) fn check_removable(methods: SignInMethods, method: SignInMethod) -> Result<(), AccountsError> {
    methods.may_remove(method).map_err(|why| match why {
        NotRemovable::Absent => AccountsError::Unknown,
        NotRemovable::Last => AccountsError::LastMethod,
        NotRemovable::Directory => AccountsError::DirectoryMethod,
    })
}
