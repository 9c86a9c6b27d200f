// A strict client of somebody else's, the npm package oauth4webapi, which refuses every answer that is not exactly
// what the RFCs say: metadata, pushed requests, PKCE, DPoP with nonces, refresh, introspection as a resource server,
// revocation, confidential clients with a secret and with a key, a device without a browser.
//
//   node strict-client.mjs --demo FILE [--out DIR]
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as oauth from 'oauth4webapi';
import { withBrowser } from './lib/browser.mjs';
import { readDemo } from './lib/demo.mjs';
import { run } from './lib/processes.mjs';
import { check, finish, must } from './lib/step.mjs';
import { checkout, outputFolder } from './lib/tools.mjs';
import { complete, listen, register } from './oauth.mjs';

const out = outputFolder('strict-client');
const demo = await readDemo();
const launcher = process.env.DOORWARD_LAUNCHER ?? join(checkout, 'doorward');
const issuer = new URL(demo.issuer);
const target = { additionalParameters: { resource: demo.resource } };
const HELLO = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'strict', version: '1' } },
});
const service = new URL(demo.resource).pathname.split('/')[1];

const as = await check('metadata of resource and authorization server', async () => {
  const resource = new URL(demo.resource);
  const about = await oauth.processResourceDiscoveryResponse(resource, await oauth.resourceDiscoveryRequest(resource));
  must(about.authorization_servers.includes(demo.issuer), 'the resource names another server');
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' }));
});
const resourceServer = await operator('resource-servers', 'add', `strict-${process.pid}`, '--services', service);

await withBrowser(demo, async (context) => {
  let bound;
  await check('a pushed request, a code and tokens bound to a key, each with a nonce where one is asked for', async () => {
    bound = await bindTokens(context);
    must(bound.tokens.token_type === 'dpop', `the token is of type ${bound.tokens.token_type}`);
    return `${bound.nonces} nonce(s)`;
  });
  if (!bound) return;

  await check('a call with a proof of the key is answered, one without is not', async () => {
    const good = await nonced(() => oauth.protectedResourceRequest(bound.tokens.access_token, 'POST', new URL(demo.resource), mcp(), HELLO, { DPoP: bound.key }));
    must(good.status === 200, `with a proof: ${good.status}`);
    const bearer = await fetch(demo.resource, { method: 'POST', headers: { ...Object.fromEntries(mcp()), authorization: `Bearer ${bound.tokens.access_token}` }, body: HELLO });
    must(bearer.status === 401, `as a bearer token: ${bearer.status}`);
    const thief = await oauth.generateKeyPair('ES256');
    const stolen = await nonced(() => oauth.protectedResourceRequest(bound.tokens.access_token, 'POST', new URL(demo.resource), mcp(), HELLO, { DPoP: oauth.DPoP(bound.client, thief) }));
    must(stolen.status === 401, `with another key: ${stolen.status}`);
  });

  await check('the access token is a JWT that a strict resource server takes', async () => {
    const request = new Request(demo.resource, { method: 'POST', headers: { authorization: `DPoP ${bound.tokens.access_token}`, dpop: await proof(bound) } });
    const claims = await oauth.validateJwtAccessToken(as, request, demo.resource, { requireDPoP: true, signingAlgorithms: ['ES256'] });
    must(claims.client_id === bound.client.client_id, 'it is of another client');
  });

  await check('refresh rotates and keeps the key', async () => {
    const old = bound.tokens.refresh_token;
    const response = await nonced(() => oauth.refreshTokenGrantRequest(as, bound.client, oauth.None(), old, { ...target, DPoP: bound.key }));
    const tokens = await oauth.processRefreshTokenResponse(as, bound.client, response);
    must(tokens.token_type === 'dpop' && tokens.refresh_token !== old, 'not rotated, or not bound');
    bound.tokens = tokens;
  });

  await check('introspection tells a resource server, and nobody else', async () => {
    const about = await introspect(bound.tokens.access_token);
    must(about.active && about.client_id === bound.client.client_id && about.cnf?.jkt, JSON.stringify(about));
    const nobody = { client_id: 'nobody' };
    const refused = await oauth.introspectionRequest(as, nobody, oauth.ClientSecretBasic('wrong'), bound.tokens.access_token);
    const failed = await oauth.processIntrospectionResponse(as, nobody, refused).then(() => undefined, (error) => error);
    must(failed && refused.status === 401, `somebody without a secret got ${refused.status}`);
  });

  await check('revocation is answered, holds at once, and says nothing of tokens that never were', async () => {
    const ask = (token) => oauth.revocationRequest(as, bound.client, oauth.None(), token).then(oauth.processRevocationResponse);
    await ask(bound.tokens.refresh_token);
    await ask('dwr_never-was');
    must(!(await introspect(bound.tokens.access_token)).active, 'the token is still active');
    const response = await nonced(() => oauth.refreshTokenGrantRequest(as, bound.client, oauth.None(), bound.tokens.refresh_token, { ...target, DPoP: bound.key }));
    const failed = await oauth.processRefreshTokenResponse(as, bound.client, response).then(() => undefined, (error) => error);
    must(failed?.error === 'invalid_grant', `a revoked refresh token gave ${failed?.error ?? 'tokens'}`);
  });

  await check('a device without a browser', async () => {
    const client = await newClient('http://127.0.0.1/callback', { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] });
    const started = await oauth.processDeviceAuthorizationResponse(as, client, await oauth.deviceAuthorizationRequest(as, client, oauth.None(), { resource: demo.resource }));
    const early = await redeemDevice(client, started).then(() => undefined, (error) => error);
    must(early?.error === 'authorization_pending', `before the answer: ${early?.error ?? 'tokens'}`);
    const page = await context.newPage();
    await page.goto(started.verification_uri_complete ?? started.verification_uri);
    await page.screenshot({ path: join(out, 'device.png') });
    await allowDevice(page);
    await page.screenshot({ path: join(out, 'device-done.png') });
    await page.close();
    await new Promise((done) => setTimeout(done, ((started.interval ?? 5) + 1) * 1000));
    const tokens = await redeemDevice(client, started);
    must((await introspect(tokens.access_token)).active, 'its token is worth nothing');
  });
});

await check('a confidential client with a secret acts by itself', async () => {
  const { client, secret } = await operator('clients', 'add', 'strict job', '--services', service);
  await byItself(client.id, oauth.ClientSecretBasic(secret));
  await operator('clients', 'remove', client.id);
  const gone = await byItself(client.id, oauth.ClientSecretBasic(secret)).then(() => undefined, (error) => error);
  must(gone?.error === 'invalid_client' || gone?.cause?.length, `a removed client got ${gone?.message ?? 'tokens'}`);
});

await check('a confidential client with a key acts by itself', async () => {
  const pair = await oauth.generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), alg: 'ES256', use: 'sig', kid: 'strict' };
  delete jwk.key_ops;
  delete jwk.ext;
  const file = join(out, 'keys.json');
  writeFileSync(file, JSON.stringify({ keys: [jwk] }));
  const { client } = await operator('clients', 'add', 'strict key', '--services', service, '--auth', 'private_key_jwt', '--keys', file);
  await byItself(client.id, oauth.PrivateKeyJwt({ key: pair.privateKey, kid: 'strict' }));
  await operator('clients', 'remove', client.id);
});
finish();

/** Pushes an authorization request, has a person allow it, and redeems the code, all of it bound to a new key. */
async function bindTokens(context) {
  const callback = await listen();
  try {
    const client = await newClient(callback.url);
    const pair = await oauth.generateKeyPair('ES256', { extractable: true });
    const key = oauth.DPoP(client, pair);
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const asked = {
      response_type: 'code',
      redirect_uri: callback.url,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      resource: demo.resource,
    };
    let nonces = 0;
    const counted = (send) => nonced(send, () => nonces++);
    const pushed = await oauth.processPushedAuthorizationResponse(as, client, await counted(() => oauth.pushedAuthorizationRequest(as, client, oauth.None(), asked, { DPoP: key })));
    const url = new URL(as.authorization_endpoint);
    url.search = new URLSearchParams({ client_id: client.client_id, request_uri: pushed.request_uri });
    await complete(demo, url, { context, shots: out });
    const answer = oauth.validateAuthResponse(as, client, await callback.received, state);
    const redeem = () => oauth.authorizationCodeGrantRequest(as, client, oauth.None(), answer, callback.url, verifier, { ...target, DPoP: key });
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, await counted(redeem));
    return { client, pair, key, tokens, nonces };
  } finally {
    callback.close();
  }
}

/** Sends again, once, where the answer asks for a nonce; oauth4webapi keeps the nonce in its DPoP handle. */
async function nonced(send, onNonce = () => {}) {
  const response = await send().catch((error) => {
    if (!oauth.isDPoPNonceError(error)) {
      if (error.response) return error.response;
      throw error;
    }
  });
  const needed = !response || ((response.status === 400 || response.status === 401) && response.headers.has('dpop-nonce') && /use_dpop_nonce/.test(`${response.headers.get('www-authenticate')} ${await response.clone().text()}`));
  if (!needed) return response;
  onNonce();
  return send().catch((error) => error.response ?? Promise.reject(error));
}

/** A proof as a resource server reads it, made by hand: the strict client shows its own to nobody. */
async function proof({ pair, tokens }) {
  const text = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(tokens.access_token))).toString('base64url');
  const head = text({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } });
  const body = text({ jti: crypto.randomUUID(), htm: 'POST', htu: demo.resource, iat: Math.floor(Date.now() / 1000), ath });
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, Buffer.from(`${head}.${body}`));
  return `${head}.${body}.${Buffer.from(signature).toString('base64url')}`;
}

async function introspect(token) {
  const client = { client_id: resourceServer.server.id };
  const response = await oauth.introspectionRequest(as, client, oauth.ClientSecretBasic(resourceServer.secret), token);
  return oauth.processIntrospectionResponse(as, client, response);
}

async function redeemDevice(client, { device_code }) {
  const response = await oauth.deviceCodeGrantRequest(as, client, oauth.None(), device_code, target);
  return oauth.processDeviceCodeResponse(as, client, response);
}

async function byItself(id, secret) {
  const client = { client_id: id };
  const response = await oauth.clientCredentialsGrantRequest(as, client, secret, { resource: demo.resource });
  const tokens = await oauth.processClientCredentialsResponse(as, client, response);
  must((await introspect(tokens.access_token)).active, 'its token is worth nothing');
}

async function newClient(redirect, more) {
  if (!more) return (await register(demo, redirect)).client;
  const metadata = { client_name: 'Strict client', redirect_uris: [redirect], response_types: ['code'], token_endpoint_auth_method: 'none', application_type: 'native', ...more };
  return oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(as, metadata));
}

/** A person types or confirms the code, signs in where they are asked to, and allows. */
async function allowDevice(page) {
  for (let turn = 0; turn < 5; turn++) {
    await page.waitForLoadState('load');
    const allow = page.locator('button[name="decision"][value="allow"]');
    const password = page.locator('input[name="password"]');
    if (await allow.count()) return Promise.all([page.waitForEvent('framenavigated'), allow.first().click()]);
    if (await password.count()) {
      await page.fill('input[name="username"]', demo.person.name);
      await password.fill(demo.person.password);
    }
    await Promise.all([page.waitForEvent('framenavigated'), page.locator('main form button').first().click()]);
  }
  throw new Error(`no consent at ${page.url()}`);
}

/** What the operator's command answers. */
async function operator(...args) {
  const ended = await run(launcher, [...args, '--json', '--data-dir', dirname(demo.admin_socket)], { cwd: checkout, seconds: 60 });
  must(ended.code === 0, `doorward ${args.join(' ')}: ${ended.output}`);
  return args[1] === 'remove' ? undefined : JSON.parse(ended.output.slice(ended.output.indexOf('{')));
}

function mcp() {
  return new Headers({ 'content-type': 'application/json', accept: 'application/json, text/event-stream' });
}
