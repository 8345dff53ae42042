-- When somebody last used what: asked for one person at a time, among all uses there ever were.

CREATE INDEX use_by_card ON use_session (card_id, started_at);
