// The media library in a real browser: uploads by button, drag and paste, alternative texts, the trash, and the picker.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { choose, desk, openPage, overflow, phone, picture, signInAs, violations } from './browser.mjs';
import { browser, demo } from './stage.mjs';

const LONG_NAME = `${'希望社区2026年重阳节敬老活动现场照片'.repeat(3)}𠮷👨‍👩‍👧‍👦.png`;

/** A picture with a letter on it, drawn by the browser itself. */
async function drawn(page, letter, width = 640, height = 420) {
  const base64 = await page.evaluate(
    ([text, wide, high]) => {
      const canvas = document.createElement('canvas');
      canvas.width = wide;
      canvas.height = high;
      const context = canvas.getContext('2d');
      context.fillStyle = '#0a6b3d';
      context.fillRect(0, 0, wide, high);
      context.fillStyle = '#ffffff';
      context.font = '200px sans-serif';
      context.fillText(text, wide / 3, high * 0.7);
      return canvas.toDataURL('image/png').split(',')[1];
    },
    [letter, width, height],
  );
  return Buffer.from(base64, 'base64');
}

/** As if files were dropped on an element, or pasted into the page. */
async function handOver(page, way, files) {
  const list = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));
  await page.evaluate(
    ([kind, given]) => {
      const transfer = new DataTransfer();
      for (const { name, mimeType, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type: mimeType }));
      }
      if (kind === 'paste') {
        document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }));
      } else {
        const area = document.querySelector('.area');
        for (const type of ['dragenter', 'dragover', 'drop']) {
          area.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }
      }
    },
    [way, list],
  );
}

for (const [screen, device] of [
  ['desk', desk],
  ['phone', phone],
]) {
  describe(`on a ${screen}`, () => {
    let page;
    let complaints;
    let slug;
    const shoot = (name) => picture(page, `media-${screen}-${name}`);
    const card = (name) => page.getByRole('list', { name: '文件列表' }).getByRole('button', { name });

    async function examine(name) {
      await shoot(name);
      assert.deepEqual(await violations(page), []);
      assert.ok((await overflow(page)) <= 0, `${name} is wider than the screen`);
    }

    before(async () => {
      ({ page, complaints } = await openPage(browser, device));
      await signInAs(page, demo, 'owner');
      const session = await (await page.request.get(`${demo.url}api/v1/session`)).json();
      const slugs = session.accounts.map((found) => found.slug);
      // Each screen begins with an empty library.
      slug = screen === 'desk' ? 'hope' : slugs.find((found) => found !== 'hope');
      await page.goto(`${demo.url}console/a/${slug}/media`);
      await page.getByRole('heading', { level: 1, name: '媒体库' }).waitFor();
    });

    after(() => page?.context().close());

    test('an empty library says what it is for', async () => {
      await page.getByText('媒体库还是空的').waitFor();
      await page.getByText('已用 0 字节').waitFor();
      await examine('1-empty');
    });

    test('files come by button, by drag and from the clipboard; each one that fails says why', async () => {
      const chooser = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: '上传文件' }).click();
      await (await chooser).setFiles([
        { name: LONG_NAME, mimeType: 'image/png', buffer: await drawn(page, '树', 2400, 1200) },
        { name: '空的.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(0) },
        { name: '伪装.pdf', mimeType: 'application/pdf', buffer: await drawn(page, '伪') },
        { name: '网页.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg onload="alert(1)"/>') },
      ]);
      await page.getByText('文件是空的（0 字节），请重新选择。').waitFor();
      await page.getByText('文件内容与扩展名不符').waitFor();
      await page.getByText('不能上传网页或 SVG 文件').waitFor();
      await card(/重阳节敬老活动/).waitFor();
      await handOver(page, 'drop', [
        { name: '停水通知.txt', mimeType: 'text/plain', buffer: Buffer.from('明天停水') },
        { name: '<img src=x onerror=alert(1)>.txt', mimeType: 'text/plain', buffer: Buffer.from('x') },
      ]);
      await card('停水通知').waitFor();
      await handOver(page, 'paste', [{ name: 'image.png', mimeType: 'image/png', buffer: await drawn(page, '图') }]);
      await card(/^截图/).waitFor();
      await page.getByText('4 个文件已上传，3 个没有成功。').waitFor();
      await examine('2-uploaded');
      await page.getByRole('button', { name: '清除列表' }).click();
    });

    test('a video is a link to those who show videos', async () => {
      await page.getByRole('button', { name: '添加视频链接' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('视频网址').fill('https://evil.example/video');
      await dialog.getByRole('button', { name: '添加' }).click();
      await dialog.getByText('这个链接不能用').waitFor();
      await examine('3-link');
      await dialog.getByLabel('视频网址').fill('https://v.qq.com/x/page/a0123.html');
      await dialog.getByLabel('标题').fill('消防演练');
      await page.keyboard.press('Enter');
      await card('消防演练').waitFor();
      await dialog.waitFor({ state: 'hidden' });
    });

    test('what a picture shows is written down, and found again', async () => {
      await page.getByText('只看没有说明的图片').click();
      await card('停水通知').waitFor({ state: 'detached' });
      await card(/重阳节敬老活动/).click();
      const drawer = page.getByRole('dialog');
      await drawer.getByText('1600 × 800 像素').waitFor();
      await drawer.getByText('目前没有地方使用它。').waitFor();
      await examine('4-detail');
      await drawer.getByLabel('图片说明').fill('老人们在社区的大树下下棋');
      await drawer.getByRole('button', { name: '保存' }).click();
      await page.getByText('已保存。').first().waitFor();
      await page.keyboard.press('Escape');
      await drawer.waitFor({ state: 'hidden' });
      await page.getByText('只看没有说明的图片').click();
      await page.getByRole('textbox', { name: '搜索' }).fill('下棋');
      await card('停水通知').waitFor({ state: 'detached' });
      await card(/重阳节敬老活动/).waitFor();
      await page.getByRole('textbox', { name: '搜索' }).fill('没有这个');
      await page.getByText('换一个词，或者放宽筛选条件再试。').waitFor();
      await page.getByRole('textbox', { name: '搜索' }).fill('');
      await card('停水通知').waitFor();
    });

    test('what was thrown away is not given out, and can be taken back', async () => {
      await card('停水通知').click();
      const drawer = page.getByRole('dialog', { name: '停水通知' });
      const address = await drawer.getByRole('link', { name: '打开' }).getAttribute('href');
      assert.equal((await page.request.get(new URL(address, demo.url).href)).status(), 200);
      await drawer.getByRole('button', { name: '删除' }).click();
      const question = page.getByRole('dialog', { name: '删除这个文件？' });
      await question.waitFor();
      await shoot('5-question');
      await question.getByRole('button', { name: '删除' }).click();
      await card('停水通知').waitFor({ state: 'detached' });
      assert.equal((await page.request.get(new URL(address, demo.url).href)).status(), 404);
      await page.getByText('回收站', { exact: true }).click();
      await card('停水通知').click();
      await examine('6-trash');
      await page.getByRole('dialog').getByRole('button', { name: '恢复' }).click();
      await page.getByText('回收站是空的').waitFor();
      assert.equal((await page.request.get(new URL(address, demo.url).href)).status(), 200);
    });

    test('nothing of it complained', () => {
      const unexpected = complaints.filter((line) => !/status of (404|409|413|422)/.test(line));
      assert.deepEqual(unexpected, []);
    });
  });
}

test('whoever may only look sees no buttons to change anything', async () => {
  const { page } = await openPage(browser, desk);
  await signInAs(page, demo, 'agent');
  const session = await (await page.request.get(`${demo.url}api/v1/session`)).json();
  await page.goto(`${demo.url}console/a/${session.accounts.find(({ slug }) => slug === 'hope').slug}/media`);
  await page.getByRole('list', { name: '文件列表' }).getByRole('button').first().click();
  await page.getByRole('dialog').getByText('用在哪里').waitFor();
  assert.equal(await page.getByRole('button', { name: /上传|删除|保存|添加/ }).count(), 0);
  await picture(page, 'media-desk-7-reader');
  assert.deepEqual(await violations(page), []);
  await page.context().close();
});

for (const [screen, device] of [
  ['desk', desk],
  ['phone', phone],
]) {
  test(`a card of an answer gets its picture from the picker, by keyboard, on a ${screen}`, async () => {
    const { page, complaints } = await openPage(browser, device);
    await signInAs(page, demo, 'admin');
    await page.goto(`${demo.url}console/a/hope/answers/rules/new`);
    await page.getByRole('textbox', { name: '关键词' }).fill('重阳');
    await choose(page, '种类', '自定义图文卡片');
    const opener = page.getByRole('button', { name: '从媒体库选择' });
    await opener.press('Enter');
    const dialog = page.getByRole('dialog', { name: '选择图片' });
    await dialog.waitFor();
    assert.equal(await dialog.getByRole('combobox').count(), 0, 'only pictures are shown');
    assert.equal(await dialog.getByRole('button', { name: '使用' }).isDisabled(), true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.equal(await opener.evaluate((button) => document.activeElement === button), true, 'the focus comes back');

    await opener.press('Enter');
    const chooser = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: '上传文件' }).press('Enter');
    const letter = screen === 'desk' ? '重' : '阳';
    await (await chooser).setFiles([
      { name: `敬老${letter}.png`, mimeType: 'image/png', buffer: await drawn(page, letter) },
      { name: '不是图片.png', mimeType: 'image/png', buffer: Buffer.from('nothing') },
    ]);
    await dialog.getByText('1 个文件已上传，1 个没有成功。').waitFor();
    await dialog.getByRole('button', { name: new RegExp(`^敬老${letter}`) }).press('Enter');
    await dialog.getByText('这张图片还没有说明。').waitFor();
    await picture(page, `picker-${screen}-1-alt`);
    assert.deepEqual(await violations(page), []);
    assert.ok((await overflow(page)) <= 0);
    await dialog.getByRole('textbox', { name: '图片说明' }).fill('老人们在活动室唱歌');
    await dialog.getByRole('button', { name: '保存' }).press('Enter');
    await dialog.getByText('这张图片还没有说明。').waitFor({ state: 'hidden' });
    await dialog.getByRole('button', { name: '使用' }).press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    const address = await page.getByRole('textbox', { name: /^图片网址/ }).inputValue();
    assert.ok(address.startsWith(`${demo.url}h/hope/media/`), address);
    await page.waitForFunction(() => document.querySelector('.card img')?.naturalWidth > 0);
    assert.equal((await page.request.get(address)).status(), 200);

    await page.getByRole('combobox', { name: /^从公告填写/ }).fill('充电棚');
    await page.getByRole('option', { name: '新充电棚启用，欢迎使用' }).click();
    await page.waitForFunction(() => [...document.querySelectorAll('input')].some((input) => /\/a\/charging-shed$/.test(input.value)));
    assert.equal(await page.getByRole('textbox', { name: '标题' }).inputValue(), '新充电棚启用，欢迎使用');
    await picture(page, `picker-${screen}-2-card`);
    assert.deepEqual(await violations(page), []);
    assert.ok((await overflow(page)) <= 0);
    assert.deepEqual(complaints.filter((line) => !/status of 422/.test(line)), []);
    await page.context().close();
  });
}
