// The authorization server: the conformance suite's two scenarios against the issuer (a browser completes
// the authorize URL that the suite prints), and what the suite leaves out: refused consent, refresh.
//
//   node authorization-server.mjs --demo FILE [--out DIR]
import { rmSync } from 'node:fs';
import { readDemo, trust } from './lib/demo.mjs';
import { freePort, start, stop, tail, until } from './lib/processes.mjs';
import { check, finish, must } from './lib/step.mjs';
import { outputFolder, script } from './lib/tools.mjs';
import { complete, refresh, signIn } from './oauth.mjs';

const out = outputFolder('authorization-server');
rmSync(out, { recursive: true, force: true });
const demo = await readDemo();

await check('conformance authorization', async () => {
  const callback = await freePort();
  const clientId = await register(`http://127.0.0.1:${callback}/callback`);
  const args = ['authorization', '--url', demo.issuer, '--resource', demo.resource, '--client-id', clientId, '-p', String(callback), '-o', out];
  const suite = start(process.execPath, [script('@modelcontextprotocol/conformance', 'conformance'), ...args], { env: trust(demo) });
  try {
    const url = await until('the authorize URL', () => /https?:\/\/\S+\/authorize\?\S+/.exec(suite.output)?.[0], { seconds: 40, child: suite });
    await complete(demo, url);
    const ended = await Promise.race([suite.ended, until('the end of the suite', () => false, { seconds: 40 })]);
    console.log(tail(suite.output, 3000));
    must(ended.code === 0, `the suite ended with ${ended.code}`);
    const passed = /Total: (\d+) passed, (\d+) failed/.exec(suite.output);
    must(passed && passed[2] === '0', 'the suite reports failures');
    return `${passed[1]} checks`;
  } finally {
    await stop(suite);
  }
});

await check('refused consent comes back as access_denied', async () => {
  const error = await signIn(demo, { decision: 'deny' }).then(() => undefined, (reason) => reason);
  must(error, 'a token was issued');
  must(error.error === 'access_denied', `the answer was ${error.message}`);
});

await check('a refresh token is used and rotated', async () => {
  const first = await signIn(demo);
  must(first.refresh_token, 'no refresh token was issued');
  const second = await refresh(demo, first);
  must(second.access_token && second.access_token !== first.access_token, 'no new access token');
  must(second.refresh_token && second.refresh_token !== first.refresh_token, 'the refresh token was not rotated');
  return `tokens live ${second.expires_in} s`;
});

finish();

/** The scenario needs a client that exists already: a public one, registered as any MCP client would be. */
async function register(redirect) {
  const metadata = await (await fetch(`${demo.issuer}/.well-known/oauth-authorization-server`)).json();
  const answer = await fetch(metadata.registration_endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'MCP conformance suite',
      redirect_uris: [redirect],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    }),
  });
  const text = await answer.text();
  must(answer.status === 201, `registration was answered ${answer.status}: ${text.slice(0, 200)}`);
  return JSON.parse(text).client_id;
}
