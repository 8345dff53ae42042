//! The user directory (LDAP) of another institution: people sign in with its passwords, and a sync follows who comes and leaves.
//!
//! **Invariants.** An account belongs to an entry by its unique id, never by a name that was typed. The bind password is read where
//! the directory is asked, and is in no answer, log or audit entry. A list that was cut is a failure and never a shorter list. A
//! directory that is gone lets nobody new in and throws nobody out. Suspensions that a sync made are lifted by a sync alone,
//! unless a manager suspends the person as well: those a manager lifts.
//!
//! Not here: sockets, which are the server's ([`Directory`]); limits on guesses (`accounts`); and what a comparison amounts to
//! (`domain::user_directory::sync`).
//!
//! [`reading`] asks the directory for people, [`groups`] for their groups. [`settings`] connects it, [`sync`] compares and applies,
//! [`preview`] shows what would change, [`dry_run`] keeps that until it is applied, [`known_groups`] names rules that match no group,
//! and [`entrance`] is for signing in.

mod dry_run;
mod entrance;
mod groups;
mod known_groups;
mod pages;
mod preview;
mod reading;
mod settings;
mod sync;

pub use entrance::is_entrance;
pub(crate) use entrance::{AdmittedPerson, admit, gate, link_account};
pub use pages::connections;
pub(crate) use sync::run_due;

use crate::{Ctx, serve::bind, shared::Shared};
use contract::{
    form::Faults,
    user_directory::{
        ApplyDirectorySync, DisconnectDirectory, PreviewDirectorySync, ReadDirectory, ReadDirectoryPage,
        SaveDirectory, TestDirectory, UnlinkFromDirectory,
    },
};
use domain::{
    actor::Forbidden,
    user_directory::{DistinguishedName, Layout, Server, Trouble},
    versions::Saved,
};
use futures::future::BoxFuture;
use macros::ServiceError;
use std::{collections::HashMap, sync::Arc};
use store::StoreError;

/// Why a request about the directory is refused.
#[derive(Debug, Clone, ServiceError)]
pub enum UserDirectoryError {
    #[problem("directory.not-connected", Conflict, directory_not_connected)]
    NotConnected,
    /// The directory did not do what it was asked.
    #[problem("directory.failed", Conflict, directory_trouble(*_0))]
    Failed(Trouble),
    /// It is being read at this moment.
    #[problem("directory.busy", Conflict, directory_busy)]
    Busy,
    /// There is no dry run, or it is too old.
    #[problem("directory.no-dry-run", Conflict, directory_no_dry_run)]
    NoDryRun,
    /// People, rules or settings were changed since the dry run.
    #[problem("directory.changed", Conflict, directory_changed)]
    Changed,
    #[problem("directory.nothing", Conflict, directory_nothing)]
    Nothing,
    /// A job of a sync failed; the changes of those before it are made.
    #[problem("directory.interrupted", Unavailable, directory_interrupted(&made.to_string(), &planned.to_string()))]
    Interrupted { made: u32, planned: u32, error: StoreError },
    #[problem("person.unknown", NotFound, access_person_unknown)]
    UnknownPerson,
    #[problem("directory.unlinked", Conflict, directory_unlinked)]
    Unlinked,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("directory.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error UserDirectoryError;
    ReadDirectory {}, may SeePeople => pages::read;
    ReadDirectoryPage {}, may SeePeople => pages::page;
    SaveDirectory { version } with form, may ConnectDirectory, in job => settings::save;
    TestDirectory {}, may ConnectDirectory => settings::test;
    DisconnectDirectory {}, may ConnectDirectory => settings::disconnect;
    PreviewDirectorySync {}, may SyncPeople => preview::preview;
    ApplyDirectorySync {} with form, may SyncPeople => sync::apply_dry_run;
    UnlinkFromDirectory { person }, may SyncPeople about person(person) => settings::unlink;
}

/// A search. All of what the server has, or a failure.
#[derive(Debug, Clone)]
pub struct Search {
    pub base: DistinguishedName,
    pub filter: String,
    pub attributes: Vec<String>,
    /// More entries are a failure.
    pub most: usize,
}

/// An entry of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub dn: String,
    /// Values by the name of the attribute, in lower case.
    pub attributes: HashMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    /// The values of an attribute. A directory that returns only a range of them has cut the list.
    fn values(&self, attribute: &str) -> Result<&[Vec<u8>], Trouble> {
        let name = attribute.to_lowercase();
        let range = format!("{name};range=");
        if self.attributes.keys().any(|key| key.starts_with(&range)) {
            return Err(Trouble::SizeLimit);
        }
        Ok(self.attributes.get(&name).map_or(&[], Vec::as_slice))
    }

    /// The first value of an attribute, if it is text.
    fn text(&self, attribute: &str) -> Option<String> {
        let value = self.attributes.get(&attribute.to_lowercase())?.first()?;
        String::from_utf8(value.clone()).ok().filter(|value| !value.trim().is_empty())
    }

    /// The login name of a person.
    fn login(&self, layout: &Layout) -> String {
        self.text(layout.login.as_str()).unwrap_or_default()
    }
}

/// Entries that a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundEntries {
    pub entries: Vec<Entry>,
    /// The server refers to another one, which may have more.
    pub is_partial: bool,
}

/// Asks a directory, with a time limit for each operation.
pub trait Directory: Send + Sync {
    /// Signs in as the reader, and searches the whole tree under a base.
    fn search<'a>(&'a self, server: &'a Server, search: Search) -> BoxFuture<'a, Result<FoundEntries, Trouble>>;

    /// Whether `password` is that of the entry. It is never empty.
    fn bind<'a>(
        &'a self,
        server: &'a Server,
        dn: &'a str,
        password: &'a str,
    ) -> BoxFuture<'a, Result<bool, Trouble>>;
}

/// Sets what asks the directory.
pub fn arrange(ctx: &Ctx, directory: Arc<dyn Directory>) {
    *ctx.memory::<Memory>().directory.lock() = Some(directory);
}

#[derive(Default)]
struct Memory {
    directory: Shared<Option<Arc<dyn Directory>>>,
    /// The last dry run.
    dry_run: Shared<Option<dry_run::DryRun>>,
    /// The groups of everybody at the last reading.
    groups: Shared<Option<known_groups::KnownGroups>>,
    /// Held while people are compared and changed.
    syncing: tokio::sync::Mutex<()>,
}

/// What asks the directory, if it is arranged.
fn directory(ctx: &Ctx) -> Result<Arc<dyn Directory>, Trouble> {
    ctx.memory::<Memory>().directory.lock().clone().ok_or(Trouble::NotSetUp)
}
