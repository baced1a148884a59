import { pathToFileURL } from 'node:url';
import type { ScriptCov } from '@bcoe/v8-coverage';
import { urlInJest, writeRawCoverage, writeTransformed, type Transformed } from './raw-coverage.ts';

/** The part of jest's result of a test file that holds its coverage. */
interface TestResult {
  v8Coverage?: { codeTransformResult?: Transformed; result: ScriptCov }[];
}

/** A jest reporter that keeps coverage as V8 counted it, to be merged with that of other processes. */
export default class JestRawCoverageReporter {
  readonly #folder = process.env['AOS_COVERAGE_DIR'] ?? '';
  readonly #transformed: Record<string, Transformed> = {};

  onTestResult(_test: unknown, result: TestResult): void {
    const scripts = (result.v8Coverage ?? []).flatMap(({ codeTransformResult, result: script }) => {
      if (codeTransformResult === undefined) return [];
      const url = urlInJest(pathToFileURL(script.url).href);
      const { code, sourceMapPath } = codeTransformResult;
      this.#transformed[url] = { code, sourceMapPath };
      return { ...script, url };
    });
    writeRawCoverage(this.#folder, { result: scripts });
    // Jest's own report would cover its own processes only, and takes its time.
    delete result.v8Coverage;
  }

  onRunComplete(): void {
    writeTransformed(this.#folder, this.#transformed);
  }
}
