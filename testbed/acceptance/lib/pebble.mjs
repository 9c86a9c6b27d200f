// Pebble, the ACME server of Let's Encrypt for tests, with names of our own: its validators resolve every name to this
// machine. It checks names for real, refuses nonces at random, and lets orders take their time.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { freePort, run, start, until } from './processes.mjs';
import { must } from './step.mjs';

/** Installs Debian's package where it is missing. */
export async function needPebble() {
  if (existsSync('/usr/bin/pebble')) return;
  const ended = await run('sh', ['-c', 'apt-get update -qq && apt-get install -y -qq --no-install-recommends pebble'], { seconds: 120 });
  must(ended.code === 0, `pebble could not be installed: ${ended.output.slice(-400)}`);
}

/**
 * Starts it in `folder`.
 * @param ports `{ http, tls }`: where it looks for proofs, in place of 80 and 443
 * @param wrap words in front of each command, e.g. to run it in a network namespace
 * @returns directory, ca (file that the directory's own certificate is of), root() (PEM of what it issues under), stop()
 */
export async function startPebble(folder, ports, { rejectNonces = 20, eab = undefined, wrap = [], env = {} } = {}) {
  mkdirSync(folder, { recursive: true });
  const made = await run(
    'sh',
    [
      '-c',
      `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=pebble -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout ${folder}/key.pem -out ${folder}/cert.pem`,
    ],
    { seconds: 20 },
  );
  must(made.code === 0, made.output);
  const [acme, management, dns, control] = await distinct(4, Object.values(ports));
  const config = {
    pebble: {
      listenAddress: `127.0.0.1:${acme}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: join(folder, 'cert.pem'),
      privateKey: join(folder, 'key.pem'),
      httpPort: ports.http,
      tlsPort: ports.tls,
      externalAccountBindingRequired: Boolean(eab),
      externalAccountMACKeys: eab ? { [eab.id]: eab.key } : {},
    },
  };
  writeFileSync(join(folder, 'pebble.json'), JSON.stringify(config));
  const program = (command, args, more) => start(wrap[0] ?? command, wrap.length ? [...wrap.slice(1), command, ...args] : args, { env: more });
  const names = program(
    'pebble-challtestsrv',
    ['-dns01', `127.0.0.1:${dns}`, '-http01', '', '-https01', '', '-tlsalpn01', '', '-management', `127.0.0.1:${control}`, '-defaultIPv4', '127.0.0.1', '-defaultIPv6', ''],
    {},
  );
  const server = program('pebble', ['-config', join(folder, 'pebble.json'), '-dnsserver', `127.0.0.1:${dns}`], {
    PEBBLE_VA_NOSLEEP: '1',
    PEBBLE_WFE_NONCEREJECT: String(rejectNonces),
    ...env,
  });
  const ca = join(folder, 'cert.pem');
  const root = () => get(`https://127.0.0.1:${management}/roots/0`, ca);
  if (!wrap.length) await until('pebble', () => root().catch(() => undefined), { seconds: 20, child: server });
  return { directory: `https://127.0.0.1:${acme}/dir`, ca, root, management, control, names, server, folder };
}

/** Ports that differ from each other and from those that are taken already. */
async function distinct(count, taken) {
  const all = new Set(taken);
  while (all.size < taken.length + count) all.add(await freePort());
  return [...all].slice(-count);
}

/** The body behind an https URL whose certificate is of `ca`. */
export function get(url, ca) {
  return new Promise((done, failed) => {
    const asked = request(url, { ca: readFileSync(ca), timeout: 5000 }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text) => (body += text));
      answer.on('end', () => (answer.statusCode === 200 ? done(body) : failed(new Error(`${answer.statusCode}: ${body}`))));
    });
    asked.on('error', failed).on('timeout', () => asked.destroy(new Error('timeout')));
    asked.end();
  });
}
