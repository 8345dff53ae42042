-- What was done longer ago than is kept. The record is cut from its beginning: the number and the hash of the last entry that
-- went stand here and in an entry of the chain itself, so that what remains is still known to be whole. And what boards
-- said, and the uses that follow from it, lose the card that led to whoever held it; of a use by a card that is not told
-- any more, `unknown_card_id` is 0. When somebody last used what stays with their qualifications, which it keeps alive.

CREATE TABLE audit_start (
    id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT audit_start_one CHECK (id = 1),
    seq  INTEGER NOT NULL, -- 0 is nothing was cut yet
    hash BLOB    NOT NULL CONSTRAINT audit_start_sha256 CHECK (length(hash) = 32)
) STRICT;

INSERT INTO audit_start (id, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_start_no_step_back BEFORE UPDATE ON audit_start WHEN new.seq <= old.seq
BEGIN SELECT RAISE(ABORT, 'append_only:audit_start'); END;

CREATE TRIGGER audit_start_no_delete BEFORE DELETE ON audit_start
BEGIN SELECT RAISE(ABORT, 'append_only:audit_start'); END;

DROP TRIGGER audit_no_delete;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN old.seq > coalesce((SELECT seq FROM audit_start), 0)
BEGIN SELECT RAISE(ABORT, 'append_only:audit'); END;

-- Up to which word of a board nothing tells any more whose card it was.
CREATE TABLE fact_start (
    id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT fact_start_one CHECK (id = 1),
    fact INTEGER NOT NULL
) STRICT;

INSERT INTO fact_start (id, fact) VALUES (1, 0);

CREATE TRIGGER fact_start_no_step_back BEFORE UPDATE ON fact_start WHEN new.fact <= old.fact
BEGIN SELECT RAISE(ABORT, 'append_only:fact_start'); END;

CREATE TRIGGER fact_start_no_delete BEFORE DELETE ON fact_start
BEGIN SELECT RAISE(ABORT, 'append_only:fact_start'); END;

-- One change is let through: the card of a fact that is old enough goes, and everything else stays as it is.
DROP TRIGGER fact_no_update;
CREATE TRIGGER fact_no_update BEFORE UPDATE ON board_fact
WHEN old.id > coalesce((SELECT fact FROM fact_start), 0) OR old.card_id IS NULL
  OR new.card_id IS NOT NULL OR new.unknown_card_id IS NOT 0
  OR (new.id, new.machine_id, new.action, new.duration_s, new.replay, new.arrived_at)
     IS NOT (old.id, old.machine_id, old.action, old.duration_s, old.replay, old.arrived_at)
BEGIN SELECT RAISE(ABORT, 'append_only:board_fact'); END;

CREATE TABLE last_use (
    person_id  INTEGER NOT NULL CONSTRAINT last_use_person REFERENCES person (id),
    machine_id INTEGER NOT NULL CONSTRAINT last_use_machine REFERENCES machine (id),
    at         INTEGER NOT NULL,
    PRIMARY KEY (person_id, machine_id)
) STRICT, WITHOUT ROWID;

-- Months whose names went before.
INSERT INTO last_use (person_id, machine_id, at)
     SELECT c.person_id, u.machine_id, max(u.ended_at)
       FROM alias a JOIN use_session u ON u.alias_id = a.id JOIN card c ON c.id = u.card_id
       JOIN person p ON p.id = c.person_id
      WHERE a.person_id IS NULL AND u.ended_at IS NOT NULL AND p.erased_at IS NULL GROUP BY 1, 2;
UPDATE use_session SET card_id = NULL, unknown_card_id = 0
 WHERE card_id IS NOT NULL AND ended_at IS NOT NULL AND alias_id IN (SELECT id FROM alias WHERE person_id IS NULL);

ALTER TABLE retention_run ADD COLUMN entries INTEGER NOT NULL DEFAULT 0; -- entries of the record
