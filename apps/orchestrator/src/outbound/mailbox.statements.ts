import type { Statement } from './engine-store/connection.ts';

/** Whoever changes a mailbox, or looks whether it must wait, does so alone: nothing falls between a look and a wait. */
export const LOCK_MAILBOXES: Statement = {
  name: 'mailboxes_lock',
  text: `
    select pg_advisory_xact_lock(hashtextextended('mailbox ' || m.tenant_id || ' ' || m.agent_id, 0))
    from (select distinct * from unnest($1::text[], $2::uuid[]) as m(tenant_id, agent_id) order by 1, 2) m`,
};

const MESSAGE = `message_id, from_run_id, from_agent_id, from_caller, agent_id, type, body, correlation_id, reply_to, created_at`;

export const SEND_FACTS: Statement = {
  name: 'message_facts',
  text: `
    select
      exists (select 1 from orchestrator.agents where tenant_id = $1 and agent_id = $2::uuid and deleted_at is null) as has_agent,
      (select count(*)::int from (select 1 from orchestrator.messages
        where tenant_id = $1 and agent_id = $2::uuid and taken_by is null limit $3::int) w) as waiting`,
};

export const KNOWN_MESSAGE: Statement = {
  name: 'message_known',
  text: `
    select ${MESSAGE}, encode(request_hash, 'hex') as request_hash from orchestrator.messages
    where tenant_id = $1 and idempotency_key = $2`,
};

export const ADD_MESSAGE: Statement = {
  name: 'message_add',
  text: `
    insert into orchestrator.messages (message_id, tenant_id, agent_id, from_run_id, from_agent_id, from_caller, type,
      body, correlation_id, reply_to, idempotency_key, request_hash, created_at)
    values ($1::uuid, $2, $3::uuid, $4::uuid, $5::uuid, $6, $7, $8::text::json, $9, $10::uuid, $11, decode($12, 'hex'), $13::timestamptz)
    on conflict do nothing returning ${MESSAGE}`,
};

/** Leaves a signal for each step that waits for such a message; an earlier one says no more. */
export const TELL_WAITING: Statement = {
  name: 'message_tell_waiting',
  text: `
    with told as (
      select run_id, tenant_id, step_id from orchestrator.message_waits
      where tenant_id = $1 and agent_id = $2::uuid and (type is null or type = $3)
        and (correlation_id is null or correlation_id = $4)),
    earlier as (
      delete from orchestrator.run_signals s using told
      where s.run_id = told.run_id and s.type = 'wake' and s.payload ->> 'stepId' = told.step_id),
    signals as (
      insert into orchestrator.run_signals (signal_id, tenant_id, run_id, type, payload)
      select gen_random_uuid(), tenant_id, run_id, 'wake', json_build_object('stepId', step_id) from told)
    select distinct tenant_id, run_id from told`,
};

/** What was taken under the key before; and whether the run is running, which holds until the end of the transaction. */
export const TAKEN_BEFORE: Statement = {
  name: 'message_taken_before',
  text: `select ${MESSAGE} from orchestrator.messages where taken_key = $1`,
};

export const RUN_IS_RUNNING: Statement = {
  name: 'message_run_is_running',
  text: `select 1 from orchestrator.runs where run_id = $1::uuid and tenant_id = $2 and status = 'running' for share`,
};

export const TAKE_OLDEST: Statement = {
  name: 'message_take_oldest',
  text: `
    with oldest as (
      select message_id from orchestrator.messages
      where tenant_id = $1 and agent_id = $2::uuid and taken_by is null and ($3::text is null or type = $3)
        and ($4::text is null or correlation_id = $4)
      order by message_no limit 1),
    waited as (delete from orchestrator.message_waits where wait_key = $6 and exists (select 1 from oldest))
    update orchestrator.messages m set taken_by = $5::uuid, taken_key = $6, taken_at = now()
    from oldest where m.message_id = oldest.message_id
    returning ${MESSAGE.split(', ')
      .map((column) => `m.${column}`)
      .join(', ')}`,
};

/** The first time counts: a step that asks again waits no longer. */
export const WAIT: Statement = {
  name: 'message_wait',
  text: `
    with added as (
      insert into orchestrator.message_waits (wait_key, tenant_id, agent_id, run_id, step_id, type, correlation_id, expires_at)
      values ($1, $2, $3::uuid, $4::uuid, $5, $6, $7, $8::timestamptz)
      on conflict (wait_key) do nothing returning expires_at)
    select expires_at from added
    union all
    select expires_at from orchestrator.message_waits where wait_key = $1`,
};

/** Messages whose taking stands in the journal. */
export const RECEIVED: Statement = {
  name: 'messages_received',
  text: `update orchestrator.messages set received_at = now() where taken_key = any ($1::text[])`,
};

/** Of runs that have ended or are going back: nothing waits any more, and what was taken and never received is for others. */
export const GIVE_UP: Statement = {
  name: 'messages_give_up',
  text: `
    with waits as (
      delete from orchestrator.message_waits where run_id = any ($1::uuid[]))
    update orchestrator.messages set taken_by = null, taken_key = null, taken_at = null
    where taken_by = any ($1::uuid[]) and received_at is null
    returning tenant_id, agent_id, type, correlation_id`,
};
