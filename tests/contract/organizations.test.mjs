// SPDX-License-Identifier: Apache-2.0
// Statements 52 to 65: organizations and their domains.
import assert from 'node:assert/strict';

import { nextMillisecond, refused, refuses } from './lib/check.mjs';
import { statement } from './lib/sandbox.mjs';

const organizationsPath = '/organizations';
const domainsPath = '/organization_domains';
const memberships = '/user_management/organization_memberships';
const states = (organization) =>
  Object.fromEntries(organization.domains.map(({ domain, state }) => [domain, state]));

statement('52 an organization needs a name and no more', async (sandbox) => {
  const made = await sandbox.made(organizationsPath, { name: 'Bluefern' });
  const { id, created_at, updated_at, ...rest } = made;
  assert.equal(created_at, updated_at);
  assert.deepEqual(rest, {
    object: 'organization',
    name: 'Bluefern',
    allow_profiles_outside_organization: false,
    domains: [],
    metadata: {},
    external_id: null,
  });
  const bySdk = await sandbox.workos.organizations.createOrganization({ name: 'Bluefern' });
  assert.equal(bySdk.object, 'organization');
  assert.deepEqual(bySdk.domains, []);
  assert.equal(bySdk.externalId, null);
});

statement('53 a name may be given twice', async (sandbox) => {
  const { organizations } = sandbox.workos;
  const one = await organizations.createOrganization({ name: 'Bluefern' });
  const two = await organizations.createOrganization({ name: 'Bluefern' });
  assert.notEqual(one.id, two.id);
});

statement('54 domains come with a state', async (sandbox) => {
  const made = await sandbox.workos.organizations.createOrganization({
    name: 'Bluefern',
    domainData: [
      { domain: 'a.test', state: 'verified' },
      { domain: 'c.test', state: 'pending' },
    ],
  });
  assert.deepEqual(states(made), { 'a.test': 'verified', 'c.test': 'pending' });
  for (const domain of made.domains) {
    assert.equal(domain.object, 'organization_domain');
    assert.match(domain.id, /^org_domain_/);
    assert.equal(domain.organizationId, made.id);
  }
  const older = await sandbox.made(organizationsPath, { name: 'Old', domains: ['b.test'] });
  assert.deepEqual(states(older), { 'b.test': 'legacy_verified' });
});

statement('55 what is wrong in an organization is refused', async (sandbox) => {
  for (const body of [
    {},
    { name: '' },
    { name: '  ' },
    { name: 7 },
    { name: null },
    { name: 'A', domain_data: [{ domain: 'a.test', state: 'maybe' }] },
    { name: 'A', domain_data: [{ domain: 'a.test' }] },
    { name: 'A', domain_data: [{ state: 'verified' }] },
    { name: 'A', domain_data: 'a.test' },
    { name: 'A', domain_data: [7] },
    { name: 'A', domains: [7] },
    { name: 'A', domain_data: [{ domain: 'not a domain', state: 'verified' }] },
  ]) {
    refused(await sandbox.post(organizationsPath, body), 422);
  }
  assert.deepEqual(await sandbox.list(organizationsPath), []);
});

statement('56 an external id is taken once', async (sandbox) => {
  const { organizations } = sandbox.workos;
  await organizations.createOrganization({ name: 'A', externalId: 'acct-1' });
  const thrown = await refuses(
    organizations.createOrganization({ name: 'B', externalId: 'acct-1' }),
    'GenericServerException',
    { status: 400, code: 'external_id_already_used' },
  );
  assert.match(thrown.message, /external_id/);
  assert.match(thrown.message, /already been assigned/);
  assert.equal((await sandbox.list(organizationsPath)).length, 1);
});

statement('57 a user and an organization may share an external id', async (sandbox) => {
  await sandbox.made(organizationsPath, { name: 'A', external_id: 'shared-1' });
  await sandbox.made('/user_management/users', { email: 'a@example.test', external_id: 'shared-1' });
});

statement('58 an organization is read back by id and by external id', async (sandbox) => {
  const { organizations } = sandbox.workos;
  const made = await organizations.createOrganization({
    name: 'Bluefern',
    externalId: 'acct|1',
    metadata: { tier: 'gold' },
    domainData: [{ domain: 'a.test', state: 'verified' }],
  });
  assert.deepEqual(await organizations.getOrganization(made.id), made);
  assert.deepEqual(await organizations.getOrganizationByExternalId('acct|1'), made);
  for (const lookup of [
    () => organizations.getOrganization('org_nope'),
    () => organizations.getOrganizationByExternalId('nope'),
  ]) {
    await refuses(lookup(), 'NotFoundException', { code: 'entity_not_found' });
  }
  const answer = await sandbox.get(`${organizationsPath}/org_nope`);
  assert.deepEqual(answer.json, {
    message: "Organization not found: 'org_nope'.",
    code: 'entity_not_found',
    entity_id: 'org_nope',
  });
});

statement('59 organizations are listed by any of several domains', async (sandbox) => {
  const { organizations } = sandbox.workos;
  const create = (name, domain) =>
    organizations.createOrganization({ name, domainData: [{ domain, state: 'verified' }] });
  const a = await create('A', 'a.test');
  const b = await create('B', 'b.test');
  const z = await create('Z', 'z.test');
  const ids = async (domains) =>
    (await organizations.listOrganizations({ domains })).data.map(({ id }) => id).sort();
  assert.deepEqual(await ids(['a.test', 'z.test']), [a.id, z.id].sort());
  assert.deepEqual(await ids(['B.test']), [b.id]);
  assert.deepEqual(await ids(['nope.test']), []);
  assert.deepEqual(await ids(undefined), [a.id, b.id, z.id].sort());
});

statement('60 organizations are searched by name', async (sandbox) => {
  await sandbox.made(organizationsPath, { name: 'Bluefern Logistics' });
  await sandbox.made(organizationsPath, { name: 'Deep Blue' });
  await sandbox.made(organizationsPath, { name: 'Redwood' });
  const found = async (text) =>
    (await sandbox.list(`${organizationsPath}?search=${text}`)).map(({ name }) => name);
  assert.deepEqual(await found('blu'), ['Deep Blue', 'Bluefern Logistics']);
  assert.deepEqual(await found('FERN%20LOG'), ['Bluefern Logistics']);
  assert.deepEqual(await found('green'), []);
});

statement('61 an update keeps what it does not name', async (sandbox) => {
  const { organizations } = sandbox.workos;
  const made = await organizations.createOrganization({
    name: 'Bluefern',
    externalId: 'acct-1',
    metadata: { a: '1', b: '1', c: '1' },
    domainData: [{ domain: 'a.test', state: 'verified' }],
  });
  await nextMillisecond();
  const organization = made.id;
  const renamed = await organizations.updateOrganization({ organization, name: 'Redfern' });
  assert.ok(renamed.updatedAt > made.updatedAt);
  assert.deepEqual(renamed, { ...made, name: 'Redfern', updatedAt: renamed.updatedAt });
  const merge = async (metadata) =>
    (await organizations.updateOrganization({ organization, metadata })).metadata;
  assert.deepEqual(await merge({ a: '2', b: null }), { a: '2', c: '1' });
  assert.deepEqual(await merge({}), {});
});

statement('62 an update minds external ids and replaces the domains', async (sandbox) => {
  const { organizations } = sandbox.workos;
  await organizations.createOrganization({ name: 'A', externalId: 'acct-1' });
  const { id: organization } = await organizations.createOrganization({
    name: 'B',
    externalId: 'acct-2',
    domainData: [
      { domain: 'a.test', state: 'verified' },
      { domain: 'b.test', state: 'verified' },
    ],
  });
  const own = await organizations.updateOrganization({ organization, externalId: 'acct-2' });
  assert.equal(own.externalId, 'acct-2');
  await refuses(
    organizations.updateOrganization({ organization, externalId: 'acct-1' }),
    'GenericServerException',
    { status: 400, code: 'external_id_already_used' },
  );
  const replaced = await organizations.updateOrganization({
    organization,
    domainData: [
      { domain: 'b.test', state: 'verified' },
      { domain: 'c.test', state: 'pending' },
    ],
  });
  assert.deepEqual(states(replaced), { 'b.test': 'verified', 'c.test': 'pending' });
  const cleared = await sandbox.put(`${organizationsPath}/${organization}`, { external_id: null });
  assert.equal(cleared.json.external_id, null);
  await refuses(organizations.getOrganizationByExternalId('acct-2'), 'NotFoundException');
});

statement('63 a deletion is accepted, and the organization is gone', async (sandbox) => {
  const { organizations, userManagement } = sandbox.workos;
  const { id } = await organizations.createOrganization({ name: 'A', externalId: 'acct-1' });
  const user = await userManagement.createUser({ email: 'a@example.test' });
  const pair = { userId: user.id, organizationId: id };
  const membership = await userManagement.createOrganizationMembership(pair);
  const answer = await sandbox.delete(`${organizationsPath}/${id}`);
  assert.equal(answer.status, 202);
  assert.match(answer.type, /^text\/plain/);
  assert.equal(answer.text, 'Accepted');
  await refuses(organizations.getOrganization(id), 'NotFoundException');
  await refuses(organizations.getOrganizationByExternalId('acct-1'), 'NotFoundException');
  const left = `${memberships}?user_id=${user.id}&statuses=active,inactive,pending`;
  assert.deepEqual(await sandbox.list(left), []);
  assert.equal((await sandbox.get(`${memberships}/${membership.id}`)).status, 404);
  const other = await organizations.createOrganization({ name: 'B', externalId: 'acct-1' });
  assert.equal(await organizations.deleteOrganization(other.id), undefined);
  refused(await sandbox.delete(`${organizationsPath}/org_nope`), 404, 'entity_not_found');
});

statement('64 a domain is added pending, once for an organization', async (sandbox, start) => {
  const { organizations, organizationDomains } = sandbox.workos;
  const { id: organizationId } = await organizations.createOrganization({ name: 'A' });
  const payload = { domain: 'a.test', organizationId };
  const made = await organizationDomains.createOrganizationDomain(payload);
  assert.equal(made.state, 'pending');
  assert.equal(made.organizationId, organizationId);
  assert.equal(made.verificationStrategy, 'dns');
  assert.ok(made.verificationToken);
  await refuses(organizationDomains.createOrganizationDomain(payload), 'ConflictException', {
    status: 409,
    code: 'domain_already_exists',
  });
  const stored = await organizations.getOrganization(organizationId);
  assert.deepEqual(states(stored), { 'a.test': 'pending' });

  const domainData = [{ domain: 'a.test', state: 'verified' }];
  await organizations.createOrganization({ name: 'B', domainData });
  const unique = (await start({ flags: ['--domain-unique'] })).workos.organizations;
  await unique.createOrganization({ name: 'A', domainData });
  await refuses(unique.createOrganization({ name: 'B', domainData }), 'ConflictException');
});

statement('65 a domain is verified once and can be deleted', async (sandbox) => {
  const { organizations, organizationDomains } = sandbox.workos;
  const organization = await organizations.createOrganization({
    name: 'A',
    domainData: [{ domain: 'done.test', state: 'verified' }],
  });
  const { id } = await organizationDomains.createOrganizationDomain({
    domain: 'a.test',
    organizationId: organization.id,
  });
  const answer = await sandbox.post(`${domainsPath}/${id}/verify`, '');
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.id, id);
  await refuses(
    organizationDomains.verifyOrganizationDomain(organization.domains[0].id),
    'GenericServerException',
    { status: 400, code: 'domain_already_verified' },
  );
  const deleted = await sandbox.delete(`${domainsPath}/${id}`);
  assert.equal(deleted.status, 204);
  await refuses(organizationDomains.getOrganizationDomain(id), 'NotFoundException');
  const kept = organization.domains[0].id;
  assert.equal((await organizationDomains.getOrganizationDomain(kept)).domain, 'done.test');
});
