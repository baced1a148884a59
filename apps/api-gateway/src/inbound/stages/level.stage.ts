import { errorOf, fail, succeed, type HttpRoute, type StructuredOutcome } from '@aos/contracts';

/** Whether the caller's level reaches the route's; always, where RBAC is off. */
export function levelStage(
  level: number,
  route: HttpRoute,
  isRbacEnabled: boolean,
): StructuredOutcome<undefined> {
  if (!isRbacEnabled || level >= route.level) return succeed(undefined);
  return fail(
    errorOf('authorization_denied', `This needs level ${route.level}; the credential has ${level}.`, {
      details: { required_level: route.level, level },
    }),
  );
}
