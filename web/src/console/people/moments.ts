// A moment as an office writes it, in Shanghai whatever the machine thinks.

const format = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

export function moment(millis: number | null | undefined): string {
  return millis === null || millis === undefined ? '' : format.format(millis).replaceAll('/', '-');
}
