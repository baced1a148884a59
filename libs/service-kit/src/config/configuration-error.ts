/** The environment does not make a configuration: lists everything that is wrong, never a value. */
export class ConfigurationError extends Error {
  readonly #problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.#problems = problems;
    this.name = new.target.name;
    // Whoever starts the service reads this; where in the code it was noticed does not help them.
    this.stack = `${this.name}:\n  ${problems.join('\n  ')}`;
  }

  /** One line per variable, starting with its name. */
  get problems(): readonly string[] {
    return this.#problems;
  }
}

/** In production a store is not configured. */
export class StoreConfigurationError extends ConfigurationError {}

/** In production an adapter is not configured. */
export class AdapterConfigurationError extends ConfigurationError {}
