// Child processes with an end: each has a time limit and a process group of its own, and is stopped by its
// id; nothing is ever stopped by name.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const running = new Set();
process.on('exit', () => running.forEach((child) => signal(child, 'SIGKILL')));

/** Ends this process in order, its children with it, when it is told to end. */
export function endWithChildren() {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => process.exit(1));
}

/**
 * Starts a program in its own process group.
 * @returns the child, with `output` (both streams so far, at most 4 MB) and `ended` (promise of { code, signal }).
 */
export function start(command, args, { env = {}, cwd, onText, stdin = 'ignore' } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: [stdin, 'pipe', 'pipe'],
    detached: true,
  });
  child.output = '';
  running.add(child);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      if (child.output.length < 4_000_000) child.output += text;
      onText?.(text);
    });
  }
  child.stdoutText = '';
  child.stdout.on('data', (text) => (child.stdoutText += text));
  child.ended = new Promise((done) => {
    child.once('error', (error) => done({ code: 127, error: String(error) }));
    child.once('close', (code, sig) => done({ code, signal: sig }));
  }).finally(() => running.delete(child));
  return child;
}

/** Runs a program to its end or to its time limit; resolves to { code, stdout, output, timedOut }. */
export async function run(command, args, { seconds = 60, ...options } = {}) {
  const child = start(command, args, options);
  const timer = sleep(seconds * 1000, 'late', { ref: false });
  const first = await Promise.race([child.ended, timer]);
  if (first === 'late') await stop(child);
  const end = await child.ended;
  return { code: first === 'late' ? 124 : end.code, stdout: child.stdoutText, output: child.output, timedOut: first === 'late' };
}

/** SIGTERM to the group, and SIGKILL to what is left of it after some seconds. */
export async function stop(child, seconds = 8) {
  if (child.exitCode === null && child.signalCode === null) {
    signal(child, 'SIGTERM');
    await Promise.race([child.ended, sleep(seconds * 1000, undefined, { ref: false })]);
  }
  signal(child, 'SIGKILL');
  await Promise.race([child.ended, sleep(2000, undefined, { ref: false })]);
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // The group has ended already.
  }
}

/** Asks until the answer is truthy; fails with `what` after the time limit, or at once when `child` ended. */
export async function until(what, ask, { seconds = 20, every = 150, child } = {}) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer) return answer;
    if (child && (child.exitCode !== null || child.signalCode !== null)) {
      throw new Error(`${what}: the program ended first (${child.exitCode ?? child.signalCode}): ${tail(child.output)}`);
    }
    await sleep(every);
  }
  throw new Error(`${what}: not within ${seconds} s${child ? `: ${tail(child.output)}` : ''}`);
}

export const tail = (text, chars = 1500) => (text.length > chars ? `… ${text.slice(-chars)}` : text);

/** A loopback port that was free a moment ago. */
export async function freePort() {
  const probe = createServer();
  await new Promise((ready) => probe.listen(0, '127.0.0.1', ready));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}
