// What the stories of a file play on: the demo and a browser, started before the first of them and stopped after the last.
// Each file runs in a process of its own.

import { after } from 'node:test';
import { startBrowser, startDemo } from './browser.mjs';

export const demo = await startDemo();
export const browser = await startBrowser().catch(async (error) => {
  await demo.stop();
  throw error;
});

after(async () => {
  await browser.close();
  await demo.stop();
});
