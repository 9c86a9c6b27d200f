// What a service answers can not act on the gateway's own pages, although both share an origin. A hostile MCP
// server answers with script, cookies, redirects and service workers; a signed-in person's Chromium gets each
// answer, even with the token, which a plain visit would not have.
//
//   node hostile-page.mjs --serve [--port N]             starts the hostile server, prints its URL
//   node hostile-page.mjs --demo FILE --backend URL      checks a demo that serves it
import { MODE_NAMES, startHostile } from './fixture/hostile-server.mjs';
import { withBrowser } from './lib/browser.mjs';
import { readDemo } from './lib/demo.mjs';
import { check, finish, must } from './lib/step.mjs';
import { flag, option } from './lib/tools.mjs';
import { signIn } from './oauth.mjs';

const GONE = [
  'set-cookie',
  'service-worker-allowed',
  'clear-site-data',
  'location',
  'refresh',
  'access-control-allow-credentials',
  'access-control-allow-private-network',
];
const RELAYED = /^(application\/json|text\/event-stream)\b/;
const OWN_ERROR = /^(application\/(problem\+)?json|text\/plain)\b/;

if (flag('serve')) {
  const hostile = await startHostile(Number(option('port', '0')));
  console.log(hostile.url);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => hostile.close().finally(() => process.exit(0)));
} else {
  const demo = await readDemo();
  await withBrowser(demo, (context) => steps(demo, new URL(option('backend')), context));
  finish();
}

async function steps(demo, backend, context) {
  const direct = (path, init) => fetch(new URL(path, backend), init);
  const choose = (mode, mild = false) => direct('/control', { method: 'POST', body: JSON.stringify({ mode, mild }) });
  const state = async () => (await direct('/state')).json();

  await check('without a gateway the hostile server does harm (this test can fail)', async () => {
    await choose('html', true);
    const marks = await visit(context, backend.href);
    must(marks.title === 'pwned' && marks.cookies.some((c) => c.startsWith('pwned=')), `no harm: ${JSON.stringify(marks)}`);
    must(marks.workers > 0, 'no service worker was registered');
    await context.clearCookies();
  });

  const first = await check('sign in', () => signIn(demo, { context }));
  if (!first) return;
  const again = async () => (await signIn(demo, { context })).seen.join(', ');
  const usual = await check('what a signed-in person sees', again);
  const headers = { authorization: `Bearer ${first.access_token}` };

  for (const mode of MODE_NAMES) {
    await check(`visited: ${mode}`, async () => {
      await choose(mode);
      const before = await cookies(context);
      const plain = await visit(context, demo.resource);
      harmless(plain, before);
      const withToken = await visit(context, demo.resource, headers);
      harmless(withToken, before);
      const { beacons } = await state();
      must(beacons.length === 0, `ran: ${beacons.join(', ')}`);
      return `${plain.status} without, ${withToken.status} with the token`;
    });
    await check(`called: ${mode}`, async () => {
      await choose(mode);
      const before = await cookies(context);
      const answer = await call(context, demo.resource, headers);
      sanitised(answer, mode);
      must((await cookies(context)).join() === before.join(), 'a cookie has changed');
      const { requests } = await state();
      must(requests.length > 0, 'the call did not reach the server, so this shows nothing');
      for (const { headers: got } of requests) {
        must(!got.cookie, 'a cookie of the person reached the server');
        must(!JSON.stringify(got).includes(first.access_token), 'the token of the client reached the server');
      }
      return String(answer.status());
    });
  }

  await check('a service worker can not be registered from the service', async () => {
    for (const mode of ['worker', 'worker named json']) {
      await choose(mode);
      const outcome = await registerWorker(context, demo, headers);
      must(/^refused/.test(outcome), `${mode}: ${outcome}`);
    }
  });
  await check('the person is still signed in', async () => {
    const seen = await again();
    must(seen === usual, `sees ${seen}, saw ${usual}`);
  });
}

/** Opens a URL as a page and collects the marks that a running script would have left. */
async function visit(context, url, headers = {}) {
  const page = await context.newPage();
  try {
    await page.setExtraHTTPHeaders(headers);
    const answer = await page.goto(url, { waitUntil: 'commit', timeout: 10_000 }).catch((error) => error);
    await page.waitForTimeout(300);
    const marks = await page
      .evaluate(async () => {
        const workers = (await navigator.serviceWorker?.getRegistrations())?.length ?? 0;
        return { title: document.title, ran: Boolean(window.pwned), workers };
      })
      .catch(() => ({ title: '', ran: false, workers: 0 }));
    return { ...marks, at: page.url(), wanted: url, status: answer.status?.() ?? 'no page', cookies: await cookies(context) };
  } finally {
    await page.close();
  }
}

function harmless(marks, cookiesBefore) {
  must(!marks.ran && marks.title !== 'pwned', 'a script ran');
  must(marks.workers === 0, 'a service worker was registered');
  must(marks.cookies.join() === cookiesBefore.join(), 'a cookie has changed');
  must([marks.wanted, 'about:blank'].includes(marks.at) || marks.at.startsWith('chrome-error:'), `the browser went to ${marks.at}`);
}

async function cookies(context) {
  return (await context.cookies()).map((c) => `${c.name}=${c.value}; ${c.domain}`).sort();
}

/** A proper MCP call with the cookies of the browser, which keeps what the answer sets. */
function call(context, url, headers) {
  return context.request.post(url, {
    headers: { ...headers, accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    data: { jsonrpc: '2.0', id: 7, method: 'tools/list' },
    maxRedirects: 0,
    timeout: 15_000,
  });
}

function sanitised(answer, mode) {
  const got = answer.headers();
  for (const name of GONE) must(got[name] === undefined, `${name}: ${got[name]} was relayed`);
  must(!JSON.stringify(got).includes('evil'), `a header of the server was relayed: ${JSON.stringify(got)}`);
  must(answer.status() < 300 || answer.status() >= 400, `a redirect was relayed (${answer.status()})`);
  const type = got['content-type'] ?? '';
  must(RELAYED.test(type) || (answer.status() >= 400 && OWN_ERROR.test(type)), `content type "${type}" with status ${answer.status()}`);
  must(got['x-content-type-options'] === 'nosniff', 'nosniff is missing');
  const policy = got['content-security-policy'] ?? '';
  if (answer.status() === 200) must(/(^|;)\s*sandbox\s*(;|$)/.test(policy), `no sandboxing policy: ${policy}`);
  must(!policy.includes('unsafe-inline'), 'the policy of the server was relayed');
  if (mode.startsWith('honest')) must(answer.status() === 200, `an honest answer became ${answer.status()}`);
}

/** Tries from the weakest page of the origin, one without a policy of its own where there is one. */
async function registerWorker(context, demo, headers) {
  const page = await context.newPage();
  try {
    await page.setExtraHTTPHeaders(headers);
    await page.goto(`${demo.issuer}/.well-known/oauth-authorization-server`);
    return await page.evaluate(
      (path) => navigator.serviceWorker.register(path, { scope: '/' }).then(() => 'registered', (error) => `refused: ${error.message}`),
      new URL(demo.resource).pathname,
    );
  } finally {
    await page.close();
  }
}
