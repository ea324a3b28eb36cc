// The words of the pages of telephone numbers.

export const texts = {
  title: '联系方式',
  intro: '各科室和服务的电话。居民在「联系我们」里看到它们，点一下就能拨打。',
  add: '新增电话',
  empty: '还没有电话',
  emptyHint: '新增一个电话，或者用 Excel 一次导入。',
  newTitle: '新增电话',
  editTitle: '编辑电话',
  name: '名称',
  group: '分组',
  groupHint: '例如：紧急电话、物业服务',
  phone: '电话',
  hours: '服务时间',
  note: '备注',
};
