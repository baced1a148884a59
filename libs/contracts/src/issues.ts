import type { z } from 'zod';
import type { InputIssue } from './error-spec.ts';

/** Zod's issues as JSON pointers with a mend; an unknown field is named itself, not its parent. */
export function issuesOf(error: z.ZodError): InputIssue[] {
  return error.issues.flatMap((issue): InputIssue[] => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: pointer([...path, key]),
        message: 'unknown field; remove it',
      }));
    }
    return [{ field: pointer(path), message: issue.message }];
  });
}

/** A JSON pointer (RFC 6901) from its parts. */
export function pointer(parts: readonly string[]): string {
  return parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
