// SPDX-License-Identifier: Apache-2.0
// That no statement was forgotten: the numbers of all groups together are 1 to 108, each once.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

test('the statements 1 to 108 have one test each', () => {
  const folder = new URL('.', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs'));
  const numbers = files.flatMap((name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    return [...text.matchAll(/^statement\(\s*['"](\d+) /gm)].map(([, number]) => Number(number));
  });
  numbers.sort((a, b) => a - b);
  assert.deepEqual(numbers, Array.from({ length: 108 }, (_, i) => i + 1));
});
