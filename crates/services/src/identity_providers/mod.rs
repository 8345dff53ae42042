//! Identity providers: people sign in with an account they have elsewhere, by OpenID Connect.
//!
//! **Invariants.** A provider's word opens the one account that its issuer and subject are linked to, and no other: an equal e-mail
//! address never does, and an address that is not proven makes nobody. A client secret is in its row and in requests to its provider, and nowhere else: not in answers, entries or
//! the log. Codes, tokens and claims are not logged.
//!
//! Not here: the connection (`server`), cookies (`server` and `app`), and what groups give ([`crate::group_mapping`]).

mod addresses;
mod arrivals;
mod client;
mod discovery;
mod entering;
mod own;
mod pending;
mod returns;
mod sign_in;

pub use addresses::{confirm_address, send_code};
pub use arrivals::{apply, arrival, prove};
pub use own::{SignOut, sign_out};
pub use sign_in::{Begin, BeginError, Return, SignInOutcome, SignInRefusal, SignInStart, Visitor, begin, finish};

use crate::{Ctx, change::Job, error, group_mapping, outgoing, serve::bind};
use contract::{
    form::{Fault, Faults},
    identity_providers::{
        AddIdentityProvider, IdentityProviderAdded, IdentityProviderForm, IdentityProviderView, IdentityProviders,
        ListIdentityProviders, ProviderRules, ProviderTest, ReadIdentityProvider, ReadProviderRules,
        RemoveIdentityProvider, SaveIdentityProvider, TestIdentityProvider,
    },
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    connections::{Connection, State},
    group_mapping::Source,
    id::IdentityProviderId,
    identity_providers::{Failure, MOST},
    live::ChangeEvent,
    time::Millis,
    versions::{Saved, is_current},
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx,
    identity_providers::{self as rows, Description, ProviderRow},
};

/// The address to which providers send browsers back, below that of this site.
pub const CALLBACK: &str = "/sign-in/provider/callback";
/// The address to which they send browsers after signing out there.
pub const SIGNED_OUT: &str = "/sign-in";

/// Why a provider is not shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum IdentityProvidersError {
    #[problem("identity-provider.unknown", NotFound, provider_unknown)]
    Unknown,
    /// There are as many as there may be.
    #[problem("identity-provider.too-many", Conflict, provider_too_many(&MOST.to_string()))]
    TooMany,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("identity-provider.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error IdentityProvidersError;
    ListIdentityProviders {}, may ChangeSettings => list;
    AddIdentityProvider {} with form, may ChangeSettings => add;
    ReadIdentityProvider { id }, may ChangeSettings => one;
    SaveIdentityProvider { id, version } with form, may ChangeSettings => save;
    RemoveIdentityProvider { id }, may ChangeSettings, in job => remove;
    TestIdentityProvider { id }, may ChangeSettings => test;
    ReadProviderRules { id }, may ChangeSettings => rules;
}

async fn list(ctx: &Ctx, _: &Actor) -> Result<IdentityProviders, IdentityProvidersError> {
    let rows = rows::list(&mut *ctx.store().read().await?).await?;
    let providers = rows.into_iter().map(|row| to_view(ctx, row)).collect();
    Ok(IdentityProviders { now: ctx.moment_now(), providers })
}

async fn one(
    ctx: &Ctx,
    _: &Actor,
    id: IdentityProviderId,
) -> Result<IdentityProviderView, IdentityProvidersError> {
    let row = rows::one(&mut *ctx.store().read().await?, id).await?;
    row.map(|row| to_view(ctx, row)).ok_or(IdentityProvidersError::Unknown)
}

fn to_view(ctx: &Ctx, row: ProviderRow) -> IdentityProviderView {
    let ProviderRow { id, version, description, client_secret, links, only_way, worked, failed, failure } = row;
    IdentityProviderView {
        id,
        version,
        name: description.name,
        issuer: description.issuer,
        client_id: description.client_id,
        has_secret: client_secret.is_some(),
        scopes: description.scopes,
        groups_claim: description.groups_claim,
        second_factor: description.second_factor,
        second_factor_values: description.second_factor_values,
        admission: description.admission,
        signs_out: description.signs_out,
        active: description.active,
        links,
        only_way,
        worked: worked.map(|at| ctx.moment(at)),
        failed: failed.map(|at| ctx.moment(at)),
        failure,
    }
}

/// The description in a form, and its secret, if the server may ask the issuer.
fn described(ctx: &Ctx, form: IdentityProviderForm) -> Result<(Description, Option<String>), Faults> {
    let permits = |host: &str| outgoing::permits(ctx, host);
    let issuer = form.issuer.permitted(&permits).map_err(|why| Faults::one("issuer", Fault::Issuer(why)))?;
    let description = Description {
        issuer: issuer.as_str().to_owned(),
        name: form.name.into(),
        client_id: form.client_id.into(),
        scopes: form.scopes.to_string(),
        groups_claim: form.groups_claim.into(),
        second_factor: form.second_factor,
        second_factor_values: form.second_factor_values.to_string(),
        admission: form.admission,
        signs_out: form.signs_out,
        active: form.active,
    };
    Ok((description, form.client_secret.map(|secret| secret.expose().to_owned())))
}

/// There is a provider with this issuer and client id.
fn taken(error: StoreError) -> IdentityProvidersError {
    match error {
        StoreError::Unique(_) => Faults::one("client_id", Fault::ProviderTaken).into(),
        other => other.into(),
    }
}

fn changed(tx: &mut WriteTx) {
    tx.after_commit(ChangeEvent::Space);
    tx.after_commit(ChangeEvent::Connections);
}

async fn add(
    ctx: &Ctx,
    actor: &Actor,
    form: IdentityProviderForm,
) -> Result<IdentityProviderAdded, IdentityProvidersError> {
    let (new, secret) = described(ctx, form)?;
    ctx.change(actor, Permission::ChangeSettings, Target::NONE, async move |job| {
        if rows::list(job.tx.conn()).await?.len() >= MOST {
            return Err(IdentityProvidersError::TooMany);
        }
        let by = job.by().await?;
        let id = rows::add(job.tx, &new, secret.as_deref(), job.now, by).await.map_err(taken)?;
        changed(job.tx);
        job.audited(IdentityProviderAdded { id }, "identity-provider.added", id, &json!({})).await
    })
    .await
}

/// The stored values, as the form sends them; never the secret.
fn saved(row: &ProviderRow) -> Saved {
    let of = &row.description;
    let tick = |ticked: bool| if ticked { "yes".to_owned() } else { String::new() };
    Saved::new(
        row.version,
        vec![
            ("name", of.name.clone()),
            ("issuer", of.issuer.clone()),
            ("client_id", of.client_id.clone()),
            ("scopes", of.scopes.clone()),
            ("groups_claim", of.groups_claim.clone()),
            ("second_factor", of.second_factor.as_str().to_owned()),
            ("second_factor_values", of.second_factor_values.clone()),
            ("admission", of.admission.as_str().to_owned()),
            ("signs_out", tick(of.signs_out)),
            ("active", tick(of.active)),
        ],
    )
}

/// Saves a provider over the version `seen`. An outdated version is reported before an invalid field.
async fn save(
    ctx: &Ctx,
    actor: &Actor,
    id: IdentityProviderId,
    seen: i64,
    form: Result<IdentityProviderForm, Faults>,
) -> Result<(), IdentityProvidersError> {
    let form = form.and_then(|form| {
        let forget = form.forget_secret;
        Ok((described(ctx, form)?, forget))
    });
    let again = ctx.clone();
    ctx.change(actor, Permission::ChangeSettings, Target::NONE, async move |job| {
        let row = rows::one(job.tx.conn(), id).await?.ok_or(IdentityProvidersError::Unknown)?;
        if !is_current(row.version, seen) {
            let signed = error::signed(job.tx.conn(), job.zone, id, saved(&row)).await?;
            return Err(IdentityProvidersError::Stale(signed));
        }
        let ((new, secret), forget) = form?;
        if new.issuer != row.description.issuer && row.links > 0 {
            return Err(Faults::one("issuer", Fault::IssuerLinked).into());
        }
        // A code is exchanged with the secret, so a new server would get the one of the old.
        let is_same_client =
            (&new.issuer, &new.client_id) == (&row.description.issuer, &row.description.client_id);
        let present = row.client_secret.as_ref().filter(|_| !forget);
        if secret.is_none() && present.is_some() && !is_same_client {
            return Err(Faults::one("client_secret", Fault::ClientSecretAgain).into());
        }
        let secret = secret.or_else(|| present.cloned());
        let is_secret_changed = secret != row.client_secret;
        if new == row.description && !is_secret_changed {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        rows::save(job.tx, id, &new, secret.as_deref()).await.map_err(taken)?;
        discovery::forget(&again, id);
        changed(job.tx);
        // Which fields, never their content: the secret is one of them.
        let after = ProviderRow { description: new, version: row.version + 1, ..row.clone() };
        let mut fields = saved(&after).changed_since(&saved(&row));
        fields.extend(is_secret_changed.then(|| "client_secret".to_owned()));
        job.audited((), "identity-provider.changed", id, &json!({ "changed": fields })).await
    })
    .await
}

/// Removes a provider with its links, its group rules and the sessions that it opened; what the rules gave stays with the people.
async fn remove(job: &mut Job<'_>, id: IdentityProviderId) -> Result<Done<()>, IdentityProvidersError> {
    let row = rows::one(job.tx.conn(), id).await?.ok_or(IdentityProvidersError::Unknown)?;
    store::group_mapping::remove_source(job.tx, Source::Provider(id.0)).await?;
    // The caller sees what they did.
    let own = job.actor.known().map(|me| me.session);
    let ended = rows::links::end_sessions(job.tx, id, own).await?;
    for &person in &ended {
        job.tx.after_commit(ChangeEvent::Person(person));
    }
    rows::remove(job.tx, id).await?;
    changed(job.tx);
    let detail = json!({ "count": row.links, "ended": ended.len() });
    job.audited((), "identity-provider.removed", id, &detail).await
}

/// What groups at a provider give here.
async fn rules(ctx: &Ctx, _: &Actor, id: IdentityProviderId) -> Result<ProviderRules, IdentityProvidersError> {
    let mut snapshot = ctx.store().snapshot().await?;
    rows::one(&mut snapshot, id).await?.ok_or(IdentityProvidersError::Unknown)?;
    let rules = group_mapping::views(&mut snapshot, Source::Provider(id.0)).await?;
    let targets = group_mapping::targets(&mut snapshot).await?;
    let targets = targets.into_iter().map(|(target, name)| (target.to_string(), name)).collect();
    Ok(ProviderRules { rules, targets })
}

/// Reads what a provider says about itself, now.
async fn test(ctx: &Ctx, actor: &Actor, id: IdentityProviderId) -> Result<ProviderTest, IdentityProvidersError> {
    let row = rows::one(&mut *ctx.store().read().await?, id).await?.ok_or(IdentityProvidersError::Unknown)?;
    let found = discovery::read(ctx, &row).await;
    let name = row.description.name.clone();
    let result = match &found {
        Ok(metadata) => ProviderTest {
            id,
            name,
            failure: None,
            issuer: None,
            unknown_scopes: discovery::unknown_scopes(metadata, &row.description.scopes),
            signs_out: metadata.additional_metadata().end_session_endpoint.is_some(),
            has_details: metadata.userinfo_endpoint().is_some(),
        },
        Err(discovery::Trouble { failure, issuer }) => ProviderTest {
            id,
            name,
            failure: Some(*failure),
            issuer: issuer.clone(),
            unknown_scopes: Vec::new(),
            signs_out: false,
            has_details: false,
        },
    };
    let failure = result.failure;
    ctx.change(actor, Permission::ChangeSettings, Target::NONE, async move |job| {
        rows::note(job.tx, id, failure, job.now).await?;
        changed(job.tx);
        let detail = json!({ "failure": failure.map(Failure::as_str) });
        job.audited(result, "identity-provider.tested", id, &detail).await
    })
    .await
}

/// Records in a job how a provider does, and tells open pages if that is news.
async fn note(
    tx: &mut WriteTx,
    id: IdentityProviderId,
    failure: Option<Failure>,
    now: Millis,
) -> Result<(), StoreError> {
    if rows::note(tx, id, failure, now).await? {
        changed(tx);
    }
    Ok(())
}

/// The same in a job of its own, where nothing else is written.
async fn note_failure(ctx: &Ctx, id: IdentityProviderId, failure: Failure, now: Millis) -> Result<(), StoreError> {
    tracing::warn!(provider = %id, failure = failure.as_str(), "an identity provider failed");
    let noted = ctx.store().write(async move |tx| {
        note(tx, id, Some(failure), now).await?;
        Ok(Done::unaudited((), Unaudited::SignInPending))
    });
    noted.await
}

/// The providers that people can sign in with: id and name, for the sign-in page.
pub async fn offered(ctx: &Ctx) -> Result<Vec<(IdentityProviderId, String)>, StoreError> {
    rows::active(&mut *ctx.store().read().await?).await
}

/// How the providers do, for the page of connections.
pub async fn connections(_: &Ctx, conn: &mut SqliteConnection, _: Millis) -> Result<Vec<Connection>, StoreError> {
    let connections = rows::list(conn).await?.into_iter().map(|row| {
        let state = if row.description.active { State::of(row.worked, row.failed) } else { State::Paused };
        Connection {
            name: Some(row.description.name),
            state,
            last_success: row.worked,
            last_failure: row.failed.zip(row.failure).map(|(at, failure)| (at, failure.trouble())),
            queued: 0,
            link: "/sign-in-providers".to_owned(),
        }
    });
    Ok(connections.collect())
}
