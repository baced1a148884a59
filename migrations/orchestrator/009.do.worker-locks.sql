-- The advisory lock that a process's lease connection holds as long as it lives. Null: it holds none, since its connection
-- goes through a pooler; then its lease alone decides.
alter table orchestrator.workers add column lock_key bigint;
