// An editor writes a notice in the console, and sees it as residents would.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, desk, openPage, overflow, phone, picture, signInAs, startBrowser, startDemo, violations } from './browser.mjs';

const TITLE = '停水通知𠀀：明天上午';

let demo;
let browser;

before(async () => {
  demo = await startDemo();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

test('an editor writes a notice, finds it among the drafts and sees it as residents would', async () => {
  const { page, complaints } = await openPage(browser, desk);
  await signInAs(page, demo, 'editor');
  await page.goto(`${demo.url}console/a/hope/notices`);
  await page.getByRole('link', { name: '冬季取暖安全提示' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'desk-notices');
  await page.getByRole('button', { name: '新建公告' }).click();
  await page.getByRole('textbox', { name: '标题' }).fill(TITLE);
  await page.locator('[contenteditable=true]').click();
  await page.keyboard.type('请提前储水。');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByRole('heading', { name: '编辑公告' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'desk-notice');
  await page.getByRole('button', { name: '预览' }).click();
  const shown = page.frameLocator('iframe').getByText('请提前储水。');
  await shown.first().waitFor();
  await picture(page, 'desk-notice-preview');
  await page.goto(`${demo.url}console/a/hope/notices?state=draft`);
  await page.getByRole('link', { name: TITLE }).waitFor();
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('notices are found by state, section, writer and words, and a link leads to what was found', async () => {
  const { page } = await openPage(browser, desk);
  await signInAs(page, demo, 'publisher');
  await page.goto(`${demo.url}console/a/hope`);
  await page.getByRole('link', { name: '篇公告等待二审' }).click();
  await page.getByRole('link', { name: '健康讲座：冬季养生' }).waitFor();
  await page.getByRole('link', { name: '冬季取暖安全提示' }).waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('link', { name: '健康讲座：冬季养生' }).waitFor();
  await choose(page, '按状态筛选', '居民看得到的');
  await page.getByRole('textbox', { name: '查找公告' }).fill('水管 棉衣');
  await page.getByRole('link', { name: '寒潮要来' }).waitFor();
  await page.getByRole('link', { name: '健康讲座：冬季养生' }).waitFor({ state: 'detached' });
  assert.match(page.url(), /state=live/);
  await choose(page, '按栏目筛选', '社区概况');
  await page.getByText('没有找到这样的公告').waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'desk-notices-nothing');
  await page.context().close();
});

test('the list fits a phone', async () => {
  const { page } = await openPage(browser, phone);
  await signInAs(page, demo, 'publisher');
  await page.goto(`${demo.url}console/a/hope/notices`);
  await page.getByRole('link', { name: '冬季取暖安全提示' }).waitFor();
  assert.equal(await overflow(page), 0);
  assert.deepEqual(await violations(page), []);
  await picture(page, 'phone-notices');
  await page.context().close();
});
