-- The whole trace of each decision at a board, as JSON of codes and ids, for the 90 days in which somebody may ask why.

ALTER TABLE attempt ADD COLUMN trace TEXT;

CREATE INDEX attempt_by_card ON attempt (card_id, at);
CREATE INDEX attempt_by_time ON attempt (at);
