-- Codes that prove the address of a person for whom a provider vouches, but whose address it has not verified.

ALTER TABLE provider_arrival ADD COLUMN claimed TEXT; -- the address that the provider states and has not verified
ALTER TABLE provider_arrival ADD COLUMN code BLOB CONSTRAINT provider_arrival_code CHECK (length(code) = 32); -- hash of the code that was mailed
ALTER TABLE provider_arrival ADD COLUMN code_to TEXT; -- the address that it went to
ALTER TABLE provider_arrival ADD COLUMN tries INTEGER NOT NULL DEFAULT 0; -- with that code
