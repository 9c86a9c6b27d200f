// Runs the official conformance suite and reads its results: for each scenario its checks, each with a
// status. Entries that only log a message (INFO) are not checks.
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, tail } from './processes.mjs';
import { script } from './tools.mjs';

export const REVISIONS = ['2025-11-25', '2026-07-28'];

const command = () => script('@modelcontextprotocol/conformance', 'conformance');

/** All scenarios of a requirement set: Map of scenario -> checks [{ key, status, message }]. */
export async function requirementSet(url, revision, folder, seconds = 150) {
  return suite(['server', '--url', url, '--requirements', revision], folder, seconds);
}

/** One scenario at the wire version of a revision. */
export async function scenario(url, name, revision, folder, seconds = 60) {
  return suite(['server', '--url', url, '--scenario', name, '--spec-version', revision], folder, seconds);
}

async function suite(args, folder, seconds) {
  await rm(folder, { recursive: true, force: true });
  const ended = await run(process.execPath, [command(), ...args, '-o', folder], { seconds });
  if (ended.timedOut) throw new Error(`the conformance suite did not end within ${seconds} s: ${tail(ended.output)}`);
  const results = new Map();
  for (const entry of await readdir(folder).catch(() => [])) {
    const match = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(entry);
    if (match) results.set(match[1], checks(JSON.parse(await readFile(join(folder, entry, 'checks.json'), 'utf8'))));
  }
  if (results.size === 0) throw new Error(`the conformance suite wrote no results: ${tail(ended.output)}`);
  return results;
}

/** A check may occur several times in a scenario: the key carries its turn. */
function checks(entries) {
  const turns = new Map();
  return entries
    .filter(({ status }) => status !== 'INFO')
    .map(({ id, status, errorMessage }) => {
      const turn = (turns.get(id) ?? 0) + 1;
      turns.set(id, turn);
      return { key: turn === 1 ? id : `${id}#${turn}`, status, message: errorMessage };
    });
}

/** Totals of a run: { scenarios, SUCCESS, FAILURE, WARNING, SKIPPED }. */
export function totals(results) {
  const sum = { scenarios: results.size, SUCCESS: 0, FAILURE: 0, WARNING: 0, SKIPPED: 0 };
  for (const list of results.values()) for (const { status } of list) sum[status] = (sum[status] ?? 0) + 1;
  return sum;
}

/** Every check whose status is not the same on both sides: [{ scenario, check, direct, gateway, message }]. */
export function differences(direct, gateway) {
  const found = [];
  for (const name of new Set([...direct.keys(), ...gateway.keys()])) {
    const one = new Map((direct.get(name) ?? []).map((check) => [check.key, check]));
    const two = new Map((gateway.get(name) ?? []).map((check) => [check.key, check]));
    for (const key of new Set([...one.keys(), ...two.keys()])) {
      const [a, b] = [one.get(key)?.status ?? 'absent', two.get(key)?.status ?? 'absent'];
      if (a !== b) found.push({ scenario: name, check: key, direct: a, gateway: b, message: two.get(key)?.message ?? one.get(key)?.message });
    }
  }
  return found;
}
