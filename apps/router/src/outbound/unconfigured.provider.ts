import { errorOf, fail } from '@aos/contracts';
import type { Provider } from '../application/ports.ts';

/** Stands in for Claude where there is no key (never with ENV=prod): every call fails and says what to do. */
export const unconfiguredProvider: Provider = {
  complete: async ({ model }) =>
    fail(
      errorOf(
        'provider_not_configured',
        `${model.name} cannot be called: set ANTHROPIC_API_KEY, or start the stack with \`pnpm stack up --model-sandbox\` for simulated answers`,
      ),
    ),
};
