-- Dues: since when it is known here that a member is late, because the days of grace run from then.

ALTER TABLE dues ADD COLUMN known_on INTEGER; -- in days since 1970; NULL: nothing is late

UPDATE dues SET known_on = since_at / 86400000 WHERE status IN ('grace', 'overdue');
