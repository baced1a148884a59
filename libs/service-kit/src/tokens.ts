/** Injection token of the service's Logger. */
export const LOGGER = Symbol('aos.logger');

/** Injection token of the service's prom-client Registry. */
export const METRICS = Symbol('aos.metrics');
