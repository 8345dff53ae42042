-- When somebody's name, cards and all that was written about them were deleted: what is left is an anonymous person, so
-- that hours and counts stay what they were. And two ways to find what concerns one person without walking everything.

ALTER TABLE person ADD COLUMN erased_at INTEGER;

CREATE INDEX audit_by_subject ON audit (subject, seq);
CREATE INDEX use_by_alias ON use_session (alias_id, started_at) WHERE alias_id IS NOT NULL;
