// The colors of a notice: few, and each readable on white.

export const PALETTE: readonly { name: string; value: string }[] = [
  { name: '红色', value: '#c00000' },
  { name: '橙色', value: '#a14a00' },
  { name: '棕色', value: '#7a4f00' },
  { name: '绿色', value: '#0a6b3d' },
  { name: '蓝色', value: '#0b5cad' },
  { name: '紫色', value: '#6b2fa0' },
  { name: '灰色', value: '#55605a' },
];

type Color = [red: number, green: number, blue: number];

const NAMES: Record<string, string> = {
  red: '#ff0000',
  blue: '#0000ff',
  green: '#008000',
  orange: '#ffa500',
  purple: '#800080',
  yellow: '#ffff00',
  maroon: '#800000',
  navy: '#000080',
  teal: '#008080',
  gray: '#808080',
  white: '#ffffff',
  black: '#000000',
};

export function colorOf(value: string): Color | undefined {
  const text = NAMES[value.trim().toLowerCase()] ?? value.trim();
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(text);
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(text);
  const digits = long ?? short;
  if (digits !== null) {
    return digits.slice(1).map((digit) => Number.parseInt(digit.length === 1 ? digit + digit : digit, 16)) as Color;
  }
  const numbers = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*(?:[,/]\s*([\d.]+)\s*)?\)$/i.exec(text);
  return numbers === null || Number(numbers[4] ?? 1) < 0.5 ? undefined : (numbers.slice(1, 4).map(Number) as Color);
}

function luminance(color: Color): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Color;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** How well something can be read on white, from 1 to 21. */
export const contrast = (color: Color) => 1.05 / (luminance(color) + 0.05);

/** What a color becomes that was pasted: one of the palette, the nearest in hue; none when it was as good as black or white. */
export function restrained(value: string): string | undefined {
  const color = colorOf(value);
  if (color === undefined || Math.max(...color) - Math.min(...color) < 40) {
    return undefined;
  }
  const hue = hueOf(color);
  const distance = (other: string) => {
    const difference = Math.abs(hueOf(colorOf(other) as Color) - hue);
    return Math.min(difference, 360 - difference);
  };
  const colorful = PALETTE.slice(0, -1);
  return colorful.reduce((best, { value: other }) => (distance(other) < distance(best) ? other : best), colorful[0]?.value ?? '');
}

/** The ground of a cell that was pasted, if black is readable on it and it is not white. */
export function ground(value: string): string | undefined {
  const color = colorOf(value);
  if (color === undefined || Math.min(...color) > 250 || contrast(color) > 1.9) {
    return undefined;
  }
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function hueOf([red, green, blue]: Color): number {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (range === 0) {
    return 0;
  }
  const sixth = most === red ? (green - blue) / range : most === green ? (blue - red) / range + 2 : (red - green) / range + 4;
  return (sixth * 60 + 360) % 360;
}
