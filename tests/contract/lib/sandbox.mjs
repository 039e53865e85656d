// SPDX-License-Identifier: Apache-2.0
// One statement of the contract is one test with sandboxes of its own: real processes on free ports, so
// that no test sees another's people and none needs a reset. A sandbox that does not end in order when
// it is told to fails its test.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program =
  process.env.USHER_PROGRAM ?? fileURLToPath(new URL('../../../build/usher', import.meta.url));

// Which release of the SDK is the client: "workos-10" or "workos-11", the aliases of package.json.
export const release = process.env.USHER_SDK ?? 'workos-11';
export const { WorkOS } = await import(release);

export const key = 'sk_test_contract';

// `flags` of usher sandbox; the limits are out of the way unless a test wants them.
function launch(flags) {
  const limited = flags.includes('--rate-limit') ? [] : ['--rate-limit', 'off'];
  const child = spawn(program, ['sandbox', '--port', '0', ...limited, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ready = new Promise((resolve, reject) => {
    const listen = (text) => {
      said += text;
      const found = said.match(/http:\/\/127\.0\.0\.1:(\d+)/);
      if (found) resolve(Number(found[1]));
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`usher sandbox ${flags.join(' ')} ended: ${said}`)));
  });
  const ended = new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal, said }));
  });
  return { child, ready, ended };
}

export class Sandbox {
  static async start({ flags = [], faults } = {}) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'usher-contract-'));
    if (faults) {
      const file = path.join(folder, 'faults.json');
      writeFileSync(file, JSON.stringify({ seed: 1, faults }));
      flags = [...flags, '--faults', file];
    }
    const { child, ready, ended } = launch(flags);
    try {
      return new Sandbox(await ready, child, ended, folder);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  constructor(port, child, ended, folder) {
    this.port = port;
    this.child = child;
    this.ended = ended;
    this.folder = folder;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  }

  async stop() {
    this.agent.destroy();
    this.child.kill('SIGTERM');
    const { code, signal, said } = await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the sandbox ended with ${code ?? signal}: ${said}`);
  }

  // The SDK, not repeating anything unless asked. `calls` collects what it sent and what came back.
  client({ apiKey = key, calls = [], ...options } = {}) {
    const fetchFn = async (url, init) => {
      const call = { url: String(url), method: init.method, sent: new Headers(init.headers) };
      calls.push(call);
      const response = await fetch(url, init);
      call.status = response.status;
      call.headers = response.headers;
      return response;
    };
    return new WorkOS(apiKey, {
      apiHostname: '127.0.0.1',
      port: this.port,
      https: false,
      maxRetries: 0,
      clientId: 'client_contract',
      fetchFn,
      ...options,
    });
  }

  get workos() {
    return this.client();
  }

  // A request byte for byte: the path as given, the body as given when it is a string.
  raw(method, target, body, { headers = {}, agent = this.agent } = {}) {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const all = { authorization: `Bearer ${key}`, ...headers };
    if (text !== undefined) {
      all['content-type'] ??= 'application/json';
      all['content-length'] = Buffer.byteLength(text);
    }
    for (const name of Object.keys(all)) if (all[name] === null) delete all[name];
    const options = { host: '127.0.0.1', port: this.port, method, path: target, headers: all, agent };
    return new Promise((resolve, reject) => {
      const request = http.request(options, (response) => {
        const chunks = [];
        const { socket } = response;
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve(new Answer(response, Buffer.concat(chunks), socket, request.reusedSocket));
        });
      });
      request.on('error', reject);
      request.end(text);
    });
  }

  get(target, options) {
    return this.raw('GET', target, undefined, options);
  }
  post(target, body, options) {
    return this.raw('POST', target, body, options);
  }
  put(target, body, options) {
    return this.raw('PUT', target, body, options);
  }
  delete(target, options) {
    return this.raw('DELETE', target, undefined, options);
  }

  // The bodies of a list, read raw.
  async list(target) {
    const answer = await this.get(target);
    if (answer.status !== 200) throw new Error(`GET ${target}: ${answer.status} ${answer.text}`);
    return answer.json.data;
  }

  // Makes something that must succeed; its body as it came.
  async made(target, body) {
    const answer = await this.post(target, body);
    if (answer.status !== 201) throw new Error(`POST ${target}: ${answer.status} ${answer.text}`);
    return answer.json;
  }
}

class Answer {
  constructor(response, bytes, socket, reused) {
    this.status = response.statusCode;
    this.headers = response.headers;
    this.bytes = bytes;
    this.socket = socket;
    this.reused = reused;
  }
  get text() {
    return this.bytes.toString('utf8');
  }
  get json() {
    return JSON.parse(this.text);
  }
  get type() {
    return this.headers['content-type'] ?? '';
  }
}

// statement('16 ...', async (sandbox, start) => ...) or with { flags, faults } in the middle; `start`
// starts more sandboxes. All are stopped when the test ends.
export function statement(title, ...rest) {
  const body = rest.pop();
  test(title, async () => {
    const started = [];
    const start = async (options) => {
      started.push(await Sandbox.start(options));
      return started.at(-1);
    };
    let failure;
    try {
      await body(await start(rest[0]), start);
    } catch (error) {
      failure = error;
    }
    for (const sandbox of started) {
      await sandbox.stop().catch((error) => {
        failure ??= error;
      });
    }
    if (failure) throw failure;
  });
}
