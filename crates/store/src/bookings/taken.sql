-- When machines and rooms are taken: `?1` and `?2` are their ids as JSON, `?3` and `?4` the span, `?5` a booking that does not
-- count. One row for each, and one for each machine in a room, with a list, because handing over a row costs more than reading it.
SELECT +i.value AS "machine?: MachineId", NULL AS "room?: RoomId", NULL AS "inside?: MachineId",
       (SELECT json_group_array(json_array(o.starts_at, o.ends_at, coalesce(o.booking_id, o.waiting_id) IS NOT NULL,
                                           o.event_id IS NOT NULL, c.kind))
          FROM occupation o LEFT JOIN closure c ON c.id = o.closure_id
         WHERE o.machine_id = i.value AND o.starts_at < ?4 AND o.ends_at > ?3 AND (?5 IS NULL OR o.booking_id IS NOT ?5)) AS "taken!: String"
  FROM json_each(?1) i
UNION ALL
SELECT NULL, +i.value, NULL,
       (SELECT json_group_array(json_array(o.starts_at, o.ends_at, coalesce(o.booking_id, o.waiting_id) IS NOT NULL,
                                           o.event_id IS NOT NULL, c.kind))
          FROM occupation o LEFT JOIN closure c ON c.id = o.closure_id
         WHERE o.room_id = i.value AND o.starts_at < ?4 AND o.ends_at > ?3 AND (?5 IS NULL OR o.booking_id IS NOT ?5))
  FROM json_each(?2) i
UNION ALL
SELECT NULL, i.room_id, i.machine_id,
       (SELECT json_group_array(json_array(o.starts_at, o.ends_at, coalesce(o.booking_id, o.waiting_id) IS NOT NULL,
                                           o.event_id IS NOT NULL, c.kind))
          FROM occupation o LEFT JOIN closure c ON c.id = o.closure_id
         WHERE o.machine_id = i.machine_id AND o.starts_at < ?4 AND o.ends_at > ?3 AND (?5 IS NULL OR o.booking_id IS NOT ?5))
  FROM room_machine i
 WHERE i.room_id IN (SELECT value FROM json_each(?2))
