// SPDX-License-Identifier: Apache-2.0
// Statements 80 to 89: roles of the environment and of organizations, and permissions.
import assert from 'node:assert/strict';

import { isRefusal, refused, refuses } from './lib/check.mjs';
import { statement } from './lib/sandbox.mjs';

const rolesPath = '/authorization/roles';
const permissionsPath = '/authorization/permissions';
const ofOrganization = (id) => `/authorization/organizations/${id}/roles`;

async function organizationIn(sandbox) {
  return (await sandbox.workos.organizations.createOrganization({ name: 'Bluefern' })).id;
}

async function permissionsIn(sandbox, ...slugs) {
  for (const slug of slugs) await sandbox.made(permissionsPath, { slug, name: slug });
}

statement('80 a fresh environment has the role member', async (sandbox) => {
  const list = await sandbox.workos.authorization.listEnvironmentRoles();
  assert.deepEqual(list.data.map(({ slug }) => slug), ['member']);
  const answer = await sandbox.get(rolesPath);
  assert.equal(answer.json.object, 'list');
  assert.ok(!('list_metadata' in answer.json));
});

statement('81 a role is made once', async (sandbox) => {
  const { id, created_at, updated_at, ...rest } = await sandbox.made(rolesPath, {
    slug: 'editor',
    name: 'Editor',
  });
  assert.equal(created_at, updated_at);
  assert.deepEqual(rest, {
    object: 'role',
    slug: 'editor',
    name: 'Editor',
    description: null,
    type: 'EnvironmentRole',
    resource_type_slug: 'organization',
    permissions: [],
  });
  const again = { slug: 'editor', name: 'Another' };
  await refuses(sandbox.workos.authorization.createEnvironmentRole(again), 'ConflictException', {
    status: 409,
    code: 'role_slug_conflict',
  });
  const read = await sandbox.workos.authorization.getEnvironmentRole('editor');
  assert.equal(read.name, 'Editor');
});

statement('82 a role has its lengths', async (sandbox) => {
  const most = { slug: 's'.repeat(48), name: 'n'.repeat(48), description: 'd'.repeat(150) };
  assert.equal((await sandbox.post(rolesPath, most)).status, 201);
  for (const more of [
    { slug: 's'.repeat(49) },
    { name: 'n'.repeat(49) },
    { description: 'd'.repeat(151) },
    { slug: '' },
    { name: '' },
    { slug: undefined },
    { name: undefined },
  ]) {
    const answer = await sandbox.post(rolesPath, { ...most, slug: 'other', ...more });
    assert.ok(isRefusal(answer), `${JSON.stringify(more)}: ${answer.status}`);
  }
});

statement('83 an update changes name and description, never the slug', async (sandbox) => {
  const { authorization } = sandbox.workos;
  await authorization.createEnvironmentRole({ slug: 'editor', name: 'Editor' });
  const changed = await authorization.updateEnvironmentRole('editor', {
    name: 'Writer',
    description: 'May write',
  });
  assert.equal(changed.name, 'Writer');
  assert.equal(changed.description, 'May write');
  const answer = await sandbox.raw('PATCH', `${rolesPath}/editor`, { slug: 'writer' });
  assert.ok(answer.status === 200 || isRefusal(answer));
  assert.equal((await authorization.getEnvironmentRole('editor')).slug, 'editor');
  assert.equal((await sandbox.get(`${rolesPath}/writer`)).status, 404);
});

statement('84 permissions are made once, listed by page, deleted', async (sandbox) => {
  const { authorization } = sandbox.workos;
  const made = await sandbox.made(permissionsPath, { slug: 'docs:read', name: 'Read' });
  assert.equal(made.system, false);
  assert.equal(made.object, 'permission');
  assert.equal(made.resource_type_slug, 'organization');
  const again = { slug: 'docs:read', name: 'Read again' };
  await refuses(authorization.createPermission(again), 'ConflictException', {
    code: 'permission_slug_conflict',
  });
  refused(await sandbox.post(permissionsPath, { slug: 'Bad Slug', name: 'Bad' }), [400, 422]);
  for (const slug of ['a', 'b', 'c']) await authorization.createPermission({ slug, name: slug });
  const first = await authorization.listPermissions({ limit: 2 });
  assert.deepEqual(first.data.map(({ slug }) => slug), ['c', 'b']);
  const after = first.listMetadata.after;
  const second = await authorization.listPermissions({ limit: 2, after });
  assert.deepEqual(second.data.map(({ slug }) => slug), ['a', 'docs:read']);
  assert.equal(second.listMetadata.after, null);
  assert.equal((await sandbox.delete(`${permissionsPath}/docs:read`)).status, 204);
  await refuses(authorization.getPermission('docs:read'), 'NotFoundException');
});

statement("85 a role's permissions are set as a whole", async (sandbox) => {
  const { authorization } = sandbox.workos;
  await authorization.createEnvironmentRole({ slug: 'editor', name: 'Editor' });
  await permissionsIn(sandbox, 'p', 'q');
  const set = async (permissions) =>
    (await authorization.setEnvironmentRolePermissions('editor', { permissions })).permissions;
  assert.deepEqual((await set(['p', 'q'])).sort(), ['p', 'q']);
  assert.deepEqual(await set(['q']), ['q']);
  await refuses(set(['q', 'nope']), 'NotFoundException');
  assert.deepEqual((await authorization.getEnvironmentRole('editor')).permissions, ['q']);
  assert.deepEqual(await set([]), []);
});

statement('86 a permission is added to a role, once', async (sandbox) => {
  const { authorization } = sandbox.workos;
  await authorization.createEnvironmentRole({ slug: 'editor', name: 'Editor' });
  await permissionsIn(sandbox, 'p', 'q');
  const add = (permissionSlug) =>
    authorization.addEnvironmentRolePermission('editor', { permissionSlug });
  assert.deepEqual((await add('p')).permissions, ['p']);
  const twice = await add('p');
  assert.deepEqual(twice.permissions, ['p']);
  assert.equal(twice.slug, 'editor');
  assert.deepEqual((await add('q')).permissions.sort(), ['p', 'q']);
  const raw = await sandbox.post(`${rolesPath}/editor/permissions`, { slug: 'p' });
  assert.equal(raw.status, 200);
});

statement('87 an organization has roles of its own', async (sandbox) => {
  const { authorization } = sandbox.workos;
  const organization = await organizationIn(sandbox);
  const role = { slug: 'org-x', name: 'X' };
  const made = await authorization.createOrganizationRole(organization, role);
  assert.equal(made.type, 'OrganizationRole');
  assert.equal(made.slug, 'org-x');
  const path = ofOrganization(organization);
  for (const slug of ['x', 'org-X', 'org x', 'member', `org-${'x'.repeat(45)}`]) {
    assert.ok(isRefusal(await sandbox.post(path, { slug, name: 'X' })), slug);
  }
  const nameless = await authorization.createOrganizationRole(organization, { name: 'Head Cook' });
  assert.match(nameless.slug, /^org-[a-z0-9_-]+$/);
  await refuses(authorization.createOrganizationRole(organization, role), 'ConflictException', {
    code: 'organization_role_slug_conflict',
  });
  const other = await organizationIn(sandbox);
  assert.equal((await authorization.createOrganizationRole(other, role)).slug, 'org-x');
});

statement("88 an organization's roles are the environment's and its own", async (sandbox) => {
  const { authorization } = sandbox.workos;
  const organization = await organizationIn(sandbox);
  await authorization.createEnvironmentRole({ slug: 'editor', name: 'Editor' });
  await authorization.createOrganizationRole(organization, { slug: 'org-x', name: 'X' });
  await permissionsIn(sandbox, 'p', 'q');
  const list = await authorization.listOrganizationRoles(organization);
  const slugs = list.data.map(({ slug }) => slug).sort();
  assert.deepEqual(slugs, ['editor', 'member', 'org-x']);
  assert.ok(!('list_metadata' in (await sandbox.get(ofOrganization(organization))).json));
  const older = await sandbox.list(`/organizations/${organization}/roles`);
  assert.deepEqual(older.map(({ slug }) => slug).sort(), slugs);
  const permissions = ['p', 'q'];
  await authorization.setOrganizationRolePermissions(organization, 'org-x', { permissions });
  const path = `${ofOrganization(organization)}/org-x/permissions/p`;
  const answer = await sandbox.delete(path);
  assert.equal(answer.status, 200);
  assert.equal(answer.json.slug, 'org-x');
  assert.deepEqual(answer.json.permissions, ['q']);
  const role = await authorization.getOrganizationRole(organization, 'org-x');
  assert.deepEqual(role.permissions, ['q']);
});

statement('89 a role in use cannot be deleted', async (sandbox) => {
  const { authorization, userManagement } = sandbox.workos;
  const organizationId = await organizationIn(sandbox);
  await authorization.createOrganizationRole(organizationId, { slug: 'org-x', name: 'X' });
  const user = await userManagement.createUser({ email: 'a@example.test' });
  const pair = { userId: user.id, organizationId };
  const membership = await userManagement.createOrganizationMembership({
    ...pair,
    roleSlug: 'org-x',
  });
  await refuses(authorization.deleteOrganizationRole(organizationId, 'org-x'), 'ConflictException', {
    code: 'role_has_assignments',
  });
  await userManagement.updateOrganizationMembership(membership.id, { roleSlug: 'member' });
  const answer = await sandbox.delete(`${ofOrganization(organizationId)}/org-x`);
  assert.equal(answer.status, 204);
  await refuses(
    authorization.getOrganizationRole(organizationId, 'org-x'),
    'NotFoundException',
  );
});
