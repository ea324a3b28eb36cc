// The word list in the console: kept by an admin, tried by anybody, and found in a notice.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { choose, desk, openPage, overflow, phone, picture, signInAs, violations } from './browser.mjs';
import { browser, demo } from './stage.mjs';

let page;
let complaints;

before(async () => {
  ({ page, complaints } = await openPage(browser, desk));
  await signInAs(page, demo, 'admin');
});

async function examine(shown, name) {
  await picture(shown, `words-${name}`);
  assert.deepEqual(await violations(shown), [], name);
  assert.ok((await overflow(shown)) <= 0, `${name} is wider than the screen`);
}

const words = () => page.goto(`${demo.url}console/a/hope/words`);

test('a word is added, changed, removed and put back', async () => {
  await words();
  await page.getByText('词库还是空的').waitFor();
  await examine(page, '1-empty');
  await page.getByRole('button', { name: '添加词' }).click();
  const dialog = page.getByRole('dialog', { name: '添加词' });
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.getByText('请填写要查找的词。').waitFor();
  await dialog.getByRole('textbox', { name: '词', exact: true }).fill('第一');
  await dialog.getByText('错误', { exact: true }).click();
  await dialog.getByText('必须改掉，才能送审。').waitFor();
  await dialog.getByRole('textbox', { name: '理由' }).fill('绝对化用语<b>𠀀</b>');
  await dialog.getByRole('textbox', { name: '建议' }).fill('前列');
  await dialog.getByRole('textbox', { name: '允许的说法' }).fill('第一季度、季度');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.getByText('允许的说法「季度」里没有「第一」，不会起作用。').waitFor();
  await examine(page, '2-add');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: '还没有保存' }).getByRole('button', { name: '继续编辑' }).click();
  await dialog.getByRole('textbox', { name: '允许的说法' }).fill('第一季度、第一次');
  await dialog.getByRole('button', { name: '保存' }).click();
  await page.getByText('允许的说法：第一季度、第一次').waitFor();

  await page.getByRole('button', { name: '修改：第一' }).click();
  const again = page.getByRole('dialog', { name: '修改词' });
  await again.getByRole('textbox', { name: '理由' }).fill('绝对化用语');
  await again.getByRole('button', { name: '保存' }).click();
  await again.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: '删除：第一' }).click();
  await page.getByRole('dialog', { name: '删除「第一」？' }).getByRole('button', { name: '删除' }).click();
  await page.getByText('已删除「第一」。').waitFor();
  await page.getByRole('button', { name: '撤销' }).click();
  await page.getByText('「第一」已经放回词库。').waitFor();
  await page.getByText('建议改成：前列').waitFor();
});

test('lines are looked at first, and brought in as a whole or not at all', async () => {
  await page.getByRole('button', { name: '导入…' }).click();
  const dialog = page.getByRole('dialog', { name: '导入词' });
  await dialog.getByRole('textbox', { name: '要导入的内容' }).fill('积分|提示|换成大白话|分数|\n最佳|严重|绝对化用语');
  await dialog.getByRole('button', { name: '检查', exact: true }).click();
  await dialog.getByText('第 2 行：级别「严重」不认识').waitFor();
  assert.ok(await dialog.getByRole('button', { name: '导入', exact: true }).isDisabled());
  await examine(page, '3-faults');
  // As Excel in China saves it: GB 18030, with commas.
  const gbk = Buffer.from([0xbb, 0xfd, 0xb7, 0xd6, 0x2c, 0xcc, 0xe1, 0xca, 0xbe, 0x2c, 0xc9, 0xd9, 0xd3, 0xc3, 0x0a]);
  await dialog.getByLabel('选择文件（.txt、.csv）').setInputFiles({ name: '词.csv', mimeType: 'text/csv', buffer: gbk });
  await dialog.getByText('将新增 1 个词，修改 0 个，0 个不变。').waitFor();
  assert.equal(await dialog.getByRole('textbox', { name: '要导入的内容' }).inputValue(), '积分\t提示\t少用\n');
  await dialog.getByRole('button', { name: '导入', exact: true }).click();
  await dialog.getByText('已导入：新增 1 个词，修改 0 个。').waitFor();
  await dialog.getByRole('button', { name: '关闭', exact: true }).click();
  await page.getByText('少用').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: '导出' }).click();
  const text = readFileSync(await (await download).path(), 'utf8');
  assert.equal(text, '\ufeff词\t级别\t理由\t建议\t允许的说法\n第一\t错误\t绝对化用语\t前列\t第一季度、第一次\n积分\t提示\t少用\t\t\n');

  // What was taken out can be brought in again.
  await page.getByRole('button', { name: '导入…' }).click();
  await dialog.getByLabel('选择文件（.txt、.csv）').setInputFiles({ name: '词.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });
  await dialog.getByText('2 个词都已经在词库里，没有要导入的。').waitFor();
  await dialog.getByRole('button', { name: '取消' }).click();
});

test('a text is tried, and what was found is marked in it as it stands', async () => {
  await page.getByRole('textbox', { name: '要试的文字' }).fill('😀<img src=x onerror=alert(1)>样本的累积分布𠀀，用积分兑换，全镇第一，第一季度。');
  await page.getByRole('button', { name: '检查这段文字' }).click();
  await page.getByText('找到 2 处。').waitFor();
  assert.deepEqual(await page.locator('mark').allInnerTexts(), ['积分', '第一']);
  await page.getByText('😀<img src=x onerror=alert(1)>样本的累积分布𠀀').first().waitFor();
  await examine(page, '4-tried');
  await choose(page, '按级别筛选', '错误');
  await page.getByRole('button', { name: '修改：积分' }).waitFor({ state: 'detached' });
  await page.getByRole('textbox', { name: '查找词' }).fill('没有');
  await page.getByText('没有找到', { exact: true }).waitFor();
});

test('a word of the list stands in the way of a notice, and its suggestion is at hand', async () => {
  const other = await openPage(browser, desk);
  await signInAs(other.page, demo, 'editor');
  const { csrf } = await (await other.page.request.get(`${demo.url}api/v1/session`)).json();
  const answer = await other.page.request.post(`${demo.url}api/v1/accounts/hope/notices`, {
    headers: { 'x-csrf-token': csrf },
    data: { title: '比赛结果', digest: '结果', source: '希望社区', sections: ['tips'], body_html: '<p>我社区获全镇第一。</p>' },
  });
  const { id } = await answer.json();
  await other.page.goto(`${demo.url}console/a/hope/notices/${id}`);
  const panel = other.page.getByRole('region', { name: '审核', exact: true });
  await panel.getByText('用到了「第一」：绝对化用语。').waitFor();
  await panel.getByRole('button', { name: '改成「前列」：用到了「第一」：绝对化用语。' }).waitFor();
  await panel.getByText('还有 1 处必须修改。').waitFor();
  await other.page.goto(`${demo.url}console/a/hope/words`);
  await other.page.getByText('修改需要管理员权限。').first().waitFor();
  await other.page.getByText('建议改成：前列').waitFor();
  assert.equal(await other.page.getByRole('button', { name: '添加词' }).count(), 0);
  assert.deepEqual(await violations(other.page), []);
  assert.deepEqual(other.complaints, []);
  await other.page.context().close();
});

test('it fits a phone', async () => {
  const other = await openPage(browser, phone);
  await signInAs(other.page, demo, 'admin');
  await other.page.goto(`${demo.url}console/a/hope/words`);
  await other.page.getByText('建议改成：前列').waitFor();
  await examine(other.page, 'phone');
  await other.page.context().close();
  assert.deepEqual(complaints.filter((complaint) => !complaint.includes('422')), []);
});
