// People and the trail of who did what, in a real browser.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { choose, desk, openPage, overflow, phone, picture, signInAs, violations } from './browser.mjs';
import { browser, demo } from './stage.mjs';

const unexpected = (complaints) => complaints.filter((line) => !/status of (401|409|422)/.test(line));

async function looksRight(page, name) {
  assert.deepEqual(await violations(page), [], name);
  assert.equal(await overflow(page), 0, name);
  await picture(page, name);
}

describe('people', () => {
  test('an admin adds somebody, who gets a password that is shown once', async () => {
    const { page, complaints } = await openPage(browser, desk);
    await signInAs(page, demo, 'admin');
    await page.goto(`${demo.url}console/a/hope/people`);
    await page.getByText('林小满').waitFor();
    await looksRight(page, 'people-list');
    await page.getByRole('button', { name: '新建人员' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('用户名').fill('wang.min');
    await dialog.getByLabel('姓名').fill('王敏👨‍👩‍👧‍👦𠀀');
    await dialog.getByText('编辑：撰写公告').click();
    await looksRight(page, 'people-new');
    await dialog.getByRole('button', { name: '保存' }).click();
    await page.getByText('的密码只显示这一次').waitFor();
    await looksRight(page, 'people-password');
    await page.getByRole('button', { name: '我已记下' }).click();
    await page.getByText('王敏👨‍👩‍👧‍👦𠀀').waitFor();
    await page.goto(`${demo.url}console/a/hope/audit`);
    await page.getByText('新建人员').first().waitFor();
    await looksRight(page, 'audit');
    assert.deepEqual(unexpected(complaints), []);
  });

  test('an owner adds somebody with roles in an account, who sets a password and works; and is locked out', async () => {
    const { page, complaints } = await openPage(browser, desk);
    await signInAs(page, demo, 'owner');
    await page.goto(`${demo.url}console/`);
    await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '全部人员' }).click();
    await page.getByRole('heading', { level: 1, name: '全部人员' }).waitFor();
    const own = page.getByRole('listitem').filter({ hasText: '自己的角色要请别人改。' });
    await own.waitFor();
    assert.deepEqual(await own.getByRole('button').allInnerTexts(), ['改姓名'], 'owners do not change their own roles');
    await looksRight(page, 'everybody');
    await page.getByRole('button', { name: '新建人员' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('用户名').fill('zhou.lan');
    await dialog.getByLabel('姓名').fill('周兰𠀀😀');
    await dialog.getByLabel('初始密码').fill('先用这个密码登录一次');
    await choose(page, '再加一个公众号', '希望社区');
    await dialog.getByRole('group', { name: '希望社区' }).getByText('编辑', { exact: true }).click();
    await dialog.getByRole('group', { name: '在所有公众号' }).getByText(/^镇级查看/).click();
    await looksRight(page, 'everybody-new');
    await dialog.getByRole('button', { name: '保存' }).click();
    const row = page.getByRole('listitem', { name: '周兰𠀀😀' });
    await row.getByText('希望社区：编辑').waitFor();
    await row.getByText('镇级查看', { exact: true }).waitFor();
    await row.getByText('待改密码').waitFor();

    const other = await openPage(browser, phone);
    await other.page.goto(`${demo.url}console/`);
    await other.page.getByLabel('用户名').fill('zhou.lan');
    await other.page.getByLabel('密码', { exact: true }).fill('先用这个密码登录一次');
    await other.page.keyboard.press('Enter');
    await other.page.getByRole('heading', { name: '设置新密码' }).waitFor();
    await other.page.getByLabel('当前密码').fill('先用这个密码登录一次');
    await other.page.getByLabel('新密码', { exact: true }).fill('楼下的槐树开花了今年早');
    await other.page.getByLabel('再输入一次新密码').fill('楼下的槐树开花了今年早');
    await other.page.getByRole('button', { name: '保存新密码' }).click();
    await other.page.getByRole('heading', { level: 1, name: '首页' }).waitFor();
    assert.equal((await other.page.request.get(`${demo.url}api/v1/people`)).status(), 403, 'everybody is for owners');
    await other.page.goto(`${demo.url}console/people`);
    await other.page.getByRole('heading', { name: '您没有这项权限' }).waitFor();

    await row.getByRole('button', { name: '改角色' }).click();
    await dialog.getByRole('group', { name: '希望社区' }).getByText('审核', { exact: true }).click();
    await dialog.getByRole('button', { name: '保存' }).click();
    await row.getByText('希望社区：编辑、审核').waitFor();
    await row.getByRole('button', { name: '停用' }).click();
    await page.getByRole('dialog', { name: '停用 周兰𠀀😀？' }).getByRole('button', { name: '停用' }).click();
    await row.getByText('已停用').waitFor();
    await looksRight(page, 'everybody-disabled');
    await other.page.goto(`${demo.url}console/`);
    await other.page.getByRole('heading', { name: '登录' }).waitFor();
    await other.page.getByLabel('用户名').fill('zhou.lan');
    await other.page.getByLabel('密码', { exact: true }).fill('楼下的槐树开花了今年早');
    await other.page.keyboard.press('Enter');
    await other.page.getByRole('alert').getByText(/停用|不正确/).waitFor();
    await other.page.context().close();

    await row.getByRole('button', { name: '启用' }).click();
    await row.getByText('已停用').waitFor({ state: 'detached' });
    await row.getByRole('button', { name: '重置密码' }).click();
    await dialog.getByRole('button', { name: '重置密码' }).click();
    await page.getByText('的密码只显示这一次').waitFor();
    await page.getByRole('button', { name: '我已记下' }).click();
    assert.deepEqual(unexpected(complaints), []);
    await page.context().close();
  });

  test('on a phone people are cards, and nothing is cut off', async () => {
    const { page } = await openPage(browser, phone);
    await signInAs(page, demo, 'owner');
    for (const [path, heading, name] of [
      ['people', '全部人员', 'everybody-phone'],
      ['a/hope/people', '人员', 'people-phone'],
    ]) {
      await page.goto(`${demo.url}console/${path}`);
      await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
      await page.getByRole('listitem').filter({ hasText: '林小满' }).waitFor();
      await looksRight(page, name);
    }
    await page.getByRole('button', { name: '新建人员' }).click();
    await page.getByRole('dialog').getByLabel('用户名').waitFor();
    await looksRight(page, 'people-phone-new');
    await page.context().close();
  });
});

describe('the trail', () => {
  for (const [screen, device] of [
    ['desk', desk],
    ['phone', phone],
  ]) {
    test(`is narrowed to a person and an action, and tells in words what was changed, on a ${screen}`, async () => {
      const { page, complaints } = await openPage(browser, device);
      await signInAs(page, demo, 'owner');
      await page.goto(`${demo.url}console/a/hope/audit`);
      await page.getByText('全部', { exact: true }).click();
      const lines = page.getByRole('list', { name: '记录' });
      await lines.getByText('镇级查看、编辑（希望社区）').or(lines.getByText('编辑（希望社区）、镇级查看')).first().waitFor();
      await looksRight(page, `audit-whole-${screen}`);
      await lines.getByRole('button', { name: 'zhou.lan' }).first().click();
      await page.waitForFunction(() => [...document.querySelectorAll('ol li')].every((line) => line.textContent.includes('zhou.lan')));
      await page.getByRole('combobox', { name: '操作人' }).press('Enter');
      await page.getByRole('option', { name: '许知行（owner）' }).click();
      await lines.getByText('停用人员').first().waitFor();
      await choose(page, '操作种类', '停用人员');
      await page.waitForFunction(() => document.querySelectorAll('ol li').length === 1);
      assert.match(await lines.innerText(), /owner[\s\S]*停用人员[\s\S]*zhou\.lan[\s\S]*停用：\s*否\s*→\s*是/);
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '导出 Excel' }).click()]);
      assert.match(download.url(), /person=\d+/);
      await page.getByLabel('结束日期').fill('2020-01-01');
      await page.getByText('没有符合条件的记录').waitFor();
      await page.getByLabel('结束日期').fill('');
      await page.getByText('共 1 条').waitFor();
      await looksRight(page, `audit-narrowed-${screen}`);
      assert.deepEqual(unexpected(complaints), []);
      await page.context().close();
    });
  }
});
