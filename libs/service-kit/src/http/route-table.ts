interface Entry {
  segments: string[];
  methods: string[];
}

/** Which methods a path serves, so that a wrong one is told from a wrong path. Not on the hot path: only asked for a 404. */
export class RouteTable {
  readonly #entries: Entry[] = [];

  add(url: string, methods: string | string[]): void {
    if (url === '*' || url === '/*') return;
    this.#entries.push({ segments: url.split('/'), methods: [methods].flat() });
  }

  methodsOf(path: string): string[] {
    const segments = path.split('/');
    const found = this.#entries.filter((entry) => matches(entry.segments, segments));
    return [...new Set(found.flatMap((entry) => entry.methods))].sort();
  }
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.at(-1) === '*') return matches(pattern.slice(0, -1), path.slice(0, pattern.length - 1));
  return (
    pattern.length === path.length &&
    pattern.every((part, index) => (part.startsWith(':') ? path[index] !== '' : part === path[index]))
  );
}
