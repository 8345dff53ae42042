-- One picture of a person or of a machine: a JPEG encoded here, so that no metadata of the upload is in it.

CREATE TABLE picture (
    id         INTEGER PRIMARY KEY NOT NULL,
    person_id  INTEGER CONSTRAINT picture_person UNIQUE REFERENCES person (id),
    machine_id INTEGER CONSTRAINT picture_machine UNIQUE REFERENCES machine (id),
    body       BLOB    NOT NULL,
    small      BLOB    NOT NULL, -- the thumbnail for lists
    added_at   INTEGER NOT NULL,
    CONSTRAINT picture_one_subject CHECK ((person_id IS NULL) <> (machine_id IS NULL))
) STRICT;
