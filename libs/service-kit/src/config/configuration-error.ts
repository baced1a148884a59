/** The environment does not make a configuration; the message lists everything that is wrong, never a value. */
export class ConfigurationError extends Error {
  override readonly name: string = 'ConfigurationError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    // Whoever starts the service reads this; where in the code it was noticed does not help them.
    this.stack = `${new.target.name}:\n  ${problems.join('\n  ')}`;
  }
}

/** In production a store is not configured. */
export class StoreConfigurationError extends ConfigurationError {
  override readonly name = 'StoreConfigurationError';
}

/** In production an adapter is not configured. */
export class AdapterConfigurationError extends ConfigurationError {
  override readonly name = 'AdapterConfigurationError';
}
