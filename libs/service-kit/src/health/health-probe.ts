/** What /health asks of one thing the service needs. */
export interface HealthProbe {
  /** Its name under `components`. */
  name: string;
  /** Whether the service is useless without it: failing makes it unhealthy (503), else only degraded. */
  critical: boolean;
  /** Rejects when the thing does not work. */
  check(): Promise<void | { status: 'degraded'; detail: string }>;
}
