// Somebody new signs in with the password they were given, makes it their own, turns the second step on, and looks after
// the devices they are signed in on; in a real browser, with the program itself.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { desk, openPage, overflow, phone, picture, signInAs, violations } from './browser.mjs';
import { browser, demo } from './stage.mjs';

const GIVEN = '门口那棵槐树三层楼高';
const OWN = '今年槐花开得比去年早';
const STEP_MS = 30_000;

/** What an authenticator app shows (RFC 6238), for the step that many steps from now. */
function appCode(secret, ahead = 0) {
  const bits = [...secret.replace(/\s/g, '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + ahead));
  const digest = createHmac('sha1', key).update(counter).digest();
  const number = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Adds a person of the account `hope` whose password somebody else knows. */
async function addPerson(name) {
  const { page } = await openPage(browser, desk);
  await signInAs(page, demo, 'owner');
  const session = await (await page.request.get(`${demo.url}api/v1/session`)).json();
  const answer = await page.request.post(`${demo.url}api/v1/people`, {
    headers: { 'X-CSRF-Token': session.csrf },
    data: { name, display_name: '周明霞𠮷', password: GIVEN, roles: [{ role: 'editor', account: 'hope' }] },
  });
  assert.ok(answer.ok(), await answer.text());
  await page.context().close();
}

const heading = (page, name) => page.getByRole('heading', { level: 1, name });

async function fillIn(page, name, password) {
  await heading(page, '登录').waitFor();
  await page.getByLabel('用户名').fill(name);
  await page.getByLabel('密码', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

async function choosePage(page, title) {
  await page.getByRole('button', { name: /我的账户/ }).press('Enter');
  await page.getByRole('menuitem', { name: title }).press('Enter');
  await heading(page, title).waitFor();
}

for (const [screen, device] of [
  ['phone', phone],
  ['desk', desk],
]) {
  describe(`on a ${screen}`, () => {
    const name = `zhou.${screen}`;
    let page;
    let complaints;
    let secret;
    let recoveryCodes;

    async function examine(shot) {
      await picture(page, `console-me-${screen}-${shot}`);
      assert.deepEqual(await violations(page), []);
      assert.ok((await overflow(page)) <= 0, `${shot} is wider than the screen`);
    }

    before(async () => {
      await addPerson(name);
      ({ page, complaints } = await openPage(browser, device));
      await page.goto(`${demo.url}console/`);
    });

    after(() => page?.context().close());

    test('the given password is made one of their own before anything else', async () => {
      await fillIn(page, name, GIVEN);
      await heading(page, '设置新密码').waitFor();
      await page.goto(`${demo.url}console/a/hope`);
      await heading(page, '设置新密码').waitFor();
      await examine('1-new-password');
      await page.getByLabel('当前密码').fill('不是这个密码');
      await page.getByLabel('新密码', { exact: true }).fill(OWN);
      await page.getByLabel('再输入一次新密码').fill(OWN);
      await page.keyboard.press('Enter');
      await page.getByText('密码不正确。').first().waitFor();
      await page.getByLabel('当前密码').fill(GIVEN);
      await page.keyboard.press('Enter');
      await heading(page, '首页').waitFor();
    });

    test('the second step is turned on with the app, and the recovery codes are kept', async () => {
      await choosePage(page, '两步验证');
      await page.getByText('两步验证没有开启').waitFor();
      await page.getByRole('button', { name: '开启两步验证' }).click();
      await page.getByLabel('当前密码').fill(OWN);
      await page.keyboard.press('Enter');
      await page.getByRole('img', { name: '验证器要扫描的二维码' }).waitFor();
      await examine('2-scan');
      secret = await page.locator('.secret').innerText();
      await page.getByLabel('验证器上的 6 位数字').fill('000000');
      await page.keyboard.press('Enter');
      await page.getByText(/验证码不正确/).first().waitFor();
      await page.getByLabel('验证器上的 6 位数字').fill(appCode(secret));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: '请保存恢复码' }).waitFor();
      await examine('3-recovery-codes');
      recoveryCodes = await page.locator('ol li').allInnerTexts();
      assert.ok(recoveryCodes.length >= 8, `${recoveryCodes.length} recovery codes`);
      await page.getByRole('button', { name: '我已经保存好了' }).click();
      await page.getByText('两步验证已开启').waitFor();
      await examine('4-on');
    });

    test('signing in asks for the code, and takes a recovery code once', async () => {
      const other = await openPage(browser, desk);
      await other.page.goto(`${demo.url}console/a/hope`);
      await fillIn(other.page, name, OWN);
      await heading(other.page, '两步验证').waitFor();
      await other.page.getByRole('button', { name: /恢复码/ }).click();
      await other.page.getByLabel('恢复码').fill(recoveryCodes[0]);
      await other.page.keyboard.press('Enter');
      await heading(other.page, '首页').waitFor();

      const third = await openPage(browser, desk);
      await third.page.goto(`${demo.url}console/`);
      await fillIn(third.page, name, OWN);
      await heading(third.page, '两步验证').waitFor();
      await third.page.getByRole('button', { name: /恢复码/ }).click();
      await third.page.getByLabel('恢复码').fill(recoveryCodes[0]);
      await third.page.keyboard.press('Enter');
      await third.page.getByRole('alert').getByText(/验证码不正确/).waitFor();
      await third.page.context().close();

      await choosePage(page, '我的登录设备');
      await page.getByText('本机').waitFor();
      await examine('5-devices');
      await page.getByRole('button', { name: /^退出 .*（.*）$/ }).first().click();
      await page.getByRole('dialog').getByRole('button', { name: '退出' }).click();
      await page.getByText('已退出。').waitFor();

      // The other device hears of it with what it does next, and is led back after signing in.
      await other.page.reload();
      await heading(other.page, '登录').waitFor();
      assert.match(other.page.url(), /back=\/a\/hope/);
      await other.page.context().close();
    });

    test('the second step is turned off with password and code', async () => {
      await choosePage(page, '两步验证');
      await page.getByText(`还有 ${recoveryCodes.length - 1} 个恢复码`).waitFor();
      await page.getByRole('button', { name: '关闭两步验证' }).click();
      await page.getByLabel('当前密码').fill(OWN);
      await page.getByLabel('验证码或恢复码').fill(recoveryCodes[1]);
      await page.keyboard.press('Enter');
      await page.getByText('两步验证没有开启').waitFor();
    });

    test('the password is changed at any time', async () => {
      await choosePage(page, '修改密码');
      await examine('6-password');
      await page.getByLabel('当前密码').fill(OWN);
      await page.getByLabel('新密码', { exact: true }).fill(`${OWN}。`);
      await page.getByLabel('再输入一次新密码').fill(`${OWN}。`);
      await page.keyboard.press('Enter');
      await page.getByText('新密码已经生效。').waitFor();
      assert.equal(await page.getByLabel('当前密码').inputValue(), '');
    });

    test('the pages complain about nothing, their policy included', () => {
      assert.deepEqual(complaints.filter((line) => !/status of (401|403|422)/.test(line)), []);
    });
  });
}
