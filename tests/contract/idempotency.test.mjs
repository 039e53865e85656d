// SPDX-License-Identifier: Apache-2.0
// Statements 100 and 101: the same request twice, and the safety net taken away.
import assert from 'node:assert/strict';

import { refuses } from './lib/check.mjs';
import { statement } from './lib/sandbox.mjs';

const users = '/user_management/users';
const cut = [{ kind: 'commit_then_cut', method: 'POST', path: users, count: 1 }];

statement('100 one key makes one organization', async (sandbox, start) => {
  const calls = [];
  const { organizations } = sandbox.client({ calls });
  const options = { idempotencyKey: 'k' };
  const one = await organizations.createOrganization({ name: 'Bluefern' }, options);
  const two = await organizations.createOrganization({ name: 'Bluefern' }, options);
  assert.deepEqual(two, one);
  assert.deepEqual(calls.map(({ status }) => status), [201, 201]);
  const [first, second] = calls.map(({ headers }) => headers.get('x-request-id'));
  assert.notEqual(first, second);
  await refuses(
    organizations.createOrganization({ name: 'Redwood' }, options),
    'GenericServerException',
    { status: 400, message: /^Another idempotency key \(k\)/ },
  );
  assert.equal((await sandbox.list('/organizations')).length, 1);
  const other = await organizations.createOrganization(
    { name: 'Bluefern' },
    { idempotencyKey: 'another' },
  );
  assert.notEqual(other.id, one.id);

  const headers = { 'idempotency-key': 'k' };
  const body = { email: 'a@example.test' };
  const ofKey = async (where) => [
    (await where.post(users, body, { headers })).status,
    (await where.post(users, body, { headers })).status,
  ];
  assert.deepEqual(await ofKey(sandbox), [201, 201], 'every POST minds its key');
  const partly = await start({ flags: ['--idempotency', 'organizations'] });
  assert.deepEqual(await ofKey(partly), [201, 400]);
  const made = { name: 'Bluefern' };
  const ids = [
    (await partly.post('/organizations', made, { headers })).json.id,
    (await partly.post('/organizations', made, { headers })).json.id,
  ];
  assert.equal(ids[0], ids[1]);
});

statement(
  '101 a commit whose answer is lost is repeated under one key',
  { faults: cut },
  async (sandbox, start) => {
    const calls = [];
    const { userManagement } = sandbox.client({ calls, maxRetries: 3 });
    const made = await userManagement.createUser({ email: 'a@example.test' });
    assert.equal(calls.length, 2);
    const [first, second] = calls.map((call) => call.sent.get('idempotency-key'));
    assert.match(first, /^retry-/);
    assert.equal(second, first);
    assert.deepEqual((await sandbox.list(users)).map(({ id }) => id), [made.id]);

    const without = await start({ faults: cut, flags: ['--idempotency', 'off'] });
    const bare = without.client({ maxRetries: 3 }).userManagement;
    const thrown = await refuses(
      bare.createUser({ email: 'a@example.test' }),
      'BadRequestException',
    );
    assert.deepEqual(thrown.errors.map(({ code }) => code), ['email_not_available']);
    assert.equal((await without.list(users)).length, 1);
  },
);
