// SPDX-License-Identifier: Apache-2.0
// Statements 1 to 15: keys, headers, bodies, routes, connections, concurrency, the form of ids.
import assert from 'node:assert/strict';
import http from 'node:http';
import { gunzipSync } from 'node:zlib';

import { checkIdsAndTimes, many, refused, refuses, uuid } from './lib/check.mjs';
import { key, release, statement } from './lib/sandbox.mjs';

const users = '/user_management/users';

statement('1 a configured key is never answered 401', async (sandbox) => {
  const paths = [
    users,
    '/organizations',
    '/events?events=user.created',
    '/authorization/roles',
    '/authorization/permissions',
    '/user_management/invitations',
    '/user_management/organization_memberships?user_id=user_01K3M9QZ7T4X5V2B8C6D0E1F2G',
    '/nope',
  ];
  for (const name of [key, 'sk_live_another']) {
    const headers = { authorization: `Bearer ${name}` };
    for (const path of paths) {
      assert.notEqual((await sandbox.get(path, { headers })).status, 401, path);
    }
  }
});

statement('2 no key and a wrong key are answered 401', async (sandbox) => {
  const none = await sandbox.get(users, { headers: { authorization: null } });
  assert.equal(none.status, 401);
  assert.deepEqual(none.json, { message: 'Unauthorized' });
  const wrong = ['', 'Bearer', 'Bearer ', 'Basic c2tfeDo=', 'sk_test_contract', 'Bearer x'];
  for (const authorization of wrong) {
    const answer = await sandbox.get(users, { headers: { authorization } });
    assert.equal(answer.status, 401, authorization);
    assert.deepEqual(answer.json, { message: 'Unauthorized' });
  }
  const stranger = sandbox.client({ apiKey: 'wrong' });
  await refuses(stranger.userManagement.listUsers(), 'UnauthorizedException', { status: 401 });
});

statement('3 every answer has an X-Request-Id of its own', async (sandbox, start) => {
  const limited = await start({ flags: ['--rate-limit', '1'] });
  await limited.get(users);
  const answers = [
    [await sandbox.get(users), 200],
    [await sandbox.get(users, { headers: { authorization: null } }), 401],
    [await sandbox.get('/nope'), 404],
    [await sandbox.get(`${users}/user_nope`), 404],
    [await sandbox.post(users, {}), 422],
    [await sandbox.post(users, '{"email":'), 400],
    [await sandbox.post(users, { email: 'a@example.test' }), 201],
    [await limited.get(users), 429],
  ];
  for (const [answer, status] of answers) {
    assert.equal(answer.status, status);
    assert.match(answer.headers['x-request-id'], uuid, String(status));
  }
  const all = new Set(answers.map(([answer]) => answer.headers['x-request-id']));
  assert.equal(all.size, answers.length);

  const calls = [];
  const { userManagement } = sandbox.client({ calls });
  const thrown = await refuses(userManagement.getUser('user_nope'), 'NotFoundException');
  const wanted = release === 'workos-10' ? '' : calls[0].headers.get('x-request-id');
  assert.equal(thrown.requestID, wanted, 'release 10 leaves it empty');
});

statement('4 JSON answers say that they are JSON', async (sandbox) => {
  for (const answer of [
    await sandbox.get(users),
    await sandbox.get('/nope'),
    await sandbox.post(users, { email: 'a@example.test' }),
    await sandbox.post(users, { email: 'a@example.test' }),
    await sandbox.post(users, {}),
    await sandbox.get('/authorization/roles'),
    await sandbox.get(users, { headers: { authorization: null } }),
  ]) {
    assert.match(answer.type, /application\/json/);
    assert.equal(typeof answer.json, 'object');
  }
});

statement('5 a GET may name a content type and have no body', async (sandbox) => {
  await sandbox.made(users, { email: 'a@example.test' });
  const plain = await sandbox.get(users);
  const named = await sandbox.get(users, { headers: { 'content-type': 'application/json' } });
  assert.equal(named.status, 200);
  assert.equal(named.text, plain.text);
});

statement('6 an action may be posted without a body', async (sandbox) => {
  const { id } = await sandbox.made('/user_management/invitations', { email: 'a@example.test' });
  const answer = await sandbox.post(`/user_management/invitations/${id}/revoke`, '');
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.state, 'revoked');
});

statement('7 a body that is not JSON is answered 400 and changes nothing', async (sandbox) => {
  const whole = '{"email":"a@example.test","metadata":{"a":"1"}}';
  for (let length = 1; length < whole.length; length++) {
    const answer = await sandbox.post(users, whole.slice(0, length));
    refused(answer, 400);
  }
  refused(await sandbox.post(users, `${whole}x`), 400);
  refused(await sandbox.post(users, '{"email":"a@example.test",}'), 400);
  assert.deepEqual(await sandbox.list(users), []);
});

statement('8 a body that is no object is refused, never a 5xx', async (sandbox) => {
  for (const body of ['[]', '"x"', '7', 'null', 'true', '[{"email":"a@example.test"}]', '']) {
    const answer = await sandbox.post(users, body);
    assert.ok(answer.status >= 400 && answer.status < 500, `${body}: ${answer.status}`);
    assert.equal(typeof answer.json.message, 'string', body);
  }
  for (const depth of [100, 10_000]) {
    const answer = await sandbox.post(users, '['.repeat(depth) + ']'.repeat(depth));
    assert.ok(answer.status >= 400 && answer.status < 500, `depth ${depth}: ${answer.status}`);
  }
  assert.deepEqual(await sandbox.list(users), []);
});

statement('9 an unknown route is answered 404', async (sandbox) => {
  for (const path of ['/nope', '/', '/user_management', '/user_management/nope', '/organizations/a/b/c']) {
    const answer = await sandbox.get(path);
    assert.equal(answer.status, 404, path);
    assert.equal(typeof answer.json.message, 'string');
  }
  await refuses(sandbox.workos.get('/nope'), 'NotFoundException', { status: 404 });
});

statement('10 a wrong method is answered 404', async (sandbox) => {
  const { id } = await sandbox.made(users, { email: 'a@example.test' });
  refused(await sandbox.raw('PATCH', `${users}/${id}`, { first_name: 'A' }), 404);
  refused(await sandbox.raw('PUT', users, {}), 404);
  refused(await sandbox.delete(users), 404);
  assert.equal((await sandbox.get(`${users}/${id}`)).json.first_name, null);
});

statement('11 two hundred requests pass over one connection', async (sandbox) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set();
  for (let i = 0; i < 200; i++) {
    const answer =
      i % 2 === 0
        ? await sandbox.get(`${users}?limit=1`, { agent })
        : await sandbox.post(users, { email: `p${i}@example.test` }, { agent });
    assert.ok(answer.status === 200 || answer.status === 201, answer.text);
    assert.equal(answer.reused, i > 0, `request ${i}`);
    assert.notEqual(answer.headers.connection, 'close');
    ports.add(answer.socket.localPort);
  }
  assert.equal(ports.size, 1);
  agent.destroy();
});

statement('12 sixty-four people made at once are sixty-four people', async (sandbox) => {
  const answers = await many(64, (i) => sandbox.post(users, { email: `p${i}@example.test` }), 64);
  for (const answer of answers) assert.equal(answer.status, 201, answer.text);
  assert.equal(new Set(answers.map((answer) => answer.json.id)).size, 64);
});

statement('13 of two requests with one e-mail address exactly one makes a user', async (sandbox) => {
  for (let i = 0; i < 20; i++) {
    const email = `p${i}@example.test`;
    const answers = await many(2, () => sandbox.post(users, { email }), 2);
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 400]);
  }
  assert.equal((await sandbox.list(`${users}?limit=100`)).length, 20);
});

statement('14 whoever accepts gzip can read the answer', async (sandbox) => {
  await sandbox.made(users, { email: 'a@example.test' });
  const headers = { 'accept-encoding': 'gzip' };
  const answer = await sandbox.get(users, { headers });
  const zipped = answer.headers['content-encoding'] === 'gzip';
  const text = zipped ? gunzipSync(answer.bytes).toString() : answer.text;
  assert.equal(JSON.parse(text).data[0].email, 'a@example.test');
  const { data } = await sandbox.workos.userManagement.listUsers();
  assert.equal(data[0].email, 'a@example.test');
});

statement('15 ids and times have their forms everywhere', async (sandbox) => {
  const user = await sandbox.made(users, { email: 'a@example.test', external_id: 'legacy-1' });
  const organization = await sandbox.made('/organizations', {
    name: 'Bluefern',
    domain_data: [{ domain: 'a.test', state: 'verified' }],
  });
  const made = [
    user,
    organization,
    await sandbox.made('/organization_domains', {
      domain: 'b.test',
      organization_id: organization.id,
    }),
    await sandbox.made('/authorization/roles', { slug: 'editor', name: 'Editor' }),
    await sandbox.made('/authorization/permissions', { slug: 'docs:read', name: 'Read' }),
    await sandbox.made('/user_management/organization_memberships', {
      user_id: user.id,
      organization_id: organization.id,
    }),
    await sandbox.made(`${users}/${user.id}/auth_factors`, { type: 'totp' }),
    await sandbox.made('/user_management/invitations', { email: 'b@example.test' }),
    await sandbox.list('/events?events=user.created,organization.created'),
    await sandbox.list(users),
  ];
  assert.deepEqual([...checkIdsAndTimes(made)].sort(), [
    'authentication_challenge',
    'authentication_factor',
    'event',
    'invitation',
    'organization',
    'organization_domain',
    'organization_membership',
    'permission',
    'role',
    'user',
  ]);
});
