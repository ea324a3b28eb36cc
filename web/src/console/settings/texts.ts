// What the account's settings say.

export const texts = {
  title: '设置',
  intro: '公告的审核和定时发布。改动会记进审计日志。',
  readOnly: '您可以查看。需要修改的，请联系管理员。',
  save: '保存',
  saved: '已保存。',

  reviews: '审核次数',
  reviewsOf: (count: number) => `${count} 次`,
  reviewsAbout: {
    1: '作者写好后，由一位有发布权限的同事审核。最少两个人才能发布一篇公告。',
    2: '先由审核人员一审，再由有发布权限的同事二审。最少三个人才能发布一篇公告。',
    3: '三审三校：编辑、审核或发布人员一审，审核人员二审，有发布权限的同事三审。四个人各不相同。',
  } as Record<number, string>,
  reviewsHint: '作者和各级审核人必须是不同的人。无论几次，都不能不经审核就发布。',
  reviewsEffect: '改动马上生效，也用于正在审核的公告；已经签过的名仍然有效。',
  reason: '少于三次的理由',
  reasonHint: '例如：办公室只有三个人。理由会留在审计日志和审核单里。',
  reasonMissing: '少于三次审核的，请写明理由。',
  fewer: (count: number) => `改成 ${count} 次审核？`,
  fewerText: (about: string) => `${about}少一次审核，就少一双眼睛。您的名字和理由会记进审计日志。`,
  fewerAction: '确定修改',

  lateness: '错过定时的处理',
  minutes: '超过多久就不再自动发布',
  unit: '分钟',
  minutesHint: '服务器停机时可能错过定时发布或定时撤回。晚得不多的，恢复后自动补做；晚得超过这个时间的，等人来决定。可以填 10 到 10080 分钟（7 天）。',
  minutesRange: '请填 10 到 10080 之间的整数。',
  about: (minutes: number) => {
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    return `也就是${hours > 0 ? `${hours}小时` : ''}${rest > 0 || hours === 0 ? `${rest}分钟` : ''}。`;
  },
};
