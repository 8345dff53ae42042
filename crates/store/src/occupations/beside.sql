-- Closures, events and offers of machines and rooms: `?1` and `?2` are their ids as JSON, `?3` and `?4` the span.
SELECT o.machine AS "machine?: MachineId", o.room AS "room?: RoomId", o.starts_at AS "starts!: Millis",
       o.ends_at AS "ends!: Millis", c.kind AS "closure?: Cause", o.event_id IS NOT NULL AS "is_event!: bool"
  FROM (SELECT machine_id AS machine, NULL AS room, starts_at, ends_at, closure_id, event_id
          FROM occupation
         WHERE machine_id IN (SELECT value FROM json_each(?1)) AND booking_id IS NULL AND starts_at < ?4
        UNION ALL
        SELECT NULL, room_id, starts_at, ends_at, closure_id, event_id
          FROM occupation
         WHERE room_id IN (SELECT value FROM json_each(?2)) AND booking_id IS NULL AND starts_at < ?4) o
  LEFT JOIN closure c ON c.id = o.closure_id
 WHERE o.ends_at > ?3
 ORDER BY o.starts_at
