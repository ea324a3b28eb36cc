// What the office does with its lists, its residents' messages and its followers: in a real browser, over real HTTP.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { choose, desk, openPage, overflow, phone, picture, signInAs, violations } from './browser.mjs';
import { browser, demo } from './stage.mjs';

const ACCOUNT = '希望社区';
const SCRIPT = '<img src=x onerror="window.hacked=1">';
const LONG_NAME = '东风新村第三居民委员会便民服务与老年助餐综合服务点𠮷👨‍👩‍👧‍👦';
const LIMIT_MS = 15_000;

/** Complaints that are not the pictures or answers that a story asks for. */
const unexpected = (complaints) => complaints.filter((line) => !/status of (409|422)/.test(line));

async function openAs(role, device = desk) {
  const { page, complaints } = await openPage(browser, device);
  await signInAs(page, demo, role);
  const go = (path) => page.goto(`${demo.url}console/a/hope/${path}`);
  const heading = (name) => page.getByRole('heading', { level: 1, name }).waitFor({ timeout: LIMIT_MS });
  return { page, complaints, go, heading };
}

async function examine(page, name) {
  await picture(page, `console-${name}`);
  assert.deepEqual(await violations(page), [], name);
  assert.ok((await overflow(page)) <= 0, `${name} is wider than the screen`);
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined, 'something ran');
}

/** A resident's phone in the sandbox: follows, and can write. */
async function resident() {
  const control = async (path) => (await fetch(new URL(`sandbox/control/${path}`, demo.url))).json();
  const { accounts, residents } = await control('state');
  const { app_id: appId } = accounts.find(({ name }) => name === ACCOUNT);
  for (const { id } of residents) {
    const { following } = await control(`accounts/${appId}/residents/${id}/chat?after=0`);
    if (!following) {
      const { page } = await openPage(browser, phone);
      await page.goto(`${demo.url}sandbox/#/hope/${id}`);
      await page.getByRole('button', { name: '关注', exact: true }).click();
      await page.getByRole('article', { name: '公众号的消息' }).first().waitFor({ timeout: LIMIT_MS });
      const write = async (text) => {
        const toKeyboard = page.getByRole('button', { name: '切换到键盘' });
        if (await toKeyboard.isVisible()) {
          await toKeyboard.click();
        }
        await page.getByRole('textbox', { name: '输入消息' }).fill(text);
        await page.getByRole('button', { name: '发送', exact: true }).click();
      };
      return { write, close: () => page.context().close() };
    }
  }
  throw new Error('everybody in the sandbox follows already');
}

test('what a resident writes on the phone appears in the open conversation without reloading', async () => {
  const { page, complaints, go, heading } = await openAs('agent');
  await go('conversations');
  await heading('会话');
  await page.getByText('还没有居民写来消息').waitFor({ timeout: LIMIT_MS });
  await examine(page, 'conversations-empty');
  const { write, close } = await resident();
  await write(`你好，${SCRIPT}`);
  const list = page.getByRole('region', { name: '会话列表' });
  const first = list.getByRole('button').filter({ hasText: 'onerror' });
  await first.waitFor({ timeout: LIMIT_MS });
  assert.match(await first.innerText(), /1 条未读/);
  await first.click();
  const chat = page.getByRole('log');
  await chat.getByText('关注了公众号').waitFor({ timeout: LIMIT_MS });
  await chat.getByText(SCRIPT).waitFor();
  await page.getByText('1 条未读').waitFor({ state: 'detached', timeout: LIMIT_MS });
  await write('停电');
  await chat.getByText('停电', { exact: true }).waitFor({ timeout: LIMIT_MS });
  await examine(page, 'conversations');
  assert.equal(await chat.locator('img[src="x"]').count(), 0);

  await page.getByRole('textbox', { name: '查找居民写过的文字' }).fill('ONERROR');
  await page.keyboard.press('Enter');
  const results = page.getByRole('region', { name: '查找结果' });
  await results.getByRole('button').filter({ hasText: 'onerror' }).waitFor({ timeout: LIMIT_MS });
  await examine(page, 'conversations-search');
  const whole = await page.content();
  assert.ok(!/o[A-Za-z0-9_-]{27}/.test(whole.replace(/<style[\s\S]*?<\/style>/g, '').match(/<main[\s\S]*<\/main>/)?.[0] ?? ''), 'an openid');
  await close();
  assert.deepEqual(unexpected(complaints), []);
  await page.context().close();
});

test('whoever works elsewhere sees how much there is to read, without reloading; a chat shows whom it is with', async () => {
  const { page, complaints, go, heading } = await openAs('agent');
  await go('contacts');
  await heading('联系方式');
  const link = page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: /会话/ });
  assert.equal((await link.innerText()).trim(), '会话');
  const { write, close } = await resident();
  const long = `𠀀😀👨‍👩‍👧‍👦${'https'.repeat(60)}`;
  await write(long);
  await link.getByText('1 条未读').waitFor({ timeout: LIMIT_MS });
  await write('还有一句');
  await link.getByText('2 条未读').waitFor({ timeout: LIMIT_MS });
  await examine(page, 'unread');

  const admin = await openAs('admin');
  const { csrf } = await (await admin.page.request.get(`${demo.url}api/v1/session`)).json();
  const base = `${demo.url}api/v1/accounts/hope`;
  const { items } = await (await admin.page.request.get(`${base}/conversations`)).json();
  const headers = { 'x-csrf-token': csrf };
  const tag = await (await admin.page.request.post(`${base}/followers/tags`, { headers, data: { name: '独居老人𠀀' } })).json();
  const given = await admin.page.request.post(`${base}/followers/tags/${tag.id}/give`, { headers, data: { ids: [items[0].follower] } });
  assert.equal(given.status(), 200);
  await admin.page.context().close();

  await link.click();
  await heading('会话');
  await page.getByRole('region', { name: '会话列表' }).getByRole('button').first().click();
  const chat = page.getByRole('region', { name: /^与.*的对话$/ });
  await chat.getByRole('log').getByText(long).waitFor({ timeout: LIMIT_MS });
  await chat.getByRole('group', { name: '标签' }).getByText('独居老人𠀀').waitFor();
  await link.getByText(/条未读/).waitFor({ state: 'detached', timeout: LIMIT_MS });
  assert.equal(await chat.getByRole('log').evaluate((log) => log.scrollWidth - log.clientWidth), 0, 'a long word is wrapped');
  await examine(page, 'conversations-tags');
  await close();
  assert.deepEqual(unexpected(complaints), []);
  await page.context().close();
});

test('on a phone the list makes room for the chat, and comes back', async () => {
  const { page, go, heading } = await openAs('agent', phone);
  await go('conversations');
  await heading('会话');
  const list = page.getByRole('region', { name: '会话列表' });
  await list.getByRole('button').first().click();
  await page.getByRole('log').waitFor({ timeout: LIMIT_MS });
  await examine(page, 'conversations-phone');
  await page.getByRole('button', { name: '返回列表' }).click();
  await list.getByRole('button').first().waitFor();
  await page.context().close();
});

test('an event that was typed stands on the residents’ page', async () => {
  const { page, complaints, go, heading } = await openAs('editor');
  await go('events');
  await heading('活动');
  await examine(page, 'events');
  await page.getByRole('button', { name: '新增活动' }).click();
  await heading('新增活动');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('请填写时间。').first().waitFor({ timeout: LIMIT_MS });
  await page.getByRole('textbox', { name: '标题' }).fill('冬至包饺子');
  await page.getByRole('textbox', { name: '开始时间' }).fill('2027-12-22T09:00');
  await page.getByRole('textbox', { name: '结束时间' }).fill('2027-12-22T11:30');
  await page.getByRole('textbox', { name: '举办地点' }).fill('党群服务中心一楼');
  await choose(page, '地图上的地点', '党群服务中心');
  await page.getByRole('textbox', { name: /活动介绍/ }).fill(`**欢迎**一家人来\n\n${SCRIPT}`);
  await page.getByRole('region', { name: '居民看到的样子' }).locator('strong').waitFor({ timeout: LIMIT_MS });
  await examine(page, 'event');
  await page.getByRole('button', { name: '保存' }).click();
  await heading(/^活动$/);
  await page.getByRole('cell', { name: '冬至包饺子', exact: true }).waitFor({ timeout: LIMIT_MS });
  const { page: reader } = await openPage(browser, phone);
  await reader.goto(`${demo.url}h/hope/s/events`);
  await reader.getByRole('link', { name: /冬至包饺子/ }).click();
  await reader.getByText('党群服务中心一楼').first().waitFor({ timeout: LIMIT_MS });
  assert.match(await reader.locator('main').innerText(), /2027年12月22日/);
  assert.equal(await reader.locator('img[src="x"]').count(), 0);
  await picture(reader, 'console-event-page');
  assert.deepEqual(unexpected(complaints), []);
  await reader.context().close();
  await page.context().close();
});

describe('places', () => {
  let page;
  let complaints;
  let go;
  let heading;

  before(async () => {
    ({ page, complaints, go, heading } = await openAs('editor'));
  });

  after(() => page?.context().close());

  test('a place is put on the map by a link, with its hours by day', async () => {
    await go('places');
    await heading('地点');
    await page.getByRole('cell', { name: '社区卫生站' }).first().waitFor({ timeout: LIMIT_MS });
    await examine(page, 'places');
    await page.getByRole('button', { name: '新增地点' }).click();
    await heading('新增地点');
    await page.getByRole('textbox', { name: '名称' }).fill(LONG_NAME.slice(0, 39));
    await page.getByRole('textbox', { name: '类别' }).fill('便民服务');
    await page.getByRole('textbox', { name: '地址' }).fill(SCRIPT);
    await page.getByText('按星期和时间').click();
    await page.getByText('居民看到：周一至周五9:00–17:00').waitFor();
    await page.getByRole('textbox', { name: '从地图网址读取' }).fill('https://uri.amap.com/marker?position=121.2812,31.3355');
    await page.getByRole('button', { name: '读取坐标' }).click();
    await page.getByText('已读取坐标。').waitFor({ timeout: LIMIT_MS });
    await page.getByRole('application').focus();
    await page.keyboard.press('ArrowUp');
    await examine(page, 'place');
    await page.getByRole('button', { name: '保存' }).click();
    await heading('地点');
    await page.getByRole('cell', { name: '便民服务', exact: true }).waitFor({ timeout: LIMIT_MS });
  });

  test('what was removed is put back, and the order changes', async () => {
    const rows = () => page.locator('tbody tr td:first-child').allInnerTexts();
    const before = await rows();
    await page.getByRole('button', { name: `把「${before[1]}」上移` }).click();
    await page.waitForFunction((name) => document.querySelector('tbody tr td')?.textContent?.trim() === name, before[1]);
    await page.getByRole('button', { name: '删除「东风' }).click();
    await page.getByText('已删除').waitFor({ timeout: LIMIT_MS });
    assert.equal((await rows()).length, before.length - 1);
    await page.getByRole('button', { name: '撤销删除' }).click();
    await page.getByText('已恢复').waitFor({ timeout: LIMIT_MS });
    await page.waitForFunction((count) => document.querySelectorAll('tbody tr').length === count, before.length);
  });

  test('a sheet goes out, and comes in with its faults or as a whole', async () => {
    await page.getByRole('button', { name: 'Excel 导入导出' }).click();
    const dialog = page.getByRole('dialog', { name: 'Excel 导入导出' });
    const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('link', { name: '导出现有数据' }).click()]);
    const sheet = await download.path();
    await dialog.locator('input[type=file]').setInputFiles({ name: '地点.xlsx', mimeType: '', buffer: (await import('node:fs')).readFileSync(sheet) });
    await dialog.getByText('表格和现有数据完全一样').waitFor({ timeout: LIMIT_MS });
    await dialog.locator('input[type=file]').setInputFiles({ name: '坏的.xlsx', mimeType: '', buffer: Buffer.from('name,phone') });
    await dialog.getByText('不是有效的 Excel 文件').waitFor({ timeout: LIMIT_MS });
    await examine(page, 'sheet');
    await dialog.locator('footer').getByRole('button', { name: '关闭' }).click();
    assert.deepEqual(unexpected(complaints), []);
  });
});

test('a telephone number is added', async () => {
  const { page, complaints, go, heading } = await openAs('editor');
  await go('contacts');
  await heading('联系方式');
  await examine(page, 'contacts');
  await page.getByRole('button', { name: '新增电话' }).click();
  await heading('新增电话');
  await page.getByRole('textbox', { name: '名称' }).fill('物业报修');
  await page.getByRole('textbox', { name: '分组' }).fill('物业服务');
  await page.getByRole('textbox', { name: '电话' }).fill('021-5555-0199');
  await examine(page, 'contact');
  await page.getByRole('button', { name: '保存' }).click();
  await heading('联系方式');
  await page.getByRole('cell', { name: '021-5555-0199' }).waitFor({ timeout: LIMIT_MS });
  assert.deepEqual(unexpected(complaints), []);
  await page.context().close();
});

test('followers are seen by day, tagged, noted and taken out', async () => {
  const { page, complaints, go, heading } = await openAs('admin');
  await go('followers');
  await heading('关注者');
  await page.getByRole('img', { name: /每天新增/ }).locator('canvas').waitFor({ timeout: LIMIT_MS });
  await examine(page, 'followers');
  await page.getByText('表格', { exact: true }).click();
  await page.getByRole('columnheader', { name: '净增' }).waitFor();
  await page.getByRole('button', { name: '管理标签' }).click();
  const dialog = page.getByRole('dialog', { name: '管理标签' });
  await dialog.getByRole('textbox', { name: '标签名称' }).fill('楼组长');
  await dialog.getByRole('button', { name: '新增标签' }).click();
  await dialog.getByText('楼组长', { exact: true }).waitFor({ timeout: LIMIT_MS });
  await examine(page, 'followers-tags');
  await dialog.locator('footer').getByRole('button', { name: '关闭' }).click();
  await page.getByRole('checkbox', { name: /^选择o/ }).first().focus();
  await page.keyboard.press('Space');
  await page.getByText('已选择 1 人').waitFor();
  await choose(page, '选择标签', '楼组长');
  await page.getByRole('button', { name: '加上标签' }).click();
  await page.getByText('已给 1 人加上「楼组长」。').waitFor({ timeout: LIMIT_MS });
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '导出 Excel' }).click()]);
  assert.equal(download.suggestedFilename(), 'followers.xlsx');
  await page.getByRole('link', { name: /^查看o/ }).first().click();
  await page.getByText('关注记录').waitFor({ timeout: LIMIT_MS });
  await page.getByRole('textbox', { name: '备注' }).fill(SCRIPT.slice(0, 30));
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('已保存。').waitFor({ timeout: LIMIT_MS });
  await examine(page, 'follower');
  assert.deepEqual(unexpected(complaints), []);
  await page.context().close();
});

test('on a phone followers are cards, and filters say what they are set to', async () => {
  const { page, go, heading } = await openAs('admin', phone);
  await go('followers');
  await heading('关注者');
  await page.getByRole('list', { name: '名单' }).getByRole('link').first().waitFor({ timeout: LIMIT_MS });
  await page.getByText('全部来源').first().waitFor();
  await page.getByText('全部标签').first().waitFor();
  await page.getByRole('checkbox', { name: /^选择o/ }).first().press('Space');
  await page.getByText('已选择 1 人').waitFor();
  await examine(page, 'followers-phone');
  await page.context().close();
});

test('an editor sees the figures and nobody’s messages', async () => {
  const { page, go, heading } = await openAs('editor');
  await go('followers');
  await heading('关注者');
  await page.getByText('现在关注').waitFor({ timeout: LIMIT_MS });
  assert.equal(await page.getByRole('heading', { name: '名单' }).count(), 0);
  await go('conversations');
  await heading('您没有这项权限');
  await page.context().close();
});
