//! Server functions for people.

use super::overview_text::OverviewPage;
use crate::{audit::row::AuditRow, problem::AppError};
use contract::{
    accounts::Delivery,
    people::{BookingsPage, Invited, NoteDeleted, PeoplePage, PersonPage, StandingPage, TimelinePage, UsesPage},
};
use domain::id::{NoteId, PersonId, UseId};
#[cfg(feature = "ssr")]
use domain::{
    actor::Permission,
    people::{Cursor, PersonStatus, RoleGroup, Step},
    problem::{Kind, Problem},
};
use leptos::prelude::*;

/// People by name, in pages.
#[server(name = ReadPeople, endpoint = "people/list", protocol = crate::call::Wire)]
pub async fn list(
    /// Matches name or address.
    #[server(default)]
    search: String,
    /// Status; anything else means everybody.
    #[server(default)]
    status: String,
    /// Role; anything else means any.
    #[server(default)]
    role: String,
    /// Cursor of the previous page; anything else is the beginning.
    #[server(default)]
    after: String,
) -> Result<PeoplePage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let (status, role) = (PersonStatus::parse(&status), RoleGroup::parse(&role));
    let query = services::people::Query { search, status, role, limit: None };
    Ok(services::people::list(&ctx, &crate::request::actor(), &query, Cursor::read(&after)).await?)
}

#[server(name = ReadPerson, endpoint = "people/one", protocol = crate::call::Wire)]
pub async fn person(id: PersonId) -> Result<PersonPage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::people::page(&ctx, &crate::request::actor(), id).await?)
}

/// A person's page with their qualifications and latest history.
#[server(name = ReadOverview, endpoint = "people/overview", protocol = crate::call::Wire)]
pub async fn overview(id: PersonId) -> Result<OverviewPage, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    Ok(OverviewPage::of(services::people::overview(&ctx, &crate::request::actor(), id).await?, t))
}

/// A person's qualifications.
#[server(name = ReadStanding, endpoint = "people/standing", protocol = crate::call::Wire)]
pub async fn standing(id: PersonId) -> Result<StandingPage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::people::standing(&ctx, &crate::request::actor(), id).await?)
}

#[server(name = ReadPersonBookings, endpoint = "people/bookings", protocol = crate::call::Wire)]
pub async fn bookings(id: PersonId) -> Result<BookingsPage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::people::bookings(&ctx, &crate::request::actor(), id).await?)
}

#[server(name = ReadUses, endpoint = "people/uses", protocol = crate::call::Wire)]
pub async fn uses(
    id: PersonId,
    /// The last use of the previous page.
    after: Option<UseId>,
) -> Result<UsesPage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::people::uses(&ctx, &crate::request::actor(), id, after).await?)
}

/// The audited changes of a person.
#[server(name = ReadTimeline, endpoint = "people/timeline", protocol = crate::call::Wire)]
pub async fn timeline(id: PersonId, before: Option<i64>) -> Result<TimelinePage<AuditRow>, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let page = services::people::timeline(&ctx, &crate::request::actor(), id, before).await?;
    let entries = page.entries.into_iter().map(|entry| AuditRow::of(entry, t, page.head.now)).collect();
    Ok(TimelinePage { head: page.head, entries, older: page.older })
}

/// Changes a person's name and contact details.
#[server(name = EditPerson, endpoint = "people/edit", protocol = crate::call::Wire)]
pub async fn edit(
    person: PersonId,
    version: i64,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] phone: String,
    /// Tag of their language.
    #[server(default)]
    language: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let input = services::people::PersonForm { name, email, phone, language };
    services::people::edit(&ctx, &crate::request::actor(), person, input, version).await?;
    leptos_axum::redirect(&format!("/people/{person}/account"));
    Ok(())
}

/// Adds a member without an invitation.
#[server(name = AddPerson, endpoint = "people/add", protocol = crate::call::Wire)]
pub async fn add(
    #[server(default)] added_name: String,
    /// Their address, or empty.
    #[server(default)]
    added_email: String,
    /// Their telephone number, or empty.
    #[server(default)]
    added_phone: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let input = services::people::PersonForm {
        name: added_name,
        email: added_email,
        phone: added_phone,
        language: String::new(),
    };
    let added = services::people::add(&ctx, &crate::request::actor(), input).await;
    let person = added.map_err(|error| {
        let AppError(mut problem) = error.into();
        // Another form on that page has fields of the same names.
        problem.fields.iter_mut().for_each(|(field, _)| field.insert_str(0, "added_"));
        problem
    })?;
    leptos_axum::redirect(&format!("/people/{person}"));
    Ok(())
}

/// Writes a note about a person.
#[server(name = WriteNote, endpoint = "people/note-write", protocol = crate::call::Wire)]
pub async fn write_note(person: PersonId, #[server(default)] note: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::notes::write(&ctx, &crate::request::actor(), person, &note).await?;
    leptos_axum::redirect(&format!("/people/{person}"));
    Ok(())
}

#[server(name = RewriteNote, endpoint = "people/note-rewrite", protocol = crate::call::Wire)]
pub async fn rewrite_note(
    id: NoteId,
    person: PersonId,
    version: i64,
    #[server(default)] note: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::notes::rewrite(&ctx, &crate::request::actor(), id, &note, version).await?;
    leptos_axum::redirect(&format!("/people/{person}"));
    Ok(())
}

/// Deletes or restores a note.
#[server(name = DeleteNote, endpoint = "people/note-delete", protocol = crate::call::Wire)]
pub async fn delete_note(
    id: NoteId,
    /// Its person: after a restore from a backup, another note may have that number.
    person: PersonId,
    #[server(default)] version: i64,
    /// `yes` to restore it.
    #[server(default)]
    back: String,
) -> Result<NoteDeleted, AppError> {
    let (ctx, t, actor) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::actor());
    let back = back == "yes";
    let done = if back {
        services::notes::restore(&ctx, &actor, person, id).await
    } else {
        services::notes::delete(&ctx, &actor, id, version).await
    };
    done.map_err(|error| {
        let AppError(mut problem) = error.into();
        if problem.saved.take().is_some() {
            // There is nothing to choose: the current text is shown above.
            t.note_rewritten().clone_into(&mut problem.detail);
        }
        problem
    })?;
    Ok(NoteDeleted { id, person, back })
}

/// Invites everybody in the lines.
#[server(name = InviteMany, endpoint = "people/invite-many", protocol = crate::call::Wire)]
pub async fn invite_many(#[server(default)] addresses: String) -> Result<Vec<Invited>, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    Ok(services::accounts::invite_many(&ctx, &crate::request::actor(), &addresses, t).await?)
}

/// Changes a person's membership status.
#[server(endpoint = "people/step", protocol = crate::call::Wire)]
pub async fn take_step(person: PersonId, #[server(default)] step: String) -> Result<(), AppError> {
    let (ctx, t, actor) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::actor());
    let done = match Step::parse(&step) {
        Some(Step::Admit) => services::people::admit(&ctx, &actor, person).await,
        Some(Step::Suspend) => services::people::suspend(&ctx, &actor, person).await,
        Some(Step::Readmit) => services::people::readmit(&ctx, &actor, person).await,
        Some(Step::Leave) => services::people::leave(&ctx, &actor, person).await,
        None => {
            let problem = Problem::new("person.no-such-step", Kind::Invalid, t.choose_what());
            return Err(crate::request::unreadable(&[Permission::Admit, Permission::ChangeStatus], problem));
        }
    };
    done?;
    leptos_axum::redirect(&format!("/people/{person}/account"));
    Ok(())
}

/// Makes a person a member and creates their first link.
#[server(endpoint = "people/invite", protocol = crate::call::Wire)]
pub async fn invite(
    #[server(default)] name: String,
    #[server(default)] email: String,
    /// Tag of the language of the mail.
    #[server(default)]
    lang: String,
) -> Result<Delivery, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let lang = text::Lang::from_tag(&lang).unwrap_or(t);
    let invite = services::accounts::Invite { name, email, lang };
    let sent = services::accounts::invite(&ctx, &crate::request::actor(), invite).await;
    Ok(sent?.1)
}

/// Turns off the second factor of a person who lost it.
#[server(endpoint = "people/take-off-second-factor", protocol = crate::call::Wire)]
pub async fn take_off_second_factor(person: PersonId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::accounts::take_off_second_factor(&ctx, &crate::request::actor(), person).await?)
}
