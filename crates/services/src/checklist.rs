//! The set-up checklist, for those who may add the missing parts.

use crate::{
    Ctx,
    accounts::{self, AccountsError},
    cards::{self, CardsError},
    people::{self, PeopleError},
    qualifications::{self, QualificationsError},
};
use contract::checklist::{Added, FirstMachine, FirstStart};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    audit::Subject,
    checklist::{Checklist, Progress},
    id::{PersonId, TypeId, UnknownCardId},
    live::ChangeEvent,
    qualifications::{self as ledger, Relation, SPACE, SYSTEM},
};
use macros::ServiceError;
use serde_json::json;
use store::{Done, StoreError, Unaudited, audit, checklist, equipment};
use text::Lang;

/// Limit of people in a list: a person added during setup is among the newest.
const PEOPLE: i64 = 20;
/// Unknown cards that are offered in a list, at most.
const CARDS: usize = 5;

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum ChecklistError {
    /// It is for those who set the space up.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// The member was not added.
    #[problem(transparent)]
    People(#[from] PeopleError),
    /// The member was not invited.
    #[problem(transparent)]
    Accounts(#[from] AccountsError),
    /// The card was not assigned.
    #[problem(transparent)]
    Cards(#[from] CardsError),
    /// The qualification was not granted.
    #[problem(transparent)]
    Ledger(#[from] QualificationsError),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The checklist; `None` for those without permission, when all steps are done, and when it was dismissed.
pub async fn read(ctx: &Ctx, actor: &Actor) -> Result<Option<Checklist>, ChecklistError> {
    Ok(unfinished(ctx, actor).await?)
}

/// The progress, for those who see the steps of [`read`].
pub(crate) async fn progress(ctx: &Ctx, actor: &Actor) -> Result<Option<Progress>, StoreError> {
    Ok(unfinished(ctx, actor).await?.and_then(|list| list.progress()))
}

async fn unfinished(ctx: &Ctx, actor: &Actor) -> Result<Option<Checklist>, StoreError> {
    if !actor.may(Permission::ChangeSettings, Target::NONE) {
        return Ok(None);
    }
    let list = checklist::read(&mut *ctx.store().read().await?).await?;
    Ok(list.filter(|list| list.next().is_some()))
}

/// Puts the steps away, or shows them again.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, away: bool) -> Result<(), ChecklistError> {
    ctx.change(actor, Permission::ChangeSettings, Target::NONE, async move |job| {
        let changed =
            if away { checklist::dismiss(job.tx, job.now).await? } else { checklist::show_again(job.tx).await? };
        if !changed {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        job.tx.after_commit(ChangeEvent::Space);
        let action = if away { "setup.steps-dismissed" } else { "setup.steps-shown" };
        job.audited((), action, Subject::Space, &json!({})).await
    })
    .await
}

/// The setup page: all steps, done or not, and the initial values of their forms.
pub async fn first_start(ctx: &Ctx, actor: &Actor) -> Result<FirstStart, ChecklistError> {
    actor.require(Permission::ChangeSettings, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let people = checklist::newest_people(&mut snapshot, PEOPLE).await?;
    let cards = cards::unassigned(ctx, &mut snapshot, CARDS).await?;
    // The last tap identifies the person to qualify; an unknown card is meant for the newest member.
    let tapped = if cards.is_empty() { checklist::last_tapped(&mut snapshot).await? } else { None };
    let machine = checklist::newest_machine(&mut snapshot).await?.map(|newest| FirstMachine {
        id: newest.id,
        name: newest.name,
        number: newest.number,
        kind: newest.kind,
        kind_name: newest.kind_name,
        heard: newest.heard,
    });
    Ok(FirstStart {
        now: ctx.moment(ctx.now()),
        steps: checklist::steps(&mut snapshot).await?,
        places: equipment::places(&mut snapshot).await?,
        kinds: equipment::types(&mut snapshot).await?.into_iter().map(|(_, name)| name).collect(),
        number: equipment::free_number(&mut snapshot).await?.map_or(0, |number| number.0),
        machine,
        person: tapped.or_else(|| people.first().map(|(person, _)| *person)),
        people,
        cards,
        accepted: checklist::last_accepted(&mut snapshot).await?,
    })
}

/// Adds a member: with an address they are invited, without one they are added by hand.
pub async fn add_member(
    ctx: &Ctx,
    actor: &Actor,
    name: String,
    email: String,
    lang: Lang,
) -> Result<Added, ChecklistError> {
    actor.require(Permission::ChangeSettings, Target::NONE)?;
    if email.trim().is_empty() {
        let input =
            people::PersonForm { name: name.clone(), email, phone: String::new(), language: String::new() };
        people::add(ctx, actor, input).await?;
        return Ok(Added { name: name.trim().to_owned(), delivery: None });
    }
    let invite = accounts::Invite { name: name.clone(), email, lang };
    let (_, delivery) = accounts::invite(ctx, actor, invite).await?;
    Ok(Added { name: name.trim().to_owned(), delivery: Some(delivery) })
}

/// A person to qualify, and the card to give them.
#[derive(Debug, Clone, Copy)]
pub struct LetUse {
    pub person: PersonId,
    /// The type of machines.
    pub kind: TypeId,
    /// A tapped unassigned card; `None` for a person who has one.
    pub card: Option<UnknownCardId>,
}

/// Assigns the card and grants the qualification, both or neither.
pub async fn let_use(ctx: &Ctx, actor: &Actor, request: LetUse) -> Result<(), ChecklistError> {
    let LetUse { person, kind, card } = request;
    let on = ledger::Subject::Type(kind);
    ctx.change(actor, Permission::ChangeSettings, Target::NONE, async move |job| {
        if [SPACE, SYSTEM].contains(&on) {
            return Err(QualificationsError::UnknownEquipment.into());
        }
        let assigned = match card {
            Some(card) => Some(cards::assign(job, person, card).await?),
            None => None,
        };
        let entries = qualifications::grant_use(job, person, kind).await?;
        if entries.is_empty() {
            return Ok(match assigned {
                Some(assigned) => Done::audited((), assigned),
                None => Done::unaudited((), Unaudited::NothingChanged),
            });
        }
        if let Some(assigned) = assigned {
            job.tx.followed(assigned);
        }
        let detail =
            json!({ "on": on.to_string(), "relation": Relation::User, "until": null, "entries": entries });
        let granted = audit::entry(job.tx, &job.proof, job.now, "qualification.granted", person, &detail).await?;
        Ok(Done::audited((), granted))
    })
    .await
}
