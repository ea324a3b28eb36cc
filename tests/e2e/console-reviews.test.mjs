// The three reviews in the console: an author, three readers who are other people, and what becomes of a notice between them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, desk, openPage, overflow, phone, picture, signInAs, violations } from './browser.mjs';
import { browser, demo } from './stage.mjs';

const LONG_NAME = '希望社区冬季供暖管道检修期间居民用水用电安全安排𠀀通知';

const people = {};

/** A person of the demo at a desk of their own. */
async function person(role) {
  if (people[role] === undefined) {
    const { page, complaints } = await openPage(browser, desk);
    await signInAs(page, demo, role);
    const { csrf } = await (await page.request.get(`${demo.url}api/v1/session`)).json();
    const request = async (method, path, data) => {
      const answer = await page.request.fetch(`${demo.url}api/v1/accounts/hope/${path}`, { method, headers: { 'x-csrf-token': csrf }, data });
      assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
      return answer.status() === 204 ? undefined : answer.json();
    };
    people[role] = { page, complaints, request };
  }
  return people[role];
}

/** A notice that the editor has written. */
async function written(title, body, more = {}) {
  const { request } = await person('editor');
  return request('POST', 'notices', { title, digest: '请看正文。', source: '希望社区', sections: ['tips'], body_html: body, ...more });
}

async function changed(role, id, body) {
  const { request } = await person(role);
  const { version, content } = await request('GET', `notices/${id}`);
  return request('PUT', `notices/${id}`, { version, drops: true, content: { ...content, body_html: body } });
}

/** Opens a notice, and gives the part of its page that tells of the reviews. */
async function open(role, id) {
  const { page } = await person(role);
  await page.goto(`${demo.url}console/a/hope/notices/${id}`);
  const panel = page.getByRole('region', { name: '审核', exact: true });
  await panel.getByRole('heading', { name: '送审前检查' }).waitFor();
  await panel.evaluate((element) => element.scrollIntoView());
  return { page, panel };
}

async function handIn(id) {
  const { panel } = await open('editor', id);
  await panel.getByRole('button', { name: '送审', exact: true }).click();
  await panel.getByText('等待一审：').waitFor();
}

async function sign(role, id, opinion = '') {
  const { page, panel } = await open(role, id);
  await panel.getByRole('button', { name: '审核通过并签名' }).click();
  const dialog = page.getByRole('dialog', { name: '审核通过并签名' });
  await dialog.getByRole('textbox').fill(opinion);
  await dialog.getByRole('button', { name: '审核通过并签名' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('已签名。').first().waitFor();
  return { page, panel };
}

async function examine(page, name) {
  await picture(page, `reviews-${name}`);
  assert.deepEqual(await violations(page), [], name);
  assert.ok((await overflow(page)) <= 0, `${name} is wider than the screen`);
}

test('a notice goes from its author through three other people to the residents', async () => {
  const { page } = await person('editor');
  await page.goto(`${demo.url}console/a/hope/notices/new`);
  await page.getByRole('textbox', { name: '标题' }).fill('桂花节游园通知');
  await choose(page, '栏目', '生活小贴士');
  await page.getByRole('textbox', { name: '摘要' }).fill('周六上午九点，小花园见。');
  await page.locator('[contenteditable=true]').click();
  await page.keyboard.type('周六上午九点在小花园赏桂花，欢迎参加。');
  await page.getByText('更多内容').click();
  await page.getByRole('textbox', { name: '关键词' }).fill('桂花节');
  await page.getByRole('button', { name: /^保存/ }).first().click();
  await page.waitForURL(/notices\/\d+$/);
  const id = Number(page.url().split('/').at(-1));
  const { panel } = await open('editor', id);
  await panel.getByText('现在是草稿。').waitFor();
  await handIn(id);
  assert.equal(await panel.getByRole('button', { name: '审核通过并签名' }).count(), 0, 'an author does not sign');
  await sign('admin', id, '事实已核对。');
  await sign('reviewer', id, '文字已校对𠀀。');
  const last = await sign('publisher', id, '同意发布😀。');
  await last.panel.getByText('审核已经全部通过').waitFor();
  const stages = last.panel.getByRole('list', { name: '审核进度' });
  assert.match(await stages.innerText(), /作者[^]*一审[^]*事实已核对。[^]*二审[^]*文字已校对𠀀。[^]*三审[^]*同意发布😀。[^]*发布/);
  await examine(last.page, '1-approved');
  await last.page.getByRole('button', { name: '发布', exact: true }).click();
  await last.page.getByRole('dialog').getByRole('button', { name: '发布', exact: true }).click();
  await last.panel.getByText('已经发布，居民可以看到。').waitFor();
  const { url } = await (await person('publisher')).request('GET', `notices/${id}`);
  const resident = await openPage(browser, phone);
  await resident.page.goto(url);
  await resident.page.getByText('周六上午九点在小花园赏桂花，欢迎参加。').waitFor();
  await resident.page.context().close();
  assert.match(await chatAnswer('桂花节'), /桂花节游园通知/);
});

/** What a resident is answered, when the notice has come into the answers. */
async function chatAnswer(content) {
  const control = async (path, body) => {
    const more = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return (await fetch(`${demo.url}sandbox/control/${path}`, more)).json();
  };
  const { app_id: app } = (await control('state')).accounts.find(({ slug }) => slug === 'hope');
  await control(`accounts/${app}/residents/zhang/follow`, {});
  let chat = '';
  for (let time = 0; time < 100 && !chat.includes('桂花节游园通知'); time += 1) {
    chat = JSON.stringify(await control(`accounts/${app}/residents/zhang/send`, { type: 'text', content }));
    await new Promise((resume) => setTimeout(resume, 50));
  }
  return chat;
}

test('what is sent back is mended by its author and reviewed anew, and signatures fall with a change', async () => {
  const { id } = await written(LONG_NAME, '<p>明天停水。</p><p>请提前储水。</p>');
  await handIn(id);
  await sign('admin', id);
  const { page, panel } = await open('reviewer', id);
  await page.locator('[contenteditable=true]').getByText('明天停水。').click();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await panel.getByRole('button', { name: '批注选中的文字' }).click();
  await panel.getByText('对选中的文字「明天」').waitFor();
  await panel.getByRole('textbox', { name: '批注的内容' }).fill('<i>请写日期</i>😀');
  await panel.getByRole('button', { name: '提交批注' }).click();
  await panel.getByText('1 条未处理').waitFor();
  await panel.getByRole('button', { name: '审核通过并签名' }).click();
  await page.getByText('还有 1 条批注没有处理。确定可以签名吗？').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click();
  // The focus goes back to where it was before the question.
  await page.waitForFunction(() => document.activeElement?.tagName === 'BUTTON' && document.activeElement.textContent?.trim() === '审核通过并签名');
  // The text's library follows the caret a tenth of a second late: on a busy machine its last word may be an old one.
  for (let tries = 1; ; tries += 1) {
    await panel.getByRole('button', { name: '在正文里找到：明天' }).click();
    const found = page.waitForFunction(() => getSelection()?.toString() === '明天', undefined, { timeout: 5_000 });
    if (await found.then(() => true, () => false)) {
      break;
    }
    assert.ok(tries < 3, 'the passage is selected in the text');
  }
  await panel.getByRole('button', { name: '退回修改' }).click();
  const dialog = page.getByRole('dialog', { name: '退回修改' });
  await dialog.getByRole('button', { name: '退回修改' }).click();
  await dialog.getByText('请填写退回的原因和要修改的地方。').waitFor();
  await examine(page, '2-send-back');
  await dialog.getByRole('textbox').fill('<b>请写明</b>停水到几点');
  await dialog.getByRole('button', { name: '退回修改' }).click();
  await panel.getByText('现在是草稿。').waitFor();

  const writer = await open('editor', id);
  await writer.panel.getByText('<i>请写日期</i>😀').waitFor();
  await writer.panel.getByRole('button', { name: /^回复批注/ }).click();
  await writer.panel.getByRole('textbox', { name: '回复的内容' }).fill('好的，已补上。');
  await writer.panel.getByRole('button', { name: '提交回复' }).click();
  await writer.panel.getByText('好的，已补上。').waitFor();
  await changed('editor', id, '<p>11月27日9点到17点停水。</p><p>请提前储水。</p>');
  await writer.page.reload();
  await writer.panel.getByText('原文已修改').waitFor();
  await examine(writer.page, '2-comment');
  await writer.panel.getByRole('button', { name: /^标为已处理/ }).click();
  await writer.panel.getByText('批注都已处理。').waitFor();
  await writer.panel.getByText('显示已处理的 1 条').click();
  await writer.panel.getByText(/林小满 已处理/).waitFor();
  await handIn(id);
  await sign('admin', id);
  await changed('editor', id, '<p>明天9点到18点停水。</p><p>请提前储水。</p>');
  const author = await open('editor', id);
  await author.panel.getByText('现在是草稿。').waitFor();
  assert.doesNotMatch(await author.panel.getByRole('list', { name: '审核进度' }).innerText(), /已完成/, 'no signature is left');
  await author.panel.getByText('审核经过').click();
  await author.panel.getByText('<b>请写明</b>停水到几点').waitFor();
  await author.panel.getByText('签名作废').waitFor();
  await examine(author.page, '3-history');
  await handIn(id);
  await author.panel.getByRole('button', { name: '收回' }).click();
  await author.page.getByRole('dialog', { name: '收回公告' }).getByRole('button', { name: '收回' }).click();
  await author.panel.getByText('现在是草稿。').waitFor();
});

test('errors stand in the way, and warnings need a reason that reviewers read', async () => {
  const { id } = await written('车辆挪移', '<p>请沪A12345的车主挪车，电话13912345678。</p>');
  const { page, panel } = await open('editor', id);
  await panel.getByText('必须修改（1）').waitFor();
  await examine(page, '4-findings');
  await panel.getByRole('button', { name: '送审', exact: true }).click();
  await panel.getByRole('alert').getByText('还有 1 处必须修改').waitFor();
  await panel.getByRole('button', { name: '定位：这里有手机号，公开会泄露个人信息。' }).click();
  await page.waitForFunction(() => getSelection()?.toString() === '13912345678');
  await panel.getByRole('textbox', { name: '保留的理由' }).fill('写到一半');
  await panel.getByRole('button', { name: '遮盖：这里有手机号，公开会泄露个人信息。' }).click();
  await panel.getByText('有修改还没有保存。下面是第1版的检查结果').waitFor();
  await panel.getByRole('button', { name: '送审', exact: true }).click();
  await panel.getByRole('alert').getByText('有修改还没有保存。请先保存').waitFor();
  await page.getByRole('button', { name: /^保存/ }).first().click();
  await panel.getByText('必须修改（1）').waitFor({ state: 'detached' });
  assert.equal(await panel.getByText('请先保存').count(), 0, 'what is done is asked for no longer');
  assert.equal(await panel.getByRole('textbox', { name: '保留的理由' }).inputValue(), '写到一半', 'what was typed is still there');
  await panel.getByRole('textbox', { name: '保留的理由' }).fill('');
  await panel.getByRole('button', { name: '送审', exact: true }).click();
  await panel.getByText('还有 1 条需要说明理由').waitFor();
  await page.waitForFunction(() => document.activeElement?.closest('.findings') && document.activeElement.tagName === 'INPUT');
  await page.keyboard.type('请车主挪车，必须写明车牌。');
  await panel.getByRole('button', { name: '送审', exact: true }).click();
  await panel.getByText('等待一审：').waitFor();
  const first = await open('admin', id);
  await first.panel.getByText('保留的理由：请车主挪车，必须写明车牌。').waitFor();
  await first.panel.getByRole('link', { name: '信息发布审核单' }).click();
  await first.page.getByRole('row', { name: /检查后保留的内容/ }).getByText('请车主挪车，必须写明车牌。').waitFor();
  await sign('admin', id);
});

test('in a hurry two people are enough, and the third review is owed until it is done', async () => {
  const { id } = await written('紧急停水通知', '<p>主水管爆裂，现在停水抢修。</p>');
  const { page, panel } = await open('editor', id);
  await panel.getByRole('button', { name: '紧急发布…' }).click();
  const dialog = page.getByRole('dialog', { name: '紧急发布' });
  await dialog.getByText('24 小时内补做三审').waitFor();
  await dialog.getByRole('textbox').fill('主水管爆裂');
  await examine(page, '5-hurry');
  // What was written is not lost with the dialog, and all of it can be done by keyboard.
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await panel.getByRole('button', { name: '紧急发布…' }).press('Enter');
  await page.waitForFunction(() => document.activeElement?.closest('[role=dialog]'));
  assert.equal(await dialog.getByRole('textbox').inputValue(), '主水管爆裂');
  while ((await page.evaluate(() => document.activeElement?.textContent?.trim())) !== '紧急发布') {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await panel.getByText('等待一审：由没有写过、也没有审过本篇的发布人员或管理员签名。').waitFor();
  const one = await sign('publisher', id, '情况属实。');
  await one.panel.getByText('还欠一次三审').waitFor();
  assert.equal(await one.panel.getByRole('button', { name: '补做三审并签名' }).count(), 0, 'who signed once does not sign again');
  const { page: second } = await person('admin');
  await second.goto(`${demo.url}console/a/hope`);
  await second.getByRole('link', { name: '篇紧急公告等待补做三审' }).click();
  await second.getByText('还欠一次三审').waitFor();
  // A day later.
  await second.route('**/review', async (route) => {
    const answer = await route.fetch();
    const told = await answer.json();
    await route.fulfill({ response: answer, json: { ...told, late: { ...told.late, is_overdue: true } } });
  });
  const overdue = await open('admin', id);
  await overdue.panel.getByText('已超过期限：').waitFor();
  await examine(second, '6-overdue');
  await second.unroute('**/review');
  const other = await open('admin', id);
  await other.panel.getByRole('button', { name: '补做三审并签名' }).click();
  await examine(other.page, '6-late');
  const late = other.page.getByRole('dialog', { name: '补做三审' });
  await late.getByRole('textbox').fill('补审同意。');
  await late.getByRole('button', { name: '补做三审并签名' }).click();
  await other.page.getByText('补审已完成。').waitFor();
  await other.panel.getByText('补审同意。').waitFor();
  assert.equal(await other.panel.getByText('还欠一次三审').count(), 0);
});

test('the sheet tells who wrote and who signed what and when, and prints black on white', async () => {
  const { page, request } = await person('publisher');
  const { items } = await request('GET', 'notices?state=published&limit=100');
  const { id } = items.find(({ title }) => title === '桂花节游园通知');
  await page.goto(`${demo.url}console/a/hope/notices/${id}`);
  await page.getByRole('link', { name: '信息发布审核单' }).click();
  const sheet = page.getByRole('article');
  await sheet.getByText('桂花节游园通知').waitFor();
  assert.match(await sheet.innerText(), /撰稿人[^]*林小满[^]*一审[^]*事实已核对。[^]*二审[^]*三审[^]*沈敏[^]*同意发布😀。[^]*发布[^]*沈敏[^]*周六上午九点/);
  await page.getByText('附审核经过').click();
  await sheet.getByText('一审：审核通过并签名').waitFor();
  await examine(page, '7-sheet');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('button', { name: '打印' }).count(), 0, 'what is printed has no buttons');
  assert.equal(await page.getByRole('navigation').count(), 0, 'nor any navigation');
  // As wide as an A4 sheet between its margins.
  await page.setViewportSize({ width: 673, height: 1000 });
  assert.ok((await overflow(page)) <= 0, 'nothing is cut off at the side');
  await picture(page, 'reviews-8-print');
  assert.match((await page.pdf({ preferCSSPageSize: true })).toString('latin1'), /%PDF/);
  await page.emulateMedia({ media: 'screen' });
  await page.setViewportSize(desk.viewport);
});

test('a sheet stands for every state', async () => {
  const { page, request } = await person('publisher');
  const { items } = await request('GET', 'notices?limit=100');
  for (const state of ['draft', 'first', 'second', 'third', 'approved', 'scheduled', 'published', 'withdrawn', 'expired']) {
    const found = items.find((notice) => notice.state === state);
    await page.goto(`${demo.url}console/a/hope/notices/${found.id}/sheet`);
    await page.getByRole('article').getByText(found.title).waitFor();
    assert.deepEqual(await violations(page), [], state);
    await picture(page, `reviews-sheet-${state}`);
  }
});

test('an account asks for fewer reviews with a reason, and an editor only reads so', async () => {
  const { page, request } = await person('admin');
  await page.goto(`${demo.url}console/a/hope/settings`);
  await page.getByText('三审三校：').waitFor();
  await examine(page, '9-settings');
  const reviews = page.getByRole('region', { name: '审核次数' });
  await reviews.getByText('2 次', { exact: true }).click();
  await reviews.getByRole('button', { name: '保存' }).click();
  await reviews.getByText('少于三次审核的，请写明理由。').waitFor();
  await reviews.getByRole('textbox', { name: '少于三次的理由' }).fill('办公室只有三个人𠀀');
  await examine(page, '10-settings-fewer');
  await reviews.getByRole('button', { name: '保存' }).click();
  const question = page.getByRole('dialog', { name: '改成 2 次审核？' });
  await question.getByRole('button', { name: '确定修改' }).click();
  await page.getByText('已保存。').waitFor();
  const lateness = page.getByRole('region', { name: '错过定时的处理' });
  await lateness.getByRole('spinbutton').fill('5');
  await lateness.getByRole('button', { name: '保存' }).click();
  await lateness.getByText('请填 10 到 10080 之间的整数。').waitFor();
  await lateness.getByRole('spinbutton').fill('90');
  await lateness.getByRole('spinbutton').press('Tab');
  await lateness.getByText('也就是1小时30分钟。').waitFor();
  await lateness.getByRole('button', { name: '保存' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.el-message--success').length > 1);
  assert.deepEqual(await request('GET', 'notice-settings'), { late_minutes: 90 });
  const { items } = await request('GET', 'audit?action=review.setting');
  assert.match(JSON.stringify(items[0]), /办公室只有三个人𠀀/);

  const { page: other } = await person('editor');
  await other.goto(`${demo.url}console/a/hope/settings`);
  await other.getByText('需要修改的，请联系管理员。').waitFor();
  assert.equal(await other.getByRole('textbox', { name: '少于三次的理由' }).inputValue(), '办公室只有三个人𠀀');
  assert.equal(await other.getByRole('button', { name: '保存' }).count(), 0);
  await examine(other, '11-settings-read');

  const { id } = await written('两审即可', '<p>两审即可发布。</p>');
  await handIn(id);
  await sign('reviewer', id);
  const { panel } = await sign('publisher', id);
  await panel.getByText('审核已经全部通过').waitFor();
  await panel.getByText('本公众号只需 2 次审核：办公室只有三个人𠀀').waitFor();
  await request('PUT', 'review-setting', { reviews: 3, reason: '' });
});

test('who only looks sees where it stands, and can do nothing', async () => {
  const { request } = await person('editor');
  const { items } = await request('GET', 'notices?state=second&limit=100');
  const { panel, page } = await open('town', items[0].id);
  await panel.getByText('等待二审：').waitFor();
  await panel.getByText('审核经过').click();
  await panel.getByText('一审：审核通过并签名').waitFor();
  const buttons = await panel.getByRole('button').allInnerTexts();
  assert.deepEqual(buttons.filter((name) => name !== '定位'), [], 'no step, no comment, nothing to mend');
  await examine(page, '12-town');
});

test('all of it fits a phone', async () => {
  const { page } = await openPage(browser, phone);
  await signInAs(page, demo, 'admin');
  const { items } = await (await page.request.get(`${demo.url}api/v1/accounts/hope/notices?limit=100`)).json();
  const { id } = items.find(({ title }) => title === LONG_NAME);
  for (const [path, text] of [
    [`notices/${id}`, '送审前检查'],
    [`notices/${id}/sheet`, '打印时间'],
    ['settings', '三审三校'],
  ]) {
    await page.goto(`${demo.url}console/a/hope/${path}`);
    await page.getByText(text).first().waitFor();
    await page.getByText(text).first().scrollIntoViewIfNeeded();
    await examine(page, `phone-${path.replaceAll('/', '-').replace(String(id), 'long')}`);
  }
  await page.context().close();
});

test('nobody’s console complained', async () => {
  for (const [role, { complaints }] of Object.entries(people)) {
    assert.deepEqual(complaints, [], role);
  }
});
