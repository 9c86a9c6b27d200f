// Signing in with an account elsewhere: an edge of its own with the certified npm package oidc-provider as its
// upstream, in Chromium: who is on the list comes in, who is not does not, a person links an account, and while the
// provider is away who is in stays in.
//
//   node upstream.mjs [--out FOLDER]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withBrowser } from './lib/browser.mjs';
import { startProvider } from './lib/provider.mjs';
import { freePort, run, start, stop, until } from './lib/processes.mjs';
import { check, finish, must } from './lib/step.mjs';
import { checkout, outputFolder } from './lib/tools.mjs';

const shots = outputFolder('upstream');
const launcher = process.env.DOORWARD_LAUNCHER ?? join(checkout, 'doorward');
const place = mkdtempSync(join(tmpdir(), 'doorward-upstream-'));
const port = await freePort();
const issuer = `https://localhost:${port}`;
const data = join(place, 'edge');
const edge = { issuer, ca: join(data, 'ca.pem') };
const url = (path) => new URL(path, issuer).href;

let provider = await startProvider(`${issuer}/login/upstream/home/callback`);
writeFileSync(join(place, 'home.secret'), provider.secret, { mode: 0o600 });
writeFileSync(
  join(place, 'edge.yaml'),
  `public-url: ${issuer}
listen: 127.0.0.1:${port}
data-dir: ${data}
login:
  upstream:
    home:
      issuer: ${provider.issuer}
      client-id: doorward
      client-secret-file: home.secret
      label: Home
      allow-emails: [ada@example.com]
`,
);
const process_ = start(launcher, ['edge', '--config', join(place, 'edge.yaml')], { cwd: checkout });

try {
  await check('the edge starts', () => until('edge_ready', () => /edge_ready/.test(process_.output), { seconds: 60, child: process_ }));
  await withBrowser(edge, steps);
} finally {
  writeFileSync(join(shots, 'edge.txt'), process_.output);
  await stop(process_);
  await provider.close();
  rmSync(place, { recursive: true, force: true });
}
finish();

async function steps(context) {
  const page = await context.newPage();

  await check('who is on the list comes in', async () => {
    await page.goto(url('/login'));
    await page.screenshot({ path: join(shots, 'sign-in.png') });
    await there(page, 'ada');
    await page.waitForURL(url('/account'));
    const text = await page.locator('main').innerText();
    must(/ada@example\.com/.test(text) && /through another account/.test(text), text);
    await page.screenshot({ path: join(shots, 'account.png'), fullPage: true });
  });

  await check('and has no way in that outlives the list', async () => {
    must((await page.locator('a[href="/account/passkeys"]').count()) === 0, 'passkeys are offered');
    await page.goto(url('/account/passkeys'));
    must(page.url() === url('/account'), `at ${page.url()}`);
  });

  await check('who is not on the list does not', async () => {
    await leave(page);
    await provider.forget(context);
    await there(page, 'mallory');
    await page.waitForLoadState('load');
    const text = await page.locator('main').innerText();
    must(/not on the list of this server/.test(text), text);
    await page.screenshot({ path: join(shots, 'not-admitted.png') });
  });

  await check('who says no there is told so', async () => {
    await page.goto(url('/login'));
    await page.click('form[action="/login/upstream/home"] button');
    await page.waitForURL((at) => at.origin === new URL(provider.issuer).origin);
    await provider.cancel(page);
    await page.waitForURL((at) => at.origin === issuer);
    must(/You did not allow it at Home/.test(await page.locator('main').innerText()), await page.locator('main').innerText());
  });

  await check('an invited person comes with an account instead of a password, and it signs in', async () => {
    const added = await run(launcher, ['people', 'invite', 'mal', '--data-dir', data], { cwd: checkout, seconds: 30 });
    const link = /https:\/\/\S+/.exec(added.output)?.[0];
    must(link, added.output);
    await provider.forget(context);
    await page.goto(link);
    await page.screenshot({ path: join(shots, 'invited.png') });
    await there(page, 'mallory');
    await page.waitForURL(url('/account'));
    await leave(page);
    await there(page, 'mallory');
    await page.waitForURL(url('/account'));
    must(/signed in as mal\b/.test(await page.locator('main').innerText()), 'somebody else is signed in');
  });

  await check('while the provider is away who is in stays in, and nobody comes in', async () => {
    await provider.close();
    await page.goto(url('/account'));
    must(page.url() === url('/account'), `at ${page.url()}`);
    await leave(page);
    await page.click('form[action="/login/upstream/home"] button');
    await page.waitForLoadState('load');
    const text = await page.locator('main').innerText();
    must(/does not answer|was not in order/.test(text) || new URL(page.url()).origin !== issuer, text);
    await page.screenshot({ path: join(shots, 'away.png') });
  });

  await check('no secret is in the log of the edge or in its database', () => {
    for (const file of ['doorward.db', 'doorward.db-wal']) {
      const bytes = readFileSync(join(data, file));
      must(!bytes.includes(provider.secret), `the client secret is in ${file}`);
    }
    must(!process_.output.includes(provider.secret), 'the client secret is in the log');
    must(!/eyJ[\w-]+\.eyJ/.test(process_.output), 'a token is in the log');
  });
}

/** Goes to the provider from the page that is open, signs in there and allows it. */
async function there(page, account) {
  await page.click('form[action="/login/upstream/home"] button');
  await provider.signIn(page, account, issuer);
}

async function leave(page) {
  await page.goto(url('/account'));
  await Promise.all([page.waitForURL(url('/login')), page.click('form[action="/account/sign-out"] button')]);
}
