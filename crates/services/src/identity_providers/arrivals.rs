//! People for whom a provider vouches and who are not in: they prove that they are the person here with their address, or join, or
//! ask to.
//!
//! **Invariant.** Both sides are proved before they are linked: the account there by the provider, the account here by its password and,
//! if it has one, its second factor. Not here: proof of an address ([`super::addresses`]), and linking by people who are signed in
//! ([`super::sign_in`]).

use super::entering::{Entering, LinkError, add_link, groups, join, open};
use crate::{
    Ctx,
    accounts::{AccountsError, Opened, Origin, ValidationError, guard::Guard, linking},
    mail, notices,
    token::Token,
};
use contract::identity_providers::{Arrival, NextStep};
use domain::{
    accounts::{self, sign_in_methods::MethodChange},
    actor::{Actor, Channel, Permission, Target},
    id::PersonId,
    identity_providers::{Admission, Arrival as Admitted, Standing, admit},
    live::ChangeEvent,
    notices::Notice,
    people::PersonStatus,
};
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, WriteTx,
    accounts::of_person,
    audit::AuditEntry,
    identity_providers::{
        self as rows, ProviderRow,
        links::{self, SessionIdentity},
        visits::{self, ArrivalRow},
    },
    people::{self, NewPerson},
};

impl From<LinkError> for AccountsError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Store(error) => error.into(),
            // Linked meanwhile, in another browser.
            LinkError::Refused(_) => Self::Gone,
        }
    }
}

/// What the holder of `token` can do; `None` if it is unknown or has expired.
pub async fn arrival(ctx: &Ctx, token: &Token) -> Result<Option<Arrival>, AccountsError> {
    Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let Some(hash) = token.hash() else { return Ok(None) };
    let mut snapshot = ctx.store().snapshot().await?;
    let Some(arrived) = visits::arrival(&mut snapshot, &hash, ctx.now()).await? else { return Ok(None) };
    let arrived = with_holder(&mut snapshot, arrived).await?;
    let provider = rows::one(&mut snapshot, arrived.provider).await?;
    let next = match (arrived.refusal, arrived.person) {
        (Some(why), _) => NextStep::Refused(why),
        (None, Some(person)) => {
            let holder = of_person(&mut snapshot, person).await?;
            let password = linking::is_possible(ctx, &mut snapshot, person).await?;
            // What was shown there is no proof of the account here, which may be somebody else's.
            let second_factor = holder.is_some_and(|holder| holder.second_factor.is_some());
            let email = arrived.email.clone().unwrap_or_default();
            NextStep::Prove { email, password, second_factor }
        }
        (None, None) if arrived.email.is_none() => NextStep::Confirm {
            email: arrived.claimed.clone(),
            sent: arrived.code_to.clone(),
            mails: mail::can_send(ctx),
        },
        (None, None) => {
            let joins = provider.as_ref().is_some_and(|row| row.description.admission == Admission::Members);
            NextStep::Ask { email: arrived.email.clone(), joins }
        }
    };
    let (name, signs_out) =
        provider.map_or((None, false), |row| (Some(row.description.name), row.description.signs_out));
    Ok(Some(Arrival { provider: name, name: arrived.name, next, signs_out }))
}

/// The arrival with the person here who has got its proven address meanwhile, if there is one.
async fn with_holder(conn: &mut SqliteConnection, mut arrived: ArrivalRow) -> Result<ArrivalRow, StoreError> {
    let is_open = arrived.refusal.is_none() && arrived.person.is_none();
    let Some(email) = arrived.email.clone().filter(|_| is_open) else { return Ok(arrived) };
    if let Some((person, status)) = links::person_with(conn, &email).await? {
        let standing = Standing { same_email: Some(status), is_proven: true, ..Standing::default() };
        // An address of a person here leads to them, however the provider admits others.
        match admit(Admission::Existing, standing) {
            Admitted::Refuse(why) => arrived.refusal = Some(why),
            _ => arrived.person = Some(person),
        }
    }
    Ok(arrived)
}

/// The arrival of `token` and its provider, if that still lets people in; both as a job sees them.
pub(super) async fn current(
    tx: &mut WriteTx,
    hash: &[u8; 32],
    now: domain::time::Millis,
) -> Result<(ArrivalRow, ProviderRow), AccountsError> {
    let arrived = visits::arrival(tx.conn(), hash, now).await?.ok_or(AccountsError::Gone)?;
    let arrived = with_holder(tx.conn(), arrived).await?;
    let row = rows::one(tx.conn(), arrived.provider).await?.filter(|row| row.description.active);
    Ok((arrived, row.ok_or(AccountsError::Gone)?))
}

/// Links the account there to the person here with its address, who proves it by their password and a code, and signs them in.
pub async fn prove(
    ctx: &Ctx,
    from: impl Into<Origin>,
    device: &str,
    token: &Token,
    (password, code): (&str, &str),
) -> Result<(Opened, String), AccountsError> {
    let (now, origin) = (ctx.now(), from.into());
    let anybody = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let hash = token.hash().ok_or(AccountsError::Gone)?;
    let person = {
        let mut snapshot = ctx.store().snapshot().await?;
        let found = visits::arrival(&mut snapshot, &hash, now).await?.ok_or(AccountsError::Gone)?;
        let found = with_holder(&mut snapshot, found).await?;
        found.person.filter(|_| found.refusal.is_none()).ok_or(AccountsError::Gone)?
    };
    let (shown, counted) = linking::show(ctx, &origin, person, (password, code)).await?;
    let (session, session_hash) = ctx.rng().new_token();
    let (known, known_hash) = origin.known_as(ctx);
    let device = device.to_owned();
    let opened = ctx.store().write::<_, AccountsError, _>(async move |tx| {
        let (arrived, row) = current(tx, &hash, now).await?;
        if arrived.person != Some(person) || !visits::depart(tx, &hash).await? {
            return Err(AccountsError::Gone);
        }
        shown.confirm(tx, now).await?;
        add_link(tx, &row, &arrived.subject, arrived.email.clone(), person, now).await?;
        let holder = of_person(tx.conn(), person).await?.ok_or(AccountsError::Gone)?;
        match holder.status {
            PersonStatus::Active => groups(tx, &anybody, &row, person, arrived.groups, false, now).await?,
            PersonStatus::Applicant => {}
            PersonStatus::Suspended | PersonStatus::Left => return Err(AccountsError::Gone),
        }
        let identity =
            SessionIdentity { provider: row.id, id_token: arrived.id_token, second_factor: arrived.second_factor };
        let (has_code, known) = (shown.has_code(), known_hash);
        let entering = Entering { hash: session_hash, device, known, identity, has_code, is_proved: true };
        let (session, pending) = open(tx, person, &entering, now).await?;
        let linked = Notice::SignInMethodChanged { change: MethodChange::IdentityLinked, at: now };
        notices::notify(tx, &anybody, person, linked, now).await?;
        let by = people::alias(tx, person, now).await?;
        let detail = json!({ "session": session, "provider": row.id });
        let entry = AuditEntry::new(&anybody, Some(by), now, "account.identity-linked", person, &detail);
        Ok(Done::audited((pending, arrived.destination), entry))
    });
    let (pending, to) = counted.by(opened.await)?;
    Ok((Opened { token: session, device: (!pending).then_some(known), second_factor: pending }, to))
}

/// Makes an applicant, or a member, of a person whom a provider vouches for, whose address is proven, and signs them in.
pub async fn apply(
    ctx: &Ctx,
    from: impl Into<Origin>,
    device: &str,
    token: &Token,
    name: &str,
) -> Result<Opened, AccountsError> {
    let (now, origin) = (ctx.now(), from.into());
    let anybody = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    Guard::of(ctx).apply(origin.address, ctx.steady())?;
    let hash = token.hash().ok_or(AccountsError::Gone)?;
    let typed = accounts::name(name);
    let (session, session_hash) = ctx.rng().new_token();
    let (known, known_hash) = origin.known_as(ctx);
    let device = device.to_owned();
    let applied = ctx.store().write::<_, AccountsError, _>(async move |tx| {
        let (arrived, row) = current(tx, &hash, now).await?;
        if arrived.refusal.is_none() && arrived.person.is_some() {
            return Err(AccountsError::LinkFirst);
        }
        let may = arrived.refusal.is_none() && arrived.email.is_some();
        let admission = row.description.admission;
        if !may || admission == Admission::Existing || !visits::depart(tx, &hash).await? {
            return Err(AccountsError::Gone);
        }
        // The name is as the provider says, if it says one.
        let name = arrived.name.clone().or(typed);
        let name = name.ok_or(AccountsError::Invalid(vec![ValidationError::Name]))?;
        let (person, action) = if admission == Admission::Members {
            let known = (arrived.subject.as_str(), arrived.email.clone());
            let person = join(tx, &row, (name, arrived.email.clone()), known, now).await.map_err(taken)?;
            groups(tx, &anybody, &row, person, arrived.groups, true, now).await?;
            (person, "account.joined")
        } else {
            let person = add_applicant(tx, name, arrived.email.clone(), now).await?;
            add_link(tx, &row, &arrived.subject, arrived.email, person, now).await?;
            (person, "account.applied")
        };
        let identity =
            SessionIdentity { provider: row.id, id_token: arrived.id_token, second_factor: arrived.second_factor };
        let (hash, known) = (session_hash, known_hash);
        let entering = Entering { hash, device, known, identity, has_code: false, is_proved: false };
        open(tx, person, &entering, now).await?;
        let by = people::alias(tx, person, now).await?;
        let detail = json!({ "provider": row.id });
        let entry = AuditEntry::new(&anybody, Some(by), now, action, person, &detail);
        Ok(Done::audited((), entry))
    });
    applied.await?;
    Ok(Opened { token: session, device: Some(known), second_factor: false })
}

async fn add_applicant(
    tx: &mut WriteTx,
    name: String,
    email: Option<String>,
    now: domain::time::Millis,
) -> Result<PersonId, AccountsError> {
    let new = NewPerson { status: PersonStatus::Applicant, name, email, created_at: now };
    let person = people::add(tx, &new).await.map_err(taken)?;
    tx.after_commit(ChangeEvent::Person(person));
    Ok(person)
}

/// The address was taken meanwhile: they have to prove that they are that person.
fn taken(error: StoreError) -> AccountsError {
    match error {
        StoreError::Unique(_) => AccountsError::Gone,
        other => other.into(),
    }
}
