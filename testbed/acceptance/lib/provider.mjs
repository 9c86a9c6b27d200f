// A certified OpenID provider (npm oidc-provider) on a loopback port, with two accounts, and what a person does on
// its pages.
import { randomBytes } from 'node:crypto';
import Provider from 'oidc-provider';

const ACCOUNTS = {
  ada: { email: 'ada@example.com', email_verified: true, name: 'Ada' },
  mallory: { email: 'mallory@evil.example', email_verified: true, name: 'Mallory' },
};

/** @returns {Promise<{issuer: string, secret: string, signIn: Function, cancel: Function, forget: Function, close: Function}>} */
export async function startProvider(redirectUri) {
  const secret = randomBytes(24).toString('base64url');
  const server = await listen();
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'doorward', client_secret: secret, redirect_uris: [redirectUri], response_types: ['code'], grant_types: ['authorization_code'] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: [secret] },
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    findAccount: (_, id) => (ACCOUNTS[id] ? { accountId: id, claims: () => ({ sub: `sub-${id}`, ...ACCOUNTS[id] }) } : undefined),
  });
  server.on('request', provider.callback());
  let open = true;
  return {
    issuer,
    secret,
    /** Signs in and allows it, on however many pages that takes. */
    async signIn(page, account, back) {
      for (let turn = 0; turn < 6; turn++) {
        await page.waitForLoadState('load');
        const at = new URL(page.url());
        if (at.origin === back && !at.pathname.startsWith('/login/upstream/home')) return;
        if (at.origin === new URL(issuer).origin) {
          const login = page.locator('input[name="login"]');
          if (await login.count()) {
            await login.fill(account);
            await page.fill('input[name="password"]', 'any');
          }
          await Promise.all([page.waitForEvent('framenavigated'), page.click('button[type="submit"]')]);
        } else if (at.pathname.endsWith('/callback')) {
          return;
        } else {
          await page.waitForURL((now) => now.href !== at.href, { timeout: 10_000 });
        }
      }
    },
    /** Refuses. */
    async cancel(page) {
      await page.locator('a[href*="abort"]').first().click();
    },
    /** Has the browser be nobody at the provider again. */
    async forget(context) {
      await context.clearCookies({ domain: '127.0.0.1' });
    },
    async close() {
      if (!open) return;
      open = false;
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function listen() {
  const { createServer } = await import('node:http');
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}
