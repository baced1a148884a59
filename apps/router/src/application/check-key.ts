import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';

/** Who asks at a public endpoint. */
export interface Caller {
  tenantId: string;
  keyId: string;
  /** 1 viewer … 5 owner */
  level: number;
}

/** A credential, and the tenant it is to act for. */
export interface Credential {
  credential: string;
  /** As the client named it; absent: the credential's own. */
  tenantId: string | undefined;
}

/** Knows credentials; at once those it knows already. */
export interface Keys {
  find(credential: Credential): StructuredOutcome<Caller> | Promise<StructuredOutcome<Caller>>;
}

/** Calling a model spends the tenant's money, as submitting a goal does. */
const LEVEL_MIN = 2;

/** Whether a caller may call models. */
export function mayCall(caller: Caller): StructuredOutcome<Caller> {
  if (caller.level >= LEVEL_MIN) return succeed(caller);
  return fail(errorOf('authorization_denied', `calling a model needs level ${LEVEL_MIN}`));
}
