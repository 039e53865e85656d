// SPDX-License-Identifier: Apache-2.0
// Statements 102 and 103: refusals and failures on purpose, and what the SDK makes of them.
import assert from 'node:assert/strict';

import { refuses } from './lib/check.mjs';
import { statement } from './lib/sandbox.mjs';

const once = { count: 1, path: '/user_management/*' };

statement(
  '102 a 429 is waited for as long as it says',
  { faults: [{ kind: 'throttle', retry_after: '1', ...once }] },
  async (sandbox, start) => {
    const calls = [];
    const patient = sandbox.client({ calls, maxRetries: 3 }).userManagement;
    const began = performance.now();
    await patient.listUsers();
    assert.ok(performance.now() - began >= 990, 'it came back too early');
    assert.deepEqual(calls.map(({ status }) => status), [429, 200]);

    const again = await start({ faults: [{ kind: 'throttle', retry_after: '1', ...once }] });
    await refuses(again.workos.userManagement.listUsers(), 'RateLimitExceededException', {
      status: 429,
      retryAfter: 1,
    });
    const silent = await start({ faults: [{ kind: 'throttle', ...once }] });
    await refuses(silent.workos.userManagement.listUsers(), 'RateLimitExceededException', {
      retryAfter: null,
    });
  },
);

statement(
  '103 a 503 is tried four times, a 501 once, an HTML page again',
  { faults: [{ kind: 'error_json', status: 503 }] },
  async (sandbox, start) => {
    const attempts = async (where, name, status) => {
      const calls = [];
      const { userManagement } = where.client({ calls, maxRetries: 3 });
      await refuses(userManagement.listUsers(), name, { status });
      return calls.map((call) => call.status);
    };
    const failing = await attempts(sandbox, 'GenericServerException', 503);
    assert.deepEqual(failing, [503, 503, 503, 503]);
    const unknown = await start({ faults: [{ kind: 'error_json', status: 501 }] });
    assert.deepEqual(await attempts(unknown, 'GenericServerException', 501), [501]);

    const html = await start({ faults: [{ kind: 'error_html', status: 502, count: 1 }] });
    const calls = [];
    const list = await html.client({ calls, maxRetries: 3 }).userManagement.listUsers();
    assert.deepEqual(list.data, []);
    assert.deepEqual(calls.map(({ status }) => status), [502, 200]);
    assert.match(calls[0].headers.get('content-type'), /text\/html/);
  },
);
