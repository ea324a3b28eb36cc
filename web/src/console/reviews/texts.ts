// What is said about the reviews of a notice.

import type { Schemas } from '../api/client';

type Stage = Schemas['ReviewStage'];
type Level = Schemas['FindingLevel'];

export const STAGES: Record<Stage, string> = { first: '一审', second: '二审', third: '三审' };

const steps: Record<Schemas['ReviewStep'], string> = {
  submit: '送审',
  urgent: '紧急送审',
  sign: '审核通过并签名',
  sign_late: '补审并签名',
  send_back: '退回修改',
  recall: '作者收回',
  drop: '签名作废',
  schedule: '定时发布',
  unschedule: '取消定时',
  publish: '发布',
  withdraw: '撤回',
  expire: '到期',
};

const levels: Record<Level, string> = { error: '必须修改', warning: '需要说明理由', hint: '建议' };

/** What each step is called and what it means, where it asks something. */
export const deeds = {
  submit: { action: '送审', title: '送审', about: '', label: '', hint: '', done: '已送审。' },
  hurry: {
    action: '紧急发布',
    title: '紧急发布',
    about:
      '只用于来不及三审的突发情况。由一位有发布权限的同事审核后就可以发布，再由另一位同事在 24 小时内补做三审；补审以前，待办里会一直提醒。理由会写进审核单。',
    label: '紧急的理由',
    hint: '例如：主水管爆裂，现在停水。',
    done: '已紧急送审，请马上通知有发布权限的同事。',
  },
  sign: {
    action: '审核通过并签名',
    title: '审核通过并签名',
    about: '您的签名只对现在这一版内容有效。内容再有改动，签名会作废。',
    label: '审核意见（可以不填）',
    hint: '例如：同意发布。',
    done: '已签名。',
  },
  sign_late: {
    action: '补做三审并签名',
    title: '补做三审',
    about: '请读完紧急发布的那一版再签名。发现问题的，请先撤回或修改公告。',
    label: '审核意见（可以不填）',
    hint: '例如：补审同意。',
    done: '补审已完成。',
  },
  send_back: {
    action: '退回修改',
    title: '退回修改',
    about: '公告会回到草稿，已有的签名作废，改好后重新送审。',
    label: '退回的原因和要修改的地方',
    hint: '作者会看到。',
    done: '已退回给作者。',
  },
  recall: {
    action: '收回',
    title: '收回公告',
    about: '公告会回到草稿，已有的签名作废，改好后可以重新送审。',
    label: '收回的原因（可以不填）',
    hint: '',
    done: '已收回，现在是草稿。',
  },
};

export const texts = {
  title: '审核',
  stages: '审核进度',
  author: '作者',
  publish: '发布',
  marks: { done: '已完成', now: '待签名', next: '未开始', owed: '待补审', none: '没有记录', over: '已结束' },
  revision: (number: number) => `第${number}版`,
  lateStage: '通过后 24 小时内补审',
  lateDone: '补审',
  planned: '已定时',
  writing: '写稿中',
  toPublish: '待发布',
  withdrawn: '已撤回',
  expired: '已过期',
  noRecord: '没有经过本系统审核',

  next: {
    draft: '现在是草稿。写好、保存以后送审，由其他同事审核。',
    stage: (stage: Stage, who: string) => `等待${STAGES[stage]}：由没有写过、也没有审过本篇的${who}签名。`,
    approved: '审核已经全部通过，等待发布人员发布。',
    scheduled: '审核已经全部通过，到定好的时间自动发布。',
    published: '已经发布，居民可以看到。',
    withdrawn: '已经撤回，居民看不到。修改后可以重新送审。',
    expired: '已经过期，居民打开时会看到已过期的提示。',
  },
  who: { first: '编辑、审核、发布人员或管理员', middle: '审核、发布人员或管理员', last: '发布人员或管理员' },
  yourTurn: '轮到您审核。读完正文、没有问题就签名；要修改的，写明原因退回。',
  samePerson: '您写过或者审过这一篇。作者和各级审核人必须是不同的人，请由其他同事审核。',
  fewer: (count: number, reason: string) => `本公众号只需 ${count} 次审核：${reason}`,
  hurry: (name: string, reason: string) => `紧急发布（${name}）：${reason}`,

  late: (revision: number) => `第${revision}版是紧急发布的，还欠一次三审。`,
  lateDue: (moment: string) => `请在 ${moment} 以前补审。`,
  lateOverdue: (moment: string) => `已超过期限：应在 ${moment} 以前补审。`,
  waitingLate: '篇紧急公告等待补做三审',
  waitingOverdue: '篇紧急公告的补审已经逾期',
  lateWho: '由没有写过、也没有审过的发布人员或管理员补审。',

  unsavedFirst: '有修改还没有保存。请先保存，再进行下一步。',
  blocked: (count: number) => `还有 ${count} 处必须修改。改正并保存后，才能送审或签名。`,
  reasonsMissing: (count: number) => `还有 ${count} 条需要说明理由，请在下面逐条填写。`,
  openComments: (count: number) => `还有 ${count} 条批注没有处理。确定可以签名吗？`,
  cancel: '取消',

  findings: '送审前检查',
  noFindings: '没有发现问题。',
  foundUnsaved: (revision: number) => `有修改还没有保存。下面是第${revision}版的检查结果，保存后会重新检查。`,
  levels,
  levelCount: (level: Level, count: number) => `${levels[level]}（${count}）`,
  levelAbout: {
    error: '不改正就不能送审和签名。',
    warning: '可以改正；确需保留的，写明理由。',
    hint: '改了更好，不改也可以送审。',
  } satisfies Record<Level, string>,
  quote: (text: string) => `「${text}」`,
  find: '定位',
  findNamed: (message: string) => `定位：${message}`,
  mask: '遮盖',
  put: (text: string) => `改成「${text}」`,
  fixNamed: (action: string, message: string) => `${action}：${message}`,
  reason: '保留的理由',
  reasonMissing: '请写明为什么可以保留，或者改正。',
  missing: (label: string) => `请填写${label}。`,
  reasonHint: '审核人会看到',
  given: (reason: string) => `保留的理由：${reason}`,
  leftOut: (count: number) => `同类的问题还有 ${count} 处没有列出，改正以后会接着检查。`,

  comments: '批注',
  noComments: '还没有批注。',
  allSettled: '批注都已处理。',
  addComment: '批注选中的文字',
  addCommentHint: '先在正文里选中文字；没有选中的，就是对全文的批注。',
  onWhole: '对全文',
  onPassage: '对选中的文字',
  comment: '批注的内容',
  send: '提交批注',
  quoteTooLong: '选中的文字太长，最多 500 字。请只选要说的那几句。',
  showPassage: (quote: string) => `在正文里找到：${quote}`,
  gone: '原文已修改',
  answer: '回复',
  answerNamed: (text: string) => `回复批注：${text}`,
  answerText: '回复的内容',
  sendAnswer: '提交回复',
  settle: '标为已处理',
  settleNamed: (text: string) => `标为已处理：${text}`,
  reopen: '重新打开',
  reopenNamed: (text: string) => `重新打开批注：${text}`,
  settledBy: (name: string, moment: string) => `${name} 已处理 · ${moment}`,
  showSettled: (count: number) => `显示已处理的 ${count} 条`,
  openCount: (count: number) => `${count} 条未处理`,

  history: '审核经过',
  steps,
  step: (kind: Schemas['ReviewStep'], stage: Stage | null | undefined) => (stage ? `${STAGES[stage]}：${steps[kind]}` : steps[kind]),
  noSteps: '还没有送审过。',
  sheet: '信息发布审核单',
};
