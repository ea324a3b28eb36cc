// An editor writes a notice in the console, and sees it as residents would.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, desk, openPage, overflow, phone, picture, signInAs, violations } from './browser.mjs';
import { browser, demo } from './stage.mjs';

const TITLE = '停水通知𠀀：明天上午';

const api = (id = '') => `${demo.url}api/v1/accounts/hope/notices${id && `/${id}`}`;

/** Changes something over the API, as the person of the page. */
async function post(page, method, address, data) {
  const { csrf } = await (await page.request.get(`${demo.url}api/v1/session`)).json();
  const answer = await page.request[method](address, { data, headers: { 'x-csrf-token': csrf } });
  assert.ok(answer.ok(), `${address}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

const begin = (page, content) => post(page, 'post', api(), content);
const read = async (page, id) => (await (await page.request.get(api(id))).json()).content;

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
  await page.getByText('已自动保存').waitFor();
  await page.getByRole('heading', { name: '编辑公告' }).waitFor();
  assert.match(page.url(), /notices\/\d+$/, 'it has its address');
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

test('two people on one notice see each other, and nothing is lost when both save', async () => {
  const [one, other] = [await openPage(browser, desk), await openPage(browser, desk)];
  await signInAs(one.page, demo, 'editor');
  await signInAs(other.page, demo, 'publisher');
  await one.page.goto(`${demo.url}console/a/hope/notices/new`);
  await one.page.getByRole('textbox', { name: '标题' }).fill('垃圾分类𠀀指南');
  await one.page.getByText('已自动保存').waitFor();
  const address = one.page.url();
  await other.page.goto(address);
  await other.page.getByText('也打开了这一篇').waitFor();

  // The one writes the title and the source, the other the title and the author, and saves first.
  await one.page.getByRole('button', { name: '预览' }).waitFor();
  await other.page.getByRole('textbox', { name: '标题' }).fill('垃圾分类指南（社区版）');
  await other.page.getByRole('textbox', { name: '作者' }).fill('沈敏');
  await other.page.getByRole('button', { name: '保存' }).click();
  await other.page.getByText('已保存。').waitFor();
  await one.page.getByRole('textbox', { name: '标题' }).fill('垃圾分类𠀀手册');
  await one.page.getByRole('textbox', { name: '来源' }).fill('希望社区');
  await one.page.getByRole('button', { name: '保存' }).click();
  await one.page.getByRole('dialog', { name: '两个人改了同一篇公告' }).waitFor();
  assert.deepEqual(await violations(one.page), []);
  await picture(one.page, 'desk-notice-conflict');
  const use = one.page.getByRole('button', { name: '用选好的内容继续' });
  assert.equal(await use.isEnabled(), false, 'both have written the title: somebody has to choose');
  await one.page.getByRole('radiogroup', { name: '标题' }).getByText('用我的').click();
  await use.click();
  await one.page.getByText('已自动保存').or(one.page.getByText('已保存 ')).waitFor();
  await one.page.reload();
  const value = (name) => one.page.getByRole('textbox', { name }).inputValue();
  await one.page.getByRole('textbox', { name: '标题' }).waitFor();
  assert.deepEqual([await value('标题'), await value('作者'), await value('来源')], ['垃圾分类𠀀手册', '沈敏', '希望社区']);

  // Nothing of what was saved is gone: the other's title stands among the versions.
  await one.page.getByRole('button', { name: '更多' }).click();
  await one.page.getByRole('menuitem', { name: '历史版本' }).click();
  await one.page.getByRole('dialog').getByText('垃圾分类指南（社区版）').waitFor();
  await picture(one.page, 'desk-notice-versions');
  await one.page.getByRole('button', { name: /恢复第 \d+ 版/ }).click();
  await one.page.getByRole('button', { name: /恢复第 \d+ 版/ }).last().click();
  await one.page.getByText('已恢复。').waitFor();
  assert.equal(await value('标题'), '垃圾分类指南（社区版）');
  await Promise.all([one.page.context().close(), other.page.context().close()]);
});

/** A file in the library. */
async function upload(page, name, mimeType, buffer, alt) {
  const { csrf } = await (await page.request.get(`${demo.url}api/v1/session`)).json();
  const headers = { 'x-csrf-token': csrf };
  const media = `${demo.url}api/v1/accounts/hope/media`;
  const { item } = await (await page.request.post(media, { headers, multipart: { file: { name, mimeType, buffer } } })).json();
  if (alt) {
    const data = { version: item.version, title: item.title, alt };
    assert.ok((await page.request.patch(`${media}/${item.id}`, { headers, data })).ok());
  }
}

const drawn = async (page, colour) => {
  const address = await page.evaluate((fill) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 470, height: 200 });
    const pen = canvas.getContext('2d');
    pen.fillStyle = fill;
    pen.fillRect(0, 0, 470, 200);
    return canvas.toDataURL('image/png');
  }, colour);
  return Buffer.from(address.split(',')[1], 'base64');
};

test('every field of a notice is kept, and its cover and file are seen before it goes out', async () => {
  const { page, complaints } = await openPage(browser, desk);
  await signInAs(page, demo, 'editor');
  await page.goto(`${demo.url}console/a/hope/notices/new`);
  await upload(page, '停水封面.png', 'image/png', await drawn(page, '#0a6b3d'), '一个水龙头');
  await upload(page, '停水范围.pdf', 'application/pdf', Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF'));
  await upload(page, '办事指南.pdf', 'application/pdf', Buffer.from('%PDF-1.4\n2 0 obj<<>>endobj\ntrailer<<>>\n%%EOF'));
  const field = (name) => page.getByRole('textbox', { name, exact: true });
  await field('标题').fill('停'.repeat(60));
  await page.getByText('还可以写 4 个字').waitFor();
  await field('标题').fill('😀'.repeat(65));
  await page.getByText('超出 1 个字').waitFor();
  await field('标题').fill('停水通知𠀀');
  await choose(page, '栏目', '宣传公告');
  await page.keyboard.press('Escape');
  await page.locator('[contenteditable=true]').click();
  await page.keyboard.type('周五上午停水。');
  await field('摘要').fill('周五上午停水，请提前储水。');
  await page.getByRole('button', { name: '选择封面' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /停水封面/ }).first().click();
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole('button', { name: '使用' }).click();
  await page.getByRole('img', { name: '封面' }).waitFor();
  for (const name of [/停水范围/, /办事指南/]) {
    await page.getByRole('button', { name: '添加附件' }).click();
    await dialog.getByRole('button', { name }).first().click();
    await dialog.getByRole('button', { name: '使用' }).click();
    await dialog.waitFor({ state: 'detached' });
  }
  // By keyboard, and the focus goes along.
  await page.getByRole('button', { name: '上移「办事指南.pdf」' }).press('Enter');
  await page.getByText('「办事指南.pdf」现在是第 1 个。').waitFor();
  await field('第 2 个附件的名称').fill('停水范围（1—8 号楼）.pdf');
  await field('作者').fill('林小满');
  await field('来源').fill('希望社区');
  await page.getByText('更多内容').click();
  await field('文号').fill('希社〔2026〕12 号');
  await page.locator('input[aria-label=从什么时候起给居民看]').fill('2026-12-01T08:00');
  await page.locator('input[aria-label=到什么时候为止]').fill('2027-01-01T00:00');
  await field('受众说明').fill('仅限 1—8 号楼的居民');
  await page.getByLabel('关键词', { exact: true }).pressSequentially('停水，水压');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: '已被哪一篇公告代替' }).fill('寒潮');
  await page.getByRole('option', { name: /寒潮要来/ }).click();
  await page.getByText('有改动，还没有保存').waitFor();
  await page.getByText('已自动保存').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.evaluate(() => document.querySelector('details').scrollIntoView());
  await picture(page, 'desk-notice-fields');

  const id = page.url().split('/').pop();
  const kept = await read(page, id);
  const told = { title: '停水通知𠀀', digest: '周五上午停水，请提前储水。', author: '林小满', source: '希望社区', document_number: '希社〔2026〕12 号', audience_note: '仅限 1—8 号楼的居民', keywords: ['停水', '水压'] };
  for (const [name, value] of Object.entries(told)) {
    assert.deepEqual(kept[name], value, name);
  }
  assert.equal(kept.valid_from, Date.UTC(2026, 11, 1, 0, 0), 'eight in the morning of Shanghai');
  assert.equal(kept.valid_until, Date.UTC(2026, 11, 31, 16, 0));
  assert.deepEqual(kept.attachments.map(({ name }) => name), ['办事指南.pdf', '停水范围（1—8 号楼）.pdf']);
  assert.match(kept.body_html, /周五上午停水。/);
  assert.ok(kept.superseded_by && kept.cover && kept.sections.length === 1);

  await page.reload();
  await page.getByRole('img', { name: '封面' }).waitFor();
  assert.equal(await field('文号').inputValue(), '希社〔2026〕12 号');
  await page.getByText('寒潮要来').first().waitFor();
  assert.equal(await page.getByText('还没有保存').count(), 0, 'to open it changes nothing');
  await page.getByRole('button', { name: '预览' }).click();
  const shown = page.frameLocator('iframe');
  await shown.getByRole('link', { name: /停水范围/ }).waitFor();
  await shown.getByText('仅限 1—8 号楼的居民').waitFor();
  await dialog.locator('.card img').waitFor();
  assert.ok(await dialog.locator('.card img').evaluate((img) => img.complete && img.naturalWidth > 0), 'the card has its picture');
  assert.deepEqual(await violations(page), []);
  await picture(page, 'desk-notice-preview-full');
  await page.keyboard.press('Escape');
  await page.goto(`${demo.url}console/a/hope/notices?state=draft`);
  const row = page.getByRole('listitem').filter({ hasText: '停水通知𠀀' }).filter({ has: page.locator('img') });
  await row.first().waitFor();
  await page.waitForFunction(() => document.querySelector('img.cover')?.naturalWidth > 0);
  assert.deepEqual(await violations(page), []);
  await picture(page, 'desk-notices-cover');
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('a notice is written on a phone, with what one does at the lower edge', async () => {
  const { page } = await openPage(browser, phone);
  await signInAs(page, demo, 'publisher');
  const { id } = await begin(page, { title: '很长的标题'.repeat(12), body_html: '<p>正文😀</p>', author: '林小满' });
  await page.goto(`${demo.url}console/a/hope/notices/${id}`);
  await page.getByRole('textbox', { name: '标题' }).waitFor();
  await page.getByRole('heading', { name: '审核', exact: true }).waitFor();
  await picture(page, 'phone-notice');
  assert.equal(await overflow(page), 0);
  assert.deepEqual(await violations(page), []);
  await page.getByRole('textbox', { name: '来源' }).fill('希望社区');
  assert.ok(await page.getByRole('button', { name: '保存', exact: true }).evaluate((button) => button.getBoundingClientRect().bottom <= innerHeight), 'within reach wherever one is');
  await page.getByText('已自动保存').waitFor();
  await page.getByRole('button', { name: '预览' }).click();
  await page.getByRole('dialog').locator('iframe').waitFor();
  assert.equal(await overflow(page), 0);
  await picture(page, 'phone-notice-preview');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '更多' }).press('Enter');
  await page.getByRole('menuitem', { name: '历史版本' }).press('Enter');
  await page.getByRole('dialog', { name: '历史版本' }).waitFor();
  assert.equal(await overflow(page), 0);
  assert.deepEqual(await violations(page), []);
  await picture(page, 'phone-notice-versions');
  await page.context().close();
});

test('what somebody else has saved is not overwritten unseen, whichever way one hears of it', async () => {
  const [one, other] = [await openPage(browser, desk), await openPage(browser, desk)];
  await signInAs(one.page, demo, 'editor');
  await signInAs(other.page, demo, 'publisher');
  const { id } = await begin(one.page, { title: '楼道照明维修', body_html: '<p>周五上午维修。</p><p>请注意脚下。</p>' });
  const address = `${demo.url}console/a/hope/notices/${id}`;
  await Promise.all([one.page.goto(address), other.page.goto(address)]);
  const field = (page, name) => page.getByRole('textbox', { name });
  await field(one.page, '标题').waitFor();
  await field(other.page, '标题').fill('楼道照明维修（改期）');
  await other.page.getByText('已自动保存').waitFor();
  // Coming back to the page, one hears of it at once; nothing is replaced unasked.
  await one.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await one.page.getByText('保存了新的版本').waitFor();
  assert.equal(await field(one.page, '标题').inputValue(), '楼道照明维修');
  await field(one.page, '来源').fill('物业');
  await one.page.getByRole('button', { name: '看看新的版本' }).click();
  const dialog = one.page.getByRole('dialog', { name: '两个人改了同一篇公告' });
  await dialog.getByText('只有对方改了').waitFor();
  await dialog.getByText('只有您改了').waitFor();
  assert.equal(await dialog.getByRole('heading', { name: /正文/ }).count(), 0, 'nobody has changed the text');
  await dialog.getByRole('button', { name: '用选好的内容继续' }).click();
  await one.page.getByText('已自动保存').waitFor();
  const kept = await read(one.page, id);
  assert.deepEqual([kept.title, kept.source], ['楼道照明维修（改期）', '物业']);
  // A step that changes no word is no conflict: the pin of another person stops nobody from writing.
  const seen = await one.page.request.get(api(id));
  const { version } = await seen.json();
  await post(other.page, 'put', `${api(id)}/pin`, { version, pinned: true });
  await field(one.page, '作者').fill('林小满');
  await one.page.getByText('有改动，还没有保存').waitFor();
  await one.page.getByText('已自动保存').waitFor();
  assert.equal((await read(one.page, id)).author, '林小满');
  await Promise.all([one.page.context().close(), other.page.context().close()]);
});

test('a draft that cannot be saved stays, and is saved when the line is back; an answer that is lost makes no conflict', async () => {
  const { page } = await openPage(browser, desk);
  await signInAs(page, demo, 'editor');
  const { id } = await begin(page, { title: '断线' });
  await page.goto(`${demo.url}console/a/hope/notices/${id}`);
  const title = page.getByRole('textbox', { name: '标题' });
  await title.waitFor();
  let way = (route) => route.abort();
  await page.route(api(id), (route) => (route.request().method() === 'PUT' ? way(route) : route.continue()));
  await title.fill('断线一');
  await page.getByText('自动保存没有成功，稍后会再试').waitFor();
  assert.equal(await title.inputValue(), '断线一');
  // What goes out now arrives, and nobody hears of it.
  const arrived = new Promise((resolve) => {
    way = async (route) => {
      way = (next) => next.continue();
      await route.fetch();
      await route.abort();
      resolve();
    };
  });
  await arrived;
  // Another word is written before that is known.
  await title.fill('断线一又');
  await page.getByText('已自动保存').waitFor({ timeout: 25_000 });
  assert.equal((await read(page, id)).title, '断线一又');
  assert.equal(await page.getByText('处理两边的改动').count(), 0);
  // Whoever leaves right after a word is not asked: it is saved first.
  await title.fill('断线二');
  await page.getByRole('link', { name: '栏目' }).first().click();
  await page.getByRole('heading', { name: '栏目', level: 1 }).waitFor();
  assert.equal((await read(page, id)).title, '断线二');
  await page.context().close();
});

test('two versions stand side by side with their words marked, and a copy begins anew', async () => {
  const { page, complaints } = await openPage(browser, desk);
  await signInAs(page, demo, 'editor');
  const long = Array.from({ length: 12 }, (_, number) => `<p>第 ${number} 段，没有人改过。</p>`).join('');
  const text = { title: '停水通知', sections: ['tips'], body_html: `<p>周五上午 9 点停水😀。</p>${long}<p>旧的联系人。</p>` };
  const { id, version } = await begin(page, text);
  await post(page, 'put', api(id), { version, content: { ...text, sections: ['tips'], source: '希望社区', body_html: `<p>周六上午 10 点停水😀。</p>${long}` } });
  await page.goto(`${demo.url}console/a/hope/notices/${id}`);
  await page.getByRole('button', { name: '更多' }).press('Enter');
  await page.getByRole('menuitem', { name: '历史版本' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: '历史版本' });
  await dialog.locator('del').first().waitFor();
  assert.deepEqual(await dialog.locator('del').allTextContents(), ['五', '9', '旧的联系人。']);
  assert.deepEqual(await dialog.locator('ins').allTextContents(), ['希望社区', '六', '10']);
  await dialog.getByText('（10 段相同，没有列出）').waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'desk-notice-compared');
  await dialog.getByRole('button', { name: '恢复第 1 版' }).click();
  await page.getByRole('button', { name: '恢复第 1 版' }).last().click();
  await page.getByText('已恢复。').waitFor();
  assert.match((await read(page, id)).body_html, /旧的联系人/);
  await page.getByRole('button', { name: '更多' }).click();
  await page.getByRole('menuitem', { name: '复制成新公告' }).click();
  await page.waitForURL((address) => !address.pathname.endsWith(`/${id}`));
  await page.waitForFunction(() => document.querySelector('[data-label=标题] input')?.value === '停水通知（副本）');
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('an approved notice gets a time, another one, and none; a draft is thrown away and taken back', async () => {
  const { page, complaints } = await openPage(browser, desk);
  await signInAs(page, demo, 'publisher');
  await page.goto(`${demo.url}console/a/hope/notices?state=approved`);
  await page.getByRole('link', { name: '志愿者服务时间兑换说明' }).click();
  await page.getByRole('button', { name: '发布', exact: true }).click();
  await page.getByText('定时发布').click();
  await page.getByRole('button', { name: '定时', exact: true }).click();
  await page.getByText('请选择发布时间。').waitFor();
  const tomorrow = new Date(Date.now() + 32 * 3_600_000).toISOString().slice(0, 10);
  await page.getByRole('dialog').locator('input.moment').first().fill(`${tomorrow}T09:30`);
  await page.getByRole('button', { name: '定时', exact: true }).click();
  await page.getByText(`定于 ${tomorrow} 09:30 发布`).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: '改时间' }).click();
  await page.getByRole('dialog').locator('input.moment').first().fill(`${tomorrow}T10:00`);
  await page.getByRole('dialog').locator('input.moment').last().fill(`${tomorrow}T20:00`);
  await page.getByRole('button', { name: '定时', exact: true }).click();
  await page.getByText(`定于 ${tomorrow} 20:00 撤回`).waitFor();
  await page.getByRole('button', { name: '取消定时' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '取消定时' }).click();
  await page.getByText('审核通过', { exact: true }).waitFor();

  await page.goto(`${demo.url}console/a/hope/notices/new`);
  await page.getByRole('textbox', { name: '标题' }).fill('写错了的一篇');
  await page.getByText('已自动保存').waitFor();
  await page.getByRole('button', { name: '更多' }).click();
  await page.getByRole('menuitem', { name: '移到回收站' }).click();
  await page.getByText('这一篇在回收站里').waitFor();
  await picture(page, 'desk-notice-trash');
  const undo = page.getByRole('button', { name: '撤销' });
  assert.deepEqual(await violations(page), []);
  await undo.click();
  await page.getByText('这一篇在回收站里').waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('textbox', { name: '标题' }).inputValue(), '写错了的一篇');
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('what residents see gets an end, loses it, and is taken from them with a reason', async () => {
  const { page, complaints } = await openPage(browser, desk);
  await signInAs(page, demo, 'publisher');
  await page.goto(`${demo.url}console/a/hope/notices?state=published`);
  await page.getByRole('link', { name: '电梯年检通过公示' }).click();
  await page.getByRole('heading', { name: '审核', exact: true }).waitFor();
  const more = async (name) => {
    await page.getByRole('button', { name: '更多' }).press('Enter');
    await page.getByRole('menuitem', { name, exact: true }).press('Enter');
  };
  await more('设定撤回时间');
  const dialog = page.getByRole('dialog', { name: '到时自动撤回' });
  await dialog.locator('input.moment').fill('2020-01-01T09:00');
  await dialog.getByRole('button', { name: '确定' }).click();
  await dialog.getByText('这个时间已经过去了').first().waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'desk-notice-withdrawal');
  const tomorrow = new Date(Date.now() + 32 * 3_600_000).toISOString().slice(0, 10);
  await dialog.locator('input.moment').fill(`${tomorrow}T18:00`);
  await dialog.getByRole('button', { name: '确定' }).click();
  await page.getByText(`定于 ${tomorrow} 18:00 撤回`).waitFor();
  await more('设定撤回时间');
  await dialog.getByRole('button', { name: '清空到时自动撤回（可不填）' }).click();
  await dialog.getByRole('button', { name: '确定' }).click();
  await page.getByText(`定于 ${tomorrow} 18:00 撤回`).waitFor({ state: 'detached' });
  await more('撤回');
  await page.getByRole('dialog').getByRole('textbox').fill('检验报告要补一页');
  await page.getByRole('dialog').getByRole('button', { name: '确定' }).click();
  await page.getByText('撤回的理由：检验报告要补一页').waitFor();
  await page.getByText('已撤回', { exact: true }).first().waitFor();
  assert.deepEqual(complaints.filter((complaint) => !complaint.includes('422')), []);
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
