// The words of the pages of places.

export const texts = {
  title: '地点',
  intro: '办事地点和便民设施。居民在社区地图上看到它们，发送位置时也会收到最近的几个。',
  add: '新增地点',
  empty: '还没有地点',
  emptyHint: '新增一个地点，或者用 Excel 一次导入。',
  newTitle: '新增地点',
  editTitle: '编辑地点',
  name: '名称',
  category: '类别',
  categoryHint: '例如：卫生站、办事窗口',
  address: '地址',
  phone: '电话',
  hours: '开放时间',
  note: '备注',
  where: '在地图上的位置',
  latitude: '纬度',
  longitude: '经度',
  link: '从地图网址读取',
  linkHint: '粘贴腾讯地图、高德地图或百度地图的网址，或者“纬度,经度”',
  read: '读取坐标',
  readDone: (origin: string) =>
    ({ baidu: '已读取，并从百度坐标换算成微信使用的坐标。', satellite: '已读取，并从卫星坐标换算成微信使用的坐标。' })[origin] ?? '已读取坐标。',
  map: '示意图：绿色是这个地点，灰色是其他地点。点一下图中的位置，或用方向键移动。',
  closer: '放大',
  farther: '缩小',
};
