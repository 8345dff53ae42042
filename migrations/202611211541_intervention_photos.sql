-- What a machine looked like when something was done to it: a JPEG that was made here from what somebody gave. It goes with
-- whoever gave it, and with whoever did what it shows; what was done stays.

CREATE TABLE intervention_photo (
    intervention_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT photo_intervention REFERENCES intervention (id),
    body            BLOB    NOT NULL,
    small           BLOB    NOT NULL,
    added_at        INTEGER NOT NULL,
    by_alias        INTEGER CONSTRAINT photo_by REFERENCES alias (id)
) STRICT;

CREATE INDEX intervention_photo_by_alias ON intervention_photo (by_alias) WHERE by_alias IS NOT NULL;
