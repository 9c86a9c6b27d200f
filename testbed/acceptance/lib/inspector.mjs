// Runs MCP Inspector's command line and web backend with a home folder of their own, so that nothing of the
// developer's is read or written. `script` gives the command line the terminal that its sign-in needs.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { complete } from '../oauth.mjs';
import { trust } from './demo.mjs';
import { run, start, stop, tail, until } from './processes.mjs';
import { script } from './tools.mjs';

const command = () => script('@modelcontextprotocol/inspector', 'mcp-inspector');
const quoted = (word) => `'${String(word).replaceAll("'", "'\\''")}'`;

/** An Inspector with its own storage folder; secrets are kept in a file so that a later process finds them. */
export class Inspector {
  constructor(demo, folder) {
    this.demo = demo;
    mkdirSync(join(folder, 'home'), { recursive: true });
    this.env = {
      ...trust(demo),
      HOME: join(folder, 'home'),
      MCP_STORAGE_DIR: join(folder, 'storage'),
      MCP_INSPECTOR_SECRET_STORE: 'file',
      MCP_AUTO_OPEN_ENABLED: 'false',
    };
  }

  #arguments(args) {
    return [command(), '--cli', this.demo.resource, '--transport', 'http', '--format', 'json', ...args];
  }

  /** One command without a terminal; resolves to the JSON it printed, fails with what it said otherwise. */
  async cli(...args) {
    const ended = await run(process.execPath, this.#arguments(args), { env: this.env, seconds: 40 });
    if (ended.code !== 0) throw new Error(`inspector ${args.join(' ')} ended with ${ended.code}: ${tail(ended.output, 600)}`);
    return lastJson(ended.stdout);
  }

  /** The exit code and output of one command, whatever it is. */
  attempt(...args) {
    return run(process.execPath, this.#arguments(args), { env: this.env, seconds: 40 });
  }

  /** One command that signs in first: a browser completes the authorize URL that it prints. */
  async cliWithSignIn(...args) {
    const words = [process.execPath, ...this.#arguments(['--callback-url', 'http://127.0.0.1:0/oauth/callback', ...args])];
    const child = start('script', ['-qfec', words.map(quoted).join(' '), '/dev/null'], { env: this.env });
    try {
      const url = await until('the authorize URL', () => authorizeUrl(child.output), { seconds: 30, child });
      const { seen } = await complete(this.demo, url);
      const { code } = await Promise.race([child.ended, until('the end of the Inspector', () => false, { seconds: 30 })]);
      if (code !== 0) throw new Error(`inspector ended with ${code}: ${tail(child.output, 600)}`);
      return { seen, json: lastJson(child.output) };
    } finally {
      await stop(child);
    }
  }

  /** Starts the web backend; resolves to { child, url } where url opens the page and connects. */
  async web(port, token, folder) {
    const args = [command(), '--web', '--catalog', join(folder, 'catalog.json')];
    const env = { ...this.env, MCP_INSPECTOR_API_TOKEN: token, CLIENT_PORT: String(port) };
    const child = start(process.execPath, args, { env });
    const base = `http://127.0.0.1:${port}`;
    await until('the Inspector page', () => fetch(base).then((answer) => answer.ok, () => false), { seconds: 30, child });
    const query = new URLSearchParams({
      serverUrl: this.demo.resource,
      transport: 'http',
      autoConnect: token,
      MCP_INSPECTOR_API_TOKEN: token,
    });
    return { child, url: `${base}/?${query}`, base };
  }
}

/** The first authorize URL in a terminal's output; it stands in a hyperlink sequence. */
function authorizeUrl(output) {
  return /https?:\/\/[^\s\x07\x1b]+\/authorize\?[^\s\x07\x1b]+/.exec(output)?.[0];
}

/** The last line that is a JSON object. */
function lastJson(output) {
  for (const line of output.split(/\r?\n/).reverse()) {
    const at = line.indexOf('{"');
    if (at < 0) continue;
    try {
      return JSON.parse(line.slice(at));
    } catch {
      // Not this line.
    }
  }
  throw new Error(`no JSON in: ${tail(output, 400)}`);
}
