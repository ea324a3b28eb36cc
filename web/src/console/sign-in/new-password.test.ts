import { expect, test } from 'vitest';
import { texts } from '../texts';
import { passwordFaults } from './new-password';

const words = texts.newPassword;

test('a new password is long enough and written twice alike', () => {
  expect(passwordFaults({ current: 'a', next: '楼下的槐树开花了今年', repeat: '楼下的槐树开花了今年' })).toEqual({});
  expect(passwordFaults({ current: '', next: '', repeat: '' })).toEqual({ current: words.missing, next: words.tooShort });
  expect(passwordFaults({ current: 'a', next: '一二三四五六七八九十', repeat: '' })).toEqual({ repeat: words.different });
});

test('its length is counted in characters as people see them', () => {
  expect(passwordFaults({ current: 'a', next: '𠮷𠮷𠮷𠮷𠮷', repeat: '𠮷𠮷𠮷𠮷𠮷' })).toEqual({ next: words.tooShort });
});
