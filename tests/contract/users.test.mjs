// SPDX-License-Identifier: Apache-2.0
// Statements 16 to 51, 106 and 107: users, their e-mail addresses, external ids, metadata, passwords.
import assert from 'node:assert/strict';

import {
  hashes,
  isRefusal,
  nextMillisecond,
  password,
  refused,
  refuses,
  time,
} from './lib/check.mjs';
import { release, statement } from './lib/sandbox.mjs';

const users = '/user_management/users';
const memberships = '/user_management/organization_memberships';

const pairs = (count) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, `value ${i}`]));

const passwordKeys = (value) =>
  value === null || typeof value !== 'object'
    ? []
    : Object.entries(value).flatMap(([name, content]) => [
        ...(name.includes('password') ? [name] : []),
        ...passwordKeys(content),
      ]);

// Posts a user with a hash; every call another person.
let person = 0;
const withHash = (sandbox, password_hash_type, password_hash, more = {}) =>
  sandbox.post(users, {
    email: `hash${person++}@example.test`,
    password_hash_type,
    password_hash,
    ...more,
  });

statement('16 a user needs an e-mail address and no more', async (sandbox) => {
  const made = await sandbox.workos.userManagement.createUser({ email: 'ada@example.test' });
  assert.match(made.createdAt, time);
  const { id, createdAt, updatedAt, ...rest } = made;
  assert.equal(createdAt, updatedAt);
  assert.deepEqual(rest, {
    object: 'user',
    email: 'ada@example.test',
    emailVerified: false,
    name: null,
    firstName: null,
    lastName: null,
    profilePictureUrl: null,
    lastSignInAt: null,
    locale: null,
    externalId: null,
    metadata: {},
  });
  const raw = await sandbox.post(users, { email: 'raw@example.test' });
  assert.equal(raw.status, 201);
  for (const name of ['first_name', 'last_name', 'name', 'external_id', 'locale']) {
    assert.equal(raw.json[name], null, name);
  }
  assert.deepEqual(raw.json.metadata, {});
});

statement('17 every field is echoed and nothing of the password', async (sandbox) => {
  const made = await sandbox.workos.userManagement.createUser({
    email: 'noor@example.test',
    firstName: 'Noor',
    lastName: 'Haddad',
    name: 'Noor Haddad',
    emailVerified: true,
    externalId: 'legacy-40217',
    metadata: { plan: 'team', tier: 'gold' },
    ipAddress: '192.0.2.7',
    userAgent: 'contract/1',
    signalsId: 'sig_1',
    passwordHash: hashes[0].hash,
    passwordHashType: hashes[0].type,
  });
  assert.equal(made.email, 'noor@example.test');
  assert.equal(made.firstName, 'Noor');
  assert.equal(made.lastName, 'Haddad');
  assert.equal(made.name, 'Noor Haddad');
  assert.equal(made.emailVerified, true);
  assert.equal(made.externalId, 'legacy-40217');
  assert.deepEqual(made.metadata, { plan: 'team', tier: 'gold' });
  for (const { type, hash, position } of hashes) {
    const answer = await withHash(sandbox, type, hash, { password_salt_position: position });
    assert.equal(answer.status, 201, answer.text);
    assert.deepEqual(passwordKeys(answer.json), []);
    assert.ok(!answer.text.includes(hash));
  }
  const clear = await sandbox.post(users, { email: 'clear@example.test', password });
  assert.equal(clear.status, 201);
  assert.deepEqual(passwordKeys(clear.json), []);
  assert.ok(!clear.text.includes(password));
});

statement('18 an e-mail address is trimmed and stored in lower case', async (sandbox, start) => {
  const email = ' Mixed@Example.TEST ';
  const made = await sandbox.workos.userManagement.createUser({ email });
  assert.equal(made.email, 'mixed@example.test');
  const preserving = await start({ flags: ['--email-case', 'preserve'] });
  const kept = await preserving.workos.userManagement.createUser({ email });
  assert.equal(kept.email, 'Mixed@Example.TEST');
  const again = await preserving.post(users, { email: 'mixed@example.test' });
  refused(again, 400, 'user_creation_error', ['email_not_available']);
});

statement('19 an e-mail address is taken once, whatever its case', async (sandbox) => {
  const { userManagement } = sandbox.workos;
  await userManagement.createUser({ email: 'ada@example.test' });
  const answer = await sandbox.post(users, { email: 'ADA@Example.test' });
  assert.deepEqual(answer.json, {
    message: 'Could not create user.',
    code: 'user_creation_error',
    errors: [{ code: 'email_not_available', message: 'This email is not available.' }],
  });
  const thrown = await refuses(
    userManagement.createUser({ email: 'Ada@example.test' }),
    'BadRequestException',
    { status: 400, code: 'user_creation_error' },
  );
  assert.equal(thrown.errors.length, 1);
});

statement('20 an external id is taken once', async (sandbox) => {
  await sandbox.made(users, { email: 'a@example.test', external_id: 'x-1' });
  const answer = await sandbox.post(users, { email: 'b@example.test', external_id: 'x-1' });
  refused(answer, 400, 'user_creation_error', ['external_id_already_used']);
  assert.equal((await sandbox.list(users)).length, 1);
  const other = await sandbox.post(users, { email: 'b@example.test', external_id: 'X-1' });
  assert.equal(other.status, 201, 'external ids tell case apart');
});

statement('21 both taken are told in one refusal', async (sandbox) => {
  await sandbox.made(users, { email: 'a@example.test', external_id: 'x-1' });
  const answer = await sandbox.post(users, { email: 'a@example.test', external_id: 'x-1' });
  const wanted = ['email_not_available', 'external_id_already_used'];
  refused(answer, 400, 'user_creation_error', wanted);
});

statement('22 a missing e-mail address is named by its code', async (sandbox) => {
  for (const body of [{}, { email: '' }, { email: null }, { email: '   ' }]) {
    const answer = await sandbox.post(users, body);
    const { errors } = refused(answer, 422, 'invalid_request_parameters');
    assert.ok(errors.some((problem) => problem.code === 'email_string_required'), answer.text);
  }
  await refuses(sandbox.workos.userManagement.createUser({}), 'UnprocessableEntityException', {
    status: 422,
    message: /email_string_required/,
  });
});

statement('23 what is no e-mail address is refused', async (sandbox) => {
  for (const email of ['nope', 42, true, {}, [], 'a@', '@example.test', 'a b@example.test', 'a@b@c']) {
    const answer = await sandbox.post(users, { email });
    refused(answer, 422, 'invalid_request_parameters');
  }
  assert.deepEqual(await sandbox.list(users), []);
});

statement('24 an external id is 1 to 128 ASCII characters', async (sandbox) => {
  const create = (external_id, email) => sandbox.post(users, { email, external_id });
  assert.equal((await create('x'.repeat(128), 'a@example.test')).status, 201);
  assert.equal((await create(null, 'null@example.test')).status, 201);
  for (const external_id of ['x'.repeat(129), 'é', 'legacy-é', '', 7, {}]) {
    refused(await create(external_id, 'b@example.test'), [400, 422]);
  }
  assert.equal((await sandbox.list(users)).length, 2);
});

statement('25 metadata that is not text is refused', async (sandbox) => {
  for (const value of [1, true, { a: 'b' }, ['a'], 1.5]) {
    const answer = await sandbox.post(users, { email: 'a@example.test', metadata: { n: value } });
    const { errors } = refused(answer, 422, 'invalid_request_parameters');
    assert.ok(errors.some((problem) => problem.code === 'metadata_required'), answer.text);
  }
  for (const metadata of ['x', 7, ['a']]) {
    refused(await sandbox.post(users, { email: 'a@example.test', metadata }), 422);
  }
  assert.deepEqual(await sandbox.list(users), []);
});

statement('26 metadata has its limits', async (sandbox) => {
  const create = (metadata, email) => sandbox.post(users, { email, metadata });
  const full = await create(pairs(50), 'a@example.test');
  assert.equal(full.status, 201);
  assert.deepEqual(full.json.metadata, pairs(50));
  const long = { ['k'.repeat(40)]: 'v'.repeat(600) };
  assert.equal((await create(long, 'b@example.test')).status, 201);
  for (const metadata of [pairs(51), { ['k'.repeat(41)]: 'v' }, { k: 'v'.repeat(601) }]) {
    refused(await create(metadata, 'c@example.test'), 400, 'invalid_metadata');
  }
  assert.equal((await sandbox.list(users)).length, 2);
});

statement('27 all seven hash types are taken', async (sandbox) => {
  assert.equal(new Set(hashes.map(({ type }) => type)).size, 7);
  for (const { type, hash, position } of hashes) {
    const answer = await withHash(sandbox, type, hash, { password_salt_position: position });
    assert.equal(answer.status, 201, answer.text);
  }
  const argon2 = '$argon2i$v=19$m=262144,t=5,p=8$AAECAwQFBgc$AAECAwQFBgcICQoLDA0ODw';
  assert.equal((await withHash(sandbox, 'argon2', argon2)).status, 201);
});

statement('28 pbkdf2 keeps within its iterations', async (sandbox) => {
  const create = (parameters) =>
    withHash(sandbox, 'pbkdf2', `$pbkdf2$${parameters}$AAECAwQFBgc$AAECAwQFBgcICQoLDA0ODw`);
  for (const parameters of ['i=599999,d=sha256', 'i=1000001,d=sha256', 'i=1000001,d=sha512']) {
    refused(await create(parameters), 400, 'invalid_password_hash');
  }
  for (const parameters of ['i=209999,d=sha512', 'i=600000,d=sha1', 'i=,d=sha256', 'i=600000']) {
    refused(await create(parameters), 400, 'invalid_password_hash');
  }
  for (const parameters of ['i=210000,d=sha512', 'i=600000,d=sha256', 'i=1000000,d=sha512']) {
    assert.equal((await create(parameters)).status, 201, parameters);
  }
});

statement('29 argon2 keeps within its parameters', async (sandbox) => {
  const create = (parameters) =>
    withHash(sandbox, 'argon2', `$${parameters}$AAECAwQFBgc$AAECAwQFBgcICQoLDA0ODw`);
  for (const parameters of [
    'argon2id$v=16$m=4096,t=3,p=1',
    'argon2id$v=19$m=4095,t=3,p=1',
    'argon2id$v=19$m=262145,t=3,p=1',
    'argon2id$v=19$m=4096,t=6,p=1',
    'argon2id$v=19$m=4096,t=0,p=1',
    'argon2id$v=19$m=4096,t=3,p=9',
    'argon2i$v=19$m=4096,t=2,p=1',
    'argon2x$v=19$m=4096,t=3,p=1',
  ]) {
    refused(await create(parameters), 400, 'invalid_password_hash');
  }
  for (const parameters of ['argon2id$v=19$m=4096,t=1,p=1', 'argon2d$v=19$m=4096,t=2,p=8']) {
    assert.equal((await create(parameters)).status, 201, parameters);
  }
});

statement('30 a scrypt hash is as long as it says', async (sandbox) => {
  const { hash } = hashes.find(({ type }) => type === 'scrypt');
  for (const length of [63, 65, 32, 0]) {
    const answer = await withHash(sandbox, 'scrypt', hash.replace('kl=64', `kl=${length}`));
    refused(answer, 400, 'invalid_password_hash');
  }
});

statement('31 a password and a hash exclude each other', async (sandbox) => {
  const { type, hash } = hashes[0];
  const code = 'password_and_password_hash_provided';
  refused(await withHash(sandbox, type, hash, { password }), 400, code);
  refused(await withHash(sandbox, undefined, hash, { password }), 400, code);
  await refuses(
    sandbox.workos.userManagement.createUser({
      email: 'a@example.test',
      password,
      passwordHash: hash,
      passwordHashType: type,
    }),
    'GenericServerException',
    { status: 400, code },
  );
  assert.deepEqual(await sandbox.list(users), []);
});

statement('32 a password and a hash type exclude each other', async (sandbox) => {
  const answer = await withHash(sandbox, 'bcrypt', undefined, { password });
  refused(answer, 400, 'password_and_password_hash_type_provided');
});

statement('33 a salt position goes with ssha256 alone', async (sandbox) => {
  const position = { password_salt_position: 'suffix' };
  const alone = await sandbox.post(users, { email: 'a@example.test', ...position });
  refused(alone, 400, 'password_salt_position_requires_password_hash');
  const { type, hash } = hashes[0];
  assert.ok(isRefusal(await withHash(sandbox, type, hash, position)));
  const ssha256 = hashes.find((entry) => entry.type === 'ssha256');
  const middle = { password_salt_position: 'middle' };
  assert.ok(isRefusal(await withHash(sandbox, 'ssha256', ssha256.hash, middle)));
  assert.deepEqual(await sandbox.list(users), []);
});

statement('34 a hash and its type come together, and the type is known', async (sandbox) => {
  const code = 'invalid_request_parameters';
  for (const type of ['md5', 'BCRYPT', '', 'okta-bcrypt']) {
    refused(await withHash(sandbox, type, 'd41d8cd98f00b204e9800998ecf8427e'), 422, code);
  }
  refused(await withHash(sandbox, undefined, hashes[0].hash), 422, code);
  refused(await withHash(sandbox, 'bcrypt', undefined), 422, code);
});

statement('35 a weak password is refused with the rules it breaks', async (sandbox) => {
  const answer = await sandbox.post(users, { email: 'a@example.test', password: 'abc' });
  const { errors } = refused(answer, 400, 'password_strength_error');
  assert.ok(errors.length > 0);
  await refuses(
    sandbox.workos.userManagement.createUser({ email: 'a@example.test', password: 'abc' }),
    'BadRequestException',
    { code: 'password_strength_error' },
  );
  assert.deepEqual(await sandbox.list(users), []);
});

statement('36 an imported password opens the door and no other does', async (sandbox) => {
  const { userManagement } = sandbox.workos;
  const signIn = (email, secret) =>
    userManagement.authenticateWithPassword({ clientId: 'client_1', email, password: secret });
  const people = [...hashes, { type: 'clear text' }];
  for (const [i, { type, hash, position }] of people.entries()) {
    const email = `p${i}@example.test`;
    const secret = hash
      ? { password_hash: hash, password_hash_type: type, password_salt_position: position }
      : { password };
    const { id } = await sandbox.made(users, { email, email_verified: true, ...secret });
    const session = await signIn(email, password);
    assert.equal(session.user.id, id, type);
    assert.equal(typeof session.accessToken, 'string');
    for (const wrong of ['Correct-Horse-8!', 'correct-horse-7!', `${password} `]) {
      const thrown = await signIn(email, wrong).then(
        () => assert.fail(`${type}: ${wrong} was let in`),
        (error) => error,
      );
      assert.ok(thrown.status >= 400 && thrown.status < 500, `${type}: ${thrown}`);
    }
  }
});

statement('37 a user is read back by id, and an unknown id is named', async (sandbox) => {
  const { userManagement } = sandbox.workos;
  const made = await userManagement.createUser({ email: 'a@example.test', metadata: { a: '1' } });
  assert.deepEqual(await userManagement.getUser(made.id), made);
  const answer = await sandbox.get(`${users}/user_nope`);
  assert.equal(answer.status, 404);
  assert.deepEqual(answer.json, {
    message: "User not found: 'user_nope'.",
    code: 'entity_not_found',
    entity_id: 'user_nope',
  });
  await refuses(userManagement.getUser('user_nope'), 'NotFoundException', {
    status: 404,
    code: 'entity_not_found',
    message: "User not found: 'user_nope'.",
  });
});

statement('38 an external id with a bar is found raw and encoded', async (sandbox) => {
  const made = await sandbox.made(users, { email: 'a@example.test', external_id: 'auth0|123' });
  const calls = [];
  const { userManagement } = sandbox.client({ calls });
  const found = await userManagement.getUserByExternalId('auth0|123');
  assert.equal(found.id, made.id);
  assert.ok(calls[0].url.endsWith(release === 'workos-10' ? 'auth0|123' : 'auth0%7C123'));
  for (const spelling of ['auth0|123', 'auth0%7C123', 'auth0%7c123', '%61uth0|123']) {
    const answer = await sandbox.get(`${users}/external_id/${spelling}`);
    assert.equal(answer.json.id, made.id, spelling);
  }
});

statement('39 a path is split before it is decoded, and decoded once', async (sandbox) => {
  const ids = ['a/b', 'a%2Fb', 'a b', 'c d?e#f', 'a+b', '..', '%', 'a:b@c', 'external_id'];
  const byId = {};
  for (const [i, external_id] of ids.entries()) {
    byId[external_id] = await sandbox.made(users, { email: `p${i}@example.test`, external_id });
  }
  for (const external_id of ids) {
    const answer = await sandbox.get(`${users}/external_id/${encodeURIComponent(external_id)}`);
    assert.equal(answer.status, 200, external_id);
    assert.equal(answer.json.id, byId[external_id].id, external_id);
  }
  assert.equal((await sandbox.get(`${users}/external_id/a/b`)).status, 404, 'two segments');
  assert.equal((await sandbox.get(`${users}/external_id/%C3%A9`)).status, 404);
  assert.equal((await sandbox.get(`${users}/external_id/%ff%00`)).status, 404);
  if (release !== 'workos-10') {
    const { userManagement } = sandbox.workos;
    assert.equal((await userManagement.getUserByExternalId('a/b')).id, byId['a/b'].id);
    assert.equal((await userManagement.getUserByExternalId('a%2Fb')).id, byId['a%2Fb'].id);
    assert.equal((await userManagement.getUserByExternalId('c d?e#f')).id, byId['c d?e#f'].id);
  }
});

statement('40 an unknown external id is answered 404', async (sandbox) => {
  const { userManagement } = sandbox.workos;
  await refuses(userManagement.getUserByExternalId('nobody'), 'NotFoundException', {
    code: 'entity_not_found',
  });
});

statement('41 users are listed newest first, ten a page', async (sandbox) => {
  for (let i = 0; i < 12; i++) await sandbox.made(users, { email: `p${i}@example.test` });
  const list = await sandbox.workos.userManagement.listUsers();
  assert.equal(list.object, 'list');
  const wanted = Array.from({ length: 10 }, (_, i) => `p${11 - i}@example.test`);
  assert.deepEqual(list.data.map((user) => user.email), wanted);
  assert.deepEqual(Object.keys(list.listMetadata).sort(), ['after', 'before']);
  const raw = (await sandbox.get(users)).json;
  assert.equal(raw.object, 'list');
  assert.deepEqual(raw.list_metadata, { before: null, after: raw.data[9].id });
});

statement('42 users are found by e-mail address, whatever its case', async (sandbox) => {
  const { userManagement } = sandbox.workos;
  const ada = await userManagement.createUser({ email: 'ada@example.test' });
  const tag = await userManagement.createUser({ email: 'ada+work@example.test' });
  const find = async (email) => (await userManagement.listUsers({ email })).data;
  assert.deepEqual(await find('ADA@example.test'), [ada]);
  assert.deepEqual(await find('nobody@example.test'), []);
  assert.deepEqual(await find('ada+work@example.test'), [tag]);
  const encoded = await sandbox.list(`${users}?email=ada%2Bwork%40example.test`);
  assert.deepEqual(encoded.map((user) => user.id), [tag.id]);
  const part = await find('ada@example');
  assert.deepEqual(part, [], 'a part of an address is another address');
});

statement('43 users are listed by organization', async (sandbox) => {
  const { userManagement, organizations } = sandbox.workos;
  const organization = await organizations.createOrganization({ name: 'Bluefern' });
  const member = await userManagement.createUser({ email: 'in@example.test' });
  await userManagement.createUser({ email: 'out@example.test' });
  const inside = async () =>
    (await userManagement.listUsers({ organizationId: organization.id })).data.map(({ id }) => id);
  assert.deepEqual(await inside(), []);
  const { id } = await userManagement.createOrganizationMembership({
    userId: member.id,
    organizationId: organization.id,
  });
  assert.deepEqual(await inside(), [member.id]);
  const older = await sandbox.list(`${users}?organization=${organization.id}`);
  assert.deepEqual(older.map((user) => user.id), [member.id]);
  await userManagement.deactivateOrganizationMembership(id);
  assert.deepEqual(await inside(), [], 'who is not active is no member here');
  const named = { organizationId: organization.id, email: 'in@example.test' };
  assert.deepEqual((await userManagement.listUsers(named)).data, [], 'asked for by name neither');
  await userManagement.reactivateOrganizationMembership(id);
  assert.deepEqual(await inside(), [member.id]);
  assert.equal((await userManagement.listUsers(named)).data.length, 1);
});

statement('44 an update changes the named field and the time', async (sandbox) => {
  const { userManagement } = sandbox.workos;
  const made = await userManagement.createUser({
    email: 'a@example.test',
    lastName: 'Haddad',
    externalId: 'x-1',
    emailVerified: true,
    metadata: { a: '1' },
  });
  await nextMillisecond();
  const changed = await userManagement.updateUser({ userId: made.id, firstName: 'Noor' });
  assert.ok(changed.updatedAt > made.updatedAt);
  assert.deepEqual(changed, { ...made, firstName: 'Noor', updatedAt: changed.updatedAt });
  assert.deepEqual(await userManagement.getUser(made.id), changed);
});

statement('45 metadata is merged, null drops a key, an empty object drops all', async (sandbox) => {
  const { userManagement } = sandbox.workos;
  const { id: userId } = await userManagement.createUser({
    email: 'a@example.test',
    metadata: { a: '1', b: '1', c: '1' },
  });
  const update = async (metadata) =>
    (await userManagement.updateUser({ userId, metadata })).metadata;
  assert.deepEqual(await update({ a: '2', b: null }), { a: '2', c: '1' });
  assert.deepEqual(await update(undefined), { a: '2', c: '1' });
  assert.deepEqual(await update({ nobody: null }), { a: '2', c: '1' });
  assert.deepEqual(await update({}), {});
  assert.deepEqual(await update({ d: '4' }), { d: '4' });
  refused(await sandbox.put(`${users}/${userId}`, { metadata: pairs(50) }), 400, 'invalid_metadata');
});

statement("46 an update to another's e-mail address is refused at the top level", async (sandbox) => {
  const { userManagement } = sandbox.workos;
  await userManagement.createUser({ email: 'a@example.test' });
  const { id } = await userManagement.createUser({ email: 'b@example.test' });
  const answer = await sandbox.put(`${users}/${id}`, { email: 'A@example.test' });
  const body = refused(answer, 400, 'email_not_available');
  assert.ok(!('errors' in body));
  await refuses(
    userManagement.updateUser({ userId: id, email: 'a@example.test' }),
    'GenericServerException',
    { status: 400, code: 'email_not_available' },
  );
  const own = await userManagement.updateUser({ userId: id, email: 'B@example.test' });
  assert.equal(own.email, 'b@example.test');
});

statement("47 an update to another's external id is refused, and null clears it", async (sandbox) => {
  const { userManagement } = sandbox.workos;
  await userManagement.createUser({ email: 'a@example.test', externalId: 'x-1' });
  const { id } = await userManagement.createUser({ email: 'b@example.test', externalId: 'x-2' });
  const answer = await sandbox.put(`${users}/${id}`, { external_id: 'x-1' });
  const body = refused(answer, 400, 'external_id_already_used');
  assert.ok(!('errors' in body));
  const own = await userManagement.updateUser({ userId: id, externalId: 'x-2' });
  assert.equal(own.externalId, 'x-2');
  const cleared = await sandbox.put(`${users}/${id}`, { external_id: null });
  assert.equal(cleared.status, 200, cleared.text);
  assert.equal(cleared.json.external_id, null);
  await refuses(userManagement.getUserByExternalId('x-2'), 'NotFoundException');
  await userManagement.createUser({ email: 'c@example.test', externalId: 'x-2' });
});

statement('48 a changed e-mail address is found and the old one is free', async (sandbox) => {
  const { userManagement } = sandbox.workos;
  const { id } = await userManagement.createUser({ email: 'old@example.test' });
  await userManagement.updateUser({ userId: id, email: 'New@example.test' });
  const find = async (email) => (await userManagement.listUsers({ email })).data.map((u) => u.id);
  assert.deepEqual(await find('new@example.test'), [id]);
  assert.deepEqual(await find('old@example.test'), []);
  const again = await userManagement.createUser({ email: 'old@example.test' });
  assert.notEqual(again.id, id);
});

statement('49 an update of nobody is answered 404', async (sandbox) => {
  refused(await sandbox.put(`${users}/user_nope`, { first_name: 'A' }), 404, 'entity_not_found');
  const update = sandbox.workos.userManagement.updateUser({ userId: 'user_nope', firstName: 'A' });
  await refuses(update, 'NotFoundException', { code: 'entity_not_found' });
});

statement('50 a deleted user is gone with all memberships and may come anew', async (sandbox) => {
  const { userManagement, organizations } = sandbox.workos;
  const organization = await organizations.createOrganization({ name: 'Bluefern' });
  const options = { email: 'a@example.test', externalId: 'x-1' };
  const { id } = await userManagement.createUser(options);
  const pair = { userId: id, organizationId: organization.id };
  const membership = await userManagement.createOrganizationMembership(pair);
  const answer = await sandbox.delete(`${users}/${id}`);
  assert.equal(answer.status, 200);
  assert.equal(answer.text, '');
  await refuses(userManagement.getUser(id), 'NotFoundException');
  const left = `${memberships}?organization_id=${organization.id}&statuses=active,inactive,pending`;
  assert.deepEqual(await sandbox.list(left), []);
  assert.equal((await sandbox.get(`${memberships}/${membership.id}`)).status, 404);
  const again = await userManagement.createUser(options);
  assert.notEqual(again.id, id);
  assert.equal(await userManagement.deleteUser(again.id), undefined);
});

statement('51 deleting nobody is answered 404; identities are a bare array', async (sandbox) => {
  const { userManagement } = sandbox.workos;
  await refuses(userManagement.deleteUser('user_nope'), 'NotFoundException', {
    code: 'entity_not_found',
  });
  const { id } = await userManagement.createUser({ email: 'a@example.test' });
  assert.deepEqual(await userManagement.getUserIdentities(id), []);
  assert.equal((await sandbox.get(`${users}/${id}/identities`)).text.trim(), '[]');
  assert.equal((await sandbox.get(`${users}/user_nope/identities`)).status, 404);
});

statement('106 null counts as absent', async (sandbox) => {
  const answer = await sandbox.post(users, {
    email: 'n@example.test',
    password: null,
    password_hash: null,
    password_hash_type: null,
    email_verified: null,
    first_name: null,
    external_id: null,
    metadata: null,
  });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.email_verified, false);
  assert.deepEqual(answer.json.metadata, {});
  assert.equal(answer.json.external_id, null);
});

statement('107 unknown fields are ignored unless the sandbox is strict', async (sandbox, start) => {
  const bodies = [
    [users, { email: 'a@example.test', colour: 'red' }],
    ['/organizations', { name: 'Bluefern', colour: 'red' }],
    ['/authorization/roles', { slug: 'editor', name: 'Editor', colour: 'red' }],
  ];
  for (const [path, body] of bodies) {
    const answer = await sandbox.post(path, body);
    assert.equal(answer.status, 201, answer.text);
    assert.ok(!('colour' in answer.json));
  }
  const strict = await start({ flags: ['--strict-fields'] });
  for (const [path, body] of bodies) {
    refused(await strict.post(path, body), 422);
    const { colour, ...known } = body;
    assert.equal((await strict.post(path, known)).status, 201);
  }
});
