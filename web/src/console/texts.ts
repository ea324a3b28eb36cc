// Every word of the console's frame. A feature has a texts.ts of its own in its folder.

import type { Schemas } from './api/client';

export type Ability = Schemas['Ability'];
export type Role = Schemas['Role'];

const roles: Record<Role, string> = {
  editor: '编辑',
  reviewer: '审核',
  publisher: '发布',
  agent: '坐席',
  admin: '管理员',
  town: '镇级查看',
  owner: '所有者',
};

export const texts = {
  product: '希望树',
  console: '希望树控制台',
  title: (...parts: string[]) => [...parts, '希望树控制台'].filter((part) => part !== '').join(' · '),
  roles,
  role: (role: string) => roles[role as Role] ?? role,

  frame: {
    skip: '跳到正文',
    navigation: '主导航',
    openNavigation: '打开导航',
    closeNavigation: '关闭',
    home: '首页',
    account: '公众号',
    person: (name: string) => `${name}，我的账户`,
    mySessions: '我的登录设备',
    myPassword: '修改密码',
    myTwoSteps: '两步验证',
    signOut: '退出登录',
    groups: { content: '内容', contact: '互动', facts: '资料', administration: '管理' },
    sections: {
      notices: '公告',
      sections: '栏目',
      media: '媒体库',
      words: '词库',
      menu: '菜单',
      answers: '自动回复',
      conversations: '会话',
      followers: '关注者',
      places: '地点',
      contacts: '联系方式',
      events: '活动',
      people: '人员',
      everybody: '全部人员',
      audit: '审计日志',
      settings: '设置',
    },
  },

  /** What a person finds in each section, on the start page. */
  about: {
    notices: '撰写、审核和发布公告',
    sections: '菜单里各栏目的名称、种类和说明',
    media: '图片、文件和音视频',
    words: '发布前要检查的用词',
    menu: '公众号底部的菜单',
    answers: '欢迎语、默认回复和关键词回复',
    conversations: '居民的来信和答复',
    followers: '关注人数的变化和关注者名单',
    places: '社区里的办事地点和便民设施',
    contacts: '各科室和服务的电话',
    events: '社区活动的时间、地点和报名',
    people: '谁可以登录，可以做什么',
    everybody: '所有公众号的人员和角色',
    audit: '谁在什么时候做了什么',
    settings: '本公众号的各项设置',
  },

  home: {
    title: '首页',
    greeting: (name: string, hour: number) => `${name}，${hour < 5 ? '夜深了' : hour < 11 ? '早上好' : hour < 13 ? '中午好' : hour < 18 ? '下午好' : '晚上好'}`,
    roles: (account: string, names: string[]) =>
      names.length === 0 ? `您可以查看「${account}」。` : `您在「${account}」的角色：${names.join('、')}。`,
    waiting: {
      title: '待办',
      draft: '篇草稿',
      first: '篇公告等待一审',
      second: '篇公告等待二审',
      third: '篇公告等待三审',
      approved: '篇公告等待发布',
      missed: '篇公告错过了定时，等您决定',
      conversations: '个会话有新消息',
      nothing: '现在没有等您处理的事。',
    },
    nothing: '还没有您可以使用的功能',
    nothingHint: '您的账户还没有获得权限，请联系管理员。',
  },

  noAccounts: {
    title: '还没有公众号',
    forOwner: '请在服务器上执行 hopetree account add，把公众号接进来，然后刷新本页。',
    forOthers: '您的账户还没有获得任何公众号的权限，请联系管理员。',
  },

  signIn: {
    title: '登录',
    name: '用户名',
    password: '密码',
    showPassword: '显示密码',
    show: '显示',
    hide: '隐藏',
    submit: '登录',
    nameMissing: '请输入用户名。',
    passwordMissing: '请输入密码。',
    codeTitle: '两步验证',
    codeHint: '请打开手机上的验证器，输入 6 位数字。',
    code: '验证码',
    recoveryHint: '请输入一个没有用过的恢复码。用过之后它就失效了。',
    recovery: '恢复码',
    useRecovery: '手机不在身边？使用恢复码',
    useCode: '使用手机上的验证码',
    codeMissing: '请输入 6 位数字的验证码。',
    recoveryMissing: '请输入恢复码。',
    codeWrong: '验证码不对，请重新输入。',
    back: '返回',
    againTitle: '请重新登录',
    again: '登录已失效。您写的内容还在，登录后请再保存一次。',
    ended: '登录已失效，请重新登录。登录后会回到刚才的页面。',
  },

  newPassword: {
    title: '设置新密码',
    reason: '您的密码是别人代为设置的。为了安全，请先设置一个只有您自己知道的密码。',
    current: '当前密码',
    next: '新密码',
    repeat: '再输入一次新密码',
    hint: '至少 10 个字符，可以是一句好记的话。',
    submit: '保存新密码',
    missing: '请输入当前密码。',
    tooShort: '新密码至少要有 10 个字符。',
    different: '两次输入的新密码不一样。',
    saved: '新密码已经生效。',
  },

  errors: {
    unreachable: '连不上服务器。请检查网络，稍后再试。',
    timeout: '服务器太久没有回应，请稍后再试。',
    unexpected: (status: number) => `服务器没有正常回应（${status}），请稍后再试。`,
    unreachableTitle: '暂时连不上服务器',
    retry: '重试',
    notFoundTitle: '没有找到这个页面',
    notFound: '网址可能有误，或者内容已经被删除。',
    forbiddenTitle: '您没有这项权限',
    forbidden: '如果工作需要，请联系本公众号的管理员。',
    brokenTitle: '这一页出了问题',
    broken: '请重试。如果一再出现，请把下面这行文字告诉管理员。',
    home: '回到首页',
    outdated: '控制台刚刚更新过，请刷新页面。没有保存的内容请先另外复制一份。',
  },

  stale: {
    title: '别人刚刚修改过',
    text: '在您编辑的时候，别人保存了新的内容，所以您的修改没有保存，以免覆盖。请先把自己写的复制一份，再查看新的内容。',
    show: '查看新的内容',
    stay: '留在这里',
  },

  unsaved: {
    title: '还没有保存',
    text: '现在离开，刚才的修改就没有了。',
    leave: '不保存，离开',
    stay: '继续编辑',
  },

  parts: {
    cancel: '取消',
    confirm: '确定',
    loading: '正在加载……',
    more: '加载更多',
    failed: '没有加载出来',
    noticeHint: '输入标题或正文里的词',
    noNotice: '没有找到已发布的公告',
    count: (count: number, all: boolean) => (all ? `共 ${count} 条` : `已显示 ${count} 条`),
  },
};
