/** What a reference names: `steps.fetch.output.items[0]` is root `steps`, path `fetch`, `output`, `items`, 0. */
export interface ReferencePath {
  root: string;
  path: (string | number)[];
}

const NAME = /[A-Za-z_][A-Za-z0-9_-]*/y;
const SEGMENT = /\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,9})\]|\[(?:"([^"\]]*)"|'([^'\]]*)')\]/y;

/** Reads a name followed by `.field`, `[0]` or `["any key"]` segments; undefined: it is not such a path. */
export function parsePath(text: string): ReferencePath | undefined {
  NAME.lastIndex = 0;
  const root = NAME.exec(text)?.[0];
  if (root === undefined) return undefined;
  const path: (string | number)[] = [];
  let end = root.length;
  while (end < text.length) {
    SEGMENT.lastIndex = end;
    const segment = SEGMENT.exec(text);
    if (segment === null) return undefined;
    const [, field, index, doubleQuoted, singleQuoted] = segment;
    path.push(index === undefined ? (field ?? doubleQuoted ?? singleQuoted ?? '') : Number(index));
    end = SEGMENT.lastIndex;
  }
  return { root, path };
}
