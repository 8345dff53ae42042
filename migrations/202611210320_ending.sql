-- Whose qualification ends by a date is asked by the inbox and by the clock, and few do.

CREATE INDEX qualification_by_end ON qualification (until) WHERE until IS NOT NULL;
