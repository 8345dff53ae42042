-- What a trainer wants to see at a checkout in person: the steps of a type, and what was seen at each appointment.

-- The newest list of a type holds; one without steps ends it. An older one stays with the appointments that began with it.
CREATE TABLE checkout_list (
    id      INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    type_id INTEGER NOT NULL CONSTRAINT checkout_list_type REFERENCES equipment_type (id),
    made_at INTEGER NOT NULL,
    made_by INTEGER CONSTRAINT checkout_list_made_by REFERENCES alias (id)
) STRICT;

CREATE INDEX checkout_list_by_type ON checkout_list (type_id, id);

CREATE TABLE checkout_step (
    id       INTEGER PRIMARY KEY NOT NULL,
    list_id  INTEGER NOT NULL CONSTRAINT checkout_step_list REFERENCES checkout_list (id),
    position INTEGER NOT NULL,
    section  TEXT    NOT NULL, -- '' for those before the first heading
    body     TEXT    NOT NULL,
    required INTEGER NOT NULL CONSTRAINT checkout_step_required CHECK (required IN (0, 1)),
    CONSTRAINT checkout_step_order UNIQUE (list_id, position)
) STRICT;

-- What a record says must not change behind it.
CREATE TRIGGER checkout_step_fixed BEFORE UPDATE ON checkout_step
BEGIN SELECT RAISE(ABORT, 'append_only:checkout_step'); END;

CREATE TABLE checkout_mark (
    appointment_id INTEGER NOT NULL CONSTRAINT checkout_mark_appointment REFERENCES appointment (id),
    step_id        INTEGER NOT NULL CONSTRAINT checkout_mark_step REFERENCES checkout_step (id),
    mark           TEXT    CONSTRAINT checkout_mark_mark CHECK (mark IN ('seen', 'practise')), -- NULL: taken back
    remark_id      INTEGER CONSTRAINT checkout_mark_remark UNIQUE REFERENCES remark (id), -- what to look at
    PRIMARY KEY (appointment_id, step_id)
) STRICT, WITHOUT ROWID;

-- Apart from the marks, so that a list of them reads no pictures; goes with the member whose checkout it was.
CREATE TABLE checkout_photo (
    id             INTEGER PRIMARY KEY NOT NULL,
    appointment_id INTEGER NOT NULL CONSTRAINT checkout_photo_appointment REFERENCES appointment (id),
    step_id        INTEGER NOT NULL CONSTRAINT checkout_photo_step REFERENCES checkout_step (id),
    body           BLOB    NOT NULL,
    small          BLOB    NOT NULL,
    added_at       INTEGER NOT NULL,
    CONSTRAINT checkout_photo_one UNIQUE (appointment_id, step_id)
) STRICT;

-- Whose name it is stands in the appointment; `signed_by` tapped, which for a member may be the trainer's phone.
CREATE TABLE checkout_signature (
    appointment_id INTEGER NOT NULL CONSTRAINT checkout_signature_appointment REFERENCES appointment (id),
    side           TEXT    NOT NULL CONSTRAINT checkout_signature_side CHECK (side IN ('trainer', 'member')),
    signed_at      INTEGER NOT NULL,
    signed_by      INTEGER CONSTRAINT checkout_signature_signed_by REFERENCES alias (id),
    PRIMARY KEY (appointment_id, side)
) STRICT, WITHOUT ROWID;
