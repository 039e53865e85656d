// SPDX-License-Identifier: Apache-2.0
// What several groups check alike: refusals by the SDK's class and by the raw body, ids, times, and the
// clock's next tick.
import assert from 'node:assert/strict';

// The SDK throws this class with these fields; resolves to the exception.
export async function refuses(promise, name, fields = {}) {
  let outcome;
  try {
    outcome = await promise;
  } catch (error) {
    assert.equal(error.constructor.name, name, `${error.constructor.name}: ${error.message}`);
    for (const [field, wanted] of Object.entries(fields)) {
      if (wanted instanceof RegExp) assert.match(error[field], wanted);
      else assert.deepEqual(error[field], wanted, field);
    }
    return error;
  }
  assert.fail(`${name} was expected, but it resolved to ${JSON.stringify(outcome)}`);
}

// A raw refusal: this status, a JSON object with a message, this code ("" for none), these inner codes.
export function refused(answer, status, code, inner) {
  const wanted = [status].flat();
  assert.ok(wanted.includes(answer.status), `${answer.status} ${answer.text}, not ${wanted}`);
  assert.match(answer.type, /application\/json/);
  const body = answer.json;
  assert.equal(typeof body.message, 'string', answer.text);
  assert.ok(!('error' in body), 'an "error" key would make the SDK take it for OAuth');
  if (code === '') assert.ok(!('code' in body), answer.text);
  else if (code !== undefined) assert.equal(body.code, code, answer.text);
  if (inner) assert.deepEqual(body.errors.map((problem) => problem.code), inner, answer.text);
  return body;
}

export const isRefusal = (answer) =>
  answer.status >= 400 && answer.status < 500 && typeof answer.json.message === 'string';

export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const id = /^[a-z_]+_[0-9A-HJKMNP-TV-Z]{26}$/;
const prefixes = {
  user: 'user',
  organization: 'org',
  organization_domain: 'org_domain',
  organization_membership: 'om',
  role: 'role',
  permission: 'perm',
  authentication_factor: 'auth_factor',
  authentication_challenge: 'auth_challenge',
  invitation: 'invitation',
  event: 'event',
};

// Every id and time anywhere inside; gathers the kinds of objects it met.
export function checkIdsAndTimes(value, kinds = new Set()) {
  if (Array.isArray(value)) for (const entry of value) checkIdsAndTimes(entry, kinds);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return kinds;
  if (value.object && value.id) {
    kinds.add(value.object);
    assert.ok(prefixes[value.object], `an object of unknown kind ${value.object}`);
    assert.match(value.id, new RegExp(`^${prefixes[value.object]}_[0-9A-Z]{26}$`));
  }
  for (const [name, content] of Object.entries(value)) {
    if (typeof content === 'string') {
      if (name === 'id' || (name.endsWith('_id') && name !== 'external_id')) assert.match(content, id);
      if (name.endsWith('_at')) assert.match(content, time);
    } else {
      checkIdsAndTimes(content, kinds);
    }
  }
  return kinds;
}

// Until the clock shows another millisecond, so that a later time is later.
export async function nextMillisecond() {
  const before = Date.now();
  while (Date.now() <= before + 1) await new Promise((resolve) => setImmediate(resolve));
}

// `count` of what `make(i)` promises, `width` at a time, in order.
export async function many(count, make, width = 16) {
  const results = new Array(count);
  let next = 0;
  const work = async () => {
    while (next < count) {
      const i = next++;
      results[i] = await make(i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, work));
  return results;
}

export const password = 'Correct-Horse-7!';
const salt = 'AAECAwQFBgcICQoLDA0ODw';

// One hash of `password` per type. { type, hash, position }
export const hashes = [
  { type: 'bcrypt', hash: '$2b$10$abcdefghijklmnopqrstuuqXCvI/S4l7068zk4cYJFACTYFHXwsSS' },
  {
    type: 'scrypt',
    hash:
      `$scrypt$v=1$n=16384,r=8,p=1,kl=64$${salt}$DhaD9rOiEqflZDp3UMTqtWPlbcO9ZXHyGChr5MizmM2ExKzK` +
      'xf/x5rMSIU7ql42FmoieVlNbj9w/P0mLSCRnzg',
  },
  {
    type: 'pbkdf2',
    hash: `$pbkdf2$i=600000,d=sha256$${salt}$DCEEEKmDtuE8abyr16CTcguKIVNHpy/1rnvpSO/ITxM`,
  },
  {
    type: 'argon2',
    hash: `$argon2id$v=19$m=4096,t=3,p=1$${salt}$4d/29LsAOKcSKltT4nSDCEONA/M34+yJuLkDcNYyDPE`,
  },
  { type: 'ssha', hash: '{SSHA}8D1Q6omsb8s5S/F+dwfa2ngqTLgAAQIDBAUGBw==' },
  { type: 'ssha256', hash: '{SSHA256}9vVUGwrs3qWHXSVeJHPPFRtQ73xNIPo2ogc0GSboDbgAAQIDBAUGBw==' },
  {
    type: 'ssha256',
    hash: '{SSHA256}ZT3SNB5wP2ypVUPhYMsZ9HJMO9zcjBqtxQ12StgxhN4AAQIDBAUGBw==',
    position: 'prefix',
  },
  {
    type: 'firebase-scrypt',
    hash:
      '$firebase-scrypt$r=8,m=14,sk=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v' +
      `MDEyMzQ1Njc4OTo7PD0+Pw,ss=Qvc$${salt}$BK+Zck2BiVMXGJNNMR8T8rYXP5Sggy2QpBRl5oAyuLXrjxo21YYh/` +
      'GIZoGe1FQfwL0Fkd6tl+SbNBFJBjv1YFg',
  },
];
