-- Runs that a step of another run has submitted. Their money is reserved and spent by the run above them.
alter table orchestrator.runs
  add column parent_run_id uuid,
  add column parent_step_id text,
  -- Set when a run comes to its end: no child is admitted from then on.
  add column closed_to_children boolean not null default false;
create index idx_runs_parent on orchestrator.runs (parent_run_id, run_id desc) where parent_run_id is not null;
