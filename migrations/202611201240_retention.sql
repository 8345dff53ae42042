-- Each run of the daily deletion, and how much it deleted, so that whoever is responsible can see that it works.

CREATE TABLE retention_run (
    id            INTEGER PRIMARY KEY NOT NULL,
    at            INTEGER NOT NULL,
    by_alias      INTEGER CONSTRAINT retention_by REFERENCES alias (id), -- NULL is Toolgate itself
    decisions     INTEGER NOT NULL, -- attempts at boards
    unknown_cards INTEGER NOT NULL,
    sign_ins      INTEGER NOT NULL, -- sessions and links that expired
    names         INTEGER NOT NULL, -- aliases that lost their person
    entries       INTEGER NOT NULL DEFAULT 0 -- entries of the audit log
) STRICT;

CREATE INDEX retention_by_time ON retention_run (at);
