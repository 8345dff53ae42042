-- Floor plans: a picture per floor, and where rooms and machines are on it. Lengths are centimetres.

CREATE TABLE floor_plan (
    id        INTEGER PRIMARY KEY NOT NULL,
    name      TEXT    NOT NULL CONSTRAINT floor_plan_name UNIQUE CHECK (length(name) BETWEEN 1 AND 200), -- of the floor
    width     INTEGER NOT NULL CONSTRAINT floor_plan_width CHECK (width BETWEEN 100 AND 100000),
    height    INTEGER NOT NULL CONSTRAINT floor_plan_height CHECK (height BETWEEN 100 AND 100000),
    version   INTEGER NOT NULL DEFAULT 1
) STRICT;

-- A room or a machine is on one plan at most.
CREATE TABLE floor_plan_item (
    id         INTEGER PRIMARY KEY NOT NULL,
    plan_id    INTEGER NOT NULL CONSTRAINT floor_plan_item_plan REFERENCES floor_plan (id),
    machine_id INTEGER CONSTRAINT floor_plan_item_machine UNIQUE REFERENCES machine (id),
    room_id    INTEGER CONSTRAINT floor_plan_item_room UNIQUE REFERENCES room (id),
    x          INTEGER NOT NULL CONSTRAINT floor_plan_item_x CHECK (x >= 0), -- from the left
    y          INTEGER NOT NULL CONSTRAINT floor_plan_item_y CHECK (y >= 0), -- from the top
    width      INTEGER NOT NULL CONSTRAINT floor_plan_item_width CHECK (width > 0),
    height     INTEGER NOT NULL CONSTRAINT floor_plan_item_height CHECK (height > 0),
    CONSTRAINT floor_plan_item_of_one CHECK ((machine_id IS NULL) <> (room_id IS NULL))
) STRICT;

CREATE INDEX floor_plan_item_by_plan ON floor_plan_item (plan_id);
