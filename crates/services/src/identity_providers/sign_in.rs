//! The way to a provider and back: a sign-in begins here, and ends with what the browser brings back.
//!
//! **Invariants.** Nonce and verifier are in the state, sealed, so that only this process reads them and a beginning is stored nowhere.
//! The browser has a cookie of its own, so nobody finishes in one browser what began in another. A return that ended well works once,
//! one that fails a few times. Between return and answer the person may be suspended or linked: the job that opens a session decides by
//! what it reads itself. A sign-in that the provider only remembers is no proof for a change of the ways in.

use super::{
    client::{self, Identity, Secrets},
    discovery,
    entering::{Entering, LinkError, add_link, groups, join, open},
    note, note_failure,
    pending::PendingSignIn,
    returns,
};
use crate::{
    Ctx,
    accounts::{AccountsError, Opened, Origin, proof},
    notices,
    rate::network,
    sealed,
    token::Token,
    turns::Place,
};
use domain::{
    accounts::{local_path, sign_in_methods::MethodChange},
    actor::{Actor, Channel, Permission, Target, Who},
    id::{IdentityProviderId, SessionId},
    identity_providers::{Arrival, Failure, LASTS, Refusal, SignInPurpose, Standing, TokenList, admit, is_recent},
    notices::Notice,
    people::PersonStatus,
    time::Millis,
};
use serde_json::json;
use store::{
    Done, StoreError, Unaudited,
    accounts::of_person,
    audit::{self, AuditEntry},
    identity_providers::{
        self as rows, ProviderRow,
        links::{self, SessionIdentity},
        visits::{self, ArrivalRow},
    },
    people,
};

/// Why a person is not let in, and by which provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInRefusal {
    pub why: Refusal,
    pub provider: Option<IdentityProviderId>,
}

/// Why a sign-in does not begin.
#[derive(Debug, Clone)]
pub enum BeginError {
    Refused(SignInRefusal),
    /// They have to sign in here first, or to prove again who they are.
    Accounts(AccountsError),
}

impl From<StoreError> for BeginError {
    fn from(error: StoreError) -> Self {
        Self::Accounts(error.into())
    }
}

/// A request to begin.
#[derive(Debug, Clone)]
pub struct Begin<'a> {
    pub provider: IdentityProviderId,
    /// The cookie of an earlier sign-in in this browser.
    pub browser: Option<Token>,
    /// The address of this site, without a trailing slash.
    pub site: &'a str,
    /// The page to open then.
    pub destination: &'a str,
    pub purpose: SignInPurpose,
}

/// A sign-in that has begun. It has no `Debug`: its address holds secrets.
#[derive(Clone)]
pub struct SignInStart {
    /// Where the browser goes.
    pub address: String,
    /// The provider's name.
    pub provider: String,
    /// For the browser's cookie.
    pub browser: Token,
}

/// The value of a new secret.
fn secret(ctx: &Ctx) -> String {
    ctx.rng().new_token().0.expose().to_owned()
}

/// Begins a sign-in at a provider: of a visitor, or of the caller who links an account there or proves who they are.
pub async fn begin(ctx: &Ctx, actor: &Actor, request: Begin<'_>) -> Result<SignInStart, BeginError> {
    let (now, provider) = (ctx.now(), request.provider);
    let refused = |why| BeginError::Refused(SignInRefusal { why, provider: Some(provider) });
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::one(&mut snapshot, provider).await?.filter(|row| row.description.active);
    let row = row.ok_or(refused(Refusal::Off))?;
    let purpose = request.purpose;
    if purpose != SignInPurpose::SignIn {
        actor.require(Permission::OwnAccount, Target::NONE).map_err(|why| BeginError::Accounts(why.into()))?;
    }
    if purpose == SignInPurpose::Link {
        proof::require(ctx, &mut snapshot, actor, now).await.map_err(BeginError::Accounts)?;
    }
    let session = session_of(actor).filter(|_| purpose != SignInPurpose::SignIn);
    drop(snapshot);
    let known = request.browser.and_then(|token| Some((token.hash()?, token)));
    let (browser, cookie) = known.unwrap_or_else(|| {
        let (fresh, hash) = ctx.rng().new_token();
        (hash, fresh)
    });
    let pending = PendingSignIn {
        provider,
        browser,
        nonce: secret(ctx),
        verifier: secret(ctx),
        redirect: format!("{}{}", request.site, super::CALLBACK),
        destination: local_path(request.destination).unwrap_or("/").to_owned(),
        purpose,
        session,
        expires: now.after(LASTS),
    };
    let state = pending.seal(ctx).ok_or(refused(Refusal::Unreachable))?;
    let PendingSignIn { nonce, verifier, redirect, .. } = &pending;
    let secrets = Secrets { state: state.expose(), nonce, verifier };
    let address = match discovery::metadata(ctx, &row).await {
        Ok(metadata) => client::address(&row, &metadata, redirect, &secrets, purpose, &classes(&row)),
        Err(failure) => Err(failure),
    };
    let address = match address {
        Ok(address) => address,
        Err(failure) => {
            note_failure(ctx, provider, failure, now).await?;
            return Err(refused(failure.refusal()));
        }
    };
    Ok(SignInStart { address, provider: row.description.name, browser: cookie })
}

fn session_of(actor: &Actor) -> Option<SessionId> {
    if let Who::Person(known) = &actor.who { Some(known.session) } else { None }
}

/// The values that assert a second factor, to be asked for if it counts.
fn classes(row: &ProviderRow) -> Vec<String> {
    use domain::identity_providers::SecondFactorUse;
    match row.description.second_factor {
        SecondFactorUse::Ignored => Vec::new(),
        SecondFactorUse::Counts | SecondFactorUse::Required => values(row).as_slice().to_vec(),
    }
}

fn values(row: &ProviderRow) -> TokenList {
    TokenList::parse(&row.description.second_factor_values).unwrap_or_default()
}

/// The query with which a provider sends a browser back. It has no `Debug`: it holds secrets.
#[derive(Clone, Default)]
pub struct Return {
    pub state: String,
    pub code: Option<String>,
    pub error: Option<String>,
    /// Who sent it back (RFC 9207).
    pub issuer: Option<String>,
}

/// Whose browser it is.
#[derive(Debug, Clone)]
pub struct Visitor<'a> {
    pub actor: &'a Actor,
    pub origin: Origin,
    /// "Firefox on Linux".
    pub device: String,
    /// The cookie of the sign-in.
    pub browser: Option<Token>,
}

/// How a sign-in ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInOutcome {
    SignedIn {
        opened: Opened,
        /// The page to open.
        to: String,
    },
    /// The account was linked to the person who is signed in.
    Linked,
    /// The person who is signed in has proved who they are.
    Proved {
        /// The page to open.
        to: String,
    },
    /// They are not in: what they can do is shown to the holder of this token.
    Arrived(Token),
}

/// Finishes what [`begin`] began.
pub async fn finish(ctx: &Ctx, visitor: Visitor<'_>, back: Return) -> Result<SignInOutcome, SignInRefusal> {
    let now = ctx.now();
    let lost = SignInRefusal { why: Refusal::OtherBrowser, provider: None };
    let (begun, state) = PendingSignIn::open(ctx, &Token::presented(&back.state)).ok_or(lost)?;
    let provider = Some(begun.provider);
    let refused = |why| SignInRefusal { why, provider };
    if visitor.browser.as_ref().and_then(Token::hash) != Some(begun.browser) {
        return Err(refused(Refusal::OtherBrowser));
    }
    if begun.expires <= now {
        return Err(refused(Refusal::Expired));
    }
    let row = async { rows::one(&mut *ctx.store().read().await?, begun.provider).await };
    let row = row.await.map_err(unavailable(provider))?.filter(|row| row.description.active);
    let row = row.ok_or(refused(Refusal::Off))?;
    if back.issuer.as_ref().is_some_and(|issuer| *issuer != row.description.issuer) {
        return Err(refused(Refusal::Unverified));
    }
    let stranger = || Place::Network(network(visitor.origin.address));
    let place = visitor.actor.person().map_or_else(stranger, Place::Person);
    let asking = returns::turn(ctx, place, begun.browser).await.map_err(|_| refused(Refusal::TooMany))?;
    // Others with the same state may have used it up meanwhile.
    if !sealed::attempt(ctx, &state) {
        return Err(lost);
    }
    let identity = match identify(ctx, &row, &begun, back, now).await {
        Ok(identity) => {
            asking.succeed();
            identity
        }
        Err(IdentityError::Refused(why)) => return Err(refused(why)),
        Err(IdentityError::Failed(failure)) => {
            note_failure(ctx, row.id, failure, now).await.map_err(unavailable(provider))?;
            return Err(refused(failure.refusal()));
        }
    };
    // Of two returns at the same time, one goes on.
    if !sealed::spend(ctx, &state) {
        return Err(lost);
    }
    match (begun.purpose, begun.session) {
        (SignInPurpose::Link, Some(session)) => link(ctx, visitor.actor, session, row, identity, now).await,
        (SignInPurpose::Prove, Some(session)) => {
            prove(ctx, visitor.actor, session, &row, identity, now).await?;
            Ok(SignInOutcome::Proved { to: begun.destination })
        }
        _ => enter(ctx, &visitor, row, identity, begun.destination, now).await,
    }
}

/// The storage failed: that is logged, and they may try again.
fn unavailable(provider: Option<IdentityProviderId>) -> impl Fn(StoreError) -> SignInRefusal {
    move |error| {
        tracing::error!(%error, "a sign-in by a provider could not be finished");
        SignInRefusal { why: Refusal::Unreachable, provider }
    }
}

enum IdentityError {
    Refused(Refusal),
    Failed(Failure),
}

/// Who the browser brings back.
async fn identify(
    ctx: &Ctx,
    row: &ProviderRow,
    begun: &PendingSignIn,
    Return { code, error, issuer, .. }: Return,
    now: Millis,
) -> Result<Identity, IdentityError> {
    match error.as_deref() {
        None => {}
        Some("server_error" | "temporarily_unavailable") => {
            return Err(IdentityError::Failed(Failure::Unavailable));
        }
        // What we asked is not what was agreed there.
        Some("invalid_request" | "unauthorized_client" | "unsupported_response_type" | "invalid_scope") => {
            return Err(IdentityError::Failed(Failure::Client));
        }
        Some(_) => return Err(IdentityError::Refused(Refusal::Denied)),
    }
    let code = code.filter(|code| !code.is_empty()).ok_or(IdentityError::Refused(Refusal::Unverified))?;
    // Otherwise a code of another provider, which says nothing, could be brought here (RFC 9207, 2.4).
    if issuer.is_none() && discovery::names_itself(ctx, row).await.map_err(IdentityError::Failed)? {
        return Err(IdentityError::Refused(Refusal::Unverified));
    }
    let secrets = Secrets { state: "", nonce: &begun.nonce, verifier: &begun.verifier };
    let identity = client::identify(ctx, row, &begun.redirect, code, &secrets, now).await;
    let identity = identity.map_err(IdentityError::Failed)?;
    let required = row.description.second_factor == domain::identity_providers::SecondFactorUse::Required;
    if required && !has_second_factor(row, &identity) {
        return Err(IdentityError::Refused(Refusal::SecondFactor));
    }
    Ok(identity)
}

fn has_second_factor(row: &ProviderRow, identity: &Identity) -> bool {
    let rule = row.description.second_factor;
    rule.is_asserted(&values(row), identity.class.as_deref(), &identity.methods)
}

/// Records that the person of `session`, who began this, has proved who they are: by their linked account, and just now.
async fn prove(
    ctx: &Ctx,
    actor: &Actor,
    session: SessionId,
    row: &ProviderRow,
    identity: Identity,
    now: Millis,
) -> Result<(), SignInRefusal> {
    let id = row.id;
    let refused = move |why| SignInRefusal { why, provider: Some(id) };
    let person = actor.person().filter(|_| session_of(actor) == Some(session));
    let person = person.ok_or(refused(Refusal::OtherBrowser))?;
    if !is_recent(identity.authenticated, now) {
        return Err(refused(Refusal::NotRecent));
    }
    let proved = ctx.store().write::<_, LinkError, _>(async move |tx| {
        if !store::sessions::lasts(tx.conn(), session, person, now).await? {
            return Err(LinkError::Refused(Refusal::OtherBrowser));
        }
        let linked = links::find(tx.conn(), id, &identity.subject).await?;
        let linked = linked.filter(|linked| linked.person == person);
        let linked = linked.ok_or(LinkError::Refused(Refusal::OtherAccount))?;
        links::note_use(tx, linked.link, identity.called.as_deref(), now).await?;
        note(tx, id, None, now).await?;
        proof::record(tx, session, now).await?;
        Ok(Done::unaudited((), Unaudited::SessionSliding))
    });
    proved.await.map_err(|error| match error {
        LinkError::Refused(why) => refused(why),
        LinkError::Store(error) => unavailable(Some(id))(error),
    })
}

/// Links the account to the person of `session`, who began this.
async fn link(
    ctx: &Ctx,
    actor: &Actor,
    session: SessionId,
    row: ProviderRow,
    identity: Identity,
    now: Millis,
) -> Result<SignInOutcome, SignInRefusal> {
    let provider = Some(row.id);
    let refused = move |why| SignInRefusal { why, provider };
    let person = actor.person().filter(|_| session_of(actor) == Some(session));
    let person = person.ok_or(refused(Refusal::OtherBrowser))?;
    let own = actor.require(Permission::OwnAccount, Target::NONE);
    let own = own.map_err(|_| refused(Refusal::OtherBrowser))?;
    let linked = ctx.store().write::<_, LinkError, _>(async move |tx| {
        // It may have been ended meanwhile, from another device.
        if !store::sessions::lasts(tx.conn(), session, person, now).await? {
            return Err(LinkError::Refused(Refusal::OtherBrowser));
        }
        if let Some(known) = links::find(tx.conn(), row.id, &identity.subject).await? {
            if known.person != person {
                return Err(LinkError::Refused(Refusal::LinkedElsewhere));
            }
            links::note_use(tx, known.link, identity.called.as_deref(), now).await?;
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        add_link(tx, &row, &identity.subject, identity.called.clone(), person, now).await?;
        if let Some(holder) = of_person(tx.conn(), person).await?
            && holder.status == PersonStatus::Active
        {
            groups(tx, &own, &row, person, identity.groups, false, now).await?;
        }
        note(tx, row.id, None, now).await?;
        let linked = Notice::SignInMethodChanged { change: MethodChange::IdentityLinked, at: now };
        notices::notify(tx, &own, person, linked, now).await?;
        let detail = json!({ "provider": row.id });
        let entry = audit::entry(tx, &own, now, "account.identity-linked", person, &detail).await?;
        Ok(Done::audited((), entry))
    });
    match linked.await {
        Ok(()) => Ok(SignInOutcome::Linked),
        Err(LinkError::Refused(why)) => Err(refused(why)),
        Err(LinkError::Store(error)) => Err(unavailable(provider)(error)),
    }
}

/// The result of the job in which a person signs in.
enum Entry {
    /// Whether their second factor is still missing.
    SignedIn {
        pending: bool,
    },
    Arrived,
}

/// Signs a person in, or says what they can do.
async fn enter(
    ctx: &Ctx,
    visitor: &Visitor<'_>,
    row: ProviderRow,
    identity: Identity,
    destination: String,
    now: Millis,
) -> Result<SignInOutcome, SignInRefusal> {
    let provider = Some(row.id);
    let anybody = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE);
    let anybody = anybody.map_err(|_| SignInRefusal { why: Refusal::Unverified, provider })?;
    let (token, hash) = ctx.rng().new_token();
    let (known, known_hash) = visitor.origin.known_as(ctx);
    let second_factor = has_second_factor(&row, &identity);
    let session = SessionIdentity { provider: row.id, id_token: identity.id_token.clone(), second_factor };
    let device = visitor.device.clone();
    let is_proved = is_recent(identity.authenticated, now);
    let entering = Entering { hash, device, known: known_hash, identity: session, has_code: false, is_proved };
    let to = destination.clone();
    let entered = ctx.store().write::<_, StoreError, _>(async move |tx| {
        note(tx, row.id, None, now).await?;
        let linked = links::find(tx.conn(), row.id, &identity.subject).await?;
        let same_email = match &identity.email {
            Some(email) => links::person_with(tx.conn(), email).await?,
            None => None,
        };
        let standing = Standing {
            linked: linked.map(|linked| linked.status),
            same_email: same_email.map(|(_, status)| status),
            is_proven: identity.email.is_some(),
            is_named: identity.name.is_some(),
        };
        match (admit(row.description.admission, standing), linked, identity.name.clone()) {
            (Arrival::SignIn, Some(linked), _) => {
                links::note_use(tx, linked.link, identity.called.as_deref(), now).await?;
                if linked.status == PersonStatus::Active {
                    groups(tx, &anybody, &row, linked.person, identity.groups, false, now).await?;
                }
                let (session, pending) = open(tx, linked.person, &entering, now).await?;
                let by = people::alias(tx, linked.person, now).await?;
                let detail = json!({ "session": session, "provider": row.id });
                let entry = AuditEntry::new(&anybody, Some(by), now, "account.signed-in", linked.person, &detail);
                Ok(Done::audited(Entry::SignedIn { pending }, entry))
            }
            (Arrival::Join, _, Some(name)) => {
                let known = (identity.subject.as_str(), identity.called.clone());
                let person = join(tx, &row, (name, identity.email.clone()), known, now).await?;
                groups(tx, &anybody, &row, person, identity.groups, true, now).await?;
                let (session, pending) = open(tx, person, &entering, now).await?;
                let by = people::alias(tx, person, now).await?;
                let detail = json!({ "session": session, "provider": row.id });
                let entry = AuditEntry::new(&anybody, Some(by), now, "account.joined", person, &detail);
                Ok(Done::audited(Entry::SignedIn { pending }, entry))
            }
            (arrival, ..) => {
                let refusal = match arrival {
                    Arrival::Prove | Arrival::Ask | Arrival::Confirm => None,
                    Arrival::Refuse(why) => Some(why),
                    Arrival::SignIn | Arrival::Join => Some(Refusal::Unverified),
                };
                let person = same_email.map(|(person, _)| person).filter(|_| refusal.is_none());
                let new = ArrivalRow {
                    provider: row.id,
                    subject: identity.subject,
                    name: identity.name,
                    email: identity.email,
                    claimed: identity.claimed,
                    code_to: None,
                    groups: identity.groups,
                    second_factor: entering.identity.second_factor,
                    id_token: identity.id_token,
                    refusal,
                    person,
                    destination: to,
                    expires: now.after(LASTS),
                };
                visits::arrive(tx, &entering.hash, &new).await?;
                Ok(Done::unaudited(Entry::Arrived, Unaudited::SignInPending))
            }
        }
    });
    Ok(match entered.await.map_err(unavailable(provider))? {
        Entry::Arrived => SignInOutcome::Arrived(token),
        Entry::SignedIn { pending } => {
            let opened = Opened { token, device: (!pending).then_some(known), second_factor: pending };
            SignInOutcome::SignedIn { opened, to: destination }
        }
    })
}
