-- What a run is told while it is under way, and when it must have ended.

-- When the run is cut, whatever it is doing by then.
alter table orchestrator.runs add column deadline timestamptz;
create index idx_runs_deadline on orchestrator.runs (deadline) where deadline is not null and finished_at is null;

alter table orchestrator.run_signals drop constraint run_signals_type_check;
alter table orchestrator.run_signals add constraint run_signals_type_check check (type in ('cancel', 'pause', 'resume'));
