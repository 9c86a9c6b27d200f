// A server that we did not write, server-everything, behind the gateway, and clients that we did not write in
// front of it: the TypeScript SDK in versions 1 and 2, and mcp-remote with an OAuth sign-in of its own.
//
//   node everything.mjs --serve [--port N]          starts server-everything, prints its URL
//   node everything.mjs --demo FILE [--out DIR]     checks a demo that serves it
import { rmSync } from 'node:fs';
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { readDemo, trust } from './lib/demo.mjs';
import { freePort, start, stop, until } from './lib/processes.mjs';
import { check, finish, must, resultText } from './lib/step.mjs';
import { flag, option, outputFolder, script } from './lib/tools.mjs';
import { complete, signIn } from './oauth.mjs';

const SAID = 'Grüße aus dem Keller';
const me = { name: 'doorward-acceptance', version: '1.0.0' };

/** Starts server-everything on a loopback URL; resolves to { url, close }. */
export async function startEverything(port) {
  const at = port ?? (await freePort());
  const args = [script('@modelcontextprotocol/server-everything', 'mcp-server-everything'), 'streamableHttp'];
  const child = start(process.execPath, args, { env: { PORT: String(at) } });
  const url = `http://127.0.0.1:${at}/mcp`;
  await until('server-everything', () => fetch(url).then(() => true, () => false), { seconds: 30, child });
  return { url, close: () => stop(child) };
}

/** Lists the tools, calls echo, hears progress of a long call; closes the client. */
async function exercise(client) {
  try {
    const { tools } = await client.listTools();
    must(tools.some((tool) => tool.name === 'echo'), `tools/list has no echo: ${tools.map((tool) => tool.name).join(', ')}`);
    const answer = await client.callTool({ name: 'echo', arguments: { message: SAID } });
    must(resultText(answer).includes(SAID), `echo answered ${JSON.stringify(answer).slice(0, 200)}`);
    return `${client.getServerVersion()?.name}, ${tools.length} tools`;
  } finally {
    await client.close();
  }
}

async function progress(client) {
  try {
    let heard = 0;
    const long = { name: 'trigger-long-running-operation', arguments: { duration: 1, steps: 4 } };
    await client.callTool(long, undefined, { onprogress: () => heard++ });
    must(heard >= 3, `only ${heard} progress notifications came`);
    return `${heard} notifications`;
  } finally {
    await client.close();
  }
}

async function steps() {
  const out = outputFolder('everything');
  const demo = await readDemo();
  const url = new URL(demo.resource);
  const token = (await check('a token by OAuth', () => signIn(demo)))?.access_token;
  const requestInit = { headers: { authorization: `Bearer ${token}` } };

  const v1 = async () => {
    const client = new ClientV1(me);
    await client.connect(new HttpV1(url, { requestInit }));
    return client;
  };
  const v2 = async () => {
    const client = new ClientV2(me);
    await client.connect(new HttpV2(url, { requestInit }));
    return client;
  };
  await check('TypeScript SDK 1', async () => exercise(await v1()));
  await check('TypeScript SDK 1, progress on the stream', async () => progress(await v1()));
  await check('TypeScript SDK 2', async () => exercise(await v2()));
  await check('TypeScript SDK 2 that tries the modern era first', async () => {
    const client = new ClientV2(me, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new HttpV2(url, { requestInit }));
    return exercise(client);
  });
  await check('mcp-remote with its own sign-in', () => remote(demo, out));
  finish();
}

/** mcp-remote turns the gateway into a stdio server; it prints an authorize URL and waits for its callback. */
async function remote(demo, out) {
  const config = `${out}/mcp-remote`;
  rmSync(config, { recursive: true, force: true });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [script('mcp-remote', 'mcp-remote'), demo.resource, String(await freePort()), '--transport', 'http-only'],
    env: { ...process.env, ...trust(demo), MCP_REMOTE_CONFIG_DIR: config, HOME: out, BROWSER: 'true' },
    stderr: 'pipe',
  });
  let said = '';
  transport.stderr.on('data', (bytes) => (said += bytes));
  const client = new ClientV1(me);
  const connected = client.connect(transport, { timeout: 60_000 });
  connected.catch(() => undefined);
  try {
    const url = await until('the authorize URL of mcp-remote', () => /https?:\/\/\S+\/authorize\?\S+/.exec(said)?.[0], { seconds: 30 });
    await complete(demo, url);
    await connected;
    return await exercise(client);
  } catch (error) {
    throw new Error(`${error.message}; mcp-remote said: ${said.slice(-800)}`);
  } finally {
    await client.close().catch(() => undefined);
  }
}

if (process.argv[1]?.endsWith('/everything.mjs')) {
  if (flag('serve')) {
    const server = await startEverything(option('port'));
    console.log(server.url);
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close().finally(() => process.exit(0)));
  } else {
    await steps();
  }
}
