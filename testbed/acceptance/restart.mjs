// A client that is signed in stays signed in when the edge is killed with SIGKILL and started again: the
// Inspector on its stored sign-in, an access token from before, a refresh token from before.
//
//   node restart.mjs --demo FILE [--restart COMMAND] [--out DIR]
//
// COMMAND (or DOORWARD_RESTART_EDGE) is run by sh after the kill and has to end once the edge is being
// started; it gets DEMO_FILE and EDGE_PID (of the killed edge) in its environment and may write a new
// demo.json. Without a command the demo is expected to start the edge again by itself.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { demoFile, readDemo } from './lib/demo.mjs';
import { Inspector } from './lib/inspector.mjs';
import { until } from './lib/processes.mjs';
import { check, finish, must, resultText } from './lib/step.mjs';
import { option, outputFolder } from './lib/tools.mjs';
import { refresh, signIn } from './oauth.mjs';

const TOOL = 'test_simple_text';
const ROUNDS = 2;

const out = outputFolder('restart');
rmSync(join(out, 'state'), { recursive: true, force: true });
let demo = await readDemo();
const inspector = new Inspector(demo, join(out, 'state'));
const call = ['--method', 'tools/call', '--tool-name', TOOL];

const answers = (path = '/.well-known/oauth-authorization-server') =>
  fetch(demo.issuer + path, { signal: AbortSignal.timeout(2000) }).then((answer) => answer.ok, () => false);

async function works(args) {
  const { result } = await inspector.cli(...args, ...call);
  must(resultText(result).length > 0, `tools/call answered ${JSON.stringify(result).slice(0, 200)}`);
}

async function kill() {
  process.kill(demo.edge_pid, 'SIGKILL');
  await until('the end of the edge', async () => !(await answers()), { seconds: 10 });
}

async function restart() {
  const command = option('restart', process.env.DOORWARD_RESTART_EDGE);
  if (command) {
    const env = { ...process.env, DEMO_FILE: demoFile(), EDGE_PID: String(demo.edge_pid) };
    const shell = spawn('sh', ['-c', command], { env, stdio: 'ignore' });
    const code = await Promise.race([
      new Promise((done) => shell.once('exit', done)),
      until('the end of the restart command', () => false, { seconds: 60 }),
    ]);
    must(code === 0, `the restart command ended with ${code}`);
  }
  const begun = Date.now();
  await until('the new edge', () => answers(), { seconds: 40 });
  const before = demo.edge_pid;
  demo = await until('a new edge_pid in demo.json', async () => {
    const now = await readDemo().catch(() => undefined);
    return now && (now.edge_pid !== before || command) ? now : undefined;
  }, { seconds: 10 });
  return `answers after ${((Date.now() - begun) / 1000).toFixed(1)} s`;
}

/** The agent has to dial again too, so the first calls may find no link yet. */
async function patiently() {
  let last;
  const attempt = () =>
    works(['--header', `Authorization: Bearer ${tokens.access_token}`]).then(
      () => true,
      (error) => void (last = error),
    );
  const begun = Date.now();
  await until('a call with the token from before', attempt, { seconds: 40 }).catch(() => {
    throw last;
  });
  return `after ${((Date.now() - begun) / 1000).toFixed(1)} s`;
}

let tokens = await check('a token by OAuth', () => signIn(demo));
await check('Inspector signs in', async () => {
  const { json } = await inspector.cliWithSignIn(...call);
  must(resultText(json.result).length > 0, `tools/call answered ${JSON.stringify(json).slice(0, 200)}`);
});
for (let round = 1; round <= ROUNDS && tokens; round++) {
  await check(`round ${round}: the edge is killed`, kill);
  await check(`round ${round}: the edge is started again`, restart);
  await check(`round ${round}: the token from before still works`, patiently);
  await check(`round ${round}: Inspector works on its stored sign-in`, () => works(['--stored-auth-only']));
  await check(`round ${round}: the refresh token from before still works`, async () => {
    tokens = await refresh(demo, tokens);
    must(tokens.access_token, 'no access token');
  });
}
finish();
