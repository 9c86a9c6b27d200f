// What a person does with their own account, in Chromium with a virtual authenticator: makes a passkey, signs in
// with it, allows a client, revokes it, sets up a second factor and signs in with it. Leaves screenshots of the pages
// as phones, desktops, dark rooms and Chinese readers see them.
//
//   node people.mjs --demo FILE
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { withBrowser } from './lib/browser.mjs';
import { readDemo } from './lib/demo.mjs';
import { check, finish, must } from './lib/step.mjs';
import { outputFolder } from './lib/tools.mjs';
import { signIn } from './oauth.mjs';

const shots = outputFolder('people');
const demo = await readDemo();
const url = (path) => new URL(path, demo.issuer).href;

const LOOKS = {
  desktop: { size: [1280, 900] },
  phone: { size: [390, 844] },
  dark: { size: [390, 844], dark: true },
  chinese: { size: [390, 844], language: 'zh-CN,zh;q=0.9' },
};

await withBrowser(demo, async (context) => {
  const page = await context.newPage();
  const dialogue = await context.newCDPSession(page);
  await dialogue.send('WebAuthn.enable');
  await dialogue.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  // The key is always touched, so a browser that offers passkeys where the name is typed would sign in by itself.
  await page.addInitScript(() => Object.assign(PublicKeyCredential, { isConditionalMediationAvailable: undefined }));
  const problems = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));

  await check('sign in with the password', async () => {
    await look(page, '/login', 'sign-in');
    await password(page);
    must(page.url() === url('/account'), `at ${page.url()}: ${await words(page)}`);
  });

  await check('a passkey is made', async () => {
    await page.click('a[href="/account/passkeys"]');
    await page.fill('input[name="name"]', 'Virtual key');
    await page.click('form[data-passkey] button');
    await page.getByText('Virtual key').waitFor();
    await look(page, '/account/passkeys', 'passkeys');
  });

  await check('the passkey signs in, without a name or a password', async () => {
    await leave(page);
    await page.goto(url('/login'));
    await look(page, '/login', 'sign-in-with-passkey');
    await Promise.all([page.waitForURL(url('/account')), page.click('form[data-passkey] button')]);
    must(/with a passkey/.test(await words(page)), await words(page));
  });

  await check('a client that was allowed is on the account page, and can be revoked', async () => {
    const tokens = await signIn(demo, { context, shots });
    await look(page, '/account', 'account');
    must((await call(tokens)) === 200, 'the client cannot call');
    await Promise.all([page.waitForEvent('framenavigated'), page.click('form[action="/account/revoke"] button')]);
    await page.waitForLoadState('load');
    const status = await call(tokens);
    must(status === 401, `the client still got ${status}`);
    return 'its next call got 401';
  });

  await check('pages are used by keyboard alone', async () => {
    await page.goto(url('/account'));
    const seen = [];
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      seen.push(
        await page.evaluate(() => {
          const at = document.activeElement;
          const outline = getComputedStyle(at).outlineStyle;
          return `${at.tagName}${outline === 'none' ? ' without a mark' : ''}`;
        }),
      );
    }
    const marked = seen.filter((s) => !s.startsWith('BODY'));
    must(marked.length > 3 && marked.every((s) => /^(A|BUTTON)$/.test(s)), seen.join(', '));
  });

  let secret;
  await check('a second factor is set up', async () => {
    await page.goto(url('/account/second-factor'));
    await page.click('button[value="begin"]');
    await page.locator('img.qr').waitFor();
    must(await page.locator('img.qr').evaluate((image) => image.complete && image.naturalWidth > 0), 'the QR code is not shown');
    await look(page, '/account/second-factor', 'second-factor');
    secret = (await page.locator('dd code').first().innerText()).replaceAll('-', '');
    await page.fill('input[name="code"]', code(secret, -1));
    await page.click('button[value="confirm"]');
    await page.locator('.codes li').first().waitFor();
    must((await page.locator('.codes li').count()) === 10, 'not ten recovery codes');
    await shot(page, 'recovery-codes', 'phone');
  });

  let recovery;
  await check('signing in asks for the code', async () => {
    recovery = await page.locator('.codes li').first().innerText();
    await leave(page);
    await page.goto(url('/login'));
    await password(page);
    must(page.url() === url('/login/code'), `at ${page.url()}`);
    await look(page, undefined, 'code');
    await page.fill('input[name="code"]', code(secret));
    await Promise.all([page.waitForURL(url('/account')), page.press('input[name="code"]', 'Enter')]);
    must(/with a password and a code/.test(await words(page)), await words(page));
  });

  await check('a recovery code stands in for the app', async () => {
    await leave(page);
    await page.goto(url('/login'));
    await password(page);
    await page.fill('input[name="code"]', recovery);
    await Promise.all([page.waitForURL(url('/account')), page.press('input[name="code"]', 'Enter')]);
  });

  await check('without script the pages still work', async () => {
    const plain = await context.browser()?.newContext?.({ javaScriptEnabled: false, ignoreHTTPSErrors: true }).catch(() => undefined);
    if (!plain) return 'not tried: this browser has one context only';
    const other = await plain.newPage();
    await other.goto(url('/login'));
    must(!(await other.locator('form[data-passkey]').isVisible()), 'a button that cannot work is shown');
    must(await other.locator('input[name="password"]').isVisible(), 'there is no password form');
    await plain.close();
  });

  await check('the second factor is turned off and the passkey removed', async () => {
    await page.goto(url('/account/second-factor'));
    await page.click('button[value="off"]');
    await page.locator('button[value="begin"]').waitFor();
    await page.goto(url('/account/passkeys'));
    await page.click('form[action="/account/passkeys/remove"] button');
    await page.getByText('You have no passkey yet.').waitFor();
  });

  await check('no page had an error of script or policy', () => {
    const serious = problems.filter((text) => !/status of 40[13]/.test(text));
    must(serious.length === 0, serious.join(' | '));
  });
});
finish();

async function password(page) {
  await page.fill('input[name="username"]', demo.person.name);
  await page.fill('input[name="password"]', demo.person.password);
  await Promise.all([page.waitForEvent('framenavigated'), page.press('input[name="password"]', 'Enter')]);
  await page.waitForLoadState('load');
}

async function leave(page) {
  await page.goto(url('/account'));
  await Promise.all([page.waitForURL(url('/login')), page.click('form[action="/account/sign-out"] button')]);
}

async function words(page) {
  return (await page.locator('main').innerText()).slice(0, 6000);
}

/** Shows a page in every look; in the one of its own language it is left as it was. */
async function look(page, path, name) {
  for (const [kind, { language }] of Object.entries(LOOKS)) {
    if (path || !language) {
      await page.setExtraHTTPHeaders(language ? { 'accept-language': language } : {});
      if (path) await page.goto(url(path));
      await shot(page, name, kind);
    }
  }
  await page.setExtraHTTPHeaders({});
  if (path) await page.goto(url(path));
}

async function shot(page, name, kind) {
  const { size, dark } = LOOKS[kind];
  await page.setViewportSize({ width: size[0], height: size[1] });
  await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.screenshot({ path: join(shots, `${name}-${kind}.png`), fullPage: true });
  await page.emulateMedia({ colorScheme: 'light' });
  must(wide <= 0, `${name} is ${wide} px too wide for ${kind}`);
}

async function call(tokens) {
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'people', version: '1' } };
  const answer = await fetch(demo.resource, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.access_token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
  });
  await answer.text();
  return answer.status;
}

/** What an authenticator app shows `steps` half minutes from now (RFC 6238). */
function code(base32, steps = 0) {
  const bits = [...base32].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac('sha1', key).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
