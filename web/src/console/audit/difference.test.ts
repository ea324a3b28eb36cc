import { expect, test } from 'vitest';
import { differences } from './difference';

test('only what was changed is told, lists as a person reads them', () => {
  const names = (slug: string) => (slug === 'hope' ? '希望社区' : slug);
  expect(differences({ roles: ['editor@hope'], disabled: false }, { roles: ['agent@hope', 'town'], disabled: false }, names)).toEqual([
    { part: 'roles', before: '编辑（希望社区）', after: '坐席（希望社区）、镇级查看' },
  ]);
  expect(differences(null, { lines: 3, person: null })).toEqual([{ part: 'lines', before: '', after: '3' }]);
  expect(differences(undefined, undefined)).toEqual([]);
});

test('states, yes and no, and moments are told in words', () => {
  expect(differences({ state: 'first', disabled: false }, { state: 'published', disabled: true, publish_at: Date.UTC(2026, 10, 25, 1) })).toEqual([
    { part: 'state', before: '等待一审', after: '已发布' },
    { part: 'disabled', before: '否', after: '是' },
    { part: 'publish_at', before: '', after: '2026-11-25 09:00' },
  ]);
});

test('a long text is cut between letters', () => {
  const [found] = differences(null, { body: '𠀀'.repeat(300) });
  expect(found?.after).toBe(`${'𠀀'.repeat(160)}……`);
});
