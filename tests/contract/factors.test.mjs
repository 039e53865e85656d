// SPDX-License-Identifier: Apache-2.0
// Statements 90 to 93: imported second factors. The codes are computed here, from the RFC.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

import { refused, refuses } from './lib/check.mjs';
import { statement } from './lib/sandbox.mjs';

const secret = 'KRSXG5CTMVRXEZLU';

function fromBase32(text) {
  let bits = '';
  for (const letter of text) {
    bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  }
  return Buffer.from(bits.match(/.{8}/g).map((octet) => parseInt(octet, 2)));
}

// RFC 6238 with SHA-1, six digits, thirty seconds.
function codeAt(milliseconds) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(milliseconds / 30_000)));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const at = mac[mac.length - 1] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function enrolled(sandbox) {
  const { multiFactorAuth, userManagement } = sandbox.workos;
  const { id: userId } = await userManagement.createUser({ email: 'noor@example.test' });
  const both = await multiFactorAuth.createUserAuthFactor({
    userId,
    type: 'totp',
    totpSecret: secret,
    totpIssuer: 'Bluefern',
    totpUser: 'noor',
  });
  return { multiFactorAuth, userId, ...both };
}

statement('90 an imported secret is enrolled and shown once', async (sandbox) => {
  const { userId, authenticationFactor, authenticationChallenge } = await enrolled(sandbox);
  assert.equal(authenticationFactor.object, 'authentication_factor');
  assert.equal(authenticationFactor.type, 'totp');
  assert.equal(authenticationFactor.userId, userId);
  const { totp } = authenticationFactor;
  assert.equal(totp.secret, secret);
  assert.equal(totp.issuer, 'Bluefern');
  assert.equal(totp.user, 'noor');
  assert.match(totp.qrCode, /^data:image\/png;base64,/);
  assert.match(totp.uri, /^otpauth:\/\/totp\/Bluefern:noor\?/);
  assert.match(totp.uri, /algorithm=SHA1&digits=6&period=30/);
  assert.ok(totp.uri.includes(`secret=${secret}`));
  assert.equal(authenticationChallenge.object, 'authentication_challenge');
  assert.equal(authenticationChallenge.authenticationFactorId, authenticationFactor.id);
  const left = Date.parse(authenticationChallenge.expiresAt) - Date.now();
  assert.ok(left > 0 && left <= 600_000, `${left} ms`);
});

statement('91 a secret is Base32, and made when none is given', async (sandbox) => {
  const { id } = await sandbox.made('/user_management/users', { email: 'a@example.test' });
  const path = `/user_management/users/${id}/auth_factors`;
  for (const totp_secret of ['not base32!', 'A', '01890189', 7, '']) {
    refused(await sandbox.post(path, { type: 'totp', totp_secret }), 422);
  }
  for (const type of ['sms', undefined, 7]) refused(await sandbox.post(path, { type }), 422);
  const nobody = '/user_management/users/user_nope/auth_factors';
  refused(await sandbox.post(nobody, { type: 'totp' }), 404, 'entity_not_found');
  const made = await sandbox.made(path, { type: 'totp' });
  const { totp } = made.authentication_factor;
  assert.match(totp.secret, /^[A-Z2-7]{16,}$/);
  assert.equal(totp.user, 'a@example.test');
});

statement('92 a listed factor keeps its secret to itself', async (sandbox, start) => {
  const { multiFactorAuth, userId, authenticationFactor } = await enrolled(sandbox);
  const path = `/user_management/users/${userId}/auth_factors`;
  const [listed] = await sandbox.list(path);
  assert.equal(listed.id, authenticationFactor.id);
  assert.deepEqual(listed.totp, { issuer: 'Bluefern', user: 'noor' });
  const one = await sandbox.get(`/auth/factors/${listed.id}`);
  assert.equal(one.status, 200);
  assert.ok(!one.text.includes(secret));
  const bySdk = await multiFactorAuth.listUserAuthFactors({ userId });
  assert.equal(bySdk.data.length, 1);
  const answer = await sandbox.delete(`/auth/factors/${listed.id}`);
  assert.equal(answer.status, 204);
  assert.deepEqual(await sandbox.list(path), []);
  await refuses(multiFactorAuth.deleteFactor(listed.id), 'NotFoundException');

  const single = await start({ flags: ['--single-totp'] });
  const { id } = await single.made('/user_management/users', { email: 'a@example.test' });
  const factors = `/user_management/users/${id}/auth_factors`;
  await single.made(factors, { type: 'totp' });
  refused(await single.post(factors, { type: 'totp' }), 409);
});

statement('93 a code of the imported secret is valid and another is not', async (sandbox) => {
  const { multiFactorAuth, authenticationFactor } = await enrolled(sandbox);
  const verify = async (code) => {
    const { id } = await multiFactorAuth.challengeFactor({
      authenticationFactorId: authenticationFactor.id,
    });
    return multiFactorAuth.verifyChallenge({ authenticationChallengeId: id, code });
  };
  assert.equal((await verify(codeAt(Date.now()))).valid, true);
  const wrong = [-60_000, -30_000, 0, 30_000, 60_000].map((away) => codeAt(Date.now() + away));
  const other = ['000000', '111111', '222222', '333333', '444444', '555555', '666666'];
  const refusedCode = other.find((code) => !wrong.includes(code));
  const answer = await verify(refusedCode);
  assert.equal(answer.valid, false);
  assert.equal(answer.challenge.authenticationFactorId, authenticationFactor.id);
  const challenge = await sandbox.post(`/auth/factors/${authenticationFactor.id}/challenge`, {});
  assert.equal(challenge.status, 201);
  const path = `/auth/challenges/${challenge.json.id}/verify`;
  const raw = await sandbox.post(path, { code: codeAt(Date.now()) });
  assert.equal(raw.status, 201);
  assert.equal(raw.json.valid, true);
  const twice = await sandbox.post(path, { code: codeAt(Date.now()) });
  refused(twice, 422, 'authentication_challenge_previously_verified');
});
