// README's commands, word for word, as a new user would run them: in a fresh clone, with an empty home folder. Each
// block that README marks with `<!-- test: NAME -->` is run; the names, folders and addresses of its examples are
// replaced by ones of this machine (see `here` below), nothing else is. Ends at a tool call through the set-up that
// README describes.
//
//   node readme.mjs [--out DIR]
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEverything } from './everything.mjs';
import { withBrowser } from './lib/browser.mjs';
import { readDemo } from './lib/demo.mjs';
import { needPebble, startPebble } from './lib/pebble.mjs';
import { freePort, run, start, stop, tail, until } from './lib/processes.mjs';
import { check, finish, must } from './lib/step.mjs';
import { checkout, outputFolder } from './lib/tools.mjs';
import { signIn } from './oauth.mjs';

const BUILD_SECONDS = 420; // The first start builds, with an empty local repository.
const out = outputFolder('readme');
const place = mkdtempSync(join(tmpdir(), 'doorward-readme-'));
const clone = join(place, 'doorward');
const home = join(place, 'home');
mkdirSync(home);
const env = { HOME: home, DOORWARD_LAUNCHER: undefined, MAVEN_OPTS: `-Duser.home=${home}`, DOORWARD_JAVA_OPTS: `-Duser.home=${home}` };
const running = [];

const blocks = new Map(
  [...readFileSync(join(checkout, 'README.md'), 'utf8').matchAll(/<!-- test: ([\w-]+) -->\s*```\w+\n([\s\S]*?)```/g)].map(
    ([, name, text]) => [name, text.replace(/^ {3}/gm, '').trim()],
  ),
);

/** The block of README as it is run here. */
function block(name, replaced = {}) {
  let text = blocks.get(name);
  must(text, `README has no block marked test: ${name}`);
  for (const [from, to] of Object.entries(replaced)) text = text.replaceAll(from, to);
  return text;
}

const shell = (text, options = {}) => start('sh', ['-c', text], { cwd: clone, env, ...options });
const once = (text, seconds = 60) => run('sh', ['-c', text], { cwd: clone, env, seconds });

await check('a fresh clone', async () => {
  const ended = await run('git', ['clone', '-q', checkout, clone], { seconds: 60 });
  must(ended.code === 0, ended.output);
});

await check('test: verify is what CI runs', async () => {
  const command = block('verify');
  must(/^mvn [\w ]*verify$/.test(command), `unexpected: ${command}`);
  const words = readFileSync(join(checkout, '.ci/run'), 'utf8').match(/^mvn .*$/m)?.[0].replace(/ -\S+/g, '');
  must(words === command, `.ci/run says "${words}", README says "${command}"`);
});

await check('test: demo, with an empty local repository', async () => {
  const begun = Date.now();
  const demo = shell(block('demo'));
  running.push(demo);
  const file = join(clone, 'target/demo/demo.json');
  await until('demo.json', () => readDemo(file).catch(() => undefined), { seconds: BUILD_SECONDS, every: 500, child: demo });
  const ready = (Date.now() - begun) / 1000;
  writeFileSync(join(out, 'demo.txt'), demo.output);
  must(demo.output.split('\n').length > 5, `too little progress was shown: ${demo.output}`);
  await callTools(await readDemo(file));
  process.kill(-demo.pid, 'SIGINT');
  await until('the end of the demo after Ctrl-C', () => demo.exitCode !== null || demo.signalCode !== null, { seconds: 20 });
  return `ready after ${ready.toFixed(0)} s, build included`;
});

const everything = await startEverything();
const port = await freePort();
const data = join(place, 'edge-data');
const invitePlaceholder = /dwi1_\S+/.exec(blocks.get('join') ?? '')?.[0] ?? 'dwi1_...';
const person = { name: 'alice', password: 'a long enough pass phrase' };
const examples = {
  'https://mcp.example.com': `https://localhost:${port}`,
  '/var/lib/doorward': data,
  'http://127.0.0.1:3001/mcp': everything.url,
};
let setup;
let invite;

await check('test: edge-config and test: edge', async () => {
  await needPebble();
  const http = await freePort();
  const pebble = await startPebble(join(place, 'pebble'), { http, tls: port });
  running.push(pebble.names, pebble.server);
  // What differs from a VPS comes from the environment; the file is README's.
  const here = {
    DOORWARD_LISTEN: `127.0.0.1:${port}`,
    DOORWARD_TLS_ACME_DIRECTORY: pebble.directory,
    DOORWARD_TLS_ACME_CA: pebble.ca,
    DOORWARD_TLS_ACME_HTTP_LISTEN: `127.0.0.1:${http}`,
  };
  writeFileSync(join(clone, 'edge.yaml'), `${block('edge-config', examples)}\n`);
  const edge = shell(block('edge', examples), { env: { ...env, ...here } });
  running.push(edge);
  await until('the certificate', () => edge.output.includes('certificate_obtained'), { seconds: 90, child: edge });
  setup = /https:\/\/localhost:\d+\/login\/setup\S+/.exec(edge.output)?.[0];
  must(setup, `no setup link in: ${edge.output}`);
  writeFileSync(join(place, 'root.pem'), await pebble.root());
  writeFileSync(join(out, 'edge.txt'), edge.output);
  return 'with a certificate of pebble';
});

const demo = { issuer: `https://localhost:${port}`, resource: `https://localhost:${port}/notes/mcp`, ca: join(place, 'root.pem'), person };

await check('the link that the first start prints sets a password', () =>
  withBrowser(demo, async (context) => {
    const page = await context.newPage();
    await page.goto(setup);
    await page.screenshot({ path: join(out, 'setup.png') });
    await page.fill('input[name="password"]', person.password);
    await page.fill('input[name="repeat"]', person.password);
    await page.locator('button[type="submit"], button:not([type])').first().click();
    await page.waitForLoadState('load');
    await page.screenshot({ path: join(out, 'setup-done.png') });
  }),
);

await check('test: invite', async () => {
  const ended = await once(block('invite', examples));
  must(ended.code === 0, ended.output);
  invite = /dwi1_[\w-]+/.exec(ended.output)?.[0];
  must(invite, `no invite in: ${ended.output}`);
});

await check('test: join', async () => {
  const agent = shell(block('join', { ...examples, [invitePlaceholder]: invite }));
  running.push(agent);
  await until('a link', async () => /"(up|open|accepting)":\s*true|link_up/.test((await once(`${block('status')} --json`)).output + agent.output), {
    seconds: 40,
    every: 500,
    child: agent,
  }).catch((error) => {
    throw new Error(`${error.message}: ${tail(agent.output)}`);
  });
});

await check('test: status', async () => {
  const ended = await once(block('status'));
  must(ended.code === 0 && /notes/.test(ended.output), ended.output);
  return ended.stdout.split('\n')[0];
});

await check('test: import', async () => {
  writeFileSync(join(clone, 'mcp.json'), JSON.stringify({ mcpServers: { 'My Files': { command: 'npx', args: ['-y', 'server'] } } }));
  const ended = await once(block('import'));
  must(ended.code === 0 && /Taken: my-files/.test(ended.output), ended.output);
});

await check('the service answers a signed-in client', () => callTools(demo));

await check('test: another-person', async () => {
  const ended = await once(block('another-person', examples));
  must(ended.code === 0 && /https:\/\//.test(ended.output), ended.output);
});

/** Signs in through the pages and lists the tools behind the resource. */
async function callTools(target) {
  await readDemo(saved(target)); // Trusts its certificate.
  const tokens = await signIn(target, { shots: out });
  const headers = { authorization: `Bearer ${tokens.access_token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'readme', version: '1' } };
  const answer = await fetch(target.resource, { method: 'POST', headers, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }) });
  const text = await answer.text();
  must(answer.status === 200 && text.includes('serverInfo'), `${answer.status}: ${text.slice(0, 300)}`);
  return 'initialize answered through edge, link and agent';
}

function saved(target) {
  const file = join(place, 'target.json');
  writeFileSync(file, JSON.stringify(target));
  return file;
}

for (const child of running.reverse()) {
  if (child.output) writeFileSync(join(out, `program-${child.pid}.txt`), child.output);
  await stop(child);
}
await everything.close();
rmSync(place, { recursive: true, force: true });
finish();
