// The running demo as its demo.json describes it; makes this process trust the demo's CA.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import { checkout, option } from './tools.mjs';

let trusted;

export const demoFile = () => option('demo', join(checkout, 'target/demo/demo.json'));

/** @returns {Promise<{issuer: string, resource: string, ca: string, person: {name: string, password: string}, edge_pid: number}>} */
export async function readDemo(file = demoFile()) {
  const demo = JSON.parse(await readFile(file, 'utf8').catch(() => missing(file)));
  for (const key of ['issuer', 'resource', 'ca', 'person']) {
    if (!demo[key]) throw new Error(`${file} has no "${key}"; it is written by "doorward demo"`);
  }
  trusted ??= tls.getCACertificates('default');
  tls.setDefaultCACertificates([...trusted, readFileSync(demo.ca, 'utf8')]);
  return demo;
}

function missing(file) {
  throw new Error(`${file} is missing: start "doorward demo" first`);
}

/** What a child process needs in its environment to trust the demo. */
export const trust = (demo) => ({ NODE_EXTRA_CA_CERTS: demo.ca });
