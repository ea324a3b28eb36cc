// What is said about the reviews of a notice.

export const texts = {
  submit: '送审',
  sign: '审核通过并签名',
  sendBack: '退回修改',
  sendBackAsk: '请写明退回的理由，作者会看到。',
  ok: '确定',
  cancel: '取消',
  done: '已完成。',
  findings: '送审前检查',
  noFindings: '没有发现问题。',
  levels: { error: '必须修改', warning: '需要说明理由', hint: '建议' },
  reason: '保留的理由',
  samePerson: '作者和各级审核人必须是不同的人，所以您不能审核这一篇。',
  unsavedFirst: '请先保存，再进行下一步。',
};
