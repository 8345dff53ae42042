-- Two boards that say the same serial number, or none, for one machine are told apart by their addresses: each time one
-- of them introduces itself, the row holds the other's address as the one before. A board that got another address says
-- the new one ever after; only two speak from both in turn.
ALTER TABLE board ADD COLUMN other_address TEXT;
-- When it was last said.
ALTER TABLE board ADD COLUMN other_seen INTEGER;
-- When it was last seen that the two take turns.
ALTER TABLE board ADD COLUMN alternated_at INTEGER;
