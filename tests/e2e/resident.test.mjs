// A resident follows 希望社区, taps its menu, writes to it and reads its pages: in a real browser, over real HTTP.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  desk,
  narrowPhone,
  openPage,
  overflow,
  phone,
  picture,
  violations,
} from './browser.mjs';
import { browser, demo } from './stage.mjs';

const ACCOUNT = '希望社区';
const BOARDS = {
  社区简介: ['希望树', '社区概况', '社区地图', '联系我们'],
  社区信息: ['政策告知', '生活小贴士', '共治共建', '综治联勤'],
  社区活动: ['社区活动', '宣传公告'],
};
const ITEMS = Object.values(BOARDS).flat();
const FAULT = '该公众号提供的服务出现故障';
const ANSWER_LIMIT_MS = 10_000;
const MOST_PAGES = 60;

for (const [screen, device] of [
  ['phone', phone],
  ['desk', desk],
]) {
  describe(`on a ${screen}`, () => {
    let page;
    let complaints;
    const shoot = (name) => picture(page, `${screen}-${name}`);
    const log = () => page.getByRole('log', { name: '聊天记录' });
    const answers = () => log().getByRole('article', { name: '公众号的消息' });

    /** Does something to the account, and gives its next message. */
    async function answerTo(action) {
      const already = await answers().count();
      await action();
      const answer = answers().nth(already);
      await answer.waitFor({ timeout: ANSWER_LIMIT_MS });
      return answer;
    }

    const write = (text) =>
      answerTo(async () => {
        const toKeyboard = page.getByRole('button', { name: '切换到键盘' });
        if (await toKeyboard.isVisible()) {
          await toKeyboard.click();
        }
        await page.getByRole('textbox', { name: '输入消息' }).fill(text);
        await page.getByRole('button', { name: '发送', exact: true }).click();
      });

    before(async () => {
      ({ page, complaints } = await openPage(browser, device));
      await page.goto(`${demo.url}sandbox/#/hope/${await newcomer()}`);
    });

    after(() => page?.context().close());

    test('a resident follows and is welcomed with all ten sections', async () => {
      const followButton = page.getByRole('button', { name: '关注', exact: true });
      await followButton.waitFor({ timeout: ANSWER_LIMIT_MS });
      await page.getByRole('heading', { name: ACCOUNT }).first().waitFor();
      await shoot('1-before-following');
      assert.deepEqual(await violations(page), []);

      const welcome = await answerTo(() => followButton.click());
      const text = await welcome.innerText();
      for (const item of ITEMS) {
        assert.ok(text.includes(item), `the welcome does not mention ${item}: ${text}`);
      }
      await shoot('2-welcome');
    });

    test('each of the ten menu items answers with a card', async () => {
      const menu = page.getByRole('group', { name: '公众号菜单' });
      await menu.waitFor({ timeout: ANSWER_LIMIT_MS });
      for (const [board, items] of Object.entries(BOARDS)) {
        for (const item of items) {
          const card = await answerTo(async () => {
            await menu.getByRole('button', { name: board, exact: true }).click();
            await page.getByRole('menu').getByRole('menuitem', { name: item, exact: true }).click();
          });
          assert.notEqual(await card.getByRole('link').count(), 0, `no card for ${item}: ${await card.innerText()}`);
        }
      }
      await menu.getByRole('button', { name: '社区简介', exact: true }).click();
      await shoot('3-menu');
      assert.deepEqual(await violations(page), []);
      await page.keyboard.press('Escape');
    });

    test('what a resident writes is answered', async () => {
      const outage = await write('停电');
      assert.match(await outage.innerText(), /电/);
      const third = await write('3');
      assert.match(await third.innerText(), /社区地图|地图/);
      const menu = await (await write('菜单')).innerText();
      for (const item of ITEMS) {
        assert.ok(menu.includes(item), `the menu in the chat does not mention ${item}: ${menu}`);
      }
      await shoot('4-answers');
      assert.equal(await log().getByText(FAULT).count(), 0);
    });

    test('a card opens its page inside the phone, and the page has large type', async () => {
      const card = answers().getByRole('link').first();
      await card.click();
      const overlay = page.getByRole('dialog', { name: '网页' });
      const inside = overlay.locator('iframe').contentFrame();
      await inside.getByRole('heading', { level: 1 }).waitFor({ timeout: ANSWER_LIMIT_MS });
      await shoot('5-page');

      const size = () =>
        inside.getByRole('main').evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
      const standard = await size();
      await named(inside, '大字版').click();
      await named(inside, '标准版').waitFor({ timeout: ANSWER_LIMIT_MS });
      assert.ok((await size()) > standard, 'the large type is not larger');
      await shoot('6-large-type');
      assert.deepEqual(await violations(page), []);
      await named(inside, '标准版').click();
      await named(inside, '大字版').waitFor({ timeout: ANSWER_LIMIT_MS });

      await overlay.getByRole('button', { name: '关闭网页' }).click();
      await overlay.waitFor({ state: 'detached' });
    });

    test('the phone page has nothing that axe objects to, and nothing broke', async () => {
      assert.deepEqual(await violations(page), []);
      assert.equal(await overflow(page), 0);
      if (screen === 'phone') {
        await page.getByRole('button', { name: '控制台' }).click();
      }
      for (const tab of ['居民与公众号', '故障', '推送', '报文']) {
        await page.getByRole('tab', { name: tab }).click();
        const body = page.getByRole('tabpanel', { name: tab });
        await body.waitFor();
        if (tab === '报文') {
          await body.locator('summary').first().click();
          await body.getByRole('button', { name: '复制请求原文' }).first().waitFor({ timeout: ANSWER_LIMIT_MS });
        }
        await shoot(`7-panel-${tab}`);
        assert.deepEqual(await violations(page), [], `in the tab ${tab}`);
        assert.equal(await overflow(page), 0, `in the tab ${tab}`);
      }
      assert.deepEqual(complaints, []);
    });
  });
}

test("the residents' pages fit the narrowest phone and please axe, in both modes", async (context) => {
  const { page, complaints } = await openPage(browser, narrowPhone);
  const home = new URL('h/hope/', demo.url).href;
  for (const mode of ['标准版', '大字版']) {
    await context.test(mode, async () => {
      await page.goto(home);
      if (mode === '大字版') {
        await named(page, '大字版').click();
        await named(page, '标准版').waitFor();
      }
      const paths = await crawl(page, home);
      assert.ok(paths.length > ITEMS.length, `only ${paths.length} pages were found`);
      const problems = [];
      for (const [index, path] of paths.entries()) {
        await page.goto(new URL(path, home).href);
        const found = await violations(page);
        const beyond = await overflow(page);
        problems.push(...found.map((problem) => `${path}: ${problem}`));
        if (beyond > 0) {
          problems.push(`${path} reaches ${beyond} px beyond the screen`);
        }
        await picture(page, `pages-${mode === '大字版' ? 'large' : 'standard'}-${String(index).padStart(2, '0')}`);
      }
      assert.deepEqual(problems, []);
    });
  }
  assert.deepEqual(complaints, []);
  await page.context().close();
});

/** Somebody who has not followed the account yet: each screen is held by another resident. */
async function newcomer() {
  const control = async (path) => (await fetch(new URL(`sandbox/control/${path}`, demo.url))).json();
  const { accounts, residents } = await control('state');
  const { app_id: appId } = accounts.find(({ name }) => name === ACCOUNT);
  for (const { id } of residents) {
    const { following } = await control(`accounts/${appId}/residents/${id}/chat?after=0`);
    if (!following) {
      return id;
    }
  }
  throw new Error('everybody in the sandbox follows already');
}

/** A link or a button, whichever the page made of it. */
function named(place, name) {
  return place.getByRole('link', { name }).or(place.getByRole('button', { name })).first();
}

/** The paths of all the account's pages that can be reached from its home page. */
async function crawl(page, home) {
  const { pathname: prefix, origin } = new URL(home);
  const paths = [prefix];
  for (let index = 0; index < paths.length && paths.length < MOST_PAGES; index += 1) {
    await page.goto(origin + paths[index]);
    const links = await page.locator('a[href]').evaluateAll((anchors) =>
      // The links of a drawing have no plain `href`, so the attribute is resolved here.
      anchors.map((anchor) => new URL(anchor.getAttribute('href'), document.baseURI).href),
    );
    for (const link of links) {
      const url = new URL(link);
      const isPage =
        url.origin === origin &&
        url.pathname.startsWith(prefix) &&
        !url.pathname.includes('/pictures/') &&
        !url.pathname.endsWith('/care');
      const path = url.pathname + url.search;
      if (isPage && !paths.includes(path) && paths.length < MOST_PAGES) {
        paths.push(path);
      }
    }
  }
  return paths;
}
