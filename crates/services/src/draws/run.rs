//! Runs a draw: from its wishes to the result, the bookings of the winners and the proof, all in one job.
//!
//! **Invariants.** A draw runs once, after its wishes are fixed; a second run returns the result of the first. A trial changes
//! nothing and uses a secret of its own. The proof is stored as it is published, and holds ids and aliases only.

use super::{
    DrawsError, done, due,
    prospects::{Occurrence, Prospects},
    stored,
};
use crate::{Ctx, bookings, change::Job, computing};
use contract::draws::{DrawRun, DrawTrial, ProofPage, TrialObstacle};
use domain::{
    actor::{Actor, Permission, Target},
    bookings::{Policy, Resource, State as BookingState},
    draws::{self, DrawInput, DrawResult, Entrant, LeftOut, Obstacle, Outcome, Secret, State, WeekSpan},
    id::{AliasId, DrawId, RoomId, WishId},
    notices::{DrawNews, Notice},
    occupations::Span,
    time::{Date, Millis},
    zone::Zone,
};
use recurrence::{Rule, Weekly};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    bookings::{Holder, NewBooking},
    draws::{self as rows, EntrantFacts, Prize, Recipients, StoredDraw, StoredWish},
    permitted,
    series::{self, NewSeries},
};

/// What a run reads.
struct Facts {
    wishes: Vec<StoredWish>,
    entrants: Vec<EntrantFacts>,
    input: DrawInput,
    weeks: Weeks,
}

/// The weeks of a draw, and what may be booked in them.
struct Weeks {
    prospects: Prospects,
    /// Of those who can have bookings.
    rights: BTreeMap<Entrant, Rights>,
}

/// What a group or a person may book, as for single bookings.
struct Rights {
    /// Rooms that only others may book.
    closed: BTreeSet<Resource>,
    /// When a person may book nothing.
    barred: Vec<Span>,
}

impl Rights {
    async fn load(
        conn: &mut SqliteConnection,
        rooms: &[Resource],
        holder: Holder,
        within: Span,
    ) -> Result<Self, StoreError> {
        let closed = permitted::closed_to(conn, rooms, holder).await?.into_keys().collect();
        let barred = match holder.individual() {
            Some(person) => bookings::barred_from_rooms(conn, person, within).await?,
            None => Vec::new(),
        };
        Ok(Self { closed, barred })
    }
}

impl Weeks {
    async fn load(
        conn: &mut SqliteConnection,
        draw: &StoredDraw,
        entrants: &[EntrantFacts],
        at: (Zone, Millis),
    ) -> Result<Self, StoreError> {
        let prospects = Prospects::load(conn, draw, at).await?;
        let rooms: Vec<_> = draw.rooms.iter().map(|room| Resource::Room(room.id)).collect();
        let mut rights = BTreeMap::new();
        for facts in entrants.iter().filter(|facts| facts.active) {
            if let Some(holder) = holder(facts) {
                let own = Rights::load(conn, &rooms, holder, prospects.within()).await?;
                rights.insert(facts.entrant, own);
            }
        }
        Ok(Self { prospects, rights })
    }

    /// The dates of a wish, those that cannot be had with the reason.
    fn occurrences(&self, wish: &StoredWish) -> Vec<Occurrence> {
        let barred = self.rights.get(&wish.wish.entrant).map_or(&[][..], |rights| &rights.barred);
        let mut dates = self.prospects.occurrences(wish.room, wish.wish.span);
        for date in &mut dates {
            if let Ok(time) = date.span
                && barred.iter().any(|barred| barred.overlaps(time))
            {
                date.span = Err(LeftOut::NotPermitted);
            }
        }
        dates
    }

    /// Why no date of a wish can be had, if none can.
    fn obstacle(&self, wish: &StoredWish) -> Option<Obstacle> {
        let rights = self.rights.get(&wish.wish.entrant);
        if rights.is_none_or(|rights| rights.closed.contains(&wish.wish.resource)) {
            return Some(Obstacle::NotPermitted);
        }
        if self.occurrences(wish).iter().any(|date| date.span.is_ok()) {
            return None;
        }
        Some(self.prospects.obstacle(wish.room, wish.wish.span).unwrap_or(Obstacle::NotPermitted))
    }
}

/// Who has the bookings that it wins, if they can be had. A group without an active admin has them like any other, and nobody
/// answers for them until it has one again.
fn holder(facts: &EntrantFacts) -> Option<Holder> {
    match facts.entrant {
        Entrant::Group(group) => Some(Holder { person: facts.holder, group: Some(group) }),
        Entrant::Person(_) => facts.holder.map(Holder::person),
    }
}

impl Facts {
    async fn load(conn: &mut SqliteConnection, draw: &StoredDraw, at: (Zone, Millis)) -> Result<Self, DrawsError> {
        let wishes = rows::wishes(conn, draw.id).await?;
        let entrants = rows::entrants(conn, draw.id).await?;
        let weeks = Weeks::load(conn, draw, &entrants, at).await?;
        let obstacle = |stored: &StoredWish| {
            if draw.room(stored.room).is_none_or(|room| room.archived) {
                Some(Obstacle::Archived)
            } else if draw.room(stored.room).is_some_and(|room| room.closed) {
                Some(Obstacle::NotBookable)
            } else {
                weeks.obstacle(stored)
            }
        };
        let obstacles: Vec<_> =
            wishes.iter().filter_map(|stored| obstacle(stored).map(|why| (stored.wish.id, why))).collect();
        let all = wishes.iter().map(|stored| stored.wish).collect();
        // The schema excludes every other invalid input.
        let input = DrawInput::new(draw.id, all, obstacles).map_err(|_| DrawsError::Full)?;
        Ok(Self { wishes, entrants, input, weeks })
    }

    fn stored_wish(&self, id: WishId) -> Option<&StoredWish> {
        self.wishes.iter().find(|stored| stored.wish.id == id)
    }

    /// The facts about the group or person of a wish.
    fn entrant(&self, entrant: Entrant) -> Option<&EntrantFacts> {
        self.entrants.iter().find(|facts| facts.entrant == entrant)
    }
}

/// Runs a closed draw with another secret, to see which wishes cannot be won.
pub(super) async fn trial(ctx: &Ctx, actor: &Actor, draw: DrawId) -> Result<DrawTrial, DrawsError> {
    let turn = computing::turn(ctx, actor).await?;
    let secret = Secret::new(ctx.rng().bytes());
    let mut snapshot = ctx.store().snapshot().await?;
    let row = stored(&mut snapshot, draw).await?;
    match row.state_at(ctx.now()) {
        State::Closed => {}
        State::Completed => return Err(DrawsError::Completed),
        // It would show what others wish for, while wishes can still be changed.
        State::Planned | State::Open => return Err(DrawsError::NotClosed),
    }
    let facts = Facts::load(&mut snapshot, &row, (ctx.space().zone, ctx.now())).await?;
    drop(snapshot);
    Ok(computing::run(turn, move || trial_of(&facts, &secret)).await?)
}

/// What a run with this secret would give.
fn trial_of(facts: &Facts, secret: &Secret) -> DrawTrial {
    let result = draws::run(secret, &facts.input);
    let won: Vec<_> = result.won().filter_map(|wish| facts.stored_wish(wish)).collect();
    let dates = won.iter().flat_map(|wish| facts.weeks.occurrences(wish));
    let left_out = dates.filter(|date| date.span.is_err()).count();
    let obstacles = facts.input.obstacles().iter().filter_map(|(wish, obstacle)| {
        let room = facts.stored_wish(*wish)?.room_name.clone();
        Some(TrialObstacle { wish: *wish, reason: obstacle.as_str().to_owned(), room })
    });
    DrawTrial {
        wishes: count(facts.wishes.len()),
        won: count(won.len()),
        rounds: result.rounds(),
        obstacles: obstacles.collect(),
        left_out: count(left_out),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Runs a closed draw. One that has run stays as it is.
pub(super) async fn run(job: &mut Job<'_>, draw: DrawId) -> Result<Done<DrawRun>, DrawsError> {
    let row = stored(job.tx.conn(), draw).await?;
    if let Some(at) = row.ran {
        let wishes = rows::wishes(job.tx.conn(), draw).await?;
        let won = wishes.iter().filter(|wish| matches!(wish.outcome, Some(Outcome::Won { .. }))).count();
        let ran = job.zone.moment(at);
        let answer = DrawRun { ran, won: count(won), lost: count(wishes.len() - won) };
        return Ok(Done::unaudited(answer, Unaudited::NothingChanged));
    }
    if row.state_at(job.now) != State::Closed {
        return Err(DrawsError::NotClosed);
    }
    let secret = rows::secret_of(job.tx.conn(), row.commitment).await?.ok_or(DrawsError::NoSecret)?;
    if row.closed.is_none() {
        due::fix_wishes(job, draw).await?;
    }
    let mut facts = Facts::load(job.tx.conn(), &row, (job.zone, job.now)).await?;
    let result = draws::run(&secret, &facts.input);
    let proof = draws::proof(&secret, &facts.input, &result);
    let by = job.by().await?;
    rows::complete(job.tx, draw, job.now, by, &proof, &result.turns).await?;
    let prizes = winners_to_series(job, &mut facts, &result, by).await?;
    for (wish, outcome) in &result.outcomes {
        let prize = prizes.get(wish).cloned().unwrap_or_default();
        rows::record_wish(job.tx, *wish, *outcome, &prize).await?;
    }
    for person in rows::recipients(job.tx.conn(), draw, Recipients::EnteredAndMembers).await? {
        job.notify(person, Notice::Draw { news: DrawNews::Drawn, draw }).await?;
    }
    let won = result.won().count();
    let lost = facts.wishes.len() - won;
    let detail = json!({
        "won": won, "lost": lost, "wishes_hash": result.wishes_hash.to_string(), "seed": result.seed.to_string(),
    });
    let answer = DrawRun { ran: job.zone.moment(job.now), won: count(won), lost: count(lost) };
    done(job, answer, "draw.ran", draw, &detail).await
}

/// Makes a series of every won wish, in the order in which they were won, with the dates that can be had. The policies of
/// single bookings do not apply, because what was drawn was offered by a manager; who may not book at a time gets nothing then.
async fn winners_to_series(
    job: &mut Job<'_>,
    facts: &mut Facts,
    result: &DrawResult,
    by: Option<AliasId>,
) -> Result<BTreeMap<WishId, Prize>, DrawsError> {
    let mut prizes = BTreeMap::new();
    for id in result.won() {
        let Some(stored) = facts.stored_wish(id) else { continue };
        let (room, span, entrant) = (stored.room, stored.wish.span, stored.wish.entrant);
        let Some(holder) = facts.entrant(entrant).and_then(holder) else { continue };
        let dates = facts.weeks.occurrences(stored);
        let prize = book(job, (room, span), holder, &dates, by).await?;
        for time in dates.iter().filter_map(|date| date.span.ok()) {
            facts.weeks.prospects.take(room, time);
        }
        prizes.insert(id, prize);
    }
    Ok(prizes)
}

/// Books the dates of one won wish as a series.
async fn book(
    job: &mut Job<'_>,
    (room, span): (RoomId, WeekSpan),
    holder: Holder,
    dates: &[Occurrence],
    by: Option<AliasId>,
) -> Result<Prize, DrawsError> {
    let resource = Resource::Room(room);
    let policy = store::bookings::settings_of(job.tx.conn(), resource, None).await?.booking;
    // What was offered side by side may be won side by side.
    let policy = Policy { before: 0, after: 0, ..policy };
    let (mut free, mut left_out) = (Vec::new(), Vec::new());
    for date in dates {
        match date.span {
            Ok(time) if is_busy(job, holder, time, &policy).await? => left_out.push((date.day, LeftOut::Busy)),
            Ok(time) => free.push((date.day, time)),
            Err(why) => left_out.push((date.day, why)),
        }
    }
    let (Some(first), Some(last), false) = (dates.first(), dates.last(), free.is_empty()) else {
        return Ok(Prize { left_out, ..Prize::default() });
    };
    let minute = |second: u32| u16::try_from(second / 60).unwrap_or(u16::MAX);
    let from = minute(span.from() % 86_400);
    let new = NewSeries {
        resource,
        person: holder.individual(),
        group: holder.group,
        rule: weekly(first.day),
        first: first.day,
        last: last.day,
        times: (from, from + minute(span.seconds())),
        follows: None,
        at: job.now,
        by,
    };
    let series = series::add(job.tx, &new).await?;
    for (day, time) in &free {
        let new = NewBooking { resource, holder, span: *time, state: BookingState::Approved, at: job.now };
        let booking = bookings::add(job.tx, &new, &policy).await?;
        series::attach(job.tx, series, *day, booking).await?;
    }
    for (day, _) in &left_out {
        series::except(job.tx, series, *day).await?;
    }
    bookings::changed(job.tx, resource).await?;
    Ok(Prize { series: Some(series), booked: count(free.len()), left_out })
}

/// The rule of a series on the weekday of `day`, as RFC 5545 has it.
fn weekly(day: Date) -> String {
    let days = [day.weekday()].into_iter().collect();
    // A week always has that day.
    Weekly::new(days, 1).map(|weekly| Rule::Weekly(weekly).to_string()).unwrap_or_default()
}

/// Whether a person has something else at that time. A group can be in two rooms at once.
async fn is_busy(job: &mut Job<'_>, holder: Holder, time: Span, policy: &Policy) -> Result<bool, StoreError> {
    let Some(person) = holder.individual() else { return Ok(false) };
    Ok(!store::bookings::elsewhere(job.tx.conn(), person, time, None, policy.overlap).await?.is_empty())
}

/// The proof of a draw that has run.
pub async fn proof(ctx: &Ctx, actor: &Actor, draw: DrawId) -> Result<Vec<u8>, DrawsError> {
    actor.require(Permission::EnterDraws, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    stored(&mut snapshot, draw).await?;
    rows::proof(&mut snapshot, draw).await?.ok_or(DrawsError::NoProof)
}

/// The proof, with the record published before the run.
pub(super) async fn proof_page(ctx: &Ctx, _: &Actor, draw: DrawId) -> Result<ProofPage, DrawsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let row = stored(&mut snapshot, draw).await?;
    let file = rows::proof(&mut snapshot, draw).await?;
    drop(snapshot);
    let (Some(file), Some((closed, wishes_hash))) = (file, row.closed) else { return Err(DrawsError::NoProof) };
    let published = ctx.moment(row.published());
    Ok(ProofPage {
        draw,
        name: row.name,
        published,
        commitment: row.commitment.to_string(),
        closed: ctx.moment(closed),
        wishes_hash: wishes_hash.to_string(),
        file: String::from_utf8(file).unwrap_or_default(),
    })
}
