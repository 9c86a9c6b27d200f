// Headless Chromium that trusts the demo's certificate the way a browser trusts a real one: by the key's
// hash, not by ignoring errors, because service workers and secure cookies need a connection without errors.
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { chromium as playwright } from 'playwright-core';
import { chromium } from './tools.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** Opens Chromium with an empty profile, hands its context to `use`, closes it whatever happens. */
export async function withBrowser(demo, use) {
  const profile = await mkdtemp(join(tmpdir(), 'doorward-chromium-'));
  const keys = [keyHash(new X509Certificate(readFileSync(demo.ca))), keyHash(await leaf(demo))];
  const context = await playwright.launchPersistentContext(profile, {
    executablePath: chromium,
    headless: true,
    args: [...FLAGS, `--ignore-certificate-errors-spki-list=${keys.join(',')}`],
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(20_000);
  try {
    return await use(context);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

const keyHash = (certificate) =>
  createHash('sha256').update(certificate.publicKey.export({ type: 'spki', format: 'der' })).digest('base64');

/** The certificate that the edge shows, after it was checked against the demo's CA. */
function leaf(demo) {
  const { hostname, port } = new URL(demo.issuer);
  return new Promise((found, failed) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const servername = /^[\d.]+$|:/.test(host) ? '' : host;
    const socket = tls.connect({ host, port: port || 443, servername, ca: readFileSync(demo.ca) }, () => {
      found(socket.getPeerX509Certificate());
      socket.destroy();
    });
    socket.setTimeout(10_000, () => socket.destroy(new Error('the edge does not answer')));
    socket.once('error', failed);
  });
}
