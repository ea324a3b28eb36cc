// What people write to do harm, shown by every page of the console: nothing of it runs, even where no policy forbids it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desk, openPage, signInAs } from './browser.mjs';
import { browser, demo } from './stage.mjs';

/** Each sets a mark, or opens a dialog, where it is taken for markup or for an address. */
const ATTACKS = [
  '<script>window.__xss=1</script>',
  '"><img src=x onerror=window.__xss=1>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=window.__xss=1>',
  '</title><svg/onload=alert(1)>',
  '</textarea><img src=x onerror=alert(1)>',
  '<iframe srcdoc="<script>parent.__xss=1</script>"></iframe>',
  '<a href="javascript:window.__xss=1">x</a>',
  '<details open ontoggle=window.__xss=1>x',
  '<video><source onerror=window.__xss=1>',
  "' autofocus onfocus='window.__xss=1",
  '" autofocus onfocus="window.__xss=1',
  'javascript:window.__xss=1',
  '{{constructor.constructor("window.__xss=1")()}}',
  '${window.__xss=1}',
  '<p style="position:fixed;inset:0;z-index:9999" onclick=window.__xss=1>x</p>',
];
const LIMIT_MS = 15_000;

const cut = (text, most) => [...text].slice(0, most).join('');

/** Calls of the API as the signed-in person. */
async function api(page) {
  const { csrf } = await (await page.request.get(`${demo.url}api/v1/session`)).json();
  const base = `${demo.url}api/v1/accounts/hope/`;
  const headers = { 'x-csrf-token': csrf };
  const sent = async (method, path, more) => {
    const answer = await page.request.fetch(new URL(path, base).href, { method, headers, ...more });
    // Refused with a reason is well, too.
    assert.ok(answer.ok() || [400, 409, 422].includes(answer.status()), `${method} ${path}: ${answer.status()}`);
    return answer.ok() ? answer.json().catch(() => null) : null;
  };
  return {
    get: (path) => sent('GET', path),
    post: (path, data) => sent('POST', path, { data }),
    put: (path, data) => sent('PUT', path, { data }),
    upload: (name, text) => sent('POST', 'media', { multipart: { file: { name, mimeType: 'text/plain', buffer: Buffer.from(text) } } }),
  };
}

/** A resident of the sandbox follows, and writes it all. */
async function written() {
  const control = async (path, body) => {
    const answer = await fetch(new URL(`sandbox/control/${path}`, demo.url), body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  };
  const { accounts, residents } = await control('state');
  const { app_id: appId } = accounts.find(({ name }) => name === '希望社区');
  for (const { id } of residents) {
    const chat = `accounts/${appId}/residents/${id}`;
    if (!(await control(`${chat}/chat?after=0`)).following) {
      await control(`${chat}/follow`, {});
      for (const attack of ATTACKS) {
        await control(`${chat}/send`, { type: 'text', content: attack });
      }
      return;
    }
  }
  throw new Error('everybody in the sandbox follows already');
}

/** Puts the attacks into every list there is; gives the addresses of the pages that show them. */
async function seeded(page) {
  const { get, post, put, upload } = await api(page);
  const starts = Date.now() + 86_400_000;
  const made = { places: [], contacts: [], events: [], notices: [], rules: [] };
  for (const [number, attack] of ATTACKS.entries()) {
    const short = cut(attack, 30);
    const place = { name: short, category: cut(attack, 20), address: attack, phone: cut(attack, 40), latitude: 31.3, longitude: 121.2, note: attack };
    const contact = { name: short, group: cut(attack, 20), phone: cut(attack, 40), note: attack };
    const event = { title: short, starts_at: starts, ends_at: starts + 3_600_000, venue: short, organizer: short, audience: short, signup: attack, body: attack };
    const notice = { title: attack, digest: attack, author: short, source: short, keywords: [cut(attack, 10)], sections: ['tips'], body_html: `<p>${attack}</p>${attack}` };
    const rule = { keywords: [`敌意${number}`, attack], match: 'exact', note: cut(attack, 50), answers: [{ kind: 'text', text: attack }] };
    made.places.push(await post('places', place));
    made.contacts.push(await post('contacts', contact));
    made.events.push(await post('events', event));
    made.rules.push(await post('answers/rules', rule));
    const begun = await post('notices', notice);
    made.notices.push(begun);
    if (begun !== null) {
      await post(`notices/${begun.id}/comments`, { text: attack });
    }
    await post('words', { word: cut(attack, 20), level: 'warning', reason: attack, suggestion: cut(attack, 20), allowed: [] });
    await post('followers/tags', { name: cut(attack, 15) });
    await upload(`${attack}.txt`, attack.replaceAll('<', '（') + number);
    const person = { name: `hostile${number}`, display_name: short, roles: [{ role: 'editor', account: 'hope' }] };
    await post(`${demo.url}api/v1/people`, person);
  }
  const { draft } = await get('menu');
  const entries = ATTACKS.slice(1, 6).map((attack) => ({ name: attack, type: 'view', url: attack }));
  await put('menu/draft', { definition: { button: [{ name: ATTACKS[0], sub_button: entries }] }, version: draft.version });
  const { articles, ...section } = await get('sections/map');
  await put('sections/map', { ...section, summary: ATTACKS[1], aliases: [ATTACKS[2]], body: ATTACKS.join('\n\n') });
  const { items: followers } = await get('followers');
  await put(`followers/${followers[0].id}/remark`, { remark: cut(ATTACKS[1], 30), version: followers[0].remark_version ?? 0 });
  const kept = Object.fromEntries(Object.entries(made).map(([kind, items]) => [kind, items.filter((item) => item !== null)]));
  for (const [kind, items] of Object.entries(kept)) {
    assert.ok(items.length >= ATTACKS.length / 2, `of ${kind} only ${items.length} were taken`);
  }
  return [
    ...kept.notices.flatMap(({ id }, at) => (at < 6 ? [`notices/${id}`, `notices/${id}/sheet`] : [`notices/${id}`])),
    ...kept.places.slice(0, 4).map(({ id }) => `places/${id}`),
    ...kept.contacts.slice(0, 4).map(({ id }) => `contacts/${id}`),
    ...kept.events.slice(0, 4).map(({ id }) => `events/${id}`),
    ...kept.rules.slice(0, 4).map(({ slug }) => `answers/rules/${slug}`),
    `followers/${followers[0].id}`,
    'sections/map',
    ...['', 'notices', 'notices?text=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E', 'places', 'contacts', 'events', 'answers', 'sections'],
    ...['menu', 'media', 'followers', 'conversations', 'words', 'people', 'settings', 'audit'],
  ];
}

/** What of the attacks has become a part of the page. */
const injected = (frame) =>
  frame.evaluate(() => {
    const found = [];
    for (const element of document.querySelectorAll('*')) {
      for (const { name, value } of element.attributes) {
        const address = ['href', 'src', 'action', 'formaction'].includes(name) && /^\s*(javascript|vbscript|data:text)/i.test(value);
        if (/^on/i.test(name) || name === 'srcdoc' || address) {
          found.push(`${element.tagName} ${name}=${value}`);
        }
      }
      if (element.matches('img[src="x"], script:not([src])')) {
        found.push(element.outerHTML.slice(0, 100));
      }
    }
    return { found, ran: globalThis.__xss };
  });

test('nothing that anybody wrote runs on any page of the console', { timeout: 600_000 }, async () => {
  // Without the policy of the pages: what stands in the page must be harmless by itself.
  const { page, complaints } = await openPage(browser, { ...desk, bypassCSP: true });
  const dialogs = [];
  page.on('dialog', async (dialog) => {
    dialogs.push(`${dialog.type()} ${dialog.message()} at ${page.url()}`);
    await dialog.dismiss().catch(() => {});
  });
  await signInAs(page, demo, 'owner');
  await written();
  const paths = await seeded(page);
  let shown = 0;
  for (const path of paths) {
    await page.goto(`${demo.url}console/a/hope/${path}`);
    await page.getByRole('heading', { level: 1 }).first().waitFor({ timeout: LIMIT_MS });
    await page.waitForLoadState('networkidle');
    for (const frame of page.frames()) {
      const { found, ran } = await injected(frame);
      assert.deepEqual(found, [], `${path} at ${frame.url()}`);
      assert.equal(ran, undefined, `something ran on ${path}`);
    }
    shown += (await page.content()).includes('__xss') ? 1 : 0;
  }
  assert.ok(shown > paths.length / 2, `only ${shown} of ${paths.length} pages show what was written`);
  await page.goto(`${demo.url}console/a/hope/conversations`);
  await page.getByRole('region', { name: '会话列表' }).getByRole('button').first().click();
  await page.getByText('__xss').first().waitFor({ timeout: LIMIT_MS });
  assert.deepEqual((await injected(page)).found, []);
  assert.deepEqual(dialogs, []);
  const unexpected = complaints.filter((line) => !/status of (404|409|422)/.test(line));
  assert.deepEqual(unexpected, []);
});
