// Servers that are commands, behind the agent of a demo that serves them: server-everything over stdio and
// server-filesystem, called by the TypeScript SDK in versions 1 and 2, in both eras, and by the Inspector's command
// line. The demo is run with the folder of agents of its own: this step joins a second agent with `agent import`.
//
//   node stdio.mjs --demo FILE [--out DIR]
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { readDemo } from './lib/demo.mjs';
import { Inspector } from './lib/inspector.mjs';
import { run, start, stop, until } from './lib/processes.mjs';
import { check, finish, must, resultText } from './lib/step.mjs';
import { checkout, outputFolder, script } from './lib/tools.mjs';
import { signIn } from './oauth.mjs';

const launcher = process.env.DOORWARD_LAUNCHER ?? join(checkout, 'doorward');
const me = { name: 'doorward-acceptance', version: '1.0.0' };
const out = outputFolder('stdio');
const demo = await readDemo();
const agentDir = join(out, 'agent');
const files = join(out, 'files');
rmSync(agentDir, { recursive: true, force: true });
rmSync(files, { recursive: true, force: true });
mkdirSync(files, { recursive: true });
writeFileSync(join(files, 'hello.txt'), 'Grüße aus dem Keller\n');

const doorward = (...args) => run(launcher, args, { cwd: checkout, seconds: 60 });
const resource = (service) => new URL(demo.resource.replace(/\/[^/]+\/mcp$/, `/${service}/mcp`));
let agent;

/** The processes that carry the mark of the agent, by their command lines. */
async function marked() {
  const { output } = await run('sh', ['-c', 'grep -lF DOORWARD_PROCESS= /proc/[0-9]*/environ 2>/dev/null || true'], { seconds: 10 });
  return output.split('\n').filter(Boolean);
}

await check('an mcp.json is imported by one command', async () => {
  const invited = await doorward('invite', 'commands', '--services', 'everything,all,files', '--data-dir', dirname(demo.admin_socket));
  const invite = /dwi1_\S+/.exec(invited.output)?.[0];
  must(invite, invited.output);
  const joined = await doorward('agent', 'join', invite, '--data-dir', agentDir);
  must(joined.code === 0, joined.output);
  const everything = script('@modelcontextprotocol/server-everything', 'mcp-server-everything');
  const filesystem = script('@modelcontextprotocol/server-filesystem', 'mcp-server-filesystem');
  const config = {
    mcpServers: {
      Everything: { command: process.execPath, args: [everything, 'stdio'], env: { ACCEPTANCE_SECRET: 'only-in-the-file' } },
      all: { command: process.execPath, args: [everything, 'stdio'] },
      files: { command: process.execPath, args: [filesystem, files] },
    },
  };
  writeFileSync(join(out, 'mcp.json'), JSON.stringify(config));
  const imported = await doorward('agent', 'import', join(out, 'mcp.json'), '--data-dir', agentDir);
  must(imported.code === 0, imported.output);
  const yaml = join(agentDir, 'agent.yaml');
  must(!readFileSync(yaml, 'utf8').includes('only-in-the-file'), 'the secret is in agent.yaml');
  must(existsSync(join(agentDir, 'everything.env')), imported.output);
  // The second one serves all callers with one process.
  writeFileSync(yaml, readFileSync(yaml, 'utf8').replace(/^( +)all:\n/m, '$1all:\n$1  processes: shared\n'));
  return imported.output.split('\n').filter((line) => line.startsWith('Taken')).length + ' taken';
});

await check('the agent runs', async () => {
  agent = start(launcher, ['agent', 'run', '--data-dir', agentDir], { cwd: checkout });
  await until('the link', async () => (await doorward('agent', 'status', '--data-dir', agentDir)).code === 0, { seconds: 30, child: agent });
});

const tokens = new Map();
async function token(service) {
  if (!tokens.has(service)) tokens.set(service, (await signIn({ ...demo, resource: resource(service).href })).access_token);
  return tokens.get(service);
}

const requestInit = async (service) => ({ headers: { authorization: `Bearer ${await token(service)}` } });

async function v1(service, capabilities = {}) {
  const client = new ClientV1(me, { capabilities });
  await client.connect(new HttpV1(resource(service), { requestInit: await requestInit(service) }));
  return client;
}

async function v2(service, options) {
  const client = new ClientV2(me, options);
  await client.connect(new HttpV2(resource(service), { requestInit: await requestInit(service) }));
  return client;
}

async function closing(client, work) {
  try {
    return await work(client);
  } finally {
    await client.transport?.terminateSession?.().catch(() => undefined);
    await client.close();
  }
}

async function echoes(client) {
  const { tools } = await client.listTools();
  must(tools.some((tool) => tool.name === 'echo'), `tools/list has no echo: ${tools.map((tool) => tool.name).join(', ')}`);
  const answer = await client.callTool({ name: 'echo', arguments: { message: 'Grüße' } });
  must(resultText(answer).includes('Grüße'), JSON.stringify(answer).slice(0, 200));
  return `${tools.length} tools`;
}

for (const service of ['everything', 'all']) {
  await check(`${service}: TypeScript SDK 1`, async () => closing(await v1(service), echoes));
  await check(`${service}: TypeScript SDK 2`, async () => closing(await v2(service), echoes));
  await check(`${service}: TypeScript SDK 2, modern era`, async () =>
    closing(await v2(service, { versionNegotiation: { mode: { pin: '2026-07-28' } } }), echoes));
  await check(`${service}: progress on the stream`, async () =>
    closing(await v1(service), async (client) => {
      let heard = 0;
      const long = { name: 'trigger-long-running-operation', arguments: { duration: 1, steps: 4 } };
      await client.callTool(long, undefined, { onprogress: () => heard++ });
      must(heard >= 3, `only ${heard} progress notifications came`);
      return `${heard} notifications`;
    }));
}

await check('everything: what the server asks is asked of the client', async () =>
  closing(await v1('everything', { sampling: {}, elicitation: {} }), async (client) => {
    let asked = 0;
    client.setRequestHandler(CreateMessageRequestSchema, async () => {
      asked++;
      return { model: 'none', role: 'assistant', content: { type: 'text', text: 'a sampled answer' } };
    });
    client.setRequestHandler(ElicitRequestSchema, async () => {
      asked++;
      return { action: 'decline' };
    });
    const { tools } = await client.listTools();
    const tool = tools.find((each) => /sampling-request$/.test(each.name));
    must(tool, `no tool that samples: ${tools.map((each) => each.name).join(', ')}`);
    const answer = await client.callTool({ name: tool.name, arguments: { prompt: 'say something', maxTokens: 10 } });
    must(asked > 0 && resultText(answer).includes('a sampled answer'), JSON.stringify(answer).slice(0, 300));
    return tool.name;
  }));

await check('files: server-filesystem reads what it may and nothing else', async () =>
  closing(await v1('files'), async (client) => {
    const read = (path) => client.callTool({ name: 'read_text_file', arguments: { path } });
    must(resultText(await read(join(files, 'hello.txt'))).includes('Grüße aus dem Keller'), 'hello.txt was not read');
    const denied = await read('/etc/passwd');
    must(denied.isError, JSON.stringify(denied).slice(0, 200));
  }));

await check('files: Inspector, command line, both eras', async () => {
  const inspector = new Inspector({ ...demo, resource: resource('files').href }, join(out, 'inspector'));
  const bearer = ['--header', `Authorization: Bearer ${await token('files')}`];
  const call = ['--method', 'tools/call', '--tool-name', 'read_text_file', '--tool-arg', `path=${join(files, 'hello.txt')}`];
  for (const era of [[], ['--protocol-era', 'modern']]) {
    const { result } = await inspector.cli(...era, ...bearer, ...call);
    must(resultText(result).includes('Grüße aus dem Keller'), JSON.stringify(result).slice(0, 200));
  }
});

await check('twenty clients at once on one process', async () => {
  const clients = await Promise.all(Array.from({ length: 20 }, () => v1('all')));
  try {
    const answers = await Promise.all(
      clients.flatMap((client, i) =>
        Array.from({ length: 10 }, (_, k) =>
          client.callTool({ name: 'echo', arguments: { message: `m-${i}-${k}` } }).then((answer) => resultText(answer).endsWith(`m-${i}-${k}`)),
        ),
      ),
    );
    must(answers.every(Boolean), `${answers.filter((right) => !right).length} of ${answers.length} got another's answer`);
    return `${answers.length} calls`;
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
});

await check('no process outlives an agent that was killed', async () => {
  const others = await marked(); // of agents that other people run on this machine
  const client = await v1('everything');
  const before = (await marked()).filter((each) => !others.includes(each));
  must(before.length > 0, 'no process carries the mark');
  const { output } = await doorward('agent', 'status', '--json', '--data-dir', agentDir);
  process.kill(JSON.parse(output).pid, 'SIGKILL');
  await until('no process', async () => (await marked()).every((each) => !before.includes(each)), { seconds: 10 });
  await client.close().catch(() => undefined);
  return `${before.length} before`;
});

if (agent) await stop(agent);
finish();
