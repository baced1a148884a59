import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRunning, type ProcessRecord } from './process-record.ts';

/** What a later command, or whoever cleans up, needs to find a process again; kept in `<name>.process.json`. */
export interface ProcessFile extends ProcessRecord {
  /** On 127.0.0.1. */
  port: number;
  /** The one that ends it in good order. */
  stopSignal: NodeJS.Signals;
}

export const PROCESS_FILE = '.process.json';

/** The process of the file while it runs; undefined when it has ended, or the file is missing. */
export function runningProcess(file: string): ProcessFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const record: ProcessFile = JSON.parse(text);
  return isRunning(record) ? record : undefined;
}

/** Written at once, so that no reader sees half a file. */
export function writeProcessFile(file: string, record: ProcessFile): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(record));
  renameSync(`${file}.new`, file);
}

export function removeProcessFile(file: string): void {
  rmSync(file, { force: true });
}
