//! Conflicts around a requested time, in one statement.

use super::{
    BookingId, MachineId, Millis, Named, Own, PersonId, Span, SqliteConnection, State, StoreError, TypeId,
    too_early,
};
use crate::{
    json,
    personal_data::{Erasing, Table},
};
use domain::bookings::{Cause, Conflict};

/// Facts about a requested time of a machine.
#[derive(Debug, Clone)]
pub struct NearbyFacts {
    pub named: Named,
    /// As [`super::own`] reads it.
    pub own: Vec<Own>,
    /// When the machine is busy, as [`super::taken`] reads it.
    pub taken: Vec<Conflict>,
    /// The person's other commitments, and whether a shareable booking may overlap them.
    elsewhere: Vec<(Span, bool)>,
}

impl NearbyFacts {
    /// As [`super::elsewhere`] reads it.
    #[must_use]
    pub fn elsewhere(&self, shared: bool) -> Vec<Span> {
        self.elsewhere.iter().filter(|(_, may)| !(shared && *may)).map(|(span, _)| *span).collect()
    }
}

/// Facts about a time of `machine` for `person`, within `within`, in one statement; all bookings of theirs that end
/// after `from`. `None` if the machine is archived.
pub async fn load_conflicts(
    conn: &mut SqliteConnection,
    machine: MachineId,
    person: PersonId,
    within: Span,
    from: Millis,
    without: Option<BookingId>,
) -> Result<Option<NearbyFacts>, StoreError> {
    let begins_after = too_early(from);
    let row = sqlx::query!(
        r#"SELECT m.name, m.type_id AS "kind: TypeId",
                  (SELECT json_group_array(json_array(b.starts_at,
                            iif(b.state = 'completed', max(b.starts_at, min(b.ends_at, ifnull(b.decided_at, b.ends_at))), b.ends_at),
                            b.state, b.series_id IS NOT NULL)) FROM booking b
                    WHERE b.person_id = ?2 AND b.group_id IS NULL AND b.starts_at > ?7 AND b.ends_at > ?3 AND (?6 IS NULL OR b.id IS NOT ?6)
                      AND b.state IN ('pending', 'approved', 'checked-in', 'completed', 'no-show')) AS "own!: String",
                  (SELECT json_group_array(json_array(o.starts_at, o.ends_at, o.shared)) FROM occupation o
                    WHERE o.person_id = ?2 AND o.starts_at < ?5 AND o.ends_at > ?4
                      AND (?6 IS NULL OR o.booking_id IS NOT ?6)) AS "elsewhere!: String",
                  -- As nothing of a machine overlaps, only the last that begins before can reach into it.
                  (SELECT json_group_array(json_array(o.starts_at, o.ends_at, coalesce(o.booking_id, o.waiting_id) IS NOT NULL,
                            coalesce(c.kind, iif(o.event_id IS NOT NULL, 'event', NULL))))
                     FROM occupation o LEFT JOIN closure c ON c.id = o.closure_id
                    WHERE o.machine_id = m.id AND o.starts_at < ?5 AND o.ends_at > ?4
                      AND o.starts_at >= coalesce((SELECT max(t.starts_at) FROM occupation t
                                                    WHERE t.machine_id = m.id AND t.starts_at <= ?4), ?4)
                      AND (?6 IS NULL OR o.booking_id IS NOT ?6)) AS "taken!: String"
             FROM machine m WHERE m.id = ?1 AND m.archived_at IS NULL"#,
        machine,
        person,
        from,
        within.starts,
        within.ends,
        without,
        begins_after,
    );
    let Some(row) = row.fetch_optional(conn).await? else { return Ok(None) };
    let span = |row: &[serde_json::Value]| {
        Some(Span { starts: Millis(json::integer(row, 0)?), ends: Millis(json::integer(row, 1)?) })
    };
    let mut own = json::rows(&row.own, |row| {
        Some(Own {
            span: span(row)?,
            state: State::parse(json::text(row, 2)?)?,
            in_series: json::integer(row, 3)? != 0,
        })
    })?;
    let mut elsewhere = json::rows(&row.elsewhere, |row| Some((span(row)?, json::integer(row, 2)? == 1)))?;
    let mut taken = json::rows(&row.taken, |row| {
        let is_booking = json::integer(row, 2)? == 1;
        let by = match json::text(row, 3) {
            Some(kind) => Cause::parse(kind)?,
            None if is_booking => Cause::Booking,
            None => Cause::Checkout,
        };
        Some(Conflict { span: span(row)?, by })
    })?;
    own.sort_by_key(|own| own.span.starts);
    elsewhere.sort_by_key(|(span, _)| span.starts);
    taken.sort_by_key(|taken| taken.span);
    Ok(Some(NearbyFacts { named: Named { name: row.name, kind: Some(row.kind) }, own, taken, elsewhere }))
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "booking",
    &["person_id", "offered_to", "decided_by", "remark_id"],
    Erasing::Emptied("remark_id"),
    "SELECT json_object('machine', m.name, 'room', o.name, 'for_group', g.name, 'state', b.state, 'starts@', b.starts_at, 'ends@', \
         b.ends_at, 'asked@', b.asked_at, 'decided@', b.decided_at, 'checked_in@', b.checked_in_at, \
         'cancelled_late?', b.late) FROM booking b LEFT JOIN machine m ON m.id = b.machine_id LEFT JOIN room o ON \
         o.id = b.room_id LEFT JOIN person_group g ON g.id = b.group_id WHERE b.person_id = ?1",
)];
