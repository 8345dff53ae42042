//! Finding people, and loading their pages.

use super::{PeopleError, erase_refusals, permission, status_before};
use crate::{
    Ctx,
    audit::{Names, entry, things},
    bookings,
    corrections::to_view as correction_view,
    directory::{SEARCH, may_edit},
    notes, qualifications, training,
};
use contract::{
    audit::Entry,
    people::{
        BookingsPage, CardView, NAMES, PeoplePage, PersonHead, PersonPage, PersonRow, StandingPage, TimelinePage,
        UseRow, UsesPage,
    },
    qualifications::HeldRow,
    training::PathView,
};
use domain::{
    accounts,
    actor::{Actor, Forbidden, Permission, Target, rank},
    bookings::NO_SHOWS_WITHIN,
    cards::CardState,
    id::{PersonId, UseId},
    people::{Cursor, PAGE, PersonStatus, ROWS, RoleGroup, Step, StepRefusal, folded::words, may_step},
    qualifications::{Ledger, Relation, Subject, change::TargetPerson},
    time::{DAY, Millis},
};
use store::{
    SqliteConnection, StoreError,
    audit::{self, Row},
    cards,
    people::{self, Filter, Person, Used},
    qualifications::{self as ledgers, Equipment},
    user_directory,
};

/// Days of machine hours on a person's page.
const LATELY: u32 = 30;
/// So far back bookings are shown, in days.
const BOOKED: u32 = 90;
/// Limit of uses and of audit entries on a person's overview.
const NEWEST: i64 = 6;
/// Digits at the end of a card uid that can be searched: more would let it be guessed digit by digit.
const TAIL: std::ops::RangeInclusive<usize> = 2..=4;

/// Which people are looked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Matches name or address, or the end of a card uid; empty for everybody.
    pub search: String,
    /// Only people with this status.
    pub status: Option<PersonStatus>,
    /// Only people with this role.
    pub role: Option<RoleGroup>,
    /// Page size; at most [`PAGE`], which is the default.
    pub limit: Option<usize>,
}

/// People by name, a page at a time; `after` is the place where the page before ended.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    query: &Query,
    after: Option<Cursor>,
) -> Result<PeoplePage, PeopleError> {
    actor.require(Permission::SeePeople, Target::NONE)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let limit = query.limit.unwrap_or(PAGE).min(PAGE);
    let search: String = query.search.trim().chars().take(SEARCH).collect();
    let filter = Filter {
        status: query.status,
        role: query.role,
        card: if actor.may(Permission::GiveCard, Target::NONE) { tail(&search) } else { String::new() },
        words: words(&search),
        after,
        limit: u16::try_from(limit + 1).unwrap_or(u16::MAX),
    };
    let mut found = people::list(&mut snapshot, &filter, now).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(Person::cursor).filter(|_| more).map(|cursor| cursor.to_string());
    // Former role holders are among those found; the page may be shorter, and the next one continues after it.
    found.retain(|person| query.role.is_none_or(|role| is(person, role, now)));
    let sum = match query.role {
        _ if filter.words.is_empty() => None,
        // They all fit on one page.
        _ if filter.after.is_none() && next.is_none() => u32::try_from(found.len()).ok(),
        None => Some(people::found(&mut snapshot, &filter).await?),
        // Whether they still hold the role is known only for people on this page.
        Some(_) => None,
    };
    let ids: Vec<_> = found.iter().map(|person| person.id).collect();
    let used = people::used_by(&mut snapshot, &ids, now.before(DAY * LATELY), now).await?;
    let equipment = ledgers::equipment(&mut snapshot, None).await?;
    let people = found.into_iter().map(|person| {
        let used = used.get(&person.id).copied().unwrap_or_default();
        row(ctx, person, &equipment, used, now)
    });
    let people = people.collect();
    Ok(PeoplePage {
        now: ctx.moment(now),
        next,
        found: sum,
        counts: people::counts(&mut snapshot).await?,
        may_invite: actor.may(Permission::Admit, Target::NONE),
        people,
    })
}

fn is(person: &Person, role: RoleGroup, now: Millis) -> bool {
    let (relation, subject) = role.qualification();
    person.ledger.holds(relation, &[subject], now)
}

/// The end of a card uid, if the search is one.
fn tail(search: &str) -> String {
    let digits = search.to_ascii_lowercase();
    let fits = TAIL.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits { digits } else { String::new() }
}

fn types(ledger: &Ledger, now: Millis) -> Vec<Subject> {
    let mut types: Vec<_> = ledger.0.iter().map(|entry| entry.subject).collect();
    types.sort_unstable_by_key(|subject| match subject {
        Subject::Type(id) => (0, id.0),
        Subject::Machine(id) => (1, id.0),
    });
    types.dedup();
    types.retain(|&on| on.is_learned() && ledger.holds(Relation::User, &[on], now));
    types
}

fn count(types: &[Subject]) -> u32 {
    u32::try_from(types.len()).unwrap_or(u32::MAX)
}

fn row(
    ctx: &Ctx,
    person: Person,
    equipment: &[Equipment],
    (used, is_here): (i64, bool),
    now: Millis,
) -> PersonRow {
    let types = types(&person.ledger, now);
    let names = equipment.iter().filter(|one| types.contains(&one.subject));
    PersonRow {
        id: person.id,
        rank: rank(person.status, &person.ledger, now),
        types: count(&types),
        type_names: names.take(NAMES).map(|one| one.name.clone()).collect(),
        used,
        is_here,
        last_use: person.last_use.map(|at| ctx.moment(at)),
        on_hold: person.on_hold,
        status: person.status,
        picture: person.picture.map(|at| at.0),
        name: person.name,
        email: person.email,
    }
}

/// A person whom the caller may see; others appear as unknown.
async fn seen(
    actor: &Actor,
    conn: &mut SqliteConnection,
    id: PersonId,
    now: Millis,
) -> Result<Person, PeopleError> {
    may_see(actor, id)?;
    people::one(conn, id, now).await?.ok_or(PeopleError::Unknown)
}

fn may_see(actor: &Actor, id: PersonId) -> Result<(), PeopleError> {
    match actor.require(Permission::SeePerson, Target::person(id)) {
        Err(Forbidden::NotAllowed) => Err(PeopleError::Unknown),
        Err(why) => Err(why.into()),
        Ok(_) => Ok(()),
    }
}

/// The head of each page about `person`.
pub(crate) fn person_head(ctx: &Ctx, actor: &Actor, person: &Person, now: Millis) -> PersonHead {
    let is_here = person.erased_at.is_none() && person.status != PersonStatus::Left;
    let is_other = actor.person() != Some(person.id);
    PersonHead {
        now: ctx.moment(now),
        id: person.id,
        name: person.name.clone(),
        email: person.email.clone(),
        status: person.status,
        rank: rank(person.status, &person.ledger, now),
        on_hold: person.on_hold,
        since: ctx.moment(person.created_at),
        left: person.left_at.map(|at| ctx.moment(at)),
        erased: person.erased_at.map(|at| ctx.moment(at)),
        may_manage: is_here && is_other && actor.may(Permission::Hold, Target::person(person.id)),
        may_help_in: may_help_in(actor, person),
        picture: person.picture.map(|at| at.0),
    }
}

fn may_help_in(actor: &Actor, person: &Person) -> bool {
    let may_help = actor.known().is_none_or(|helper| accounts::may_help(helper, person.id, &person.ledger));
    person.status != PersonStatus::Left && actor.may(Permission::HelpIn, Target::person(person.id)) && may_help
}

/// A person's page: profile, cards, notes, and the caller's possible actions.
pub async fn page(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<PersonPage, PeopleError> {
    let now = ctx.now();
    may_see(actor, id)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let person = seen(actor, &mut snapshot, id, now).await?;
    let others = ledgers::administrators(&mut snapshot, id).await?;
    page_of(ctx, actor, &mut snapshot, person, &others, now).await
}

async fn page_of(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    person: Person,
    others: &[Ledger],
    now: Millis,
) -> Result<PersonPage, PeopleError> {
    let id = person.id;
    let about = Target::person(id);
    let (uses, milliseconds) = people::used_since(conn, id, now.before(DAY * LATELY), now).await?;
    let cards = cards_of(ctx, actor, conn, id).await?;
    let by_sync = person.status == PersonStatus::Suspended
        && user_directory::link_of(conn, id).await?.is_some_and(|link| link.suspended);
    let (steps, refusals) = steps(actor, &person, by_sync, others, now);
    let is_there = person.erased_at.is_none();
    let may_help_in = may_help_in(actor, &person);
    let account = store::accounts::of_person(conn, id).await?;
    let has_second_factor = account.is_some_and(|account| account.second_factor.is_some() || account.passkeys > 0);
    // One's own data is erased with the password instead.
    let may_erase = is_there && actor.person() != Some(id) && actor.may(Permission::Erase, about);
    Ok(PersonPage {
        notes: match person.erased_at {
            None => notes::about(ctx, conn, actor, id).await?,
            Some(_) => None,
        },
        types: count(&types(&person.ledger, now)),
        uses,
        used: milliseconds,
        cards,
        steps,
        refusals,
        may_edit: is_there && may_edit(actor, &person, now),
        may_readdress: is_there && super::edit::may_readdress(actor, &person),
        may_help_in,
        may_take_off_second_factor: may_help_in && has_second_factor,
        may_give_card: is_there && person.status != PersonStatus::Left && actor.may(Permission::GiveCard, about),
        may_export: actor.may(Permission::Export, about),
        may_erase,
        erase_refusals: if may_erase { erase_refusals(actor, &person, others, now) } else { Vec::new() },
        head: person_head(ctx, actor, &person, now),
        version: person.version,
        phone: person.phone,
        language: person.language,
    })
}

/// The overview of a person.
#[derive(Debug)]
pub struct Overview {
    /// The person, and what the caller may do.
    pub page: PersonPage,
    /// Their qualifications, with those that ran out, and bans.
    pub held: Vec<HeldRow>,
    /// Attended and missed bookings of the last thirty days.
    pub attendance: (u32, u32),
    /// Training that they have begun and not ended.
    pub paths: Vec<PathView>,
    pub uses: Vec<UseRow>,
    /// The newest audit entries about them.
    pub entries: Vec<Entry>,
}

/// A person's overview with qualifications and newest history.
pub async fn overview(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<Overview, PeopleError> {
    let now = ctx.now();
    may_see(actor, id)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let person = seen(actor, &mut snapshot, id, now).await?;
    let others = ledgers::administrators(&mut snapshot, id).await?;
    let (held, equipment) = qualifications::rows(ctx, &mut snapshot, actor, &person, &others, now).await?;
    let uses = people::uses(&mut snapshot, id, None, NEWEST).await?;
    let rows = audit::about_person(&mut snapshot, id, None, NEWEST).await?;
    let things = things(&mut snapshot, &rows).await?;
    Ok(Overview {
        attendance: store::bookings::attendance(&mut snapshot, id, now.before(DAY * LATELY)).await?,
        paths: training::begun_paths(ctx, &mut snapshot, id, now).await?,
        page: page_of(ctx, actor, &mut snapshot, person, &others, now).await?,
        held,
        uses: uses.iter().map(|one| used(ctx, one)).collect::<Result<_, StoreError>>()?,
        entries: entries(ctx, actor, id, rows, Names { equipment: &equipment, things: &things }),
    })
}

async fn cards_of(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    id: PersonId,
) -> Result<Vec<CardView>, PeopleError> {
    let may_lose = actor.may(Permission::LoseCard, Target::person(id));
    let cards = cards::of_person(conn, id).await?.into_iter().map(|card| CardView {
        id: card.id,
        // Four digits are shown to the holder and to those who give cards; auditors see only that there is a card.
        ending: if may_lose { card.ending } else { String::new() },
        state: card.state,
        given: ctx.moment(card.given_at),
        may_lose: may_lose && card.state != CardState::Retired,
    });
    Ok(cards.collect())
}

pub async fn standing(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<StandingPage, PeopleError> {
    let now = ctx.now();
    may_see(actor, id)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let person = seen(actor, &mut snapshot, id, now).await?;
    let standing = qualifications::standing(ctx, &mut snapshot, actor, &person, None, now).await?;
    Ok(StandingPage { head: person_head(ctx, actor, &person, now), standing })
}

/// A person's uses, one page at a time; `after` is the last use of the previous page.
pub async fn uses(ctx: &Ctx, actor: &Actor, id: PersonId, after: Option<UseId>) -> Result<UsesPage, PeopleError> {
    let now = ctx.now();
    may_see(actor, id)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let person = seen(actor, &mut snapshot, id, now).await?;
    let mut found = people::uses(&mut snapshot, id, after, limit()).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    Ok(UsesPage {
        uses: found.iter().map(|one| used(ctx, one)).collect::<Result<_, StoreError>>()?,
        older: found.last().map(|one| one.id).filter(|_| more),
        head: person_head(ctx, actor, &person, now),
    })
}

fn used(ctx: &Ctx, one: &Used) -> Result<UseRow, StoreError> {
    Ok(UseRow {
        id: one.id,
        machine: one.machine,
        machine_name: one.machine_name.clone(),
        start: ctx.moment(one.start),
        end: one.end.map(|end| ctx.moment(end)),
        approximate: one.approximate,
        theirs: one.theirs,
        void: one.void,
        corrections: one.corrections()?.into_iter().map(|message| correction_view(ctx, message)).collect(),
    })
}

/// A person's upcoming and recent bookings.
pub async fn bookings(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<BookingsPage, PeopleError> {
    let now = ctx.now();
    may_see(actor, id)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let person = seen(actor, &mut snapshot, id, now).await?;
    let since = now.before(DAY * BOOKED);
    let (coming, past) = bookings::of_person(ctx, &mut snapshot, actor, id, (since, now)).await?;
    let no_shows = store::bookings::no_shows(&mut snapshot, id, now.before(NO_SHOWS_WITHIN)).await?;
    Ok(BookingsPage {
        head: person_head(ctx, actor, &person, now),
        coming,
        past,
        no_shows: u32::try_from(no_shows).unwrap_or(u32::MAX),
    })
}

/// The audit entries about a person, one page at a time; older than the entry `before`, if given.
pub async fn timeline(
    ctx: &Ctx,
    actor: &Actor,
    id: PersonId,
    before: Option<i64>,
) -> Result<TimelinePage, PeopleError> {
    let now = ctx.now();
    may_see(actor, id)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let person = seen(actor, &mut snapshot, id, now).await?;
    let mut rows = audit::about_person(&mut snapshot, id, before, limit()).await?;
    let equipment = ledgers::equipment(&mut snapshot, None).await?;
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let older = rows.last().map(|row| row.seq).filter(|_| more);
    let things = things(&mut snapshot, &rows).await?;
    let entries = entries(ctx, actor, id, rows, Names { equipment: &equipment, things: &things });
    Ok(TimelinePage { head: person_head(ctx, actor, &person, now), entries, older })
}

/// Audit entries about a person. Entries about notes are hidden from that person.
fn entries(ctx: &Ctx, actor: &Actor, id: PersonId, rows: Vec<Row>, names: Names<'_>) -> Vec<Entry> {
    let is_own = actor.person() == Some(id);
    let rows = rows.into_iter().filter(|row| !(is_own && row.action.starts_with("note.")));
    rows.map(|row| entry(ctx, row, names)).collect()
}

/// One more than is shown: whether there are older ones.
fn limit() -> i64 {
    i64::try_from(ROWS + 1).unwrap_or(i64::MAX)
}

/// The steps that the caller may take, and why the usual one is not among them. `by_sync`: a sync suspended them.
fn steps(
    actor: &Actor,
    person: &Person,
    by_sync: bool,
    others: &[Ledger],
    now: Millis,
) -> (Vec<Step>, Vec<StepRefusal>) {
    if person.erased_at.is_some() {
        return (Vec::new(), Vec::new());
    }
    let about = Target::person(person.id);
    let may = |step: Step| actor.may(permission(step), about);
    let allowed = |step: Step| {
        let status = status_before(step, person.status, by_sync);
        let target = TargetPerson { id: person.id, status, ledger: &person.ledger };
        may_step(actor.known(), &target, step, others, now)
    };
    let steps = Step::ALL.iter().copied().filter(|&step| may(step) && allowed(step).is_ok()).collect();
    let refusals = if may(Step::Suspend) && person.status == PersonStatus::Active {
        allowed(Step::Suspend).err().unwrap_or_default()
    } else {
        Vec::new()
    };
    (steps, refusals)
}
