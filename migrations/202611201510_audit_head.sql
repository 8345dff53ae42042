-- Where the audit chain ends, in a second place that is written with the chain: a chain whose end was cut off, or that
-- was emptied, is shorter than what stands here. What a request to a board leaves in the chain is in the same commit as
-- the change that brought it about, so nothing has to remember any more what still lacks its record.

CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT audit_head_one CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash BLOB    NOT NULL CONSTRAINT audit_head_sha256 CHECK (length(hash) = 32)
) STRICT;

INSERT INTO audit_head (id, seq, hash)
     SELECT 1, coalesce(max(seq), 0), coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), zeroblob(32)) FROM audit;

CREATE TRIGGER audit_head_no_step_back BEFORE UPDATE ON audit_head WHEN new.seq <= old.seq
BEGIN SELECT RAISE(ABORT, 'append_only:audit_head'); END;

CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'append_only:audit_head'); END;

DROP INDEX request_unrecorded;
ALTER TABLE machine_request DROP COLUMN recorded_at;
