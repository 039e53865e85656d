// SPDX-License-Identifier: Apache-2.0
// Statements 95 and 108: the log of what happened.
import assert from 'node:assert/strict';

import { refused, time } from './lib/check.mjs';
import { statement } from './lib/sandbox.mjs';

const names = ['user.created', 'organization.created', 'organization_membership.created'];

statement('95 what is made is told by an event', async (sandbox) => {
  const { events, organizations, userManagement } = sandbox.workos;
  const user = await userManagement.createUser({ email: 'ada@example.test' });
  const organization = await organizations.createOrganization({ name: 'Bluefern' });
  const membership = await userManagement.createOrganizationMembership({
    userId: user.id,
    organizationId: organization.id,
  });
  const { data } = await events.listEvents({ events: names });
  assert.equal(data.length, 3);
  const told = Object.fromEntries(data.map((event) => [event.event, event]));
  assert.deepEqual(told['user.created'].data, user);
  assert.deepEqual(told['organization.created'].data, organization);
  assert.equal(told['organization_membership.created'].data.id, membership.id);
  for (const event of data) {
    assert.match(event.id, /^event_/);
    assert.match(event.createdAt, time);
  }
  const one = await events.listEvents({ events: ['organization.created'] });
  assert.deepEqual(one.data.map(({ event }) => event), ['organization.created']);
  await userManagement.deleteUser(user.id);
  const gone = await events.listEvents({ events: ['user.deleted'] });
  assert.equal(gone.data[0].data.id, user.id);
  refused(await sandbox.get('/events'), 400, 'invalid_events_request');
});

statement('108 a list of events has an after and perhaps no before', async (sandbox) => {
  const empty = await sandbox.get('/events?events=user.created');
  assert.equal(empty.json.list_metadata.after, null);
  for (let i = 0; i < 3; i++) {
    await sandbox.made('/user_management/users', { email: `p${i}@example.test` });
  }
  const page = await sandbox.get('/events?events=user.created&limit=2');
  assert.equal(page.json.data.length, 2);
  assert.equal(typeof page.json.list_metadata.after, 'string');
  const { events } = sandbox.workos;
  const seen = [];
  let after;
  do {
    const list = await events.listEvents({ events: ['user.created'], limit: 1, after });
    seen.push(...list.data.map(({ data }) => data.email));
    after = list.listMetadata.after ?? undefined;
  } while (after && seen.length < 10);
  assert.deepEqual(seen.sort(), ['p0@example.test', 'p1@example.test', 'p2@example.test']);
});
