-- A calendar asks only for the machines and rooms that it shows: closures, events and offers of each, by start.
CREATE INDEX occupation_beside_of_machine ON occupation (machine_id, starts_at)
    WHERE machine_id IS NOT NULL AND booking_id IS NULL;
CREATE INDEX occupation_beside_of_room ON occupation (room_id, starts_at)
    WHERE room_id IS NOT NULL AND booking_id IS NULL;
DROP INDEX occupation_beside;
