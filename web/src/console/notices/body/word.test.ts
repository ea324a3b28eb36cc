import { describe, expect, it } from 'vitest';
import { contrast, colorOf, ground, PALETTE, restrained } from './colors';
import { entryOf, isListStyle, rtfPictures } from './word';

describe("Word's lists", () => {
  it('are lists where HTML would number them the same', () => {
    expect(entryOf('l0 level1 lfo1', '1.\u00a0\u00a0 ')).toEqual({ level: 0, ordered: true, start: 1 });
    expect(entryOf('l0 level2 lfo1', '4、')).toEqual({ level: 1, ordered: true, start: 4 });
    expect(entryOf('l1 level1 lfo2', '\uf06c ')).toEqual({ level: 0, ordered: false });
    expect(entryOf('l1 level3 lfo2', '·')).toEqual({ level: 2, ordered: false });
  });

  it('stay words where HTML would number them in another way', () => {
    for (const mark of ['一、', '（一）', '(1)', '1）', '①', '']) {
      expect(entryOf('l0 level1 lfo1', mark)).toBeUndefined();
    }
    expect(isListStyle('l0 level1 lfo1')).toBe(true);
    expect(isListStyle('none')).toBe(false);
    expect(isListStyle(undefined)).toBe(false);
  });
});

describe('pictures in RTF', () => {
  const png = '89504e470d0a1a0a0001';

  it('are found in order, without their copies for other programs', () => {
    const rtf =
      `{\\rtf1 a{\\*\\shppict{\\pict{\\*\\picprop{\\sp{\\sn x}}}\\picw10\\pngblip\\bliptag-1{\\*\\blipuid 00ff}\r\n${png.slice(0, 8)}\r\n${png.slice(8)}}}` +
      `{\\nonshppict{\\pict\\wmetafile8 0100}}b{\\pict\\jpegblip ffd8ffe000104a46}{\\pict\\emfblip 0102030405060708}}`;
    const found = rtfPictures(rtf);
    expect(found.map((blip) => blip?.kind)).toEqual(['image/png', 'image/jpeg', undefined]);
    expect([...(found[0]?.bytes ?? [])].map((byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(png);
  });

  it('are none where there are none, and a text that breaks off is read to its end', () => {
    expect(rtfPictures('{\\rtf1 text}')).toEqual([]);
    expect(rtfPictures('{\\rtf1{\\pict\\pngblip 89504e47')).toEqual([undefined]);
  });
});

describe('colors', () => {
  it('can be read on white', () => {
    for (const { value } of PALETTE) {
      expect(contrast(colorOf(value) ?? [255, 255, 255])).toBeGreaterThanOrEqual(4.5);
    }
    expect(PALETTE.length).toBeLessThanOrEqual(8);
  });

  it('that are pasted become the nearest of the palette', () => {
    expect(restrained('red')).toBe('#c00000');
    expect(restrained('rgb(0, 112, 192)')).toBe('#0b5cad');
    expect(restrained('#00B050')).toBe('#0a6b3d');
    for (const plain of ['black', '#333', 'windowtext', 'rgb(63, 63, 63)', 'white', 'rgba(255, 0, 0, 0.1)', 'url(x)']) {
      expect(restrained(plain)).toBeUndefined();
    }
  });

  it('behind cells are light ones', () => {
    expect(ground('#FFF2CC')).toBe('#fff2cc');
    expect(ground('white')).toBeUndefined();
    expect(ground('#c00000')).toBeUndefined();
  });
});
