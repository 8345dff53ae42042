//! What happens in the job in which a person comes in by a provider: their link, their groups, their session, and their account here
//! if they are new.
//!
//! Not here: who comes in (`domain::identity_providers`), and what precedes it ([`super::sign_in`], [`super::arrivals`]).

use crate::{
    accounts::proof,
    group_mapping::{self, Memberships},
    sessions,
};
use domain::{
    actor::Proof,
    group_mapping::Source,
    id::{PersonId, SessionId},
    identity_providers::Refusal,
    live::ChangeEvent,
    people::PersonStatus,
    qualifications::Cause,
    time::Millis,
};
use store::{
    StoreError, WriteTx,
    accounts::of_person,
    identity_providers::{
        ProviderRow,
        links::{self, NewLink, SessionIdentity},
    },
    known_devices,
    people::{self, NewPerson},
    qualifications::{self, NewEntry},
};

/// Why an account is not linked.
pub(super) enum LinkError {
    Refused(Refusal),
    Store(StoreError),
}

impl From<StoreError> for LinkError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Links an account that is not linked yet, in a job.
pub(super) async fn add_link(
    tx: &mut WriteTx,
    row: &ProviderRow,
    subject: &str,
    called: Option<String>,
    person: PersonId,
    now: Millis,
) -> Result<(), LinkError> {
    let new = NewLink { provider: row.id, subject: subject.to_owned(), person, called };
    links::add(tx, &new, now).await.map_err(|error| match error {
        StoreError::Unique(_) => LinkError::Refused(Refusal::AlreadyLinked),
        other => other.into(),
    })?;
    tx.after_commit(ChangeEvent::Person(person));
    tx.after_commit(ChangeEvent::Space);
    Ok(())
}

/// Gives and takes what the groups there give here, in a job. Without all of their groups everything stays as it is.
pub(super) async fn groups(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &ProviderRow,
    person: PersonId,
    groups: Option<Vec<String>>,
    is_new: bool,
    now: Millis,
) -> Result<(), StoreError> {
    if row.description.groups_claim.is_empty() {
        return Ok(());
    }
    let Some(groups) = groups else {
        tracing::warn!(provider = %row.id, "an identity provider did not list all groups of a person");
        return Ok(());
    };
    let them = Memberships { person, groups, is_complete: true };
    group_mapping::update(tx, proof, Source::Provider(row.id.0), them, is_new, now).await
}

/// A session that is about to begin.
pub(super) struct Entering {
    pub hash: [u8; 32],
    pub device: String,
    /// Hash of the cookie of a known device.
    pub known: [u8; 32],
    pub identity: SessionIdentity,
    /// A second factor was shown here.
    pub has_code: bool,
    /// They have just proved who they are, here or there.
    pub is_proved: bool,
}

/// Opens a session for `person`, in a job. Returns it, and whether their second factor is still missing.
pub(super) async fn open(
    tx: &mut WriteTx,
    person: PersonId,
    entering: &Entering,
    now: Millis,
) -> Result<(SessionId, bool), StoreError> {
    let Entering { hash, device, known, identity, has_code, is_proved } = entering;
    let shown = (identity.second_factor || *has_code).then_some(now);
    let session = sessions::open(tx, *hash, person, device, now, shown).await?;
    links::note_session(tx, session, identity).await?;
    if *is_proved {
        proof::record(tx, session, now).await?;
    }
    let holder = of_person(tx.conn(), person).await?;
    let pending = shown.is_none() && holder.is_some_and(|holder| holder.second_factor.is_some());
    if !pending {
        known_devices::remember(tx, person, known, now).await?;
    }
    Ok((session, pending))
}

/// Makes a member of a person whom a provider vouches for: by their name, a proven address, and as the provider knows them.
pub(super) async fn join(
    tx: &mut WriteTx,
    row: &ProviderRow,
    (name, email): (String, Option<String>),
    (subject, called): (&str, Option<String>),
    now: Millis,
) -> Result<PersonId, StoreError> {
    let new = NewPerson { status: PersonStatus::Active, name, email, created_at: now };
    let person = people::add(tx, &new).await?;
    qualifications::add(tx, &NewEntry::membership(person, Cause::GroupRule, None, now)).await?;
    match add_link(tx, row, subject, called, person, now).await {
        Ok(()) => Ok(person),
        Err(LinkError::Store(error)) => Err(error),
        // Linked meanwhile, in another browser.
        Err(LinkError::Refused(_)) => Err(StoreError::Unique("identity_link_once".into())),
    }
}
