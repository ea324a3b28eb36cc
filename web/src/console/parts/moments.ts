// Moments as an office writes them: Shanghai's time, whatever the computer's clock is set to.

const FORMAT = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** `2026-11-25 16:05`, from unix milliseconds. */
export function moment(millis: number): string {
  const parts = Object.fromEntries(FORMAT.formatToParts(millis).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}`;
}
