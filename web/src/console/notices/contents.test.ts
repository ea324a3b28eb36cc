import { describe, expect, test } from 'vitest';
import { charactersOf, mediumOf, pictureOf } from './contents';

const HASH = 'a'.repeat(64);

describe('the fields of a notice', () => {
  test('are counted in characters as people see them', () => {
    expect(charactersOf('停水𠀀😀')).toBe(4);
  });

  test('name files of the library alone', () => {
    expect(mediumOf(`/h/hope/media/${HASH}.pdf`)).toBe(`${HASH}.pdf`);
    expect(mediumOf('https://v.qq.com/x/page/a.html')).toBeUndefined();
  });

  test('show the cover before the picture that content files brought', () => {
    expect(pictureOf('hope', { cover: `${HASH}.webp`, picture: 'water.jpg' })).toBe(`/h/hope/media/${HASH}-thumb.png`);
    expect(pictureOf('hope', { cover: null, picture: 'water.jpg' })).toBe('/h/hope/pictures/water.jpg');
    expect(pictureOf('hope', { cover: null, picture: null })).toBeUndefined();
  });
});
