-- A message of a board about a use: its machine, its card, and the uses that it can be about.
--
-- The machine by its number (?1), which a board knows, or by its id (?2); the card by its uid (?3). ?4 is the month of the alias under
-- which a use is recorded, ?5 how many closed uses are read, ?6 whether the message is a replay. With ?7, the instant of a reported end,
-- bookings of others that begin after ?8 are looked for. ?9 is when the use may have begun; a booking that ends later begins after ?10.
--
-- One row, with the uses as a list in it, because each statement costs a trip to the connection's thread.
SELECT m.id        AS "machine!: MachineId",
       c.id        AS "card?: CardId",
       c.person_id AS "person?: PersonId",
       a.id        AS "alias?: AliasId",
       (SELECT id FROM unknown_card k WHERE k.uid = ?3 AND k.machine_id = m.id)
                   AS "unknown_card?: UnknownCardId",
       -- SettingItem: settings of the machine, its type and the space; the nearest wins.
       (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
         WHERE (s.scope = 'space' AND s.scope_id = 0)
            OR (s.scope = 'type' AND s.scope_id = m.type_id)
            OR (s.scope = 'machine' AND s.scope_id = m.id))
                   AS "settings!: List<SettingItem>",
       -- It is the reader of a door: what a swipe means.
       (SELECT d.leaves FROM door d WHERE d.machine_id = m.id)
                   AS "door?: Leaves",
       -- The card's holder, or a group of theirs, has a booking here that a use since ?9 can keep or complete. Nearly none has, and
       -- then nothing more is read.
       (EXISTS (SELECT 1 FROM booking b
                 WHERE b.person_id = c.person_id AND b.starts_at > ?10 AND b.ends_at > ?9
                   AND b.state IN ('approved', 'checked-in', 'no-show')
                   AND (b.machine_id = m.id OR b.room_id = (SELECT i.room_id FROM room_machine i WHERE i.machine_id = m.id)))
        OR EXISTS (SELECT 1 FROM group_member j JOIN booking b ON b.group_id = j.group_id
                    WHERE j.person_id = c.person_id AND b.starts_at > ?10 AND b.ends_at > ?9
                      AND b.state IN ('approved', 'checked-in', 'no-show')
                      AND (b.machine_id = m.id OR b.room_id = (SELECT i.room_id FROM room_machine i WHERE i.machine_id = m.id))))
                   AS "has_booking!: bool",
       -- UseItem: the open use, then the closed ones, the latest end first.
       (SELECT json_group_array(json_array(uses.id, uses.card_id, uses.unknown_card_id, uses.started_at, uses.last_sign_at,
               uses.ended_at, uses.ending, uses.source, uses.approximate, uses.provisional, uses.other_card, uses.told_s,
               uses.settled, uses.twin_start, uses.twin_stop, uses.corrected, uses.told_end_at, uses.told_ending, uses.void,
               -- Its board was asked to end it. A board that sends a plain message has received its request, at the latest when it
               -- polled; a replay may report something earlier.
               uses.ended_at IS NULL
                   AND (EXISTS (SELECT 1 FROM machine_request r
                                 WHERE r.use_id = uses.id AND r.kind = 'stop' AND (r.sent_at IS NOT NULL OR ?6 = 0))
                        OR (?6 = 0 AND EXISTS (SELECT 1 FROM machine_block k
                                                WHERE k.machine_id = m.id AND k.lifted_at IS NULL AND k.at_once = 1))),
               -- It was asked because of a booking.
               uses.ended_at IS NULL
                   AND 'booking' IS (SELECT r.cause FROM machine_request r WHERE r.use_id = uses.id AND r.kind = 'stop'
                                      ORDER BY r.id DESC LIMIT 1),
               -- When the booking of another person begins that is the cause of its end.
               iif(uses.ended_at IS NULL AND ?7 IS NOT NULL,
                   (SELECT min(b.starts_at) FROM booking b
                     WHERE (b.machine_id = m.id
                            -- A machine that the booking leaves to others is not booked with its room.
                            OR (b.room_id = (SELECT i.room_id FROM room_machine i WHERE i.machine_id = m.id)
                                AND EXISTS (SELECT 1 FROM occupation o
                                             WHERE o.booking_id = b.id AND +o.machine_id = m.id)))
                       AND b.starts_at > ?8 AND b.starts_at < ?7 + 120000 AND b.ends_at > ?7
                       AND b.state IN ('approved', 'checked-in')
                       AND NOT EXISTS (SELECT 1 FROM card h LEFT JOIN group_member j
                                           ON j.group_id = b.group_id AND j.person_id = h.person_id
                                        WHERE h.id = uses.card_id
                                          AND iif(b.group_id IS NULL, b.person_id IS h.person_id, j.person_id IS NOT NULL))), NULL)))
          FROM (SELECT * FROM use_session WHERE machine_id = m.id AND ended_at IS NULL
                UNION ALL
                SELECT * FROM (SELECT * FROM use_session WHERE machine_id = m.id AND ended_at IS NOT NULL
                                ORDER BY ended_at DESC, id DESC LIMIT ?5)) uses)
                   AS "uses!: List<UseItem>"
  FROM (SELECT ifnull(?2, (SELECT n.id FROM machine n WHERE n.number = ?1 AND n.archived_at IS NULL)) AS machine_id,
               -- A uid may be issued again: the card in use comes before retired ones.
               (SELECT id FROM card WHERE uid = ?3 ORDER BY state = 'retired', id DESC LIMIT 1) AS card_id) said
 -- CROSS JOIN fixes the order: SQLite must not begin with a scan of all machines.
 CROSS JOIN machine m ON m.id = said.machine_id
  LEFT JOIN card c ON c.id = said.card_id
  LEFT JOIN alias a ON a.person_id = c.person_id AND a.month = ?4
