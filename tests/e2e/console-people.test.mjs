// People and the trail of who did what, in a real browser.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { desk, openPage, overflow, picture, signInAs, startBrowser, startDemo, violations } from './browser.mjs';

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
});
