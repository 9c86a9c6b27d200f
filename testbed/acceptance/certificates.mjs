// Certificates by ACME against pebble: the edge gets one through each kind of proof, survives refused nonces, names that
// cannot be proven and an account that was closed, and clients see the new certificate without losing a connection.
//
//   node certificates.mjs [--out DIR]
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { needPebble, startPebble } from './lib/pebble.mjs';
import { freePort, run, start, stop, until } from './lib/processes.mjs';
import { check, finish, must } from './lib/step.mjs';
import { checkout, outputFolder } from './lib/tools.mjs';

const out = outputFolder('certificates');
const place = mkdtempSync(join(tmpdir(), 'doorward-certificates-'));
const launcher = process.env.DOORWARD_LAUNCHER ?? join(checkout, 'doorward');
const name = 'mcp.doorward.test';
const running = [];
let number = 0;

await check('pebble is there', needPebble);

/** An edge with ACME; `more` are lines of tls.acme. */
async function edge({ pebble, port, http, more = [], folder = join(place, `edge-${++number}`) }) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'edge.yaml');
  const acme = ['accept-terms: true', 'contact: owner@doorward.test', `directory: ${pebble.directory}`, `ca: ${pebble.ca}`, `http-listen: 127.0.0.1:${http}`, ...more];
  writeFileSync(
    file,
    [`public-url: https://${name}${port === 443 ? '' : `:${port}`}`, `listen: 127.0.0.1:${port}`, `data-dir: ${join(folder, 'data')}`, 'tls:', '  acme:', ...acme.map((line) => `    ${line}`), ''].join('\n'),
  );
  const child = start(launcher, ['edge', '--config', file], { cwd: checkout });
  running.push(child);
  await until('edge_ready', () => child.output.includes('edge_ready'), { seconds: 420, child });
  child.folder = folder;
  return child;
}

async function end(child) {
  writeFileSync(join(out, `program-${child.pid}.txt`), child.output);
  await stop(child, 40);
}

const state = (child) => {
  try {
    return JSON.parse(readFileSync(join(child.folder, 'data/acme/state.json'), 'utf8'));
  } catch {
    return { tries: { failures: 0 }, attempts: 0 };
  }
};
const obtained = (child, seconds = 60) => until('certificate_obtained', () => child.output.includes('certificate_obtained'), { seconds, child });

/** What a client that trusts `roots` sees on the port. */
function peer(port, servername, roots) {
  return new Promise((done, failed) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ca: roots, ALPNProtocols: ['http/1.1'] }, () => {
      const seen = socket.getPeerCertificate();
      done({ names: seen.subjectaltname, serial: seen.serialNumber, socket });
    });
    socket.setTimeout(5000, () => socket.destroy(new Error('timeout')));
    socket.on('error', failed).on('close', () => failed(new Error('closed')));
  });
}

async function issued(kind, more) {
  const [port, http] = [await freePort(), await freePort()];
  const pebble = await startPebble(join(place, `pebble-${kind}`), { http, tls: port });
  running.push(pebble.names, pebble.server);
  const child = await edge({ pebble, port, http, more });
  await obtained(child);
  const roots = await pebble.root();
  const { names, socket } = await peer(port, name, roots);
  socket.destroy();
  must(names.includes(`DNS:${name}`), names);
  return { child, pebble, port, http, roots };
}

await check('tls-alpn-01 on the port itself', async () => {
  const { child, pebble } = await issued('alpn', ['challenges: [tls-alpn-01]']);
  await end(child);
  await end(pebble.server);
  await end(pebble.names);
});

const plain = await check('http-01 on the plain port', () => issued('http', ['challenges: [http-01]']));

if (plain) {
  const { child, port, http, roots } = plain;

  await check('the plain port sends readers to https, and answers for no other host', async () => {
    const moved = await raw(http, name, 'GET', '/notes/mcp');
    must(moved.startsWith('HTTP/1.1 308') && moved.includes(`location: https://${name}:${port}/notes/mcp`), moved);
    must((await raw(http, 'evil.example', 'GET', '/')).startsWith('HTTP/1.1 421'), 'another host was answered');
    must((await raw(http, name, 'POST', '/token')).startsWith('HTTP/1.1 403'), 'a POST was sent on');
  });

  await check('another name gets no certificate', async () => {
    const seen = await peer(port, 'other.doorward.test', roots).catch((error) => error);
    must(seen instanceof Error, `a certificate for ${seen.names}`);
  });

  await check('a restart serves what is there and asks nobody', async () => {
    await end(child);
    const again = await edge({ ...plain, more: ['challenges: [http-01]'], folder: child.folder });
    const { names, socket } = await peer(port, name, roots);
    socket.destroy();
    must(names.includes(name), names);
    must(state(again).attempts === 1, `${state(again).attempts} orders`);
    plain.child = again;
  });

  await check('a new name is fetched and swapped in while a connection stays open', async () => {
    const open = await peer(port, name, roots);
    await end(plain.child); // names are read at the start
    open.socket.destroy();
    const again = await edge({ ...plain, more: ['challenges: [http-01]', `names: [second.doorward.test]`], folder: child.folder });
    const before = await peer(port, name, roots);
    before.socket.on('error', () => undefined);
    await obtained(again);
    const after = await until('the new certificate', async () => {
      const seen = await peer(port, 'second.doorward.test', roots).catch(() => undefined);
      return seen?.names.includes('second') ? seen : undefined;
    });
    must(before.serial !== after.serial, 'the certificate is the same');
    const answer = await new Promise((done) => {
      before.socket.once('data', (data) => done(String(data)));
      before.socket.write(`GET /health HTTP/1.1\r\nHost: ${name}:${port}\r\nConnection: close\r\n\r\n`);
    });
    must(answer.startsWith('HTTP/1.1 200'), answer);
    after.socket.destroy();
    plain.child = again;
  });

  await end(plain.child);
  await end(plain.pebble.server);
  await end(plain.pebble.names);
}

await check('dns-01 by a command, for a wildcard', async () => {
  const [port, http] = [await freePort(), await freePort()];
  const pebble = await startPebble(join(place, 'pebble-dns'), { http, tls: port });
  running.push(pebble.names, pebble.server);
  const hook = join(place, 'hook');
  writeFileSync(
    hook,
    `#!/bin/sh\nif [ "$1" = add ]; then verb=set-txt; else verb=clear-txt; fi\n` +
      `exec curl -sf -d "{\\"host\\":\\"$2.\\",\\"value\\":\\"$3\\"}" http://127.0.0.1:${pebble.control}/$verb\n`,
    { mode: 0o755 },
  );
  const child = await edge({ pebble, port, http, more: ['challenges: [dns-01]', `names: ["*.${name}"]`, `dns: {command: ${hook}, propagation: 0s}`] });
  await obtained(child);
  const { names, socket } = await peer(port, `notes.${name}`, await pebble.root());
  socket.destroy();
  must(names.includes(`*.${name}`), names);
  await end(child);
  await end(pebble.server);
  await end(pebble.names);
});

await check('an external account', async () => {
  const [port, http] = [await freePort(), await freePort()];
  const eab = { id: 'kid-1', key: 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W' };
  const pebble = await startPebble(join(place, 'pebble-eab'), { http, tls: port }, { eab });
  running.push(pebble.names, pebble.server);
  const child = await edge({ pebble, port, http, more: [`eab-key-id: ${eab.id}`, `eab-key: ${eab.key}`] });
  await obtained(child);
  must(!child.output.includes(eab.key), 'the key is in the log');
  await end(child);
  await end(pebble.server);
  await end(pebble.names);
});

await check('a name that cannot be proven: said why, tried again with patience, no client served', async () => {
  const [port, http] = [await freePort(), await freePort()];
  const pebble = await startPebble(join(place, 'pebble-deaf'), { http: await freePort(), tls: await freePort() });
  running.push(pebble.names, pebble.server);
  const child = await edge({ pebble, port, http });
  await until('the reason', () => child.output.includes('acme_validation_failed'), { seconds: 60, child });
  must(/could not see that mcp\.doorward\.test/.test(child.output), child.output.slice(-600));
  const seen = await peer(port, name, await pebble.root()).catch((error) => error);
  must(seen instanceof Error, `a certificate for ${seen.names} is served`);
  const attempts = state(child).attempts;
  await end(child);
  const again = await edge({ pebble, port, http, folder: child.folder });
  await new Promise((done) => setTimeout(done, 3000));
  must(state(again).attempts === attempts, 'a restart asked at once');
  await end(again);
  await end(pebble.server);
  await end(pebble.names);
});

await check('an account key is kept, for its owner only', () => {
  const folder = join(place, 'edge-1/data/acme');
  const files = readdirSync(folder);
  must(files.some((file) => file.startsWith('account-')), files.join());
  return files.join(', ');
});

/** One request over a plain connection; the whole answer. */
function raw(port, host, method, path) {
  return run('curl', ['-s', '-i', '-X', method, '-H', `Host: ${host}`, '--max-time', '5', `http://127.0.0.1:${port}${path}`], { seconds: 10 }).then((ended) => ended.stdout);
}

for (const child of running.reverse()) await stop(child);
rmSync(place, { recursive: true, force: true });
finish();
