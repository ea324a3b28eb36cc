// What the notices' pages say.

import type { Schemas } from '../api/client';

export type State = Schemas['NoticeState'];

export const STATES: Record<State, string> = {
  draft: '草稿',
  first: '等待一审',
  second: '等待二审',
  third: '等待三审',
  approved: '审核通过',
  scheduled: '已定时',
  published: '已发布',
  withdrawn: '已撤回',
  expired: '已过期',
};

export const texts = {
  title: '公告',
  intro: '撰写、审核和发布。发布后的公告会出现在居民的页面和聊天答复里。',
  create: '新建公告',
  search: '查找公告',
  searchHint: '输入标题或正文里的词',
  all: '全部',
  states: '按状态筛选',
  name: '标题',
  state: '状态',
  changed: '最近修改',
  missed: '错过定时，等待处理',
  empty: '这里还没有公告',
  emptyHint: '换一个状态，或新建一篇。',
  newTitle: '新建公告',
  editTitle: '编辑公告',
  fields: {
    title: '标题',
    digest: '摘要',
    author: '作者',
    source: '来源',
    number: '文号',
    sections: '栏目（第一个是主栏目）',
    body: '正文',
  },
  count: (length: number, most: number) => `${length} / ${most}`,
  save: '保存',
  saved: '已保存。',
  drops: '保存后，已有的审核签名会作废，需要重新送审。确定要修改吗？',
  dropsTitle: '修改已送审的公告',
  change: '继续修改',
  preview: '预览',
  previewHint: '用手机扫码，可以在真实手机上查看。链接 24 小时内有效。',
  previewFrame: '居民看到的样子',
  live: '查看居民看到的页面',
  publish: '发布',
  publishAsk: '发布后居民马上就能看到。',
  withdraw: '撤回',
  withdrawAsk: '请写明撤回的理由。撤回后居民马上看不到它。',
  ok: '确定',
  cancel: '取消',
  done: '已完成。',
  unsavedFirst: '请先保存，再进行下一步。',
};
