-- What was done to a machine and was taken over is told as such wherever it is told: it is looked up by its number here.
CREATE INDEX fabomatic_origin_intervention ON fabomatic_origin (ours) WHERE thing = 'intervention';
