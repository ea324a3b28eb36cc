// The menu, the answers and the sections in a real browser: changed by an admin with the keyboard alone, and seen on the sandbox's phone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { choose, desk, openPage, overflow, phone, picture, signInAs, violations } from './browser.mjs';
import { browser, demo } from './stage.mjs';

const control = async (path, body) => {
  const answer = await fetch(`${demo.url}sandbox/control/${path}`, body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return answer.json();
};

/** Asks until it is so. */
async function until(ask, isSo, what) {
  for (let time = 0; time < 200; time += 1) {
    const answer = await ask();
    if (isSo(answer)) {
      return answer;
    }
    await new Promise((resume) => setTimeout(resume, 50));
  }
  throw new Error(`it never was so: ${what}`);
}

const hope = async () => (await control('state')).accounts.find((account) => account.slug === 'hope');

describe('at a desk', () => {
  let page;
  let complaints;

  async function examine(name) {
    await picture(page, `menu-desk-${name}`);
    assert.deepEqual(await violations(page), []);
    assert.ok((await overflow(page)) <= 0, `${name} is wider than the screen`);
  }

  before(async () => {
    ({ page, complaints } = await openPage(browser, desk));
    await signInAs(page, demo, 'admin');
  });

  after(() => page?.context().close());

  test('an entry of the menu is changed by keyboard, published, and stands on the phone', async () => {
    await page.goto(`${demo.url}console/a/hope/menu`);
    await page.getByRole('heading', { level: 1, name: '菜单' }).waitFor();
    await page.getByText('没有发现问题').waitFor();
    await examine('1-menu');
    await page.getByRole('button', { name: '社区地图', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: '名称' }).fill('怎么走');
    await page.getByText('9/60 字节').waitFor();
    const entry = page.getByRole('button', { name: '怎么走', exact: true });
    await entry.focus();
    await page.keyboard.press('Alt+ArrowUp');
    await page.getByText('已移到第1列第2项').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), '怎么走', 'the focus goes along');
    await page.keyboard.press('Alt+ArrowRight');
    await page.getByText('已移到第2列第2项').waitFor();
    await page.keyboard.press('Alt+ArrowLeft');
    await page.getByText('草稿已保存').waitFor();
    await page.getByRole('textbox', { name: '名称' }).fill('名'.repeat(21));
    await page.getByText('63/60 字节').waitFor();
    await page.getByText(/名称太长：现在是 63 字节/).first().waitFor();
    await examine('2-fault');
    await page.getByRole('button', { name: '发布…' }).click();
    await page.getByText('草稿里还有必须改的问题').waitFor();
    await page.getByRole('textbox', { name: '名称' }).fill('怎么走');
    await page.getByText('没有发现问题').waitFor();
    await page.getByRole('button', { name: '发布…' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: '发布菜单' });
    await dialog.getByText(/怎么走/).first().waitFor();
    await examine('3-publish');
    await dialog.getByRole('button', { name: '发布', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/微信已在 .* 收下这份菜单/).waitFor();
    const shown = (await hope()).menu.button[0].sub_button.map((button) => button.name);
    assert.deepEqual(shown, ['希望树', '怎么走', '社区概况', '联系我们']);
    await examine('4-published');
    await page.goto(`${demo.url}sandbox/`);
    // Granny Liu follows already.
    await page.getByRole('radio', { name: /刘奶奶/ }).check({ force: true });
    await page.getByRole('button', { name: '社区简介' }).click();
    await page.getByRole('menuitem', { name: '怎么走' }).waitFor();
    await picture(page, 'menu-desk-5-phone');
  });

  test('the welcome and a rule are changed, tried, and heard in the chat', async () => {
    await page.goto(`${demo.url}console/a/hope/answers`);
    await page.getByRole('heading', { level: 1, name: '自动回复' }).waitFor();
    // What a rule answers with is told by its title.
    await page.getByText('公告卡片：居住登记和居住证办理指南（示例）').waitFor();
    await page.getByText('栏目卡片：社区地图').waitFor();
    await page.getByRole('button', { name: '检查全部规则' }).click();
    await page.getByRole('heading', { name: '检查结果' }).waitFor();
    await examine('6-answers');
    await page.getByRole('link', { name: '欢迎语' }).click();
    await page.getByRole('textbox', { name: '文字内容' }).fill('欢迎来到{公众号}！\n{栏目}');
    await page.getByRole('switch', { name: '使用自己写的' }).press(' ');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存，一秒内生效').waitFor();
    await page.getByText('假装刚刚关注').click();
    await page.getByRole('button', { name: '试一试' }).click();
    await page.getByText('关注时发送您设置的欢迎语。').waitFor();
    await examine('7-welcome');
    const { app_id: app } = await hope();
    const follow = async () => {
      await control(`accounts/${app}/residents/zhang/leave`, {});
      return JSON.stringify(await control(`accounts/${app}/residents/zhang/follow`, {}));
    };
    await until(follow, (chat) => chat.includes('欢迎来到希望社区'), 'the welcome');

    await page.goto(`${demo.url}console/a/hope/answers/rules/new`);
    await page.getByRole('textbox', { name: '关键词' }).fill('充电桩，充电 车位');
    await page.getByRole('textbox', { name: '文字内容' }).fill('充电桩在东门。');
    await page.getByRole('spinbutton', { name: '优先级' }).fill('90');
    await page.getByText('只在这些时段').click();
    await page.getByText('周一至周五 09:00–17:30').waitFor();
    await page.getByRole('button', { name: '周六' }).press('Enter');
    await page.getByText('周一至周六 09:00–17:30').waitFor();
    await page.getByRole('textbox', { name: '居民说' }).fill('哪里有充电桩');
    await page.getByRole('textbox', { name: /^在什么时间/ }).fill('2026-11-29T12:00');
    await page.getByRole('button', { name: '试一试' }).click();
    await page.getByText(/命中了“充电桩”，但现在不在它的答复时段/).waitFor();
    await page.getByRole('textbox', { name: /^在什么时间/ }).fill('2026-11-28T12:00');
    await page.getByRole('button', { name: '试一试' }).click();
    await page.getByText(/由它答复/).first().waitFor();
    await examine('8-rule');
    await page.getByText('任何时候').click();
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存，一秒内生效').waitFor();
    const ask = async () => JSON.stringify(await control(`accounts/${app}/residents/zhang/send`, { type: 'text', content: '哪里有充电桩？' }));
    await until(ask, (chat) => chat.includes('充电桩在东门'), 'the rule');
  });

  test('an answer is a notice that is found by its words, and comes as its card', async () => {
    await page.goto(`${demo.url}console/a/hope/answers/rules/new`);
    await page.getByRole('textbox', { name: '关键词' }).fill('棉衣');
    await choose(page, '种类', '公告卡片');
    const picker = page.getByRole('combobox', { name: '公告' });
    await picker.fill('没有这样的公告');
    await page.getByText('没有找到已发布的公告').waitFor();
    await picker.fill('寒潮');
    const found = page.getByRole('option', { name: /寒潮要来/ });
    await found.waitFor();
    await examine('8-notice');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.match(await page.getByRole('link', { name: '查看居民看到的页面' }).getAttribute('href'), /\/h\/hope\/a\/winter-frost$/);
    await page.getByRole('textbox', { name: '居民说' }).fill('棉衣');
    await page.getByRole('button', { name: '试一试' }).click();
    await page.locator('.outcome').getByText(/寒潮要来/).first().waitFor();
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存，一秒内生效').waitFor();
    await page.reload();
    await page.getByRole('main').getByText(/寒潮要来/).first().waitFor();
    const { app_id: app } = await hope();
    const ask = async () => JSON.stringify(await control(`accounts/${app}/residents/zhang/send`, { type: 'text', content: '棉衣' }));
    await until(ask, (chat) => chat.includes('winter-frost'), 'the card');
  });

  test('a picture is put into the text of a section, and residents see it', async () => {
    await page.goto(`${demo.url}console/a/hope/sections/overview`);
    const body = page.getByRole('textbox', { name: '正文' });
    await body.press('Control+End');
    await page.getByRole('button', { name: '插入图片' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: '选择图片' });
    const chooser = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: '上传文件' }).press('Enter');
    const shot = await page.screenshot({ clip: { x: 0, y: 0, width: 320, height: 200 } });
    await (await chooser).setFiles([{ name: '社区大门.png', mimeType: 'image/png', buffer: shot }]);
    await dialog.getByRole('button', { name: /^社区大门/ }).press('Enter');
    await dialog.getByRole('textbox', { name: '图片说明' }).fill('社区的大门');
    await dialog.getByRole('button', { name: '保存' }).press('Enter');
    await dialog.getByText('这张图片还没有说明。').waitFor({ state: 'hidden' });
    await dialog.getByRole('button', { name: '使用' }).press('Enter');
    assert.match(await body.inputValue(), /\n\n!\[社区的大门\]\(\/h\/hope\/media\/\w+\.\w+\)$/);
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存，一秒内生效').waitFor();
    await examine('9-picture');
    const reader = await openPage(browser, phone);
    await reader.page.goto(`${demo.url}h/hope/s/overview`);
    const shown = reader.page.getByRole('img', { name: '社区的大门' });
    await shown.scrollIntoViewIfNeeded();
    await reader.page.waitForFunction(() => document.querySelector('img[alt="社区的大门"]').naturalWidth > 0);
    await reader.page.context().close();
  });

  test('a section is renamed, and one in use is not removed', async () => {
    await page.goto(`${demo.url}console/a/hope/sections`);
    await page.getByRole('link', { name: '社区地图' }).waitFor();
    await examine('9-sections');
    await page.getByRole('link', { name: '社区地图' }).click();
    await page.getByRole('textbox', { name: '标题' }).fill('咱们的地图');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存，一秒内生效').waitFor();
    await examine('10-section');
    await page.getByRole('button', { name: '删除', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: '删除' }).click();
    await page.getByText(/这个栏目还在使用：菜单里有按钮指向它/).waitFor();
  });

  test('an earlier menu comes back with one click', async () => {
    await page.goto(`${demo.url}console/a/hope/menu`);
    await page.getByRole('button', { name: '查看区别：1' }).click();
    await page.getByText(/由“怎么走”改为“社区地图”|怎么走/).first().waitFor();
    await page.getByRole('button', { name: '恢复这一版：1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '恢复这一版' }).click();
    await until(hope, (account) => account.menu.button[0].sub_button[1].name === '社区概况', 'the first menu');
    assert.deepEqual(complaints.filter((complaint) => !/409|422/.test(complaint)), []);
  });

  test('entries and columns are dragged with the mouse, and what does not fit stays where it is', async () => {
    await page.goto(`${demo.url}console/a/hope/menu`);
    const editor = page.getByRole('region', { name: '菜单编辑' });
    const column = (number) => editor.getByRole('region', { name: `第${number}列` });
    const names = async (number) => (await column(number).locator('.entry').allInnerTexts()).map((name) => name.trim());
    const entry = (name) => editor.getByRole('button', { name, exact: true }).first();
    // A slow machine's browser may miss that the mouse moves with its button down.
    const drag = async (from, to, told) => {
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        await entry(from).dragTo(entry(to));
        try {
          await editor.getByText(told, { exact: true }).waitFor({ timeout: 5_000 });
          return;
        } catch (error) {
          if (attempt === 3) {
            throw error;
          }
        }
      }
    };
    await editor.getByRole('button', { name: '社区地图', exact: true }).waitFor();
    await drag('社区地图', '生活小贴士', '已移到第2列第2项');
    assert.deepEqual(await names(2), ['社区信息', '政策告知', '社区地图', '生活小贴士', '共治共建', '综治联勤']);
    await drag('社区概况', '政策告知', '不能移到那里：每列最多五项，而且那一列要有子菜单。');
    assert.deepEqual(await names(1), ['社区简介', '希望树', '社区概况', '联系我们']);
    await drag('社区信息', '社区简介', '已移到第1列');
    assert.equal((await names(1))[0], '社区信息');
    await page.getByText('草稿已保存').waitFor();
    await examine('10-dragged');
  });

  test('a button opens the page of a notice that is chosen from a list, and a resident reads it', async () => {
    const editor = page.getByRole('region', { name: '菜单编辑' });
    await editor.getByRole('button', { name: '联系我们', exact: true }).click();
    await choose(page, '点了以后', '打开网页');
    await choose(page, '选一个栏目的网页', '社区活动');
    await page.waitForFunction(() => [...document.querySelectorAll('input')].some(({ value }) => value.endsWith('/h/hope/s/events')));
    await page.getByRole('combobox', { name: '选一篇公告的网页' }).fill('充电棚');
    await page.getByRole('option', { name: '新充电棚启用，欢迎使用' }).click();
    await page.waitForFunction(() => [...document.querySelectorAll('input')].some(({ value }) => value.endsWith('/h/hope/a/charging-shed')));
    await page.getByRole('textbox', { name: '名称' }).fill('充电棚');
    await page.getByText('草稿已保存').waitFor();
    await examine('11-page');
    await page.getByRole('button', { name: '发布…' }).click();
    const dialog = page.getByRole('dialog', { name: '发布菜单' });
    await dialog.getByRole('button', { name: '发布', exact: true }).click();
    await until(hope, (account) => JSON.stringify(account.menu).includes('/a/charging-shed'), 'the page in the menu');
    const reader = await openPage(browser, desk);
    await reader.page.goto(`${demo.url}sandbox/`);
    await reader.page.getByRole('radio', { name: /刘奶奶/ }).check({ force: true });
    await reader.page.getByRole('button', { name: '社区简介' }).click();
    await reader.page.getByRole('menuitem', { name: '充电棚' }).click();
    await reader.page.frameLocator('iframe').getByRole('heading', { name: '新充电棚启用，欢迎使用' }).waitFor();
    await reader.page.context().close();
  });

  test('another audience sees a menu of its own, on the phone beside the editor', async () => {
    await page.goto(`${demo.url}console/a/hope/menu`);
    await page.getByRole('button', { name: '添加分众菜单' }).click();
    await page.getByRole('textbox', { name: '这份菜单叫什么' }).fill('志愿者');
    const editor = page.getByRole('region', { name: '菜单编辑' });
    const shown = page.getByRole('figure', { name: '手机预览' });
    await editor.getByRole('button', { name: '社区活动', exact: true }).first().click();
    await page.getByRole('textbox', { name: '名称' }).fill('我的服务');
    await shown.getByRole('button', { name: '我的服务' }).waitFor();
    await examine('12-audience');
    await page.getByRole('group', { name: '给谁看' }).getByRole('button', { name: '全部居民' }).click();
    await shown.getByRole('button', { name: '社区活动' }).waitFor();
    assert.equal(await shown.getByRole('button', { name: '我的服务' }).count(), 0);
    await page.getByRole('group', { name: '给谁看' }).getByRole('button', { name: '志愿者' }).click();
    await page.getByRole('button', { name: '删除这份菜单' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '删除' }).click();
    await page.getByRole('group', { name: '给谁看' }).getByRole('button', { name: '志愿者' }).waitFor({ state: 'hidden' });
    await page.getByText('草稿已保存').waitFor();
    assert.deepEqual(complaints.filter((complaint) => !/409|422/.test(complaint)), []);
  });

  test('an editor sees the menu and cannot change it', async () => {
    const other = await openPage(browser, desk);
    await signInAs(other.page, demo, 'editor');
    await other.page.goto(`${demo.url}console/a/hope/menu`);
    await other.page.getByText('修改和发布需要管理员权限').waitFor();
    assert.equal(await other.page.getByRole('button', { name: '发布…' }).count(), 0);
    assert.deepEqual(await violations(other.page), []);
    await other.page.context().close();
  });
});

test('all of it fits a phone', async () => {
  const { page } = await openPage(browser, phone);
  await signInAs(page, demo, 'admin');
  for (const [path, heading] of [
    ['menu', '菜单'],
    ['answers', '自动回复'],
    ['answers/rules/power-cut', '编辑规则'],
    ['answers/greetings/default', '默认答复'],
    ['sections', '栏目'],
    ['sections/map', '编辑栏目'],
  ]) {
    await page.goto(`${demo.url}console/a/hope/${path}`);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    await page.waitForLoadState('networkidle');
    await picture(page, `menu-phone-${path.replaceAll('/', '-')}`);
    assert.deepEqual(await violations(page), [], path);
    assert.ok((await overflow(page)) <= 0, `${path} is wider than the screen`);
  }
  await page.context().close();
});
