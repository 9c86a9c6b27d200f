// The conformance suite twice for each requirement set: against the fixture itself, and through the gateway.
// A gateway that is faithful changes no check; every check that differs is printed and fails the run.
//
//   node conformance-diff.mjs --demo FILE [--direct URL] [--out DIR]     the gateway must serve the fixture
//   node conformance-diff.mjs --direct URL --gateway URL                 any two URLs, no token
//   node conformance-diff.mjs [--direct URL] --shim                      the bearer shim alone: shows that it is neutral
//
// --strict: a check that fails without the gateway fails the run too; the fixture is to pass them all.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startShim } from './bearer-shim.mjs';
import { startFixture } from './fixture-server.mjs';
import { REVISIONS, differences, requirementSet, scenario, totals } from './lib/conformance.mjs';
import { readDemo } from './lib/demo.mjs';
import { endWithChildren } from './lib/processes.mjs';
import { flag, option, outputFolder } from './lib/tools.mjs';
import { signIn } from './oauth.mjs';

endWithChildren();
const out = outputFolder('conformance');
const closing = [];

async function sides() {
  let direct = option('direct');
  if (!direct) {
    const fixture = await startFixture();
    closing.push(fixture.close);
    direct = fixture.url;
  }
  if (option('gateway')) return { direct, gateway: option('gateway') };
  const demo = flag('shim') ? undefined : await readDemo();
  const shim = await startShim(
    demo ? { target: demo.resource, token: (await signIn(demo)).access_token, ca: demo.ca } : { target: direct, token: 'ignored' },
  );
  closing.push(shim.close);
  return { direct, gateway: shim.url };
}

/** Runs a differing scenario once more on both sides: some scenarios depend on timing. */
async function again(urls, revision, name) {
  const [direct, gateway] = [
    await scenario(urls.direct, name, revision, join(out, 'again', revision, name, 'direct')),
    await scenario(urls.gateway, name, revision, join(out, 'again', revision, name, 'gateway')),
  ];
  return differences(direct, gateway);
}

async function compare(urls, revision) {
  const direct = await requirementSet(urls.direct, revision, join(out, revision, 'direct'));
  const gateway = await requirementSet(urls.gateway, revision, join(out, revision, 'gateway'));
  let found = differences(direct, gateway);
  const retried = [];
  for (const name of new Set(found.map((difference) => difference.scenario))) {
    const second = await again(urls, revision, name);
    retried.push({ scenario: name, differsAgain: second.length > 0 });
    found = [...found.filter((difference) => difference.scenario !== name), ...second];
  }
  return { revision, direct, gateway, found, retried };
}

function print({ revision, direct, gateway, found, retried }) {
  const row = (...cells) => console.log(cells.map((cell, i) => String(cell).padEnd(i === 0 ? 12 : 10)).join(''));
  row(revision, 'scenarios', 'passed', 'failed', 'warnings', 'skipped');
  for (const [side, results] of [['direct', direct], ['gateway', gateway]]) {
    const sum = totals(results);
    row(`  ${side}`, sum.scenarios, sum.SUCCESS, sum.FAILURE, sum.WARNING, sum.SKIPPED);
  }
  for (const { scenario: name, differsAgain } of retried) {
    console.log(`  ${name} differed and was run again on both sides: ${differsAgain ? 'differs again' : 'same now, timing'}`);
  }
  for (const { scenario: name, check, direct: a, gateway: b, message } of found) {
    console.log(`  DIFFERENT ${name} / ${check}: direct ${a}, gateway ${b}${message ? ` (${message.slice(0, 200)})` : ''}`);
  }
  for (const [name, list] of direct) {
    const failing = list.filter(({ status }) => status === 'FAILURE').length;
    if (failing) console.log(`  FAILED without the gateway too: ${name} (${failing} of ${list.length} checks)`);
  }
}

let different = 0;
let failingDirectly = 0;
try {
  const urls = await sides();
  for (const revision of option('only') ? [option('only')] : REVISIONS) {
    const result = await compare(urls, revision);
    print(result);
    different += result.found.length;
    failingDirectly += totals(result.direct).FAILURE;
    const plain = { ...result, direct: Object.fromEntries(result.direct), gateway: Object.fromEntries(result.gateway) };
    await writeFile(join(out, `${revision}.json`), `${JSON.stringify(plain, null, 1)}\n`);
  }
  console.log(different === 0 ? 'No check differs.' : `${different} checks differ.`);
} catch (error) {
  console.error(error.message);
  different = 1;
} finally {
  for (const close of closing) await close();
}
process.exit(different === 0 && !(flag('strict') && failingDirectly > 0) ? 0 : 1);
