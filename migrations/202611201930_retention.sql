-- When what is kept for a time only was cleared away, and how much of it there was: so that who answers for it can see
-- that it happens.

CREATE TABLE retention_run (
    id            INTEGER PRIMARY KEY NOT NULL,
    at            INTEGER NOT NULL,
    by_alias      INTEGER CONSTRAINT retention_by REFERENCES alias (id), -- NULL is Toolgate itself
    decisions     INTEGER NOT NULL, -- traces of decisions at boards
    unknown_cards INTEGER NOT NULL, -- cards that nobody claimed
    sign_ins      INTEGER NOT NULL, -- sessions and links that ran out
    names         INTEGER NOT NULL  -- ties between somebody and a month of their history
) STRICT;

CREATE INDEX retention_by_time ON retention_run (at);
CREATE INDEX unknown_card_by_time ON unknown_card (last_seen);
