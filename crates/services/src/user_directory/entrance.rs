//! Signing in with a password of the directory: who an entry is here, and who they become.
//!
//! Invariants: an empty password is never sent, because a directory takes it as no sign-in at all. An equal e-mail address links
//! nobody: that takes proof of both accounts, or a manager's dry run. A directory that hangs holds few sign-ins: it is not asked again
//! for each guess, and guesses at one login name leave turns to the others of their network.
//!
//! Not here: limits on guesses, and sessions (`accounts`).

use super::{
    Directory, directory,
    reading::{self, LocatedPerson},
    sync::new_person,
};
use crate::{
    Ctx,
    group_mapping::{self, Memberships},
    shared::Shared,
    turns::{Name, Place, Queue, Room, Turn},
};
use domain::{
    actor::{Actor, Permission, Target},
    group_mapping::Source,
    id::PersonId,
    live::ChangeEvent,
    time::Millis,
    user_directory::{Policy, Trouble, sync::EntryKey},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use store::{
    StoreError, WriteTx,
    audit::AuditEntry,
    profiles,
    user_directory::{self as rows, Connection},
};
use tokio::time::timeout;

/// Characters of what is typed as a login name, at most.
const LOGIN: usize = 256;
/// Bytes of a password, at most.
const PASSWORD: usize = 1_000;
/// Sign-ins that ask the directory: a directory that hangs must not hold more, and one network not all of them.
const ASKING: Room = Room { at_once: 16, each: 8, per_place: 300, in_all: 600 };
/// How long a sign-in waits for its turn.
const WAITS: Duration = Duration::from_secs(20);

/// Failures in a row to reach the directory, after which it counts as silent.
const SILENT_AFTER: u32 = 5;
/// How long it is not asked again then by devices that never signed in.
const SILENCE: Duration = Duration::from_secs(5);

/// Sign-ins under way, and how the directory answered the last ones.
struct Asking {
    turns: Queue,
    silence: Shared<Silence>,
}

impl Default for Asking {
    fn default() -> Self {
        Self { turns: Queue::new(ASKING), silence: Shared::default() }
    }
}

/// Whether the directory is silent. By the steady clock.
#[derive(Debug, Default)]
struct Silence {
    /// Failures in a row.
    failures: u32,
    /// When the next may ask again.
    until: Option<Millis>,
}

impl Silence {
    /// Whether nobody may ask at `now`.
    fn lasts(&self, now: Millis) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// Whether the next may ask at `now`. After the silence that is one, for as long again.
    fn lets_ask(&mut self, now: Millis) -> bool {
        let lasts = self.lasts(now);
        if !lasts && self.until.is_some() {
            self.until = Some(now.after(SILENCE));
        }
        !lasts
    }

    /// The directory answered at `now`, or `failed` to be reached.
    fn heard(&mut self, failed: bool, now: Millis) {
        self.failures = if failed { self.failures.saturating_add(1) } else { 0 };
        self.until = (self.failures >= SILENT_AFTER).then(|| now.after(SILENCE));
    }
}

/// The name by which guesses at `login` take turns, in whatever spelling: most directories compare without case and white space.
fn name_of(login: &str) -> Name {
    let words: Vec<_> = login.split_whitespace().collect();
    Sha256::digest(words.join(" ").to_lowercase()).into()
}

/// A turn to ask the directory about `login`. [`Trouble::NoAnswer`] if it does not come in time, or the directory is silent: a device
/// that signed in before asks nevertheless, and may be the first to hear it again.
async fn turn(ctx: &Ctx, place: Place, login: &str) -> Result<Turn, Trouble> {
    let Asking { turns, silence } = ctx.memory::<Asking>();
    let is_stranger = matches!(place, Place::Network(_));
    if is_stranger && silence.lock().lasts(ctx.steady()) {
        return Err(Trouble::NoAnswer);
    }
    let turn = timeout(WAITS, turns.turn_as(place, name_of(login))).await;
    let turn = turn.map_err(|_| Trouble::NoAnswer)?.map_err(|_| Trouble::NoAnswer)?;
    // It may have fallen silent while they waited.
    if is_stranger && !silence.lock().lets_ask(ctx.steady()) {
        return Err(Trouble::NoAnswer);
    }
    Ok(turn)
}

/// Asks the directory about `login`, in a turn of `place`.
async fn ask<T>(
    ctx: &Ctx,
    (place, login): (Place, &str),
    asking: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Trouble> {
    let _turn = turn(ctx, place, login).await?;
    let answer = asking.await;
    // Any other trouble is an answer.
    let failed = matches!(answer, Err(Trouble::Unreachable | Trouble::NoAnswer));
    ctx.memory::<Asking>().silence.lock().heard(failed, ctx.steady());
    answer
}

/// The way in through the directory.
pub(crate) struct Gate {
    directory: Arc<dyn Directory>,
    connection: Connection,
}

/// A person of the directory who wants in, not yet proved.
pub(crate) struct Visitor(LocatedPerson);

impl Visitor {
    /// What identifies them, for counting guesses.
    pub fn key(&self) -> EntryKey {
        self.0.person.key
    }
}

/// The way in through the directory, if people sign in with it.
pub(crate) async fn gate(ctx: &Ctx) -> Result<Option<Gate>, StoreError> {
    let connection = rows::connection(&mut *ctx.store().read().await?).await?;
    let open = connection.filter(|connection| connection.policy.signs_in);
    Ok(open.and_then(|connection| Some(Gate { directory: directory(ctx).ok()?, connection })))
}

/// Whether people sign in with the directory.
pub async fn is_entrance(ctx: &Ctx) -> Result<bool, StoreError> {
    let settings = rows::settings(&mut *ctx.store().read().await?).await?;
    Ok(settings.is_some_and(|row| row.policy.signs_in))
}

impl Gate {
    /// The person whom `login` means; `None` if nobody or several are. Callers take turns by `place`.
    pub async fn find(&self, ctx: &Ctx, place: Place, login: &str) -> Result<Option<Visitor>, Trouble> {
        let login = login.trim();
        if login.is_empty() || login.chars().count() > LOGIN || login.chars().any(char::is_control) {
            return Ok(None);
        }
        let locating = reading::locate(&*self.directory, &self.connection, login);
        let found = match ask(ctx, (place, login), locating).await {
            // More than two.
            Err(Trouble::SizeLimit) => return Ok(None),
            found => found?,
        };
        match <[_; 1]>::try_from(found) {
            Ok([located]) => Ok(Some(Visitor(located))),
            Err(_) => Ok(None),
        }
    }

    /// Whether `password` is theirs, whom `login` means. For nobody, the directory is asked as well, so that names cannot be
    /// distinguished by the time it takes.
    pub async fn proves(
        &self,
        ctx: &Ctx,
        (place, login): (Place, &str),
        visitor: Option<&mut Visitor>,
        password: &str,
    ) -> Result<bool, Trouble> {
        if password.is_empty() || password.len() > PASSWORD {
            return Ok(false);
        }
        let nobody = format!(
            "cn=nobody-{:016x},{}",
            u64::from_be_bytes(ctx.rng().bytes()),
            self.connection.layout.base.as_str()
        );
        let proving = async move {
            let dn = visitor.as_ref().map_or(nobody.as_str(), |visitor| visitor.0.entry.dn.as_str());
            let is_right = self.directory.bind(&self.connection.server, dn, password).await?;
            match visitor {
                Some(Visitor(located)) if is_right => {
                    reading::complete(&*self.directory, &self.connection, located).await?;
                    Ok(true)
                }
                _ => Ok(false),
            }
        };
        ask(ctx, (place, login), proving).await
    }

    pub fn policy(&self) -> Policy {
        self.connection.policy
    }
}

/// Who a visitor is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AdmittedPerson {
    Person(PersonId),
    /// A person here has the same address.
    EmailTaken,
    /// Their entry has no name.
    Nameless,
}

/// Finds or adds the person of a visitor who proved who they are, and gives them what their groups give.
pub(crate) async fn admit(
    tx: &mut WriteTx,
    visitor: &Visitor,
    policy: Policy,
    now: Millis,
) -> Result<AdmittedPerson, StoreError> {
    let proof = Actor::TOOLGATE.require(Permission::SyncPeople, Target::NONE).map_err(|_| StoreError::Panicked)?;
    let entry = &visitor.0.person;
    let (person, is_new) = if let Some(person) = rows::by_entry(tx.conn(), entry.key).await? {
        (person, false)
    } else {
        if let Some(email) = &entry.email
            && profiles::holder(tx.conn(), email).await?.is_some()
        {
            return Ok(AdmittedPerson::EmailTaken);
        }
        let Some(new) = new_person(entry) else { return Ok(AdmittedPerson::Nameless) };
        let added = rows::add(tx, &[new], policy.admits, now).await?;
        let Some(&person) = added.first() else { return Ok(AdmittedPerson::Nameless) };
        tx.after_commit(ChangeEvent::Person(person));
        let detail = json!({ "admitted": policy.admits });
        tx.followed(AuditEntry::new(&proof, None, now, "directory.person-added", person, &detail));
        (person, true)
    };
    let them = Memberships { person, groups: entry.groups.clone(), is_complete: entry.has_all_groups };
    group_mapping::update(tx, &proof, Source::Directory, them, is_new, now).await?;
    Ok(AdmittedPerson::Person(person))
}

/// Links `person`, who proved both accounts; `false` if one of them is linked already.
pub(crate) async fn link_account(
    tx: &mut WriteTx,
    visitor: &Visitor,
    person: PersonId,
    now: Millis,
) -> Result<bool, StoreError> {
    let entry = &visitor.0.person;
    match rows::link(tx, &[(person, entry.key, entry.login.as_str())], now).await {
        Err(StoreError::Unique(_)) => Ok(false),
        linked => linked.map(|()| true),
    }
}
