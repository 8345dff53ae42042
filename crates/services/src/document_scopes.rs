//! Whom a document is asked of: members, or those who may use its machines.
//!
//! Not here: documents themselves, and what follows from a missing signature.

use domain::{
    documents::is_asked_of,
    id::{PersonId, TypeId},
    machines::AuthorisationMode,
    qualifications::Ledger,
    settings::At,
    time::Millis,
};
use store::{
    SqliteConnection, StoreError,
    documents::{self as rows, SignedDocument},
    settings,
};

/// Whom a document is asked of.
pub(crate) struct Scope {
    at: At,
    /// Its type, or that of its machine.
    of_type: Option<TypeId>,
    /// Every member may use its machines.
    open: bool,
}

impl Scope {
    pub(crate) fn asks(&self, ledger: &Ledger, now: Millis) -> bool {
        is_asked_of(ledger, self.at, self.of_type, self.open, now)
    }
}

/// The scopes of documents, given by subject and type, in one statement.
pub(crate) async fn scopes(
    conn: &mut SqliteConnection,
    of: impl IntoIterator<Item = (At, Option<TypeId>)>,
) -> Result<Vec<Scope>, StoreError> {
    let of: Vec<_> = of.into_iter().collect();
    let sides = of.iter().map(|(at, of_type)| match at {
        At::Machine(machine) => (*of_type, Some(*machine)),
        At::Space | At::Type(_) => (*of_type, None),
    });
    let settings = settings::of_many(conn, &sides.collect::<Vec<_>>()).await?;
    let scopes = of.into_iter().zip(settings).map(|((at, of_type), settings)| Scope {
        at,
        of_type,
        open: settings.authorisation == AuthorisationMode::Open,
    });
    Ok(scopes.collect())
}

pub(crate) async fn scopes_of(
    conn: &mut SqliteConnection,
    documents: &[SignedDocument],
) -> Result<Vec<Scope>, StoreError> {
    scopes(conn, documents.iter().map(|document| (document.at, document.of_type))).await
}

/// How many documents `person` has to sign or hand in.
pub(crate) async fn count_unsigned(
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<u32, StoreError> {
    let signed = rows::signed(conn, None, Some(person)).await?;
    if signed.is_empty() {
        return Ok(0);
    }
    let scopes = scopes_of(conn, &signed).await?;
    let Some(active) = rows::active(conn, Some(person)).await?.pop() else { return Ok(0) };
    let unsigned = signed
        .iter()
        .zip(scopes)
        .filter(|(document, scope)| scope.asks(&active.ledger, now) && document.of(person).to_sign(now).is_some());
    Ok(u32::try_from(unsigned.count()).unwrap_or(u32::MAX))
}
