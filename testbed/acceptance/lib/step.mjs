// The frame of a step: named checks, one line each; the process ends with 1 when any failed.
import { exit } from 'node:process';
import { endWithChildren } from './processes.mjs';

endWithChildren();

let passed = 0;
let failed = 0;

/** Runs one check; what it returns is printed behind its name. Returns that value, or undefined when it failed. */
export async function check(name, body) {
  const begun = Date.now();
  try {
    const value = await body();
    passed++;
    const note = typeof value === 'string' ? `: ${value}` : '';
    console.log(`ok      ${name}${note} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    return value ?? true;
  } catch (error) {
    failed++;
    const said = error.error ? ` (${error.error}: ${error.error_description})` : '';
    console.log(`FAILED  ${name}: ${error.message}${said}`);
    return undefined;
  }
}

/** Fails with the reason unless the condition holds. */
export function must(condition, reason) {
  if (!condition) throw new Error(reason);
}

/** Prints the counts and ends the process. */
export function finish() {
  console.log(`${passed} checks passed, ${failed} failed`);
  exit(failed === 0 && passed > 0 ? 0 : 1);
}

/** The text of a tool's result. */
export const resultText = (result) => (result?.content ?? []).map((part) => part.text ?? `[${part.type}]`).join(' ');
