// Signing in as a person would, in headless Chromium, and the whole OAuth flow of an MCP client around it:
// discovery, registration, PKCE, consent, token. Other steps import it.
//
//   node oauth.mjs --demo FILE             prints the token set as JSON
//   node oauth.mjs --demo FILE --refresh   and uses its refresh token once
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as oauth from 'oauth4webapi';
import { withBrowser } from './lib/browser.mjs';
import { readDemo } from './lib/demo.mjs';
import { flag } from './lib/tools.mjs';

const MAX_PAGES = 6;

/**
 * Walks through the edge's pages from an authorize URL until the browser has left the edge: signs in where
 * a password is asked for, allows where consent is asked for.
 * @param shots folder for screenshots, where wanted
 */
export async function walkThrough(page, demo, { shots, decision = 'allow' } = {}) {
  const origin = new URL(demo.issuer).origin;
  const shot = (name) => shots && page.screenshot({ path: join(shots, `${name}.png`) });
  const seen = [];
  for (let turn = 0; turn < MAX_PAGES; turn++) {
    await page.waitForLoadState('domcontentloaded');
    if (new URL(page.url()).origin !== origin) return seen;
    const password = page.locator('input[name="password"]');
    const button = page.locator(`button[name="decision"][value="${decision}"], input[name="decision"][value="${decision}"]`);
    await password.or(button).first().waitFor({ timeout: 15_000 }).catch(() => lost(page, seen));
    const left = page.waitForEvent('framenavigated', { predicate: (frame) => frame === page.mainFrame() });
    const kind = (await password.isVisible()) ? 'sign-in' : 'consent';
    if (seen.at(-1) === kind) await stuck(page, kind);
    seen.push(kind);
    if (kind === 'sign-in') {
      await page.fill('input[name="username"]', demo.person.name);
      await password.fill(demo.person.password);
      await shot('sign-in');
      await Promise.all([left.catch(() => undefined), password.press('Enter')]);
    } else {
      await shot('consent');
      await Promise.all([left.catch(() => undefined), button.first().click()]);
    }
  }
  throw new Error(`the browser is still at the edge after ${MAX_PAGES} pages (${seen.join(', ')}): ${page.url()}`);
}

const shown = async (page) => (await page.locator('body').innerText().catch(() => '')).slice(0, 400);

async function lost(page, seen) {
  throw new Error(`neither a sign-in form nor a consent form at ${page.url()} after [${seen.join(', ')}]: ${await shown(page)}`);
}

async function stuck(page, kind) {
  throw new Error(`the ${kind} form was sent and is there again (refused, or a policy like form-action stops the redirect): ${await shown(page)}`);
}

/**
 * Completes an authorize URL; the client's own callback receives the answer.
 * @param options.context a browser to do it in; without one it is done in a new browser
 * @returns {Promise<{seen: string[], url: string}>} which of the edge's pages were shown, and where it ended
 */
export async function complete(demo, url, { context, ...options } = {}) {
  if (!context) return withBrowser(demo, (own) => complete(demo, url, { ...options, context: own }));
  const page = await context.newPage();
  await page.goto(String(url), { waitUntil: 'domcontentloaded' });
  const seen = await walkThrough(page, demo, options);
  await page.waitForLoadState('load').catch(() => undefined);
  const end = page.url();
  await page.close();
  return { seen, url: end };
}

/**
 * The whole flow for the demo's resource as a new client.
 * @param options of `complete`
 * @returns token set: { access_token, refresh_token, expires_in, scope, ..., client_id, seen }
 */
export async function signIn(demo, options) {
  const callback = await listen();
  try {
    const { as, client, scopes } = await register(demo, callback.url);
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(as.authorization_endpoint);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: client.client_id,
      redirect_uri: callback.url,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      resource: demo.resource,
      ...(scopes?.length ? { scope: scopes.join(' ') } : {}),
    });
    const { seen } = await complete(demo, url, options);
    const params = oauth.validateAuthResponse(as, client, await callback.received, state);
    const response = await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), params, callback.url, verifier, {
      additionalParameters: { resource: demo.resource },
    });
    if (!/no-store/.test(response.headers.get('cache-control') ?? '')) throw new Error('the token answer lacks Cache-Control: no-store');
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response);
    return { ...tokens, client_id: client.client_id, seen };
  } finally {
    callback.close();
  }
}

/** Follows the MCP discovery from the resource to its authorization server, and registers a client there. */
export async function register(demo, redirect) {
  const resource = new URL(demo.resource);
  const described = await oauth.processResourceDiscoveryResponse(resource, await oauth.resourceDiscoveryRequest(resource));
  const issuer = new URL(described.authorization_servers[0]);
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' }));
  const metadata = {
    client_name: 'Doorward acceptance',
    redirect_uris: [redirect],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  };
  const client = await oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(as, metadata));
  return { as, client, scopes: described.scopes_supported };
}

/** Uses a refresh token; resolves to the next token set. */
export async function refresh(demo, tokens) {
  const issuer = new URL(demo.issuer);
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' }));
  const client = { client_id: tokens.client_id };
  const response = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), tokens.refresh_token, {
    additionalParameters: { resource: demo.resource },
  });
  return { ...(await oauth.processRefreshTokenResponse(as, client, response)), client_id: tokens.client_id };
}

/** A loopback redirect target that is called once. */
export async function listen() {
  let arrived;
  const received = new Promise((done) => (arrived = done));
  const server = createServer((req, res) => {
    const at = new URL(req.url, `http://${req.headers.host}`);
    res.writeHead(200, { 'content-type': 'text/plain' }).end('You may close this page.');
    if (at.pathname === '/callback') arrived(at);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const timer = setTimeout(() => arrived(new URL('http://127.0.0.1/?error=no_callback')), 60_000);
  return {
    url: `http://127.0.0.1:${server.address().port}/callback`,
    received,
    close: () => (clearTimeout(timer), server.closeAllConnections(), server.close()),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const demo = await readDemo();
  let tokens = await signIn(demo);
  if (flag('refresh')) tokens = await refresh(demo, tokens);
  console.log(JSON.stringify(tokens, null, 1));
}
