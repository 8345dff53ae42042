-- A board that asks is told whether the use on its machine is to end, however long ago that was decided.
CREATE INDEX request_by_use ON machine_request (use_id);

-- When the audit chain had it. What follows from another change gets its own entry right behind that change, and no
-- board is told before.
ALTER TABLE machine_request ADD COLUMN recorded_at INTEGER;

CREATE INDEX request_unrecorded ON machine_request (id) WHERE recorded_at IS NULL;
