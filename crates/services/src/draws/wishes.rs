//! Wishes: admins enter them for their groups, and people for themselves, while a draw is open.
//!
//! **Invariants.** The time at which a wish is entered plays no part. Others learn of a wish only after the run; how many
//! there are is public. A person appears under one alias in all their wishes of a draw, and no two of these are for the same time.

use super::{DrawsError, Side, done, prospects::Prospects, stored};
use crate::{Ctx, change::Job};
use contract::{
    draws::{LeftOutView, WeekTime, WishAdded, WishForm, WishList, WishPage, WishParams, WishView},
    form::{Fault, Faults},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    bookings::Resource,
    draws::{
        self, Entrant, MAX_WISHES, Outcome, State, WEEK, WishError, WishInput, WishRules, span_fault, validate,
    },
    hours::clock,
    id::{DrawId, GroupId, PersonId, WishId},
    live::ChangeEvent,
    time::{Date, Millis},
    versions::Saved,
    zone::Zone,
};
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, WriteTx, audit,
    bookings::Holder,
    draws::{self as rows, NewWish, StoredDraw, StoredWish},
    permitted,
};

const DAY: u32 = 86_400;
const MINUTE: u32 = 60;

/// The wishes that the actor may see, with what is known of their dates.
pub(super) async fn visible(
    conn: &mut SqliteConnection,
    actor: &Actor,
    draw: &StoredDraw,
    side: &Side,
    (zone, now): (Zone, Millis),
) -> Result<Vec<(StoredWish, WishView)>, StoreError> {
    let has_run = draw.ran.is_some();
    let mut wishes = rows::wishes(conn, draw.id).await?;
    wishes.retain(|wish| has_run || side.has(wish));
    let prospects = Prospects::load(conn, draw, (zone, now)).await?;
    let sees_people = actor.may(Permission::SeePeople, Target::NONE);
    let view = |wish: StoredWish| {
        let left_out = if has_run { wish.left_out.clone() } else { prospects.left_out(wish.room, wish.wish.span) };
        let view = to_view(&wish, side.has(&wish), sees_people, left_out);
        (wish, view)
    };
    Ok(wishes.into_iter().map(view).collect())
}

fn to_view(stored: &StoredWish, mine: bool, sees_people: bool, left_out: Vec<(Date, draws::LeftOut)>) -> WishView {
    let wish = &stored.wish;
    let group = match wish.entrant {
        Entrant::Group(group) => Some(group),
        Entrant::Person(_) => None,
    };
    let person = stored.person_name.clone().filter(|_| mine || sees_people);
    let (outcome, round, turn, taken_by) = match stored.outcome {
        None => (None, None, None, None),
        Some(Outcome::Won { round, turn }) => (Some("won"), Some(round), Some(turn), None),
        Some(Outcome::Taken { by }) => (Some("taken"), None, None, Some(by)),
        Some(Outcome::Obstacle(obstacle)) => (Some(obstacle.as_str()), None, None, None),
    };
    WishView {
        id: wish.id,
        version: stored.version,
        group,
        name: stored.group_name.clone().or(person),
        mine,
        room: stored.room,
        room_name: stored.room_name.clone(),
        from: wish.span.from(),
        until: wish.span.until(),
        importance: wish.importance.get().into(),
        note: stored.note.clone().filter(|_| mine),
        outcome: outcome.map(ToOwned::to_owned),
        round,
        turn,
        taken_by,
        series: stored.series,
        booked: stored.booked,
        left_out: left_out.into_iter().map(|(day, reason)| LeftOutView { day, reason }).collect(),
    }
}

pub(super) async fn list(ctx: &Ctx, actor: &Actor, draw: DrawId) -> Result<WishList, DrawsError> {
    let at = (ctx.space().zone, ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let row = stored(&mut snapshot, draw).await?;
    let side = Side::load(&mut snapshot, actor).await?;
    let wishes = visible(&mut snapshot, actor, &row, &side, at).await?;
    Ok(WishList { wishes: wishes.into_iter().map(|(_, view)| view).collect() })
}

/// The wishes that the caller may see as a table, with what became of them.
pub async fn table(ctx: &Ctx, actor: &Actor, draw: DrawId) -> Result<String, DrawsError> {
    actor.require(Permission::EnterDraws, Target::NONE)?;
    let wishes = list(ctx, actor, draw).await?.wishes;
    let heading = [
        "wish",
        "group",
        "name",
        "room",
        "from_second",
        "until_second",
        "importance",
        "outcome",
        "round",
        "turn",
        "taken_by",
        "booked",
        "left_out",
    ];
    let text = |value: Option<String>| value.unwrap_or_default();
    let cells = wishes.into_iter().map(|wish| {
        let left_out: Vec<_> =
            wish.left_out.iter().map(|one| format!("{} {}", one.day, one.reason.as_str())).collect();
        vec![
            wish.id.to_string(),
            text(wish.group.map(|group| group.to_string())),
            text(wish.name),
            wish.room_name,
            wish.from.to_string(),
            wish.until.to_string(),
            wish.importance.to_string(),
            text(wish.outcome),
            text(wish.round.map(|round| round.to_string())),
            text(wish.turn.map(|turn| turn.to_string())),
            text(wish.taken_by.map(|wish| wish.to_string())),
            wish.booked.to_string(),
            left_out.join(" "),
        ]
    });
    Ok(domain::privacy::csv(&heading.map(ToOwned::to_owned), &cells.collect::<Vec<_>>()))
}

/// The form of a wish: of one that is changed, or of a new one for a group or for oneself.
pub(super) async fn page(
    ctx: &Ctx,
    actor: &Actor,
    draw: DrawId,
    WishParams { wish, group }: WishParams,
) -> Result<WishPage, DrawsError> {
    let (zone, now) = (ctx.space().zone, ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let row = stored(&mut snapshot, draw).await?;
    let side = Side::load(&mut snapshot, actor).await?;
    let visible = visible(&mut snapshot, actor, &row, &side, (zone, now)).await?;
    let prospects = Prospects::load(&mut snapshot, &row, (zone, now)).await?;
    drop(snapshot);
    if row.state_at(now) != State::Open {
        return Err(DrawsError::NotOpen);
    }
    let own: Vec<_> = visible.into_iter().map(|(_, view)| view).filter(|view| view.mine).collect();
    let acts_for = side.acts_for(&row.terms);
    let changed = match wish {
        Some(id) => Some(own.iter().find(|view| view.id == id).ok_or(DrawsError::UnknownWish)?),
        None => None,
    };
    let group = changed.map_or(group, |view| view.group);
    let entrant = match (changed, group) {
        (None, None) => acts_for.first(),
        _ => acts_for.iter().find(|one| one.group == group),
    };
    let entrant = entrant.cloned().ok_or(Forbidden::NotAllowed)?;
    let saved = changed.map_or_else(|| Saved::new(0, Vec::new()), saved);
    let wishes = own.iter().filter(|view| view.group == entrant.group).cloned().collect();
    Ok(WishPage {
        now: ctx.moment(now),
        draw: super::to_view(ctx, &row),
        acts_for,
        wish,
        saved,
        entrant,
        wishes,
        closed: prospects.closed_stretches(),
    })
}

/// The stored values, as the form of a page sends them.
fn saved(view: &WishView) -> Saved {
    let time = |second: u32| clock(u16::try_from(second % DAY / MINUTE).unwrap_or_default());
    let fields = [
        ("group", view.group.map(|group| group.to_string()).unwrap_or_default()),
        ("room", view.room.to_string()),
        ("day", (view.from / DAY).to_string()),
        ("from", time(view.from)),
        ("until", time(view.until)),
        ("importance", view.importance.to_string()),
        ("note", view.note.clone().unwrap_or_default()),
    ];
    Saved::new(view.version, fields.into_iter().collect())
}

/// Begin and end in seconds of the week, as programs or pages send them.
fn seconds(form: &WishForm) -> Result<(u32, u32), draws::Fault> {
    match (form.from, form.until) {
        (WeekTime::Second(from), WeekTime::Second(until)) => Ok((from, until)),
        (WeekTime::Clock(from), WeekTime::Clock(until)) => {
            let day = form.day.ok_or(draws::Fault::NoDay)?;
            if from == until {
                return Err(draws::Fault::Empty);
            }
            let midnight = u32::from(day.get()) * DAY;
            // An end that is not after the beginning is on the next day.
            let next = if until < from { DAY } else { 0 };
            let ends = midnight + next + u32::from(until) * MINUTE;
            Ok((midnight + u32::from(from) * MINUTE, if ends > WEEK { ends - WEEK } else { ends }))
        }
        _ => Err(draws::Fault::OutsideWeek),
    }
}

/// For whom a wish is.
struct Entering {
    entrant: Entrant,
    person: Option<PersonId>,
}

/// For whom the caller enters a wish, or why they may not.
async fn entering(
    job: &mut Job<'_>,
    draw: &StoredDraw,
    group: Option<GroupId>,
    person: PersonId,
) -> Result<Result<Entering, draws::Fault>, StoreError> {
    let entrants = draw.terms.entrants;
    let side = Side::load(job.tx.conn(), &job.actor).await?;
    Ok(match group {
        Some(_) if !entrants.takes_groups() => Err(draws::Fault::OnlyPeople),
        None if !entrants.takes_people() => Err(draws::Fault::OnlyGroups),
        Some(group) if !side.is_admin_of(group) => Err(draws::Fault::NotItsAdmin),
        Some(group) => Ok(Entering { entrant: Entrant::Group(group), person: None }),
        None => {
            let alias = match rows::alias_in(job.tx.conn(), draw.id, person).await? {
                Some(alias) => alias,
                None => store::people::alias(job.tx, person, job.now).await?,
            };
            Ok(Entering { entrant: Entrant::Person(alias), person: Some(person) })
        }
    })
}

/// Checks a wish beside the other wishes of its group or person.
async fn checked(
    job: &mut Job<'_>,
    draw: &StoredDraw,
    entering: &Entering,
    form: &WishForm,
    others: &[draws::DrawWish],
) -> Result<NewWish, DrawsError> {
    let mut faults = Vec::new();
    match draw.room(form.room) {
        Some(room) if room.archived => faults.push(draws::Fault::RoomGone),
        Some(room) if room.closed => faults.push(draws::Fault::RoomClosed),
        Some(_) if !is_permitted(job, entering, form).await? => faults.push(draws::Fault::NotPermitted),
        _ => {}
    }
    let offered: Vec<_> = draw.rooms.iter().map(|room| Resource::Room(room.id)).collect();
    let rules = WishRules { offered: &offered, limit: draw.terms.limit.into() };
    let importance = u8::try_from(form.importance.get()).unwrap_or_default();
    let resource = Resource::Room(form.room);
    let (from, until) = seconds(form).unwrap_or_else(|fault| {
        faults.push(fault);
        // Any other time: its own faults do not matter.
        (0, MINUTE)
    });
    let is_timed = !faults.iter().any(|fault| matches!(fault.wish_field(), "day" | "until"));
    let wish = match validate(&WishInput { resource, from, until, importance }, others, rules) {
        Ok((span, importance)) => {
            faults.extend(span_fault(span, draw.terms.offered).filter(|_| is_timed));
            Some((span, importance))
        }
        Err(errors) => {
            let is_about_time =
                |error: &WishError| matches!(error, WishError::Duplicate(_) | WishError::Overlaps(_));
            let errors = errors.into_iter().filter(|error| is_timed || !is_about_time(error));
            faults.extend(errors.map(draws::Fault::from));
            None
        }
    };
    match wish {
        Some((span, importance)) if faults.is_empty() => {
            let by = job.by().await?;
            // A note is about the person who wrote it: it goes with them.
            let note = job.remark(job.proof.by(), by, form.note.as_ref()).await?;
            Ok(NewWish { room: form.room, span, importance, note })
        }
        _ => Err(invalid(&faults)),
    }
}

fn invalid(faults: &[draws::Fault]) -> DrawsError {
    let fields = faults.iter().map(|fault| (fault.wish_field().to_owned(), Fault::Draw(*fault)));
    DrawsError::InvalidWish(Faults(fields.collect()))
}

async fn is_permitted(job: &mut Job<'_>, entering: &Entering, form: &WishForm) -> Result<bool, StoreError> {
    let group = match entering.entrant {
        Entrant::Group(group) => Some(group),
        Entrant::Person(_) => None,
    };
    let holder = Holder { person: entering.person, group };
    Ok(permitted::closed_to(job.tx.conn(), &[Resource::Room(form.room)], holder).await?.is_empty())
}

async fn open_draw(job: &mut Job<'_>, draw: DrawId) -> Result<StoredDraw, DrawsError> {
    let row = stored(job.tx.conn(), draw).await?;
    if row.state_at(job.now).takes_wishes() { Ok(row) } else { Err(DrawsError::NotOpen) }
}

/// Enters a wish for a group that the caller administers, or for themselves.
pub(super) async fn add(job: &mut Job<'_>, draw: DrawId, form: WishForm) -> Result<Done<WishAdded>, DrawsError> {
    let person = job.actor.person().ok_or(Forbidden::SignIn)?;
    let row = open_draw(job, draw).await?;
    if row.wishes as usize >= MAX_WISHES {
        return Err(DrawsError::Full);
    }
    let entering = entering(job, &row, form.group, person).await?.map_err(|fault| invalid(&[fault]))?;
    let others = of_entrant(job, draw, entering.entrant, None).await?;
    let new = checked(job, &row, &entering, &form, &others).await?;
    let by = store::people::alias(job.tx, person, job.now).await?;
    let wish = rows::add_wish(job.tx, draw, entering.entrant, &new, by, job.now).await?;
    let detail = json!({ "wish": wish, "for": entering.entrant.to_string() });
    done(job, WishAdded { wish }, "draw.wish-entered", draw, &detail).await
}

async fn of_entrant(
    job: &mut Job<'_>,
    draw: DrawId,
    entrant: Entrant,
    without: Option<WishId>,
) -> Result<Vec<draws::DrawWish>, StoreError> {
    let wishes = rows::wishes(job.tx.conn(), draw).await?.into_iter().map(|stored| stored.wish);
    Ok(wishes.filter(|wish| wish.entrant == entrant && Some(wish.id) != without).collect())
}

/// A wish that the caller can change, with what they may see of it.
async fn own(job: &mut Job<'_>, draw: DrawId, wish: WishId) -> Result<StoredWish, DrawsError> {
    let side = Side::load(job.tx.conn(), &job.actor).await?;
    let wishes = rows::wishes(job.tx.conn(), draw).await?;
    let found = wishes.into_iter().find(|stored| stored.wish.id == wish && side.has(stored));
    found.ok_or(DrawsError::UnknownWish)
}

/// Replaces a wish.
pub(super) async fn save(
    job: &mut Job<'_>,
    draw: DrawId,
    wish: WishId,
    seen: i64,
    form: Result<WishForm, Faults>,
) -> Result<Done<()>, DrawsError> {
    let row = open_draw(job, draw).await?;
    let before = own(job, draw, wish).await?;
    if !domain::versions::is_current(before.version, seen) {
        let view = to_view(&before, true, true, Vec::new());
        return Err(DrawsError::Stale(Box::new(saved(&view))));
    }
    let form = form.map_err(DrawsError::InvalidWish)?;
    let entering = Entering { entrant: before.wish.entrant, person: before.person };
    if form.group.is_some_and(|group| Entrant::Group(group) != entering.entrant) {
        let fault = ("group".to_owned(), Fault::Draw(draws::Fault::Fixed));
        return Err(DrawsError::InvalidWish(Faults(vec![fault])));
    }
    let others = of_entrant(job, draw, entering.entrant, Some(wish)).await?;
    let new = checked(job, &row, &entering, &form, &others).await?;
    rows::change_wish(job.tx, wish, &new).await?;
    done(job, (), "draw.wish-changed", draw, &json!({ "wish": wish })).await
}

pub(super) async fn withdraw(job: &mut Job<'_>, draw: DrawId, wish: WishId) -> Result<Done<()>, DrawsError> {
    open_draw(job, draw).await?;
    own(job, draw, wish).await?;
    rows::delete_wish(job.tx, wish).await?;
    done(job, (), "draw.wish-withdrawn", draw, &json!({ "wish": wish })).await
}

/// Withdraws the wishes of a person who is no longer active from open draws, with an audit entry for each. Wishes in closed
/// draws stay, because their hash is published; they are not won.
pub(crate) async fn withdraw_all(
    tx: &mut WriteTx,
    proof: &domain::actor::Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let standing = store::people::standing(tx.conn(), person).await?;
    if standing.is_some_and(|(status, _)| status == domain::people::PersonStatus::Active) {
        return Ok(());
    }
    for (draw, wish) in rows::open_wishes_of(tx.conn(), person, now).await? {
        rows::delete_wish(tx, wish).await?;
        let entry = audit::entry(tx, proof, now, "draw.wish-withdrawn", draw, &json!({ "wish": wish })).await?;
        tx.followed(entry);
        tx.after_commit(ChangeEvent::Draws);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::bounded::BoundedInteger;

    fn form(day: i64, from: WeekTime, until: WeekTime) -> WishForm {
        WishForm {
            group: None,
            room: domain::id::RoomId(1),
            day: BoundedInteger::new(day),
            from,
            until,
            importance: BoundedInteger::new(3).unwrap(),
            note: None,
        }
    }

    #[test]
    fn times_of_a_page_are_seconds_from_sunday() {
        let clocks = |day, from: u16, until: u16| {
            seconds(&form(day, WeekTime::Clock(from * 60), WeekTime::Clock(until * 60)))
        };
        assert_eq!(clocks(2, 18, 21), Ok((237_600, 248_400)), "Tuesday");
        assert_eq!(clocks(5, 22, 2), Ok((5 * DAY + 79_200, 6 * DAY + 7_200)), "into Saturday");
        assert_eq!(clocks(6, 20, 0), Ok((6 * DAY + 72_000, WEEK)), "until Saturday midnight");
        assert_eq!(clocks(6, 22, 2), Ok((6 * DAY + 79_200, 7_200)), "into the next week");
        assert_eq!(clocks(3, 9, 9), Err(draws::Fault::Empty));
        assert_eq!(clocks(7, 9, 10), Err(draws::Fault::NoDay));
        assert_eq!(seconds(&form(0, WeekTime::Second(60), WeekTime::Second(120))), Ok((60, 120)));
        assert_eq!(seconds(&form(0, WeekTime::Second(60), WeekTime::Clock(2))), Err(draws::Fault::OutsideWeek));
    }
}
