-- Under which of its tenant's data keys a payload stands, so that data can one day be erased by destroying a key. Nothing is
-- encrypted yet: every tenant has one key, number 1, and the default costs writers nothing. The files that a row names stand
-- under its key, and in an archive each event says its own.
alter table orchestrator.run_events add column data_key int not null default 1;
