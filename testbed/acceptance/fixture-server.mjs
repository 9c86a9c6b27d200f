// The MCP server that the conformance suite is pointed at: every name the suite looks for, both protocol
// eras on one URL. Sessions up to 2025-11-25, stateless from 2026-07-28 on; the shape of a request decides.
//
//   node fixture-server.mjs [--port N]      prints one line, the URL, when it is ready
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { localhostHostValidation, localhostOriginValidation, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { buildServer } from './fixture/build.mjs';
import { Sessions } from './fixture/sessions.mjs';

/** Starts the fixture on 127.0.0.1; resolves to { url, close }. */
export async function startFixture(port = 0) {
  const changes = { tools: () => modern.notify.toolsChanged(), prompts: () => modern.notify.promptsChanged() };
  const modern = createMcpHandler(() => buildServer(changes), { legacy: 'reject' });
  const serveModern = toNodeHandler(modern);
  const sessions = new Sessions(() => buildServer());
  const hostAllowed = localhostHostValidation();
  const originAllowed = localhostOriginValidation();

  const http = createServer(async (req, res) => {
    try {
      if (!hostAllowed(req, res) || !originAllowed(req, res)) return;
      if (new URL(req.url, 'http://fixture').pathname !== '/mcp') {
        res.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not_found"}');
        return;
      }
      const body = req.method === 'POST' ? await readJson(req) : undefined;
      const legacy = await isLegacyRequest(await toWebRequest(req, body), body);
      await (legacy ? sessions.handle(req, res, body) : serveModern(req, res, body));
    } catch (error) {
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ error: String(error) }));
    }
  });
  http.keepAliveTimeout = 60_000;
  await new Promise((ready, failed) => http.once('error', failed).listen(port, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${http.address().port}/mcp`,
    close: async () => {
      await modern.close();
      await sessions.close();
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
}

/** The body as JSON; what does not parse is handed on as an empty object, which the SDK answers with its own error. */
async function readJson(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return {};
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--port');
  const fixture = await startFixture(at > 0 ? Number(process.argv[at + 1]) : 0);
  console.log(fixture.url);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => fixture.close().finally(() => process.exit(0)));
}
