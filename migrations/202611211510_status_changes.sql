-- How many people are what on a type is remembered between two looks by what the ledger says since. Whether somebody is a
-- member at all stands in no ledger: this counts how often that changed, so that what is remembered is known to hold.
CREATE TABLE status_change (
    id    INTEGER PRIMARY KEY NOT NULL CONSTRAINT status_change_one CHECK (id = 1),
    times INTEGER NOT NULL
) STRICT;
INSERT INTO status_change (id, times) VALUES (1, 0);

CREATE TRIGGER status_change_counted AFTER UPDATE OF status ON person WHEN old.status <> new.status
BEGIN UPDATE status_change SET times = times + 1; END;
