// Every word of the media library.

import type { Schemas } from '../api/client';

export type MediaKind = Schemas['MediaKind'];

const kinds: Record<MediaKind, string> = {
  picture: '图片',
  file: '文件',
  audio: '录音',
  video_link: '视频链接',
};

const uses: Record<string, string> = {
  notice: '公告',
  article: '文章',
  section: '栏目',
  event: '活动',
  rule: '自动回复',
  greeting: '欢迎语和默认回复',
  menu: '菜单',
};

export const texts = {
  title: '媒体库',
  intro: '图片、文件、录音和视频链接。同一个文件只保存一份，可以在公告、栏目和自动回复里反复使用。',
  kinds,
  use: (kind: string) => uses[kind] ?? '内容',
  upload: '上传文件',
  addLink: '添加视频链接',
  filters: '筛选',
  kind: '种类',
  allKinds: '全部种类',
  search: '搜索',
  searchHint: '按名称、标题或图片说明搜索',
  lacksAlt: '只看没有说明的图片',
  place: '位置',
  library: '媒体库',
  trash: '回收站',
  drop: '把文件拖到这里，或按 Ctrl+V 粘贴截图',
  dropNow: '松开鼠标，开始上传',
  limits: (picture: string, file: string) =>
    `图片（JPG、PNG、GIF、WebP）最大 ${picture}；文件（PDF、Word、Excel、PPT、TXT、CSV）和录音（MP3、M4A、AMR）最大 ${file}。`,
  pictureLimit: (picture: string) => `图片（JPG、PNG、GIF、WebP）最大 ${picture}。`,
  room: (used: string, quota: string) => `已用 ${used}，共 ${quota}`,
  empty: '媒体库还是空的',
  emptyHint: '上传的图片会自动缩小、转正，并去掉拍摄地点等信息。',
  nothing: '没有找到',
  nothingHint: '换一个词，或者放宽筛选条件再试。',
  trashEmpty: '回收站是空的',
  trashHint: (days: number) => `删除的文件在这里保留 ${days} 天，之后自动清除。`,
  noAlt: '缺少说明',
  list: '文件列表',
  trashed: (day: string) => `${day}删除`,
  uploads: {
    title: '上传进度',
    waiting: '等待上传',
    sending: (percent: number) => `正在上传 ${percent}%`,
    working: '正在处理……',
    done: '上传完成',
    known: '库里已有这个文件，没有重复保存',
    empty: '文件是空的（0 字节），请重新选择。',
    large: (most: string) => `文件太大，最大 ${most}。请压缩后再上传。`,
    clear: '清除列表',
    pasted: (time: string) => `截图 ${time}.png`,
    finished: (done: number, failed: number) => (failed === 0 ? `${done} 个文件已上传。` : `${done} 个文件已上传，${failed} 个没有成功。`),
  },
  link: {
    title: '添加视频链接',
    link: '视频网址',
    linkHint: '腾讯视频、哔哩哔哩、优酷、央视网、抖音、西瓜视频或微信视频号的网址，以 https:// 开头。',
    name: '标题',
    submit: '添加',
    missing: '请填写视频网址。',
    added: '视频链接已添加。',
  },
  detail: {
    name: '文件名',
    title: '标题',
    alt: '图片说明',
    altHint: '用一句话说清图上有什么。看不见图片的居民（视障老人用手机读屏、网速慢时）靠它了解内容；图上有重要文字的，请把文字写出来。',
    size: '大小',
    pixels: '尺寸',
    pixelsOf: (width: number, height: number) => `${width} × ${height} 像素`,
    uploaded: '上传时间',
    address: '网址',
    copy: '复制网址',
    copied: '网址已复制。',
    copyFailed: '没有复制成功，请选中网址后手动复制。',
    open: '打开',
    save: '保存',
    saved: '已保存。',
    remove: '删除',
    restore: '恢复',
    restored: '已恢复到媒体库。',
    removed: (days: number) => `已移到回收站，${days} 天内可以恢复。`,
    uses: '用在哪里',
    unused: '目前没有地方使用它。',
    removeTitle: '删除这个文件？',
    removeText: (days: number) => `它会移到回收站，${days} 天内可以恢复，居民立即看不到它。`,
    removeUsed: (count: number, names: string, days: number) =>
      `有 ${count} 处正在使用它：${names}。删除后那里会显示不出来。${days} 天内可以恢复。`,
    removeAnyway: '仍然删除',
    close: '关闭',
  },
  picker: {
    title: '从媒体库选择',
    pictures: '选择图片',
    choose: '使用',
    chosen: (name: string) => `已选：${name}`,
    none: '还没有选择',
    altMissing: '这张图片还没有说明。请先补上，居民用读屏软件时要靠它。',
  },
};

const MEGABYTE = 1024 * 1024;

export function sizeOf(bytes: number): string {
  if (bytes < 1024) {
    return `${bytes} 字节`;
  }
  if (bytes < MEGABYTE) {
    return `${Math.round(bytes / 1024)} KB`;
  }
  return bytes < 1024 * MEGABYTE ? `${trimmed(bytes / MEGABYTE)} MB` : `${trimmed(bytes / MEGABYTE / 1024)} GB`;
}

function trimmed(number: number): string {
  return number.toFixed(number < 10 ? 1 : 0).replace(/\.0$/, '');
}

const day = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'long', timeZone: 'Asia/Shanghai' });
const moment = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai' });

export const dayOf = (millis: number) => day.format(millis);
export const momentOf = (millis: number) => moment.format(millis);
