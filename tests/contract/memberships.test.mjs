// SPDX-License-Identifier: Apache-2.0
// Statements 66 to 79: who belongs to which organization, in which role and state.
import assert from 'node:assert/strict';

import { nextMillisecond, refused, refuses } from './lib/check.mjs';
import { statement } from './lib/sandbox.mjs';

const memberships = '/user_management/organization_memberships';

// A user and an organization to pair, and the pair as the API wants it.
async function setUp(sandbox, roles = []) {
  const workos = sandbox.workos;
  const user = await workos.userManagement.createUser({ email: 'ada@example.test' });
  const organization = await workos.organizations.createOrganization({ name: 'Bluefern' });
  for (const slug of roles) await workos.authorization.createEnvironmentRole({ slug, name: slug });
  const pair = { userId: user.id, organizationId: organization.id };
  const body = { user_id: user.id, organization_id: organization.id };
  return { ...workos, workos, user, organization, pair, body, management: workos.userManagement };
}

const all = (pair) =>
  `${memberships}?user_id=${pair.userId}&organization_id=${pair.organizationId}` +
  '&statuses=active,inactive,pending';

statement('66 a membership is active and has the default role', async (sandbox) => {
  const { body, user, organization } = await setUp(sandbox);
  const made = await sandbox.made(memberships, body);
  const { id, created_at, updated_at, user: embedded, ...rest } = made;
  assert.match(id, /^om_/);
  assert.deepEqual(rest, {
    object: 'organization_membership',
    user_id: user.id,
    organization_id: organization.id,
    organization_name: 'Bluefern',
    status: 'active',
    directory_managed: false,
    custom_attributes: {},
    role: { slug: 'member' },
    roles: [{ slug: 'member' }],
  });
  assert.equal(embedded.id, user.id);
  assert.equal(embedded.email, 'ada@example.test');
  const read = await sandbox.workos.userManagement.getOrganizationMembership(id);
  assert.deepEqual(read.roles, [{ slug: 'member' }]);
  assert.equal(read.organizationName, 'Bluefern');
});

statement('67 a role is taken by its slug, and only when there is one', async (sandbox) => {
  const { management, pair, body } = await setUp(sandbox, ['editor']);
  const answer = await sandbox.post(memberships, { ...body, role_slug: 'boss' });
  const { message } = refused(answer, 422, 'invalid_role');
  assert.match(message, /boss/);
  assert.deepEqual(await sandbox.list(all(pair)), []);
  const made = await management.createOrganizationMembership({ ...pair, roleSlug: 'editor' });
  assert.deepEqual(made.role, { slug: 'editor' });
  assert.deepEqual(made.roles, [{ slug: 'editor' }]);
});

statement('68 several roles need the setting', async (sandbox, start) => {
  const roleSlugs = ['a', 'b'];
  const off = await setUp(sandbox, roleSlugs);
  await refuses(
    off.management.createOrganizationMembership({ ...off.pair, roleSlugs }),
    'UnprocessableEntityException',
    { code: 'multiple_roles_not_enabled' },
  );
  assert.deepEqual(await sandbox.list(all(off.pair)), []);
  const on = await setUp(await start({ flags: ['--multiple-roles'] }), roleSlugs);
  const made = await on.management.createOrganizationMembership({ ...on.pair, roleSlugs });
  assert.deepEqual(made.roles.map(({ slug }) => slug).sort(), ['a', 'b']);
  assert.ok(roleSlugs.includes(made.role.slug));
});

statement('69 an array of one role is a role, unless strict', async (sandbox, start) => {
  const plain = await setUp(sandbox, ['a', 'b']);
  const both = { ...plain.body, role_slug: 'a', role_slugs: ['a'] };
  refused(await sandbox.post(memberships, both), 422);
  const made = await plain.management.createOrganizationMembership({
    ...plain.pair,
    roleSlugs: ['a'],
  });
  assert.deepEqual(made.role, { slug: 'a' });
  const strict = await setUp(await start({ flags: ['--strict-single-role-array'] }), ['a']);
  await refuses(
    strict.management.createOrganizationMembership({ ...strict.pair, roleSlugs: ['a'] }),
    'UnprocessableEntityException',
    { code: 'multiple_roles_not_enabled' },
  );
});

statement('70 both sides of a membership must be there', async (sandbox) => {
  const { body } = await setUp(sandbox);
  const post = (more) => sandbox.post(memberships, { ...body, ...more });
  const noUser = refused(await post({ user_id: 'user_nope' }), 404, 'entity_not_found');
  assert.equal(noUser.message, "User not found: 'user_nope'.");
  const noOrganization = await post({ organization_id: 'org_nope' });
  const { message } = refused(noOrganization, 404, 'entity_not_found');
  assert.equal(message, "Organization not found: 'org_nope'.");
  for (const user_id of [undefined, null, '', 7]) {
    const { errors } = refused(await post({ user_id }), 422, 'invalid_request_parameters');
    assert.ok(errors.some(({ code }) => code === 'user_id_string_required'));
  }
  refused(await post({ organization_id: undefined }), 422, 'invalid_request_parameters');
});

statement('71 an active pair is made once', async (sandbox, start) => {
  const { management, pair } = await setUp(sandbox);
  await management.createOrganizationMembership(pair);
  await refuses(management.createOrganizationMembership(pair), 'ConflictException', {
    status: 409,
    code: 'organization_membership_already_exists',
  });
  assert.equal((await sandbox.list(all(pair))).length, 1);
  for (const status of [400, 422]) {
    const other = await start({ flags: ['--duplicate-membership-status', String(status)] });
    const { body } = await setUp(other);
    await other.made(memberships, body);
    const again = await other.post(memberships, body);
    refused(again, status, 'organization_membership_already_exists');
  }
});

statement('72 a membership rests and comes back, each once', async (sandbox) => {
  const { management, pair } = await setUp(sandbox, ['editor']);
  const made = await management.createOrganizationMembership({ ...pair, roleSlug: 'editor' });
  const updates = () => sandbox.list('/events?events=organization_membership.updated');
  await nextMillisecond();
  const resting = await management.deactivateOrganizationMembership(made.id);
  assert.equal(resting.status, 'inactive');
  assert.ok(resting.updatedAt > made.updatedAt);
  assert.equal((await updates()).length, 1);
  await nextMillisecond();
  const again = await management.deactivateOrganizationMembership(made.id);
  assert.deepEqual(again, resting);
  assert.equal((await updates()).length, 1);
  const back = await management.reactivateOrganizationMembership(made.id);
  assert.equal(back.status, 'active');
  assert.deepEqual(back.roles, [{ slug: 'editor' }]);
  assert.equal((await updates()).length, 2);
  assert.deepEqual(await management.reactivateOrganizationMembership(made.id), back);
  assert.equal((await updates()).length, 2);
});

statement('73 making a resting pair wakes it with the new role', async (sandbox) => {
  const { management, pair } = await setUp(sandbox, ['a', 'b']);
  const made = await management.createOrganizationMembership({ ...pair, roleSlug: 'a' });
  await management.deactivateOrganizationMembership(made.id);
  const answer = await sandbox.post(memberships, {
    user_id: pair.userId,
    organization_id: pair.organizationId,
    role_slug: 'b',
  });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.id, made.id);
  assert.equal(answer.json.status, 'active');
  assert.deepEqual(answer.json.roles, [{ slug: 'b' }]);
  assert.equal((await sandbox.list(all(pair))).length, 1);
});

statement('74 a pending pair waits for its invitation', async (sandbox) => {
  const { management, pair, body, user } = await setUp(sandbox);
  await management.sendInvitation({ email: user.email, organizationId: pair.organizationId });
  const [pending] = await sandbox.list(all(pair));
  assert.equal(pending.status, 'pending');
  const reactivate = 'cannot_reactivate_pending_organization_membership';
  const deactivate = 'cannot_deactivate_pending_organization_membership';
  refused(await sandbox.post(memberships, body), 400, reactivate);
  refused(await sandbox.put(`${memberships}/${pending.id}/reactivate`, {}), 400, reactivate);
  refused(await sandbox.put(`${memberships}/${pending.id}/deactivate`, {}), 400, deactivate);
  assert.deepEqual(await sandbox.list(all(pair)), [pending]);
});

statement('75 memberships are listed for somebody', async (sandbox) => {
  refused(await sandbox.get(memberships), 400, 'missing_user_id_or_organization_id');
  const { pair } = await setUp(sandbox);
  for (const filter of [`user_id=${pair.userId}`, `organization_id=${pair.organizationId}`]) {
    assert.deepEqual(await sandbox.list(`${memberships}?${filter}`), []);
  }
});

statement('76 a list shows the active ones unless asked', async (sandbox) => {
  const { management, organizations, pair } = await setUp(sandbox);
  const second = await organizations.createOrganization({ name: 'Redwood' });
  const one = await management.createOrganizationMembership(pair);
  const two = await management.createOrganizationMembership({
    userId: pair.userId,
    organizationId: second.id,
  });
  await management.deactivateOrganizationMembership(one.id);
  const ids = async (more) =>
    (await management.listOrganizationMemberships({ userId: pair.userId, ...more })).data.map(
      ({ id }) => id,
    );
  assert.deepEqual(await ids(), [two.id]);
  assert.deepEqual(await ids({ statuses: ['active', 'inactive'] }), [two.id, one.id]);
  assert.deepEqual(await ids({ statuses: ['inactive'] }), [one.id]);
  assert.deepEqual(await ids({ organizationId: second.id }), [two.id]);
  const unknown = await sandbox.get(`${memberships}?user_id=${pair.userId}&statuses=asleep`);
  refused(unknown, 400, 'invalid_request_parameters');
});

statement('77 an update replaces the roles', async (sandbox, start) => {
  const { management, pair } = await setUp(sandbox, ['a', 'b']);
  const made = await management.createOrganizationMembership({ ...pair, roleSlug: 'a' });
  const changed = await management.updateOrganizationMembership(made.id, { roleSlug: 'b' });
  assert.deepEqual(changed.roles, [{ slug: 'b' }]);
  assert.equal(changed.id, made.id);
  const unknown = await sandbox.put(`${memberships}/om_nope`, { role_slug: 'b' });
  const { message } = refused(unknown, 404, 'entity_not_found');
  assert.equal(message, "Organization Membership not found: 'om_nope'.");
  refused(await sandbox.put(`${memberships}/${made.id}`, { role_slug: 'x' }), 422, 'invalid_role');

  const several = await setUp(await start({ flags: ['--multiple-roles'] }), ['a', 'b', 'c']);
  const many = await several.management.createOrganizationMembership({
    ...several.pair,
    roleSlugs: ['a', 'b'],
  });
  const fewer = await several.management.updateOrganizationMembership(many.id, { roleSlugs: ['c'] });
  assert.deepEqual(fewer.roles, [{ slug: 'c' }]);
});

statement('78 a deleted membership is gone and may come anew', async (sandbox) => {
  const { management, pair } = await setUp(sandbox);
  const made = await management.createOrganizationMembership(pair);
  const answer = await sandbox.delete(`${memberships}/${made.id}`);
  assert.equal(answer.status, 200);
  assert.equal(answer.text, '');
  await refuses(management.deleteOrganizationMembership(made.id), 'NotFoundException');
  const again = await management.createOrganizationMembership(pair);
  assert.notEqual(again.id, made.id);
});

statement("79 an organization's role is valid there alone", async (sandbox) => {
  const { authorization, management, organizations, pair } = await setUp(sandbox);
  const other = await organizations.createOrganization({ name: 'Redwood' });
  await authorization.createOrganizationRole(other.id, { slug: 'org-boss', name: 'Boss' });
  await refuses(
    management.createOrganizationMembership({ ...pair, roleSlug: 'org-boss' }),
    'UnprocessableEntityException',
    { code: 'invalid_role' },
  );
  const made = await management.createOrganizationMembership({
    userId: pair.userId,
    organizationId: other.id,
    roleSlug: 'org-boss',
  });
  assert.deepEqual(made.role, { slug: 'org-boss' });
});
