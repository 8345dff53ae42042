-- A block keeps everybody off one machine until it is lifted.

CREATE TABLE machine_block (
    id         INTEGER PRIMARY KEY NOT NULL,
    machine_id INTEGER NOT NULL CONSTRAINT block_machine REFERENCES machine (id),
    placed_at  INTEGER NOT NULL,
    placed_by  INTEGER CONSTRAINT block_by REFERENCES alias (id),
    remark_id  INTEGER CONSTRAINT block_remark REFERENCES remark (id),
    -- Whether it ends a use that is running; others wait until the machine is free.
    at_once    INTEGER NOT NULL DEFAULT 0 CONSTRAINT block_at_once CHECK (at_once IN (0, 1)),
    -- The problem it came from; resolving that lifts it.
    report_id  INTEGER CONSTRAINT block_report REFERENCES problem_report (id),
    lifted_at  INTEGER,
    lifted_by  INTEGER CONSTRAINT block_lifted_by REFERENCES alias (id)
) STRICT;

CREATE UNIQUE INDEX block_in_force ON machine_block (machine_id) WHERE lifted_at IS NULL;
-- For the machine's history.
CREATE INDEX block_by_placing ON machine_block (machine_id, placed_at, id);
CREATE INDEX block_by_lifting ON machine_block (machine_id, lifted_at, id);
CREATE INDEX block_by_remark ON machine_block (remark_id) WHERE remark_id IS NOT NULL;
