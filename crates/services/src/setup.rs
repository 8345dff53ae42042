//! The first administrator: who owns a space that has none.
//!
//! **Invariants.** There is no password that anyone could know beforehand: the person who started the process
//! reads a link from the terminal, or where they had it printed, or sits at the command line. Of two who follow
//! the link, one becomes the administrator. Where there is an administrator, nothing here makes another, except an
//! explicit command by the owner of the data folder.
//!
//! Nobody qualifies themselves, so the first administrator could use nothing until there is a second person who
//! may grant. While the space is being set up they become a trainer of each type they add: the one exception to
//! that rule.
//!
//! The exception ends when every step of the set-up is done.

use crate::{
    Ctx,
    accounts::{AccountsError, Opened, Origin, ValidationError, links, password},
    change::Job,
    notices, sessions,
    token::Token,
};
use domain::{
    accounts::{self, Purpose, sign_in_methods::MethodChange},
    actor::{Actor, Channel, Permission, Proof, Rank, Target, rank},
    id::{EntryId, PersonId, TypeId},
    live::ChangeEvent,
    notices::Notice,
    people::PersonStatus,
    qualifications::{Cause, EntryKind, Relation, SPACE, SYSTEM, Subject},
    settings::Key,
    time::{Millis, Moment},
    zone::Zone,
};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};
use store::{
    Done, SqliteConnection, StoreError, WriteTx,
    accounts::{credentials, of_person, perhaps_administrators, remove_totp, set_language, set_password},
    audit::{self, AuditEntry},
    checklist, known_devices,
    people::{self, NewPerson},
    qualifications::{self, NewEntry},
    settings,
};
use text::Lang;

/// The time zones to choose from, with their current time.
#[must_use]
pub fn zones(ctx: &Ctx) -> Vec<(String, Moment)> {
    let now = ctx.now();
    let there = |name: &'static str| Some((name.to_owned(), name.parse::<Zone>().ok()?.moment(now)));
    Zone::canonical_names().filter_map(there).collect()
}

/// The first administrator's input about the space and themselves.
#[derive(Clone)]
pub struct SetUp {
    pub space: String,
    /// Its time zone, as IANA names it.
    pub zone: String,
    /// The language of boards and wall displays, and of the administrator.
    pub lang: Lang,
    pub name: String,
    pub email: String,
    pub password: String,
}

/// Whether there is no administrator.
pub async fn needed(ctx: &Ctx) -> Result<bool, StoreError> {
    let now = ctx.now();
    Ok(administrators(&mut *ctx.store().read().await?, now).await?.is_empty())
}

/// Creates a new setup link for a space without an administrator and invalidates earlier ones; `None` if there is
/// an administrator. For the terminal of the process only.
pub async fn offer(ctx: &Ctx) -> Result<Option<Token>, AccountsError> {
    let proof = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE)?;
    if !needed(ctx).await? {
        return Ok(None);
    }
    let now = ctx.now();
    let (token, hash) = ctx.rng().new_token();
    let made = ctx.store().write(async move |tx| {
        store::links::forget(tx, None).await?;
        links::keep(tx, hash, Purpose::SetUp, None, now).await?;
        let entry =
            audit::entry(tx, &proof, now, "setup.offered", domain::audit::Subject::Space, &json!({})).await?;
        Ok::<_, AccountsError>(Done::audited((), entry))
    });
    made.await?;
    Ok(Some(token))
}

/// Sets the space up and lets its first administrator in. The link is used up with it.
pub async fn begin(
    ctx: &Ctx,
    from: impl Into<Origin>,
    device: &str,
    token: &Token,
    set_up: SetUp,
) -> Result<Opened, AccountsError> {
    let (now, origin) = (ctx.now(), from.into());
    let from = origin.address;
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let link = links::look_up(ctx, from, token, now).await?;
    if link.purpose != Purpose::SetUp {
        return Err(AccountsError::Gone);
    }
    let first = newcomer(ctx, from, &set_up.name, &set_up.email, &set_up.password, &set_up.space).await?;
    let space = NewSpace { name: set_up.space, zone: set_up.zone, lang: set_up.lang };
    let (space, first) = both(space.checked(), first)?;
    let used = token.hash().ok_or(AccountsError::Gone)?;
    let (token, hash) = ctx.rng().new_token();
    let (known, known_hash) = origin.known_as(ctx);
    let device = device.to_owned();
    let begun = ctx.store().write(async move |tx| {
        if !store::links::take(tx, &used, now).await? || !administrators(tx.conn(), now).await?.is_empty() {
            return Err(AccountsError::Gone);
        }
        space.keep(tx).await?;
        let person = add(tx, &first, space.lang, now).await?;
        let session = sessions::open(tx, hash, person, &device, now, None).await?;
        // They have just chosen their password.
        store::sessions::prove(tx, session, now).await?;
        known_devices::remember(tx, person, &known_hash, now).await?;
        let by = people::alias(tx, person, now).await?;
        let subject = person;
        let detail = json!({ "session": session });
        Ok(Done::audited((), AuditEntry::new(&proof, Some(by), now, "setup.done", subject, &detail)))
    });
    begun.await?;
    ctx.reload_space().await?;
    Ok(Opened { token, device: Some(known), second_factor: false })
}

/// A space that begins.
#[derive(Debug, Clone)]
pub struct NewSpace {
    pub name: String,
    /// Its time zone, as IANA names it.
    pub zone: String,
    /// The language of boards and wall displays, and of the administrator.
    pub lang: Lang,
}

/// A space with validated input.
struct Checked {
    name: String,
    zone: Zone,
    lang: Lang,
}

impl NewSpace {
    fn checked(&self) -> Result<Checked, Vec<ValidationError>> {
        match (accounts::name(&self.name), self.zone.parse::<Zone>()) {
            (Some(name), Ok(zone)) => Ok(Checked { name, zone, lang: self.lang }),
            (name, zone) => {
                let faults = [
                    name.is_none().then_some(ValidationError::SpaceName),
                    zone.is_err().then_some(ValidationError::Zone),
                ];
                Err(faults.into_iter().flatten().collect())
            }
        }
    }
}

impl Checked {
    async fn keep(&self, tx: &mut WriteTx) -> Result<(), StoreError> {
        let Self { name, zone, lang } = self;
        for (key, value) in
            [(Key::SpaceName, name.as_str()), (Key::Zone, zone.name()), (Key::Language, lang.tag())]
        {
            settings::set(tx, settings::At::Space, key, value).await?;
        }
        tx.after_commit(ChangeEvent::Space);
        Ok(())
    }
}

/// An administrator created on the command line.
#[derive(Clone)]
pub struct Administrator {
    pub name: String,
    pub email: String,
    pub password: String,
    /// There may be an administrator who cannot sign in. The person with this address becomes administrator with
    /// this password as the only way in, and without a second factor.
    pub recover: bool,
    /// Name and zone of a new space; `None` leaves them unchanged.
    pub space: Option<NewSpace>,
}

/// Both, or all that is wrong with either.
fn both<A, B>(
    one: Result<A, Vec<ValidationError>>,
    other: Result<B, Vec<ValidationError>>,
) -> Result<(A, B), AccountsError> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => {
            let mut faults = one.err().unwrap_or_default();
            faults.extend(other.err().unwrap_or_default());
            Err(AccountsError::Invalid(faults))
        }
    }
}

/// Creates an administrator for the owner of the data folder. Fails with [`AccountsError::Gone`] if there is one
/// and this is no recovery.
pub async fn create_administrator(ctx: &Ctx, new: Administrator) -> Result<(), AccountsError> {
    let proof = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE)?;
    let now = ctx.now();
    let there = ctx.space();
    let called = new.space.as_ref().map_or(&there.name, |space| &space.name);
    let first =
        newcomer(ctx, IpAddr::V4(Ipv4Addr::LOCALHOST), &new.name, &new.email, &new.password, called).await?;
    let (space, first) = both(new.space.as_ref().map(NewSpace::checked).transpose(), first)?;
    let (recover, lang) = (new.recover, space.as_ref().map_or(there.language, |space| space.lang));
    let created = ctx.store().write(async move |tx| {
        if !recover && !administrators(tx.conn(), now).await?.is_empty() {
            return Err(AccountsError::Gone);
        }
        if let Some(space) = space {
            space.keep(tx).await?;
        }
        let known = if recover { credentials(tx.conn(), &first.email).await? } else { None };
        let (person, action) = match known {
            None => (add(tx, &first, lang, now).await?, "setup.administrator-made"),
            Some(known) if known.status == PersonStatus::Active => {
                recover_as(tx, &proof, known.person, &first, now).await?;
                (known.person, "setup.administrator-recovered")
            }
            // Suspended and former people are not readmitted here.
            Some(_) => return Err(AccountsError::Invalid(vec![ValidationError::EmailKeptOut])),
        };
        if !administrators(tx.conn(), now).await?.contains(&person) {
            return Err(AccountsError::Unknown);
        }
        store::links::forget(tx, None).await?;
        let entry = audit::entry(tx, &proof, now, action, person, &json!({})).await?;
        Ok(Done::audited((), entry))
    });
    created.await?;
    Ok(ctx.reload_space().await?)
}

/// A new person with validated input.
#[derive(Clone)]
struct Newcomer {
    name: String,
    email: String,
    password: String,
}

/// The validated input, or all errors.
async fn newcomer(
    ctx: &Ctx,
    from: IpAddr,
    name: &str,
    email: &str,
    input: &str,
    space: &str,
) -> Result<Result<Newcomer, Vec<ValidationError>>, AccountsError> {
    let stored =
        password::prepare(ctx, from, input, vec![name.to_owned(), email.to_owned(), space.to_owned()]).await?;
    Ok(match (accounts::name(name), accounts::email(email), stored) {
        (Some(name), Some(email), Ok(password)) => Ok(Newcomer { name, email, password }),
        (name, email, stored) => {
            let faults = [
                name.is_none().then_some(ValidationError::Name),
                email.is_none().then_some(ValidationError::Email),
                stored.err(),
            ];
            Err(faults.into_iter().flatten().collect())
        }
    })
}

async fn add(tx: &mut WriteTx, first: &Newcomer, lang: Lang, now: Millis) -> Result<PersonId, AccountsError> {
    let new = NewPerson {
        status: PersonStatus::Active,
        name: first.name.clone(),
        email: Some(first.email.clone()),
        created_at: now,
    };
    let person = people::add(tx, &new).await.map_err(links::taken)?;
    set_language(tx, person, lang.tag()).await?;
    set_password(tx, person, &first.password, now).await?;
    own(tx, person, now).await?;
    Ok(person)
}

/// Resets the ways in of an existing person to the new password, and notifies them of the change.
async fn recover_as(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    with: &Newcomer,
    now: Millis,
) -> Result<(), StoreError> {
    // A thief may have added ways in, and another one would make the new password useless where passwords are off.
    let passkeys = store::passkeys::remove_all(tx, person).await?;
    let identities = store::identity_providers::links::remove_all(tx, person).await?;
    let is_unlinked = store::user_directory::unlink(tx, person).await? || identities > 0;
    // Before the notices, which a thief would read at Slack.
    store::slack::unlink(tx, person).await?;
    set_password(tx, person, &with.password, now).await?;
    notices::notify(tx, proof, person, Notice::PasswordChanged { at: now }, now).await?;
    let changes = [(passkeys > 0, MethodChange::PasskeyRemoved), (is_unlinked, MethodChange::IdentityUnlinked)];
    for (_, change) in changes.into_iter().filter(|(happened, _)| *happened) {
        notices::notify(tx, proof, person, Notice::SignInMethodChanged { change, at: now }, now).await?;
    }
    if remove_totp(tx, person).await? {
        notices::notify(tx, proof, person, Notice::SecondFactorChanged { on: false, at: now }, now).await?;
    }
    store::links::forget(tx, Some(person)).await?;
    sessions::end_all(tx, person, None).await?;
    let ledger = qualifications::of_person(tx.conn(), person).await?;
    for subject in [SPACE, SYSTEM] {
        if ledger.ban(subject, now).is_some() {
            write(tx, person, subject, Relation::Owner, EntryKind::Unbanned, now).await?;
        }
    }
    // Also to who is one now: it may have been for a time.
    own(tx, person, now).await
}

/// The space and the system are `person`'s.
async fn own(tx: &mut WriteTx, person: PersonId, now: Millis) -> Result<(), StoreError> {
    for subject in [SPACE, SYSTEM] {
        write(tx, person, subject, Relation::Owner, EntryKind::Granted, now).await?;
    }
    tx.after_commit(ChangeEvent::Person(person));
    Ok(())
}

async fn write(
    tx: &mut WriteTx,
    person: PersonId,
    subject: Subject,
    relation: Relation,
    kind: EntryKind,
    now: Millis,
) -> Result<EntryId, StoreError> {
    let entry = NewEntry {
        person,
        subject,
        relation,
        kind,
        from: now,
        until: None,
        cause: Cause::Setup,
        by: None,
        remark: None,
        recorded_at: now,
    };
    qualifications::add(tx, &entry).await
}

/// Makes `actor` a trainer, and therefore a user, of `kind`, which they have just added – if they are the first
/// administrator and the space is still being set up.
pub(crate) async fn qualify(job: &mut Job<'_>, kind: TypeId) -> Result<(), StoreError> {
    let administrator = job.actor.known().filter(|known| known.rank() == Rank::Administrator);
    let Some(person) = administrator.map(|known| known.id) else { return Ok(()) };
    if checklist::is_done(job.tx.conn()).await? || !qualifications::set_up_by(job.tx.conn(), person).await? {
        return Ok(());
    }
    let (subject, relation) = (Subject::Type(kind), Relation::Trainer);
    let entry = write(job.tx, person, subject, relation, EntryKind::Granted, job.now).await?;
    job.tx.after_commit(ChangeEvent::Person(person));
    let by = job.by().await?;
    let detail = json!({ "on": subject.to_string(), "relation": relation, "until": null, "entries": [entry.0] });
    let subject = person;
    let granted = AuditEntry::new(&job.proof, by, job.now, "qualification.granted", subject, &detail);
    job.tx.followed(granted);
    Ok(())
}

/// The administrators at `now`.
async fn administrators(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<PersonId>, StoreError> {
    let mut found = Vec::new();
    for person in perhaps_administrators(&mut *conn).await? {
        let status = of_person(&mut *conn, person).await?.map_or(PersonStatus::Left, |holder| holder.status);
        let ledger = qualifications::of_person(&mut *conn, person).await?;
        if rank(status, &ledger, now) == Rank::Administrator {
            found.push(person);
        }
    }
    Ok(found)
}
