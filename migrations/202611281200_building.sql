-- The building: devices that speak MQTT, their meters, and what these read.
-- Amounts are in base units: milliwatt-hours, millilitres, thousandths of a degree Celsius, people.

CREATE TABLE building_device (
    id          INTEGER PRIMARY KEY NOT NULL,
    name        TEXT    NOT NULL CONSTRAINT building_device_name CHECK (length(name) BETWEEN 1 AND 200),
    dialect     TEXT    NOT NULL CONSTRAINT building_device_dialect CHECK (dialect IN ('tasmota', 'shelly', 'reference', 'json')),
    topic       TEXT    NOT NULL CONSTRAINT building_device_topic CHECK (length(topic) BETWEEN 1 AND 100),
    machine_id  INTEGER CONSTRAINT building_device_machine REFERENCES machine (id), -- whose plug it is
    room_id     INTEGER CONSTRAINT building_device_room REFERENCES room (id),
    user        TEXT    NOT NULL CONSTRAINT building_device_user UNIQUE, -- its login at the broker inside
    hash        BLOB    CONSTRAINT building_device_hash CHECK (length(hash) = 32), -- NULL: revoked, until there is a new password
    login_at    INTEGER NOT NULL, -- when the password was made
    added_at    INTEGER NOT NULL,
    heard_at    INTEGER, -- written every minute at most
    is_offline  INTEGER NOT NULL DEFAULT 0 CONSTRAINT building_device_is_offline CHECK (is_offline IN (0, 1)), -- as its last will says
    archived_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE UNIQUE INDEX building_device_topic_of_one ON building_device (dialect, topic) WHERE archived_at IS NULL;

CREATE TABLE meter (
    id          INTEGER PRIMARY KEY NOT NULL,
    device_id   INTEGER NOT NULL CONSTRAINT meter_device REFERENCES building_device (id),
    name        TEXT    NOT NULL CONSTRAINT meter_name CHECK (length(name) BETWEEN 1 AND 200),
    measure     TEXT    NOT NULL CONSTRAINT meter_measure CHECK (measure IN ('power', 'heat', 'water', 'temperature', 'occupancy')),
    unit        TEXT    NOT NULL CONSTRAINT meter_unit CHECK (unit IN ('Wh', 'kWh', 'l', 'm3', 'C', 'people')), -- as the device sends it
    subtopic    TEXT    NOT NULL DEFAULT '', -- below that of the device
    path        TEXT    NOT NULL DEFAULT '', -- in the JSON; empty where the dialect has a place for the value
    switch      INTEGER NOT NULL DEFAULT 0 CONSTRAINT meter_switch CHECK (switch BETWEEN 0 AND 31), -- of a Shelly
    total       INTEGER NOT NULL DEFAULT 0 CONSTRAINT meter_total CHECK (total IN (0, 1)), -- counts for the whole building
    low         INTEGER, -- a notice below this value
    high        INTEGER, -- a notice above this value, or above this amount in an hour
    beyond_at   INTEGER, -- since when it is outside these limits
    read_at     INTEGER, -- of the last reading that counts
    value       INTEGER, -- of that reading
    archived_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX meter_by_device ON meter (device_id);

-- Readings by quarter of an hour. A counter has its amount, a gauge the sum, number and extremes of its values.
CREATE TABLE meter_quarter (
    meter_id INTEGER NOT NULL CONSTRAINT meter_quarter_meter REFERENCES meter (id),
    at       INTEGER NOT NULL CONSTRAINT meter_quarter_at CHECK (at % 900000 = 0), -- its beginning
    amount   INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    least    INTEGER,
    most     INTEGER,
    PRIMARY KEY (meter_id, at)
) STRICT, WITHOUT ROWID;

-- The same by local day of the space, as a number of days since 1970; these stay when quarters are deleted.
CREATE TABLE meter_day (
    meter_id INTEGER NOT NULL CONSTRAINT meter_day_meter REFERENCES meter (id),
    day      INTEGER NOT NULL,
    amount   INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    least    INTEGER,
    most     INTEGER,
    PRIMARY KEY (meter_id, day)
) STRICT, WITHOUT ROWID;

-- A machine that drew power while nobody was swiped in, as its plug measured.
CREATE TABLE unswiped_run (
    id         INTEGER PRIMARY KEY NOT NULL,
    meter_id   INTEGER NOT NULL CONSTRAINT unswiped_run_meter REFERENCES meter (id),
    machine_id INTEGER NOT NULL CONSTRAINT unswiped_run_machine REFERENCES machine (id),
    started_at INTEGER NOT NULL,
    last_at    INTEGER NOT NULL, -- when it was last seen to run
    ended_at   INTEGER, -- none while it runs
    amount     INTEGER NOT NULL, -- in milliwatt-hours
    noticed_at INTEGER, -- when its owners got a notice
    settled_at INTEGER -- when it was marked as a test
) STRICT;

CREATE UNIQUE INDEX unswiped_run_open ON unswiped_run (meter_id) WHERE ended_at IS NULL;
