//! What a page shows of the ledger, and what the caller may change of it.

use super::{
    QualificationsError,
    counted::tallies,
    matter_of,
    relations::{banned_on, highest_relation, is_banned, machines_of},
};
use crate::{Ctx, directory::SEARCH, notices::EXPIRING};
use contract::qualifications::{
    Applicant, Ban, ChangedBy, Chosen, Held, HeldRow, HeldState, LedgerEntry, MyType, Named, QualificationActions,
    Qualified, SHOWN, Standing, TypePage,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Principal, Target},
    id::{PersonId, TypeId},
    people::{PersonStatus, folded::words},
    qualifications::{
        Cause, EntryKind, Ledger, Relation, SPACE, SYSTEM, Subject,
        change::{Change, Matter, TargetPerson, Writer, admit},
        lapse::expired,
    },
    time::{DAY, Millis},
};
use store::{
    SqliteConnection, StoreError,
    people::{self, Person},
    qualifications::{self, Concerned, Equipment, SetBy, Written},
};

/// Letters required to search a name.
const SEARCH_FROM: usize = 2;
/// People found by name at most.
const FOUND: u16 = 20;

/// A person's standing, with the whole history.
pub async fn of_person(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<Standing, QualificationsError> {
    match actor.require(Permission::SeePerson, Target::person(person)) {
        Err(Forbidden::NotAllowed) => return Err(QualificationsError::UnknownPerson),
        proof => proof?,
    };
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let found = people::one(&mut snapshot, person, now).await?.ok_or(QualificationsError::UnknownPerson)?;
    Ok(standing(ctx, &mut snapshot, actor, &found, None, now).await?)
}

pub async fn mine(ctx: &Ctx, actor: &Actor) -> Result<Standing, QualificationsError> {
    let person = actor.person().ok_or(Forbidden::SignIn)?;
    of_person(ctx, actor, person).await
}

/// The standing of `person`, optionally on one type alone. The caller has checked the permission.
pub(crate) async fn standing(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    person: &Person,
    only: Option<TypeId>,
    now: Millis,
) -> Result<Standing, StoreError> {
    let mut equipment = qualifications::equipment(conn, None).await?;
    equipment.retain(|one| only.is_none_or(|kind| one.kind == kind));
    let history = qualifications::history(conn, person.id).await?;
    let administrators = qualifications::administrators(conn, person.id).await?;
    Ok(stands(ctx, actor, person, &equipment, &history, &administrators, now))
}

/// A person's standing as a table: bans, qualifications, and expired ones. Also returns the equipment.
pub(crate) async fn rows(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    person: &Person,
    administrators: &[Ledger],
    now: Millis,
) -> Result<(Vec<HeldRow>, Vec<Equipment>), StoreError> {
    let equipment = qualifications::equipment(conn, None).await?;
    let history = qualifications::history(conn, person.id).await?;
    let Standing { held, bans, actions, .. } =
        stands(ctx, actor, person, &equipment, &history, administrators, now);
    let row = |held: Held, state| {
        let about = (held.on.clone(), held.relation);
        let (may_grant, may_take) = match state {
            HeldState::Banned => (false, actions.unban.contains(&held.on)),
            HeldState::InForce | HeldState::Ending | HeldState::Expired => {
                (actions.grant.contains(&about), actions.revoke.contains(&about))
            }
        };
        HeldRow { held, state, may_grant, may_take }
    };
    let soon = now.after(DAY * EXPIRING);
    let banned = bans.into_iter().map(|ban| {
        let Ban { on, since, until, by, .. } = ban;
        row(Held { on, relation: Relation::User, since, until, cause: Cause::Trainer, by }, HeldState::Banned)
    });
    let held = held.into_iter().map(|held| {
        let ends = held.until.is_some_and(|until| until.at < soon);
        row(held, if ends { HeldState::Ending } else { HeldState::InForce })
    });
    let written = |id| history.iter().find(|written| written.entry.id == id);
    let is_expiry = |id| written(id).is_some_and(|written| written.cause == Cause::Expiry);
    let expired = expired(&person.ledger, is_expiry, now).into_iter().filter_map(|(entry, end)| {
        let on = named(equipment.iter().find(|one| one.subject == entry.subject)?);
        let Written { cause, by: message, .. } = written(entry.id)?;
        let (since, until) = (ctx.moment(entry.from), Some(ctx.moment(end)));
        let held = Held { on, relation: entry.relation, since, until, cause: *cause, by: by(message) };
        Some(row(held, HeldState::Expired))
    });
    let rows = banned.chain(held).chain(expired).collect();
    Ok((rows, equipment))
}

fn stands(
    ctx: &Ctx,
    actor: &Actor,
    person: &Person,
    equipment: &[Equipment],
    history: &[Written],
    administrators: &[Ledger],
    now: Millis,
) -> Standing {
    let writer = match actor.known() {
        Some(known) => Some(Writer::Person(known)),
        None => (*actor == Actor::TOOLGATE).then_some(Writer::Toolgate),
    };
    let actions = writer.map(|writer| actions(writer, person, equipment, administrators, now)).unwrap_or_default();
    let mut held = Vec::new();
    let mut bans = Vec::new();
    for one in equipment {
        let written = |id| history.iter().find(|written: &&Written| written.entry.id == id);
        if let Some(written) = person.ledger.ban(one.subject, now).and_then(|entry| written(entry.id)) {
            bans.push(Ban {
                on: named(one),
                since: ctx.moment(written.entry.from),
                until: written.entry.until.map(|until| ctx.moment(until)),
                by: by(&written.by),
                remark: written.remark.clone(),
            });
        }
        let matter = matter_of(one);
        for &relation in Relation::ALL.iter().rev() {
            let Some(entry) = person.ledger.grant(relation, one.subject, now) else { continue };
            let Some(written) = written(entry.id) else { continue };
            // A ban on the type takes the machine's grants as well.
            if !person.ledger.holds(relation, &matter.subjects(), now) {
                continue;
            }
            held.push(Held {
                on: named(one),
                relation,
                since: ctx.moment(entry.from),
                until: entry.until.map(|until| ctx.moment(until)),
                cause: written.cause,
                by: by(&written.by),
            });
        }
    }
    let history = history.iter().filter_map(|written| {
        let on = named(equipment.iter().find(|one| one.subject == written.entry.subject)?);
        Some(LedgerEntry {
            id: written.entry.id,
            on,
            relation: written.entry.relation,
            kind: written.entry.kind,
            from: ctx.moment(written.entry.from),
            until: written.entry.until.map(|until| ctx.moment(until)),
            cause: written.cause,
            by: by(&written.by),
            remark: written.remark.clone(),
        })
    });
    Standing { now: ctx.moment(now), history: history.collect(), held, bans, actions }
}

/// The actions that `writer` may take about `person`, by the rule that is checked again on writing.
fn actions(
    writer: Writer<'_>,
    person: &Person,
    equipment: &[Equipment],
    administrators: &[Ledger],
    now: Millis,
) -> QualificationActions {
    let target = TargetPerson { id: person.id, status: person.status, ledger: &person.ledger };
    let may = |matter: Matter<'_>, kind, relation| {
        let change = Change { relation, kind, from: now, until: None, cause: Cause::Trainer };
        admit(&writer, &target, matter, &change, administrators, now).is_ok()
    };
    let mut actions = QualificationActions::default();
    for one in equipment {
        let of_type = equipment.iter().filter(|other| other.kind == one.kind);
        let machines: Vec<_> = of_type.filter_map(|other| matter_of(other).machine).collect();
        let matter = Matter { machines: &machines, ..matter_of(one) };
        for &relation in Relation::ALL.iter().filter(|&&relation| relation.exists_on(one.subject)) {
            // An unlimited grant needs no second one; a limited one may be renewed.
            let for_good =
                person.ledger.grant(relation, one.subject, now).is_some_and(|entry| entry.until.is_none());
            if !for_good && may(matter, EntryKind::Granted, relation) {
                actions.grant.push((named(one), relation));
            }
            if may(matter, EntryKind::Revoked, relation) {
                actions.revoke.push((named(one), relation));
            }
        }
        if person.ledger.ban(one.subject, now).is_none() && may(matter, EntryKind::Banned, Relation::User) {
            actions.ban.push(named(one));
        }
        if may(matter, EntryKind::Unbanned, Relation::User) {
            actions.unban.push(named(one));
        }
    }
    actions
}

/// The name of a type or machine, as shown.
pub(crate) fn named(one: &Equipment) -> Named {
    Named { subject: one.subject, kind: one.kind, name: one.name.clone(), built_in: one.built_in }
}

fn by(message: &SetBy) -> ChangedBy {
    match message {
        SetBy::Toolgate => ChangedBy::Toolgate,
        SetBy::Somebody(Some(name)) => ChangedBy::Name(name.clone()),
        SetBy::Somebody(None) => ChangedBy::Former,
    }
}

/// The types that the caller manages, with counts by relation.
pub async fn my_types(ctx: &Ctx, actor: &Actor) -> Result<Vec<MyType>, QualificationsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let equipment = qualifications::equipment(&mut snapshot, None).await?;
    let seen = equipment.iter().filter(|one| {
        matches!(one.subject, Subject::Type(_)) && !one.archived && sees(actor, one.kind, &equipment)
    });
    let mut types: Vec<_> = seen
        .map(|one| {
            let relation = actor.known().and_then(|known| highest(known, one.kind, &equipment));
            MyType { on: named(one), relation, users: 0, trainers: 0, banned: 0 }
        })
        .collect();
    let kinds: Vec<_> = types.iter().map(|mine| mine.on.kind).collect();
    let tallies = tallies(ctx, &mut snapshot, &kinds, &equipment, now).await?;
    for mine in &mut types {
        let tally = tallies.get(&mine.on.kind).copied().unwrap_or_default();
        (mine.users, mine.trainers, mine.banned) = (tally.users, tally.trainers, tally.banned);
    }
    if types.is_empty() {
        // Without any type to manage the page is refused, not empty.
        actor.require(Permission::SeeQualified, Target::NONE)?;
    }
    Ok(types)
}

/// A type's page: relations, members by name, and possible ledger entries about the `chosen` person.
pub async fn type_page(
    ctx: &Ctx,
    actor: &Actor,
    kind: TypeId,
    search: &str,
    chosen: Option<PersonId>,
) -> Result<TypePage, QualificationsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let equipment = qualifications::equipment(&mut snapshot, None).await?;
    seen(actor, kind, &equipment)?;
    let of_type = equipment.iter().find(|one| one.subject == Subject::Type(kind));
    let on = named(of_type.ok_or(QualificationsError::UnknownEquipment)?);
    let chosen = match chosen {
        Some(id) => chosen_one(ctx, &mut snapshot, actor, id, kind, &equipment, now).await?,
        None => None,
    };
    let total =
        tallies(ctx, &mut snapshot, &[kind], &equipment, now).await?.get(&kind).map_or(0, |tally| tally.listed);
    let search: String = search.trim().chars().take(SEARCH).collect();
    let words = (search.chars().count() >= SEARCH_FROM).then(|| words(&search));
    let visible = |one| qualified(ctx, one, kind, &equipment, now);
    let people = qualifications::of_type(&mut snapshot, kind, None, SHOWN, visible).await?;
    let (mut matching, mut found) = (Vec::new(), Vec::new());
    if let Some(words) = words {
        // All of them: a member with the name who is not among them has no relation yet.
        matching = qualifications::of_type(&mut snapshot, kind, Some(&words), usize::MAX, visible).await?;
        found = people::named(&mut snapshot, &words, FOUND).await?;
        found.retain(|(id, _)| matching.iter().all(|one| one.person != *id));
        matching.truncate(SHOWN);
    }
    let machines = machines_of(kind, &equipment).map(|(id, name)| (id, name.to_owned())).collect();
    let applicants = match Subject::Type(kind) {
        SPACE if actor.may(Permission::Admit, Target::NONE) => Some(applicants(ctx, &mut snapshot).await?),
        _ => None,
    };
    let may_change =
        on.built_in.is_none() && actor.may(Permission::ChangeEquipment, Target::equipment(kind, None));
    let now = ctx.moment(now);
    Ok(TypePage { now, on, machines, people, total, matching, found, applicants, chosen, may_change })
}

/// Some of those who are anything on a type, in the order of their ids.
#[derive(Debug, Clone)]
pub struct SomeQualified {
    /// The people and their bans. Former holders are left out, so there may be fewer than the page size.
    pub people: Vec<(Qualified, Vec<Subject>)>,
    /// The cursor of the next page, if there is one.
    pub next: Option<PersonId>,
}

/// The relations on a type after the cursor `after`; examines `limit` people.
pub async fn qualified_behind(
    ctx: &Ctx,
    actor: &Actor,
    kind: TypeId,
    after: Option<PersonId>,
    limit: usize,
) -> Result<SomeQualified, QualificationsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let equipment = qualifications::equipment(&mut snapshot, None).await?;
    seen(actor, kind, &equipment)?;
    if !equipment.iter().any(|one| one.subject == Subject::Type(kind)) {
        return Err(QualificationsError::UnknownEquipment);
    }
    let read = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut concerned =
        qualifications::of_type_behind(&mut snapshot, kind, after.unwrap_or(PersonId(0)), read).await?;
    let more = concerned.len() > limit;
    concerned.truncate(limit);
    let next = concerned.last().map(|last| last.person).filter(|_| more);
    let people = concerned.into_iter().filter_map(|one| {
        let bans = banned_on(&one.ledger, kind, &equipment, now).collect();
        Some((qualified(ctx, one, kind, &equipment, now)?, bans))
    });
    Ok(SomeQualified { people: people.collect(), next })
}

/// Applicants.
async fn applicants(ctx: &Ctx, conn: &mut SqliteConnection) -> Result<Vec<Applicant>, StoreError> {
    let waiting = people::applicants(conn, u16::try_from(SHOWN).unwrap_or(u16::MAX)).await?;
    let waiting = waiting.into_iter();
    Ok(waiting.map(|one| Applicant { person: one.id, name: one.name, since: ctx.moment(one.since) }).collect())
}

/// A person with a relation to the type, or a member who may get one; others are hidden from those who manage a
/// type.
async fn chosen_one(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    id: PersonId,
    kind: TypeId,
    equipment: &[Equipment],
    now: Millis,
) -> Result<Option<Chosen>, StoreError> {
    let Some(person) = people::one(conn, id, now).await? else { return Ok(None) };
    let is_there = |on| equipment.iter().any(|one| one.subject == on && one.kind == kind);
    if person.status != PersonStatus::Active && !person.ledger.0.iter().any(|entry| is_there(entry.subject)) {
        return Ok(None);
    }
    let standing = standing(ctx, conn, actor, &person, Some(kind), now).await?;
    Ok(Some(Chosen { person: id, name: person.name, standing }))
}

/// Refuses callers who may not see the relations on a type.
fn seen(actor: &Actor, kind: TypeId, equipment: &[Equipment]) -> Result<(), QualificationsError> {
    if sees(actor, kind, equipment) {
        return Ok(());
    }
    actor.require(Permission::SeeQualified, Target::NONE)?;
    // Hidden even from readers of other types: administrators are shown to auditors only.
    Err(QualificationsError::UnknownEquipment)
}

/// Whether the caller may see the relations on a type: because of the type, or of one of its machines.
fn sees(actor: &Actor, kind: TypeId, equipment: &[Equipment]) -> bool {
    // On the built-in types the relation is the role, which may be inactive; administrators are shown to auditors
    // only.
    match Subject::Type(kind) {
        SPACE if actor.known().is_some_and(|known| known.roles_asleep) => return false,
        SYSTEM => return actor.may(Permission::ReadAudit, Target::NONE),
        _ => {}
    }
    let may = |machine| actor.may(Permission::SeeQualified, Target::equipment(kind, machine));
    may(None) || machines_of(kind, equipment).any(|(id, _)| may(Some(id)))
}

fn highest(known: &Principal, kind: TypeId, equipment: &[Equipment]) -> Option<Relation> {
    let on_machines = machines_of(kind, equipment).map(|(id, _)| Some(id));
    let machines: Vec<_> = std::iter::once(None).chain(on_machines).collect();
    let is = |relation| machines.iter().any(|&machine| known.is(relation, kind, machine));
    Relation::ALL.iter().rev().copied().find(|&relation| is(relation))
}

/// A row of the list; none for former holders.
fn qualified(
    ctx: &Ctx,
    concerned: Concerned,
    kind: TypeId,
    equipment: &[Equipment],
    now: Millis,
) -> Option<Qualified> {
    let (relation, subject, machine) = highest_relation(&concerned.ledger, kind, equipment, now);
    let banned = is_banned(&concerned.ledger, kind, equipment, now);
    let grant =
        relation.zip(subject).and_then(|(relation, subject)| concerned.ledger.grant(relation, subject, now));
    (relation.is_some() || banned).then(|| Qualified {
        person: concerned.person,
        status: concerned.status,
        relation,
        machine: machine.map(ToOwned::to_owned),
        since: grant.map(|entry| ctx.moment(entry.from)),
        until: grant.and_then(|entry| entry.until).map(|until| ctx.moment(until)),
        banned,
        name: concerned.name,
    })
}
