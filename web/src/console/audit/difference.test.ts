import { expect, test } from 'vitest';
import { differences } from './difference';

test('only what was changed is told, lists as a person reads them', () => {
  expect(differences({ roles: ['editor@hope'], disabled: false }, { roles: ['agent@hope', 'admin@hope'], disabled: false })).toEqual([
    { part: 'roles', before: 'editor@hope', after: 'agent@hope、admin@hope' },
  ]);
  expect(differences(null, { lines: 3, person: null })).toEqual([{ part: 'lines', before: '', after: '3' }]);
  expect(differences(undefined, undefined)).toEqual([]);
});
