import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ScriptCov } from '@bcoe/v8-coverage';
import { parse } from 'acorn';
import { convert } from 'ast-v8-to-istanbul';
import { isInJest, type Transformed } from './raw-coverage.ts';

/** By line of a source, how often it ran. Only lines on which a statement begins are counted. */
export type LineHits = Map<number, number>;

interface Executed {
  code: string;
  sourceMap?: SourceMap;
}

interface SourceMap {
  version: number;
  sources: (string | null)[];
  names: string[];
  mappings: string;
}

/** The lines of the sources that a script was made from, by path. */
export async function lineHitsOf(
  script: ScriptCov,
  transformed: ReadonlyMap<string, Transformed>,
): Promise<Map<string, LineHits>> {
  const executed = executedCode(script.url, transformed);
  if (executed === undefined) return new Map();
  const { code, sourceMap } = executed;
  const url = script.url.replace(/\?.*$/, '');
  const files = await convert({
    code,
    ast: parse(code, { ecmaVersion: 'latest', sourceType: 'module' }),
    coverage: { url, functions: script.functions },
    ...(sourceMap && { sourceMap: { ...sourceMap, sourceRoot: '' } }),
  });
  return new Map(Object.entries(files).map(([path, file]) => [path, hitsOf(file)]));
}

/** What V8 ran: a build, a source that jest transformed, or one that Node took the types from. */
function executedCode(url: string, transformed: ReadonlyMap<string, Transformed>): Executed | undefined {
  if (isInJest(url)) {
    const known = transformed.get(url);
    return known && { code: known.code, sourceMap: readSourceMap(known.sourceMapPath) };
  }
  const path = fileURLToPath(url);
  if (!existsSync(path)) return undefined;
  const code = readFileSync(path, 'utf8');
  if (path.endsWith('.ts')) return { code: stripTypeScriptTypes(code) };
  return { code, sourceMap: readSourceMap(`${path}.map`) };
}

function readSourceMap(path: string): SourceMap {
  const map: SourceMap = JSON.parse(readFileSync(path, 'utf8'));
  return map;
}

/** Adds hits of the same source that were counted elsewhere. */
export function addHits(total: LineHits, more: LineHits): void {
  for (const [line, count] of more) total.set(line, Math.max(total.get(line) ?? 0, count));
}

interface Statements {
  statementMap: Record<string, { start: { line: number } }>;
  s: Record<string, number>;
}

function hitsOf({ statementMap, s }: Statements): LineHits {
  const hits: LineHits = new Map();
  for (const [id, { start }] of Object.entries(statementMap)) {
    addHits(hits, new Map([[start.line, s[id] ?? 0]]));
  }
  return hits;
}
