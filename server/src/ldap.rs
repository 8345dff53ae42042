//! Asks a user directory by LDAP.
//!
//! **Invariants.** Passwords travel encrypted, or within this machine. Connecting and each operation have a time limit, after which
//! the socket is closed. A search returns everything that the server has, or fails; no other server is asked. No answer, however
//! malformed, nested or long, is more than a failure.
//! Neither names nor answers are logged. Not here: filters, and what entries mean (`services::user_directory`).

mod wire;

use crate::{response_limits::Budget, tls};
use domain::user_directory::{PATIENCE, Server, Trouble, referral};
use futures::future::BoxFuture;
use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, ResultEntry, Scope, StdStream,
    adapters::{Adapter, EntriesOnly, PagedResults},
    asn1::{PL, StructureTag},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use services::user_directory::{Directory, Entry, FoundEntries, Search};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::time::timeout;
use wire::Wire;

/// Entries of one page.
const PAGE: i32 = 500;
/// Bytes of the answer to a bind.
const BIND: usize = 64 * 1024;
/// Bytes of a search besides its entries, and of few entries.
const FEW: usize = 256 * 1024;
/// Bytes of an entry, if there are many.
const ENTRY: usize = 4 * 1024;
/// Bytes of all entries of one search.
const MOST: usize = 64 * 1024 * 1024;
/// The time limit of a search with all its pages.
const WHOLE: Duration = Duration::from_mins(2);

/// The client of a directory.
#[derive(Default)]
pub struct Client {
    budget: Budget,
    /// Trust store of this machine, loaded with the first connection.
    tls: OnceLock<Option<Arc<ClientConfig>>>,
}

impl Directory for Client {
    fn search<'a>(&'a self, server: &'a Server, search: Search) -> BoxFuture<'a, Result<FoundEntries, Trouble>> {
        Box::pin(async move {
            let (config, server, budget) = (self.config(server)?, server.clone(), self.budget.clone());
            let most = search.most.saturating_mul(ENTRY).saturating_add(FEW).min(MOST);
            let searching = async move {
                let mut connection = connect(&server, config, &budget, most).await?;
                if !connection.bind(server.bind_dn.as_str(), server.bind_password.expose()).await? {
                    return Err(Trouble::BindRefused);
                }
                timeout(WHOLE, connection.search(&search)).await.unwrap_or(Err(Trouble::NoAnswer))
            };
            isolate(searching).await
        })
    }

    fn bind<'a>(
        &'a self,
        server: &'a Server,
        dn: &'a str,
        password: &'a str,
    ) -> BoxFuture<'a, Result<bool, Trouble>> {
        Box::pin(async move {
            // A bind without a password is an anonymous one, which servers answer with success (RFC 4513, 5.1.2).
            if dn.is_empty() || password.is_empty() {
                return Ok(false);
            }
            let (config, server, budget) = (self.config(server)?, server.clone(), self.budget.clone());
            let (dn, password) = (dn.to_owned(), password.to_owned());
            isolate(async move { connect(&server, config, &budget, BIND).await?.bind(&dn, &password).await }).await
        })
    }
}

/// Runs `asking` in a task of its own, because the library panics at some malformed answers, to binds as well.
fn isolate<T: Send + 'static>(asking: impl Future<Output = Result<T, Trouble>> + Send + 'static) -> Ending<T> {
    Ending(tokio::spawn(asking))
}

/// A task that ends with the future that waits for it.
struct Ending<T>(tokio::task::JoinHandle<Result<T, Trouble>>);

impl<T> Future for Ending<T> {
    type Output = Result<T, Trouble>;

    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0).poll(cx).map(|ended| ended.unwrap_or(Err(Trouble::Unclear)))
    }
}

impl<T> Drop for Ending<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A connection in which the directory may send `most` bytes.
async fn connect(
    server: &Server,
    config: Arc<ClientConfig>,
    budget: &Budget,
    most: usize,
) -> Result<Connection, Trouble> {
    let (stream, wire) = Wire::open(&server.address, config, budget, most).await?;
    let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(stream));
    let (driver, ldap) =
        LdapConnAsync::with_settings(settings, "ldapi:///").await.map_err(|error| trouble(&error))?;
    tokio::spawn(async move { drop(driver.drive().await) });
    Ok(Connection { ldap, wire })
}

impl Client {
    /// One that shares `budget` with other clients.
    #[must_use]
    pub const fn new(budget: Budget) -> Self {
        Self { budget, tls: OnceLock::new() }
    }

    fn config(&self, server: &Server) -> Result<Arc<ClientConfig>, Trouble> {
        let Some(certificates) = &server.certificates else {
            return self.tls.get_or_init(tls::client).clone().ok_or(Trouble::Certificate);
        };
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(certificates.as_str().as_bytes()) {
            let certificate = certificate.map_err(|_| Trouble::Certificate)?;
            roots.add(certificate).map_err(|_| Trouble::Certificate)?;
        }
        if roots.is_empty() {
            return Err(Trouble::Certificate);
        }
        Ok(Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()))
    }
}

struct Connection {
    ldap: Ldap,
    /// Ends the connection when dropped, whatever the library's tasks wait for.
    wire: Wire,
}

impl Connection {
    /// Whether the directory takes this name and password.
    async fn bind(&mut self, dn: &str, password: &str) -> Result<bool, Trouble> {
        // The time limit holds for one operation.
        let answer = self.ldap.with_timeout(PATIENCE).simple_bind(dn, password).await;
        let LdapResult { rc, .. } =
            answer.map_err(|error| self.wire.exceeded(Trouble::Unclear).unwrap_or_else(|| trouble(&error)))?;
        match rc {
            0 => Ok(true),
            // Invalid credentials, and refusals of this name or password by policy.
            32 | 34 | 48 | 49 | 50 | 53 => Ok(false),
            other => Err(code(other)),
        }
    }

    async fn search(&mut self, search: &Search) -> Result<FoundEntries, Trouble> {
        let Search { base, filter, attributes, most } = search;
        let adapters: Vec<Box<dyn Adapter<'_, String, Vec<String>>>> =
            vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE))];
        let begun = self.ldap.with_timeout(PATIENCE).streaming_search_with(
            adapters,
            base.as_str(),
            Scope::Subtree,
            filter,
            attributes.clone(),
        );
        let failed = |error: &LdapError| self.wire.exceeded(Trouble::SizeLimit).unwrap_or_else(|| trouble(error));
        let mut stream = begun.await.map_err(|error| failed(&error))?;
        let mut entries = Vec::new();
        // Each page is another operation, which the library does not limit.
        while let Some(entry) = timeout(PATIENCE, stream.next())
            .await
            .map_err(|_| Trouble::NoAnswer)?
            .map_err(|error| failed(&error))?
        {
            if entries.len() >= *most {
                return Err(Trouble::SizeLimit);
            }
            entries.push(read(entry).ok_or(Trouble::Unclear)?);
        }
        // Without this a search that broke off looks like a shorter one.
        let LdapResult { refs, .. } = stream.finish().await.success().map_err(|error| failed(&error))?;
        Ok(FoundEntries { entries, is_partial: refs.iter().any(|reference| referral::may_hide_people(reference)) })
    }
}

/// The entry, if it is well-formed (RFC 4511, 4.5.2).
fn read(entry: ResultEntry) -> Option<Entry> {
    let mut parts = constructed(entry.0.match_id(4)?)?.into_iter();
    let dn = String::from_utf8(primitive(parts.next()?)?).ok()?;
    let mut attributes = HashMap::new();
    for attribute in constructed(parts.next()?)? {
        let mut parts = constructed(attribute)?.into_iter();
        let name = String::from_utf8(primitive(parts.next()?)?).ok()?.to_lowercase();
        let values: Option<Vec<_>> = constructed(parts.next()?)?.into_iter().map(primitive).collect();
        attributes.insert(name, values?);
    }
    Some(Entry { dn, attributes })
}

fn constructed(tag: StructureTag) -> Option<Vec<StructureTag>> {
    match tag.payload {
        PL::C(parts) => Some(parts),
        PL::P(_) => None,
    }
}

fn primitive(tag: StructureTag) -> Option<Vec<u8>> {
    match tag.payload {
        PL::P(bytes) => Some(bytes),
        PL::C(_) => None,
    }
}

/// What an error of the library means.
fn trouble(error: &LdapError) -> Trouble {
    match error {
        LdapError::Timeout { .. } => Trouble::NoAnswer,
        LdapError::FilterParsing => Trouble::InvalidFilter,
        LdapError::Io { .. } => Trouble::Unreachable,
        LdapError::LdapResult { result } => code(result.rc),
        _ => Trouble::Unclear,
    }
}

/// What a result code means (RFC 4511, A.1).
const fn code(rc: u32) -> Trouble {
    match rc {
        // Time limit exceeded, busy, unavailable.
        3 | 51 | 52 => Trouble::NoAnswer,
        // Size limit, and the administrator's limit.
        4 | 11 => Trouble::SizeLimit,
        // Confidentiality required.
        13 => Trouble::NoEncryption,
        // A referral to another server.
        10 => Trouble::Elsewhere,
        // No such object, and an invalid name.
        32 | 34 => Trouble::BaseNotFound,
        // Undefined attribute or matching, and an invalid value.
        17 | 18 | 21 | 87 => Trouble::InvalidFilter,
        49 => Trouble::BindRefused,
        8 | 50 => Trouble::NotAllowed,
        _ => Trouble::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ldap3::asn1::TagClass;

    fn tag(id: u64, payload: PL) -> StructureTag {
        StructureTag { class: TagClass::Universal, id, payload }
    }

    fn octets(text: &[u8]) -> StructureTag {
        tag(4, PL::P(text.to_vec()))
    }

    fn entry(name: &[u8], values: Vec<StructureTag>) -> StructureTag {
        let attribute = tag(16, PL::C(vec![octets(name), tag(17, PL::C(values))]));
        let application = TagClass::Application;
        let parts = PL::C(vec![octets(b"uid=u1"), tag(16, PL::C(vec![attribute]))]);
        StructureTag { class: application, id: 4, payload: parts }
    }

    #[test]
    fn binary_values_are_stored_as_they_are_and_names_fold() {
        let found = read(ResultEntry::new(entry(b"objectGUID", vec![octets(&[0xff, 0]), octets(b"x")])));
        let attributes = HashMap::from([("objectguid".to_owned(), vec![vec![0xff, 0], b"x".to_vec()])]);
        assert_eq!(found, Some(Entry { dn: "uid=u1".into(), attributes }));
    }

    #[test]
    fn malformed_entry_is_none() {
        for broken in [
            entry(b"\xff", vec![]),
            entry(b"uid", vec![tag(16, PL::C(vec![]))]),
            StructureTag { class: TagClass::Application, id: 4, payload: PL::C(vec![]) },
            StructureTag { class: TagClass::Application, id: 4, payload: PL::P(vec![1]) },
            StructureTag { class: TagClass::Application, id: 5, payload: PL::C(vec![]) },
        ] {
            assert_eq!(read(ResultEntry::new(broken)), None);
        }
    }

    #[test]
    fn result_codes_say_which_to_do() {
        for (rc, expected) in [
            (4, Trouble::SizeLimit),
            (11, Trouble::SizeLimit),
            (10, Trouble::Elsewhere),
            (32, Trouble::BaseNotFound),
            (50, Trouble::NotAllowed),
            (52, Trouble::NoAnswer),
            (80, Trouble::Unclear),
        ] {
            assert_eq!(code(rc), expected, "{rc}");
        }
    }
}
