// SPDX-License-Identifier: Apache-2.0
// Statements 104 and 105: the published rate windows at full size, in real time.
import assert from 'node:assert/strict';

import { many, refused } from './lib/check.mjs';
import { key, statement } from './lib/sandbox.mjs';

const users = '/user_management/users';
const real = { flags: ['--rate-limit', 'real'] };
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

// A sandbox whose window of five hundred writes is full and has seconds left. On a machine so busy that
// the filling outlasts the window there is nothing to see, and it is done again.
async function full(start) {
  for (;;) {
    const sandbox = await start(real);
    const began = Date.now();
    const post = (i) => sandbox.post(users, { email: `p${i}@example.test` });
    const answers = await many(500, post, 64);
    for (const answer of answers) assert.equal(answer.status, 201, answer.text);
    if (Date.now() - began < 8000) return sandbox;
  }
}

statement('104 five hundred writes pass in ten seconds and no more', real, async (_, start) => {
  const sandbox = await full(start);
  const over = await sandbox.post(users, { email: 'over@example.test' });
  refused(over, 429, 'rate_limit_exceeded');
  assert.deepEqual(over.json, { message: 'Too many requests.', code: 'rate_limit_exceeded' });
  const seconds = Number(over.headers['retry-after']);
  assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 10, `${seconds}`);
  const found = await sandbox.list(`${users}?email=over@example.test`);
  assert.deepEqual(found, [], 'refused is not done, and reads have a window of their own');
  assert.equal((await sandbox.post('/organizations', { name: 'Bluefern' })).status, 201);
  await sleep(seconds);
  assert.equal((await sandbox.post(users, { email: 'over@example.test' })).status, 201);
});

statement('105 deletions and keys have windows of their own', real, async (sandbox, start) => {
  const ids = await many(52, async (i) => {
    return (await sandbox.made('/organizations', { name: `o${i}` })).id;
  });
  for (const id of ids.slice(0, 50)) {
    assert.equal((await sandbox.delete(`/organizations/${id}`)).status, 202);
  }
  const over = await sandbox.delete(`/organizations/${ids[50]}`);
  refused(over, 429, 'rate_limit_exceeded');
  assert.equal((await sandbox.get(`/organizations/${ids[50]}`)).status, 200, 'it is still there');

  // A hundredth of everything: 5 writes per 10 s for the environment, 60 requests per 60 s for a key.
  const small = await start({ flags: ['--rate-limit', 'real', '--scale', '0.01'] });
  const as = (name) => ({ headers: { authorization: `Bearer ${name}` } });
  const other = 'sk_test_other';
  for (let i = 0; i < 5; i++) {
    const one = as(i % 2 === 0 ? key : other);
    assert.equal((await small.post(users, { email: `p${i}@example.test` }, one)).status, 201);
  }
  const late = { email: 'late@example.test' };
  assert.equal((await small.post(users, late, as(key))).status, 429);
  assert.equal((await small.post(users, late, as(other))).status, 429);
  let general = 0;
  while (general < 100 && (await small.get('/organizations', as(key))).status === 200) general++;
  assert.equal(general, 57, 'sixty, of which three were writes');
  assert.equal((await small.get('/organizations', as(other))).status, 200);
});
