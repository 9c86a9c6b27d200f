// A plain HTTP port on loopback in front of one https URL: it adds the bearer token, for clients that can
// not send a header. Nothing else changes: bodies and streams pass as they come, either side's hang-up
// reaches the other. Host and Origin are rewritten only where they name the shim itself, so that a client
// that forges them still reaches the gateway with the forgery.
//
//   node bearer-shim.mjs --target https://127.0.0.1:8443/demo/mcp --token T [--ca FILE] [--port N]
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { fileURLToPath } from 'node:url';
import { option } from './lib/tools.mjs';

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** @returns {{url: string, close: () => Promise<void>}} url: what to give the client in place of the target. */
export async function startShim({ target, token, ca, port = 0 }) {
  const to = new URL(target);
  const client = to.protocol === 'https:' ? https : http;
  const agent = new client.Agent({ keepAlive: true, ...(ca ? { ca: readFileSync(ca) } : {}) });
  let own;

  const server = http.createServer((req, res) => {
    const upstream = client.request({
      agent,
      host: to.hostname.replace(/^\[|\]$/g, ''),
      port: to.port || (client === https ? 443 : 80),
      method: req.method,
      path: req.url,
      headers: requestHeaders(req, to, own, token),
      setDefaultHeaders: false,
    });
    upstream.on('response', (answer) => {
      res.writeHead(answer.statusCode, answer.statusMessage, endToEnd(answer.rawHeaders));
      res.flushHeaders();
      answer.on('data', (bytes) => res.write(bytes) || (answer.pause(), res.once('drain', () => answer.resume())));
      answer.on('end', () => res.end());
      answer.on('error', () => res.destroy());
    });
    upstream.on('error', (error) => {
      if (res.headersSent || res.destroyed) return res.destroy();
      res.writeHead(502, { 'content-type': 'text/plain' }).end(`bearer-shim: ${error.message}\n`);
    });
    res.on('close', () => res.writableFinished || upstream.destroy());
    req.pipe(upstream);
  });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  await new Promise((ready, failed) => server.once('error', failed).listen(port, '127.0.0.1', ready));
  own = server.address().port;
  return {
    url: `http://127.0.0.1:${own}${to.pathname}`,
    close: async () => {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function requestHeaders(req, to, own, token) {
  const isOwn = (host) => new RegExp(`^(127\\.0\\.0\\.1|localhost|\\[::1\\]):${own}$`).test(host);
  const headers = [];
  for (const [name, value] of pairs(endToEnd(req.rawHeaders))) {
    const key = name.toLowerCase();
    if (key === 'host') headers.push(name, isOwn(value) ? to.host : value);
    else if (key === 'origin') headers.push(name, isOwn(value.replace('http://', '')) ? to.origin : value);
    else if (key !== 'authorization' || !token) headers.push(name, value);
  }
  if (token) headers.push('Authorization', `Bearer ${token}`);
  if (req.headers['transfer-encoding']) headers.push('Transfer-Encoding', 'chunked');
  return headers;
}

const endToEnd = (raw) => [...pairs(raw)].filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase())).flat();

function* pairs(raw) {
  for (let i = 0; i < raw.length; i += 2) yield [raw[i], raw[i + 1]];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const shim = await startShim({
    target: option('target'),
    token: option('token'),
    ca: option('ca'),
    port: Number(option('port', '0')),
  });
  console.log(shim.url);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => shim.close().finally(() => process.exit(0)));
}
