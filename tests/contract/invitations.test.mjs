// SPDX-License-Identifier: Apache-2.0
// Statement 94: invitations, which a sandbox only writes down.
import assert from 'node:assert/strict';

import { refused } from './lib/check.mjs';
import { statement } from './lib/sandbox.mjs';

const invitations = '/user_management/invitations';
const day = 86_400_000;

statement('94 an invitation waits for its days, once for an organization', async (sandbox) => {
  const { organizations, userManagement } = sandbox.workos;
  const { id: organizationId } = await organizations.createOrganization({ name: 'Bluefern' });
  const email = 'kofi@example.test';
  const sent = Date.now();
  const made = await userManagement.sendInvitation({ email, organizationId, expiresInDays: 3 });
  assert.equal(made.object, 'invitation');
  assert.equal(made.state, 'pending');
  assert.equal(made.email, email);
  assert.equal(made.organizationId, organizationId);
  assert.equal(made.acceptedAt, null);
  assert.equal(made.revokedAt, null);
  assert.ok(made.token.length > 0);
  assert.ok(made.acceptInvitationUrl.includes(made.token));
  const expires = Date.parse(made.expiresAt) - sent;
  assert.ok(expires >= 3 * day - 1000 && expires <= 3 * day + 60_000, `${expires} ms`);

  const post = (more) => sandbox.post(invitations, { email, ...more });
  refused(await post({ expires_in_days: 0 }), 400, 'expires_in_days_too_short');
  refused(await post({ expires_in_days: 31 }), 400, 'expires_in_days_too_long');
  const again = await post({ organization_id: organizationId });
  refused(again, 400, 'email_already_invited_to_organization');
  refused(await post({ organization_id: 'org_nope' }), 404);
  refused(await sandbox.post(invitations, { email: 'nope' }), 422, 'invalid_request_parameters');

  assert.deepEqual(await userManagement.getInvitation(made.id), made);
  assert.deepEqual(await userManagement.findInvitationByToken(made.token), made);
  assert.equal((await sandbox.list(`${invitations}?email=${email}`)).length, 1);
  const revoked = await userManagement.revokeInvitation(made.id);
  assert.equal(revoked.state, 'revoked');
  refused(await sandbox.post(`${invitations}/${made.id}/revoke`, ''), 400, 'invite_not_pending');
  const anew = await post({ organization_id: organizationId });
  assert.equal(anew.status, 201, 'a revoked invitation is in nobody\'s way');
});
