-- A board that asks something new has nothing left to say again: what it said of a use before is settled, and a replay
-- that looks the same is of another use. What was known before this is settled.
ALTER TABLE use_session ADD COLUMN settled INTEGER NOT NULL DEFAULT 1
    CONSTRAINT use_settled CHECK (settled IN (0, 1));

CREATE INDEX use_unsettled ON use_session (machine_id) WHERE settled = 0;

-- How long the use was by the board's clock, in seconds: what a replay of its stop says again.
ALTER TABLE use_session ADD COLUMN told_s INTEGER CONSTRAINT use_told CHECK (told_s >= 0);
