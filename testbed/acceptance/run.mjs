// Runs the steps in order, each with a time limit and a log file, and prints a line for each. The gateway is
// started once for each backend that the steps need, and stopped by its process id. Called by run.sh.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { startEverything } from './everything.mjs';
import { startFixture } from './fixture-server.mjs';
import { startHostile } from './fixture/hostile-server.mjs';
import { run, start, stop, until } from './lib/processes.mjs';
import { checkout, here } from './lib/tools.mjs';

const out = join(checkout, 'target/acceptance');
const demoFile = join(checkout, 'target/demo/demo.json');
const launcher = process.env.DOORWARD_LAUNCHER ?? join(checkout, 'doorward');
const FIRST_START_SECONDS = 420; // The first start of the demo builds Doorward.
const START_SECONDS = 90;
const TOTAL_SECONDS = 15 * 60;

const BACKENDS = { fixture: startFixture, everything: startEverything, hostile: startHostile };

/** name, backend behind the gateway (none: no gateway at all), time limit in seconds, arguments. */
const STEPS = [
  ['shim-is-neutral', undefined, 120, () => ['conformance-diff.mjs', '--shim', '--strict', '--out', join(out, 'shim-is-neutral')]],
  ['authorization-server', 'fixture', 90, () => ['authorization-server.mjs']],
  ['strict-client', 'fixture', 120, () => ['strict-client.mjs']],
  ['conformance-diff', 'fixture', 240, (backend) => ['conformance-diff.mjs', '--strict', '--direct', backend.url]],
  ['inspector', 'fixture', 150, () => ['inspector.mjs']],
  ['people', 'fixture', 150, () => ['people.mjs']],
  ['upstream', undefined, 150, () => ['upstream.mjs']],
  ['restart', 'fixture', 180, () => ['restart.mjs']],
  ['certificates', undefined, 300, () => ['certificates.mjs']],
  ['everything', 'everything', 120, () => ['everything.mjs']],
  ['stdio', 'everything', 180, () => ['stdio.mjs']],
  ['readme', undefined, 600, () => ['readme.mjs']],
  ['hostile-page', 'hostile', 150, (backend) => ['hostile-page.mjs', '--backend', backend.url]],
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some(([step]) => step === name));
if (unknown.length) {
  console.error(`no such step: ${unknown.join(', ')}; there are ${STEPS.map(([name]) => name).join(', ')}`);
  process.exit(2);
}

const deadline = Date.now() + TOTAL_SECONDS * 1000;
const counts = { passed: 0, failed: 0 };
let started = 0;
let gateway;
let backend;

async function main() {
  mkdirSync(out, { recursive: true });
  for (const [name, needs, seconds, args] of STEPS) {
    if (wanted.length && !wanted.includes(name)) continue;
    const begun = Date.now();
    let problem;
    try {
      if (Date.now() > deadline) throw new Error(`the whole run takes more than ${TOTAL_SECONDS} s`);
      if (needs) await serve(needs);
      problem = await step(name, seconds, args(backend?.server));
    } catch (error) {
      problem = error.message;
    }
    const took = `${((Date.now() - begun) / 1000).toFixed(1)} s`;
    counts[problem ? 'failed' : 'passed']++;
    console.log(problem ? `FAILED ${name} ${took}\n${indent(problem)}` : `ok ${name} ${took}`);
  }
}

/** Runs one step; resolves to the reason of its failure, or undefined. */
async function step(name, seconds, [script, ...args]) {
  const log = openSync(join(out, `${name}.log`), 'w');
  const common = ['--demo', demoFile, ...(args.includes('--out') ? [] : ['--out', out])];
  const limit = Math.min(seconds, Math.max(10, (deadline - Date.now()) / 1000));
  const ended = await run(process.execPath, [join(here, script), ...args, ...common], {
    seconds: limit,
    cwd: here,
    onText: (text) => writeSync(log, text),
  });
  closeSync(log);
  if (ended.code === 0) return undefined;
  const reasons = ended.output.split('\n').filter((line) => /FAILED|DIFFERENT|Error/.test(line));
  const why = ended.timedOut ? `did not end within ${Math.round(limit)} s` : `ended with ${ended.code}`;
  return [why, ...(reasons.length ? reasons.slice(0, 12) : ended.output.trim().split('\n').slice(-8)), `log: ${join(out, `${name}.log`)}`].join('\n');
}

/** Has the gateway serve a backend: the same as before, or a new demo. */
async function serve(name) {
  if (backend?.name === name && gateway?.exitCode === null) return;
  await end();
  backend = { name, server: await BACKENDS[name]() };
  rmSync(demoFile, { force: true });
  if (!existsSync(launcher)) throw new Error(`${launcher} is missing`);
  const log = openSync(join(out, `demo-${name}.log`), 'w');
  gateway = start(launcher, ['demo', '--service', backend.server.url], { cwd: checkout, onText: (text) => writeSync(log, text) });
  gateway.ended.then(() => closeSync(log));
  const seconds = started++ === 0 ? FIRST_START_SECONDS : START_SECONDS;
  await until(`doorward demo with ${name} behind it (log: ${join(out, `demo-${name}.log`)})`, ready, { seconds, every: 300, child: gateway });
}

function ready() {
  try {
    return JSON.parse(readFileSync(demoFile, 'utf8'));
  } catch {
    return undefined; // Not there yet, or half written.
  }
}

/** Stops the demo as Ctrl-C does, by SIGINT to its process group; what it leaves behind is a failure. */
async function end() {
  if (gateway) {
    const demo = ready();
    if (gateway.exitCode === null) process.kill(-gateway.pid, 'SIGINT');
    await Promise.race([gateway.ended, until('the end of the demo', () => false, { seconds: 20 }).catch(() => undefined)]);
    await stop(gateway);
    const leftovers = () => ['edge_pid', 'agent_pid', 'server_pid'].filter((key) => demo?.[key] && alive(demo[key]));
    await until('an empty list', () => leftovers().length === 0, { seconds: 5 }).catch(() => undefined);
    const left = leftovers();
    for (const key of left) process.kill(demo[key], 'SIGKILL');
    gateway = undefined;
    if (left.length) {
      counts.failed++;
      console.log(`FAILED demo-ends-clean\n${indent(`still running after SIGINT: ${left.join(', ')}`)}`);
    }
  }
  await backend?.server.close();
  backend = undefined;
}

/** A process that has ended but was not waited for (a zombie) is not alive. */
function alive(pid) {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const indent = (text) => text.replace(/^/gm, '    ');

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => end().finally(() => process.exit(130)));
}
await main();
await end();
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
