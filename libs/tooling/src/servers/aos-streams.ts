/** Declares the streams and consumers of the catalogue; the URL is that of the user `migrate`. */
export async function declareAosStreams(url: string): Promise<void> {
  const [{ declareStreams }, { createLogger }] = await Promise.all([
    import('@aos/messaging'),
    import('@aos/telemetry'),
  ]);
  await declareStreams({ url, logger: createLogger({ service: 'tooling', level: 'error' }) });
}
