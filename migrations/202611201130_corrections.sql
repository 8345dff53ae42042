-- Corrections of uses: when one ended, who it was, or that it was none. Append-only; a use is computed from these and
-- from what its board sent, and replays of a corrected use change none of its times.

CREATE TABLE use_correction (
    id            INTEGER PRIMARY KEY NOT NULL,
    use_id        INTEGER NOT NULL, -- no foreign key: a projection may be computed anew
    machine_id    INTEGER NOT NULL CONSTRAINT correction_machine REFERENCES machine (id),
    at            INTEGER NOT NULL,
    by_alias      INTEGER CONSTRAINT correction_by REFERENCES alias (id),
    remark_id     INTEGER NOT NULL, -- no foreign key: the remark is deleted with the person it is about
    ended_before  INTEGER, -- NULL if it was running
    ended_after   INTEGER NOT NULL,
    ending_before TEXT,
    ending_after  TEXT    NOT NULL,
    alias_before  INTEGER CONSTRAINT correction_alias_before REFERENCES alias (id),
    alias_after   INTEGER CONSTRAINT correction_alias_after REFERENCES alias (id),
    void_before   INTEGER NOT NULL CONSTRAINT correction_void_before CHECK (void_before IN (0, 1)),
    void_after    INTEGER NOT NULL CONSTRAINT correction_void_after CHECK (void_after IN (0, 1))
) STRICT;

CREATE INDEX correction_by_use ON use_correction (use_id, id);
CREATE INDEX correction_by_alias ON use_correction (by_alias) WHERE by_alias IS NOT NULL;
CREATE INDEX correction_by_alias_after ON use_correction (alias_after) WHERE alias_after IS NOT NULL;
CREATE INDEX correction_by_alias_before ON use_correction (alias_before, use_id) WHERE alias_before IS NOT NULL;

CREATE TRIGGER correction_no_update BEFORE UPDATE ON use_correction
BEGIN SELECT RAISE(ABORT, 'append_only:use_correction'); END;

CREATE TRIGGER correction_no_delete BEFORE DELETE ON use_correction
BEGIN SELECT RAISE(ABORT, 'append_only:use_correction'); END;
