-- The facts of an access decision: a row for each machine and the card or person in front of it.
--
-- A board asks by the number of its machine (?1) and the card's uid (?2), a page by machine ids as a JSON array (?3) and a person (?4); the
-- other pair is NULL. One statement for both, so that a page never promises what a board refuses. ?5 and ?6 are the first and last day
-- since 1970 whose opening hours can matter in any time zone; ?7 is the month of the alias under which a use would be recorded.
-- Who was last seen at a door or machine before ?8 is not counted as present: some leave without a swipe.
--
-- Whatever has several rows per machine or person is a JSON list inside their row: joins would multiply the lists, and separate statements
-- would cost a swipe a dozen trips to the connection's thread and could see different states. The struct named before each list reads its elements in the same order.
SELECT
       -- The machine, and the type whose requirements and settings it inherits.
       m.id      AS "machine!: MachineId",
       m.type_id AS "kind!: TypeId",
       -- A dangerous machine may require other people to be present.
       t.risk    AS "risk!: Risk",
       -- Blocked: no one may use it until the block is lifted.
       EXISTS (SELECT 1 FROM machine_block b WHERE b.machine_id = m.id AND b.lifted_at IS NULL)
                 AS "blocked!: bool",
       -- Blocked as unsafe: the board must not admit cards from memory either.
       EXISTS (SELECT 1 FROM machine_block b WHERE b.machine_id = m.id AND b.lifted_at IS NULL AND b.at_once = 1)
                 AS "at_once!: bool",

       -- It is the reader of a door, which may lead into a room.
       d.machine_id IS NOT NULL
                 AS "is_door!: bool",
       d.room_id AS "door_room?: RoomId",
       -- It is for certain groups, and the person is in none of them. Without groups of its own it follows its type; an archived group
       -- permits nobody.
       CASE WHEN EXISTS (SELECT 1 FROM machine_group mg WHERE mg.machine_id = m.id) THEN
            NOT EXISTS (SELECT 1 FROM machine_group mg
                          JOIN person_group pg ON pg.id = mg.group_id AND pg.archived_at IS NULL
                          JOIN group_member j ON j.group_id = mg.group_id AND j.person_id = p.id
                         WHERE mg.machine_id = m.id)
            WHEN EXISTS (SELECT 1 FROM type_group tg WHERE tg.type_id = m.type_id) THEN
            NOT EXISTS (SELECT 1 FROM type_group tg
                          JOIN person_group pg ON pg.id = tg.group_id AND pg.archived_at IS NULL
                          JOIN group_member j ON j.group_id = tg.group_id AND j.person_id = p.id
                         WHERE tg.type_id = m.type_id)
            ELSE FALSE END
                 AS "is_for_others!: bool",

       -- The card, if it belongs to a person; NULL for a page.
       c.id      AS "card?: CardId",
       c.state   AS "card_state?: CardState",
       -- The same card, if no one has claimed it.
       (SELECT id FROM unknown_card k WHERE k.uid = ?2 AND k.machine_id = m.id)
                 AS "unknown_card?: UnknownCardId",

       -- The person. The name is NULL after erasure; the alias is created with the first use of a month.
       p.id      AS "person?: PersonId",
       p.status  AS "status?: PersonStatus",
       f.name    AS "name?: String",
       a.id      AS "alias?: AliasId",

       -- Their open uses of other machines. No setting allows more than 99, so counting stops at 100.
       (SELECT count(*) FROM (SELECT 1 FROM use_session u JOIN card uc ON uc.id = u.card_id
                               WHERE uc.person_id = p.id AND u.ended_at IS NULL AND u.machine_id <> m.id LIMIT 100))
                 AS "running!: i64",
       -- Other people present: they use a machine, or are inside by a door. Only dangerous machines may require company, so only they pay
       -- for the count. Comparing with 0 makes both parts search an index of what is open now, which holds few rows.
       CASE WHEN t.risk = 'high' THEN
            (SELECT count(*) FROM person o
              WHERE o.id IN (SELECT uc.person_id FROM use_session u JOIN card uc ON uc.id = u.card_id WHERE u.card_id > 0 AND u.ended_at IS NULL
                             UNION SELECT v.person_id FROM visit v WHERE v.person_id > 0 AND v.left_at IS NULL AND v.last_at >= ?8)
                AND o.status = 'active' AND o.id IS NOT p.id)
            ELSE 0 END
                 AS "others!: i64",
       -- In use by another person. NULL for a board: it asks only while the machine is idle, so an open use there is one whose end was
       -- lost.
       CASE WHEN ?4 IS NOT NULL THEN
            EXISTS (SELECT 1 FROM use_session u LEFT JOIN card uc ON uc.id = u.card_id
                     WHERE u.machine_id = m.id AND u.ended_at IS NULL AND uc.person_id IS NOT p.id)
            END  AS "taken?: bool",
       -- In use by this person, or about to be. Only pages show that.
       CASE WHEN ?4 IS NOT NULL THEN
            EXISTS (SELECT 1 FROM use_session u JOIN card uc ON uc.id = u.card_id
                     WHERE u.machine_id = m.id AND u.ended_at IS NULL AND uc.person_id = p.id)
            ELSE FALSE END
                 AS "on_it!: bool",
       CASE WHEN ?4 IS NOT NULL THEN
            EXISTS (SELECT 1 FROM machine_request r JOIN card rc ON rc.id = r.card_id
                     WHERE r.machine_id = m.id AND r.kind = 'start' AND r.state IN ('queued', 'sent') AND rc.person_id = p.id)
            ELSE FALSE END
                 AS "starting!: bool",
       -- They have a card that readers accept. At a board they are holding one.
       CASE WHEN ?4 IS NOT NULL THEN
            EXISTS (SELECT 1 FROM card oc WHERE oc.person_id = p.id AND oc.state = 'active' AND oc.uid IS NOT NULL)
            ELSE TRUE END
                 AS "has_card!: bool",

       -- The next three lists are the same at every machine: they are read for the first of a page's and NULL at the others.
       --
       -- LedgerItem: all their qualifications and bans. Not only those on this machine: membership and roles are entries on built-in types.
       CASE WHEN asked.is_first THEN
            (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
               FROM qualification q WHERE q.person_id = p.id)
            END  AS "ledger?: List<LedgerItem>",
       -- HoldItem: holds in force, which stop a person everywhere.
       CASE WHEN asked.is_first THEN
            (SELECT json_group_array(json_array(h.id, h.reason, h.placed_at, h.until))
               FROM hold h WHERE h.person_id = p.id AND h.lifted_at IS NULL)
            END  AS "holds?: List<HoldItem>",
       -- Ledger entries that excuse from training: people qualified before Toolgate was set up need not prove it again.
       CASE WHEN asked.is_first THEN
            (SELECT json_group_array(q.id) FROM qualification q
              WHERE q.person_id = p.id AND q.cause IN ('administrator', 'import', 'setup'))
            END  AS "excused?: List<EntryId>",
       -- TrainingItem: modules that the machine or its type requires, with the last edition completed, the editions that expire earlier
       -- ones, and the grace period of people who were qualified before the requirement was added.
       (SELECT json_group_array(json_array(r.module_id,
               (SELECT max(d.edition) FROM training_done d
                 WHERE d.person_id = p.id AND d.module_id = r.module_id AND d.percent >= r.threshold AND d.quiz_done),
               (SELECT json_group_array(json_array(o.edition, o.redo_by)) FROM module_edition o
                 WHERE o.module_id = r.module_id AND o.published_at IS NOT NULL AND o.redo_by IS NOT NULL),
               iif(EXISTS (SELECT 1 FROM qualification q
                            WHERE q.person_id = p.id AND q.effective_from <= r.made_at
                              AND (q.type_id = m.type_id OR q.machine_id = m.id)), r.grace_until, NULL)))
          FROM training_required r WHERE r.type_id = m.type_id OR r.machine_id = m.id)
                 AS "training!: List<TrainingItem>",

       -- DocumentItem: documents that the machine, its type or the space asks for, with the editions that have to be signed and the
       -- person's signatures. Those of the space are read for the first machine alone.
       (SELECT json_group_array(json_array(d.id, d.kind, d.everywhere, d.lapse_days,
               (SELECT json_group_array(json_array(e.edition, e.from_at)) FROM document_edition e
                 WHERE e.document_id = d.id AND e.sign_again = 1),
               (SELECT json_group_array(json_array(s.edition, s.signed_at)) FROM document_signature s
                 WHERE s.person_id = p.id AND s.document_id = d.id AND s.withdrawn_at IS NULL)))
          FROM document d
         WHERE (d.everywhere = iif(asked.is_first, 1, -1) OR d.type_id = m.type_id OR d.machine_id = m.id)
           AND d.archived_at IS NULL
           AND EXISTS (SELECT 1 FROM document_edition e WHERE e.document_id = d.id))
                 AS "documents!: List<DocumentItem>",

       -- Types on which a qualification is required first.
       (SELECT json_group_array(r.requires_id) FROM type_requirement r WHERE r.type_id = m.type_id)
                 AS "requires!: List<TypeId>",
       -- BookedItem: bookings of the machine, or of its room. No booking is longer than seven days, so none that began earlier
       -- reaches into these. A machine that the booking of a room leaves to others is not booked with it. The plus rules out the index by
       -- machine, which holds years of occupations; by booking there are a handful.
       (SELECT json_group_array(json_array(booked.starts_at, booked.ends_at,
               -- Their own is that of a group of theirs, too.
               iif(booked.group_id IS NULL, booked.person_id IS p.id,
                   EXISTS (SELECT 1 FROM group_member j WHERE j.group_id = booked.group_id AND j.person_id = p.id)),
               booked.machine_id IS NOT NULL))
          FROM (SELECT starts_at, ends_at, person_id, group_id, state, machine_id FROM booking
                 WHERE machine_id = m.id AND starts_at BETWEEN (?5 - 6) * 86400000 AND (?5 + 3) * 86400000
                UNION ALL
                SELECT starts_at, ends_at, person_id, group_id, state, machine_id FROM booking
                 WHERE room_id = (SELECT i.room_id FROM room_machine i WHERE i.machine_id = m.id)
                   AND starts_at BETWEEN (?5 - 6) * 86400000 AND (?5 + 3) * 86400000
                   AND EXISTS (SELECT 1 FROM occupation o WHERE o.booking_id = booking.id AND +o.machine_id = m.id)) booked
         WHERE booked.state IN ('approved', 'checked-in'))
                 AS "booked!: List<BookedItem>",
       -- Closures. Occupations of a machine never overlap: of those that began before these days only the last can reach into them.
       (SELECT json_group_array(json_array(closed.starts_at, closed.ends_at))
          FROM (SELECT * FROM (SELECT starts_at, ends_at, closure_id FROM occupation
                                WHERE machine_id = m.id AND starts_at < ?5 * 86400000
                                ORDER BY starts_at DESC LIMIT 1)
                UNION ALL
                SELECT starts_at, ends_at, closure_id FROM occupation
                 WHERE machine_id = m.id AND starts_at BETWEEN ?5 * 86400000 AND (?5 + 3) * 86400000) closed
         WHERE closed.closure_id IS NOT NULL)
                 AS "closures!: List<Span>",
       -- PlanItem: maintenance plans that block the machine when due.
       (SELECT json_group_array(json_array(w.every_hours, w.every_days, w.since_at, w.since_used, w.used_ms, w.blocking, ''))
          FROM plan_at w WHERE w.machine_id = m.id AND w.blocking = 1)
                 AS "plans!: List<PlanItem>",

       -- SettingItem: settings of the machine, its type and the space; the nearest wins. Those of the space are read for the first
       -- machine alone, and so are its hours below.
       (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
         WHERE (s.scope = 'space' AND s.scope_id = iif(asked.is_first, 0, -1))
            OR (s.scope = 'type' AND s.scope_id = m.type_id)
            OR (s.scope = 'machine' AND s.scope_id = m.id))
                 AS "settings!: List<SettingItem>",
       -- WeeklyItem and ExceptionItem: opening hours in local time. The instants depend on the time zone, which SQL does not know.
       (SELECT json_group_array(json_array(o.scope, o.weekday, o.from_min, o.to_min)) FROM opening_hours o
         WHERE (o.scope = 'space' AND o.scope_id = iif(asked.is_first, 0, -1))
            OR (o.scope = 'type' AND o.scope_id = m.type_id)
            OR (o.scope = 'machine' AND o.scope_id = m.id))
                 AS "weekly!: List<WeeklyItem>",
       (SELECT json_group_array(json_array(e.scope, e.day, e.from_min, e.to_min)) FROM opening_exception e
         WHERE ((e.scope = 'space' AND e.scope_id = iif(asked.is_first, 0, -1))
             OR (e.scope = 'type' AND e.scope_id = m.type_id)
             OR (e.scope = 'machine' AND e.scope_id = m.id))
           AND e.day BETWEEN ?5 AND ?6)
                 AS "exceptions!: List<ExceptionItem>"

  FROM (-- At a board. A uid may be issued again: the card in use comes before retired ones.
        SELECT n.id AS machine_id, NULL AS person_id,
               (SELECT id FROM card WHERE uid = ?2 ORDER BY state = 'retired', id DESC LIMIT 1) AS card_id, TRUE AS is_first
          FROM machine n WHERE n.number = ?1 AND n.archived_at IS NULL
        UNION ALL
        -- On a page. The first is the first that has a row.
        SELECT value, ?4, NULL,
               key = (SELECT min(key) FROM json_each(?3) CROSS JOIN machine n ON n.id = value AND n.archived_at IS NULL)
          FROM json_each(?3)) asked
       -- CROSS JOIN fixes the order: SQLite must not begin with a scan of all machines.
 CROSS JOIN machine m ON m.id = asked.machine_id AND m.archived_at IS NULL
  JOIN equipment_type t ON t.id = m.type_id
  LEFT JOIN door d ON d.machine_id = m.id
  LEFT JOIN card c ON c.id = asked.card_id
  LEFT JOIN person p ON p.id = coalesce(asked.person_id, c.person_id)
  LEFT JOIN profile f ON f.person_id = p.id
  LEFT JOIN alias a ON a.person_id = p.id AND a.month = ?7
 -- A card may be unknown; a person must exist.
 WHERE ?4 IS NULL OR p.id IS NOT NULL
