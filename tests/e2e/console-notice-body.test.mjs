// The text of a notice in a real browser: what is kept, pictures, pasting from Word and WeChat, and documents of Word.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { desk, openPage, overflow, phone, picture, signInAs, violations } from './browser.mjs';
import { browser, demo } from './stage.mjs';

const web = createRequire(new URL('../../web/package.json', import.meta.url));
const JSZip = createRequire(web.resolve('mammoth'))('jszip');

async function desktop(device = desk) {
  const { page, complaints } = await openPage(browser, device);
  await signInAs(page, demo, 'editor');
  const { csrf } = await (await page.request.get(`${demo.url}api/v1/session`)).json();
  const headers = { 'x-csrf-token': csrf };
  const notices = `${demo.url}api/v1/accounts/hope/notices`;
  const text = page.getByRole('textbox', { name: '正文' });
  return {
    page,
    complaints,
    text,
    headers,
    /** A draft with a text, opened. */
    async draft(title, body_html) {
      const answer = await page.request.post(notices, { headers, data: { title, body_html } });
      assert.equal(answer.status(), 201, await answer.text());
      const notice = await answer.json();
      await page.goto(`${demo.url}console/a/hope/notices/${notice.id}`);
      await text.waitFor();
      return notice;
    },
    async save(notice) {
      const put = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.url().includes(`/notices/${notice.id}`));
      await page.getByRole('button', { name: '保存', exact: true }).click();
      const answer = await put;
      assert.equal(answer.status(), 200, await answer.text());
      // What the server made of it has come back.
      await page.waitForLoadState('networkidle');
      return (await (await page.request.get(`${notices}/${notice.id}`)).json()).content.body_html;
    },
    /** A picture in the library, drawn by the browser itself. */
    async upload(letter, alt = '') {
      const buffer = await drawn(page, letter);
      const multipart = { file: { name: `${letter}.png`, mimeType: 'image/png', buffer } };
      const { item } = await (await page.request.post(`${demo.url}api/v1/accounts/hope/media`, { headers, multipart })).json();
      if (alt !== '') {
        const data = { version: item.version, title: item.title, alt };
        const answer = await page.request.patch(`${demo.url}api/v1/accounts/hope/media/${item.id}`, { headers, data });
        assert.ok(answer.ok(), await answer.text());
      }
      return item;
    },
  };
}

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
      context.font = `${high / 2}px sans-serif`;
      context.fillText(text, wide / 3, high * 0.7);
      return canvas.toDataURL('image/png').split(',')[1];
    },
    [letter, width, height],
  );
  return Buffer.from(base64, 'base64');
}

/** The editor's library follows the selection every tenth of a second, which is quick for people and slow for a test. */
const breath = (page) => page.waitForTimeout(250);

/** Puts the caret into a line. */
async function caret(page, place, key) {
  await place.click();
  await breath(page);
  if (key !== undefined) {
    await page.keyboard.press(key);
    await breath(page);
  }
}

/** As an input method writes: first how it is read, then the characters. */
async function compose(page, spelling, text) {
  const devtools = await page.context().newCDPSession(page);
  for (let end = 1; end <= spelling.length; end += 1) {
    await devtools.send('Input.imeSetComposition', { text: spelling.slice(0, end), selectionStart: end, selectionEnd: end });
  }
  await devtools.send('Input.insertText', { text });
  await breath(page);
}

/** The editor as it is seen. */
async function shot(page, name) {
  await page.locator('.editor').first().scrollIntoViewIfNeeded();
  await page.locator('.editor').first().evaluate((editor) => editor.scrollIntoView());
  await picture(page, name);
}

/** As if it came from the clipboard, or was dropped. */
async function handOver(page, { html = '', rtf = '', plain = '', files = [], way = 'paste' }) {
  const list = files.map(({ name, buffer, type = 'image/png' }) => ({ name, type, base64: buffer.toString('base64') }));
  await page.evaluate(
    ([given, text, digits, words, kind]) => {
      const transfer = new DataTransfer();
      for (const [type, value] of [['text/html', text], ['text/rtf', digits], ['text/plain', words]]) {
        if (value !== '') {
          transfer.setData(type, value);
        }
      }
      for (const { name, type, base64 } of given) {
        transfer.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name, { type }));
      }
      const area = document.querySelector('[data-slate-editor]');
      const line = area.lastElementChild ?? area;
      line.scrollIntoView({ block: 'center' });
      const { left, top } = line.getBoundingClientRect();
      line.dispatchEvent(
        kind === 'paste'
          ? new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true })
          : new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true, clientX: left + 4, clientY: top + 4 }),
      );
    },
    [list, html, rtf, plain, way],
  );
}

const arrived = (page) => page.locator('.body-waiting').first().waitFor({ state: 'detached' });

/** Every address in a text, of pictures and of links. */
const addresses = (html) => [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
const isOwn = (address) => /^\/h\/hope\/media\/[\da-f]{64}\.\w+$/.test(address);

/** Where nothing of it runs, loads from elsewhere or hides. */
function harmless(html) {
  assert.doesNotMatch(html, /<(script|iframe|svg|object|form|style)|\son\w+=|javascript:|data:|blob:|file:|mmbiz|expression|position/i);
  assert.ok([...html.matchAll(/<img[^>]*src="([^"]*)"/g)].every(([, source]) => isOwn(source)), html);
}

describe('what is written stays', () => {
  test('to click into a text changes nothing', async () => {
    const { page, draft, text, complaints } = await desktop();
    await draft('开放时间', '<blockquote>请看表格。</blockquote><table><tbody><tr><td>周一</td><td>九点</td></tr></tbody></table>');
    await page.getByText('请看表格。').click();
    await page.getByText('周一').click();
    await page.getByRole('link', { name: '公告', exact: true }).first().click();
    await page.getByRole('heading', { name: '公告', exact: true }).waitFor();
    assert.equal(await text.count(), 0, 'nobody was asked whether to throw changes away');
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('a real change keeps figures, tables, lists and looks as they are', async () => {
    const { page, draft, save, upload } = await desktop();
    const { url } = await upload('甲');
    const html = [
      '<h2 style="text-align: center">名单𠀀</h2>',
      `<figure><img src="${url}" alt="志愿者" style="width: 50%"><figcaption>志愿者<strong>合影</strong></figcaption></figure>`,
      '<p style="text-indent: 2em">一<sub>二</sub>，三<sup>2</sup>，<small>小字</small>，<span style="font-size: 20px">大字</span>，<a href="https://www.example.cn/a">办事<strong>指南</strong></a>。</p>',
      '<ol start="3"><li>甲<ul><li>乙</li></ul></li><li>丙</li></ol>',
      '<table><caption>时间</caption><colgroup><col width="25%"><col width="75%"></colgroup><thead><tr><th>日</th><th>时</th></tr></thead>',
      '<tbody><tr><td colspan="2" style="text-align: center; background-color: #fff2cc">周末</td></tr><tr><td rowspan="2">一</td><td>二<br>三</td></tr><tr><td>四</td></tr></tbody></table>',
      '<blockquote><p>引一</p><p>引二</p></blockquote>',
      '<dl><dt>电话</dt><dd>021-55550101</dd></dl>',
      '<section style="background-color: #eef3f0; padding: 8px"><p>段落</p></section>',
    ].join('');
    const notice = await draft('全部', html);
    await page.getByText('这篇正文里有 1 处编辑器不能保留的内容').waitFor();
    await caret(page, page.getByText('段落', { exact: true }), 'End');
    await compose(page, 'yigai', '已改');
    await page.keyboard.type('😀');
    const saved = await save(notice);
    const before = notice.content.body_html.replace(/ rel="[^"]*"/g, '');
    const wanted = before.replace(/<section[^>]*>.*<\/section>/, '<p style="background-color: #eef3f0">段落已改😀</p>');
    assert.equal(saved.replace(/ rel="[^"]*"/g, ''), wanted);
    await page.context().close();
  });

  test('a caption is written in place, a picture gets its text and its width, and goes as a whole', async () => {
    const { page, draft, save, upload, text } = await desktop();
    const { url } = await upload('乙');
    const notice = await draft('照片', `<p>请看：</p><p><img src="${url}" alt=""></p><p>完</p>`);
    await caret(page, text.locator('figure img'));
    await compose(page, 'shequ', '社区');
    await page.keyboard.type('合影');
    await page.getByRole('button', { name: '图片说明' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('十位志愿者站在楼前');
    assert.deepEqual(await violations(page), []);
    await picture(page, 'body-alt');
    await page.getByRole('button', { name: '确定' }).click();
    await page.getByRole('combobox', { name: '图片宽度' }).selectOption('一半');
    assert.deepEqual(await violations(page), []);
    await shot(page, 'body-figure');
    assert.equal(
      await save(notice),
      `<p>请看：</p><figure><img src="${url}" alt="十位志愿者站在楼前" style="width: 50%"><figcaption>社区合影</figcaption></figure><p>完</p>`,
    );
    // The line below does not melt into the caption.
    await caret(page, text.getByText('完', { exact: true }), 'Home');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    await page.keyboard.type('新的一行');
    assert.match(await save(notice), /合影<\/figcaption><\/figure><p>新的一行<\/p><p>完<\/p>$/);
    await caret(page, text.locator('figure img'));
    await page.getByRole('button', { name: '删除图片' }).click();
    assert.doesNotMatch(await save(notice), /figure|img/);
    await page.context().close();
  });

  test('a picture among words has its tools as well', async () => {
    const { page, draft, save, upload, text } = await desktop();
    const { url } = await upload('子');
    const notice = await draft('行内', `<p>标志<img src="${url}" alt="" width="24">在此</p><table><tbody><tr><td>甲<img src="${url}" alt="格"></td></tr></tbody></table>`);
    await caret(page, text.getByRole('paragraph').locator('img'));
    await page.getByRole('button', { name: '图片说明' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('社区标志');
    await page.getByRole('button', { name: '确定' }).click();
    await text.getByRole('img', { name: '社区标志' }).waitFor();
    await caret(page, text.getByRole('img', { name: '格' }));
    await page.getByRole('button', { name: '删除图片' }).click();
    assert.equal(await save(notice), `<p>标志<img src="${url}" alt="社区标志" width="24">在此</p><table><tbody><tr><td>甲</td></tr></tbody></table>`);
    await page.context().close();
  });

  test('the tools are used by keyboard', async () => {
    const { page, draft, save, text } = await desktop();
    const notice = await draft('键盘', '<p>通知正文</p>');
    await text.focus();
    await page.keyboard.press('Control+a');
    await breath(page);
    await page.keyboard.press('Alt+F10');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), '段落样式');
    await page.getByRole('combobox', { name: '段落样式' }).selectOption('标题');
    await text.getByRole('heading', { name: '通知正文' }).waitFor();
    await page.getByRole('button', { name: '文字颜色' }).press('Enter');
    assert.deepEqual(await violations(page), []);
    await shot(page, 'body-colors');
    await page.getByRole('button', { name: '红色' }).press('Enter');
    await breath(page);
    await page.keyboard.press('Control+b');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+Shift+z');
    await breath(page);
    await page.keyboard.press('End');
    await breath(page);
    await page.keyboard.press('Enter');
    await page.keyboard.type('电话');
    await page.keyboard.press('Shift+Home');
    await breath(page);
    await page.getByRole('button', { name: '链接', exact: true }).press('Enter');
    await page.getByRole('textbox', { name: '网址' }).fill('javascript:alert(1)');
    await page.keyboard.press('Enter');
    await page.getByText('请填写以 https://').waitFor();
    assert.deepEqual(await violations(page), []);
    await picture(page, 'body-link');
    await page.getByRole('textbox', { name: '网址' }).fill('tel:021-55550101');
    await page.keyboard.press('Enter');
    await text.getByRole('link', { name: '电话' }).waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await breath(page);
    await page.getByRole('button', { name: '表格', exact: true }).press('Enter');
    await page.getByRole('spinbutton', { name: '行数' }).fill('2');
    await page.getByRole('textbox', { name: '表格标题' }).fill('开放时间');
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Enter');
    await text.getByRole('table').waitFor();
    await text.getByRole('cell').or(text.getByRole('columnheader')).first().click();
    await breath(page);
    await page.keyboard.type('周一');
    await page.keyboard.press('Tab');
    await breath(page);
    await page.keyboard.type('周二');
    await page.keyboard.press('Tab');
    await breath(page);
    await page.keyboard.type('周三');
    await page.getByRole('button', { name: '在下方加一行' }).click();
    await breath(page);
    await page.getByRole('button', { name: '在右边加一列' }).click();
    await breath(page);
    await page.keyboard.press('Tab');
    await breath(page);
    await page.keyboard.type('周四');
    assert.deepEqual(await violations(page), []);
    await shot(page, 'body-table');
    const html = await save(notice);
    assert.match(html, /^<h2><span style="color: #c00000">通知正文<\/span><\/h2><p><a href="tel:021-55550101"[^>]*>电话<\/a><\/p>/);
    assert.match(html, /<caption>开放时间<\/caption>.*<th>周一<\/th><th>周二<\/th><th>周三<\/th><th>周四<\/th><\/tr>/);
    assert.equal(html.match(/<tr>/g).length, 3);
    // Out of the text again.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    assert.equal(await text.evaluate((element) => element.contains(document.activeElement)), false);
    await page.context().close();
  });

  test('lists, quotes and what stands in the middle are made of lines, and unmade', async () => {
    const { page, draft, save, text } = await desktop();
    const plain = '<p>甲</p><p>乙</p><p>丙<strong>丁</strong></p>';
    const notice = await draft('行', plain);
    const press = async (name) => {
      await page.getByRole('button', { name, exact: true }).click();
      await breath(page);
    };
    await caret(page, text.getByText('甲'));
    await page.keyboard.press('Control+a');
    await breath(page);
    await press('编号');
    await caret(page, text.getByText('乙'), 'Home');
    await page.keyboard.press('Tab');
    await press('项目符号');
    assert.equal(await save(notice), '<ol><li>甲<ul><li>乙</li></ul></li><li>丙<strong>丁</strong></li></ol>');
    await caret(page, text.getByText('甲'));
    await page.keyboard.press('Control+a');
    await breath(page);
    await press('引用');
    await press('居中');
    assert.match(await save(notice), /^<blockquote>(<p style="text-align: center">.*){3}<\/blockquote>$/);
    await press('清除格式');
    await press('引用');
    assert.equal(await save(notice), '<p>甲</p><p>乙</p><p>丙丁</p>');
    for (const step of ['撤销', '撤销', '重做']) {
      await press(step);
    }
    assert.match(await save(notice), /^<blockquote>.*丙丁<\/p><\/blockquote>$/);
    await page.context().close();
  });

  test('on a phone the tools stay within the screen', async () => {
    const { page, draft } = await desktop(phone);
    await draft('手机', '<h2>一个很长很长的标题，在手机上也要看得见𠀀😀</h2><table><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table><p>正文</p>');
    await page.getByText('甲').click();
    await page.getByRole('button', { name: '在下方加一行' }).waitFor();
    assert.equal(await overflow(page), 0);
    assert.deepEqual(await violations(page), []);
    await picture(page, 'body-phone');
    await page.context().close();
  });
});

describe('pictures', () => {
  test('one is chosen from the library, with what is said about it, and residents see it', async () => {
    const { page, draft, save, upload, text } = await desktop();
    const { url } = await upload('丙', '丙字在绿底上');
    const notice = await draft('图库', '<p>请看：</p>');
    await caret(page, text.getByText('请看：'), 'End');
    await page.getByRole('button', { name: '插入图片' }).click();
    const dialog = page.getByRole('dialog', { name: '选择图片' });
    await dialog.getByRole('button', { name: /丙/ }).first().click();
    await dialog.getByRole('button', { name: '使用' }).click();
    await text.locator('figure img').waitFor();
    await page.keyboard.type('图注写在这里');
    assert.equal(await save(notice), `<p>请看：</p><figure><img src="${url}" alt="丙字在绿底上"><figcaption>图注写在这里</figcaption></figure>`);
    await page.getByRole('button', { name: '预览' }).first().click();
    const preview = page.frameLocator('iframe').first();
    await preview.getByRole('img', { name: '丙字在绿底上' }).waitFor();
    await preview.getByText('图注写在这里').waitFor();
    await picture(page, 'body-preview');
    await page.context().close();
  });

  test('those that are pasted or dropped are stored, and other files are refused', async () => {
    const { page, draft, save, text } = await desktop();
    const notice = await draft('截图', '<p>请看：</p>');
    await caret(page, text.getByText('请看：'), 'End');
    await handOver(page, { files: [{ name: 'image.png', buffer: await drawn(page, '丁') }] });
    await text.locator('figure img').waitFor();
    await handOver(page, { way: 'drop', files: [{ name: '戊.png', buffer: await drawn(page, '戊') }, { name: '己.pdf', type: 'application/pdf', buffer: Buffer.from('%PDF') }] });
    await page.getByText('这里只能放图片').waitFor();
    await text.locator('figure img').nth(1).waitFor();
    await handOver(page, { way: 'drop', html: '<p>拖来的<img src="https://elsewhere.example/a.png" alt="别处的图"></p>' });
    await page.getByText('有 1 张图片没有带过来').waitFor();
    const html = await save(notice);
    assert.equal(addresses(html).filter(isOwn).length, 2, html);
    assert.match(html, /拖来的<span[^>]*>【缺图：别处的图】/);
    harmless(html);
    await page.context().close();
  });

  test('while one is on its way nothing of it is told, and undoing takes it back', async () => {
    const { page, draft, save, text } = await desktop();
    const notice = await draft('慢', '<p>请看：</p>');
    let go;
    const gate = new Promise((resolve) => (go = resolve));
    await page.route('**/api/v1/accounts/hope/media', async (route) => {
      await gate;
      await route.continue();
    });
    await caret(page, text.getByText('请看：'), 'End');
    await handOver(page, { html: `<p>图：<img src="data:image/png;base64,${(await drawn(page, '庚', 60, 40)).toString('base64')}" alt="庚字">完</p>` });
    await page.getByText('正在保存图片：第 1 张，共 1 张').waitFor();
    await shot(page, 'body-waiting');
    assert.equal(await save(notice), '<p>请看：图：完</p>');
    go();
    await text.getByRole('img', { name: '庚字' }).waitFor();
    const html = await save(notice);
    assert.match(html, /^<p>请看：图：<img src="\/h\/hope\/media\/[^"]+" alt="庚字"[^>]*>完<\/p>$/);
    await caret(page, text.getByText('完'));
    await page.keyboard.press('Control+z');
    await text.getByRole('img').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Shift+z');
    await text.getByRole('img', { name: '庚字' }).waitFor();
    assert.equal(await save(notice), html);
    await page.context().close();
  });

  test('one that cannot be had leaves a mark, which keeps the notice from being published', async () => {
    const { page, draft, save, text } = await desktop();
    const notice = await draft('缺图', '<p>请看：</p>');
    await caret(page, text.getByText('请看：'), 'End');
    await handOver(page, { html: '<p>前</p><p><img src="file:///C:/Users/a/clip_image001.png" alt="水表"></p><p>后</p>' });
    await page.getByText('有 1 张图片没有带过来').waitFor();
    assert.deepEqual(await violations(page), []);
    await shot(page, 'body-missing');
    assert.match(await save(notice), /<span style="[^"]*">【缺图：水表】<\/span>/);
    await page.context().close();
  });
});

const WORD = (picture) => `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:v="urn:schemas-microsoft-com:vml"><head><meta name=Generator content="Microsoft Word 15">
<style><!-- p.MsoNormal {margin:0cm; font-family:等线;} --></style></head><body lang=ZH-CN><!--StartFragment-->
<h1 style='text-align:center' align=center><span style='font-family:黑体;font-size:22.0pt'>重阳节<b>活动</b>通知<o:p></o:p></span></h1><p class=MsoNormal><span><o:p>&nbsp;</o:p></span></p>
<p class=MsoNormal style='text-indent:24.0pt;mso-char-indent-count:2.0'><span style='font-size:12.0pt;font-family:仿宋;color:red'>请<b>按时</b>参加</span><span lang=EN-US style='font-size:12.0pt'>&nbsp;<a href="https://www.example.cn/">详情</a><o:p></o:p></span></p>
<p class=MsoNormal style='mso-list:l2 level1 lfo3'><![if !supportLists]><span><span style='mso-list:Ignore'>一、<span>&nbsp;</span></span></span><![endif]>时间</p>
<p class=MsoListParagraph style='margin-left:21.0pt;text-indent:-21.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span lang=EN-US style='font-family:Wingdings'><span style='mso-list:Ignore'>l<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]><span>上午</span></p>
<p class=MsoListParagraph style='margin-left:42.0pt;text-indent:-21.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span><span style='mso-list:Ignore'>n<span>&nbsp; </span></span></span><![endif]>九点</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span><span style='mso-list:Ignore'>2.<span>&nbsp; </span></span></span><![endif]>第二</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span><span style='mso-list:Ignore'>3.<span>&nbsp; </span></span></span><![endif]>第三</p>
<p class=MsoNormal><!--[if gte vml 1]><v:shape><v:imagedata src="file:///C:/a/clip_image001.png"/></v:shape><![endif]--><![if !vml]><img width=300 height=200 src="${picture}" alt="图片"><![endif]></p>
<p class=MsoCaption>图 1 活动室</p>
<table class=MsoTableGrid border=1 style='border-collapse:collapse'><tr><td width=100 style='width:75pt;background:#FFF2CC'><p class=MsoNormal><b>日期</b></p></td><td width=300><p class=MsoNormal>内容</p></td></tr>
<tr><td colspan=2 style='border-top:none'><p class=MsoNormal>合并</p><p class=MsoNormal>两行</p></td></tr></table>
<p class=MsoQuote>敬老爱老</p><p class=MsoNormal style='display:none'>隐藏</p><script>alert(1)</script><!--EndFragment--></body></html>`;

/** What the structure of the pasted text is to be. */
const WORD_SAVED = (image) => `<h2 style="text-align: center">重阳节活动通知</h2><p><br></p>
<p style="text-indent: 2em"><span style="color: #c00000">请</span><span style="color: #c00000"><strong>按时</strong></span><span style="color: #c00000">参加</span>&nbsp;<a href="https://www.example.cn/">详情</a></p>
<p>一、时间</p><ul><li>上午<ul><li>九点</li></ul></li></ul><ol start="2"><li>第二</li><li>第三</li></ol>
<figure>${image}<figcaption>图 1 活动室</figcaption></figure>
<table><colgroup><col width="25%"><col width="75%"></colgroup><tbody><tr><td style="background-color: #fff2cc"><strong>日期</strong></td><td>内容</td></tr><tr><td colspan="2">合并<br>两行</td></tr></tbody></table>
<blockquote><p>敬老爱老</p></blockquote>`.replaceAll('\n', '');

const bare = (html) => html.replace(/ rel="[^"]*"/g, '');

/** Asks what the editor tells pages, of the component itself. */
function ask(page, name, ...parameters) {
  return page.evaluate(
    ([wanted, given]) => {
      const search = (vnode) => {
        const inside = vnode?.component;
        if (inside?.exposed?.selected !== undefined) {
          return inside.exposed;
        }
        const below = [inside?.subTree, vnode?.suspense?.activeBranch, ...(Array.isArray(vnode?.children) ? vnode.children : [])];
        for (const child of below) {
          const found = child && typeof child === 'object' && search(child);
          if (found) {
            return found;
          }
        }
        return undefined;
      };
      return search(document.querySelector('#app')._vnode)[wanted](...given);
    },
    [name, parameters],
  );
}

describe('places of the text', () => {
  const body = (url) =>
    '<h2>😀名单</h2>\n<p>张三：<strong>139 1234</strong> 5678</p>\n<ul>\n<li>一<br>二</li>\n</ul>' +
    `<figure><img src="${url}" alt="13912345679 的名片"></figure>${'<p>很长的一段文字。</p>'.repeat(60)}` +
    '<table><tbody><tr><td>李四 13812345678</td></tr></tbody></table><p>完</p>';
  const chosen = (page) => page.evaluate(() => getSelection().toString());

  test('that the server counts are shown, and hidden by one click with their marks', async () => {
    const { page, draft, save, text, upload } = await desktop();
    const { url } = await upload('丑');
    const notice = await draft('名单', `${body(url)}<h3></h3>`);
    const review = `${demo.url}api/v1/accounts/hope/notices/${notice.id}/review`;
    const { findings } = (await (await page.request.get(review)).json()).findings;
    const personal = findings.filter(({ fix, place }) => fix && place.field === 'body');
    const [bold, cell, alt] = ['139 1234 5678', '13812345678', '13912345679'].map((quote) => personal.find(({ place }) => place.passage.quote === quote));
    await ask(page, 'show', cell.place);
    await text.getByText('李四').filter({ visible: true }).waitFor();
    await breath(page);
    assert.equal(await chosen(page), '13812345678');
    assert.ok(await text.getByText('李四').evaluate((line) => line.getBoundingClientRect().bottom < innerHeight && line.getBoundingClientRect().top > 0));
    const { passage } = cell.place;
    assert.deepEqual(await ask(page, 'selected'), passage);
    const empty = findings.find(({ place }) => place.element === 'heading');
    await ask(page, 'show', empty.place);
    await breath(page);
    assert.equal(await page.evaluate(() => getSelection().anchorNode.parentElement.closest('h3') !== null), true);
    // What stands before is changed, and the places are still found.
    await caret(page, text.getByText('张三：'), 'Home');
    await page.keyboard.type('负责人𠀀');
    for (const { place, fix } of [bold, cell, alt]) {
      await ask(page, 'replace', place, fix);
    }
    const html = await save(notice);
    assert.match(html, /<p>负责人𠀀张三：<strong>139 \*\*\*\* 5678<\/strong><\/p>/);
    assert.match(html, /<td>李四 138\*\*\*\*5678<\/td>/);
    assert.match(html, /alt="139\*\*\*\*5679 的名片"/);
    await ask(page, 'replace', cell.place, cell.fix);
    await page.getByText('这段文字已经改动，没有替换。').waitFor();
    await page.context().close();
  });

  test('are found and told also by those who only read', async () => {
    const { page: author, draft, upload } = await desktop();
    const { url } = await upload('丑');
    const notice = await draft('只读', body(url));
    await author.context().close();
    const { page } = await openPage(browser, desk);
    await signInAs(page, demo, 'town');
    await page.goto(`${demo.url}console/a/hope/notices/${notice.id}`);
    const text = page.getByRole('textbox', { name: '正文' });
    await text.waitFor();
    assert.equal(await page.getByRole('toolbar').count(), 0);
    const place = { field: 'body', passage: { start: 7, end: 20, quote: '139 1234 5678' } };
    await ask(page, 'show', place);
    await breath(page);
    assert.equal(await chosen(page), '139 1234 5678');
    assert.equal((await ask(page, 'selected')).quote, '139 1234 5678');
    assert.ok(await text.evaluate((area) => area.contains(document.activeElement)));
    await page.keyboard.type('x');
    assert.equal(await text.getByText('x', { exact: true }).count(), 0);
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });
});

describe('what is pasted', () => {
  test('from Word keeps its structure and brings its pictures, from digits or files', async () => {
    const { page, draft, save, text, complaints } = await desktop();
    const buffer = await drawn(page, '辛');
    const rtf = `{\\rtf1{\\*\\shppict{\\pict\\picw640\\pngblip ${buffer.toString('hex')}}}{\\nonshppict{\\pict\\wmetafile8 00}}}`;
    for (const beside of [{ rtf }, { files: [{ name: 'image.png', buffer }] }]) {
      const notice = await draft('重阳', '');
      await caret(page, text);
      await handOver(page, { html: WORD('file:///C:/a/clip_image001.png'), plain: '重阳节', ...beside });
      await text.locator('figure img').waitFor();
      const html = bare(await save(notice));
      const image = /<img[^>]*>/.exec(html)?.[0] ?? '';
      assert.equal(html, WORD_SAVED(image));
      assert.match(image, /^<img src="\/h\/hope\/media\/[\da-f]{64}\.\w+" alt=""[^>]*>$/);
      harmless(html);
    }
    await shot(page, 'body-word');
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('from WeChat comes with its pictures through the server, and without its towers', async () => {
    const { page, draft, save, text, upload } = await desktop();
    const item = await upload('壬');
    const asked = [];
    await page.route('**/api/v1/accounts/hope/media/fetch', (route) => {
      const { url } = route.request().postDataJSON();
      asked.push(url);
      const isGone = url.includes('gone');
      const problem = { code: 'fetch_failed', message: '图片取不到。' };
      return route.fulfill({ status: isGone ? 422 : 200, json: isGone ? problem : { item, known: true } });
    });
    const notice = await draft('转载', '');
    await caret(page, text);
    await handOver(page, {
      html: `<section data-tool="135编辑器" style="box-sizing:border-box;font-size:16px"><section style="border:1px solid #ccc"><section style="text-align:center;margin:0"><span style="font-size:24px;color:rgb(255,76,65);letter-spacing:2px"><strong>社区春节活动</strong></span></section></section>
<section><p style="margin:0 16px;line-height:2em"><span leaf="">居民朋友们，<span textstyle="" style="font-weight:bold">大家好</span>！</span></p><p><br></p>
<section style="text-align:center"><img class="rich_pages wxw-img" data-src="https://mmbiz.qpic.cn/mmbiz_jpg/abc/640?wx_fmt=jpeg" data-ratio="0.66" src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7" alt="图片"></section>
<p><img data-src="https://mmbiz.qpic.cn/gone/640" alt="灯会"></p><p><a href="javascript:;" onclick="x()">点这里</a><a href="https://mp.weixin.qq.com/s/abc">往期</a></p>
<section class="mp_profile_iframe_wrp"><mp-common-profile data-nickname="x"></mp-common-profile></section><iframe src="https://v.qq.com/x"></iframe></section></section>`,
    });
    await page.getByText('有 1 张图片没有带过来').waitFor();
    const html = bare(await save(notice));
    assert.deepEqual(asked, ['https://mmbiz.qpic.cn/mmbiz_jpg/abc/640?wx_fmt=jpeg', 'https://mmbiz.qpic.cn/gone/640']);
    assert.equal(
      html.replace(/ style="[^"]*#ad2102[^"]*"/, ''),
      '<p style="text-align: center"><span style="color: #c00000"><strong>社区春节活动</strong></span></p>' +
        '<p>居民朋友们，<strong>大家好</strong>！</p><p><br></p>' +
        `<figure><img src="${item.url}" alt=""></figure><p><span>【缺图：灯会】</span></p><p>点这里<a href="https://mp.weixin.qq.com/s/abc">往期</a></p>`,
    );
    await page.context().close();
  });

  test('into a cell or a caption becomes words, and what was copied in the editor itself is as it was', async () => {
    const { page, draft, save, text } = await desktop();
    const notice = await draft('单元格', '<table><tbody><tr><td>甲</td></tr></tbody></table><p style="text-align: right">落款<span style="font-size: 20px">大字</span></p>');
    await caret(page, text.getByText('甲'), 'End');
    await handOver(page, { html: '<h2>标题</h2><ul><li>一</li><li>二</li></ul>' });
    await caret(page, text.getByText('落款'));
    await page.keyboard.press('Control+a');
    await breath(page);
    await page.keyboard.press('Control+c');
    await page.keyboard.press('ArrowRight');
    await breath(page);
    await page.keyboard.press('Control+v');
    await breath(page);
    const html = await save(notice);
    const once = '<table><tbody><tr><td>甲标题<br>一<br>二</td></tr></tbody></table><p style="text-align: right">落款<span style="font-size: 20px">大字</span></p>';
    assert.equal(html, once + once);
    await page.context().close();
  });

  test('nothing hostile gets in, whichever way it comes', async () => {
    const { page, draft, save, text, complaints } = await desktop();
    const notice = await draft('攻击', '<p>一</p>');
    let hasRun = false;
    await page.exposeFunction('owned', () => (hasRun = true));
    await caret(page, text.getByText('一', { exact: true }));
    await handOver(page, {
      html: `<p onclick="owned()">二<img src=x onerror=owned()></p><svg onload=owned()></svg><iframe src="javascript:owned()"></iframe><a href="java&#10;script:owned()">三</a>
<a href="data:text/html,x">四</a><p style="position:fixed;top:0;background:url(//evil.example)">五</p><img src="https://evil.example/a.png" alt='"><script>owned()</script>'><math><mtext><img src=x onerror=owned()></mtext></math>`,
    });
    const island = { type: 'island', html: '<dl><dt>六</dt></dl><img src=x onerror=owned()><script>owned()</script>', children: [{ text: '' }] };
    await page.evaluate((part) => {
      const transfer = new DataTransfer();
      transfer.setData('application/x-slate-fragment', btoa(encodeURIComponent(JSON.stringify([part, { type: 'link', url: 'javascript:owned()', children: [{ text: '七' }] }]))));
      const line = document.querySelector('[data-slate-editor]').lastElementChild;
      line.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
    }, island);
    await arrived(page);
    await page.getByText('有 1 张图片没有带过来').or(page.getByText('张图片没有带过来')).first().waitFor();
    harmless(await text.innerHTML().then((html) => html.replace(/\sdata-[\w-]+="[^"]*"/g, '').replace(/\s(style|contenteditable)="[^"]*"/g, '')));
    const html = await save(notice);
    harmless(html);
    for (const word of ['二', '三', '四', '五', '六', '七']) {
      assert.ok(html.includes(word), `${word} is gone: ${html}`);
    }
    assert.equal(hasRun, false);
    assert.deepEqual(complaints.filter((complaint) => !/Failed to load resource|Content Security Policy/.test(complaint)), []);
    await page.context().close();
  });
});

/** A document of Word with a heading, a list, a table, a picture, and what a hostile one may hold. */
async function document(image) {
  const zip = new JSZip();
  const store = { compression: 'STORE' };
  const run = (text) => `<w:r><w:t>${text}</w:t></w:r>`;
  const paragraph = (inside, properties = '') => `<w:p><w:pPr>${properties}</w:pPr>${inside}</w:p>`;
  const drawing = `<w:r><w:drawing><wp:inline><wp:extent cx="3000000" cy="2000000"/><wp:docPr id="1" name="&lt;img src=x onerror=alert(1)&gt;" descr="社区活动室"/>
    <a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="rImage"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`;
  const spaces = ['w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"', 'r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"', 'wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"', 'a="http://schemas.openxmlformats.org/drawingml/2006/main"', 'pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'];
  const names = spaces.map((space) => `xmlns:${space}`).join(' ');
  const cell = (text) => `<w:tc>${paragraph(run(text))}</w:tc>`;
  const list = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>';
  const files = {
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/_rels/document.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rImage" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/image1.png"/><Relationship Id="rLink" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="javascript:alert(1)" TargetMode="External"/><Relationship Id="rGood" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="https://www.example.cn/" TargetMode="External"/><Relationship Id="rNumbers" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/><Relationship Id="rStyles" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`,
    'word/styles.xml': `<w:styles ${names}><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles>`,
    'word/numbering.xml': `<w:numbering ${names}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`,
    'word/document.xml': `<w:document ${names}><w:body>${paragraph(run('活动通知'), '<w:pStyle w:val="1"/>')}${paragraph(run('&lt;script&gt;alert(1)&lt;/script&gt;'))}
      ${paragraph(run('带身份证'), list)}${paragraph(run('带水杯'), list)}${paragraph(drawing)}
      <w:tbl><w:tr>${cell('日期')}${cell('地点')}</w:tr><w:tr>${cell('周一')}${cell('活动室')}</w:tr></w:tbl>
      ${paragraph(`<w:hyperlink r:id="rLink">${run('坏链接')}</w:hyperlink><w:hyperlink r:id="rGood">${run('好链接')}</w:hyperlink>`)}</w:body></w:document>`,
    'word/media/image1.png': image,
  };
  for (const [name, content] of Object.entries(files)) {
    zip.file(name, content, store);
  }
  return zip.generateAsync({ type: 'nodebuffer', ...store });
}

describe('a document of Word', () => {
  const kind = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

  test('is imported with its pictures, tables and lists, and without what is hostile in it', async () => {
    const { page, draft, save, text, complaints } = await desktop();
    const buffer = await document(await drawn(page, '癸'));
    const notice = await draft('导入', '<p>原有的文字</p>');
    const input = page.locator('.editor input[type=file]');
    await input.setInputFiles({ name: '活动.docx', mimeType: kind, buffer });
    const question = page.getByRole('dialog', { name: '导入 Word 文档' });
    await question.getByRole('button', { name: '加在正文后面' }).click();
    await page.getByText('文档已导入').first().waitFor();
    await text.getByRole('img', { name: '社区活动室' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await shot(page, 'body-docx');
    const html = bare(await save(notice));
    const image = /<img[^>]*>/.exec(html)?.[0] ?? '';
    assert.equal(
      html,
      '<p>原有的文字</p><h2>活动通知</h2><p>&lt;script&gt;alert(1)&lt;/script&gt;</p><ol><li>带身份证</li><li>带水杯</li></ol>' +
        `<figure>${image}</figure><table><tbody><tr><td>日期</td><td>地点</td></tr><tr><td>周一</td><td>活动室</td></tr></tbody></table>` +
        '<p>坏链接<a href="https://www.example.cn/">好链接</a></p>',
    );
    harmless(html);
    await input.setInputFiles({ name: '活动.docx', mimeType: kind, buffer });
    await question.getByRole('button', { name: '替换现有正文' }).click();
    await text.getByText('原有的文字').waitFor({ state: 'detached' });
    await text.getByRole('img', { name: '社区活动室' }).waitFor();
    assert.equal(bare(await save(notice)), html.replace('<p>原有的文字</p>', ''));
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('that is old, broken or something else is explained', async () => {
    const { page, draft } = await desktop();
    await draft('旧文档', '<p>一</p>');
    const input = page.locator('.editor input[type=file]');
    for (const [name, words] of [['旧.doc', '另存为'], ['坏.docx', '可能已经损坏'], ['别的.txt', '请选择 .docx']]) {
      await input.setInputFiles({ name, mimeType: kind, buffer: Buffer.from('no document') });
      await page.getByText(words).first().waitFor();
    }
    await page.context().close();
  });
});
