// The console's frame: signing in, finding one's way, losing one's way, and signing out; in a real browser.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  choose,
  desk,
  openPage,
  overflow,
  phone,
  picture,
  signInAs,
  violations,
} from './browser.mjs';
import { browser, demo } from './stage.mjs';

const LONG_NAME = '东风社区居民委员会便民服务与综合治理信息发布公众号𠮷';
const EVERYTHING = ['read', 'write', 'review', 'publish', 'converse', 'manage'];
const SESSION = {
  person: { id: 1, name: 'wang', display_name: '王秀英' },
  accounts: [
    { slug: 'hope', name: '希望社区', roles: ['admin'], abilities: EVERYTHING },
    { slug: 'east', name: LONG_NAME, roles: ['editor', 'reviewer'], abilities: ['read', 'write', 'review'] },
  ],
  is_owner: false,
  csrf: 'proof',
  must_change_password: false,
  has_totp: true,
};

/** A page whose API answers as told, for what the demo's people cannot be brought into. */
async function openConsole(device, answers) {
  const { page, complaints } = await openPage(browser, device);
  await page.route('**/api/v1/**', async (route) => {
    const request = route.request();
    const key = `${request.method()} ${new URL(request.url()).pathname}`;
    const [status, body] = answers[key]?.(request) ?? [404, { code: 'not_found', message: '没有找到。' }];
    await route.fulfill({ status, contentType: 'application/json', body: body === undefined ? '' : JSON.stringify(body) });
  });
  return { page, complaints };
}

/** What the page complained about, save the answers that a test asks for. */
const unexpected = (complaints) => complaints.filter((line) => !/status of (401|404|409|422|429)/.test(line));

for (const [screen, device] of [
  ['phone', phone],
  ['desk', desk],
]) {
  describe(`on a ${screen}`, () => {
    let page;
    let complaints;
    let signedIn = false;
    const shoot = (name) => picture(page, `console-${screen}-${name}`);
    const heading = (name) => page.getByRole('heading', { level: 1, name });

    async function examine(name) {
      await shoot(name);
      assert.deepEqual(await violations(page), []);
      assert.ok((await overflow(page)) <= 0, `${name} is wider than the screen`);
    }

    before(async () => {
      ({ page, complaints } = await openConsole(device, {
        'GET /api/v1/session': () => (signedIn ? [200, SESSION] : [401, { code: 'signed_out', message: '请先登录。' }]),
        'POST /api/v1/session': (request) => {
          const { name, password, code } = request.postDataJSON();
          if (name !== 'wang' || password !== 'right') {
            return [401, { code: 'wrong_credentials', message: '用户名或密码不对。' }];
          }
          if (code === undefined) {
            return [401, { code: 'code_needed', message: '请输入验证码。' }];
          }
          if (code !== '123456' && code !== 'abcd-efgh') {
            return [401, { code: 'code_needed', message: '验证码不对。' }];
          }
          signedIn = true;
          return [200, SESSION];
        },
        'DELETE /api/v1/session': (request) => {
          assert.equal(request.headers()['x-csrf-token'], 'proof');
          signedIn = false;
          return [204];
        },
      }));
    });

    after(() => page?.context().close());

    test('whoever is not signed in is asked to, and what is wrong stands beside its field', async () => {
      await page.goto(`${demo.url}console/a/east`);
      await heading('登录').waitFor();
      await examine('1-sign-in');
      await page.getByRole('button', { name: '登录' }).click();
      await page.getByText('请输入用户名。').waitFor();
      await page.getByText('请输入密码。').waitFor();
      await page.waitForFunction(() => document.activeElement.name === 'username');
      const described = await page.getByLabel('密码', { exact: true }).getAttribute('aria-describedby');
      assert.equal(await page.locator(`#${described}`).innerText(), '请输入密码。');
      await page.getByLabel('用户名').fill('wang');
      await page.getByLabel('密码', { exact: true }).fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('用户名或密码不对。').waitFor();
      await examine('2-wrong');
    });

    test('the password can be looked at', async () => {
      const password = page.getByLabel('密码', { exact: true });
      await page.getByRole('button', { name: '显示密码' }).click();
      assert.equal(await password.getAttribute('type'), 'text');
      await page.getByRole('button', { name: '显示密码' }).click();
      assert.equal(await password.getAttribute('type'), 'password');
    });

    test('the second step takes a code or a recovery code, and leads to the page one wanted', async () => {
      await page.getByLabel('密码', { exact: true }).fill('right');
      await page.keyboard.press('Enter');
      await heading('两步验证').waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.name), 'code');
      await examine('3-code');
      await page.keyboard.type('000000');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('验证码不对。').waitFor();
      await page.getByRole('button', { name: /恢复码/ }).click();
      await page.getByLabel('恢复码').fill('abcd-efgh');
      await page.keyboard.press('Enter');
      await heading('首页').waitFor();
      assert.match(page.url(), /\/console\/a\/east$/);
      await examine('4-home');
    });

    test('another account is chosen at the top', async () => {
      await page.getByRole('combobox', { name: '公众号' }).press('Enter');
      await page.getByRole('option', { name: LONG_NAME }).waitFor();
      await examine('5-accounts');
      await page.keyboard.press('Escape');
      await choose(page, '公众号', '希望社区');
      await page.waitForURL(/\/console\/a\/hope$/);
      await page.getByText('您在「希望社区」的角色：管理员。').waitFor();
      // The next time, it is the account that one was in.
      await page.goto(`${demo.url}console/`);
      await page.waitForURL(/\/console\/a\/hope$/);
    });

    test('addresses that lead nowhere say so and lead home', async () => {
      for (const path of ['a/hope/nothing-of-the-kind', 'a/nobody', 'nothing/at/all']) {
        await page.goto(`${demo.url}console/${path}`);
        await heading('没有找到这个页面').waitFor();
      }
      await examine('6-not-found');
      await page.getByRole('link', { name: '回到首页' }).click();
      await heading('首页').waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1', 'the heading has the focus');
      assert.equal(await page.title(), '首页 · 希望社区 · 希望树控制台');
    });

    test('everything is reached by keyboard, the contents first', async () => {
      await page.reload();
      await heading('首页').waitFor();
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement.textContent), '跳到正文');
      await shoot('7-skip');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
      if (screen === 'phone') {
        await page.getByRole('button', { name: '打开导航' }).press('Enter');
        await page.getByRole('dialog').getByRole('link', { name: '首页' }).waitFor();
        await examine('8-navigation');
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
      } else {
        assert.equal(await page.getByRole('link', { name: '首页' }).getAttribute('aria-current'), 'page');
      }
    });

    test('a person signs out by keyboard', async () => {
      await page.getByRole('button', { name: '王秀英，我的账户' }).press('Enter');
      const item = page.getByRole('menuitem', { name: '退出登录' });
      await item.waitFor();
      await examine('9-person');
      await item.press('Enter');
      await heading('登录').waitFor();
      assert.equal(signedIn, false);
    });

    test('a session that has ended leads to the sign-in and back again', async () => {
      signedIn = true;
      await page.goto(`${demo.url}console/a/hope`);
      await heading('首页').waitFor();
      signedIn = false;
      await page.reload();
      await heading('登录').waitFor();
      assert.match(page.url(), /back=\/a\/hope/);
    });

    test('the page complains about nothing, its policy included', () => {
      assert.deepEqual(unexpected(complaints), []);
    });
  });
}

test('a password that somebody else has set is changed before anything else', async () => {
  let mustChange = true;
  const { page, complaints } = await openConsole(desk, {
    'GET /api/v1/session': () => [200, { ...SESSION, must_change_password: mustChange }],
    'POST /api/v1/me/password': (request) => {
      const { current, next } = request.postDataJSON();
      if (current !== 'given') {
        return [422, { code: 'invalid', message: '当前密码不对。', fields: { current: '当前密码不对。' } }];
      }
      mustChange = next.length < 10;
      return [204];
    },
  });
  await page.goto(`${demo.url}console/a/hope`);
  await page.getByRole('heading', { name: '设置新密码' }).waitFor();
  const save = page.getByRole('button', { name: '保存新密码' });
  await page.getByLabel('当前密码').fill('wrong');
  await page.getByLabel('新密码', { exact: true }).fill('短');
  await save.click();
  await page.getByText('新密码至少要有 10 个字符。').waitFor();
  await page.getByLabel('新密码', { exact: true }).fill('楼下的槐树开花了今年早');
  await page.getByLabel('再输入一次新密码').fill('楼下的槐树开花了');
  await save.click();
  await page.getByText('两次输入的新密码不一样。').waitFor();
  await page.getByLabel('再输入一次新密码').fill('楼下的槐树开花了今年早');
  await save.click();
  await page.getByRole('alert').getByText('当前密码不对。').waitFor();
  await picture(page, 'console-desk-10-new-password');
  assert.deepEqual(await violations(page), []);
  await page.getByLabel('当前密码').fill('given');
  await save.click();
  await page.getByRole('heading', { name: '首页' }).waitFor();
  assert.deepEqual(unexpected(complaints), []);
  await page.context().close();
});

test('whoever has no account is told what to do', async () => {
  for (const [is_owner, words] of [
    [true, 'hopetree account add'],
    [false, '请联系管理员'],
  ]) {
    const { page } = await openConsole(desk, { 'GET /api/v1/session': () => [200, { ...SESSION, accounts: [], is_owner }] });
    await page.goto(`${demo.url}console/`);
    await page.getByText(words).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  }
});

test('a server that cannot be reached is told, and tried again', async () => {
  let isAway = true;
  const { page } = await openConsole(desk, {
    'GET /api/v1/session': () => (isAway ? [502, '<html>Bad Gateway</html>'] : [200, SESSION]),
  });
  await page.goto(`${demo.url}console/a/hope?x=1`);
  await page.getByRole('heading', { name: '暂时连不上服务器' }).waitFor();
  await picture(page, 'console-desk-11-unreachable');
  assert.deepEqual(await violations(page), []);
  isAway = false;
  await page.getByRole('button', { name: '重试' }).click();
  await page.getByRole('heading', { name: '首页' }).waitFor();
  assert.match(page.url(), /\/console\/a\/hope\?x=1$/);
  await page.context().close();
});

test('an address cannot lead out of the console after signing in', async () => {
  const { page } = await openConsole(desk, { 'GET /api/v1/session': () => [200, SESSION] });
  for (const back of ['//example.com/', 'https://example.com/', '/\\example.com', 'javascript:alert(1)']) {
    await page.goto(`${demo.url}console/sign-in?back=${encodeURIComponent(back)}`);
    await page.getByRole('heading', { name: '首页' }).waitFor();
    assert.ok(page.url().startsWith(`${demo.url}console/a/`), page.url());
  }
  await page.context().close();
});

describe('with the program itself', () => {
  const NAMES = { editor: '编辑', reviewer: '审核', publisher: '发布', agent: '坐席', admin: '管理员', town: '镇级查看', owner: '所有者' };
  const OF_ADMINS = ['人员', '全部人员', '审计日志'];

  for (const [role, name] of Object.entries(NAMES)) {
    test(`a visitor of the demo works as ${role}, and is shown what that role may do`, async () => {
      const { page, complaints } = await openPage(browser, desk);
      await signInAs(page, demo, role);
      await page.goto(`${demo.url}console/`);
      await page.getByRole('heading', { level: 1, name: '首页' }).waitFor();
      await page.getByText(new RegExp(`的角色：${name}。$`)).waitFor();
      await picture(page, `console-home-${role}`);
      assert.deepEqual(await violations(page), []);
      const sections = await page.getByRole('navigation', { name: '主导航' }).getByRole('link').allInnerTexts();
      if (!['admin', 'owner'].includes(role)) {
        assert.deepEqual(sections.filter((section) => OF_ADMINS.includes(section.trim())), []);
      }
      await page.getByRole('button', { name: /我的账户/ }).press('Enter');
      await page.getByRole('menuitem', { name: '退出登录' }).press('Enter');
      await page.getByRole('heading', { name: '登录' }).waitFor();
      await page.goto(`${demo.url}console/`);
      await page.getByRole('heading', { name: '登录' }).waitFor();
      assert.deepEqual(unexpected(complaints), []);
      await page.context().close();
    });
  }

  test('by keyboard one goes over the skip link and the navigation to what a page is for', async () => {
    const { page, complaints } = await openPage(browser, desk);
    await signInAs(page, demo, 'admin');
    await page.goto(`${demo.url}console/a/hope`);
    await page.getByRole('heading', { level: 1, name: '首页' }).waitFor();
    const focused = () => page.evaluate(() => (document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim());
    const seen = [];
    for (let press = 0; press < 40 && seen.at(-1) !== '人员'; press += 1) {
      await page.keyboard.press('Tab');
      seen.push(await focused());
      const isShown = await page.evaluate(() => {
        const { outlineStyle, outlineWidth, transform } = getComputedStyle(document.activeElement);
        const box = document.activeElement.getBoundingClientRect();
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && box.top >= 0 && box.bottom <= innerHeight && (transform === 'none' || box.width > 0);
      });
      assert.ok(isShown, `one does not see that ${seen.at(-1)} has the focus`);
    }
    assert.deepEqual(seen.slice(0, 4), ['跳到正文', '希望树', '顾安，我的账户', '首页']);
    assert.equal(seen.at(-1), '人员', seen.join('、'));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: '人员' }).waitFor();
    await page.waitForFunction(() => document.activeElement.tagName === 'H1');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), '添加已有人员');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), '新建人员');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: '新建人员' }).waitFor();
    await page.waitForFunction(() => document.querySelector('[role=dialog]').contains(document.activeElement));
    for (let press = 0; press < 30; press += 1) {
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement.closest('[role=dialog]') !== null), 'the focus leaves the dialog');
    }
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.activeElement.textContent.trim() === '新建人员');
    assert.deepEqual(unexpected(complaints), []);
    await page.context().close();
  });

  test('a wrong password is refused in words', async () => {
    const { page } = await openPage(browser, desk);
    await page.goto(`${demo.url}console/`);
    await page.getByLabel('用户名').fill('editor');
    await page.getByLabel('密码', { exact: true }).fill('not the password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('用户名或密码不正确').waitFor();
    await page.context().close();
  });

  test('whoever signs out of a session that is over already is signed out all the same', async () => {
    const { page } = await openPage(browser, desk);
    await signInAs(page, demo, 'town');
    await page.goto(`${demo.url}console/`);
    await page.getByRole('heading', { name: '首页' }).waitFor();
    await page.context().clearCookies();
    await page.getByRole('button', { name: /我的账户/ }).press('Enter');
    await page.getByRole('menuitem', { name: '退出登录' }).press('Enter');
    await page.getByRole('heading', { name: '登录' }).waitFor();
    await page.context().close();
  });
});
