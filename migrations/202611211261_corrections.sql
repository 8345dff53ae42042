-- What somebody who cares for a machine says of a use afterwards: when it ended, who it was, or that it was none. Each is a fact
-- of its own that is never changed; the use is worked out from it and from what the board said, and whatever a board still
-- sends of it changes no time of it. Why, is written apart, for it goes with whoever it is about.

CREATE TABLE use_correction (
    id            INTEGER PRIMARY KEY NOT NULL,
    use_id        INTEGER NOT NULL, -- no foreign key: a projection may be computed anew
    machine_id    INTEGER NOT NULL CONSTRAINT correction_machine REFERENCES machine (id),
    at            INTEGER NOT NULL,
    by_alias      INTEGER CONSTRAINT correction_by REFERENCES alias (id),
    remark_id     INTEGER NOT NULL, -- no foreign key: the words go with whoever they are about
    -- The use as it was, and as it is from then on; where it had no end, it ran.
    ended_before  INTEGER,
    ended_after   INTEGER NOT NULL,
    ending_before TEXT,
    ending_after  TEXT    NOT NULL,
    alias_before  INTEGER CONSTRAINT correction_alias_before REFERENCES alias (id),
    alias_after   INTEGER CONSTRAINT correction_alias_after REFERENCES alias (id),
    void_before   INTEGER NOT NULL CONSTRAINT correction_void_before CHECK (void_before IN (0, 1)),
    void_after    INTEGER NOT NULL CONSTRAINT correction_void_after CHECK (void_after IN (0, 1))
) STRICT;

CREATE TRIGGER correction_no_update BEFORE UPDATE ON use_correction
BEGIN SELECT RAISE(ABORT, 'append_only:use_correction'); END;

CREATE TRIGGER correction_no_delete BEFORE DELETE ON use_correction
BEGIN SELECT RAISE(ABORT, 'append_only:use_correction'); END;

CREATE INDEX correction_by_use ON use_correction (use_id, id);
CREATE INDEX correction_by_alias ON use_correction (by_alias) WHERE by_alias IS NOT NULL;
CREATE INDEX correction_by_alias_after ON use_correction (alias_after) WHERE alias_after IS NOT NULL;
CREATE INDEX correction_by_alias_before ON use_correction (alias_before, use_id) WHERE alias_before IS NOT NULL;

-- A use that was corrected keeps how its board told it, for by that what is sent again is known; nothing where it ran when
-- somebody ended it. Whose card it was stays as it was: who it was, the alias says. One that was none is as long as nothing.
ALTER TABLE use_session ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0 CONSTRAINT use_corrected CHECK (corrected IN (0, 1));
ALTER TABLE use_session ADD COLUMN told_end_at INTEGER;
ALTER TABLE use_session ADD COLUMN told_ending TEXT;
ALTER TABLE use_session ADD COLUMN void INTEGER NOT NULL DEFAULT 0 CONSTRAINT use_void CHECK (void IN (0, 1));
CREATE INDEX use_corrected ON use_session (alias_id, machine_id) WHERE corrected = 1;

-- Further words for how a use ended. The table may be as large as everything else together and is not written anew for them:
-- the check is widened where it stands, as SQLite's own description of ALTER TABLE has it.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
   SET sql = replace(sql, 'CHECK (ending IN (''logged-out'', ''auto-logoff'', ''superseded''))',
                          'CHECK (ending IN (''logged-out'', ''auto-logoff'', ''superseded'', ''lost'', ''silent'', ''remote'', ''manager''))')
 WHERE type = 'table' AND name = 'use_session';
PRAGMA writable_schema = RESET;
