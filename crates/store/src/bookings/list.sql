-- Bookings by when they begin, ?10 at most, in two steps: which, each way by an index that is in that order already, so that no more
-- than those are read; and what is shown of them. One only (?1), or of a machine (?2), a room (?3), a person (?4), a group (?11), the
-- groups of a person (?13); that take time (?5); that begin after ?6, end after ?7, begin before ?8; that wait for an answer or begin
-- before ?9; of a series only the next (?14). Never one of a person whose name was cut. ?12 is the reader, whose role in its group is read.
SELECT b.id AS "id!: BookingId", b.version, b.machine_id AS "machine?: MachineId", b.room_id AS "room?: RoomId",
       coalesce(m.name, o.name) AS "name!: String", l.name AS "place?", m.type_id AS "kind?: TypeId",
       b.person_id AS "person?: PersonId", p.name AS "person_name?", b.group_id AS "group?: GroupId", g.name AS "group_name?",
       (SELECT j.role FROM group_member j WHERE j.group_id = b.group_id AND j.person_id = ?12) AS "role?: Role", b.starts_at AS "starts!: Millis",
       b.ends_at AS "ends!: Millis", b.state AS "state!: State", b.asked_at AS "asked!: Millis", b.sequence,
       b.series_id AS "series?: SeriesId", b.decided_at AS "decided?: Millis", d.name AS "decided_by_name?", r.body AS "note?",
       b.checked_in_at AS "checked_in?: Millis", b.late AS "late!: bool", b.unanswered AS "unanswered!: bool", b.importance AS "importance?: u8",
       b.offered_to AS "offered_to?: PersonId", b.offered_at AS "offered_at?: Millis", t.name AS "offered_name?",
       coalesce((SELECT value FROM setting WHERE scope = 'machine' AND scope_id = m.id AND key = 'people.shown'),
                (SELECT value FROM setting WHERE scope = 'type' AND scope_id = m.type_id AND key = 'people.shown'),
                (SELECT value FROM setting WHERE scope = 'space' AND scope_id = 0 AND key = 'people.shown')) AS "shown?: String"
  FROM (SELECT ?1 AS id WHERE ?1 IS NOT NULL
        UNION ALL
        SELECT id FROM (SELECT id FROM booking
                         WHERE ?1 IS NULL AND machine_id = ?2 AND (?4 IS NULL OR person_id = ?4) AND (?11 IS NULL OR group_id = ?11) AND coalesce(person_id, group_id) IS NOT NULL
                           AND starts_at > ?6 AND ends_at > ?7 AND starts_at < ?8
                           AND (?5 = 0 OR state IN ('pending', 'approved', 'checked-in'))
                           AND (?9 IS NULL OR state = 'pending' OR starts_at < ?9)
                         ORDER BY starts_at, id LIMIT ?10)
        UNION ALL
        SELECT id FROM (SELECT id FROM booking
                         WHERE ?1 IS NULL AND room_id = ?3 AND (?4 IS NULL OR person_id = ?4) AND (?11 IS NULL OR group_id = ?11) AND coalesce(person_id, group_id) IS NOT NULL
                           AND starts_at > ?6 AND ends_at > ?7 AND starts_at < ?8
                           AND (?5 = 0 OR state IN ('pending', 'approved', 'checked-in'))
                           AND (?9 IS NULL OR state = 'pending' OR starts_at < ?9)
                         ORDER BY starts_at, id LIMIT ?10)
        UNION ALL
        SELECT id FROM (SELECT id FROM booking
                         WHERE coalesce(?1, ?2, ?3) IS NULL AND person_id = ?4 AND (?11 IS NULL OR group_id = ?11)
                           AND starts_at > ?6 AND ends_at > ?7 AND starts_at < ?8
                           AND (?5 = 0 OR state IN ('pending', 'approved', 'checked-in'))
                           AND (?9 IS NULL OR state = 'pending' OR starts_at < ?9)
                           AND (?14 = 0 OR series_id IS NULL OR id = (SELECT n.id FROM booking n
                                  WHERE n.series_id = booking.series_id AND n.ends_at > ?7 AND n.state IN ('pending', 'approved', 'checked-in')
                                  ORDER BY n.series_day LIMIT 1))
                         ORDER BY starts_at, id LIMIT ?10)
        UNION ALL
        SELECT id FROM (SELECT id FROM booking
                         WHERE coalesce(?1, ?2, ?3, ?4) IS NULL AND group_id IN (SELECT ?11 UNION ALL SELECT j.group_id FROM group_member j WHERE j.person_id = ?13)
                           AND starts_at > ?6 AND ends_at > ?7 AND starts_at < ?8
                           AND (?5 = 0 OR state IN ('pending', 'approved', 'checked-in'))
                           AND (?9 IS NULL OR state = 'pending' OR starts_at < ?9)
                           AND (?14 = 0 OR series_id IS NULL OR id = (SELECT n.id FROM booking n
                                  WHERE n.series_id = booking.series_id AND n.ends_at > ?7 AND n.state IN ('pending', 'approved', 'checked-in')
                                  ORDER BY n.series_day LIMIT 1))
                         ORDER BY starts_at, id LIMIT ?10)
        UNION ALL
        SELECT id FROM (SELECT id FROM booking
                         WHERE coalesce(?1, ?2, ?3, ?4, ?11, ?13) IS NULL AND ?5 = 1 AND state IN ('pending', 'approved', 'checked-in')
                           AND starts_at > ?6 AND ends_at > ?7 AND starts_at < min(?8, ifnull(?9, ?8))
                         ORDER BY starts_at, id LIMIT ?10)
        UNION ALL
        SELECT id FROM (SELECT id FROM booking
                         WHERE coalesce(?1, ?2, ?3, ?4, ?11, ?13) IS NULL AND ?5 = 1 AND state = 'pending' AND starts_at >= ?9
                           AND starts_at > ?6 AND ends_at > ?7 AND starts_at < ?8
                         ORDER BY starts_at, id LIMIT ?10)
        UNION ALL
        SELECT id FROM (SELECT id FROM booking
                         WHERE coalesce(?1, ?2, ?3, ?4, ?11, ?13) IS NULL AND ?5 = 0 AND coalesce(person_id, group_id) IS NOT NULL
                           AND starts_at > ?6 AND ends_at > ?7 AND starts_at < ?8
                           AND (?9 IS NULL OR state = 'pending' OR starts_at < ?9)
                         ORDER BY starts_at, id LIMIT ?10)) found
  JOIN booking b ON b.id = found.id AND coalesce(b.person_id, b.group_id) IS NOT NULL
  LEFT JOIN machine m ON m.id = b.machine_id
  LEFT JOIN room o ON o.id = b.room_id
  LEFT JOIN place l ON l.id = coalesce(m.place_id, o.place_id)
  LEFT JOIN profile p ON p.person_id = b.person_id
  LEFT JOIN person_group g ON g.id = b.group_id
  LEFT JOIN profile t ON t.person_id = b.offered_to
  LEFT JOIN alias a ON a.id = b.decided_by
  LEFT JOIN profile d ON d.person_id = a.person_id
  LEFT JOIN remark r ON r.id = b.remark_id
 ORDER BY b.starts_at, b.id LIMIT ?10
