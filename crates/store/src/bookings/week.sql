-- The bookings of machines and rooms that take or took time, as a calendar shows them: one row for each machine or room, with
-- its bookings as JSON, because handing over a row costs more than reading a booking.
--
-- `?1` and `?2` are the ids of the machines and rooms as JSON, `?3` to `?5` the span as `too_early` and its ends, `?6` is the
-- reader.
SELECT m.id AS "machine?: MachineId", NULL AS "room?: RoomId", m.type_id AS "kind?: TypeId",
       coalesce((SELECT value FROM setting WHERE scope = 'machine' AND scope_id = m.id AND key = 'people.shown'),
                (SELECT value FROM setting WHERE scope = 'type' AND scope_id = m.type_id AND key = 'people.shown'),
                (SELECT value FROM setting WHERE scope = 'space' AND scope_id = 0 AND key = 'people.shown')) AS "shown?: String",
       (SELECT json_group_array(json_array(b.id, b.starts_at, b.ends_at, b.state, b.person_id, p.name, b.group_id, g.name,
                   (SELECT j.role FROM group_member j WHERE j.group_id = b.group_id AND j.person_id = ?6)))
          FROM booking b LEFT JOIN profile p ON p.person_id = b.person_id LEFT JOIN person_group g ON g.id = b.group_id
         WHERE b.machine_id = m.id AND b.starts_at > ?3 AND b.ends_at > ?4 AND b.starts_at < ?5
           AND coalesce(b.person_id, b.group_id) IS NOT NULL
           AND b.state IN ('pending', 'approved', 'checked-in', 'completed')) AS "bookings!: String"
  FROM machine m
 WHERE m.id IN (SELECT value FROM json_each(?1))
UNION ALL
SELECT NULL, o.id, NULL, (SELECT value FROM setting WHERE scope = 'space' AND scope_id = 0 AND key = 'people.shown'),
       (SELECT json_group_array(json_array(b.id, b.starts_at, b.ends_at, b.state, b.person_id, p.name, b.group_id, g.name,
                   (SELECT j.role FROM group_member j WHERE j.group_id = b.group_id AND j.person_id = ?6)))
          FROM booking b LEFT JOIN profile p ON p.person_id = b.person_id LEFT JOIN person_group g ON g.id = b.group_id
         WHERE b.room_id = o.id AND b.starts_at > ?3 AND b.ends_at > ?4 AND b.starts_at < ?5
           AND coalesce(b.person_id, b.group_id) IS NOT NULL
           AND b.state IN ('pending', 'approved', 'checked-in', 'completed'))
  FROM room o
 WHERE o.id IN (SELECT value FROM json_each(?2))
