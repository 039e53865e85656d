// SPDX-License-Identifier: Apache-2.0
// Statements 96 to 99: walking through lists.
import assert from 'node:assert/strict';

import { many, refused } from './lib/check.mjs';
import { statement } from './lib/sandbox.mjs';

const users = '/user_management/users';

async function crowd(sandbox, count) {
  await many(count, (i) => sandbox.made(users, { email: `p${i}@example.test` }));
}

const ids = (list) => list.data.map(({ id }) => id);

statement('96 two hundred and fifty users are three pages', async (sandbox) => {
  await crowd(sandbox, 250);
  const { userManagement } = sandbox.workos;
  const first = await userManagement.listUsers({ limit: 100 });
  const second = await userManagement.listUsers({ limit: 100, after: first.listMetadata.after });
  const third = await userManagement.listUsers({ limit: 100, after: second.listMetadata.after });
  assert.deepEqual([first, second, third].map(({ data }) => data.length), [100, 100, 50]);
  assert.equal(first.listMetadata.before, null);
  assert.equal(third.listMetadata.after, null);
  const walked = [first, second, third].flatMap(ids);
  assert.equal(new Set(walked).size, 250);
  assert.deepEqual(walked, [...walked].sort().reverse(), 'newest first');
});

statement('97 the SDK gathers all pages', async (sandbox) => {
  await crowd(sandbox, 250);
  const calls = [];
  const { userManagement } = sandbox.client({ calls });
  const all = await (await userManagement.listUsers()).autoPagination();
  assert.equal(new Set(all.map(({ id }) => id)).size, 250);
  assert.equal(calls.length, 4);
});

statement('98 a walk goes both ways and sees nobody twice', async (sandbox) => {
  await crowd(sandbox, 25);
  const { userManagement } = sandbox.workos;
  const down = ids(await userManagement.listUsers({ limit: 100 }));
  const up = ids(await userManagement.listUsers({ limit: 100, order: 'asc' }));
  assert.deepEqual(up, [...down].reverse());
  for (const order of ['asc', 'desc']) {
    const page = (more) => userManagement.listUsers({ limit: 10, order, ...more });
    const one = await page();
    const two = await page({ after: one.listMetadata.after });
    const three = await page({ after: two.listMetadata.after });
    assert.deepEqual(ids(await page({ before: three.listMetadata.before })), ids(two), order);
    const back = await page({ before: two.listMetadata.before });
    assert.deepEqual(ids(back), ids(one), order);
    assert.equal(back.listMetadata.before, null);
  }
  const seen = [];
  let after;
  for (let i = 0; i < 20; i++) {
    const page = await userManagement.listUsers({ limit: 5, order: 'desc', after });
    seen.push(...ids(page));
    after = page.listMetadata.after;
    if (!after) break;
    await sandbox.made(users, { email: `later${i}@example.test` });
  }
  assert.deepEqual(seen, down, 'the walk sees those who were there, each once');
});

statement('99 what is out of range is refused, or clamped when lenient', async (sandbox, start) => {
  await crowd(sandbox, 12);
  const wrong = ['limit=0', 'limit=101', 'limit=x', 'limit=-1', 'limit=', 'limit=1.5'];
  for (const query of [...wrong, 'after=user_nope', 'before=user_nope', 'order=sideways']) {
    refused(await sandbox.get(`${users}?${query}`), 422, 'invalid_request_parameters');
  }
  assert.equal((await sandbox.list(`${users}?limit=1`)).length, 1);
  assert.equal((await sandbox.list(`${users}?limit=100`)).length, 12);
  const lenient = await start({ flags: ['--lenient-pages'] });
  await crowd(lenient, 12);
  assert.equal((await lenient.list(`${users}?limit=0`)).length, 10);
  assert.equal((await lenient.list(`${users}?limit=101`)).length, 12);
  assert.equal((await lenient.list(`${users}?after=user_nope`)).length, 10);
});
