//! A directory of another institution that answers from memory.

use crate::lab::{
    Lab,
    operations::{fields, run},
};
use contract::{
    form::Fields,
    user_directory::{DirectoryPreview, PreviewDirectorySync, SaveDirectory},
};
use domain::{
    actor::Actor,
    user_directory::{Server, Trouble},
};
use futures::future::BoxFuture;
use services::user_directory::{Directory, Entry, FoundEntries, Search, arrange};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

/// One person there.
#[derive(Debug, Clone)]
pub struct Member {
    pub uid: String,
    pub name: String,
    pub email: Option<String>,
    pub groups: Vec<&'static str>,
    pub id: String,
}

/// The directory, and what it was asked.
#[derive(Default)]
pub struct House {
    pub people: Mutex<Vec<Member>>,
    pub trouble: Mutex<Option<Trouble>>,
    /// Groups in groups: the inner one, and the one that contains it.
    pub nested: Mutex<Vec<(&'static str, &'static str)>>,
    /// It finds no entry by its distinguished name.
    pub finds_no_names: AtomicBool,
    /// It refers to another server.
    pub is_partial: AtomicBool,
    /// Names and passwords that were tried.
    pub binds: Mutex<Vec<(String, String)>>,
    /// While it is held for writing, nothing is answered.
    pub door: tokio::sync::RwLock<()>,
    /// Requests that came to the door.
    pub knocking: AtomicUsize,
    /// The filters of those that were searches.
    pub filters: Mutex<Vec<String>>,
}

pub fn member(number: u32, name: &str, groups: &[&'static str]) -> Member {
    Member {
        uid: format!("u{number}"),
        name: name.into(),
        email: Some(format!("u{number}@uni.example")),
        groups: groups.to_vec(),
        id: format!("id-{number}"),
    }
}

impl House {
    pub fn has(&self, people: Vec<Member>) {
        *self.people.lock().unwrap() = people;
    }

    pub fn fails(&self, trouble: Option<Trouble>) {
        *self.trouble.lock().unwrap() = trouble;
    }

    pub fn bind_count(&self) -> usize {
        self.binds.lock().unwrap().len()
    }

    fn found(&self, search: &Search) -> Result<FoundEntries, Trouble> {
        if let Some(trouble) = *self.trouble.lock().unwrap() {
            return Err(trouble);
        }
        let entries = self.entries(search)?;
        Ok(FoundEntries { entries, is_partial: self.is_partial.load(Relaxed) })
    }

    /// The groups in groups that a filter means.
    fn groups(&self, filter: &str) -> Vec<Entry> {
        let nested = self.nested.lock().unwrap();
        // As a real one compares names: without case.
        let filter = filter.to_lowercase();
        let is_meant = |inner: &str| {
            !filter.contains("(entrydn=") || filter.contains(&format!("(entrydn={})", dn(inner).to_lowercase()))
        };
        let inner: BTreeSet<_> = nested.iter().map(|(inner, _)| *inner).filter(|inner| is_meant(inner)).collect();
        let entry = |name: &str| {
            let outer = nested.iter().filter(|(inner, _)| *inner == name).map(|(_, outer)| dn(outer).into_bytes());
            Entry { dn: dn(name), attributes: HashMap::from([("memberof".to_owned(), outer.collect())]) }
        };
        inner.into_iter().map(entry).collect()
    }

    fn entries(&self, search: &Search) -> Result<Vec<Entry>, Trouble> {
        let by_name = search.filter.contains("(entryDN=");
        if by_name && self.finds_no_names.load(Relaxed) {
            return Ok(Vec::new());
        }
        if search.filter.contains("memberOf") {
            return Ok(self.groups(&search.filter));
        }
        let people = self.people.lock().unwrap();
        if by_name {
            let is_named = |entry: &Entry| search.filter.contains(&format!("(entryDN={})", entry.dn));
            return Ok(people.iter().map(entry).filter(is_named).collect());
        }
        let wanted = search
            .filter
            .strip_prefix("(uid=")
            .and_then(|rest| rest.strip_suffix(')'))
            .ok_or(Trouble::InvalidFilter)?;
        // As a real one compares them: without case and the white space around.
        let is_meant = |one: &&Member| wanted == "*" || one.uid == wanted.trim().to_lowercase();
        let entries: Vec<_> = people.iter().filter(is_meant).map(entry).collect();
        if entries.len() > search.most { Err(Trouble::SizeLimit) } else { Ok(entries) }
    }
}

/// The whole name of a group.
fn dn(group: &str) -> String {
    format!("cn={group},ou=groups,dc=uni")
}

fn entry(one: &Member) -> Entry {
    let value = |text: &str| vec![text.as_bytes().to_vec()];
    let groups = one.groups.iter().map(|group| dn(group).into_bytes()).collect();
    let mut attributes = HashMap::from([
        ("uid".to_owned(), value(&one.uid)),
        ("cn".to_owned(), value(&one.name)),
        ("entryuuid".to_owned(), value(&one.id)),
        ("memberof".to_owned(), groups),
    ]);
    attributes.extend(one.email.as_deref().map(|email| ("mail".to_owned(), value(email))));
    Entry { dn: format!("uid={},ou=people,dc=uni", one.uid), attributes }
}

impl Directory for House {
    fn search<'a>(&'a self, _: &'a Server, search: Search) -> BoxFuture<'a, Result<FoundEntries, Trouble>> {
        Box::pin(async move {
            self.filters.lock().unwrap().push(search.filter.clone());
            self.knocking.fetch_add(1, Relaxed);
            let _through = self.door.read().await;
            self.found(&search)
        })
    }

    /// The password of `u1` is `pw-u1`.
    fn bind<'a>(&'a self, _: &'a Server, dn: &'a str, password: &'a str) -> BoxFuture<'a, Result<bool, Trouble>> {
        Box::pin(async move {
            self.knocking.fetch_add(1, Relaxed);
            let _through = self.door.read().await;
            self.binds.lock().unwrap().push((dn.to_owned(), password.to_owned()));
            if let Some(trouble) = *self.trouble.lock().unwrap() {
                return Err(trouble);
            }
            let uid = dn.strip_prefix("uid=").and_then(|rest| rest.split(',').next()).unwrap_or_default();
            Ok(!uid.is_empty() && password == format!("pw-{uid}"))
        })
    }
}

pub const BIND_PASSWORD: &str = "owls-read-at-night";

/// The form that connects it.
pub fn form() -> Vec<(&'static str, &'static str)> {
    vec![
        ("address", "ldaps://ldap.uni.example"),
        ("bind_dn", "cn=reader,dc=uni"),
        ("bind_password", BIND_PASSWORD),
        ("base", "ou=people,dc=uni"),
        ("people_filter", "(uid={login})"),
        ("login", "uid"),
        ("name", "cn"),
        ("email", "mail"),
        ("unique_id", "entryUUID"),
        ("groups", "member-of"),
        ("member_of", "memberOf"),
        ("group_base", "ou=groups,dc=uni"),
        ("signs_in", "yes"),
        ("admits", "yes"),
        ("adds", "yes"),
        ("every", "60"),
        ("most", "20"),
    ]
}

/// Connects the directory with other values of some fields; an empty one is left out.
pub async fn connect(lab: &Lab, other: &[(&'static str, &'static str)]) -> Arc<House> {
    let house = Arc::new(House::default());
    arrange(&lab.ctx, house.clone());
    let mut form = form();
    for (name, value) in other {
        form.retain(|(field, _)| field != name);
        form.push((name, value));
    }
    form.retain(|(_, value)| !value.is_empty());
    let version = 0;
    run(&lab.ctx, &lab.administrator().await, SaveDirectory { version }, fields(&form)).await.unwrap();
    house
}

pub async fn dry_run(lab: &Lab, actor: &Actor) -> DirectoryPreview {
    run(&lab.ctx, actor, PreviewDirectorySync {}, Fields::default()).await.unwrap()
}
