// Where things are: this folder's packages, their commands, the folder for results. All commands run on
// the Node that runs this file, which run.sh chooses (22 or newer).
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

export const here = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const checkout = resolve(process.env.DOORWARD_CHECKOUT ?? join(here, '../..'));
export const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** The script behind a command of an npm package, to be run as `node script`. */
export function script(pkg, command) {
  const file = require.resolve(`${pkg}/package.json`, { paths: [here] });
  const { bin } = require(file);
  return join(dirname(file), typeof bin === 'string' ? bin : bin[command ?? pkg.split('/').pop()]);
}

/** `--name value` of the command line, or the fallback. */
export function option(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 && at + 1 < process.argv.length ? process.argv[at + 1] : fallback;
}

export const flag = (name) => process.argv.includes(`--${name}`);

/** The folder for a step's results, made when it is missing. */
export function outputFolder(name = '') {
  const folder = resolve(option('out', join(checkout, 'target/acceptance')), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
