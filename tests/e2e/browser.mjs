// Starts what the browser tests need: the program, the browser, pictures, and the examination of a page.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const web = createRequire(join(root, 'web/package.json'));
const { chromium, devices } = web('playwright-core');
const axeSource = readFileSync(web.resolve('axe-core/axe.min.js'), 'utf8');

const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const KEPT_OUTPUT_LINES = 200;

/** `hopetree demo` on a free port with a data folder of its own. */
export async function startDemo() {
  const binary = process.env.HOPETREE_BIN ?? join(root, 'target/release/hopetree');
  const dataDir = mkdtempSync(join(tmpdir(), 'hopetree-e2e-'));
  const child = spawn(binary, ['demo', '--listen', '127.0.0.1:0', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = [];
  const stopped = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  const ready = new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${binary} ${why}; its output was:\n${output.join('\n')}`));
    const timer = setTimeout(() => fail('was not ready in time'), READY_LIMIT_MS);
    const settle = () => clearTimeout(timer);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line);
        output.splice(0, output.length - KEPT_OUTPUT_LINES);
        const address = stream === child.stdout && /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0];
        if (address) {
          settle();
          resolve(address);
        }
      });
    }
    child.once('error', (error) => (settle(), fail(`could not be started (${error.message})`)));
    child.once('exit', (code) => (settle(), fail(`ended early with ${code}`)));
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await stopped;
      clearTimeout(timer);
    }
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    return { url: await ready, stop, output };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const zone = { locale: 'zh-CN', timezoneId: 'Asia/Shanghai' };

/** A resident's phone, with WeChat's browser. */
export const phone = {
  ...devices['iPhone 13'],
  ...zone,
  userAgent: `${devices['iPhone 13'].userAgent} MicroMessenger/8.0.60`,
};

/** The narrowest phone that is still in use. */
export const narrowPhone = { ...phone, viewport: { width: 320, height: 640 } };

export const desk = { ...zone, viewport: { width: 1280, height: 900 } };

/** A page that remembers what it complained about. */
export async function openPage(browser, device) {
  const context = await browser.newContext(device);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      complaints.push(`${message.text()} (${message.location().url})`);
    }
  });
  return { page, complaints };
}

/** Signs the page's browser in to the console as the demo's person of a role: editor, reviewer, publisher, agent, admin, town, owner. */
export async function signInAs(page, demo, role) {
  const answer = await page.request.post(`${demo.url}api/v1/demo/sign-in`, { data: { role } });
  if (!answer.ok()) {
    throw new Error(`signing in as ${role}: ${answer.status()} ${await answer.text()}`);
  }
}

/** Chooses from a list of the console by keyboard: a click on its input is caught by what lies above it. */
export async function choose(page, list, option) {
  await page.getByRole('combobox', { name: list }).press('Enter');
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Waits until nothing on the page moves, save what moves for ever. */
function settled(page) {
  return page.evaluate(async () => {
    const moving = document.getAnimations().filter((animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime));
    await Promise.allSettled(moving.map((animation) => animation.finished));
  });
}

/** What axe-core has against the page, one line for each. Pages in frames are examined on their own. */
export async function violations(page) {
  await settled(page);
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run({ iframes: false });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => [id, target.join(' '), failureSummary]));
  });
  return found.map(([rule, target, summary]) => `${rule} at ${target}: ${summary?.replaceAll('\n', ' ')}`);
}

/** How far the page reaches beyond the screen's right side, in pixels. */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

const pictures = process.env.HOPETREE_SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'hopetree-screenshots-'));
mkdirSync(pictures, { recursive: true });
console.log(`screenshots: ${pictures}`);

export async function picture(page, name) {
  await settled(page);
  return page.screenshot({ path: join(pictures, `${name}.png`) });
}
