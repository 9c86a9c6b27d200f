// MCP Inspector through the gateway: its command line with a bearer token, in both protocol eras; its command
// line with OAuth; its web page with OAuth. Each lists the tools and calls one. The gateway serves the fixture.
//
//   node inspector.mjs --demo FILE [--out DIR]       screenshots of the web page go to DIR/inspector
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { withBrowser } from './lib/browser.mjs';
import { readDemo } from './lib/demo.mjs';
import { Inspector } from './lib/inspector.mjs';
import { freePort, stop } from './lib/processes.mjs';
import { check, finish, must, resultText } from './lib/step.mjs';
import { outputFolder } from './lib/tools.mjs';
import { signIn, walkThrough } from './oauth.mjs';

const TOOL = 'test_simple_text';
const ANSWER = 'This is a simple text response for testing.';

const out = outputFolder('inspector');
rmSync(join(out, 'state'), { recursive: true, force: true });
const demo = await readDemo();
const fresh = (name) => new Inspector(demo, join(out, 'state', name));

function mustList({ result }) {
  const names = (result?.tools ?? []).map((tool) => tool.name);
  must(names.includes(TOOL), `tools/list has no ${TOOL}: ${JSON.stringify(names).slice(0, 200)}`);
  return `${names.length} tools`;
}

function mustAnswer({ result }) {
  must(resultText(result) === ANSWER, `tools/call answered ${JSON.stringify(result).slice(0, 200)}`);
}

const list = ['--method', 'tools/list'];
const call = ['--method', 'tools/call', '--tool-name', TOOL];

await check('command line without a token is told to sign in', async () => {
  const { code, output } = await fresh('none').attempt(...list, '--stored-auth-only');
  must(code === 3 && output.includes('auth_required'), `ended with ${code}: ${output.slice(0, 300)}`);
});

const token = (await check('a token by OAuth', () => signIn(demo)))?.access_token;
const bearer = ['--header', `Authorization: Bearer ${token}`];

await check('command line, bearer token, legacy era', async () => {
  const inspector = fresh('bearer');
  const listed = mustList(await inspector.cli(...bearer, ...list));
  mustAnswer(await inspector.cli(...bearer, ...call));
  return listed;
});

await check('command line, bearer token, modern era', async () => {
  const inspector = fresh('modern');
  const modern = ['--protocol-era', 'modern'];
  const listed = mustList(await inspector.cli(...modern, ...bearer, ...list));
  const answer = await inspector.cli(...modern, ...bearer, ...call);
  mustAnswer(answer);
  must(answer.result._meta?.['io.modelcontextprotocol/serverInfo'], 'the answer is not one of the modern era');
  // An argument that travels twice, in the body and in an Mcp-Param header, which has to arrive untouched.
  const mirror = ['--method', 'tools/call', '--tool-name', 'test_header_params', '--tool-arg', 'region=Zürich'];
  const mirrored = await inspector.cli(...modern, ...bearer, ...mirror);
  must(resultText(mirrored.result) === '{"region":"Zürich"}', `mirrored argument: ${JSON.stringify(mirrored).slice(0, 200)}`);
  return listed;
});

await check('command line, era found out by itself', async () => mustAnswer(await fresh('auto').cli('--protocol-era', 'auto', ...bearer, ...call)));

await check('command line, OAuth', async () => {
  const inspector = fresh('oauth');
  const { seen, json } = await inspector.cliWithSignIn(...list);
  must(seen.includes('sign-in') && seen.includes('consent'), `the browser saw only: ${seen.join(', ')}`);
  const listed = mustList(json);
  mustAnswer(await inspector.cli('--stored-auth-only', ...call));
  return `${listed}, second run on the stored sign-in`;
});

await check('web page, OAuth', async () => {
  const { child, url, base } = await fresh('web').web(await freePort(), randomBytes(16).toString('hex'), out);
  try {
    return await withBrowser(demo, async (context) => {
      const page = await context.newPage();
      const shot = (name) => page.screenshot({ path: join(out, `${name}.png`) });
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      await page.waitForURL((at) => at.origin === new URL(demo.issuer).origin, { timeout: 20_000 });
      await walkThrough(page, demo, { shots: out });
      await page.waitForURL((at) => at.origin === base);
      await page.getByText('Connected', { exact: true }).waitFor();
      await shot('connected');
      await page.getByText('Tools', { exact: true }).first().click();
      await page.getByText(TOOL, { exact: true }).first().click();
      await shot('tools');
      await page.getByRole('button', { name: 'Execute Tool' }).click();
      await page.getByText(ANSWER).first().waitFor();
      await shot('tool-result');
      return `screenshots in ${out}`;
    });
  } finally {
    await stop(child);
  }
});

finish();
