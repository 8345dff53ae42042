-- One picture of a person, a machine, a room or a floor: a JPEG encoded here, so that no metadata of the upload is in it.

CREATE TABLE picture (
    id         INTEGER PRIMARY KEY NOT NULL,
    person_id  INTEGER CONSTRAINT picture_person UNIQUE REFERENCES person (id),
    machine_id INTEGER CONSTRAINT picture_machine UNIQUE REFERENCES machine (id),
    room_id    INTEGER CONSTRAINT picture_room UNIQUE REFERENCES room (id),
    plan_id    INTEGER CONSTRAINT picture_plan UNIQUE REFERENCES floor_plan (id),
    body       BLOB    NOT NULL,
    small      BLOB    NOT NULL, -- the thumbnail for lists
    added_at   INTEGER NOT NULL,
    CONSTRAINT picture_one_subject CHECK ((person_id IS NOT NULL) + (machine_id IS NOT NULL) + (room_id IS NOT NULL) + (plan_id IS NOT NULL) = 1)
) STRICT;
