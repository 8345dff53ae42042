//! What people see and change of their own accounts at providers, and signing out there.

use super::discovery;
use crate::{
    Ctx,
    accounts::{self, AccountsError, methods, proof},
    change::Job,
    serve::bind,
    sessions,
    token::Token,
};
use contract::identity_providers::{
    IdentityLinkView, IdentityLinks, OwnProvider, ReadIdentityLinks, UnlinkIdentity,
};
use domain::{
    accounts::sign_in_methods::{MethodChange, SignInMethod},
    actor::{Actor, Forbidden, Permission, Target, Who},
    id::{IdentityLinkId, IdentityProviderId},
    identity_providers::may_be_asked,
    live::ChangeEvent,
    notices::Notice,
    outgoing::Address,
};
use openidconnect::{ClientId, LogoutRequest, PostLogoutRedirectUrl, core::CoreIdToken};
use serde_json::json;
use store::{
    Done, StoreError, Unaudited,
    identity_providers::{self as rows, links, visits},
};

bind! {
    error AccountsError;
    ReadIdentityLinks {}, may OwnAccount => own;
    UnlinkIdentity { id }, may OwnAccount => unlink;
}

/// The caller's accounts, and the providers where they may link one.
async fn own(ctx: &Ctx, actor: &Actor) -> Result<IdentityLinks, AccountsError> {
    let me = actor.known().ok_or(Forbidden::SignIn)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let linked = links::of_person(&mut snapshot, me.id).await?;
    let offered = rows::active(&mut snapshot).await?;
    let methods = methods::of(ctx, &mut snapshot, me.id).await?;
    let began = links::of_session(&mut snapshot, me.session).await?;
    let signs_out = match began {
        Some(began) => rows::one(&mut snapshot, began.provider).await?.filter(|row| row.description.signs_out),
        None => None,
    };
    drop(snapshot);
    let may_remove = methods.may_remove(SignInMethod::Identity).is_ok();
    let unlinked = offered.into_iter().filter(|(id, _)| linked.iter().all(|link| link.provider != *id));
    let unlinked = unlinked.map(|(provider, name)| OwnProvider {
        provider,
        name,
        active: true,
        link: None,
        may_unlink: false,
    });
    let unlinked: Vec<_> = unlinked.collect();
    let linked = linked.into_iter().map(|link| OwnProvider {
        provider: link.provider,
        name: link.name,
        active: link.active,
        // One that is off is no way in.
        may_unlink: may_remove || !link.active,
        link: Some(IdentityLinkView {
            id: link.id,
            called: link.called,
            linked: ctx.moment(link.linked),
            used: link.used.map(|at| ctx.moment(at)),
        }),
    });
    let providers = linked.chain(unlinked).collect();
    let signs_out = signs_out.map(|row| row.description.name);
    Ok(IdentityLinks { now: ctx.moment_now(), providers, signs_out })
}

/// Unlinks an account of the caller, unless it is their last way in. Their other sessions end, for it may be another person's.
async fn unlink(ctx: &Ctx, actor: &Actor, id: IdentityLinkId) -> Result<(), AccountsError> {
    let again = ctx.clone();
    ctx.change(actor, Permission::OwnAccount, Target::NONE, async move |job: &mut Job<'_>| {
        let (me, session) = job.actor.known().map(|me| (me.id, me.session)).ok_or(Forbidden::SignIn)?;
        let actor = job.actor.clone();
        proof::require(&again, job.tx.conn(), &actor, job.now).await?;
        let linked = links::of_person(job.tx.conn(), me).await?;
        let link = linked.into_iter().find(|link| link.id == id).ok_or(AccountsError::Unknown)?;
        if link.active {
            let methods = methods::of(&again, job.tx.conn(), me).await?;
            methods::check_removable(methods, SignInMethod::Identity)?;
        }
        links::remove(job.tx, id, me).await?;
        let ended = sessions::end_all(job.tx, me, Some(session)).await?;
        job.tx.after_commit(ChangeEvent::Space);
        job.notify(me, Notice::SignInMethodChanged { change: MethodChange::IdentityUnlinked, at: job.now })
            .await?;
        let detail = json!({ "provider": link.provider, "ended": ended });
        job.audited((), "account.identity-unlinked", me, &detail).await
    })
    .await
}

/// Bytes of an address that every server reads, with some to spare for its redirects.
const ADDRESS: usize = 4_000;

/// Where to sign out at a provider. It has no `Debug`: its address holds a token.
#[derive(Clone)]
pub struct SignOut {
    pub address: String,
    /// The provider's name.
    pub provider: String,
}

/// Ends the caller's session, or their arrival, and says where they sign out at the provider. `None` if it cannot do that, or if no
/// provider is involved.
pub async fn sign_out(
    ctx: &Ctx,
    actor: &Actor,
    arrival: Option<&Token>,
    site: &str,
) -> Result<Option<SignOut>, AccountsError> {
    let now = ctx.now();
    let began = if let Who::Person(me) = &actor.who {
        let began = links::of_session(&mut *ctx.store().read().await?, me.session).await?;
        accounts::sign_out(ctx, actor).await?;
        began.map(|began| (began.provider, began.id_token))
    } else if let Some(hash) = arrival.and_then(Token::hash) {
        let arrived = visits::arrival(&mut *ctx.store().read().await?, &hash, now).await?;
        let departed = ctx.store().write::<_, StoreError, _>(async move |tx| {
            visits::depart(tx, &hash).await?;
            Ok(Done::unaudited((), Unaudited::SignInPending))
        });
        departed.await?;
        arrived.map(|arrived| (arrived.provider, arrived.id_token))
    } else {
        None
    };
    match began {
        Some((provider, id_token)) => address(ctx, provider, &id_token, site).await.map_err(Into::into),
        None => Ok(None),
    }
}

/// The address at which a browser signs out there (RP-Initiated Logout).
async fn address(
    ctx: &Ctx,
    provider: IdentityProviderId,
    id_token: &str,
    site: &str,
) -> Result<Option<SignOut>, StoreError> {
    let row = rows::one(&mut *ctx.store().read().await?, provider).await?;
    let Some(row) = row.filter(|row| row.description.signs_out) else { return Ok(None) };
    // They are signed out here, whether the provider answers or not.
    let Ok(metadata) = discovery::metadata(ctx, &row).await else { return Ok(None) };
    let endpoint = metadata.additional_metadata().end_session_endpoint.clone();
    let back = PostLogoutRedirectUrl::new(format!("{site}{}", super::SIGNED_OUT));
    let (Some(endpoint), Ok(back), Ok(token)) = (endpoint, back, id_token.parse::<CoreIdToken>()) else {
        return Ok(None);
    };
    let client = ClientId::new(row.description.client_id);
    let request = || {
        LogoutRequest::from(endpoint.clone())
            .set_client_id(client.clone())
            .set_post_logout_redirect_uri(back.clone())
    };
    let with_hint = request().set_id_token_hint(&token).http_get_url().to_string();
    // A statement with many groups makes an address that servers refuse. Without it the provider asks the person.
    let address = if with_hint.len() <= ADDRESS { with_hint } else { request().http_get_url().to_string() };
    let fits = Address::parse(&format!("{}/", address.split('?').next().unwrap_or_default()));
    let fits = fits.is_ok_and(|address| may_be_asked(&address));
    Ok(fits.then_some(SignOut { address, provider: row.description.name }))
}
