//! Names and contact details: editing them, and adding a person by hand.
//!
//! **Invariants.** Only those who may help a person sign in change that person's address, because it is a way in.
//! A concurrent edit is not overwritten.

use super::PeopleError;
use crate::{
    Ctx,
    directory::{may_edit, tells},
    error,
    qualifications::make_member,
};
use domain::{
    accounts,
    actor::{Actor, Permission, Target},
    id::PersonId,
    live::ChangeEvent,
    people::{PersonStatus, Profile},
    versions::Saved,
};
use serde_json::json;
use store::{
    Done, Unaudited, WriteTx,
    people::{self, Person},
    profiles,
};
use text::Lang;

#[derive(Debug, Clone, Default)]
pub struct PersonForm {
    pub name: String,
    pub email: String,
    pub phone: String,
    /// The tag of their language; empty for none in particular.
    pub language: String,
}

/// Whether the caller may change their address, which takes the right to help them in.
pub(super) fn may_readdress(actor: &Actor, person: &Person) -> bool {
    actor.may(Permission::HelpIn, Target::person(person.id))
        && actor
            .known()
            .is_none_or(|known| known.id == person.id || accounts::may_help(known, person.id, &person.ledger))
}

/// Saves a person's profile over `version`.
pub async fn edit(
    ctx: &Ctx,
    actor: &Actor,
    id: PersonId,
    form: PersonForm,
    version: i64,
) -> Result<(), PeopleError> {
    let about = Target::person(id);
    match actor.require(Permission::EditProfile, about) {
        Err(domain::actor::Forbidden::NotAllowed) if !actor.may(Permission::SeePerson, about) => {
            return Err(PeopleError::Unknown);
        }
        proof => proof?,
    };
    let language = Lang::from_tag(&form.language).map(Lang::tag);
    let zone = ctx.space().zone;
    let read = async { Profile::read(&form.name, &form.email, &form.phone).map_err(PeopleError::Invalid) };
    ctx.change_with(actor, Permission::EditProfile, about, read, async move |job, profile| {
        let person = people::one(job.tx.conn(), id, job.now).await?.ok_or(PeopleError::Unknown)?;
        if person.erased_at.is_some() {
            return Err(PeopleError::Unknown);
        }
        let readdressed = profile.email != person.email;
        if !may_edit(&job.actor, &person, job.now) || (readdressed && !may_readdress(&job.actor, &person)) {
            return Err(PeopleError::Outranked);
        }
        let before = saved(&person);
        if !domain::versions::is_current(person.version, version) {
            let subject = id;
            return Err(PeopleError::Stale(error::signed(job.tx.conn(), zone, subject, before).await?));
        }
        let after =
            fields(person.version, Some(&profile.name), profile.email.as_ref(), profile.phone.as_ref(), language);
        let changed = after.changed_since(&before);
        if changed.is_empty() {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        if readdressed {
            free(job.tx, &job.actor, id, profile.email.as_deref()).await?;
            // A link sent to the old address is invalid.
            store::links::forget(job.tx, Some(id)).await?;
        }
        if !profiles::set(job.tx, id, &profile, language, person.version).await? {
            return Err(PeopleError::Unknown);
        }
        job.tx.after_commit(ChangeEvent::Person(id));
        let detail = json!({ "changed": changed.join(" ") });
        job.audited((), "person.edited", id, &detail).await
    })
    .await
}

/// The stored values, as the form sends them.
fn saved(person: &Person) -> Saved {
    fields(
        person.version,
        person.name.as_ref(),
        person.email.as_ref(),
        person.phone.as_ref(),
        person.language.as_deref(),
    )
}

fn fields(
    version: i64,
    name: Option<&String>,
    email: Option<&String>,
    phone: Option<&String>,
    language: Option<&str>,
) -> Saved {
    let fields = vec![
        ("name", name.cloned().unwrap_or_default()),
        ("email", email.cloned().unwrap_or_default()),
        ("phone", phone.cloned().unwrap_or_default()),
        ("language", language.unwrap_or_default().to_owned()),
    ];
    Saved::new(version, fields)
}

/// Checks that nobody else has that address; only managers learn who has it.
async fn free(tx: &mut WriteTx, actor: &Actor, id: PersonId, email: Option<&str>) -> Result<(), PeopleError> {
    let Some(email) = email else { return Ok(()) };
    match profiles::holder(tx.conn(), email).await? {
        Some((other, name)) if other != id => Err(PeopleError::EmailTaken(tells(actor).then_some(name))),
        _ => Ok(()),
    }
}

/// Adds a member by hand, without an invitation.
pub async fn add(ctx: &Ctx, actor: &Actor, form: PersonForm) -> Result<PersonId, PeopleError> {
    let form = async { Profile::read(&form.name, &form.email, &form.phone).map_err(PeopleError::Invalid) };
    ctx.change_with(actor, Permission::Admit, Target::NONE, form, async move |job, profile| {
        free(job.tx, &job.actor, PersonId(0), profile.email.as_deref()).await?;
        let id = profiles::add(job.tx, PersonStatus::Active, &profile, job.now).await?;
        make_member(job, id).await?;
        job.tx.after_commit(ChangeEvent::Person(id));
        job.audited(id, "person.added", id, &json!({})).await
    })
    .await
}
