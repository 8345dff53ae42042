-- Customers at payment processors whom nobody here is linked to: who has their address. The address itself is not stored.

ALTER TABLE dues_difference ADD COLUMN match_id INTEGER CONSTRAINT dues_difference_match REFERENCES person (id);

CREATE INDEX dues_difference_by_match ON dues_difference (match_id) WHERE match_id IS NOT NULL;
