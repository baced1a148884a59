import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of the folders that holds an executable of that name. */
export function findExecutable(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** PATH, and where packages put servers without telling PATH; the newest Postgres first. */
export function systemFolders(path = process.env['PATH'] ?? ''): string[] {
  return [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin', ...debianPostgres()];
}

function debianPostgres(): string[] {
  try {
    const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => `/usr/lib/postgresql/${version}/bin`);
  } catch {
    return [];
  }
}
