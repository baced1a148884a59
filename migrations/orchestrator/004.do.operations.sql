-- What operators do to the engine while it works.

-- A draining process hands its runs back and claims none, until it is told otherwise or restarted; its row says how much it takes on.
alter table orchestrator.workers
  add column slots int not null default 0 check (slots >= 0),
  add column draining boolean not null default false;

-- A suspended tenant's goals are refused and its queued runs are not claimed. Here, since claim and submit read the lane anyway.
alter table orchestrator.lanes
  add column suspended_at timestamptz,
  add column suspended_reason text,
  add constraint suspended_reason_needs_time check (suspended_reason is null or suspended_at is not null);

-- Runs that have not ended, for looking for those that are stuck; ids are time-ordered, so it grows at its right end.
create index idx_runs_unfinished on orchestrator.runs (run_id) where finished_at is null;
