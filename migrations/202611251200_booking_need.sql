-- Bookings mean something at the machine unless somebody says otherwise. Spaces that were there before, and said nothing, go on as
-- they did, and their administrators are told once.

-- What a newer version does differently, and administrators are still to be told.
CREATE TABLE untold_change (
    change TEXT PRIMARY KEY NOT NULL CONSTRAINT untold_change_known CHECK (change IN ('booking-need'))
) STRICT, WITHOUT ROWID;

INSERT INTO untold_change (change)
SELECT 'booking-need'
 WHERE EXISTS (SELECT 1 FROM person)
   AND NOT EXISTS (SELECT 1 FROM setting WHERE scope = 'space' AND key = 'booking.need');

INSERT INTO setting (scope, scope_id, key, value)
SELECT 'space', 0, 'booking.need', 'free' FROM untold_change;
