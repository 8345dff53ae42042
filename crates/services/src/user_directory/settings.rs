//! Connects the directory: its settings, a test of them, and the links of people.
//!
//! Invariant: the stored password goes to the server it was entered for; another server or another name needs it again.

use super::{
    UserDirectoryError, directory, dry_run, known_groups,
    pages::saved,
    reading::{self, Reading},
};
use crate::{Ctx, change::Job, error, sessions};
use contract::{
    form::{Fault, Faults},
    user_directory::{DirectoryForm, DirectoryTest},
};
use domain::{
    actor::{Actor, Permission, Target},
    audit::Subject,
    group_mapping::Source,
    id::PersonId,
    live::ChangeEvent,
    user_directory::{GroupSource, InvalidSetting, Layout, Policy, Trouble, server_address::ServerAddress},
};
use serde_json::json;
use store::{Done, group_mapping, people, user_directory as rows};

pub(super) async fn save(
    job: &mut Job<'_>,
    seen: i64,
    form: Result<DirectoryForm, Faults>,
) -> Result<Done<()>, UserDirectoryError> {
    let stored = rows::settings(job.tx.conn()).await?;
    let version = stored.as_ref().map_or(0, |row| row.version);
    if !domain::versions::is_current(version, seen) {
        let saved = stored.as_ref().map_or_else(|| domain::versions::Saved::new(0, vec![]), saved);
        return Err(UserDirectoryError::Stale(
            error::signed(job.tx.conn(), job.zone, Subject::Space, saved).await?,
        ));
    }
    let form = form?;
    let is_same_server = stored.as_ref().is_some_and(|row| {
        ServerAddress::parse(&row.address).as_ref() == Ok(&form.address) && row.bind_dn == form.bind_dn.as_str()
    });
    if form.bind_password.is_none() && !is_same_server {
        return Err(Faults::one("bind_password", Fault::Directory(InvalidSetting::Password)).into());
    }
    let layout = Layout {
        base: form.base,
        people: form.people_filter,
        login: form.login,
        name: form.name,
        email: form.email,
        unique: form.unique_id,
        groups: form.groups,
        member_of: form.member_of,
        group_base: form.group_base,
    };
    let policy = Policy {
        signs_in: form.signs_in,
        admits: form.admits,
        adds: form.adds,
        every: form.every.get(),
        most: form.most.get(),
    };
    let server = (&form.address, form.certificates.as_ref(), &form.bind_dn, form.bind_password.as_ref());
    rows::save(job.tx, server, &layout, policy).await?;
    job.tx.after_commit(ChangeEvent::Space);
    // The address says who decides who signs in; names and the password are not in the chain.
    let detail = json!({
        "address": form.address.to_string(), "signs_in": policy.signs_in, "admits": policy.admits, "adds": policy.adds,
        "groups": layout.groups != GroupSource::Nowhere, "every": policy.every, "most": policy.most,
    });
    job.audited((), "directory.connected", Subject::Space, &detail).await
}

/// Reads the directory with the stored settings, and changes nothing.
pub(super) async fn test(ctx: &Ctx, _: &Actor) -> Result<DirectoryTest, UserDirectoryError> {
    let connection = rows::connection(&mut *ctx.store().read().await?).await?;
    let connection = connection.ok_or(UserDirectoryError::NotConnected)?;
    let read = match directory(ctx) {
        Ok(directory) => reading::everybody(&*directory, &connection).await,
        Err(trouble) => Err(trouble),
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(match read {
        Ok(Reading { people: found, .. }) => DirectoryTest {
            trouble: found.is_empty().then_some(Trouble::BaseNotFound),
            people: count(found.len()),
            with_groups: count(found.iter().filter(|entry| !entry.groups.is_empty()).count()),
        },
        Err(trouble) => DirectoryTest { trouble: Some(trouble), people: 0, with_groups: 0 },
    })
}

/// Deletes the settings, rules and links. Who is suspended by a sync stays so, and can be readmitted by hand. The dry run no longer
/// holds: versions of the next directory count from the start.
pub(super) async fn disconnect(ctx: &Ctx, actor: &Actor) -> Result<(), UserDirectoryError> {
    ctx.change::<_, UserDirectoryError, _>(actor, Permission::ConnectDirectory, Target::NONE, async move |job| {
        if rows::settings(job.tx.conn()).await?.is_none() {
            return Err(UserDirectoryError::NotConnected);
        }
        rows::remove(job.tx).await?;
        group_mapping::remove_source(job.tx, Source::Directory).await?;
        job.tx.after_commit(ChangeEvent::Space);
        job.audited((), "directory.disconnected", Subject::Space, &json!({})).await
    })
    .await?;
    dry_run::forget(ctx);
    known_groups::forget(ctx);
    Ok(())
}

/// Removes a person's link. Their sessions end, because the directory may have opened them. The dry run no longer holds.
pub(super) async fn unlink(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), UserDirectoryError> {
    let about = Target::person(person);
    ctx.change::<_, UserDirectoryError, _>(actor, Permission::SyncPeople, about, async move |job| {
        let found = people::one(job.tx.conn(), person, job.now).await?;
        found.filter(|person| person.erased_at.is_none()).ok_or(UserDirectoryError::UnknownPerson)?;
        if !rows::unlink(job.tx, person).await? {
            return Err(UserDirectoryError::Unlinked);
        }
        if job.actor.person() != Some(person) {
            sessions::end_all(job.tx, person, None).await?;
        }
        job.tx.after_commit(ChangeEvent::Person(person));
        job.audited((), "directory.person-unlinked", person, &json!({})).await
    })
    .await?;
    dry_run::forget(ctx);
    Ok(())
}
