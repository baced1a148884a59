import type { Logger } from '@aos/telemetry';
import type { Audit } from '../application/ops/audit.ts';

/** What operators did, as lines of the log that carry `audit`. */
export function auditLog(logger: Logger): Audit {
  return ({ actor, tenantId, requestId }, { action, target, detail }) => {
    const audit = { action, target, detail, actor: actor.id, tenant_id: tenantId, request_id: requestId };
    logger.warn({ audit }, `${action} ${target}`);
  };
}
